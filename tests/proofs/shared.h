/* SPDX-License-Identifier: MIT */
/*
 * A ring in a peer's hands: each load of the shared page gives anything, each
 * copy out of it any octets.  ring.c is compiled in here, as its stores have
 * to be seen: that they lie in the pages, and where.
 */
#ifndef PROOFS_SHARED_H
#define PROOFS_SHARED_H

#include "proof.h"
#include "usbif/ring.h"

static uint8_t pages[USBIF_WIRE_MAX_RING_PAGES * USBIF_WIRE_PAGE_OCTETS];
static uint32_t ring_octets;	/* of those, in use */
static uint32_t stores, copies_out, copies_in;

static void check_slot(const volatile void *at, size_t octets,
		       uint32_t entry_octets)
{
	uint32_t offset = (uint32_t)__CPROVER_POINTER_OFFSET(at);

	claim(__CPROVER_same_object(at, pages), "in the shared pages");
	claim(offset >= USBIF_WIRE_RING_HEADER_OCTETS, "behind the header");
	claim(octets <= entry_octets, "no longer than an entry");
	claim(offset + octets <= ring_octets, "in the ring's own pages");
}

static uint32_t entry_size;

static void hook_store32(volatile uint32_t *to, uint32_t value)
{
	uint32_t offset = (uint32_t)__CPROVER_POINTER_OFFSET(to);

	(void)value;
	claim(__CPROVER_same_object(to, pages), "in the shared pages");
	claim(offset % 4 == 0 && offset <= USBIF_WIRE_RSP_EVENT,
	      "a word of the header");
	stores++;
}

static void hook_copy_out(volatile void *to, const void *from, size_t octets)
{
	check_slot(to, octets, entry_size);
	claim(octets == 0 || __CPROVER_r_ok(from, octets), "readable entry");
	copies_out++;
}

uint32_t usbif_load32(const volatile uint32_t *from)
{
	uint32_t offset = (uint32_t)__CPROVER_POINTER_OFFSET(from);

	claim(__CPROVER_same_object(from, pages), "in the shared pages");
	claim(offset % 4 == 0 && offset <= USBIF_WIRE_RSP_EVENT,
	      "a word of the header");
	return nondet_u32();
}

void usbif_copy_in(void *to, const volatile void *from, size_t octets)
{
	check_slot(from, octets, entry_size);
	claim(octets == 0 || __CPROVER_w_ok(to, octets), "writable entry");
	copies_in++;
}

#define usbif_store32	hook_store32
#define usbif_copy_out	hook_copy_out
#include "ring.c"

/* Any ring that is valid, of any length that there is. */
static void any_ring(struct usbif_ring *r)
{
	uint32_t n = nondet_u32();

	any(*r);
	r->front = nondet_bool();
	r->broken = nondet_bool();
	n = 1 + n % USBIF_WIRE_MAX_RING_PAGES;
	ring_octets = n * USBIF_WIRE_PAGE_OCTETS;
	entry_size = nondet_bool() ? USBIF_WIRE_URB_OCTETS :
				     USBIF_WIRE_CONN_OCTETS;
	assume(entry_size == USBIF_WIRE_URB_OCTETS || n == 1);
	assume(r->entry_octets == entry_size);
	assume(r->slots == usbif_ring_slots(n, entry_size));
	assume(usbif_ring_valid(r));
}

/* Nothing but what is said to change has changed. */
static bool same_but_counters(const struct usbif_ring *a,
			      const struct usbif_ring *b)
{
	return a->slots == b->slots && a->entry_octets == b->entry_octets &&
	       a->front == b->front;
}

static bool same(const struct usbif_ring *a, const struct usbif_ring *b)
{
	return same_but_counters(a, b) && a->req_seq == b->req_seq &&
	       a->rsp_seq == b->rsp_seq && a->told_seq == b->told_seq &&
	       a->broken == b->broken;
}

#endif
