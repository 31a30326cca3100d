/* SPDX-License-Identifier: MIT */
/*
 * Three orders hold between the two sides; each barrier has the letter of
 * the order that it keeps, and its partner is the barrier with the same
 * letter that the other side passes.
 *
 * A  An entry is in its slot before the index that covers it is seen.
 *    push: slot, WMB, index.  take: index, RMB, slot.
 * B  A side that goes to sleep and a side that publishes cannot miss each
 *    other: one of the two sees what the other wrote.
 *    push: own index, MB, peer's event.  sleep: own event, MB, peer's index.
 * C  A slot has been copied out before the peer is told that it may reuse it.
 *    take: copy; later push: WMB, index.  No third barrier: the copy's stores
 *    depend on its loads, and A's WMB keeps them before the index.
 * D  A request that the front put before it asked for an event is seen by a
 *    back that sees it ask.  put: index, B's MB in push; later sleep: own
 *    event.  heard: peer's event, RMB, peer's index.
 */
#include "ring_private.h"

static volatile uint32_t *word(void *shared, uint32_t offset)
{
	return (volatile uint32_t *)(void *)((uint8_t *)shared + offset);
}

uint16_t usbif_ring_slots(uint32_t pages, uint32_t entry_octets)
{
	uint32_t space, slots = 1;

	if (pages == 0 || pages > USBIF_WIRE_MAX_RING_PAGES)
		return 0;
	if (entry_octets == 0 || entry_octets > 0xff)
		return 0;
	space = pages * USBIF_WIRE_PAGE_OCTETS - USBIF_WIRE_RING_HEADER_OCTETS;
	while (slots * 2 * entry_octets <= space)
		slots *= 2;
	return (uint16_t)slots;
}

/*
 * How far the peer's producer index may be ahead of what was taken.  It
 * counts from what was published: the peer cannot answer a request that it
 * has not been shown, nor reuse the slot of an answer that it has not seen.
 */
static uint32_t peer_limit(const struct usbif_ring *r)
{
	if (r->front)
		return r->told_seq - r->rsp_seq;
	return r->slots - (r->req_seq - r->told_seq);
}

bool usbif_ring_valid(const struct usbif_ring *r)
{
	uint32_t untold = (r->front ? r->req_seq : r->rsp_seq) - r->told_seq;

	if (r->slots == 0 || (r->slots & (r->slots - 1u)) != 0)
		return false;
	if (r->entry_octets == 0 || ring_unanswered(r) > r->slots)
		return false;
	if (r->front)
		return untold <= ring_unanswered(r);
	return untold <= r->slots - ring_unanswered(r);
}

static void init(struct usbif_ring *r, uint32_t pages, uint32_t entry_octets,
		 bool front)
{
	memset(r, 0, sizeof(*r));
	r->slots = usbif_ring_slots(pages, entry_octets);
	r->entry_octets = (uint8_t)entry_octets;
	r->front = front;
}

void usbif_ring_front_init(struct usbif_ring *r, void *shared, uint32_t pages,
			   uint32_t entry_octets)
{
	init(r, pages, entry_octets, true);
	usbif_store32(word(shared, USBIF_WIRE_REQ_PROD), 0);
	usbif_store32(word(shared, USBIF_WIRE_RSP_PROD), 0);
	usbif_store32(word(shared, USBIF_WIRE_REQ_EVENT), 1);
	usbif_store32(word(shared, USBIF_WIRE_RSP_EVENT), 1);
}

void usbif_ring_back_init(struct usbif_ring *r, uint32_t pages,
			  uint32_t entry_octets)
{
	init(r, pages, entry_octets, false);
}

uint16_t usbif_ring_front_room(const struct usbif_ring *r)
{
	return (uint16_t)(r->slots - ring_unanswered(r));
}

uint16_t usbif_ring_back_unanswered(const struct usbif_ring *r)
{
	return (uint16_t)ring_unanswered(r);
}

int usbif_ring_put(struct usbif_ring *r, void *shared, const void *entry,
		   uint32_t octets)
{
	void *to = ring_slot(r, shared);

	if (r->broken)
		return USBIF_E_PEER;
	if (octets > r->entry_octets)
		return USBIF_E_ARG;
	if (to == NULL)
		return USBIF_E_SPACE;
	usbif_copy_out(to, entry, octets);
	ring_filled(r);
	return USBIF_OK;
}

