/* SPDX-License-Identifier: MIT */
/*
 * Endpoint queues of a back: the steps.  The comments name the rules of
 * docs/PROTOCOL.md, section "Endpoint queues".
 */
#include "bq_private.h"

static void queue_init(struct usbif_bq_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->head = USBIF_NONE;
	q->tail = USBIF_NONE;
	q->next_work = USBIF_NONE;
}

int usbif_bq_init(struct usbif_bq *bq, const struct usbif_bq_config *config)
{
	uint16_t i;

	if (config->slots < 4 || config->slots > USBIF_MAX_SLOTS ||
	    config->hc_depth < 1)
		return USBIF_E_ARG;
	memset(bq, 0, sizeof(*bq));
	bq->config = *config;
	bq->answer_head = USBIF_NONE;
	bq->answer_tail = USBIF_NONE;
	bq->work_head = USBIF_NONE;
	bq->work_tail = USBIF_NONE;
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		queue_init(&bq->queue[i]);
	for (i = 0; i < USBIF_MAX_PORTS; i++)
		bq->hc_depth[i] = config->hc_depth;
	return USBIF_OK;
}

void usbif_bq_set_depth(struct usbif_bq *bq, uint8_t port, uint16_t depth)
{
	bq->hc_depth[port - 1] = depth;
}

void usbif_bq_set_endpoint(struct usbif_bq *bq, uint16_t queue, uint8_t type,
			   uint16_t max_packet, uint8_t iface)
{
	bq->queue[queue].type = type;
	bq->queue[queue].max_packet = max_packet;
	bq->queue[queue].iface = iface;
	/* Its front sends no restart: the stop was its predecessor's. */
	if (type == USBIF_XFER_ISO) {
		bq->queue[queue].stopped = false;
		bq->queue[queue].unheard = false;
		usbif_bq_make_work(bq, queue);
	}
}

/*
 * By the request, not by its endpoint: an endpoint that is not there yet has
 * no type, and what is refused for that stops its queue like any other error.
 */
static bool is_iso(const struct usbif_bq_req *r)
{
	return r->flags & USBIF_BQ_ISO;
}

static bool is_gone(const struct usbif_bq *bq, const struct usbif_bq_req *r)
{
	return bits_test(bq->gone, r->port - 1u);
}

static void queue_append(struct usbif_bq *bq, uint16_t slot)
{
	struct usbif_bq_queue *q = &bq->queue[bq->req[slot].queue];

	bq->req[slot].next = USBIF_NONE;
	if (q->tail == USBIF_NONE)
		q->head = slot;
	else
		bq->req[q->tail].next = slot;
	q->tail = slot;
}

static void queue_remove(struct usbif_bq *bq, uint16_t slot)
{
	struct usbif_bq_queue *q = &bq->queue[bq->req[slot].queue];
	uint16_t before = USBIF_NONE, at = q->head;

	while (at != slot) {
		before = at;
		at = bq->req[at].next;
	}
	if (before == USBIF_NONE)
		q->head = bq->req[slot].next;
	else
		bq->req[before].next = bq->req[slot].next;
	if (q->tail == slot)
		q->tail = before;
	if (bq->req[slot].state == USBIF_BQ_IN_HC)
		q->in_hc--;
}

/* Queue the answer of a request that is in no queue any more. */
static void answer(struct usbif_bq *bq, uint16_t slot, int32_t status,
		   uint32_t actual)
{
	struct usbif_bq_req *r = &bq->req[slot];

	r->state = USBIF_BQ_ANSWERED;
	r->status = status;
	r->actual = actual;
	r->next = USBIF_NONE;
	if (bq->answer_tail == USBIF_NONE)
		bq->answer_head = slot;
	else
		bq->req[bq->answer_tail].next = slot;
	bq->answer_tail = slot;
}

static void mark(struct usbif_bq_req *r, enum usbif_bq_cancel why)
{
	if (r->cancel < why)
		r->cancel = (uint8_t)why;
}

