/* SPDX-License-Identifier: MIT */
/*
 * A back's endpoint queues around their ordinary life: devices that leave and
 * come, queues that are held, hand-overs that fail, wrong calls.
 */
#include "support/test.h"

#include "usbif/bq.h"
#include "usbif/fq.h"

#define PACKET	512u

static struct usbif_bq bq;

#define CTRL	usbif_queue_index(1, 0, false)
#define OUT	usbif_queue_index(1, 1, false)
#define IN	usbif_queue_index(1, 1, true)
#define OTHER	usbif_queue_index(2, 1, false)

static const struct usbif_bq_config usual = {
	.slots = 8, .hc_depth = 2, .extended = true,
};
static const struct usbif_bq_config old = { .slots = 8, .hc_depth = 2 };

static void begin(const struct usbif_bq_config *config)
{
	assert_int_equal(usbif_bq_init(&bq, config), USBIF_OK);
	usbif_bq_set_endpoint(&bq, CTRL, USBIF_XFER_CTRL, 64, 0);
	usbif_bq_set_endpoint(&bq, OUT, USBIF_XFER_BULK, PACKET, 0);
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_BULK, PACKET, 0);
	usbif_bq_set_endpoint(&bq, OTHER, USBIF_XFER_BULK, PACKET, 0);
}

static int set_up(void **state)
{
	(void)state;
	begin(&usual);
	return 0;
}

static uint16_t stage(void)
{
	int slot = usbif_bq_stage(&bq);

	assert_true(slot >= 0);
	return (uint16_t)slot;
}

static int admit(uint16_t slot, uint16_t queue, uint32_t length, uint16_t flags)
{
	struct usbif_bq_admit a = {
		.id = slot, .queue = queue, .flags = flags, .length = length,
		.refuse = queue == USBIF_NONE ? USBIF_WIRE_ST_NODEV :
						USBIF_WIRE_ST_OK,
	};

	return usbif_bq_admit(&bq, slot, &a);
}

/* Stages and admits; returns the slot, which is also the id. */
static uint16_t arrive(uint16_t queue, uint32_t length)
{
	uint16_t slot = stage();

	assert_int_equal(admit(slot, queue, length, 0), USBIF_OK);
	return slot;
}

/* The next duty must be that. */
static void expect(enum usbif_bq_duty_kind kind, uint16_t slot)
{
	struct usbif_bq_duty d;

	assert_true(usbif_bq_next(&bq, &d));
	assert_int_equal(d.kind, kind);
	assert_int_equal(d.slot, slot);
}

static void expect_nothing(void)
{
	struct usbif_bq_duty d;

	assert_false(usbif_bq_next(&bq, &d));
	assert_true(usbif_bq_valid(&bq));
}

static void expect_answer(uint16_t id, int32_t status, uint32_t actual)
{
	struct usbif_bq_answer a;

	assert_true(usbif_bq_next_answer(&bq, &a));
	assert_int_equal(a.id, id);
	assert_int_equal(a.status, status);
	assert_int_equal(a.actual, actual);
	assert_true(usbif_bq_valid(&bq));
	usbif_bq_answered(&bq, a.slot);
}

static void expect_no_answer(void)
{
	struct usbif_bq_answer a;

	assert_false(usbif_bq_next_answer(&bq, &a));
	assert_true(usbif_bq_valid(&bq));
}

static void done(uint16_t slot, int32_t status, uint32_t actual)
{
	assert_int_equal(usbif_bq_done(&bq, slot, status, actual), USBIF_OK);
}

static void bounds_of_a_configuration_are_kept(void **state)
{
	struct usbif_bq_config c = usual;

	(void)state;
	c.slots = 3;
	assert_int_equal(usbif_bq_init(&bq, &c), USBIF_E_ARG);
	c.slots = USBIF_MAX_SLOTS + 1;
	assert_int_equal(usbif_bq_init(&bq, &c), USBIF_E_ARG);
	c = usual;
	c.hc_depth = 0;
	assert_int_equal(usbif_bq_init(&bq, &c), USBIF_E_ARG);
}

static void a_ring_longer_than_agreed_finds_no_slot(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < usual.slots; i++)
		assert_int_equal(stage(), i);
	assert_int_equal(usbif_bq_stage(&bq), USBIF_E_SPACE);
	assert_false(usbif_bq_is_idle(&bq));
}

