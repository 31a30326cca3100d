/* SPDX-License-Identifier: MIT */
/*
 * Endpoint queues of a front: the steps.  The comments name the rules of
 * docs/PROTOCOL.md, section "Endpoint queues".
 */
#include "fq_private.h"

uint8_t usbif_queue_ep(uint16_t queue)
{
	uint32_t within = queue % USBIF_EPS;

	return (uint8_t)(within > USBIF_MAX_EPNUM ? within - USBIF_MAX_EPNUM :
						    within);
}

bool usbif_queue_is_in(uint16_t queue)
{
	return queue % USBIF_EPS > USBIF_MAX_EPNUM;
}

static void queue_init(struct usbif_fq_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->head = USBIF_NONE;
	q->tail = USBIF_NONE;
	q->unsent = USBIF_NONE;
	q->next_ready = USBIF_NONE;
}

int usbif_fq_init(struct usbif_fq *fq, const struct usbif_fq_config *config)
{
	uint16_t i;

	if (config->slots < 4 || config->slots > USBIF_MAX_SLOTS ||
	    config->depth < 1 || config->max_octets < 1024)
		return USBIF_E_ARG;
	memset(fq, 0, sizeof(*fq));
	fq->config = *config;
	fq->ended_head = USBIF_NONE;
	fq->ended_tail = USBIF_NONE;
	fq->unlink_head = USBIF_NONE;
	fq->unlink_tail = USBIF_NONE;
	for (i = 0; i < 2; i++) {
		fq->ready_head[i] = USBIF_NONE;
		fq->ready_tail[i] = USBIF_NONE;
	}
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		queue_init(&fq->queue[i]);
	usbif_ids_init(&fq->ids, config->slots);
	return USBIF_OK;
}

static bool is_gone(const struct usbif_fq *fq, uint16_t queue)
{
	return bits_test(fq->gone, (uint32_t)usbif_queue_port(queue) - 1);
}

static void queue_append(struct usbif_fq *fq, struct usbif_fq_queue *q,
			 uint16_t urb)
{
	fq->urb[urb].next = USBIF_NONE;
	if (q->tail == USBIF_NONE)
		q->head = urb;
	else
		fq->urb[q->tail].next = urb;
	q->tail = urb;
	if (q->unsent == USBIF_NONE)
		q->unsent = urb;
}

static void queue_remove(struct usbif_fq *fq, uint16_t urb)
{
	struct usbif_fq_queue *q = &fq->queue[fq->urb[urb].queue];
	uint16_t before = USBIF_NONE, at = q->head;

	if (q->unsent == urb)
		q->unsent = usbif_fq_unsent_from(fq, fq->urb[urb].next);
	while (at != urb) {
		before = at;
		at = fq->urb[at].next;
	}
	if (before == USBIF_NONE)
		q->head = fq->urb[urb].next;
	else
		fq->urb[before].next = fq->urb[urb].next;
	if (q->tail == urb)
		q->tail = before;
}

/* Later URBs of the queue may not be sent until this one has been retired. */
static void block(struct usbif_fq *fq, struct usbif_fq_urb *u)
{
	if ((u->flags & USBIF_FQ_BLOCKER) || fq->queue[u->queue].iso)
		return;
	u->flags |= USBIF_FQ_BLOCKER;
	fq->queue[u->queue].blockers++;
}

/* Leave the queue with an end, to be given back. */
static void end_urb(struct usbif_fq *fq, uint16_t urb, int32_t status)
{
	struct usbif_fq_urb *u = &fq->urb[urb];

	queue_remove(fq, urb);
	if (u->flags & USBIF_FQ_UNLINKED)
		usbif_fq_drop_unlinks(fq, urb);
	u->state = USBIF_FQ_ENDED;
	u->flags |= USBIF_FQ_ENDING;
	u->status = (int16_t)status;
	u->first_req = USBIF_NONE;
	if (status != USBIF_WIRE_ST_OK)
		block(fq, u);
	u->next = USBIF_NONE;
	if (fq->ended_tail == USBIF_NONE)
		fq->ended_head = urb;
	else
		fq->urb[fq->ended_tail].next = urb;
	fq->ended_tail = urb;
}

