/* SPDX-License-Identifier: MIT */
/* What ring.c, front.c and back.c share; nobody else may use it. */
#ifndef USBIF_RING_PRIVATE_H
#define USBIF_RING_PRIVATE_H

#include "usbif/ring.h"

/* Entries between a request that was made and the answer that frees it. */
static inline uint32_t ring_unanswered(const struct usbif_ring *r)
{
	return r->req_seq - r->rsp_seq;
}

static inline void *ring_entry(const struct usbif_ring *r, void *shared,
			       uint32_t seq)
{
	uint32_t idx = seq & (r->slots - 1u);

	return (uint8_t *)shared + USBIF_WIRE_RING_HEADER_OCTETS +
	       idx * r->entry_octets;
}

/*
 * The next slot, to be filled in by the caller without a copy and then counted
 * with ring_filled(); or null, when usbif_ring_put() would have failed.  It is
 * written and never read, as the peer may change it at any time.
 */
static inline void *ring_slot(const struct usbif_ring *r, void *shared)
{
	/* A front has room while less are unanswered than there are slots, a
	 * back while any are. */
	uint32_t barred = r->front ? r->slots : 0;

	if (r->broken || ring_unanswered(r) == barred)
		return NULL;
	return ring_entry(r, shared, r->front ? r->req_seq : r->rsp_seq);
}

static inline void ring_filled(struct usbif_ring *r)
{
	if (r->front)
		r->req_seq++;
	else
		r->rsp_seq++;
}

#endif