/*
 * From slot on, to the end of its queue: cancel what is in the HC, answer
 * what is parked.  The cancels are issued from the tail, by usbif_bq_next():
 * were an earlier one cancelled first, an HC that goes on could run a later
 * one in its place, and the order of octets would be lost.
 */
static void give_up_from(struct usbif_bq *bq, uint16_t slot,
			 enum usbif_bq_cancel why, int32_t status)
{
	uint16_t next;

	for (; slot != USBIF_NONE; slot = next) {
		struct usbif_bq_req *r = &bq->req[slot];

		next = r->next;
		if (r->state == USBIF_BQ_IN_HC) {
			mark(r, why);
			continue;
		}
		queue_remove(bq, slot);
		answer(bq, slot, status, 0);
	}
}

/*
 * Rule B2.  behind: the first request behind the one that ended.  An old
 * front knows no "not executed": its queue goes on once it has heard of it.
 */
static void stop(struct usbif_bq *bq, uint16_t queue, uint16_t slot,
		 uint16_t behind)
{
	struct usbif_bq_queue *q = &bq->queue[queue];

	if (is_iso(&bq->req[slot]))
		return;
	q->stopped = true;
	if (bq->config.extended)
		give_up_from(bq, behind, USBIF_BQ_BY_STOP,
			     USBIF_WIRE_ST_NOT_EXECUTED);
	else
		bq->req[slot].flags |= USBIF_BQ_RESTARTS;
}

int usbif_bq_stage(struct usbif_bq *bq)
{
	uint32_t slot = bits_take(bq->used, &bq->room, bq->config.slots);

	if (slot == bq->config.slots)
		return USBIF_E_SPACE;
	memset(&bq->req[slot], 0, sizeof(bq->req[slot]));
	bq->req[slot].state = USBIF_BQ_STAGED;
	bq->req[slot].queue = USBIF_NONE;
	bq->req[slot].next = USBIF_NONE;
	return (int)slot;
}

/*
 * Rules B4 and B5, before any other check.  Returns true if the request may
 * enter the queue; if not it has been answered, or bq->fault is set.
 */
static bool passes_stop(struct usbif_bq *bq, uint16_t slot, bool restart)
{
	struct usbif_bq_queue *q = &bq->queue[bq->req[slot].queue];

	if (!q->stopped || !bq->config.extended || is_iso(&bq->req[slot]))
		return true;
	if (!restart) {
		answer(bq, slot, USBIF_WIRE_ST_NOT_EXECUTED, 0);
		return false;
	}
	if (q->in_hc != 0) {
		bq->fault = USBIF_FAULT_RESTART_BUSY;
		answer(bq, slot, USBIF_WIRE_ST_SHUTDOWN, 0);
		return false;
	}
	q->stopped = false;
	return true;
}

/* Rule B8: the error of a request that never was in its queue. */
static void refuse(struct usbif_bq *bq, uint16_t slot, int32_t status)
{
	uint16_t queue = bq->req[slot].queue;
	struct usbif_bq_queue *q = &bq->queue[queue];
	uint16_t parked = q->head;

	while (parked != USBIF_NONE &&
	       bq->req[parked].state != USBIF_BQ_PARKED)
		parked = bq->req[parked].next;
	answer(bq, slot, status, 0);
	stop(bq, queue, slot, parked);
}

static void fill(struct usbif_bq *bq, struct usbif_bq_req *r,
		 const struct usbif_bq_admit *a)
{
	r->id = a->id;
	r->queue = a->queue;
	r->length = a->length;
	if (a->flags & USBIF_WIRE_FLAG_SHORT_NOT_OK)
		r->flags |= USBIF_BQ_SHORT_NOT_OK;
	if (a->in)
		r->flags |= USBIF_BQ_IN;
	if (a->iso)
		r->flags |= USBIF_BQ_ISO;
	if (a->queue != USBIF_NONE) {
		r->port = usbif_queue_port(a->queue);
		bq->busy[r->port - 1]++;
	}
}

