/* SPDX-License-Identifier: MIT */
/*
 * A back in any valid state, and its queues as it sees them: as parts.h.  Of
 * a request it is known where it is; in which order is not.  Each step moves
 * requests as its header says, and no others.
 */
#ifndef PROOFS_BQ_PART_H
#define PROOFS_BQ_PART_H

#define PROOFS_HARNESS
#include "apart_back.h"
#include "parts.h"

static struct usbif_back back;
static bool bq_valid;
static uint32_t steps;			/* that were called */


/* Counts agree with the requests that they are of. */
static bool counts_are_valid(void)
{
	uint16_t i, slot;

	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		uint16_t n = 0;

		for (slot = 0; slot < USBIF_MAX_SLOTS; slot++)
			n += BACK_BQ_REQ(slot).state == USBIF_BQ_IN_HC &&
			     BACK_BQ_REQ(slot).queue == i;
		if (n != BACK_BQ_QUEUE(i).in_hc)
			return false;
	}
	for (i = 1; i <= USBIF_MAX_PORTS; i++) {
		uint16_t n = 0;

		for (slot = 0; slot < USBIF_MAX_SLOTS; slot++)
			n += BACK_BQ_REQ(slot).port == i;
		if (n != back.bq.busy[i - 1])
			return false;
	}
	return true;
}

/* Is what a request says of its queue right? */
static bool place_is_valid(const struct usbif_bq_req *r)
{
	if (r->state == USBIF_BQ_FREE || r->state == USBIF_BQ_STAGED)
		return r->port == 0;
	if (r->queue == USBIF_NONE)
		return r->port == 0 && r->state >= USBIF_BQ_ANSWERED;
	return r->state <= USBIF_BQ_ANSWERING && r->queue < USBIF_MAX_QUEUES &&
	       r->port == usbif_queue_port(r->queue) &&
	       r->port <= back.config.num_ports;
}

static bool places_are_valid(void)
{
	uint16_t i;

	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		if (!place_is_valid(&BACK_BQ_REQ(i)))
			return false;
	return true;
}

bool usbif_bq_valid(const struct usbif_bq *bq)
{
	claim(bq == &back.bq, "the queues");
	return bq_valid;
}

static void step_bq(void)
{
	claim(bq_valid, "the queues are valid");
	steps++;
}

/* Some that wait in a queue, or in any of a port, are answered. */
static void some_end(uint16_t queue, uint8_t port)
{
	uint16_t i;

	for (i = 0; i < USBIF_MAX_SLOTS; i++) {
		struct usbif_bq_req *r = &BACK_BQ_REQ(i);

		if (r->state == USBIF_BQ_PARKED && nondet_bool() &&
		    (r->queue == queue || r->port == port))
			r->state = USBIF_BQ_ANSWERED;
	}
}

int usbif_bq_stage(struct usbif_bq *bq)
{
	uint16_t slot = nondet_u16();

	step_bq();
	if (nondet_bool())
		return USBIF_E_SPACE;
	assume(slot < bq->config.slots &&
	       BACK_BQ_REQ(slot).state == USBIF_BQ_FREE);
	BACK_BQ_REQ(slot).state = USBIF_BQ_STAGED;
	return slot;
}

int usbif_bq_admit(struct usbif_bq *bq, uint16_t slot,
		   const struct usbif_bq_admit *a)
{
	struct usbif_bq_req *r = &BACK_BQ_REQ(slot);

	step_bq();
	claim(slot < bq->config.slots && r->state == USBIF_BQ_STAGED,
	      "a slot that was staged");
	claim(a->queue == USBIF_NONE || a->queue < USBIF_MAX_QUEUES, "queue");
	r->queue = a->queue;
	r->state = USBIF_BQ_ANSWERED;
	if (a->queue != USBIF_NONE) {
		r->port = usbif_queue_port(a->queue);
		bq->busy[r->port - 1]++;
		if (nondet_bool() && a->refuse == USBIF_WIRE_ST_OK)
			r->state = USBIF_BQ_PARKED;
		else
			some_end(a->queue, 0xff);
	}
	if (nondet_bool())
		return USBIF_OK;
	if (bq->fault == USBIF_FAULT_NONE)
		bq->fault = USBIF_FAULT_RESTART_BUSY;
	return USBIF_E_PEER;
}

bool usbif_bq_unlink(struct usbif_bq *bq, uint16_t queue, uint16_t id)
{
	step_bq();
	claim(queue < USBIF_MAX_QUEUES, "a queue");
	if (nondet_bool())
		return false;
	some_end(queue, bq->config.extended ? 0xff : usbif_queue_port(queue));
	return true;
}

static uint16_t slot_in_hc(void)
{
	uint16_t slot = nondet_u16();

	assume(slot < back.bq.config.slots &&
	       BACK_BQ_REQ(slot).state == USBIF_BQ_IN_HC);
	return slot;
}

int usbif_bq_done(struct usbif_bq *bq, uint16_t slot, int32_t status,
		  uint32_t actual)
{
	struct usbif_bq_req *r;

	step_bq();
	if (slot >= bq->config.slots || BACK_BQ_REQ(slot).state != USBIF_BQ_IN_HC)
		return USBIF_E_STATE;
	r = &BACK_BQ_REQ(slot);
	r->state = USBIF_BQ_ANSWERED;
	BACK_BQ_QUEUE(r->queue).in_hc--;
	some_end(r->queue, 0xff);
	return USBIF_OK;
}

