/* SPDX-License-Identifier: MIT */
/* A front whose segment arrays are broken, or change under the back. */
#include "hostile.h"
#include "liar.h"

#define SEGS	20u
#define OUTS	2	/* endpoint that takes octets */

/* An indirect request whose pages are all there. */
struct long_request {
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	uint32_t array;		/* grants */
	uint32_t data[SEGS];
};

static uint8_t *array_of(struct liar *l, const struct long_request *r)
{
	return grants_page(&l->w->grants, r->array) + 32;
}

static void set_array_seg(struct liar *l, const struct long_request *r,
			  uint32_t i, uint32_t offset, uint32_t length)
{
	uint8_t *at = array_of(l, r) + i * USBIF_WIRE_SEG_OCTETS;

	set32(at, 0, r->data[i]);
	set16(at, 4, offset);
	set16(at, 6, length);
}

static void make(struct liar *l, struct long_request *r, uint8_t ep, bool in)
{
	uint32_t i;

	indirect_entry(r->entry);
	set32(r->entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(1, l->dev->addr, ep, USBIF_XFER_BULK) |
	      (in ? USBIF_WIRE_PIPE_IN : 0));
	r->array = grants_add(&l->w->grants, false);
	set32(r->entry, USBIF_WIRE_REQ_SEG, r->array);
	for (i = 0; i < SEGS; i++) {
		r->data[i] = grants_add(&l->w->grants, in);
		set_array_seg(l, r, i, 0, 4096);
	}
}

static void release(struct liar *l, const struct long_request *r)
{
	uint32_t i;

	grants_end(&l->w->grants, r->array);
	for (i = 0; i < SEGS; i++)
		grants_end(&l->w->grants, r->data[i]);
}

static void every_broken_segment_is_found(void **state)
{
	static const struct {
		uint16_t offset, length;
		enum usbif_fault fault;
	} bad[] = {
		{ 0, 0, USBIF_FAULT_REQ_SEG_BOUNDS },
		{ 0, 4097, USBIF_FAULT_REQ_SEG_BOUNDS },
		{ 4096, 4096, USBIF_FAULT_REQ_SEG_BOUNDS },
		{ 65535, 65535, USBIF_FAULT_REQ_SEG_BOUNDS },
		{ 0, 4095, USBIF_FAULT_REQ_LENGTH },
		{ 1, 1, USBIF_FAULT_REQ_LENGTH },
	};
	uint32_t i, at, in;

	(void)state;
	for (i = 0; i < COUNT_OF(bad); i++) {
		for (at = 0; at < SEGS; at += SEGS - 1) {
			for (in = 0; in < 2; in++) {
				struct liar *l = lying_front(
					device_source_sink(), false);
				struct long_request r;

				make(l, &r, in ? 1 : OUTS, in);
				set_array_seg(l, &r, at, bad[i].offset,
					      bad[i].length);
				liar_request(l, r.entry);
				victim_runs(l);
				release(l, &r);
				victim_found(l, bad[i].fault);
			}
		}
	}
}

/* A page of the data that was never granted, for reading and for writing. */
static void a_page_that_is_not_there_is_found(void **state)
{
	uint32_t in;

	(void)state;
	for (in = 0; in < 2; in++) {
		struct liar *l = lying_front(device_source_sink(), false);
		struct long_request r;

		make(l, &r, in ? 1 : OUTS, in);
		set32(array_of(l, &r) + 19 * USBIF_WIRE_SEG_OCTETS, 0, 1);
		liar_request(l, r.entry);
		victim_runs(l);
		release(l, &r);
		victim_found(l, USBIF_FAULT_REQ_GRANT);
	}
}

/* The back goes by what it has read once, whatever stands there later. */
static void an_array_that_changes_changes_nothing(void **state)
{
	struct liar *l = lying_front(device_source_sink(), false);
	struct long_request r;
	struct usbif_msg_rsp rsp;
	uint32_t i;

	(void)state;
	make(l, &r, 1, true);
	liar_request(l, r.entry);
	world_notify_host(l->w);
	while (l->w->hc.in_queues == 0)
		assert_true(world_turn(l->w));
	memset(array_of(l, &r), 0xff, SEGS * USBIF_WIRE_SEG_OCTETS);
	victim_runs(l);
	assert_true(liar_take_answer(l, &rsp));
	assert_int_equal(rsp.status, USBIF_WIRE_ST_OK);
	assert_int_equal(rsp.actual, SEGS * 4096);
	for (i = 0; i < SEGS * 4096; i++)
		assert_int_equal(grants_page(&l->w->grants,
					     r.data[i / 4096])[i % 4096],
				 device_pattern(1, i));
	release(l, &r);
	victim_found_nothing(l);
}

int arrays_lie(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_broken_segment_is_found),
		cmocka_unit_test(a_page_that_is_not_there_is_found),
		cmocka_unit_test(an_array_that_changes_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