int usbif_bq_admit(struct usbif_bq *bq, uint16_t slot,
		   const struct usbif_bq_admit *a)
{
	struct usbif_bq_req *r = &bq->req[slot];

	fill(bq, r, a);
	if (bq->fault != USBIF_FAULT_NONE) {
		answer(bq, slot, USBIF_WIRE_ST_SHUTDOWN, 0);
	} else if (a->queue == USBIF_NONE) {
		answer(bq, slot, a->refuse, 0);
	} else if (is_gone(bq, r)) {
		answer(bq, slot, USBIF_WIRE_ST_SHUTDOWN, 0);
	} else if (passes_stop(bq, slot, a->flags & USBIF_WIRE_FLAG_RESTART)) {
		if (a->refuse != USBIF_WIRE_ST_OK) {
			refuse(bq, slot, a->refuse);
			return USBIF_OK;
		}
		r->state = USBIF_BQ_PARKED;
		queue_append(bq, slot);
		usbif_bq_make_work(bq, a->queue);
	}
	return bq->fault == USBIF_FAULT_NONE ? USBIF_OK : USBIF_E_PEER;
}

/* Which request of the queue the front calls id, or USBIF_NONE. */
static uint16_t find(const struct usbif_bq *bq, uint16_t queue, uint16_t id)
{
	uint16_t slot;

	for (slot = 0; slot < bq->config.slots; slot++) {
		const struct usbif_bq_req *r = &bq->req[slot];

		if ((r->state != USBIF_BQ_PARKED &&
		     r->state != USBIF_BQ_IN_HC) || r->id != id)
			continue;
		if (r->queue == queue ||
		    (!bq->config.extended && r->port ==
					     usbif_queue_port(queue)))
			return slot;
	}
	return USBIF_NONE;
}

/* Rule B6 for a queue that stops, between peers that both know how. */
static void unlink_and_stop(struct usbif_bq *bq, uint16_t slot)
{
	struct usbif_bq_req *r = &bq->req[slot];
	struct usbif_bq_queue *q = &bq->queue[r->queue];
	uint16_t behind = r->next;

	q->stopped = true;
	if (r->state == USBIF_BQ_PARKED) {
		behind = q->head;
		while (bq->req[behind].state != USBIF_BQ_PARKED)
			behind = bq->req[behind].next;
		if (behind == slot)
			behind = r->next;
		queue_remove(bq, slot);
		answer(bq, slot, USBIF_WIRE_ST_CANCELLED, 0);
	}
	give_up_from(bq, behind, USBIF_BQ_BY_STOP, USBIF_WIRE_ST_NOT_EXECUTED);
}

bool usbif_bq_unlink(struct usbif_bq *bq, uint16_t queue, uint16_t id)
{
	uint16_t slot = queue == USBIF_NONE ? USBIF_NONE : find(bq, queue, id);
	struct usbif_bq_req *r;

	if (slot == USBIF_NONE)
		return false;
	r = &bq->req[slot];
	queue = r->queue;
	if (r->state == USBIF_BQ_IN_HC)
		mark(r, USBIF_BQ_BY_UNLINK);
	if (bq->config.extended && !is_iso(r)) {
		unlink_and_stop(bq, slot);
	} else if (r->state == USBIF_BQ_PARKED) {
		queue_remove(bq, slot);
		answer(bq, slot, USBIF_WIRE_ST_CANCELLED, 0);
		stop(bq, queue, slot, USBIF_NONE);
	}
	usbif_bq_make_work(bq, queue);
	return true;
}

/*
 * Rule B3: what a request did that the HC shows as cancelled.  Its length is
 * all there is to tell: a whole transfer or a short packet is an end of its
 * own.  That of a control transfer proves nothing, as its status stage may be
 * missing, nor does a length of zero: these are no part of a stop.
 */