/* An old back's word for "cancelled" is an error. */
static int32_t own_status(const struct usbif_fq *fq,
			  const struct usbif_fq_urb *u)
{
	if (u->flags & USBIF_FQ_UNLINKED && !fq->config.extended &&
	    u->status != USBIF_WIRE_ST_OK)
		return USBIF_WIRE_ST_CANCELLED;
	return u->status;
}

/*
 * Nothing of the URB is unanswered any more: rule F3's decision, made at the
 * last answer only, as earlier ones cannot know what the others will bring.
 */
static void settle(struct usbif_fq *fq, struct usbif_fq_queue *q, uint16_t urb)
{
	struct usbif_fq_urb *u = &fq->urb[urb];

	if (u->flags & USBIF_FQ_ENDING) {
		end_urb(fq, urb, own_status(fq, u));
	} else if (u->flags & USBIF_FQ_UNLINKED) {
		end_urb(fq, urb, USBIF_WIRE_ST_CANCELLED);
	} else if (u->flags & USBIF_FQ_ORPHAN) {
		end_urb(fq, urb, USBIF_WIRE_ST_SHUTDOWN);
	} else {
		u->state = u->flags & USBIF_FQ_RETURNED ? USBIF_FQ_HELD :
							  USBIF_FQ_WAITING;
		u->sent = u->done;
		q->unsent = usbif_fq_unsent_from(fq, q->head);
	}
}

/*
 * May the queue have this entry, the first that is free?  When half of them
 * are in use a queue has no more than its share of the others, so that whoever
 * submits without end makes nobody else's URBs fail.
 */
static bool may_have(const struct usbif_fq *fq, uint16_t queue, uint16_t entry)
{
	uint16_t urb = fq->queue[queue].head;
	uint32_t n = 0;

	if (entry < USBIF_MAX_URBS / 2)
		return true;
	while (urb != USBIF_NONE && n < USBIF_FQ_SHARE) {
		urb = fq->urb[urb].next;
		n++;
	}
	return n < USBIF_FQ_SHARE;
}

/* Is an empty packet to end it? */
static bool has_empty(const struct usbif_fq_submit *s)
{
	return s->zero_packet && !s->in && s->length != 0 &&
	       s->length % s->max_packet == 0;
}

/* Can it be sent at all?  A packet has to fit into a request. */
static bool is_sendable(const struct usbif_fq *fq,
			const struct usbif_fq_submit *s)
{
	if (s->queue >= USBIF_MAX_QUEUES || s->max_packet == 0 ||
	    s->max_packet > fq->config.max_octets || s->length == UINT32_MAX)
		return false;
	if (s->iso || usbif_queue_is_control(s->queue))
		return s->length <= fq->config.max_octets && !has_empty(s);
	return true;
}

int usbif_fq_submit(struct usbif_fq *fq, const struct usbif_fq_submit *s)
{
	struct usbif_fq_queue *q;
	struct usbif_fq_urb *u;
	uint16_t urb;

	if (!is_sendable(fq, s))
		return USBIF_E_ARG;
	q = &fq->queue[s->queue];
	if (q->head != USBIF_NONE && q->iso != s->iso)
		return USBIF_E_ARG;
	if (fq->dead || is_gone(fq, s->queue))
		return USBIF_E_STATE;
	urb = (uint16_t)bits_take(fq->used, &fq->room, USBIF_MAX_URBS);
	if (urb == USBIF_MAX_URBS)
		return USBIF_E_SPACE;
	if (!may_have(fq, s->queue, urb)) {
		bits_give(fq->used, &fq->room, urb);
		return USBIF_E_SPACE;
	}
	u = &fq->urb[urb];
	memset(u, 0, sizeof(*u));
	u->state = USBIF_FQ_WAITING;
	u->flags = (uint8_t)((s->short_not_ok ? USBIF_FQ_SHORT_NOT_OK : 0) |
			     (s->in ? USBIF_FQ_IN : 0) |
			     (s->bulk ? USBIF_FQ_BULK : 0));
	u->queue = s->queue;
	u->max_packet = s->max_packet;
	u->empty = has_empty(s);
	u->length = s->length + u->empty;
	u->next_unlink = USBIF_NONE;
	u->first_req = USBIF_NONE;
	q->iso = s->iso;
	queue_append(fq, q, urb);
	usbif_fq_make_ready(fq, s->queue);
	return urb;
}