static void wrong_slots_change_nothing(void **state)
{
	struct usbif_bq before;
	uint16_t slot = arrive(OUT, 100);

	(void)state;
	/* One that the ring has not, whatever is there. */
	bq.req[usual.slots].state = USBIF_BQ_IN_HC;
	before = bq;
	assert_int_equal(usbif_bq_done(&bq, usual.slots, 0, 0), USBIF_E_STATE);
	assert_int_equal(usbif_bq_done(&bq, slot, 0, 0), USBIF_E_STATE);
	assert_int_equal(usbif_bq_again(&bq, usual.slots), USBIF_E_STATE);
	assert_int_equal(usbif_bq_again(&bq, slot), USBIF_E_STATE);
	assert_memory_equal(&before, &bq, sizeof(bq));
}

static void nobody_s_request_is_answered_as_told(void **state)
{
	uint16_t slot = stage();

	(void)state;
	assert_int_equal(admit(slot, USBIF_NONE, 100, 0), USBIF_OK);
	expect_answer(slot, USBIF_WIRE_ST_NODEV, 0);
	assert_true(usbif_bq_is_idle(&bq));
}

static void a_device_that_leaves_takes_its_requests_along(void **state)
{
	uint16_t a, b, c, other, late, staged;

	(void)state;
	a = arrive(OUT, 1024);
	b = arrive(OUT, 1024);
	c = arrive(OUT, 1024);
	other = arrive(OTHER, 100);
	staged = stage();
	expect(USBIF_BQ_SUBMIT, a);
	expect(USBIF_BQ_SUBMIT, b);
	expect(USBIF_BQ_SUBMIT, other);
	expect_nothing();
	usbif_bq_gone(&bq, 1);
	expect(USBIF_BQ_CANCEL, b);
	expect_nothing();
	expect_answer(c, USBIF_WIRE_ST_SHUTDOWN, 0);
	admit(staged, IN, 100, USBIF_WIRE_FLAG_RESTART);
	late = arrive(OUT, 100);
	expect_answer(staged, USBIF_WIRE_ST_SHUTDOWN, 0);
	expect_answer(late, USBIF_WIRE_ST_SHUTDOWN, 0);
	done(b, USBIF_WIRE_ST_CANCELLED, 512);
	expect(USBIF_BQ_CANCEL, a);
	done(a, USBIF_WIRE_ST_OK, 1024);
	expect_answer(b, USBIF_WIRE_ST_SHUTDOWN, 512);
	assert_false(usbif_bq_port_is_idle(&bq, 1));
	expect_answer(a, USBIF_WIRE_ST_OK, 1024);
	assert_true(usbif_bq_port_is_idle(&bq, 1));
	assert_false(usbif_bq_port_is_idle(&bq, 2));
}

static void a_new_device_begins_afresh(void **state)
{
	uint16_t slot = arrive(OUT, 100), staged = stage();

	(void)state;
	expect(USBIF_BQ_SUBMIT, slot);
	done(slot, USBIF_WIRE_ST_STALL, 0);
	usbif_bq_hold(&bq, OUT);
	expect_answer(slot, USBIF_WIRE_ST_STALL, 0);
	usbif_bq_gone(&bq, 1);
	usbif_bq_fresh(&bq, 1);
	assert_int_equal(bq.queue[OUT].max_packet, 0);
	usbif_bq_set_endpoint(&bq, OUT, USBIF_XFER_BULK, PACKET, 0);
	slot = arrive(OUT, 100);
	expect(USBIF_BQ_SUBMIT, slot);
	/* Taken off the ring before, but of a device that nobody knows. */
	assert_int_equal(admit(staged, USBIF_NONE, 100, 0), USBIF_OK);
	expect_answer(staged, USBIF_WIRE_ST_NODEV, 0);
	expect_nothing();
}

/* It may have come while what its predecessor left was still to be looked at. */
static void a_new_device_forgets_nobody_else_s_work(void **state)
{
	uint16_t slot = arrive(OUT, 100), other = arrive(OTHER, 100);

	(void)state;
	usbif_bq_gone(&bq, 1);
	expect_answer(slot, USBIF_WIRE_ST_SHUTDOWN, 0);
	usbif_bq_fresh(&bq, 1);
	expect(USBIF_BQ_SUBMIT, other);
	expect_nothing();
}

