/* SPDX-License-Identifier: MIT */
/* A back in any valid state, what it decodes, and its steps. */
#ifndef PROOFS_BACKS_H
#define PROOFS_BACKS_H

#include "bq_part.h"

static uint8_t some_addr;		/* any one stands for all */
static bool begun;			/* the step */

struct usbif_back_port nondet_port(void);
struct usbif_bq_req nondet_bq_req(void);
struct usbif_bq_queue nondet_bq_queue(void);

static bool addr_is_valid(uint8_t addr)
{
	uint8_t port = back.port_of_addr[addr];

	return port <= back.config.num_ports &&
	       (port == 0 || BACK_PORT(port - 1).addr == addr);
}

/*
 * In the place of addrs_are_valid(): what is proved of any address is proved
 * of all.  Before the step it is known of that one, and of those that requests
 * have.
 */
bool addrs_as_asked(const struct usbif_back *b)
{
	uint16_t i;

	if (back.port_of_addr[0] != 0 || !addr_is_valid(some_addr))
		return false;
	for (i = 0; i < USBIF_MAX_SLOTS && !begun; i++)
		if (BACK_REQ(i).addr <= USBIF_WIRE_MAX_ADDR &&
		    !addr_is_valid(BACK_REQ(i).addr))
			return false;
	return true;
}

static void any_request(struct usbif_msg_req *req)
{
	uint16_t i;

	req->port = nondet_u8();
	req->addr = nondet_u8();
	req->ep = nondet_u8();
	req->type = nondet_u8();
	req->unlink = nondet_bool();
	req->in = nondet_bool();
	for (i = 0; i < 8; i++)
		req->setup[i] = nondet_u8();
}

enum usbif_fault usbif_msg_decode_req(const uint8_t *entry,
				      const struct usbif_msg_limits *limits,
				      struct usbif_msg_req *req)
{
	claim(__CPROVER_r_ok(entry, USBIF_WIRE_URB_OCTETS), "a request");
	claim(limits->num_ports == back.config.num_ports, "limits");
	any_request(req);
	if (nondet_bool())
		return USBIF_FAULT_REQ_PORT;
	assume(req->port >= 1 && req->port <= limits->num_ports);
	assume(req->addr <= USBIF_WIRE_MAX_ADDR && req->ep <= 15);
	return USBIF_FAULT_NONE;
}

void usbif_msg_encode_rsp(const struct usbif_msg_rsp *rsp, uint8_t *entry)
{
	claim(entry == slot_of_ring && slot_is_due, "into the slot");
}

uint16_t usbif_msg_decode_conn_req(const uint8_t *entry)
{
	claim(__CPROVER_r_ok(entry, USBIF_WIRE_CONN_REQ_OCTETS), "a request");
	return nondet_u16();
}

void usbif_msg_encode_conn(const struct usbif_msg_conn *conn, uint8_t *entry)
{
	claim(__CPROVER_w_ok(entry, USBIF_WIRE_CONN_OCTETS), "room");
	claim(conn->port >= 1 && conn->port <= back.config.num_ports &&
	      conn->speed <= USBIF_WIRE_SPEED_HIGH, "an event");
}

static void any_port(struct usbif_back_port *p)
{
	*p = nondet_port();
	p->present = nondet_bool();
	p->leaving = nondet_bool();
	p->unplug_due = nondet_bool();
	p->reset_due = nondet_bool();
	p->resting = nondet_bool();
	assume(p->speed <= USBIF_WIRE_SPEED_HIGH &&
	       p->next_speed <= USBIF_WIRE_SPEED_HIGH);
}

static void any_back(void)
{
	uint16_t i;

	any(back);
	back.config.extended = nondet_bool();
	back.closing = nondet_bool();
	back.unheard = nondet_bool();
	some_addr = nondet_u8();
	assume(some_addr <= USBIF_WIRE_MAX_ADDR);
	back.bq.config.extended = back.config.extended;
	any_ring(&back.urb_ring, false);
	any_ring(&back.conn_ring, false);
	for (i = 0; i < USBIF_MAX_PORTS; i++)
		any_port(&BACK_PORT(i));
	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		BACK_BQ_QUEUE(i) = nondet_bq_queue();
		BACK_BQ_QUEUE(i).held = nondet_bool();
	}
	for (i = 0; i < USBIF_MAX_SLOTS; i++) {
		any_request(&BACK_REQ(i));
		BACK_BQ_REQ(i) = nondet_bq_req();
	}
	urb_part = &back.urb_ring;
	conn_part = &back.conn_ring;
	urb_valid = conn_valid = bq_valid = true;
	assume(back.config.num_ports >= 1 &&
	       back.config.num_ports <= USBIF_MAX_PORTS &&
	       back.bq.config.slots == USBIF_MAX_SLOTS);
	assume(back.urb_ring.entry_octets == USBIF_WIRE_URB_OCTETS &&
	       back.conn_ring.entry_octets == USBIF_WIRE_CONN_OCTETS);
	assume(places_are_valid() && counts_are_valid() &&
	       usbif_back_valid(&back));
	begun = true;
}

static uint8_t any_of_ports(void)
{
	uint8_t port = nondet_u8();

	assume(port >= 1 && port <= back.config.num_ports);
	return port;
}

static uint16_t slot_in(uint8_t state)
{
	uint16_t slot = nondet_u16();

	assume(slot < USBIF_MAX_SLOTS && BACK_BQ_REQ(slot).state == state);
	return slot;
}

#endif