int usbif_fq_unlink(struct usbif_fq *fq, uint16_t urb)
{
	struct usbif_fq_urb *u;

	if (urb >= USBIF_MAX_URBS)
		return USBIF_E_STATE;
	u = &fq->urb[urb];
	if (u->state != USBIF_FQ_WAITING && u->state != USBIF_FQ_SENT &&
	    u->state != USBIF_FQ_HELD)
		return USBIF_E_STATE;
	if (u->flags & USBIF_FQ_UNLINKED)
		return USBIF_E_STATE;
	u->flags |= USBIF_FQ_UNLINKED;
	block(fq, u);
	if (u->state == USBIF_FQ_SENT)
		usbif_fq_want_unlinks(fq, urb);
	else
		end_urb(fq, urb, USBIF_WIRE_ST_CANCELLED);
	return USBIF_OK;
}

/* Forget an answered request; its URB's list is as short as a queue is deep. */
static void drop_req(struct usbif_fq *fq, struct usbif_fq_urb *u, uint16_t id)
{
	uint16_t *at = &u->first_req;

	while (*at != id)
		at = &fq->req[*at].next;
	*at = fq->req[id].next;
	if (fq->req[id].unlinked)
		fq->targets--;
	if (!usbif_queue_is_control(u->queue))
		fq->others--;
}

/* Rule B3 as the front sees it: what a request returned by a stop may say. */
static bool partial_is_lawful(const struct usbif_fq_urb *u,
			      const struct usbif_fq_req *r, uint32_t actual)
{
	if (actual == 0)
		return true;
	return actual < r->length && actual % u->max_packet == 0 &&
	       !usbif_queue_is_control(u->queue);
}

/* Octets that an answer counts: an empty packet that got there is one. */
static uint32_t counted(const struct usbif_fq_urb *u,
			const struct usbif_fq_req *r, int32_t status,
			uint32_t actual)
{
	if (r->length == 0 && status == USBIF_WIRE_ST_OK)
		return usbif_fq_part(u, 0);
	return actual;
}

static enum usbif_fault judge(const struct usbif_fq *fq,
			      const struct usbif_fq_req *r, int32_t status,
			      uint32_t actual)
{
	const struct usbif_fq_urb *u = &fq->urb[r->urb];

	if (actual > r->length)
		return USBIF_FAULT_RSP_LENGTH;
	if (status != USBIF_WIRE_ST_OK &&
	    !usbif_msg_status_known(status, fq->config.extended))
		return USBIF_FAULT_RSP_STATUS;
	if (counted(u, r, status, actual) != 0 && r->offset != u->done)
		return USBIF_FAULT_RSP_ORDER;
	if (status != USBIF_WIRE_ST_NOT_EXECUTED)
		return USBIF_FAULT_NONE;
	if (fq->queue[u->queue].iso)
		return USBIF_FAULT_RSP_STATUS;
	return partial_is_lawful(u, r, actual) ? USBIF_FAULT_NONE :
						 USBIF_FAULT_RSP_PARTIAL;
}

/* Of several requests with an end the first counts, whoever answered first. */
static void set_end(struct usbif_fq_urb *u, const struct usbif_fq_req *r,
		    int32_t status)
{
	if (u->flags & USBIF_FQ_ENDING && u->ends_at <= r->offset)
		return;
	u->flags |= USBIF_FQ_ENDING;
	u->status = (int16_t)status;
	u->ends_at = r->offset;
}

/*
 * A request ended short.  All fragments but the last carry SHORT_NOT_OK as a
 * barrier, so whether that is an error is for the URB's own flag to say.
 */
static int32_t end_of_short(const struct usbif_fq_urb *u)
{
	return u->flags & USBIF_FQ_SHORT_NOT_OK ? USBIF_WIRE_ST_SHORT :
						  USBIF_WIRE_ST_OK;
}

/*
 * An old back says "shutdown" of whatever it has no word for, be it a transfer
 * that it cannot do; that a device left it says on the other ring.
 */
