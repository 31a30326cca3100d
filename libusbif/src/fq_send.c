/* SPDX-License-Identifier: MIT */
/*
 * Endpoint queues of a front: what may go on the ring now.  Rule F1 (order,
 * blockers, restart flag), F4 (unlinks) and F8 (slots).
 */
#include "fq_private.h"

void usbif_fq_make_ready(struct usbif_fq *fq, uint16_t queue)
{
	struct usbif_fq_queue *q = &fq->queue[queue];
	uint32_t class = usbif_queue_is_control(queue);

	if (q->ready || q->head == USBIF_NONE)
		return;
	q->ready = true;
	q->next_ready = USBIF_NONE;
	if (fq->ready_tail[class] == USBIF_NONE)
		fq->ready_head[class] = queue;
	else
		fq->queue[fq->ready_tail[class]].next_ready = queue;
	fq->ready_tail[class] = queue;
}

static uint16_t pop_ready(struct usbif_fq *fq, uint32_t class)
{
	uint16_t queue = fq->ready_head[class];
	struct usbif_fq_queue *q = &fq->queue[queue];

	fq->ready_head[class] = q->next_ready;
	if (fq->ready_head[class] == USBIF_NONE)
		fq->ready_tail[class] = USBIF_NONE;
	q->next_ready = USBIF_NONE;
	q->ready = false;
	return queue;
}

void usbif_fq_want_unlinks(struct usbif_fq *fq, uint16_t urb)
{
	fq->urb[urb].next_unlink = USBIF_NONE;
	if (fq->unlink_tail == USBIF_NONE)
		fq->unlink_head = urb;
	else
		fq->urb[fq->unlink_tail].next_unlink = urb;
	fq->unlink_tail = urb;
}

void usbif_fq_drop_unlinks(struct usbif_fq *fq, uint16_t urb)
{
	uint16_t before = USBIF_NONE, at = fq->unlink_head;

	while (at != urb && at != USBIF_NONE) {
		before = at;
		at = fq->urb[at].next_unlink;
	}
	if (at == USBIF_NONE)
		return;
	if (before == USBIF_NONE)
		fq->unlink_head = fq->urb[urb].next_unlink;
	else
		fq->urb[before].next_unlink = fq->urb[urb].next_unlink;
	if (fq->unlink_tail == urb)
		fq->unlink_tail = before;
	fq->urb[urb].next_unlink = USBIF_NONE;
}

/* The URB's first unanswered request that no unlink was sent for. */
static uint16_t first_not_unlinked(const struct usbif_fq *fq, uint16_t urb)
{
	uint16_t id = fq->urb[urb].first_req;

	while (id != USBIF_NONE && fq->req[id].unlinked)
		id = fq->req[id].next;
	return id;
}

bool usbif_fq_next_unlink(struct usbif_fq *fq, struct usbif_fq_duty *duty)
{
	while (fq->unlink_head != USBIF_NONE) {
		uint16_t urb = fq->unlink_head;
		uint16_t target = first_not_unlinked(fq, urb);
		int id;

		if (target == USBIF_NONE) {
			usbif_fq_drop_unlinks(fq, urb);
			continue;
		}
		id = usbif_ids_alloc(&fq->ids, USBIF_ID_UNLINK);
		if (id < 0)
			return false;
		memset(&fq->req[id], 0, sizeof(fq->req[id]));
		fq->req[id].urb = USBIF_NONE;
		fq->req[id].next = USBIF_NONE;
		fq->req[target].unlinked = 1;
		fq->targets++;
		duty->kind = USBIF_FQ_UNLINK;
		duty->urb = urb;
		duty->id = (uint16_t)id;
		duty->target = target;
		return true;
	}
	return false;
}

/* Slots that transfers of a class may still take: rule F8. */
static uint16_t slots_left(const struct usbif_fq *fq, bool control)
{
	uint16_t transfers = (uint16_t)(fq->ids.in_flight -
					fq->ids.unlinks_in_flight);
	uint16_t most = (uint16_t)(fq->config.slots - 1);	/* unlinks */
	uint16_t left = transfers < most ? (uint16_t)(most - transfers) : 0;
	uint16_t ring = (uint16_t)(fq->config.slots - fq->ids.in_flight);

	if (!control) {
		most--;						/* control */
		if (fq->others >= most)
			return 0;
		if (left > most - fq->others)
			left = (uint16_t)(most - fq->others);
	}
	return left < ring ? left : ring;
}

/*
 * A queue's share, where there is a slot at all.  One that holds nothing may
 * take any.  One that holds some may take another only if more than twice as
 * many as it holds are free, and more than half of the ring: that is kept for
 * those that hold none, so that silent queues, which never give a slot back,
 * cannot take the last ones between them.
 */
static bool has_share(const struct usbif_fq *fq, uint16_t queue)
{
	const struct usbif_fq_queue *q = &fq->queue[queue];
	uint16_t left = slots_left(fq, usbif_queue_is_control(queue));

	if (q->unanswered == 0)
		return true;
	return q->unanswered < fq->config.depth && 2 * q->unanswered < left &&
	       left > fq->config.slots / 2;
}

