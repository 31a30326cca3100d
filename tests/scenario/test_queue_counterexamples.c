/* SPDX-License-Identifier: MIT */
/*
 * Why the rules of docs/PROTOCOL.md, section "Endpoint queues", are what they
 * are.  Each story is one that an earlier version of the rules got wrong, told
 * in the world that tests/explore explores: a driver, both queues, a slow
 * ring, a host controller (HC) and a device; its checks run after every step.
 */
#include "support/test.h"
#include "explore/joint.h"

static struct joint_params params;
static struct joint w;

/* Queues of the only device. */
#define CTRL	((uint8_t)0)
#define OUT	((uint8_t)usbif_queue_index(1, 1, false))
#define IN	((uint8_t)usbif_queue_index(1, 1, true))
#define IN2	((uint8_t)usbif_queue_index(2, 1, true))

#define QUIETLY		false	/* a short transfer is no error */
#define SHORT_NOT_OK	true

/* Strict mode on an HC that goes on: what is safe everywhere. */
static int setup(void **state)
{
	(void)state;
	memset(&params, 0, sizeof(params));
	params.slots = 9;
	params.depth = 4;
	params.max_octets = 4096;
	params.extended = true;
	params.hc_depth = 1;
	params.goes_on = true;
	params.unlinks = params.errors = params.shorts = 9;
	params.queues[0] = CTRL;
	params.queues[1] = OUT;
	params.queues[2] = IN;
	params.queues[3] = IN2;
	params.nr_queues = 4;
	joint_params = &params;
	return 0;
}

/* Begin, with what the story changed of the parameters. */
static void begin(void)
{
	joint_init(&w);
	assert_null(joint_broken);
}

static void well(void)
{
	check_state(&w);
	if (joint_broken != NULL)
		fail_msg("%s", joint_broken);
}

static void submit(uint8_t queue, uint32_t packets, bool snok)
{
	front_submit(&w, queue, packets, snok);
	well();
}

static void unlink_urb(uint8_t u)
{
	front_unlink(&w, u);
	well();
}

static void routine_returns(uint8_t u)
{
	front_retire(&w, u);
	well();
}

static void back_takes(int requests)
{
	while (requests-- > 0) {
		assert_int_not_equal(w.up_n, 0);
		back_take(&w);
		well();
	}
}

static void front_takes(int answers)
{
	while (answers-- > 0) {
		assert_int_not_equal(w.down_n, 0);
		front_take(&w);
		well();
	}
}

static void device_moves(uint8_t queue, int packets)
{
	while (packets-- > 0) {
		assert_true(hc_runner(&w, queue) >= 0);
		hc_packet(&w, queue);
		well();
	}
}

static void device_is_short(uint8_t queue)
{
	hc_short(&w, queue, false);
	well();
}

static void device_fails(uint8_t queue)
{
	hc_error(&w, queue);
	well();
}

static void hc_reports(uint8_t queue)
{
	assert_true(hc_ended(&w, queue) >= 0);
	back_report(&w, queue, params.hides);
	well();
}

/* The entry of an URB's first request in the HC, or -1. */
static int entry_of(uint8_t u)
{
	const struct hc_queue *hc = &w.hc[w.ghost[u].queue];
	int i;

	for (i = 0; i < hc->n; i++)
		if (w.taken[hc->entry[i].slot].ghost == u)
			return i;
	return -1;
}

static bool is_in_hc(uint8_t u)
{
	return entry_of(u) >= 0;
}

static bool is_being_cancelled(uint8_t u)
{
	assert_true(is_in_hc(u));
	return w.hc[w.ghost[u].queue].entry[entry_of(u)].cancel;
}

static void cancel_takes_effect(uint8_t u)
{
	assert_true(is_being_cancelled(u));
	hc_end(&w, w.ghost[u].queue, (uint8_t)entry_of(u), HC_CANCELLED);
	well();
}

/* Its completion routine has been called and has not returned. */
static bool is_given_back(uint8_t u)
{
	return w.ghost[u].state == GHOST_DONE;
}

static bool is_on_the_ring(uint8_t u)
{
	int i;

	for (i = 0; i < w.up_n; i++)
		if (!w.up[i].unlink && w.up[i].ghost == u)
			return true;
	return false;
}

/* Everything that needs no driver and no device. */
static void all_settles(void)
{
	search_move moves[SEARCH_MAX_MOVES];
	unsigned int n, i;

	do {
		n = joint_moves(&w, moves);
		for (i = 0; i < n && !joint_is_internal(moves[i]); i++)
			;
		if (i < n && joint_perform(&w, moves[i]) != NULL)
			fail_msg("%s", joint_broken);
	} while (i < n);
	if (joint_at_rest(&w, false) != NULL)
		fail_msg("%s", joint_broken);
}