int usbif_bq_again(struct usbif_bq *bq, uint16_t slot)
{
	int result = usbif_bq_done(bq, slot, 0, 0);

	if (result == USBIF_OK && nondet_bool())
		BACK_BQ_REQ(slot).state = USBIF_BQ_PARKED;
	return result;
}

bool usbif_bq_answered(struct usbif_bq *bq, uint16_t slot)
{
	struct usbif_bq_req *r = &BACK_BQ_REQ(slot);

	step_bq();
	claim(slot < bq->config.slots && r->state == USBIF_BQ_ANSWERING,
	      "an answer that was pulled");
	if (r->port != 0)
		bq->busy[r->port - 1]--;
	r->port = 0;
	r->state = USBIF_BQ_FREE;
	return nondet_bool();
}

void usbif_bq_heard(struct usbif_bq *bq)
{
	step_bq();
}

void usbif_bq_gone(struct usbif_bq *bq, uint8_t port)
{
	step_bq();
	claim(port >= 1 && port <= USBIF_MAX_PORTS, "a port");
	some_end(USBIF_NONE, port);
}

bool usbif_bq_port_is_idle(const struct usbif_bq *bq, uint8_t port)
{
	claim(port >= 1 && port <= USBIF_MAX_PORTS, "a port");
	return bq->busy[port - 1] == 0;
}

void usbif_bq_fresh(struct usbif_bq *bq, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	step_bq();
	claim(port >= 1 && port <= USBIF_MAX_PORTS, "a port");
	claim(usbif_bq_port_is_idle(bq, port), "nothing of it is under way");
	for (i = first; i < first + USBIF_EPS; i++) {
		BACK_BQ_QUEUE(i).held = false;
		BACK_BQ_QUEUE(i).max_packet = 0;
		BACK_BQ_QUEUE(i).type = 0;
	}
}

void usbif_bq_set_endpoint(struct usbif_bq *bq, uint16_t queue, uint8_t type,
			   uint16_t max_packet, uint8_t iface)
{
	step_bq();
	claim(queue < USBIF_MAX_QUEUES, "a queue");
	claim(BACK_BQ_QUEUE(queue).in_hc == 0, "nothing of it is in the HC");
	BACK_BQ_QUEUE(queue).type = type;
	BACK_BQ_QUEUE(queue).max_packet = max_packet;
	BACK_BQ_QUEUE(queue).iface = iface;
}

void usbif_bq_set_depth(struct usbif_bq *bq, uint8_t port, uint16_t depth)
{
	step_bq();
	claim(port >= 1 && port <= USBIF_MAX_PORTS && depth >= 1, "a depth");
}

void usbif_bq_hold(struct usbif_bq *bq, uint16_t queue)
{
	step_bq();
	claim(queue < USBIF_MAX_QUEUES, "a queue");
	BACK_BQ_QUEUE(queue).held = true;
	some_end(queue, 0xff);
}

bool usbif_bq_is_drained(const struct usbif_bq *bq, uint16_t queue)
{
	claim(queue < USBIF_MAX_QUEUES, "a queue");
	return BACK_BQ_QUEUE(queue).in_hc == 0;
}

void usbif_bq_release(struct usbif_bq *bq, uint16_t queue)
{
	step_bq();
	claim(queue < USBIF_MAX_QUEUES, "a queue");
	BACK_BQ_QUEUE(queue).held = false;
}

/* The one that is handed over now; control requests go one by one. */
static void submit(uint16_t slot)
{
	struct usbif_bq_queue *q;

	assume(slot < USBIF_MAX_SLOTS &&
	       BACK_BQ_REQ(slot).state == USBIF_BQ_PARKED);
	q = &BACK_BQ_QUEUE(BACK_BQ_REQ(slot).queue);
	assume(!q->held && (q->type != USBIF_XFER_CTRL || q->in_hc == 0));
	BACK_BQ_REQ(slot).state = USBIF_BQ_IN_HC;
	q->in_hc++;
}

/*
 * usbif_back_next() pulls until there are no duties.  From any valid state it
 * pulls one here, and must come back for another one with a valid state.
 */
bool usbif_bq_next(struct usbif_bq *bq, struct usbif_bq_duty *duty)
{
	static bool pulled;

	step_bq();
	if (pulled) {
		claim(usbif_back_valid(&back), "valid between two duties");
		assume(false);
	}
	pulled = true;
	duty->kind = nondet_bool() ? USBIF_BQ_SUBMIT : USBIF_BQ_CANCEL;
	duty->slot = nondet_u16();
	if (nondet_bool())
		return false;
	if (duty->kind == USBIF_BQ_SUBMIT)
		submit(duty->slot);
	else
		duty->slot = slot_in_hc();
	return true;
}

bool usbif_bq_next_answer(struct usbif_bq *bq, struct usbif_bq_answer *a)
{
	step_bq();
	if (nondet_bool())
		return false;
	any(*a);
	a->in = nondet_bool();
	assume(a->slot < bq->config.slots &&
	       BACK_BQ_REQ(a->slot).state == USBIF_BQ_ANSWERED);
	BACK_BQ_REQ(a->slot).state = USBIF_BQ_ANSWERING;
	return true;
}

#endif