/* Rule F1 but for the slots: may the queue send anything at all now? */
static bool may_send(const struct usbif_fq *fq, const struct usbif_fq_queue *q)
{
	if (q->iso || q->unanswered == 0)
		return q->blockers == 0;
	return q->blockers == 0 && !q->needs_restart && fq->config.extended;
}

static bool is_unsent(const struct usbif_fq_urb *u)
{
	return u->state != USBIF_FQ_SENT || u->sent < u->length;
}

/*
 * The first URB in submission order with something to send.  What is before
 * it is wholly on the ring, so the walk is as long as the queue is deep.  One
 * that waits for answers only to be ended or resent holds up all behind it.
 */
#define HOLDS_UP	(USBIF_FQ_ENDING | USBIF_FQ_RETURNED | USBIF_FQ_ORPHAN)

static uint16_t first_unsent(const struct usbif_fq *fq,
			     const struct usbif_fq_queue *q)
{
	uint16_t urb = q->head;

	while (urb != USBIF_NONE) {
		const struct usbif_fq_urb *u = &fq->urb[urb];

		if (u->flags & HOLDS_UP && u->first_req != USBIF_NONE)
			return USBIF_NONE;
		if (is_unsent(u))
			return urb;
		urb = u->next;
	}
	return USBIF_NONE;
}

/* Octets of the next request: all but the last fill whole packets. */
static uint32_t fragment(const struct usbif_fq *fq,
			 const struct usbif_fq_urb *u)
{
	uint32_t left = u->length - u->sent, most = fq->config.max_octets;

	if (u->flags & USBIF_FQ_BULK && most < fq->config.bulk_octets)
		most = fq->config.bulk_octets;
	return left <= most ? left : most - most % u->max_packet;
}

/*
 * Flags of the next request.  An old back is never asked to stop on a short
 * transfer: it has one request of the queue, and the front judges the length.
 */
static uint16_t request_flags(const struct usbif_fq *fq,
			      const struct usbif_fq_urb *u, uint32_t length)
{
	const struct usbif_fq_queue *q = &fq->queue[u->queue];
	bool last = u->sent + length == u->length;
	uint16_t flags = 0;

	if (q->iso || !fq->config.extended)
		return 0;
	if (!last || u->flags & USBIF_FQ_SHORT_NOT_OK)
		flags |= USBIF_WIRE_FLAG_SHORT_NOT_OK;
	if (q->needs_restart)
		flags |= USBIF_WIRE_FLAG_RESTART;
	return flags;
}

static void chain_req(struct usbif_fq *fq, uint16_t urb, uint16_t id)
{
	uint16_t *at = &fq->urb[urb].first_req;

	while (*at != USBIF_NONE)
		at = &fq->req[*at].next;
	*at = id;
}

/* Put the next request of the URB on the ring. */
static void send(struct usbif_fq *fq, uint16_t urb, uint16_t id,
		 struct usbif_fq_duty *duty)
{
	struct usbif_fq_urb *u = &fq->urb[urb];
	struct usbif_fq_queue *q = &fq->queue[u->queue];
	struct usbif_fq_req *r = &fq->req[id];

	duty->kind = USBIF_FQ_SEND;
	duty->urb = urb;
	duty->id = id;
	duty->offset = u->sent;
	duty->length = fragment(fq, u);
	duty->flags = request_flags(fq, u, duty->length);
	memset(r, 0, sizeof(*r));
	r->urb = urb;
	r->next = USBIF_NONE;
	r->offset = duty->offset;
	r->length = duty->length;
	chain_req(fq, urb, id);
	u->state = USBIF_FQ_SENT;
	u->flags &= (uint8_t)~USBIF_FQ_RETURNED;
	u->sent += duty->length;
	q->unanswered++;
	q->needs_restart = false;
	if (!usbif_queue_is_control(u->queue))
		fq->others++;
}

/* There is something to send, and a slot, hence an id. */
static void send_from(struct usbif_fq *fq, uint16_t queue,
		      struct usbif_fq_duty *duty)
{
	int id = usbif_ids_alloc(&fq->ids, USBIF_ID_TRANSFER);

	send(fq, first_unsent(fq, &fq->queue[queue]), (uint16_t)id, duty);
	usbif_fq_make_ready(fq, queue);
}

/* Nothing to send now; an answer or a retired URB makes it ready again. */
static bool is_quiet(const struct usbif_fq *fq, uint16_t queue)
{
	const struct usbif_fq_queue *q = &fq->queue[queue];

	return !may_send(fq, q) || first_unsent(fq, q) == USBIF_NONE;
}

/* One turn for each ready queue of a class; the first that can send does. */
static bool send_class(struct usbif_fq *fq, uint32_t class,
		       struct usbif_fq_duty *duty)
{
	uint16_t last = fq->ready_tail[class], queue;

	if (last == USBIF_NONE || slots_left(fq, class == 1) == 0)
		return false;
	do {
		queue = pop_ready(fq, class);
		if (is_quiet(fq, queue))
			continue;
		if (has_share(fq, queue)) {
			send_from(fq, queue, duty);
			return true;
		}
		usbif_fq_make_ready(fq, queue);
	} while (queue != last);
	return false;
}

bool usbif_fq_next_send(struct usbif_fq *fq, struct usbif_fq_duty *duty)
{
	return send_class(fq, 1, duty) || send_class(fq, 0, duty);
}