static void cx1_a_slot_that_gets_free_is_used_by_the_oldest(void **state)
{
	(void)state;
	params.slots = 8;
	begin();
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	assert_int_equal(w.up_n, 2);
	back_takes(2);
	device_moves(OUT, 1);
	hc_reports(OUT);
	/* Nobody is stopping: the answer alone must send u2. */
	front_takes(1);
	assert_true(is_on_the_ring(2));
	/* And nobody who comes later overtakes it. */
	submit(OUT, 1, QUIETLY);
	assert_false(is_on_the_ring(3));
}

static void cx2_an_unlink_finds_a_request_that_waits(void **state)
{
	(void)state;
	begin();
	submit(IN, 1, SHORT_NOT_OK);
	submit(IN, 1, QUIETLY);
	back_takes(2);
	assert_true(is_in_hc(0));
	assert_false(is_in_hc(1));
	/* The device says nothing, so only the unlink can bring u1 back. */
	unlink_urb(1);
	all_settles();
	assert_true(is_given_back(1));
	assert_false(is_being_cancelled(0));
}

static void cx3_what_waits_behind_a_stop_is_returned(void **state)
{
	(void)state;
	begin();
	submit(IN, 1, SHORT_NOT_OK);
	submit(IN, 1, QUIETLY);
	back_takes(2);
	device_is_short(IN);
	hc_reports(IN);
	front_takes(2);
	assert_true(is_given_back(0));
	assert_false(is_on_the_ring(1));
	routine_returns(0);
	assert_true(is_on_the_ring(1));
	back_takes(1);
	assert_true(is_in_hc(1));
}

static void refuse_first_of_two(void)
{
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	back_takes(2);
	back_admit(&w, true);
	well();
	back_admit(&w, false);
	well();
}

static void cx4_a_refused_request_is_a_stop(void **state)
{
	(void)state;
	params.slow_admits = true;
	begin();
	refuse_first_of_two();
	assert_false(is_in_hc(1));
	front_takes(2);
	assert_true(is_given_back(0));
	assert_false(is_on_the_ring(1));
	routine_returns(0);
	assert_true(is_on_the_ring(1));
}

static void cx4_so_is_a_refused_restart(void **state)
{
	(void)state;
	params.slow_admits = true;
	begin();
	refuse_first_of_two();
	front_takes(2);
	submit(OUT, 1, QUIETLY);
	routine_returns(0);
	assert_true(w.up[0].flags & USBIF_WIRE_FLAG_RESTART);
	back_takes(2);
	back_admit(&w, true);
	well();
	back_admit(&w, false);
	well();
	assert_false(is_in_hc(2));
}

static void cx5_an_unlink_of_what_was_not_sent_holds_the_queue(void **state)
{
	(void)state;
	params.slots = 8;
	begin();
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	back_takes(2);
	unlink_urb(2);
	assert_true(is_given_back(2));
	device_moves(OUT, 1);
	hc_reports(OUT);
	front_takes(1);
	/* There is a slot, but u2's routine has not returned. */
	assert_false(is_on_the_ring(3));
	routine_returns(2);
	assert_true(is_on_the_ring(3));
}

static void cx5b_so_does_an_unlink_between_fragments(void **state)
{
	(void)state;
	params.slots = 4;
	params.max_octets = 1024;
	begin();
	submit(OUT, 2, QUIETLY);
	submit(OUT, 1, QUIETLY);
	assert_int_equal(w.up_n, 1);
	back_takes(1);
	unlink_urb(0);
	device_moves(OUT, 1);
	hc_reports(OUT);
	front_takes(1);
	/* One fragment moved, the other was never sent. */
	assert_true(is_given_back(0));
	assert_int_equal(w.ghost[0].moved, 1024);
	assert_false(is_on_the_ring(1));
	routine_returns(0);
	assert_true(is_on_the_ring(1));
}

static void cx6_cancels_begin_at_the_tail(void **state)
{
	(void)state;
	params.hc_depth = 3;
	params.hides = 1;
	begin();
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	back_takes(3);
	device_fails(OUT);
	hc_reports(OUT);
	/* Were u1 cancelled now, u2 could run in its place. */
	assert_true(is_being_cancelled(2));
	assert_false(is_being_cancelled(1));
	cancel_takes_effect(2);
	hc_reports(OUT);
	assert_true(is_being_cancelled(1));
	device_moves(OUT, 1);
	hc_reports(OUT);
	all_settles();
	routine_returns(0);
	routine_returns(1);
	/* u1 moved in the HC that went on; u2 is next. */
	assert_true(is_on_the_ring(2));
}

