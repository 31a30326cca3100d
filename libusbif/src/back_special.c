/* SPDX-License-Identifier: MIT */
/*
 * Control requests that must not reach the device as they are: SET_ADDRESS is
 * absorbed, as the host's stack has addressed the device long ago;
 * SET_CONFIGURATION, SET_INTERFACE and CLEAR_FEATURE(ENDPOINT_HALT) are
 * executed by the host's stack, so that its toggles and bandwidth follow; the
 * device is reset when the guest has reset its port.  They wait until the
 * queues they touch have left the host controller, and hold those until done.
 */
#include "back_private.h"

/* bmRequestType and bRequest as one number, USB 2.0 table 9-3. */
#define SETUP_SET_ADDRESS	0x0005u
#define SETUP_SET_CONFIGURATION	0x0009u
#define SETUP_SET_INTERFACE	0x010bu
#define SETUP_CLEAR_EP_FEATURE	0x0201u
#define FEATURE_ENDPOINT_HALT	0u

static uint16_t setup_word(const struct usbif_msg_req *req, uint32_t at)
{
	return (uint16_t)(req->setup[at] | req->setup[at + 1] << 8);
}

static uint16_t setup_kind(const struct usbif_msg_req *req)
{
	return (uint16_t)(req->setup[0] << 8 | req->setup[1]);
}

void usbif_back_guest_reset(struct usbif_back *b, uint8_t port)
{
	usbif_back_forget_addr(b, port);
	b->port[port - 1].reset_due = true;
}

void usbif_back_reset_first(struct usbif_back *b, uint8_t port)
{
	b->port[port - 1].reset_due = true;
}

void usbif_back_rest(struct usbif_back *b, uint8_t port)
{
	b->port[port - 1].resting = true;
}

void usbif_back_rested(struct usbif_back *b, uint8_t port)
{
	b->port[port - 1].resting = false;
}

/* The queue of an endpoint address, or USBIF_NONE if it is no data queue. */
static uint16_t queue_of(uint8_t port, uint16_t ep_addr)
{
	uint8_t ep = ep_addr & 0x0f;

	if (ep == 0 || ep > USBIF_MAX_EPNUM)
		return USBIF_NONE;
	return usbif_queue_index(port, ep, ep_addr & 0x80);
}

/* Does executing the special request touch the queue? */
static bool touches(const struct usbif_back *b,
		    const struct usbif_back_duty *duty, uint16_t queue)
{
	if (usbif_queue_is_control(queue))
		return false;
	if (duty->kind == USBIF_BACK_CLEAR_HALT)
		return queue == queue_of(duty->port, duty->index);
	if (duty->kind == USBIF_BACK_SET_INTERFACE)
		return b->bq.queue[queue].max_packet == 0 ||
		       b->bq.queue[queue].iface == duty->index;
	/* A configuration or a reset is for all of the device. */
	return true;
}

/* Hold or release every queue that the port's special request touches. */
static void set_held(struct usbif_back *b, uint8_t port, bool held)
{
	const struct usbif_back_duty *duty = &b->port[port - 1].duty;
	uint16_t first = usbif_queue_index(port, 0, false), i;

	for (i = first; i < first + USBIF_EPS; i++) {
		if (!held)
			usbif_bq_release(&b->bq, i);
		else if (touches(b, duty, i))
			usbif_bq_hold(&b->bq, i);
	}
}

static bool is_drained(const struct usbif_back *b, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	for (i = first; i < first + USBIF_EPS; i++)
		if (b->bq.queue[i].held && !usbif_bq_is_drained(&b->bq, i))
			return false;
	return true;
}

static void begin_special(struct usbif_back *b, uint8_t port,
			  const struct usbif_back_duty *duty)
{
	struct usbif_back_port *p = &b->port[port - 1];

	p->special = USBIF_BACK_DRAINING;
	p->special_slot = duty->slot;
	p->duty = *duty;
	b->specials++;
	set_held(b, port, true);
}

static void end_special(struct usbif_back *b, uint8_t port)
{
	b->port[port - 1].special = USBIF_BACK_PLAIN;
	b->specials--;
	set_held(b, port, false);
}

/* Absorb SET_ADDRESS: 0..127, unique on this controller. */
static int32_t set_address(struct usbif_back *b, uint8_t port, uint16_t addr)
{
	if (addr > USBIF_WIRE_MAX_ADDR ||
	    (b->port_of_addr[addr] != 0 && b->port_of_addr[addr] != port))
		return USBIF_WIRE_ST_STALL;
	usbif_back_forget_addr(b, port);
	if (addr != 0)
		b->port_of_addr[addr] = port;
	b->port[port - 1].addr = (uint8_t)addr;
	return USBIF_WIRE_ST_OK;
}

/*
 * Fill in what the shim is to execute for a control request.
 * Returns false if it goes to the device like any other.
 */
