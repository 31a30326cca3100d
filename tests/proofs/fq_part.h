/* SPDX-License-Identifier: MIT */
/*
 * A front in any valid state, and its queues as it sees them: as parts.h.  Of
 * an entry for an URB it is known when it is free, and that queue, direction
 * and type stay what they were at its submission.
 */
#ifndef PROOFS_FQ_PART_H
#define PROOFS_FQ_PART_H

#include "parts.h"
#include "usbif/front.h"

static struct usbif_front front;
static bool fq_valid;
static uint32_t steps;			/* that were called */

struct usbif_fq nondet_fq(void);
struct usbif_fq_received nondet_received(void);

bool usbif_fq_valid(const struct usbif_fq *fq)
{
	claim(fq == &front.fq, "the queues");
	return fq_valid;
}

/* Any state, in which all entries but one are in use, or free, as before. */
static void step_fq(uint16_t but)
{
	struct usbif_fq was = front.fq;
	uint16_t i;

	claim(fq_valid, "the queues are valid");
	steps++;
	front.fq = nondet_fq();
	front.fq.config = was.config;
	front.fq.fault = was.fault;
	for (i = 0; i < USBIF_MAX_URBS; i++) {
		struct usbif_fq_urb *u = &front.fq.urb[i];

		if (i == but)
			continue;
		assume((u->state == USBIF_FQ_FREE) ==
		       (was.urb[i].state == USBIF_FQ_FREE));
		assume(u->queue == was.urb[i].queue);
		assume(((u->flags ^ was.urb[i].flags) &
			(USBIF_FQ_IN | USBIF_FQ_BULK)) == 0);
	}
}

/* The back broke a rule: from here on nothing is known of the queues. */
static int break_fq(void)
{
	enum usbif_fault fault = nondet_u8();

	assume(fault != USBIF_FAULT_NONE);
	step_fq(USBIF_NONE);
	if (front.fq.fault == USBIF_FAULT_NONE)
		front.fq.fault = fault;
	fq_valid = nondet_bool();
	return USBIF_E_PEER;
}

int usbif_fq_submit(struct usbif_fq *fq, const struct usbif_fq_submit *s)
{
	uint16_t urb = nondet_u16();
	struct usbif_fq_urb *u;

	claim(fq == &front.fq && fq_valid, "the queues are valid");
	claim(s->queue < USBIF_MAX_QUEUES, "a queue");
	if (nondet_bool())
		return nondet_bool() ? USBIF_E_STATE :
		       nondet_bool() ? USBIF_E_SPACE : USBIF_E_ARG;
	assume(urb < USBIF_MAX_URBS && fq->urb[urb].state == USBIF_FQ_FREE);
	step_fq(urb);
	u = &fq->urb[urb];
	assume(u->state == USBIF_FQ_WAITING && u->queue == s->queue);
	assume(((u->flags & USBIF_FQ_IN) != 0) == s->in);
	assume(((u->flags & USBIF_FQ_BULK) != 0) == s->bulk);
	return urb;
}

int usbif_fq_unlink(struct usbif_fq *fq, uint16_t urb)
{
	if (urb >= USBIF_MAX_URBS || nondet_bool())
		return USBIF_E_STATE;
	step_fq(USBIF_NONE);
	return USBIF_OK;
}

int usbif_fq_retired(struct usbif_fq *fq, uint16_t urb)
{
	if (urb >= USBIF_MAX_URBS || fq->urb[urb].state != USBIF_FQ_DONE)
		return USBIF_E_STATE;
	step_fq(urb);
	assume(fq->urb[urb].state == USBIF_FQ_FREE);
	return USBIF_OK;
}

bool usbif_fq_next(struct usbif_fq *fq, struct usbif_fq_duty *duty)
{
	step_fq(USBIF_NONE);
	any(*duty);
	assume(duty->kind <= USBIF_FQ_UNLINK && duty->urb < USBIF_MAX_URBS);
	assume(fq->urb[duty->urb].state != USBIF_FQ_FREE);
	assume(duty->id < fq->config.slots && duty->target < fq->config.slots);
	return nondet_bool();
}

int usbif_fq_answer(struct usbif_fq *fq, uint16_t id, int32_t status,
		    uint32_t actual, struct usbif_fq_received *got)
{
	if (nondet_bool())
		return break_fq();
	step_fq(USBIF_NONE);
	*got = nondet_received();
	got->in = nondet_bool();
	assume(got->urb < USBIF_MAX_URBS || got->urb == USBIF_NONE);
	return USBIF_OK;
}

void usbif_fq_gone(struct usbif_fq *fq, uint8_t port)
{
	claim(port >= 1 && port <= USBIF_MAX_PORTS, "a port");
	step_fq(USBIF_NONE);
}

void usbif_fq_fresh(struct usbif_fq *fq, uint8_t port)
{
	claim(port >= 1 && port <= USBIF_MAX_PORTS, "a port");
	step_fq(USBIF_NONE);
}

int usbif_fq_tick(struct usbif_fq *fq)
{
	if (nondet_bool())
		return break_fq();
	step_fq(USBIF_NONE);
	return USBIF_OK;
}

void usbif_fq_shutdown(struct usbif_fq *fq)
{
	if (fq->fault != USBIF_FAULT_NONE)
		fq_valid = true;
	step_fq(USBIF_NONE);
}

