/* SPDX-License-Identifier: MIT */
/* The invariants of a front's queues: PROTOCOL.md, "Invariants", 1 and 3. */
#include "fq_private.h"

/* Indices have 16 bits everywhere, and so have loops over them. */
USBIF_STATIC_ASSERT(USBIF_MAX_QUEUES < USBIF_NONE && USBIF_MAX_URBS <
		    USBIF_NONE && USBIF_MAX_SLOTS < USBIF_NONE,
		    indices_have_16_bits);

static bool req_is_valid(const struct usbif_fq *fq, uint16_t urb, uint16_t id)
{
	const struct usbif_fq_urb *u = &fq->urb[urb];
	const struct usbif_fq_req *r;

	if (ids_kind(&fq->ids, id) != USBIF_ID_TRANSFER)
		return false;
	r = &fq->req[id];
	return r->urb == urb && r->offset >= u->done &&
	       r->offset + usbif_fq_part(u, r->length) <= u->sent;
}

/* Counts the URB's unanswered requests into *n. */
static bool urb_is_valid(const struct usbif_fq *fq, uint16_t urb, uint16_t *n)
{
	const struct usbif_fq_urb *u = &fq->urb[urb];
	uint16_t id = u->first_req, count = 0;

	if (u->done > u->sent || u->sent > u->length)
		return false;
	for (; id != USBIF_NONE; id = fq->req[id].next) {
		if (++count > fq->config.slots || !req_is_valid(fq, urb, id))
			return false;
	}
	*n = (uint16_t)(*n + count);
	return (count != 0) == (u->state == USBIF_FQ_SENT);
}

static bool queue_is_valid(const struct usbif_fq *fq, uint16_t queue,
			   uint16_t *members)
{
	const struct usbif_fq_queue *q = &fq->queue[queue];
	uint16_t urb = q->head, unanswered = 0, last = USBIF_NONE;
	uint16_t holders = 0;
	bool gone = bits_test(fq->gone,
			      (uint32_t)usbif_queue_port(queue) - 1);

	for (; urb != USBIF_NONE; urb = fq->urb[urb].next) {
		const struct usbif_fq_urb *u = &fq->urb[urb];

		if (++*members > USBIF_MAX_URBS || u->queue != queue ||
		    !bits_test(fq->used, urb))
			return false;
		if (u->state < USBIF_FQ_WAITING || u->state > USBIF_FQ_HELD)
			return false;
		if (gone && !(u->flags & USBIF_FQ_ORPHAN))
			return false;
		if (!urb_is_valid(fq, urb, &unanswered))
			return false;
		if (u->state == USBIF_FQ_SENT && u->flags & USBIF_FQ_HOLDS_UP)
			holders++;
		last = urb;
	}
	return q->tail == last && unanswered == q->unanswered &&
	       holders == q->holders &&
	       q->unsent == usbif_fq_unsent_from(fq, q->head);
}

static bool counts_are_valid(const struct usbif_fq *fq, uint16_t members)
{
	uint32_t blockers = 0, counted = 0, ended = 0;
	uint16_t i;

	for (i = 0; i < USBIF_MAX_URBS; i++) {
		const struct usbif_fq_urb *u = &fq->urb[i];

		if ((u->state == USBIF_FQ_FREE) == bits_test(fq->used, i))
			return false;
		if (u->flags & USBIF_FQ_BLOCKER)
			blockers++;
		if (u->state == USBIF_FQ_ENDED || u->state == USBIF_FQ_DONE)
			ended++;
		if (u->state != USBIF_FQ_FREE)
			counted++;
	}
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		blockers -= fq->queue[i].blockers;
	return blockers == 0 && counted == ended + members &&
	       bits_room_is_valid(fq->used, fq->room, USBIF_MAX_URBS);
}

bool usbif_fq_valid(const struct usbif_fq *fq)
{
	uint32_t in_flight = 0, others = 0;
	uint16_t i, members = 0;

	if (!usbif_ids_valid(&fq->ids))
		return false;
	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		if (!fq->dead && !queue_is_valid(fq, i, &members))
			return false;
		in_flight += fq->queue[i].unanswered;
		if (!usbif_queue_is_control(i))
			others += fq->queue[i].unanswered;
	}
	if (others != fq->others || in_flight + fq->ids.unlinks_in_flight !=
				    fq->ids.in_flight)
		return false;
	return fq->dead || counts_are_valid(fq, members);
}
