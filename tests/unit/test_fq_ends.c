/* SPDX-License-Identifier: MIT */
/*
 * A front's endpoint queues when something ends that should not: devices that
 * leave, backs that break rules or fall silent.
 */
#include "support/test.h"

#include "usbif/fq.h"

#define PACKET	512u

static struct usbif_fq fq;

#define CTRL	usbif_queue_index(1, 0, false)
#define OUT	usbif_queue_index(1, 1, false)
#define IN	usbif_queue_index(1, 1, true)
#define OTHER	usbif_queue_index(2, 1, true)

static int set_up(void **state)
{
	static const struct usbif_fq_config config = {
		.slots = 32, .depth = 8, .max_octets = 1024, .extended = true,
	};

	(void)state;
	return usbif_fq_init(&fq, &config);
}

static int submit(uint16_t queue, uint32_t length)
{
	struct usbif_fq_submit s = {
		.queue = queue, .max_packet = PACKET, .length = length,
		.in = queue == IN,
	};

	return usbif_fq_submit(&fq, &s);
}

static int answer(uint16_t id, int32_t status, uint32_t actual)
{
	struct usbif_fq_received got;

	return usbif_fq_answer(&fq, id, status, actual, &got);
}

/* Pulls every duty; returns how many were givebacks, the rest in *others. */
static unsigned int givebacks(unsigned int *others)
{
	struct usbif_fq_duty d;
	unsigned int n = 0;

	*others = 0;
	while (usbif_fq_next(&fq, &d)) {
		if (d.kind == USBIF_FQ_GIVEBACK)
			n++;
		else
			++*others;
	}
	assert_true(usbif_fq_valid(&fq));
	return n;
}

static void expect(unsigned int back, unsigned int others)
{
	unsigned int n;

	assert_int_equal(givebacks(&n), back);
	assert_int_equal(n, others);
}

static void expect_giveback(uint16_t urb, int32_t status, uint32_t length)
{
	struct usbif_fq_duty d;

	assert_true(usbif_fq_next(&fq, &d));
	assert_int_equal(d.kind, USBIF_FQ_GIVEBACK);
	assert_int_equal(d.urb, urb);
	assert_int_equal(d.status, status);
	assert_int_equal(d.length, length);
}

static void a_new_front_has_nothing_on_any_list(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(fq.ready_head[i], USBIF_NONE);
		assert_int_equal(fq.ready_tail[i], USBIF_NONE);
	}
	assert_int_equal(fq.ended_head, USBIF_NONE);
	assert_int_equal(fq.unlink_head, USBIF_NONE);
	expect(0, 0);
}

static void a_device_that_leaves_takes_its_urbs_along(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		submit(OUT, 100);
	submit(OTHER, 100);
	expect(0, 8 + 1);
	usbif_fq_gone(&fq, 1);
	assert_int_equal(submit(OUT, 100), USBIF_E_STATE);
	assert_int_equal(submit(CTRL, 100), USBIF_E_STATE);
	/* Two were not sent; what the back has, it answers. */
	expect(2, 0);
	answer(0, USBIF_WIRE_ST_OK, 100);
	expect_giveback(0, USBIF_WIRE_ST_OK, 100);
	/* Id 1 is the other device's. */
	answer(2, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	expect_giveback(1, USBIF_WIRE_ST_SHUTDOWN, 0);
	expect(0, 0);
}

static void control_requests_leave_with_their_own_device(void **state)
{
	uint16_t other = usbif_queue_index(2, 0, false);
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		submit(CTRL, 100);
	submit(other, 100);
	expect(0, 8 + 1);
	usbif_fq_gone(&fq, 1);
	expect(2, 0);
	assert_true(submit(other, 100) >= 0);
	expect(0, 1);
}

static void a_back_may_say_so_first(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 9; i++)
		submit(OUT, 100);
	expect(0, 8);
	answer(0, USBIF_WIRE_ST_SHUTDOWN, 0);
	assert_int_equal(submit(IN, 100), USBIF_E_STATE);
	expect(2, 0);
}

static void both_halves_may_say_so(void **state)
{
	(void)state;
	submit(OUT, 2048);
	expect(0, 2);
	answer(0, USBIF_WIRE_ST_SHUTDOWN, 0);
	answer(1, USBIF_WIRE_ST_SHUTDOWN, 0);
	expect_giveback(0, USBIF_WIRE_ST_SHUTDOWN, 0);
}