static void a_held_queue_empties_and_waits(void **state)
{
	uint16_t a = arrive(OUT, 1024), b = arrive(OUT, 1024), c;

	(void)state;
	c = arrive(OUT, 1024);
	expect(USBIF_BQ_SUBMIT, a);
	expect(USBIF_BQ_SUBMIT, b);
	usbif_bq_hold(&bq, OUT);
	assert_false(usbif_bq_is_drained(&bq, OUT));
	expect(USBIF_BQ_CANCEL, b);
	done(b, USBIF_WIRE_ST_CANCELLED, 0);
	expect(USBIF_BQ_CANCEL, a);
	done(a, USBIF_WIRE_ST_CANCELLED, 512);
	assert_true(usbif_bq_is_drained(&bq, OUT));
	expect_answer(c, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	expect_answer(b, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	expect_answer(a, USBIF_WIRE_ST_NOT_EXECUTED, 512);
	/* What comes back meanwhile waits here. */
	a = stage();
	assert_int_equal(admit(a, OUT, 512, USBIF_WIRE_FLAG_RESTART),
			 USBIF_OK);
	expect_nothing();
	expect_no_answer();
	usbif_bq_release(&bq, OUT);
	expect(USBIF_BQ_SUBMIT, a);
}

static void holding_an_idle_queue_stops_nobody(void **state)
{
	uint16_t slot;

	(void)state;
	usbif_bq_hold(&bq, OUT);
	assert_true(usbif_bq_is_drained(&bq, OUT));
	slot = arrive(OUT, 100);
	expect_nothing();
	usbif_bq_release(&bq, OUT);
	expect(USBIF_BQ_SUBMIT, slot);
}

static void an_old_front_s_queue_goes_on_after_a_hold(void **state)
{
	uint16_t a, b;

	(void)state;
	begin(&old);
	a = arrive(OUT, 1024);
	b = arrive(OUT, 0);
	expect(USBIF_BQ_SUBMIT, a);
	usbif_bq_hold(&bq, OUT);
	expect(USBIF_BQ_CANCEL, a);
	done(a, USBIF_WIRE_ST_CANCELLED, 0);
	expect_answer(a, USBIF_WIRE_ST_IOERROR, 0);
	usbif_bq_heard(&bq);
	expect_nothing();
	usbif_bq_release(&bq, OUT);
	expect(USBIF_BQ_SUBMIT, b);
}

static void an_endpoint_that_becomes_isochronous_does_not_wait(void **state)
{
	uint16_t slot = arrive(IN, 100);

	(void)state;
	expect(USBIF_BQ_SUBMIT, slot);
	done(slot, USBIF_WIRE_ST_STALL, 0);
	expect_answer(slot, USBIF_WIRE_ST_STALL, 0);
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_ISO, 1024, 0);
	slot = arrive(IN, 100);
	expect(USBIF_BQ_SUBMIT, slot);
	usbif_bq_hold(&bq, IN);
	expect(USBIF_BQ_CANCEL, slot);
	done(slot, USBIF_WIRE_ST_CANCELLED, 0);
	expect_answer(slot, USBIF_WIRE_ST_IOERROR, 0);
}

/* Nor when the answer that it was to wait for is still on its way. */
static void nor_does_it_wait_for_an_answer_on_its_way(void **state)
{
	struct usbif_bq_answer a;
	uint16_t slot, next;

	(void)state;
	begin(&old);
	slot = arrive(IN, 100);
	next = arrive(IN, 100);
	expect(USBIF_BQ_SUBMIT, slot);
	done(slot, USBIF_WIRE_ST_STALL, 0);
	assert_true(usbif_bq_next_answer(&bq, &a));
	expect_nothing();
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_ISO, 1024, 0);
	assert_true(usbif_bq_valid(&bq));
	assert_false(usbif_bq_answered(&bq, slot));
	assert_true(usbif_bq_valid(&bq));
	expect(USBIF_BQ_SUBMIT, next);
}

/* A driver that took the endpoint for another kind stops itself, not those. */
static void isochronous_requests_pass_a_queue_that_others_stopped(void **state)
{
	struct usbif_bq_admit a = { .queue = IN, .length = 100, .in = true };
	uint16_t slot = stage();

	(void)state;
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_ISO, 1024, 0);
	a.id = slot;
	a.refuse = USBIF_WIRE_ST_INVAL;
	assert_int_equal(usbif_bq_admit(&bq, slot, &a), USBIF_OK);
	expect_answer(slot, USBIF_WIRE_ST_INVAL, 0);
	slot = stage();
	a.id = slot;
	a.refuse = USBIF_WIRE_ST_OK;
	a.iso = true;
	assert_int_equal(usbif_bq_admit(&bq, slot, &a), USBIF_OK);
	assert_true(usbif_bq_valid(&bq));
	expect(USBIF_BQ_SUBMIT, slot);
	done(slot, USBIF_WIRE_ST_OK, 100);
	expect_answer(slot, USBIF_WIRE_ST_OK, 100);
	slot = arrive(IN, 100);
	expect_nothing();
	expect_answer(slot, USBIF_WIRE_ST_NOT_EXECUTED, 0);
}