/* What goes out, of an URB that is in use: lawful, and of its own queue. */
void usbif_msg_encode_head(const struct usbif_msg_req *req, uint8_t *entry)
{
	claim(entry == slot_of_ring && slot_is_due, "into the slot");
	claim(req->port >= 1 && req->port <= front.config.num_ports, "port");
	claim(req->addr <= USBIF_WIRE_MAX_ADDR && req->ep <= USBIF_MAX_EPNUM &&
	      req->type <= USBIF_XFER_BULK, "pipe");
	claim((req->ep == 0) == (req->type == USBIF_XFER_CTRL), "type");
	claim(req->id < front.fq.config.slots, "id");
	claim(req->indirect == 0 || req->unlink ||
	      req->type == USBIF_XFER_BULK, "indirect");
}

void usbif_msg_encode_segs(const struct usbif_msg_seg *seg, uint16_t count,
			   uint8_t *to)
{
	claim(to == slot_of_ring + USBIF_WIRE_REQ_SEG && slot_is_due &&
	      count <= USBIF_WIRE_MAX_SEGS, "into the slot");
	claim(__CPROVER_r_ok(seg, count * sizeof(*seg)), "segments");
}

enum usbif_fault usbif_msg_decode_rsp(const uint8_t *entry, bool extended,
				      struct usbif_msg_rsp *rsp)
{
	claim(__CPROVER_r_ok(entry, USBIF_WIRE_URB_RSP_OCTETS), "an answer");
	any(*rsp);
	return nondet_bool() ? USBIF_FAULT_NONE : USBIF_FAULT_RSP_LENGTH;
}

enum usbif_fault usbif_msg_decode_conn(const uint8_t *entry, uint8_t num_ports,
				       struct usbif_msg_conn *conn)
{
	claim(__CPROVER_r_ok(entry, USBIF_WIRE_CONN_OCTETS), "an event");
	any(*conn);
	if (conn->port < 1 || conn->port > num_ports)
		return USBIF_FAULT_CONN_PORT;
	return conn->speed <= USBIF_WIRE_SPEED_HIGH ? USBIF_FAULT_NONE :
						      USBIF_FAULT_CONN_SPEED;
}

void usbif_msg_encode_conn_req(uint16_t id, uint8_t *entry)
{
	claim(__CPROVER_w_ok(entry, USBIF_WIRE_CONN_REQ_OCTETS), "a request");
	claim(id < front.conn_ring.slots, "an id of the ring");
}

static void any_front(void)
{
	uint16_t i;

	any(front);
	front.config.extended = nondet_bool();
	any_ring(&front.urb_ring, nondet_bool());
	any_ring(&front.conn_ring, nondet_bool());
	front.fq = nondet_fq();
	for (i = 0; i < USBIF_MAX_URBS; i++) {
		front.urb[i].in = nondet_bool();
		front.urb[i].short_not_ok = nondet_bool();
		front.urb[i].zero_packet = nondet_bool();
	}
	urb_part = &front.urb_ring;
	conn_part = &front.conn_ring;
	hub_part = &front.hub;
	urb_valid = conn_valid = hub_valid = fq_valid = true;
	assume(front.config.num_ports >= 1 &&
	       front.config.num_ports <= USBIF_MAX_PORTS);
	assume(front.urb_ring.entry_octets == USBIF_WIRE_URB_OCTETS &&
	       front.conn_ring.entry_octets == USBIF_WIRE_CONN_OCTETS);
	assume(usbif_front_valid(&front));
	if (front.fq.fault != USBIF_FAULT_NONE)
		fq_valid = nondet_bool();
}

static int submit_any(void)
{
	struct usbif_front_urb u;
	int result;

	any(u);
	u.in = nondet_bool();
	u.short_not_ok = nondet_bool();
	u.zero_packet = nondet_bool();
	result = usbif_front_submit(&front, &u);
	claim(result < USBIF_MAX_URBS, "an entry");
	claim(result >= 0 || (steps == 0 && hub_steps == 0),
	      "refused, nothing changed");
	claim(result < 0 || (front.urb[result].port == u.port &&
			     front.urb[result].length == u.length),
	      "kept by its entry");
	return result;
}

/* Pull a duty and put it on the ring, in whatever form. */
static void send_any(const struct usbif_msg_seg *seg, uint8_t segs,
		     uint8_t descs)
{
	struct usbif_fq_duty duty;
	int result;

	if (!usbif_front_next(&front, &duty) || duty.kind == USBIF_FQ_GIVEBACK)
		return;
	assume(segs + descs <= USBIF_WIRE_MAX_SEGS);
	if (descs == 0 && duty.kind == USBIF_FQ_SEND && nondet_bool() &&
	    front.urb[duty.urb].type == USBIF_XFER_BULK)
		result = usbif_front_put_indirect(&front, pages, &duty, seg,
						  segs, nondet_u16());
	else
		result = usbif_front_put(&front, pages, &duty, seg, segs,
					 descs);
	claim(result == USBIF_OK || result == USBIF_E_PEER, "the header's");
	claim(result == USBIF_OK || usbif_front_fault(&front) !=
	      USBIF_FAULT_NONE, "a reason for the log");
}

#endif
