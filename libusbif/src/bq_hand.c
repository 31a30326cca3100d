/* SPDX-License-Identifier: MIT */
/*
 * Endpoint queues of a back: what the host controller is told.  Rule B1 with
 * the limits of PROTOCOL.md section "Host controllers", and the cancels of
 * rules B2, B6 and B7, from the tail.
 */
#include "bq_private.h"

void usbif_bq_make_work(struct usbif_bq *bq, uint16_t queue)
{
	struct usbif_bq_queue *q = &bq->queue[queue];

	if (q->work || q->head == USBIF_NONE)
		return;
	q->work = true;
	q->next_work = USBIF_NONE;
	if (bq->work_tail == USBIF_NONE)
		bq->work_head = queue;
	else
		bq->queue[bq->work_tail].next_work = queue;
	bq->work_tail = queue;
}

static void drop_work(struct usbif_bq *bq)
{
	struct usbif_bq_queue *q = &bq->queue[bq->work_head];

	bq->work_head = q->next_work;
	if (bq->work_head == USBIF_NONE)
		bq->work_tail = USBIF_NONE;
	q->next_work = USBIF_NONE;
	q->work = false;
}

/* The last request of the queue that is in the HC, or USBIF_NONE. */
static uint16_t last_in_hc(const struct usbif_bq *bq,
			   const struct usbif_bq_queue *q)
{
	uint16_t slot = q->head, last = USBIF_NONE;

	while (slot != USBIF_NONE && bq->req[slot].state == USBIF_BQ_IN_HC) {
		last = slot;
		slot = bq->req[slot].next;
	}
	return last;
}

static bool wants_cancel(const struct usbif_bq_req *r)
{
	return r->cancel != USBIF_BQ_KEEP &&
	       !(r->flags & USBIF_BQ_CANCEL_ISSUED);
}

/*
 * Which request is to be cancelled now.  Where the queue stops: the last one
 * in the HC, and only when the one behind it has completed.  Isochronous
 * queues and those of old fronts do not stop: any one.
 */
static uint16_t cancel_now(const struct usbif_bq *bq,
			   const struct usbif_bq_queue *q)
{
	uint16_t slot = q->head;

	if (bq->config.extended && q->type != USBIF_XFER_ISO)
		slot = last_in_hc(bq, q);
	for (; slot != USBIF_NONE; slot = bq->req[slot].next) {
		if (bq->req[slot].state != USBIF_BQ_IN_HC)
			break;
		if (wants_cancel(&bq->req[slot]))
			return slot;
	}
	return USBIF_NONE;
}

/* Has the host controller as many of a queue's requests as it may have? */
static bool is_full(const struct usbif_bq *bq, const struct usbif_bq_queue *q,
		    const struct usbif_bq_req *r)
{
	return q->in_hc >= bq->hc_depth[r->port - 1];
}

/* May the request go to the HC behind what is there already? */
static bool may_follow(const struct usbif_bq *bq,
		       const struct usbif_bq_queue *q, uint16_t slot)
{
	const struct usbif_bq_req *last;

	if (q->in_hc == 0 || q->type == USBIF_XFER_ISO)
		return true;
	if (q->type == USBIF_XFER_CTRL || is_full(bq, q, &bq->req[slot]))
		return false;
	last = &bq->req[last_in_hc(bq, q)];
	return !(last->flags & USBIF_BQ_SHORT_NOT_OK) && last->length != 0 &&
	       last->cancel == USBIF_BQ_KEEP && bq->req[slot].length != 0;
}

/* Which request is to be handed over now, or USBIF_NONE. */
static uint16_t submit_now(const struct usbif_bq *bq,
			   const struct usbif_bq_queue *q)
{
	uint16_t slot = q->head;

	if (q->held)
		return USBIF_NONE;
	while (slot != USBIF_NONE && bq->req[slot].state == USBIF_BQ_IN_HC)
		slot = bq->req[slot].next;
	if (slot == USBIF_NONE || !may_follow(bq, q, slot))
		return USBIF_NONE;
	/* What stopped it was a request of another type; this one is not. */
	if (q->stopped && !(bq->req[slot].flags & USBIF_BQ_ISO))
		return USBIF_NONE;
	return slot;
}

static bool queue_duty(struct usbif_bq *bq, struct usbif_bq_queue *q,
		       struct usbif_bq_duty *duty)
{
	duty->slot = cancel_now(bq, q);
	if (duty->slot != USBIF_NONE) {
		duty->kind = USBIF_BQ_CANCEL;
		bq->req[duty->slot].flags |= USBIF_BQ_CANCEL_ISSUED;
		return true;
	}
	duty->slot = submit_now(bq, q);
	if (duty->slot == USBIF_NONE)
		return false;
	duty->kind = USBIF_BQ_SUBMIT;
	bq->req[duty->slot].state = USBIF_BQ_IN_HC;
	q->in_hc++;
	return true;
}

bool usbif_bq_next(struct usbif_bq *bq, struct usbif_bq_duty *duty)
{
	while (bq->work_head != USBIF_NONE) {
		if (queue_duty(bq, &bq->queue[bq->work_head], duty))
			return true;
		drop_work(bq);
	}
	return false;
}
