/* SPDX-License-Identifier: MIT */
/*
 * Rings and the hub, as front and back see them: each step claims what its
 * header needs, leaves the part in any valid state, and returns anything that
 * its header allows.  Whether a part is valid is not looked up but known.
 */
#ifndef PROOFS_PARTS_H
#define PROOFS_PARTS_H

#include "proof.h"
#include "usbif/hub.h"
#include "usbif/msg.h"
#include "usbif/ring.h"

/* Of the machine under proof. */
static struct usbif_ring *urb_part, *conn_part;
static struct usbif_hub *hub_part;
static bool urb_valid, conn_valid, hub_valid;
static uint32_t hub_steps;		/* that were called */

static uint8_t pages[8];		/* shared memory: nobody looks */
static uint8_t slot_of_ring[USBIF_WIRE_URB_OCTETS];
static bool slot_is_due;		/* has been handed out, and not counted */

/* any() would be for all of the object that it is a part of. */
struct usbif_ring nondet_ring(void);
struct usbif_hub nondet_hub(void);

static void any_ring(struct usbif_ring *r, bool front)
{
	*r = nondet_ring();
	r->front = front;
	r->broken = nondet_bool();
}

bool usbif_ring_valid(const struct usbif_ring *r)
{
	claim(r == urb_part || r == conn_part, "a ring of its own");
	return r == urb_part ? urb_valid : conn_valid;
}

/* What a ring is does not change, only how far it has come. */
static void step_ring(struct usbif_ring *r)
{
	claim(usbif_ring_valid(r), "the ring is valid");
	r->req_seq = nondet_u32();
	r->rsp_seq = nondet_u32();
	r->told_seq = nondet_u32();
	r->broken |= nondet_bool();
}

int usbif_ring_put(struct usbif_ring *r, void *shared, const void *entry,
		   uint32_t octets)
{
	claim(shared == pages && octets <= r->entry_octets, "fits its slot");
	claim(__CPROVER_r_ok(entry, octets), "an entry");
	step_ring(r);
	return nondet_bool() ? USBIF_OK :
	       nondet_bool() ? USBIF_E_SPACE : USBIF_E_PEER;
}

bool usbif_ring_push(struct usbif_ring *r, void *shared)
{
	claim(shared == pages, "shared memory");
	step_ring(r);
	return nondet_bool();
}

/* 1, 0 or USBIF_E_PEER. */
static int taken(struct usbif_ring *r)
{
	uint8_t how = nondet_u8();

	step_ring(r);
	if (how > 1)
		r->broken = true;
	return how > 1 ? USBIF_E_PEER : how;
}

int usbif_ring_take(struct usbif_ring *r, void *shared, void *entry,
		    uint32_t octets)
{
	claim(shared == pages && octets <= r->entry_octets, "fits its slot");
	claim(__CPROVER_w_ok(entry, octets), "room for the entry");
	return taken(r);
}

int usbif_ring_sleep(struct usbif_ring *r, void *shared)
{
	claim(shared == pages, "shared memory");
	return taken(r);
}

int usbif_ring_heard(struct usbif_ring *r, void *shared, uint32_t seq)
{
	claim(shared == pages, "shared memory");
	return taken(r);
}

/* In the places of ring_private.h's ring_slot() and ring_filled(). */
void *slot_as_proved(const struct usbif_ring *r, void *shared)
{
	claim(shared == pages && usbif_ring_valid(r), "the ring is valid");
	claim(!slot_is_due, "one slot at a time");
	if (r->broken || nondet_bool())
		return NULL;
	slot_is_due = true;
	return slot_of_ring;
}

void filled_as_proved(struct usbif_ring *r)
{
	claim(slot_is_due, "there was a slot");
	slot_is_due = false;
	step_ring(r);
}

bool usbif_hub_valid(const struct usbif_hub *h)
{
	claim(h == hub_part, "the hub");
	return hub_valid;
}

static void step_hub(struct usbif_hub *h)
{
	uint8_t num_ports = h->num_ports, usb_ver = h->usb_ver;

	claim(usbif_hub_valid(h), "the hub is valid");
	hub_steps++;
	*h = nondet_hub();
	h->num_ports = num_ports;
	h->usb_ver = usb_ver;
}

bool usbif_hub_connect(struct usbif_hub *h, uint8_t port, uint8_t speed)
{
	claim(port >= 1 && port <= h->num_ports, "a port of the hub");
	claim(speed <= USBIF_WIRE_SPEED_HIGH, "a speed");
	step_hub(h);
	return nondet_bool();
}

void usbif_hub_arm_wakeup(struct usbif_hub *h, uint8_t port, bool armed)
{
	claim(port >= 1 && port <= h->num_ports, "a port of the hub");
	step_hub(h);
}

bool usbif_hub_disconnect_all(struct usbif_hub *h)
{
	step_hub(h);
	return nondet_bool();
}

#endif