/* The old device's URB has half of it out and half unsent. */
static void a_new_device_gets_nothing_of_the_old_one(void **state)
{
	int i, fresh;

	(void)state;
	submit(OUT, 1024);
	for (i = 0; i < 5; i++)
		submit(OUT, 2048);
	expect(0, 8);
	usbif_fq_fresh(&fq, 1);
	expect(1, 0);
	usbif_fq_retired(&fq, 5);
	fresh = submit(OUT, 10);
	expect(0, 0);
	for (i = 0; i < 7; i++)
		answer((uint16_t)i, i < 3 ? USBIF_WIRE_ST_OK :
					    USBIF_WIRE_ST_NOT_EXECUTED,
		       i < 3 ? 1024 : 0);
	expect(4, 0);
	/* The last of the old answers, with news that is no news. */
	answer(7, USBIF_WIRE_ST_SHUTDOWN, 0);
	expect(1, 0);
	for (i = 0; i < 5; i++)
		usbif_fq_retired(&fq, (uint16_t)i);
	expect(0, 1);
	assert_int_equal(answer(0, USBIF_WIRE_ST_OK, 10), USBIF_OK);
	expect_giveback((uint16_t)fresh, USBIF_WIRE_ST_OK, 10);
}

static void a_new_device_begins_with_running_queues(void **state)
{
	struct usbif_fq_duty d;

	(void)state;
	submit(OUT, 100);
	expect(0, 1);
	answer(0, USBIF_WIRE_ST_STALL, 0);
	expect(1, 0);
	usbif_fq_retired(&fq, 0);
	usbif_fq_fresh(&fq, 1);
	submit(OUT, 100);
	assert_true(usbif_fq_next(&fq, &d));
	assert_int_equal(d.flags, 0);
}

static void a_silent_back_is_given_up(void **state)
{
	unsigned int i;

	(void)state;
	submit(OUT, 100);
	submit(IN, 100);
	expect(0, 2);
	for (i = 0; i < 100; i++)
		assert_int_equal(usbif_fq_tick(&fq), USBIF_OK);
	usbif_fq_unlink(&fq, 0);
	expect(0, 1);
	for (i = 0; i < USBIF_FQ_UNLINK_BOUND_S; i++)
		assert_int_equal(usbif_fq_tick(&fq), USBIF_OK);
	assert_int_equal(usbif_fq_tick(&fq), USBIF_E_PEER);
	assert_int_equal(fq.fault, USBIF_FAULT_RSP_OVERDUE);
	assert_int_equal(usbif_fq_tick(&fq), USBIF_E_PEER);
	assert_int_equal(answer(0, USBIF_WIRE_ST_OK, 100), USBIF_E_PEER);
	usbif_fq_shutdown(&fq);
	expect_giveback(0, USBIF_WIRE_ST_SHUTDOWN, 0);
	expect_giveback(1, USBIF_WIRE_ST_SHUTDOWN, 0);
	expect(0, 0);
}

static void the_target_of_an_unlink_is_not_to_be_late_either(void **state)
{
	unsigned int i;

	(void)state;
	submit(OUT, 100);
	expect(0, 1);
	usbif_fq_unlink(&fq, 0);
	expect(0, 1);
	answer(1, USBIF_WIRE_ST_OK, 0);
	for (i = 0; i < USBIF_FQ_UNLINK_BOUND_S; i++)
		assert_int_equal(usbif_fq_tick(&fq), USBIF_OK);
	assert_int_equal(usbif_fq_tick(&fq), USBIF_E_PEER);
}

/* Whichever id the unlink has. */
static void each_unlink_has_its_bound(void **state)
{
	unsigned int i;

	(void)state;
	submit(OUT, 100);
	submit(IN, 100);
	submit(OTHER, 100);
	expect(0, 3);
	usbif_fq_unlink(&fq, 2);
	expect(0, 1);
	answer(2, USBIF_WIRE_ST_CANCELLED, 0);
	expect_giveback(2, USBIF_WIRE_ST_CANCELLED, 0);
	for (i = 0; i < USBIF_FQ_UNLINK_BOUND_S; i++)
		assert_int_equal(usbif_fq_tick(&fq), USBIF_OK);
	assert_int_equal(usbif_fq_tick(&fq), USBIF_E_PEER);
}

