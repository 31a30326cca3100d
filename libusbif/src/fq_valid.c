/* SPDX-License-Identifier: MIT */
/*
 * The invariants of a front's queues: PROTOCOL.md, "Invariants", 1 and 3.  They
 * are inductive: tests/proofs shows that each step from a state in which they
 * hold leads to one in which they do.
 */
#include "fq_private.h"

/* Indices have 16 bits everywhere, and so have loops over them. */
USBIF_STATIC_ASSERT(USBIF_MAX_QUEUES < USBIF_NONE && USBIF_MAX_URBS <
		    USBIF_NONE && USBIF_MAX_SLOTS < USBIF_NONE,
		    indices_have_16_bits);

/* What is counted over all URBs, to be compared with what is said elsewhere. */
struct totals {
	uint16_t members;	/* URBs in queues */
	uint16_t ended;
	uint16_t blockers;
	uint16_t targets;	/* requests that an unlink was sent for */
	uint16_t unlinking;	/* URBs with unlinks to send */
};

/* What is true of an URB's numbers whatever its state is. */
static bool shape_is_valid(const struct usbif_fq *fq,
			   const struct usbif_fq_urb *u)
{
	if (u->queue >= USBIF_MAX_QUEUES || u->done > u->length)
		return false;
	if (u->max_packet == 0 || u->max_packet > fq->config.max_octets)
		return false;
	if (u->empty == 0)
		return true;
	return u->empty == 1 && u->length > 1 && !(u->flags & USBIF_FQ_IN);
}

/* The request lies behind *at, in what was sent; *at is then behind it. */
static bool req_is_valid(const struct usbif_fq_urb *u,
			 const struct usbif_fq_req *r, uint32_t *at)
{
	uint32_t part = usbif_fq_part(u, r->length);

	if (r->offset < *at || r->offset > u->sent ||
	    part > u->sent - r->offset)
		return false;
	if (part == 0 && u->length != 0)
		return false;
	if (r->length != 0 && r->length > usbif_fq_data(u) - r->offset)
		return false;
	*at = r->offset + (part != 0 ? part : 1);
	return true;
}

/* The URB's unanswered requests are in the order of its octets. */
static bool reqs_are_valid(const struct usbif_fq *fq, uint16_t urb,
			   struct totals *t)
{
	const struct usbif_fq_urb *u = &fq->urb[urb];
	uint16_t id = u->first_req;
	uint32_t at = u->done;
	bool unlinking = false;

	if ((id != USBIF_NONE) != (u->state == USBIF_FQ_SENT))
		return false;
	for (; id != USBIF_NONE; id = fq->req[id].next) {
		const struct usbif_fq_req *r;

		if (ids_kind(&fq->ids, id) != USBIF_ID_TRANSFER)
			return false;
		r = &fq->req[id];
		if (r->urb != urb || !req_is_valid(u, r, &at))
			return false;
		if (r->unlinked)
			t->targets++;
		else if (u->flags & USBIF_FQ_UNLINKED)
			unlinking = true;
	}
	t->unlinking = (uint16_t)(t->unlinking + unlinking);
	return true;
}

static bool is_member(const struct usbif_fq_urb *u)
{
	return u->state >= USBIF_FQ_WAITING && u->state <= USBIF_FQ_HELD;
}

/* What an URB that is in its queue may be. */
static bool state_is_valid(const struct usbif_fq *fq,
			   const struct usbif_fq_urb *u)
{
	const struct usbif_fq_queue *q = &fq->queue[u->queue];
	uint8_t flags = u->flags;

	if (u->done > u->sent || u->sent > u->length)
		return false;
	if (!(flags & USBIF_FQ_ENDING) && u->done == u->length &&
	    u->length != 0)
		return false;
	if (flags & USBIF_FQ_UNLINKED && !(flags & USBIF_FQ_BLOCKER) && !q->iso)
		return false;
	if (q->iso && (u->empty || u->length > fq->config.max_octets))
		return false;
	if (u->state == USBIF_FQ_SENT)
		return !q->iso || u->sent == u->length;
	if (u->sent != u->done ||
	    flags & (USBIF_FQ_ENDING | USBIF_FQ_ORPHAN | USBIF_FQ_UNLINKED))
		return false;
	return u->state == (flags & USBIF_FQ_RETURNED ? USBIF_FQ_HELD :
							USBIF_FQ_WAITING);
}