static int32_t end_of_cancelled(const struct usbif_bq *bq,
				const struct usbif_bq_queue *q,
				const struct usbif_bq_req *r, uint32_t actual)
{
	bool data = q->type == USBIF_XFER_BULK || q->type == USBIF_XFER_INT;
	bool whole_packets = q->max_packet == 0 ||
			     actual % q->max_packet == 0;

	if (data && r->length != 0 && actual == r->length)
		return USBIF_WIRE_ST_OK;
	if (data && r->flags & USBIF_BQ_IN && !whole_packets)
		return r->flags & USBIF_BQ_SHORT_NOT_OK ? USBIF_WIRE_ST_SHORT :
							  USBIF_WIRE_ST_OK;
	if (r->cancel != USBIF_BQ_BY_STOP)
		return USBIF_WIRE_ST_CANCELLED;
	return data && r->length != 0 && whole_packets && bq->config.extended ?
		       USBIF_WIRE_ST_NOT_EXECUTED : USBIF_WIRE_ST_IOERROR;
}

static int32_t end_of(const struct usbif_bq *bq, const struct usbif_bq_queue *q,
		      const struct usbif_bq_req *r, int32_t status,
		      uint32_t actual)
{
	if (is_gone(bq, r))
		return status == USBIF_WIRE_ST_OK ? USBIF_WIRE_ST_OK :
						    USBIF_WIRE_ST_SHUTDOWN;
	if (status == USBIF_WIRE_ST_CANCELLED && r->cancel != USBIF_BQ_KEEP)
		return end_of_cancelled(bq, q, r, actual);
	if (status == USBIF_WIRE_ST_CANCELLED)
		return USBIF_WIRE_ST_IOERROR;
	if (status == USBIF_WIRE_ST_OK && actual < r->length &&
	    r->flags & USBIF_BQ_SHORT_NOT_OK && !is_iso(r))
		return USBIF_WIRE_ST_SHORT;
	return status;
}

int usbif_bq_done(struct usbif_bq *bq, uint16_t slot, int32_t status,
		  uint32_t actual)
{
	struct usbif_bq_req *r;
	uint16_t behind;

	if (slot >= bq->config.slots ||
	    bq->req[slot].state != USBIF_BQ_IN_HC)
		return USBIF_E_STATE;
	r = &bq->req[slot];
	if (actual > r->length)
		actual = r->length;
	status = end_of(bq, &bq->queue[r->queue], r, status, actual);
	behind = r->next;
	queue_remove(bq, slot);
	answer(bq, slot, status, actual);
	if (status != USBIF_WIRE_ST_OK && status != USBIF_WIRE_ST_NOT_EXECUTED)
		stop(bq, r->queue, slot, behind);
	usbif_bq_make_work(bq, r->queue);
	return USBIF_OK;
}

int usbif_bq_again(struct usbif_bq *bq, uint16_t slot)
{
	struct usbif_bq_req *r;

	if (slot >= bq->config.slots ||
	    bq->req[slot].state != USBIF_BQ_IN_HC)
		return USBIF_E_STATE;
	r = &bq->req[slot];
	if (r->cancel != USBIF_BQ_KEEP)
		return usbif_bq_done(bq, slot, USBIF_WIRE_ST_CANCELLED, 0);
	if (bq->queue[r->queue].stopped && bq->config.extended)
		return usbif_bq_done(bq, slot, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	r->state = USBIF_BQ_PARKED;
	bq->queue[r->queue].in_hc--;
	usbif_bq_make_work(bq, r->queue);
	return USBIF_OK;
}

bool usbif_bq_answered(struct usbif_bq *bq, uint16_t slot)
{
	struct usbif_bq_req *r = &bq->req[slot];
	/* Its endpoint may have become isochronous, which stops no more. */
	bool unheard = r->flags & USBIF_BQ_RESTARTS &&
		       bq->queue[r->queue].stopped;

	if (r->port != 0)
		bq->busy[r->port - 1]--;
	if (unheard)
		bq->queue[r->queue].unheard = true;
	memset(r, 0, sizeof(*r));
	bits_give(bq->used, &bq->room, slot);
	return unheard;
}

bool usbif_bq_has_news(const struct usbif_bq *bq, uint16_t queue)
{
	uint16_t slot;

	for (slot = 0; slot < bq->config.slots; slot++)
		if (bq->req[slot].flags & USBIF_BQ_RESTARTS &&
		    bq->req[slot].queue == queue)
			return true;
	return false;
}

void usbif_bq_heard(struct usbif_bq *bq)
{
	uint16_t i;

	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		struct usbif_bq_queue *q = &bq->queue[i];

		if (!q->unheard)
			continue;
		q->unheard = false;
		if (usbif_bq_has_news(bq, i))
			continue;
		q->stopped = false;
		usbif_bq_make_work(bq, i);
	}
}

