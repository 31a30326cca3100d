/* SPDX-License-Identifier: MIT */
/*
 * A front: a virtual host controller in the guest.  Composition of ring.h,
 * msg.h, fq.h and hub.h for one connection; usbif/xenbus.h says when a
 * connection begins and ends.
 *
 * How a shim drives it, all under one lock of its own:
 *
 *   submit, unlink, event channel, timer:
 *	lock; the step; drain; unlock
 *   drain:
 *	while (usbif_front_next(f, &duty))
 *		SEND:     fill pages with the octets (OUT), then usbif_front_put()
 *			  or usbif_front_put_indirect()
 *		UNLINK:   usbif_front_put() without segments
 *		GIVEBACK: drop the lock, give the URB back to its driver, take
 *			  the lock, usbif_front_retired()
 *	if (usbif_front_push(f, urb_ring)) notify the event channel
 *   event channel:
 *	do {
 *		while (usbif_front_take() == 1) copy the octets that came (IN)
 *		while (usbif_front_take_conn() == 1) tell the OS of the port
 *		drain
 *	} while (usbif_front_sleep() == 1)
 *
 * Any USBIF_E_PEER ends the connection: usbif_front_shutdown(), drain, and
 * tell xenbus.h; usbif_front_fault() is the reason for the log.
 */
#ifndef USBIF_FRONT_H
#define USBIF_FRONT_H

#include "usbif/fq.h"
#include "usbif/hub.h"
#include "usbif/msg.h"
#include "usbif/ring.h"

/* Most slots that one queue holds unless the shim wants another number. */
#define USBIF_FRONT_DEPTH	8u

/* What was negotiated; fixed while the connection lasts. */
struct usbif_front_config {
	uint8_t num_ports;	/* 1..USBIF_MAX_PORTS */
	uint8_t usb_ver;	/* 1 or 2 */
	uint8_t ring_pages;	/* of the URB ring, 1..USBIF_WIRE_MAX_RING_PAGES */
	uint16_t depth;		/* see struct usbif_fq_config */
	/* most data segments of a request, up to USBIF_WIRE_MAX_DATA_SEGS */
	uint16_t request_pages;
	bool extended;		/* both ends have feature-endpoint-queues */
};

/* An URB as the guest's driver submits it. */
struct usbif_front_urb {
	uint8_t port;		/* 1..num_ports */
	uint8_t addr;		/* 0..127 */
	uint8_t ep;		/* endpoint number, 0..15 */
	uint8_t type;		/* enum usbif_xfer */
	bool in;		/* device to host; control: of the data stage */
	bool short_not_ok;
	bool zero_packet;	/* OUT, bulk or interrupt: see fq.h */
	uint16_t max_packet;	/* octets */
	uint16_t interval;	/* interrupt, isochronous: see PROTOCOL.md */
	uint16_t start_frame;	/* isochronous */
	uint16_t packets;	/* isochronous */
	uint32_t length;	/* octets of data */
	uint8_t setup[8];	/* control */
};

struct usbif_front {
	struct usbif_front_config config;
	enum usbif_fault fault;
	struct usbif_ring urb_ring;
	struct usbif_ring conn_ring;
	struct usbif_hub hub;
	struct usbif_fq fq;
	struct usbif_front_urb urb[USBIF_MAX_URBS];	/* by fq entry */
};

/* What usbif_front_take() brought, beside fq.h's part. */
struct usbif_front_received {
	struct usbif_fq_received part;
	uint16_t id;		/* whose pages hold the octets; of an answer
				 * that cannot be read: USBIF_NONE */
	int32_t status;		/* USBIF_WIRE_ST_*, for people to look at */
	uint16_t start_frame;	/* isochronous */
	uint32_t errors;	/* isochronous: packets that failed */
};

/*
 * Begin a connection: queues empty, ports empty, rings initialised, every
 * connection request posted.  urb_ring: config.ring_pages pages, contiguous;
 * conn_ring: one page; both zeroed.
 * Returns USBIF_OK, or USBIF_E_ARG (a bound of config is broken).
 */
