/* SPDX-License-Identifier: MIT */
/*
 * The invariants of a back's queues.  They are inductive: tests/proofs shows
 * that each step from a state in which they hold leads to one in which they
 * do.
 */
#include "bq_private.h"

/* What one of a queue's list is, seen alone. */
static bool member_is_valid(const struct usbif_bq *bq, uint16_t queue,
			    const struct usbif_bq_req *r)
{
	if (r->queue != queue || r->port != usbif_queue_port(queue))
		return false;
	if (r->state == USBIF_BQ_PARKED)
		return !bits_test(bq->gone, r->port - 1u);
	return r->state == USBIF_BQ_IN_HC &&
	       (!bits_test(bq->gone, r->port - 1u) ||
		r->cancel == USBIF_BQ_BY_REMOVAL);
}

/* What a walk along a queue finds. */
struct seen {
	uint16_t in_hc;
	bool parked;		/* one at least */
	bool waits;		/* of those, one that is not isochronous */
	bool cancel_any;	/* one in the HC is to be cancelled */
	bool cancel_last;	/* the last one in the HC is */
};

/* A stopped queue holds nothing parked, or something is to let it go on. */
static bool stop_is_valid(const struct usbif_bq *bq, uint16_t queue,
			  bool waits)
{
	const struct usbif_bq_queue *q = &bq->queue[queue];

	if (bq->config.extended)
		return (!waits || !q->stopped) && !q->unheard;
	if (!q->stopped)
		return !q->unheard;
	return q->unheard || usbif_bq_has_news(bq, queue);
}

/*
 * Is there something for the HC that no completion of the queue will find?  A
 * completion makes work, so what only waits for one needs none.
 */
static bool has_duty(const struct usbif_bq *bq, const struct usbif_bq_queue *q,
		     const struct seen *seen)
{
	if (bq->config.extended && q->type != USBIF_XFER_ISO ?
		    seen->cancel_last : seen->cancel_any)
		return true;
	return !q->held && seen->in_hc == 0 && seen->parked &&
	       (!q->stopped || bq->req[q->head].flags & USBIF_BQ_ISO);
}

/* Adds a member to what was seen; returns false if it cannot be the next. */
static bool see(struct seen *seen, const struct usbif_bq_req *r)
{
	if (r->state == USBIF_BQ_PARKED) {
		seen->parked = true;
		if (!(r->flags & USBIF_BQ_ISO))
			seen->waits = true;
		return true;
	}
	seen->in_hc++;
	seen->cancel_last = r->cancel != USBIF_BQ_KEEP &&
			    !(r->flags & USBIF_BQ_CANCEL_ISSUED);
	if (seen->cancel_last)
		seen->cancel_any = true;
	return !seen->parked;
}

/* Counts its requests into *members. */
static bool queue_is_valid(const struct usbif_bq *bq, uint16_t queue,
			   uint16_t *members)
{
	const struct usbif_bq_queue *q = &bq->queue[queue];
	uint16_t slot = q->head, last = USBIF_NONE;
	struct seen seen;

	memset(&seen, 0, sizeof(seen));
	for (; slot != USBIF_NONE; slot = bq->req[slot].next) {
		if (slot >= bq->config.slots ||
		    ++*members > bq->config.slots ||
		    !member_is_valid(bq, queue, &bq->req[slot]) ||
		    !see(&seen, &bq->req[slot]))
			return false;
		last = slot;
	}
	if (q->tail != last || q->in_hc != seen.in_hc)
		return false;
	if (!q->work && has_duty(bq, q, &seen))
		return false;
	return stop_is_valid(bq, queue, seen.waits);
}

/* Is the list of answers to be pulled a list of so many? */
static bool answers_are_valid(const struct usbif_bq *bq, uint16_t answers)
{
	uint16_t slot = bq->answer_head, last = USBIF_NONE, n = 0;

	for (; slot != USBIF_NONE; slot = bq->req[slot].next) {
		if (slot >= bq->config.slots || ++n > answers ||
		    bq->req[slot].state != USBIF_BQ_ANSWERED)
			return false;
		last = slot;
	}
	return n == answers && bq->answer_tail == last;
}

/* Are those with work linked, and no others? */
static bool work_is_valid(const struct usbif_bq *bq)
{
	uint16_t i, n = 0, queue = bq->work_head, last = USBIF_NONE;

	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		n = (uint16_t)(n + bq->queue[i].work);
	for (; queue != USBIF_NONE; queue = bq->queue[queue].next_work) {
		if (queue >= USBIF_MAX_QUEUES || n == 0 ||
		    !bq->queue[queue].work)
			return false;
		n--;
		last = queue;
	}
	return n == 0 && bq->work_tail == last;
}

/* A slot that was not admitted yet has nothing in it. */
static bool is_blank(const struct usbif_bq_req *r)
{
	return r->port == 0 && r->flags == 0 && r->cancel == USBIF_BQ_KEEP;
}

/* Does what it says of its queue agree?  That of a free one says nothing. */
static bool req_is_valid(const struct usbif_bq *bq,
			 const struct usbif_bq_req *r)
{
	if (r->cancel > USBIF_BQ_BY_REMOVAL || r->state > USBIF_BQ_ANSWERING)
		return false;
	if (r->state == USBIF_BQ_FREE || r->state == USBIF_BQ_STAGED)
		return is_blank(r);
	if (r->queue == USBIF_NONE)
		return r->port == 0 && !(r->flags & USBIF_BQ_RESTARTS);
	if (r->queue >= USBIF_MAX_QUEUES ||
	    r->port != usbif_queue_port(r->queue))
		return false;
	return !(r->flags & USBIF_BQ_RESTARTS) ||
	       (!bq->config.extended && r->state >= USBIF_BQ_ANSWERED);
}

/* Each slot; and those in queues and among the answers are all there are. */
static bool reqs_are_valid(const struct usbif_bq *bq, uint16_t members)
{
	uint16_t busy[USBIF_MAX_PORTS], i, answers = 0;

	memcpy(busy, bq->busy, sizeof(busy));
	for (i = 0; i < bq->config.slots; i++) {
		const struct usbif_bq_req *r = &bq->req[i];

		if ((r->state == USBIF_BQ_FREE) == bits_test(bq->used, i) ||
		    !req_is_valid(bq, r))
			return false;
		if (r->state == USBIF_BQ_PARKED || r->state == USBIF_BQ_IN_HC)
			members--;
		if (r->state == USBIF_BQ_ANSWERED)
			answers++;
		if (r->port != 0)
			busy[r->port - 1]--;
	}
	for (i = 0; i < USBIF_MAX_PORTS; i++)
		if (busy[i] != 0)
			return false;
	return members == 0 && answers_are_valid(bq, answers);
}

bool usbif_bq_valid(const struct usbif_bq *bq)
{
	uint16_t i, members = 0;

	if (bq->config.slots < 4 || bq->config.slots > USBIF_MAX_SLOTS ||
	    !bits_room_is_valid(bq->used, bq->room, bq->config.slots))
		return false;
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		if (!queue_is_valid(bq, i, &members))
			return false;
	return work_is_valid(bq) && reqs_are_valid(bq, members);
}