static void cx7_what_was_cancelled_too_late_is_not_run_again(void **state)
{
	(void)state;
	params.hc_depth = 2;
	params.hides = 1;
	begin();
	submit(OUT, 1, QUIETLY);
	submit(OUT, 2, QUIETLY);
	back_takes(2);
	device_fails(OUT);
	hc_reports(OUT);
	device_moves(OUT, 2);
	/* Shown as cancelled, but all of it has moved. */
	assert_true(is_being_cancelled(1));
	hc_reports(OUT);
	front_takes(2);
	assert_true(is_given_back(1));
	assert_int_equal(w.ghost[1].end, END_GOOD);
}

static void cx7_nor_is_what_ended_with_a_short_packet(void **state)
{
	(void)state;
	params.hc_depth = 2;
	params.hides = 1;
	begin();
	submit(IN, 1, QUIETLY);
	submit(IN, 2, QUIETLY);
	back_takes(2);
	device_fails(IN);
	hc_reports(IN);
	device_is_short(IN);
	hc_reports(IN);
	front_takes(2);
	assert_true(is_given_back(1));
	assert_int_equal(w.ghost[1].moved, SHORT_PACKET);
}

static void cx7_a_follower_that_moved_in_part_resumes_there(void **state)
{
	(void)state;
	params.hc_depth = 2;
	params.hides = 1;
	begin();
	submit(OUT, 1, QUIETLY);
	submit(OUT, 3, QUIETLY);
	back_takes(2);
	device_fails(OUT);
	hc_reports(OUT);
	device_moves(OUT, 1);
	cancel_takes_effect(1);
	hc_reports(OUT);
	front_takes(2);
	routine_returns(0);
	assert_int_equal(w.up[0].offset, 1024);
	back_takes(1);
	device_moves(OUT, 2);
	hc_reports(OUT);
	front_takes(1);
	assert_int_equal(w.ghost[1].moved, 3 * 1024);
}

/* Cancelled with the rest, u0's own error would be hidden and u0 run again. */
static void cx7_an_unlink_cancels_nothing_before_its_target(void **state)
{
	(void)state;
	params.hc_depth = 3;
	params.hides = 1;
	begin();
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	submit(OUT, 1, QUIETLY);
	back_takes(3);
	device_fails(OUT);
	device_moves(OUT, 1);
	unlink_urb(1);
	back_takes(1);
	assert_false(is_being_cancelled(0));
	assert_true(is_being_cancelled(2));
	all_settles();
	assert_int_equal(w.ghost[0].end, END_FAILED);
	assert_true(w.ghost[0].failed);
}

static void cx8_a_request_of_no_octets_is_alone_in_the_hc(void **state)
{
	(void)state;
	params.hc_depth = 3;
	begin();
	submit(OUT, 1, QUIETLY);
	submit(OUT, 0, QUIETLY);
	submit(OUT, 1, QUIETLY);
	back_takes(3);
	assert_false(is_in_hc(1));
	device_moves(OUT, 1);
	hc_reports(OUT);
	assert_true(is_in_hc(1));
	assert_false(is_in_hc(2));
	device_moves(OUT, 1);
	hc_reports(OUT);
	assert_true(is_in_hc(2));
}

static void cx8_so_is_a_control_request(void **state)
{
	(void)state;
	params.hc_depth = 3;
	begin();
	submit(CTRL, 1, QUIETLY);
	submit(CTRL, 1, QUIETLY);
	back_takes(2);
	assert_true(is_in_hc(0));
	assert_false(is_in_hc(1));
}

static void cx9_nothing_follows_a_fragment_that_may_fail(void **state)
{
	(void)state;
	params.max_octets = 1024;
	params.hc_depth = 3;
	begin();
	submit(OUT, 2, QUIETLY);
	back_takes(2);
	assert_int_equal(w.hc[OUT].n, 1);
	device_fails(OUT);
	assert_true(hc_runner(&w, OUT) < 0);
	hc_reports(OUT);
	front_takes(2);
	assert_true(is_given_back(0));
	assert_int_equal(w.ghost[0].moved, 0);
}