/* Its packets are unknown then: any length is whole. */
static void an_endpoint_may_be_taken_away(void **state)
{
	uint16_t slot = arrive(IN, 1024);

	(void)state;
	expect(USBIF_BQ_SUBMIT, slot);
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_BULK, 0, 0);
	usbif_bq_unlink(&bq, IN, slot);
	expect(USBIF_BQ_CANCEL, slot);
	done(slot, USBIF_WIRE_ST_CANCELLED, 100);
	expect_answer(slot, USBIF_WIRE_ST_CANCELLED, 100);
}

static void what_was_not_handed_over_is_handed_over_again(void **state)
{
	uint16_t slot = arrive(CTRL, 8);

	(void)state;
	expect(USBIF_BQ_SUBMIT, slot);
	assert_int_equal(usbif_bq_again(&bq, slot), USBIF_OK);
	expect(USBIF_BQ_SUBMIT, slot);
	/* Even if nothing of its queue was left to do. */
	expect_nothing();
	assert_int_equal(usbif_bq_again(&bq, slot), USBIF_OK);
	expect(USBIF_BQ_SUBMIT, slot);
	usbif_bq_unlink(&bq, CTRL, slot);
	assert_int_equal(usbif_bq_again(&bq, slot), USBIF_OK);
	expect_answer(slot, USBIF_WIRE_ST_CANCELLED, 0);
}

static void unless_its_queue_has_stopped_meanwhile(void **state)
{
	uint16_t a, b;

	begin(*state == NULL ? &usual : &old);
	a = arrive(CTRL, 8);
	b = arrive(CTRL, 8);
	expect(USBIF_BQ_SUBMIT, a);
	usbif_bq_unlink(&bq, CTRL, b);
	expect_answer(b, *state == NULL ? USBIF_WIRE_ST_CANCELLED :
					  USBIF_WIRE_ST_IOERROR, 0);
	assert_int_equal(usbif_bq_again(&bq, a), USBIF_OK);
	if (*state == NULL) {
		expect_answer(a, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	} else {
		expect_nothing();
		usbif_bq_heard(&bq);
		expect(USBIF_BQ_SUBMIT, a);
	}
	expect_nothing();
}

/* A refused request of an old front stops the queue until it is heard of. */
static void an_old_front_s_refusal_is_waited_for(void **state)
{
	struct usbif_bq_admit a = {
		.queue = CTRL, .length = 8, .refuse = USBIF_WIRE_ST_INVAL,
	};
	uint16_t slot, first;

	(void)state;
	begin(&old);
	first = arrive(CTRL, 8);
	expect(USBIF_BQ_SUBMIT, first);
	slot = stage();
	assert_int_equal(usbif_bq_admit(&bq, slot, &a), USBIF_OK);
	assert_int_equal(usbif_bq_again(&bq, first), USBIF_OK);
	expect_nothing();
	expect_answer(a.id, USBIF_WIRE_ST_INVAL, 0);
	expect_nothing();
	usbif_bq_heard(&bq);
	expect(USBIF_BQ_SUBMIT, first);
}

#define STORY(name)	cmocka_unit_test_setup(name, set_up)
#define VARIANT(name)							\
	{ #name " (variant)", name, NULL, NULL, (void *)&old }

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(bounds_of_a_configuration_are_kept),
		STORY(a_ring_longer_than_agreed_finds_no_slot),
		STORY(wrong_slots_change_nothing),
		STORY(nobody_s_request_is_answered_as_told),
		STORY(a_device_that_leaves_takes_its_requests_along),
		STORY(a_new_device_begins_afresh),
		STORY(a_new_device_forgets_nobody_else_s_work),
		STORY(a_held_queue_empties_and_waits),
		STORY(holding_an_idle_queue_stops_nobody),
		STORY(an_old_front_s_queue_goes_on_after_a_hold),
		STORY(an_endpoint_that_becomes_isochronous_does_not_wait),
		STORY(nor_does_it_wait_for_an_answer_on_its_way),
		STORY(isochronous_requests_pass_a_queue_that_others_stopped),
		STORY(an_endpoint_may_be_taken_away),
		STORY(what_was_not_handed_over_is_handed_over_again),
		STORY(unless_its_queue_has_stopped_meanwhile),
		VARIANT(unless_its_queue_has_stopped_meanwhile),
		STORY(an_old_front_s_refusal_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