/* The URB's unanswered requests; their list is valid. */
static uint16_t count_reqs(const struct usbif_fq *fq,
			   const struct usbif_fq_urb *u)
{
	uint16_t id, n = 0;

	for (id = u->first_req; id != USBIF_NONE; id = fq->req[id].next)
		n++;
	return n;
}

/* Counts the queue's URBs into *members; what they are is looked at apart. */
static bool queue_is_valid(const struct usbif_fq *fq, uint16_t queue,
			   uint16_t *members)
{
	const struct usbif_fq_queue *q = &fq->queue[queue];
	uint16_t urb = q->head, unanswered = 0, holders = 0;
	uint16_t last = USBIF_NONE, unsent = USBIF_NONE;
	bool gone = bits_test(fq->gone,
			      (uint32_t)usbif_queue_port(queue) - 1);

	for (; urb != USBIF_NONE; urb = fq->urb[urb].next) {
		const struct usbif_fq_urb *u;

		if (urb >= USBIF_MAX_URBS || ++*members > USBIF_MAX_URBS)
			return false;
		u = &fq->urb[urb];
		if (u->queue != queue || !is_member(u))
			return false;
		if (gone && !(u->flags & USBIF_FQ_ORPHAN))
			return false;
		if (u->state == USBIF_FQ_SENT && u->flags & USBIF_FQ_HOLDS_UP)
			holders++;
		unanswered = (uint16_t)(unanswered + count_reqs(fq, u));
		if (unsent == USBIF_NONE && usbif_fq_is_unsent(u))
			unsent = urb;
		last = urb;
	}
	return q->tail == last && unanswered == q->unanswered &&
	       holders == q->holders && q->unsent == unsent &&
	       (q->ready || !usbif_fq_may_send(fq, q));
}

/* After the end of a connection nothing is in queues any more. */
static bool is_cleared(const struct usbif_fq_queue *q)
{
	return q->head == USBIF_NONE && q->tail == USBIF_NONE &&
	       q->unsent == USBIF_NONE;
}

/* How many URBs hold up the queue with blockers? */
static uint16_t blockers_of(const struct usbif_fq *fq, uint16_t queue)
{
	uint16_t i, n = 0;

	for (i = 0; i < USBIF_MAX_URBS; i++)
		if (fq->urb[i].flags & USBIF_FQ_BLOCKER &&
		    fq->urb[i].queue == queue)
			n++;
	return n;
}

static bool ended_are_valid(const struct usbif_fq *fq, uint16_t ended)
{
	uint16_t urb = fq->ended_head, last = USBIF_NONE, n = 0;

	for (; urb != USBIF_NONE; urb = fq->urb[urb].next) {
		if (urb >= USBIF_MAX_URBS || ++n > ended ||
		    fq->urb[urb].state != USBIF_FQ_ENDED)
			return false;
		last = urb;
	}
	return n == ended && fq->ended_tail == last;
}

/* Each URB with unlinks to send is in their list, once. */
static bool unlinks_are_valid(const struct usbif_fq *fq, uint16_t unlinking)
{
	uint16_t urb = fq->unlink_head, last = USBIF_NONE, n = 0;

	for (; urb != USBIF_NONE; urb = fq->urb[urb].next_unlink) {
		const struct usbif_fq_urb *u;

		if (urb >= USBIF_MAX_URBS || ++n > USBIF_MAX_URBS)
			return false;
		u = &fq->urb[urb];
		if (u->state != USBIF_FQ_SENT ||
		    !(u->flags & USBIF_FQ_UNLINKED))
			return false;
		if (usbif_fq_first_not_unlinked(fq, urb) != USBIF_NONE)
			unlinking--;
		last = urb;
	}
	return unlinking == 0 && fq->unlink_tail == last;
}