bool usbif_ring_push(struct usbif_ring *r, void *shared)
{
	uint32_t own_seq = r->front ? r->req_seq : r->rsp_seq;
	uint32_t fresh = own_seq - r->told_seq;
	uint32_t prod_at = USBIF_WIRE_RSP_PROD;
	uint32_t event_at = USBIF_WIRE_RSP_EVENT;
	uint32_t event;

	if (r->broken || fresh == 0)
		return false;
	if (r->front) {
		prod_at = USBIF_WIRE_REQ_PROD;
		event_at = USBIF_WIRE_REQ_EVENT;
	}
	USBIF_WMB();	/* A, C: pair with A in take */
	usbif_store32(word(shared, prod_at), own_seq);
	r->told_seq = own_seq;
	USBIF_MB();	/* B: pairs with B in sleep */
	event = usbif_load32(word(shared, event_at));
	/* The event index is among the fresh entries; any value is harmless. */
	return own_seq - event < fresh;
}

/* Returns 1 (the peer has an entry for us), 0 (none) or USBIF_E_PEER. */
static inline int look(struct usbif_ring *r, void *shared)
{
	uint32_t prod_at = r->front ? USBIF_WIRE_RSP_PROD : USBIF_WIRE_REQ_PROD;
	uint32_t taken_seq = r->front ? r->rsp_seq : r->req_seq;
	uint32_t ahead;

	if (r->broken)
		return USBIF_E_PEER;
	ahead = usbif_load32(word(shared, prod_at)) - taken_seq;
	/* An index that moved back is 2^32 - n ahead, and found here too. */
	if (ahead > peer_limit(r)) {
		r->broken = true;
		return USBIF_E_PEER;
	}
	return ahead != 0;
}

/* Apart, so that those that know the length need no frame for this call. */
__attribute__((__noinline__))
static int copy_octets(void *entry, const volatile void *from, uint32_t octets)
{
	usbif_copy_in(entry, from, octets);
	return 1;
}

/* A length that the compiler knows makes a copy of a few words. */
static inline int copy_entry(void *entry, const volatile void *from,
			     uint32_t octets)
{
	if (octets == USBIF_WIRE_URB_OCTETS)
		usbif_copy_in(entry, from, USBIF_WIRE_URB_OCTETS);
	else if (octets == USBIF_WIRE_URB_RSP_OCTETS)
		usbif_copy_in(entry, from, USBIF_WIRE_URB_RSP_OCTETS);
	else
		return copy_octets(entry, from, octets);
	return 1;
}

int usbif_ring_take(struct usbif_ring *r, void *shared, void *entry,
		    uint32_t octets)
{
	uint32_t *taken_seq = r->front ? &r->rsp_seq : &r->req_seq;
	int more;

	if (octets > r->entry_octets)
		return USBIF_E_ARG;
	more = look(r, shared);
	if (more != 1)
		return more;
	USBIF_RMB();	/* A: pairs with A in push */
	return copy_entry(entry, ring_entry(r, shared, (*taken_seq)++), octets);
}

int usbif_ring_heard(struct usbif_ring *r, void *shared, uint32_t seq)
{
	uint32_t event = usbif_load32(word(shared, USBIF_WIRE_RSP_EVENT));
	int more;

	USBIF_RMB();	/* D: pairs with B's MB in the front's push */
	more = look(r, shared);
	if (more < 0)
		return more;
	/* It asks for the one behind those it took; a lie harms itself alone. */
	return more == 0 && event - seq - 1 < 0x80000000u;
}

int usbif_ring_sleep(struct usbif_ring *r, void *shared)
{
	uint32_t event_at = USBIF_WIRE_REQ_EVENT;
	uint32_t next_seq = r->req_seq + 1;

	if (r->broken)
		return USBIF_E_PEER;
	if (r->front) {
		event_at = USBIF_WIRE_RSP_EVENT;
		next_seq = r->rsp_seq + 1;
	}
	usbif_store32(word(shared, event_at), next_seq);
	USBIF_MB();	/* B: pairs with B in push */
	return look(r, shared);
}
