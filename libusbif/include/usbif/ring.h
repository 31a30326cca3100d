/* SPDX-License-Identifier: MIT */
/*
 * One shared ring (Xen's ring.h), seen from the front or the back.  ring.c is
 * the only code that touches shared memory: it fetches the peer's index once,
 * judges it, passes a barrier and copies the entry out before anyone looks at
 * it.  Own indices are never read back from the shared page.
 *
 * The ring's pages must be mapped contiguously; each call is given their
 * address, so that the state holds no pointer.  The caller serialises calls
 * for one ring.
 */
#ifndef USBIF_RING_H
#define USBIF_RING_H

#include "usbif/port.h"
#include "usbif/err.h"
#include "usbif/limits.h"
#include "usbif/wire.h"

struct usbif_ring {
	uint32_t req_seq;	/* requests produced (front) or consumed (back), free-running */
	uint32_t rsp_seq;	/* responses consumed (front) or produced (back), free-running */
	uint32_t told_seq;	/* own producer index as last published */
	uint16_t slots;		/* a power of two */
	uint8_t entry_octets;	/* size of a slot: 148 or 4 */
	bool front;		/* this side produces requests */
	bool broken;		/* the peer's index was impossible; latched */
};

/*
 * Slots of a ring of that many pages (1..USBIF_WIRE_MAX_RING_PAGES, of 4096
 * octets whatever the machine's page size) with such entries: the largest
 * power of two that fits behind the header.  URB ring: 1 page 16, 16 pages
 * 256; connection ring: 1 page 512.  0 for arguments out of range.
 */
uint16_t usbif_ring_slots(uint32_t pages, uint32_t entry_octets);

/* True if the private indices are possible for the ring. */
bool usbif_ring_valid(const struct usbif_ring *r);

/*
 * Set up a front's ring and clear the shared header: no entries, and an event
 * asked for on the first.  shared: all pages, zeroed by the caller.
 */
void usbif_ring_front_init(struct usbif_ring *r, void *shared, uint32_t pages,
			   uint32_t entry_octets);

/* Set up a back's ring on pages that a front has initialised. */
void usbif_ring_back_init(struct usbif_ring *r, uint32_t pages,
			  uint32_t entry_octets);

/* Front: slots that a request could be put in now, 0..slots. */
uint16_t usbif_ring_front_room(const struct usbif_ring *r);
/* Back: requests taken and not yet answered, 0..slots. */
uint16_t usbif_ring_back_unanswered(const struct usbif_ring *r);

/*
 * Put octets of an entry into the next slot, unpublished: the front a
 * request (needs usbif_ring_front_room() > 0), the back a response (needs
 * usbif_ring_back_unanswered() > 0).
 * Returns USBIF_OK, USBIF_E_SPACE or USBIF_E_ARG (octets exceed a slot), both
 * with nothing changed, or USBIF_E_PEER (broken).
 */
int usbif_ring_put(struct usbif_ring *r, void *shared, const void *entry,
		   uint32_t octets);

/*
 * Publish what was put since the last call; nothing on a broken ring.
 * Returns true if the peer asked for an event: the caller must then notify
 * through the event channel.
 */
bool usbif_ring_push(struct usbif_ring *r, void *shared);

/*
 * Take the next entry of the peer: the back a request, the front a response.
 * At most octets octets are copied to entry.
 * Returns 1 (taken), 0 (none now), USBIF_E_ARG (octets exceed a slot) or
 * USBIF_E_PEER (r->broken is set: the peer's index is behind what was taken,
 * or covers more than this side has published: for a front, answers to
 * requests not yet pushed; for a back, slots of answers not yet pushed).
 */
int usbif_ring_take(struct usbif_ring *r, void *shared, void *entry,
		    uint32_t octets);

/*
 * Back: has the front dealt with its first seq answers?  It has when it asks
 * for an event on a later one, and then all that it put before that has been
 * taken, too.
 * Returns 1, 0 (not yet, or there is something to take) or USBIF_E_PEER.
 */
int usbif_ring_heard(struct usbif_ring *r, void *shared, uint32_t seq);

/*
 * Before the caller stops looking: ask the peer for an event on its next
 * entry and look again.
 * Returns 1 (there is more: go on taking), 0 (may sleep) or USBIF_E_PEER.
 */
int usbif_ring_sleep(struct usbif_ring *r, void *shared);

#endif