/* The ready queues of a class, and no others, are linked. */
static bool ready_are_valid(const struct usbif_fq *fq, uint32_t class)
{
	uint16_t queue = fq->ready_head[class], last = USBIF_NONE, i, n = 0;

	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		if (fq->queue[i].ready && usbif_queue_is_control(i) == class)
			n++;
	for (; queue != USBIF_NONE; queue = fq->queue[queue].next_ready) {
		if (queue >= USBIF_MAX_QUEUES || n-- == 0 ||
		    usbif_queue_is_control(queue) != class ||
		    !fq->queue[queue].ready)
			return false;
		last = queue;
	}
	return n == 0 && fq->ready_tail[class] == last;
}

/* Any entry; one that is free says nothing. */
static bool urb_is_valid(const struct usbif_fq *fq, uint16_t urb,
			 struct totals *t)
{
	const struct usbif_fq_urb *u = &fq->urb[urb];

	if ((u->state == USBIF_FQ_FREE) == bits_test(fq->used, urb))
		return false;
	if (u->state == USBIF_FQ_FREE)
		return u->flags == 0;
	if (u->state > USBIF_FQ_DONE || !shape_is_valid(fq, u))
		return false;
	if (u->flags & USBIF_FQ_BLOCKER)
		t->blockers++;
	if (u->state == USBIF_FQ_ENDED)
		t->ended++;
	if (!is_member(u))
		return true;
	t->members++;
	return state_is_valid(fq, u) && reqs_are_valid(fq, urb, t);
}

/* Each entry, and what their queues know of those with blockers. */
static bool urbs_are_valid(const struct usbif_fq *fq, struct totals *t)
{
	uint16_t i;

	for (i = 0; i < USBIF_MAX_URBS; i++)
		if (!urb_is_valid(fq, i, t))
			return false;
	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		uint16_t n = fq->queue[i].blockers;

		if (n != 0 && n != blockers_of(fq, i))
			return false;
		t->blockers = (uint16_t)(t->blockers - n);
	}
	return t->blockers == 0 &&
	       bits_room_is_valid(fq->used, fq->room, USBIF_MAX_URBS);
}

/* The slots of the ring, and rule F8: two are kept, for unlinks and control. */
static bool slots_are_valid(const struct usbif_fq *fq)
{
	uint32_t in_flight = fq->ids.unlinks_in_flight, others = 0;
	uint16_t i, slots = fq->config.slots;

	if (slots < 4 || slots > USBIF_MAX_SLOTS ||
	    fq->config.max_octets < 1024 ||
	    fq->ids.slots != slots || !usbif_ids_valid(&fq->ids))
		return false;
	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		in_flight += fq->queue[i].unanswered;
		if (!usbif_queue_is_control(i))
			others += fq->queue[i].unanswered;
	}
	return others == fq->others && others <= slots - 2u &&
	       in_flight == fq->ids.in_flight &&
	       (in_flight < slots || fq->ids.unlinks_in_flight != 0);
}

bool usbif_fq_valid(const struct usbif_fq *fq)
{
	struct totals t;
	uint16_t i, members = 0;

	memset(&t, 0, sizeof(t));
	if (!slots_are_valid(fq) || !urbs_are_valid(fq, &t))
		return false;
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		if (fq->dead ? !is_cleared(&fq->queue[i]) :
			       !queue_is_valid(fq, i, &members))
			return false;
	if (members != t.members || (!fq->dead && t.targets != fq->targets))
		return false;
	return ended_are_valid(fq, t.ended) &&
	       unlinks_are_valid(fq, t.unlinking) && ready_are_valid(fq, 0) &&
	       ready_are_valid(fq, 1);
}