/* The shim copies data for URBs alone. */
static void an_unlinks_answer_is_no_urbs(void **state)
{
	struct usbif_fq_received got;
	struct usbif_fq_duty d;

	(void)state;
	submit(OUT, 100);
	expect(0, 1);
	usbif_fq_unlink(&fq, 0);
	assert_true(usbif_fq_next(&fq, &d));
	assert_int_equal(d.kind, USBIF_FQ_UNLINK);
	assert_int_equal(d.id, 1);
	assert_int_equal(d.target, 0);
	assert_int_equal(fq.req[1].urb, USBIF_NONE);
	assert_int_equal(usbif_fq_answer(&fq, 1, USBIF_WIRE_ST_OK, 0, &got),
			 USBIF_OK);
	assert_int_equal(got.urb, USBIF_NONE);
	assert_int_equal(usbif_fq_answer(&fq, 1, USBIF_WIRE_ST_OK, 0, &got),
			 USBIF_E_PEER);
	assert_int_equal(got.urb, USBIF_NONE);
}

static void an_end_of_the_connection_gives_everything_back(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		submit(OUT, 100);
	usbif_fq_unlink(&fq, 9);
	expect(1, 8 - 8);
	usbif_fq_retired(&fq, 9);
	expect(0, 8);
	answer(0, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	usbif_fq_unlink(&fq, 1);
	usbif_fq_shutdown(&fq);
	for (i = 0; i < 9; i++)
		expect_giveback((uint16_t)i, USBIF_WIRE_ST_SHUTDOWN, 0);
	expect(0, 0);
	assert_int_equal(submit(OUT, 100), USBIF_E_STATE);
	assert_int_equal(answer(1, USBIF_WIRE_ST_OK, 0), USBIF_E_PEER);
	for (i = 0; i < 9; i++)
		assert_int_equal(usbif_fq_retired(&fq, (uint16_t)i), USBIF_OK);
	assert_true(usbif_fq_is_idle(&fq));
}

struct lie {
	bool control;
	uint16_t id;
	int32_t status;
	uint32_t actual;
	enum usbif_fault fault;
};

/* Ids 0 and 1 are two halves of an URB. */
static const struct lie lies[] = {
	{ false, 2, USBIF_WIRE_ST_OK, 0, USBIF_FAULT_RSP_ID },
	{ false, 32, USBIF_WIRE_ST_OK, 0, USBIF_FAULT_RSP_ID },
	{ false, 0, USBIF_WIRE_ST_OK, 1025, USBIF_FAULT_RSP_LENGTH },
	{ false, 0, 4711, 0, USBIF_FAULT_RSP_STATUS },
	{ false, 1, USBIF_WIRE_ST_OK, 1, USBIF_FAULT_RSP_ORDER },
	{ false, 0, USBIF_WIRE_ST_NOT_EXECUTED, 1024, USBIF_FAULT_RSP_PARTIAL },
	{ false, 0, USBIF_WIRE_ST_NOT_EXECUTED, 100, USBIF_FAULT_RSP_PARTIAL },
	{ true, 0, USBIF_WIRE_ST_NOT_EXECUTED, 512, USBIF_FAULT_RSP_PARTIAL },
};

static void a_back_that_lies_is_found_out(void **state)
{
	size_t i;

	for (i = 0; i < COUNT_OF(lies); i++) {
		const struct lie *lie = &lies[i];

		set_up(state);
		submit(lie->control ? CTRL : OUT, lie->control ? 1024 : 2048);
		expect(0, lie->control ? 1 : 2);
		assert_int_equal(answer(lie->id, lie->status, lie->actual),
				 USBIF_E_PEER);
		assert_int_equal(fq.fault, lie->fault);
		/* It is told nothing any more, and believed nothing. */
		submit(IN, 10);
		expect(0, 0);
		assert_int_equal(answer(0, USBIF_WIRE_ST_OK, 0), USBIF_E_PEER);
		assert_int_equal(fq.fault, lie->fault);
		usbif_fq_shutdown(&fq);
		expect(2, 0);
	}
}

static void isochronous_urbs_cannot_come_back_unexecuted(void **state)
{
	struct usbif_fq_submit s = {
		.queue = IN, .max_packet = PACKET, .length = 512, .iso = true,
	};

	(void)state;
	usbif_fq_submit(&fq, &s);
	expect(0, 1);
	assert_int_equal(answer(0, USBIF_WIRE_ST_NOT_EXECUTED, 0),
			 USBIF_E_PEER);
	assert_int_equal(fq.fault, USBIF_FAULT_RSP_STATUS);
}

static int submit_empty(uint32_t length, bool in)
{
	struct usbif_fq_submit s = {
		.queue = in ? IN : OUT, .max_packet = PACKET,
		.length = length, .in = in, .zero_packet = true,
	};

	return usbif_fq_submit(&fq, &s);
}

static void expect_send(uint32_t offset, uint32_t length, uint16_t flags)
{
	struct usbif_fq_duty d;

	assert_true(usbif_fq_next(&fq, &d));
	assert_int_equal(d.kind, USBIF_FQ_SEND);
	assert_int_equal(d.offset, offset);
	assert_int_equal(d.length, length);
	assert_int_equal(d.flags, flags);
	assert_true(usbif_fq_valid(&fq));
}

#define BARRIER	USBIF_WIRE_FLAG_SHORT_NOT_OK

static void an_empty_packet_is_a_request_of_its_own(void **state)
{
	(void)state;
	submit_empty(2048, false);
	expect_send(0, 1024, BARRIER);
	expect_send(1024, 1024, BARRIER);
	expect_send(2048, 0, 0);
	expect(0, 0);
	answer(0, USBIF_WIRE_ST_OK, 1024);
	answer(1, USBIF_WIRE_ST_OK, 1024);
	expect(0, 0);
	answer(2, USBIF_WIRE_ST_OK, 0);
	expect_giveback(0, USBIF_WIRE_ST_OK, 2048);
}

/* Packets that do not fill a request are cut where a packet ends, but the last. */
static void what_fits_is_one_request(void **state)
{
	struct usbif_fq_submit s = { .queue = OUT, .max_packet = 1000,
				     .length = 1024 };
	struct usbif_fq_received got;

	(void)state;
	assert_int_equal(usbif_fq_submit(&fq, &s), 0);
	expect_send(0, 1024, 0);
	assert_int_equal(usbif_fq_answer(&fq, 0, USBIF_WIRE_ST_OK, 1024, &got),
			 USBIF_OK);
	assert_int_equal(got.urb, 0);
	assert_false(got.in);
	assert_int_equal(got.length, 1024);
}

/* It is not short, whoever calls that an error. */
static void an_empty_packet_is_as_long_as_it_should_be(void **state)
{
	struct usbif_fq_submit s = {
		.queue = OUT, .max_packet = PACKET, .length = 512,
		.zero_packet = true, .short_not_ok = true,
	};

	(void)state;
	assert_int_equal(usbif_fq_submit(&fq, &s), 0);
	expect(0, 2);
	answer(0, USBIF_WIRE_ST_OK, 512);
	answer(1, USBIF_WIRE_ST_OK, 0);
	expect_giveback(0, USBIF_WIRE_ST_OK, 512);
}

static void an_empty_packet_follows_full_ones_only(void **state)
{
	(void)state;
	submit_empty(1000, false);
	expect_send(0, 1000, 0);
	submit_empty(0, false);
	expect_send(0, 0, 0);
	expect(0, 0);
	submit_empty(1024, true);
	expect_send(0, 1024, 0);
	expect(0, 0);
}

/* Its data are not sent again. */
static void an_empty_packet_may_come_back(void **state)
{
	(void)state;
	submit_empty(1024, false);
	submit(OUT, 100);
	expect(0, 3);
	answer(0, USBIF_WIRE_ST_OK, 1024);
	answer(1, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	answer(2, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	expect_send(1024, 0, USBIF_WIRE_FLAG_RESTART);
	expect_send(0, 100, 0);
	answer(0, USBIF_WIRE_ST_OK, 0);
	expect_giveback(0, USBIF_WIRE_ST_OK, 1024);
}

static void data_without_their_empty_packet_are_told(void **state)
{
	(void)state;
	submit_empty(1024, false);
	expect(0, 2);
	answer(0, USBIF_WIRE_ST_OK, 1024);
	answer(1, USBIF_WIRE_ST_STALL, 0);
	expect_giveback(0, USBIF_WIRE_ST_STALL, 1024);
	usbif_fq_retired(&fq, 0);
	submit_empty(1024, false);
	expect(0, 2);
	answer(0, USBIF_WIRE_ST_STALL, 512);
	answer(1, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	expect_giveback(0, USBIF_WIRE_ST_STALL, 512);
}

static void a_back_cannot_put_octets_into_an_empty_packet(void **state)
{
	(void)state;
	submit_empty(1024, false);
	expect(0, 2);
	answer(0, USBIF_WIRE_ST_OK, 1024);
	assert_int_equal(answer(1, USBIF_WIRE_ST_OK, 1), USBIF_E_PEER);
	assert_int_equal(fq.fault, USBIF_FAULT_RSP_LENGTH);
}

/* It is sent behind them, so what it did is known after what they did. */
static void nor_answer_it_before_the_data(void **state)
{
	(void)state;
	submit_empty(1024, false);
	expect(0, 2);
	assert_int_equal(answer(1, USBIF_WIRE_ST_OK, 0), USBIF_E_PEER);
	assert_int_equal(fq.fault, USBIF_FAULT_RSP_ORDER);
	assert_true(usbif_fq_valid(&fq));
}

/* No request of whole packets, or no number for its octets. */
static void what_no_request_can_carry_is_refused(void **state)
{
	struct usbif_fq_submit s = {
		.queue = OUT, .max_packet = 1025, .length = 2048,
	};

	(void)state;
	assert_int_equal(usbif_fq_submit(&fq, &s), USBIF_E_ARG);
	s.max_packet = 5;
	s.length = UINT32_MAX;
	s.zero_packet = true;
	assert_int_equal(usbif_fq_submit(&fq, &s), USBIF_E_ARG);
	s.length = UINT32_MAX - 1;
	assert_int_equal(usbif_fq_submit(&fq, &s), 0);
	assert_true(usbif_fq_valid(&fq));
}

/* Those have one request, and an empty packet is one of its own. */
static void only_bulk_and_interrupt_urbs_end_with_an_empty_packet(void **state)
{
	struct usbif_fq_submit s = {
		.queue = CTRL, .max_packet = PACKET, .length = PACKET,
		.zero_packet = true,
	};

	(void)state;
	assert_int_equal(usbif_fq_submit(&fq, &s), USBIF_E_ARG);
	s.queue = OUT;
	s.iso = true;
	assert_int_equal(usbif_fq_submit(&fq, &s), USBIF_E_ARG);
	s.length = PACKET - 1;
	assert_int_equal(usbif_fq_submit(&fq, &s), 0);
}

#define STORY(name)	cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_new_front_has_nothing_on_any_list),
		STORY(a_device_that_leaves_takes_its_urbs_along),
		STORY(control_requests_leave_with_their_own_device),
		STORY(a_back_may_say_so_first),
		STORY(both_halves_may_say_so),
		STORY(a_new_device_gets_nothing_of_the_old_one),
		STORY(a_new_device_begins_with_running_queues),
		STORY(a_silent_back_is_given_up),
		STORY(the_target_of_an_unlink_is_not_to_be_late_either),
		STORY(each_unlink_has_its_bound),
		STORY(an_unlinks_answer_is_no_urbs),
		STORY(an_end_of_the_connection_gives_everything_back),
		STORY(a_back_that_lies_is_found_out),
		STORY(isochronous_urbs_cannot_come_back_unexecuted),
		STORY(an_empty_packet_is_a_request_of_its_own),
		STORY(what_fits_is_one_request),
		STORY(an_empty_packet_is_as_long_as_it_should_be),
		STORY(an_empty_packet_follows_full_ones_only),
		STORY(an_empty_packet_may_come_back),
		STORY(data_without_their_empty_packet_are_told),
		STORY(a_back_cannot_put_octets_into_an_empty_packet),
		STORY(nor_answer_it_before_the_data),
		STORY(what_no_request_can_carry_is_refused),
		STORY(only_bulk_and_interrupt_urbs_end_with_an_empty_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