static void cx10_an_unlinked_urb_is_judged_by_its_last_answer(void **state)
{
	(void)state;
	params.max_octets = 1024;
	params.hides = 1;
	begin();
	submit(OUT, 2, QUIETLY);
	back_takes(2);
	unlink_urb(0);
	assert_int_equal(w.up_n, 2);
	back_takes(1);
	/* The second fragment comes back first, then the unlink's answer. */
	front_takes(2);
	assert_int_equal(w.ghost[0].state, GHOST_LIVE);
	device_moves(OUT, 1);
	hc_reports(OUT);
	front_takes(1);
	assert_true(is_given_back(0));
	assert_int_equal(w.ghost[0].moved, 1024);
	all_settles();
	assert_int_equal(w.up_n, 0);
}

static void cx11_a_silent_queue_does_not_take_the_last_slot(void **state)
{
	(void)state;
	params.slots = 4;
	begin();
	submit(IN, 1, QUIETLY);
	submit(IN, 1, QUIETLY);
	all_settles();
	assert_true(is_in_hc(0));
	submit(IN2, 1, QUIETLY);
	all_settles();
	assert_true(is_in_hc(2));
	submit(CTRL, 1, QUIETLY);
	all_settles();
	assert_true(is_in_hc(3));
	/* Three of four slots are taken: an unlink still gets through. */
	unlink_urb(0);
	all_settles();
	assert_true(is_given_back(0));
}

/*
 * A front that does not know endpoint queues cannot restart one: what a
 * barrier kept back runs as soon as the front has heard of the short transfer,
 * and not when that is answered.
 */
static void cx12_an_old_front_hears_of_a_short_transfer_first(void **state)
{
	static const struct usbif_bq_config config = {
		.slots = 4, .hc_depth = 2,
	};
	static struct usbif_bq bq;
	struct usbif_bq_admit a = {
		.queue = IN, .flags = USBIF_WIRE_FLAG_SHORT_NOT_OK,
		.in = true, .length = 2048,
	};
	struct usbif_bq_answer answer;
	struct usbif_bq_duty duty;

	(void)state;
	assert_int_equal(usbif_bq_init(&bq, &config), USBIF_OK);
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_BULK, 1024, 0);
	for (a.id = 0; a.id < 2; a.id++)
		assert_int_equal(usbif_bq_admit(&bq,
						(uint16_t)usbif_bq_stage(&bq),
						&a), USBIF_OK);
	assert_true(usbif_bq_next(&bq, &duty));
	assert_false(usbif_bq_next(&bq, &duty));
	assert_int_equal(usbif_bq_done(&bq, 0, USBIF_WIRE_ST_OK, 13), USBIF_OK);
	assert_false(usbif_bq_next(&bq, &duty));
	assert_true(usbif_bq_next_answer(&bq, &answer));
	assert_int_equal(answer.status, USBIF_WIRE_ST_OK);
	assert_int_equal(answer.actual, 13);
	assert_true(usbif_bq_answered(&bq, answer.slot));
	assert_false(usbif_bq_next(&bq, &duty));
	usbif_bq_heard(&bq);
	assert_true(usbif_bq_next(&bq, &duty));
	assert_int_equal(duty.slot, 1);
	assert_true(usbif_bq_valid(&bq));
}

#define STORY(name)	cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(cx1_a_slot_that_gets_free_is_used_by_the_oldest),
		STORY(cx2_an_unlink_finds_a_request_that_waits),
		STORY(cx3_what_waits_behind_a_stop_is_returned),
		STORY(cx4_a_refused_request_is_a_stop),
		STORY(cx4_so_is_a_refused_restart),
		STORY(cx5_an_unlink_of_what_was_not_sent_holds_the_queue),
		STORY(cx5b_so_does_an_unlink_between_fragments),
		STORY(cx6_cancels_begin_at_the_tail),
		STORY(cx7_what_was_cancelled_too_late_is_not_run_again),
		STORY(cx7_nor_is_what_ended_with_a_short_packet),
		STORY(cx7_a_follower_that_moved_in_part_resumes_there),
		STORY(cx7_an_unlink_cancels_nothing_before_its_target),
		STORY(cx8_a_request_of_no_octets_is_alone_in_the_hc),
		STORY(cx8_so_is_a_control_request),
		STORY(cx9_nothing_follows_a_fragment_that_may_fail),
		STORY(cx10_an_unlinked_urb_is_judged_by_its_last_answer),
		STORY(cx11_a_silent_queue_does_not_take_the_last_slot),
		STORY(cx12_an_old_front_hears_of_a_short_transfer_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