static bool classify(const struct usbif_msg_req *req,
		     struct usbif_back_duty *duty)
{
	duty->value = setup_word(req, 2);
	duty->index = setup_word(req, 4);
	switch (setup_kind(req)) {
	case SETUP_SET_CONFIGURATION:
		duty->kind = USBIF_BACK_SET_CONFIGURATION;
		return true;
	case SETUP_SET_INTERFACE:
		duty->kind = USBIF_BACK_SET_INTERFACE;
		return true;
	case SETUP_CLEAR_EP_FEATURE:
		duty->kind = USBIF_BACK_CLEAR_HALT;
		return duty->value == FEATURE_ENDPOINT_HALT &&
		       queue_of(duty->port, duty->index) != USBIF_NONE;
	default:
		return false;
	}
}

/*
 * A control request is at the head of its queue.  Returns true if *duty is
 * for the shim now; false if it was dealt with or has to wait.
 */
static bool start_control(struct usbif_back *b, struct usbif_back_duty *duty)
{
	const struct usbif_msg_req *req = &b->req[duty->slot];
	struct usbif_back_port *p = &b->port[duty->port - 1];

	if (p->reset_due) {
		p->reset_due = false;
		duty->kind = USBIF_BACK_RESET;
		begin_special(b, duty->port, duty);
		return false;
	}
	if (setup_kind(req) == SETUP_SET_ADDRESS) {
		int32_t status = set_address(b, duty->port,
					     setup_word(req, 2));

		usbif_bq_done(&b->bq, duty->slot, status, 0);
		return false;
	}
	if (!classify(req, duty)) {
		duty->kind = USBIF_BACK_SUBMIT;
		return true;
	}
	begin_special(b, duty->port, duty);
	return false;
}

/*
 * A special request is to be cancelled: one that only waits ends at once; one
 * that the shim executes comes to its own end soon.
 */
static bool cancel_special(struct usbif_back *b, uint8_t port, uint16_t slot)
{
	struct usbif_back_port *p = &b->port[port - 1];

	if (p->special == USBIF_BACK_PLAIN || p->special_slot != slot)
		return false;
	if (p->special == USBIF_BACK_DRAINING) {
		/* The device is reset for the next request, then. */
		if (p->duty.kind == USBIF_BACK_RESET)
			p->reset_due = true;
		end_special(b, port);
		usbif_bq_done(&b->bq, slot, USBIF_WIRE_ST_CANCELLED, 0);
	}
	return true;
}

/* May the shim execute what the port's special request is for? */
static bool may_execute(const struct usbif_back *b, uint8_t port)
{
	const struct usbif_back_port *p = &b->port[port - 1];

	if (p->special != USBIF_BACK_DRAINING || !is_drained(b, port))
		return false;
	return p->duty.kind != USBIF_BACK_RESET || !p->resting;
}

/* A special request that the shim may execute now, if any. */
static bool next_special(struct usbif_back *b, struct usbif_back_duty *duty)
{
	uint8_t port;

	for (port = 1; port <= b->config.num_ports; port++) {
		struct usbif_back_port *p = &b->port[port - 1];

		if (!may_execute(b, port))
			continue;
		p->special = USBIF_BACK_EXECUTING;
		*duty = p->duty;
		return true;
	}
	return false;
}

bool usbif_back_next(struct usbif_back *b, struct usbif_back_duty *duty)
{
	struct usbif_bq_duty d;

	while (usbif_bq_next(&b->bq, &d)) {
		const struct usbif_bq_req *r = &b->bq.req[d.slot];

		memset(duty, 0, sizeof(*duty));
		duty->slot = d.slot;
		duty->port = r->port;
		if (d.kind == USBIF_BQ_CANCEL) {
			duty->kind = USBIF_BACK_CANCEL;
			if (!cancel_special(b, duty->port, d.slot))
				return true;
		} else if (!usbif_queue_is_control(r->queue)) {
			duty->kind = USBIF_BACK_SUBMIT;
			return true;
		} else if (start_control(b, duty)) {
			return true;
		}
	}
	return b->specials != 0 && next_special(b, duty);
}

int usbif_back_done(struct usbif_back *b, uint16_t slot, int32_t status,
		    uint32_t actual)
{
	uint8_t port = slot < USBIF_MAX_SLOTS ? b->bq.req[slot].port : 0;
	struct usbif_back_port *p;

	if (port == 0)
		return USBIF_E_STATE;
	p = &b->port[port - 1];
	if (p->special == USBIF_BACK_EXECUTING && p->special_slot == slot)
		end_special(b, port);
	return usbif_bq_done(&b->bq, slot, status, actual);
}

void usbif_back_reset_done(struct usbif_back *b, uint8_t port, bool ok)
{
	struct usbif_back_port *p = &b->port[port - 1];

	end_special(b, port);
	p->resting = true;
	if (ok) {
		usbif_bq_again(&b->bq, p->special_slot);
	} else {
		/* It still is what the guest was promised. */
		p->reset_due = true;
		usbif_bq_done(&b->bq, p->special_slot, USBIF_WIRE_ST_IOERROR,
			      0);
	}
}