void usbif_bq_gone(struct usbif_bq *bq, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	bits_set(bq->gone, (uint32_t)port - 1);
	for (i = first; i < first + USBIF_EPS; i++) {
		give_up_from(bq, bq->queue[i].head, USBIF_BQ_BY_REMOVAL,
			     USBIF_WIRE_ST_SHUTDOWN);
		usbif_bq_make_work(bq, i);
	}
}

void usbif_bq_fresh(struct usbif_bq *bq, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	bits_clear(bq->gone, (uint32_t)port - 1);
	bq->hc_depth[port - 1] = bq->config.hc_depth;
	for (i = first; i < first + USBIF_EPS; i++) {
		bool work = bq->queue[i].work;
		uint16_t next = bq->queue[i].next_work;

		queue_init(&bq->queue[i]);
		bq->queue[i].work = work;
		bq->queue[i].next_work = next;
	}
}

bool usbif_bq_port_is_idle(const struct usbif_bq *bq, uint8_t port)
{
	return bq->busy[port - 1] == 0;
}

bool usbif_bq_is_idle(const struct usbif_bq *bq)
{
	uint32_t i;

	for (i = 0; i < sizeof(bq->used) / sizeof(bq->used[0]); i++)
		if (bq->used[i] != 0)
			return false;
	return true;
}

void usbif_bq_hold(struct usbif_bq *bq, uint16_t queue)
{
	struct usbif_bq_queue *q = &bq->queue[queue];
	uint16_t slot;

	q->held = true;
	if (bq->config.extended && q->head != USBIF_NONE &&
	    !is_iso(&bq->req[q->head])) {
		q->stopped = true;
		give_up_from(bq, q->head, USBIF_BQ_BY_STOP,
			     USBIF_WIRE_ST_NOT_EXECUTED);
	}
	for (slot = q->head; slot != USBIF_NONE; slot = bq->req[slot].next)
		if (bq->req[slot].state == USBIF_BQ_IN_HC)
			mark(&bq->req[slot], USBIF_BQ_BY_STOP);
	usbif_bq_make_work(bq, queue);
}

bool usbif_bq_is_drained(const struct usbif_bq *bq, uint16_t queue)
{
	return bq->queue[queue].in_hc == 0;
}

void usbif_bq_release(struct usbif_bq *bq, uint16_t queue)
{
	bq->queue[queue].held = false;
	usbif_bq_make_work(bq, queue);
}

/* What a front that does not know the extension is told. */
static int32_t old_status(int32_t status)
{
	switch (status) {
	case USBIF_WIRE_ST_SHORT:
		return USBIF_WIRE_ST_OK;
	case USBIF_WIRE_ST_CANCELLED:
		return USBIF_WIRE_ST_IOERROR;
	default:
		return status;
	}
}

bool usbif_bq_next_answer(struct usbif_bq *bq, struct usbif_bq_answer *a)
{
	uint16_t slot = bq->answer_head;
	struct usbif_bq_req *r;

	if (slot == USBIF_NONE)
		return false;
	r = &bq->req[slot];
	bq->answer_head = r->next;
	if (bq->answer_head == USBIF_NONE)
		bq->answer_tail = USBIF_NONE;
	r->next = USBIF_NONE;
	r->state = USBIF_BQ_ANSWERING;
	memset(a, 0, sizeof(*a));
	a->slot = slot;
	a->id = r->id;
	a->actual = r->actual;
	a->in = r->flags & USBIF_BQ_IN;
	a->status = bq->config.extended ? r->status : old_status(r->status);
	return true;
}