int usbif_front_init(struct usbif_front *f,
		     const struct usbif_front_config *config, void *urb_ring,
		     void *conn_ring);

/* True if every part is valid.  O(everything); for tests and debug builds. */
bool usbif_front_valid(const struct usbif_front *f);

/*
 * Submit an URB: see usbif_fq_submit() for the results; USBIF_E_ARG also for
 * what no request can carry, such as a wLength that is not u->length.  A
 * caller keeps its own URB under the entry that is returned.
 */
int usbif_front_submit(struct usbif_front *f, const struct usbif_front_urb *u);
/* See usbif_fq_unlink() and usbif_fq_retired(). */
int usbif_front_unlink(struct usbif_front *f, uint16_t urb);
int usbif_front_retired(struct usbif_front *f, uint16_t urb);

/* The next duty; see usbif_fq_next(). */
bool usbif_front_next(struct usbif_front *f, struct usbif_fq_duty *duty);

/*
 * True if the next duty is a GIVEBACK.  A caller that must not run completion
 * routines here stops pulling then, and leaves the rest to one that may.
 */
bool usbif_front_has_giveback(const struct usbif_front *f);

/*
 * Put the request of a SEND or UNLINK duty on the ring, unpublished.
 * seg: where its octets are, nr_segs data segments and then nr_desc_segs with
 * isochronous frame descriptors; together at most USBIF_WIRE_MAX_SEGS.
 * Returns USBIF_OK or USBIF_E_PEER.
 */
int usbif_front_put(struct usbif_front *f, void *urb_ring,
		    const struct usbif_fq_duty *duty,
		    const struct usbif_msg_seg *seg, uint8_t nr_segs,
		    uint8_t nr_desc_segs);

/*
 * Same of a SEND duty with more data than USBIF_WIRE_MAX_SEGS segments can
 * name, which only bulk URBs have, and only if config.request_pages allows it.
 * nr_segs: how many there are, at most config.request_pages.
 * array: up to USBIF_WIRE_MAX_SEGS segments, with what usbif_msg_encode_segs()
 * made of them and nothing else.
 */
int usbif_front_put_indirect(struct usbif_front *f, void *urb_ring,
			     const struct usbif_fq_duty *duty,
			     const struct usbif_msg_seg *array,
			     uint8_t nr_array_segs, uint16_t nr_segs);

/* Publish what was put.  Returns true if the back wants an event. */
bool usbif_front_push(struct usbif_front *f, void *urb_ring);

/*
 * Take the next answer.  What *got names must be copied before the next duty
 * is pulled, as that may use the same id.
 * Returns 1, 0 (none now) or USBIF_E_PEER.
 */
int usbif_front_take(struct usbif_front *f, void *urb_ring,
		     struct usbif_front_received *got);

/*
 * Take the next hot-plug event and post its request again.
 * *notify is set if the back wants an event for that; it is left alone
 * otherwise.
 * Returns 1 (*port is the port that changed; its status is in f->hub), 0 or
 * USBIF_E_PEER.
 */
int usbif_front_take_conn(struct usbif_front *f, void *conn_ring,
			  uint8_t *port, bool *notify);

/*
 * Ask for events on both rings and look again.
 * Returns 1 (go on taking), 0 (may sleep) or USBIF_E_PEER.
 */
int usbif_front_sleep(struct usbif_front *f, void *urb_ring, void *conn_ring);

/* A second has passed; see usbif_fq_tick() and usbif_fq_has_unlinks(). */
int usbif_front_tick(struct usbif_front *f);

/* The connection is over: every URB ends, every port is empty. */
void usbif_front_shutdown(struct usbif_front *f);

/* Which rule the back broke, or USBIF_FAULT_NONE. */
enum usbif_fault usbif_front_fault(const struct usbif_front *f);

#endif