static int32_t meant(const struct usbif_fq *fq, const struct usbif_fq_urb *u,
		     int32_t status)
{
	if (status == USBIF_WIRE_ST_SHUTDOWN && !fq->config.extended &&
	    !(u->flags & USBIF_FQ_ORPHAN))
		return USBIF_WIRE_ST_IOERROR;
	return status;
}

/* Rules F2 and F3: what the answer means for the URB and its queue. */
static void apply(struct usbif_fq *fq, struct usbif_fq_queue *q,
		  struct usbif_fq_urb *u, const struct usbif_fq_req *r,
		  int32_t status, uint32_t actual)
{
	uint32_t part = usbif_fq_part(u, r->length);

	actual = counted(u, r, status, actual);
	u->done += actual;
	if (status != USBIF_WIRE_ST_OK && !q->iso && fq->config.extended)
		q->needs_restart = true;
	if (status == USBIF_WIRE_ST_NOT_EXECUTED)
		u->flags |= USBIF_FQ_RETURNED;
	else if (status == USBIF_WIRE_ST_SHORT ||
		 (status == USBIF_WIRE_ST_OK && actual < part && !q->iso))
		set_end(u, r, end_of_short(u));
	else if (status != USBIF_WIRE_ST_OK ||
		 r->offset + part == u->length)
		set_end(u, r, status);
	if (status == USBIF_WIRE_ST_SHUTDOWN && !(u->flags & USBIF_FQ_ORPHAN))
		usbif_fq_gone(fq, usbif_queue_port(u->queue));
}

/* A transfer was answered, lawfully: it is forgotten, and its URB decided. */
static void take_answer(struct usbif_fq *fq, uint16_t id, int32_t status,
			uint32_t actual)
{
	const struct usbif_fq_req *r = &fq->req[id];
	uint16_t urb = r->urb;
	struct usbif_fq_urb *u = &fq->urb[urb];
	struct usbif_fq_queue *q = &fq->queue[u->queue];

	if (u->flags & USBIF_FQ_HOLDS_UP)
		q->holders--;
	drop_req(fq, u, id);
	q->unanswered--;
	apply(fq, q, u, r, meant(fq, u, status), actual);
	if (u->first_req == USBIF_NONE)
		settle(fq, q, urb);
	else if (u->flags & USBIF_FQ_HOLDS_UP)
		q->holders++;
	usbif_fq_make_ready(fq, u->queue);
}

