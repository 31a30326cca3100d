/* SPDX-License-Identifier: MIT */
/*
 * Endpoint queues of a front: what may go on the ring now.  Rule F1 (order,
 * blockers, restart flag), F4 (unlinks) and F8 (slots).
 */
#include "fq_private.h"

void usbif_fq_append_ready(struct usbif_fq *fq, uint16_t queue)
{
	struct usbif_fq_queue *q = &fq->queue[queue];
	uint32_t class = usbif_queue_is_control(queue);

	q->ready = true;
	q->next_ready = USBIF_NONE;
	if (fq->ready_tail[class] == USBIF_NONE)
		fq->ready_head[class] = queue;
	else
		fq->queue[fq->ready_tail[class]].next_ready = queue;
	fq->ready_tail[class] = queue;
}

/* Unlink the first of the ready queues. */
static void drop_ready(struct usbif_fq *fq, uint32_t class)
{
	struct usbif_fq_queue *q = &fq->queue[fq->ready_head[class]];

	fq->ready_head[class] = q->next_ready;
	if (fq->ready_head[class] == USBIF_NONE)
		fq->ready_tail[class] = USBIF_NONE;
	q->next_ready = USBIF_NONE;
	q->ready = false;
}

/* The first of them has had its turn. */
static void rotate_ready(struct usbif_fq *fq, uint32_t class)
{
	uint16_t queue = fq->ready_head[class];

	if (queue == fq->ready_tail[class])
		return;
	drop_ready(fq, class);
	usbif_fq_append_ready(fq, queue);
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

uint16_t usbif_fq_first_not_unlinked(const struct usbif_fq *fq, uint16_t urb)
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
		uint16_t target = usbif_fq_first_not_unlinked(fq, urb);
		int id;

		if (target == USBIF_NONE) {
			usbif_fq_drop_unlinks(fq, urb);
			continue;
		}
		id = ids_alloc(&fq->ids, USBIF_ID_UNLINK);
		if (id < 0)
			return false;
		memset(&fq->req[id], 0, sizeof(fq->req[id]));
		fq->req[id].urb = USBIF_NONE;
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
static uint32_t slots_left(const struct usbif_fq *fq, bool control)
{
	uint32_t left = (uint32_t)fq->config.slots - fq->ids.in_flight;
	uint32_t others = fq->config.slots - 2u;

	if (left != 0 && fq->ids.unlinks_in_flight == 0)
		left--;					/* one for unlinks */
	if (control)
		return left;
	others -= fq->others;				/* and for control */
	return left < others ? left : others;
}

/*
 * A queue's share, where there is a slot at all.  One that holds nothing may
 * take any.  One that holds some may take another only if more than twice as
 * many as it holds are free, and more than half of the ring: that is kept for
 * those that hold none, so that silent queues, which never give a slot back,
 * cannot take the last ones between them.
 */
static bool has_share(const struct usbif_fq *fq,
		      const struct usbif_fq_queue *q, uint32_t left)
{
	if (q->unanswered == 0)
		return true;
	return q->unanswered < fq->config.depth && 2 * q->unanswered < left &&
	       left > fq->config.slots / 2;
}

bool usbif_fq_may_send(const struct usbif_fq *fq,
		       const struct usbif_fq_queue *q)
{
	if (q->unsent == USBIF_NONE)
		return false;
	if (q->blockers != 0 || q->holders != 0)
		return false;
	return q->unanswered == 0 || q->iso ||
	       (!q->needs_restart && fq->config.extended);
}

uint16_t usbif_fq_unsent_from(const struct usbif_fq *fq, uint16_t urb)
{
	while (urb != USBIF_NONE && !usbif_fq_is_unsent(&fq->urb[urb]))
		urb = fq->urb[urb].next;
	return urb;
}

/* Octets of the next request: all but the last fill whole packets. */
static uint32_t fragment(const struct usbif_fq *fq,
			 const struct usbif_fq_urb *u)
{
	uint32_t left = u->length - u->sent, most = fq->config.max_octets;

	if (u->flags & USBIF_FQ_BULK && most < fq->config.bulk_octets)
		most = fq->config.bulk_octets;
	return left <= most ? left - u->empty : most - most % u->max_packet;
}

/*
 * Flags of the next request.  An old back is never asked to stop on a short
 * transfer: it has one request of the queue, and the front judges the length.
 */
static uint16_t request_flags(const struct usbif_fq *fq,
			      const struct usbif_fq_queue *q,
			      const struct usbif_fq_urb *u, uint32_t length)
{
	bool last = u->sent + usbif_fq_part(u, length) == u->length;
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
static void send(struct usbif_fq *fq, struct usbif_fq_queue *q, bool control,
		 struct usbif_fq_duty *duty)
{
	uint16_t id = (uint16_t)ids_alloc(&fq->ids, USBIF_ID_TRANSFER);
	uint16_t urb = q->unsent;
	struct usbif_fq_urb *u = &fq->urb[urb];
	struct usbif_fq_req *r = &fq->req[id];

	duty->kind = USBIF_FQ_SEND;
	duty->urb = urb;
	duty->id = id;
	duty->offset = u->sent;
	duty->length = fragment(fq, u);
	duty->flags = request_flags(fq, q, u, duty->length);
	memset(r, 0, sizeof(*r));
	r->urb = urb;
	r->next = USBIF_NONE;
	r->offset = duty->offset;
	r->length = duty->length;
	chain_req(fq, urb, id);
	u->state = USBIF_FQ_SENT;
	u->flags &= (uint8_t)~USBIF_FQ_RETURNED;
	u->sent += usbif_fq_part(u, duty->length);
	if (u->sent == u->length)
		q->unsent = usbif_fq_unsent_from(fq, u->next);
	q->unanswered++;
	q->needs_restart = false;
	if (!control)
		fq->others++;
}

/*
 * One turn for each ready queue of a class; the first that can send does.
 * There is a slot, hence an id.
 */
bool usbif_fq_next_send(struct usbif_fq *fq, uint32_t class,
			struct usbif_fq_duty *duty)
{
	uint32_t left = slots_left(fq, class == 1);
	uint16_t last = fq->ready_tail[class], queue;
	bool sent = false;

	if (left == 0)
		return false;
	do {
		struct usbif_fq_queue *q;

		queue = fq->ready_head[class];
		q = &fq->queue[queue];
		if (!usbif_fq_may_send(fq, q)) {
			drop_ready(fq, class);
			continue;
		}
		sent = has_share(fq, q, left);
		if (sent)
			send(fq, q, class == 1, duty);
		if (q->unsent == USBIF_NONE)
			drop_ready(fq, class);
		else
			rotate_ready(fq, class);
	} while (!sent && queue != last);
	return sent;
}