int usbif_fq_answer(struct usbif_fq *fq, uint16_t id, int32_t status,
		    uint32_t actual, struct usbif_fq_received *got)
{
	enum usbif_id_kind kind = ids_kind(&fq->ids, id);
	const struct usbif_fq_req *r;

	memset(got, 0, sizeof(*got));
	got->urb = USBIF_NONE;
	if (fq->dead || fq->fault != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	if (kind == USBIF_ID_FREE) {
		fq->fault = USBIF_FAULT_RSP_ID;
		return USBIF_E_PEER;
	}
	r = &fq->req[id];
	if (kind == USBIF_ID_TRANSFER)
		fq->fault = judge(fq, r, status, actual);
	if (fq->fault != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	ids_release(&fq->ids, id, kind);
	if (kind == USBIF_ID_TRANSFER) {
		got->urb = r->urb;
		got->in = fq->urb[r->urb].flags & USBIF_FQ_IN;
		got->offset = r->offset;
		got->length = actual;
		take_answer(fq, id, status, actual);
	}
	memset(&fq->req[id], 0, sizeof(fq->req[id]));
	return USBIF_OK;
}

int usbif_fq_retired(struct usbif_fq *fq, uint16_t urb)
{
	struct usbif_fq_urb *u;
	uint16_t queue;

	if (urb >= USBIF_MAX_URBS || fq->urb[urb].state != USBIF_FQ_DONE)
		return USBIF_E_STATE;
	u = &fq->urb[urb];
	queue = u->queue;
	if (u->flags & USBIF_FQ_BLOCKER)
		fq->queue[queue].blockers--;
	memset(u, 0, sizeof(*u));
	bits_give(fq->used, &fq->room, urb);
	usbif_fq_make_ready(fq, queue);
	return USBIF_OK;
}

/*
 * End what is not on the ring.  What is, the back answers (rule B7), perhaps
 * when another device is at the port already: it must not be sent to that.
 */
static void orphan(struct usbif_fq *fq, uint16_t queue)
{
	uint16_t urb = fq->queue[queue].head, next;

	while (urb != USBIF_NONE) {
		struct usbif_fq_urb *u = &fq->urb[urb];

		next = u->next;
		if (u->state != USBIF_FQ_SENT) {
			end_urb(fq, urb, USBIF_WIRE_ST_SHUTDOWN);
		} else {
			if (!(u->flags & USBIF_FQ_HOLDS_UP))
				fq->queue[queue].holders++;
			u->flags |= USBIF_FQ_ORPHAN;
		}
		urb = next;
	}
}

void usbif_fq_gone(struct usbif_fq *fq, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	bits_set(fq->gone, (uint32_t)port - 1);
	for (i = 0; i < USBIF_EPS; i++)
		orphan(fq, (uint16_t)(first + i));
}

void usbif_fq_fresh(struct usbif_fq *fq, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	usbif_fq_gone(fq, port);
	bits_clear(fq->gone, (uint32_t)port - 1);
	for (i = first; i < first + USBIF_EPS; i++)
		if (fq->queue[i].unanswered == 0)
			fq->queue[i].needs_restart = false;
}

bool usbif_fq_has_unlinks(const struct usbif_fq *fq)
{
	return fq->unlink_head != USBIF_NONE || fq->targets != 0 ||
	       fq->ids.unlinks_in_flight != 0;
}

int usbif_fq_tick(struct usbif_fq *fq)
{
	uint16_t id;

	for (id = 0; id < fq->config.slots; id++) {
		struct usbif_fq_req *r = &fq->req[id];
		enum usbif_id_kind kind = ids_kind(&fq->ids, id);

		if (kind == USBIF_ID_FREE ||
		    (kind == USBIF_ID_TRANSFER && !r->unlinked))
			continue;
		if (++r->age_s <= USBIF_FQ_UNLINK_BOUND_S)
			continue;
		if (fq->fault == USBIF_FAULT_NONE)
			fq->fault = USBIF_FAULT_RSP_OVERDUE;
		return USBIF_E_PEER;
	}
	return USBIF_OK;
}

void usbif_fq_shutdown(struct usbif_fq *fq)
{
	uint16_t i;

	fq->dead = true;
	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		while (fq->queue[i].head != USBIF_NONE)
			end_urb(fq, fq->queue[i].head, USBIF_WIRE_ST_SHUTDOWN);
		fq->queue[i].holders = 0;
	}
}

bool usbif_fq_is_idle(const struct usbif_fq *fq)
{
	uint32_t i;

	for (i = 0; i < sizeof(fq->used) / sizeof(fq->used[0]); i++)
		if (fq->used[i] != 0)
			return false;
	return true;
}

static bool next_giveback(struct usbif_fq *fq, struct usbif_fq_duty *duty)
{
	uint16_t urb = fq->ended_head;
	struct usbif_fq_urb *u;

	if (urb == USBIF_NONE)
		return false;
	u = &fq->urb[urb];
	fq->ended_head = u->next;
	if (fq->ended_head == USBIF_NONE)
		fq->ended_tail = USBIF_NONE;
	u->next = USBIF_NONE;
	u->state = USBIF_FQ_DONE;
	duty->kind = USBIF_FQ_GIVEBACK;
	duty->urb = urb;
	duty->length = u->done == u->length ? usbif_fq_data(u) : u->done;
	duty->status = u->status;
	return true;
}

bool usbif_fq_next(struct usbif_fq *fq, struct usbif_fq_duty *duty)
{
	memset(duty, 0, sizeof(*duty));
	if (next_giveback(fq, duty))
		return true;
	if (fq->dead || fq->fault != USBIF_FAULT_NONE)
		return false;
	if (fq->unlink_head != USBIF_NONE && usbif_fq_next_unlink(fq, duty))
		return true;
	if (fq->ready_tail[1] != USBIF_NONE && usbif_fq_next_send(fq, 1, duty))
		return true;
	return fq->ready_tail[0] != USBIF_NONE &&
	       usbif_fq_next_send(fq, 0, duty);
}
