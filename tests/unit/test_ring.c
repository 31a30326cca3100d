/* SPDX-License-Identifier: MIT */
/* A ring between two honest sides. */
#include "support/test.h"

#include "support/pair.h"

#define LAST_LAP 0xfffffff8u	/* the counters wrap after eight entries */

static struct pair pair;

static int open_urb_ring(void **state)
{
	(void)state;
	pair_open(&pair, 1, USBIF_WIRE_URB_OCTETS);
	return 0;
}

static int open_conn_ring(void **state)
{
	(void)state;
	pair_open(&pair, 1, USBIF_WIRE_CONN_OCTETS);
	return 0;
}

static int close_ring(void **state)
{
	(void)state;
	pair_close(&pair);
	return 0;
}

static bool front_push(void)
{
	return usbif_ring_push(&pair.front, pair.mem.front);
}

static bool back_push(void)
{
	return usbif_ring_push(&pair.back, pair.mem.back);
}

static int front_sleep(void)
{
	return usbif_ring_sleep(&pair.front, pair.mem.front);
}

static int back_sleep(void)
{
	return usbif_ring_sleep(&pair.back, pair.mem.back);
}

static void the_number_of_slots_is_the_power_of_two_that_fits(void **state)
{
	static const uint16_t urb[] = { 16, 32, 64, 64, 128, 128, 128, 128,
					128, 256, 256, 256, 256, 256, 256,
					256 };
	(void)state;
	for (uint32_t pages = 1; pages <= 16; pages++) {
		uint32_t fit = (pages * 4096 - 64) / 4;
		uint16_t conn = usbif_ring_slots(pages, 4);

		assert_int_equal(usbif_ring_slots(pages, 148), urb[pages - 1]);
		assert_true(conn <= fit && conn * 2u > fit);
		assert_int_equal(conn & (conn - 1), 0);
	}
	assert_int_equal(usbif_ring_slots(1, 4), 512);
	assert_int_equal(usbif_ring_slots(16, 1), 32768);
	assert_int_equal(usbif_ring_slots(1, 63), 64);	/* to the last octet */
	assert_int_equal(usbif_ring_slots(1, 255), 8);
}

static void an_impossible_ring_has_no_slots(void **state)
{
	(void)state;
	assert_int_equal(usbif_ring_slots(0, 148), 0);
	assert_int_equal(usbif_ring_slots(17, 148), 0);
	assert_int_equal(usbif_ring_slots(UINT32_MAX, 148), 0);
	assert_int_equal(usbif_ring_slots(1, 0), 0);
	assert_int_equal(usbif_ring_slots(1, 256), 0);
	assert_int_equal(usbif_ring_slots(1, UINT32_MAX), 0);
}

static void a_fresh_ring_is_empty_and_asks_for_the_first_event(void **state)
{
	uint32_t value;

	(void)state;
	memset(pair.mem.front, 0xff, USBIF_WIRE_RSP_EVENT + 4);
	usbif_ring_front_init(&pair.front, pair.mem.front, 1,
			      USBIF_WIRE_URB_OCTETS);
	assert_int_equal(shared_get(&pair.mem, USBIF_WIRE_REQ_PROD), 0);
	assert_int_equal(shared_get(&pair.mem, USBIF_WIRE_REQ_EVENT), 1);
	assert_int_equal(shared_get(&pair.mem, USBIF_WIRE_RSP_PROD), 0);
	assert_int_equal(shared_get(&pair.mem, USBIF_WIRE_RSP_EVENT), 1);
	assert_true(usbif_ring_valid(&pair.front));
	assert_true(usbif_ring_valid(&pair.back));
	assert_int_equal(usbif_ring_front_room(&pair.front), 16);
	assert_int_equal(usbif_ring_back_unanswered(&pair.back), 0);
	assert_int_equal(back_take(&pair, &value), 0);
	assert_int_equal(front_take(&pair, &value), 0);
}

static void a_request_goes_over_and_its_answer_comes_back(void **state)
{
	uint32_t value = 0;

	(void)state;
	assert_int_equal(front_put(&pair, 11), USBIF_OK);
	assert_int_equal(back_take(&pair, &value), 0);
	assert_true(front_push());
	assert_int_equal(back_take(&pair, &value), 1);
	assert_int_equal(value, 11);
	assert_int_equal(back_take(&pair, &value), 0);
	assert_int_equal(usbif_ring_back_unanswered(&pair.back), 1);

	assert_int_equal(back_put(&pair, 22), USBIF_OK);
	assert_int_equal(front_take(&pair, &value), 0);
	assert_true(back_push());
	assert_int_equal(front_take(&pair, &value), 1);
	assert_int_equal(value, 22);
	assert_int_equal(usbif_ring_front_room(&pair.front), 16);
}

static void a_full_ring_takes_no_request(void **state)
{
	struct usbif_ring full;
	uint32_t value;

	(void)state;
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(front_put(&pair, i), USBIF_OK);
	full = pair.front;
	assert_int_equal(front_put(&pair, 16), USBIF_E_SPACE);
	assert_same(&pair.front, &full);

	front_push();
	for (uint32_t i = 0; i < 16; i++) {
		assert_int_equal(back_take(&pair, &value), 1);
		assert_int_equal(value, i);
	}
	assert_int_equal(back_take(&pair, &value), 0);
	assert_int_equal(usbif_ring_back_unanswered(&pair.back), 16);
}

static void an_answer_needs_a_request_that_was_taken(void **state)
{
	uint32_t value;

	(void)state;
	assert_int_equal(back_put(&pair, 0), USBIF_E_SPACE);
	front_put(&pair, 1);
	front_push();
	assert_int_equal(back_put(&pair, 0), USBIF_E_SPACE);
	back_take(&pair, &value);
	assert_int_equal(back_put(&pair, 0), USBIF_OK);
	assert_int_equal(back_put(&pair, 0), USBIF_E_SPACE);
}

static void an_entry_larger_than_a_slot_is_the_callers_bug(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS + 1] = { 0 };

	(void)state;
	assert_int_equal(usbif_ring_put(&pair.front, pair.mem.front, entry,
					sizeof(entry)), USBIF_E_ARG);
	assert_int_equal(usbif_ring_take(&pair.front, pair.mem.front, entry,
					 sizeof(entry)), USBIF_E_ARG);
	assert_int_equal(usbif_ring_put(&pair.front, pair.mem.front, entry,
					sizeof(entry) - 1), USBIF_OK);
}

static void every_octet_of_every_slot_gets_through(void **state)
{
	uint8_t sent[USBIF_WIRE_URB_OCTETS], got[USBIF_WIRE_URB_OCTETS];
	uint32_t value;

	(void)state;
	for (uint32_t lap = 0; lap < 40; lap++) {
		for (uint32_t i = 0; i < sizeof(sent); i++)
			sent[i] = (uint8_t)(lap * 7 + i);
		usbif_ring_put(&pair.front, pair.mem.front, sent,
			       sizeof(sent));
		front_push();
		assert_int_equal(usbif_ring_take(&pair.back, pair.mem.back,
						 got, sizeof(got)), 1);
		assert_memory_equal(sent, got, sizeof(sent));
		back_put(&pair, lap);
		back_push();
		front_take(&pair, &value);
	}
}

/* The last slot of the largest ring ends within its pages: ASan watches. */
static void the_largest_ring_stays_within_its_pages(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS] = { 0 };
	struct pair large;

	(void)state;
	pair_open(&large, 16, USBIF_WIRE_URB_OCTETS);
	while (usbif_ring_front_room(&large.front) > 0)
		assert_int_equal(usbif_ring_put(&large.front, large.mem.front,
						entry, sizeof(entry)), 0);
	assert_int_equal(large.front.req_seq, 256);
	pair_close(&large);
}

/* Bursts of every size, all the way over the wrap of the 32-bit counters. */
static void counters_wrap_without_notice(void **state)
{
	uint32_t sent = 0, taken = 0, answered = 0, value;

	(void)state;
	for (uint32_t burst = 1; burst <= 16; burst++) {
		pair_jump(&pair, LAST_LAP);
		for (uint32_t lap = 0; lap < 5; lap++) {
			for (uint32_t i = 0; i < burst; i++)
				assert_int_equal(front_put(&pair, sent++), 0);
			front_push();
			while (back_take(&pair, &value) == 1) {
				assert_int_equal(value, taken++);
				assert_int_equal(back_put(&pair, ~value), 0);
			}
			back_push();
			while (front_take(&pair, &value) == 1)
				assert_int_equal(~value, answered++);
			assert_int_equal(answered, sent);
			assert_true(usbif_ring_valid(&pair.front));
			assert_true(usbif_ring_valid(&pair.back));
		}
	}
	assert_true(pair.front.req_seq < LAST_LAP);
}

static void a_sleeper_is_woken_by_the_first_entry_only(void **state)
{
	uint32_t value;

	(void)state;
	assert_int_equal(back_sleep(), 0);
	front_put(&pair, 1);
	assert_true(front_push());
	front_put(&pair, 2);
	assert_false(front_push());

	/* It looks once more before it sleeps, and finds them. */
	assert_int_equal(back_take(&pair, &value), 1);
	assert_int_equal(back_sleep(), 1);
	assert_int_equal(back_take(&pair, &value), 1);
	assert_int_equal(back_sleep(), 0);
	front_put(&pair, 3);
	assert_true(front_push());
}

static void a_front_sleeps_and_is_woken_in_the_same_way(void **state)
{
	uint32_t value;

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		front_put(&pair, i);
	front_push();
	for (uint32_t i = 0; i < 3; i++) {
		back_take(&pair, &value);
		back_put(&pair, value);
	}
	assert_int_equal(front_sleep(), 0);
	assert_true(back_push());
	front_take(&pair, &value);
	assert_int_equal(front_sleep(), 1);
	front_take(&pair, &value);
	front_take(&pair, &value);
	assert_int_equal(front_sleep(), 0);

	front_put(&pair, 3);
	front_push();
	back_take(&pair, &value);
	back_put(&pair, value);
	assert_true(back_push());
}

static void pushing_nothing_is_silent(void **state)
{
	(void)state;
	assert_false(front_push());
	assert_false(back_push());
	front_put(&pair, 1);
	assert_true(front_push());
	assert_false(front_push());
}

/*
 * The peer asked for an event at some index: a notification is due exactly if
 * that index is passed by this push.  All positions around all bursts, at the
 * wrap too.
 */
static void a_notification_is_sent_exactly_when_asked_for(void **state)
{
	(void)state;
	for (uint32_t fresh = 1; fresh <= 16; fresh++) {
		for (int32_t ahead = -20; ahead <= 40; ahead++) {
			bool due = ahead >= 1 && ahead <= (int32_t)fresh;

			pair_jump(&pair, LAST_LAP);
			shared_set(&pair.mem, USBIF_WIRE_REQ_EVENT,
				   LAST_LAP + (uint32_t)ahead);
			for (uint32_t i = 0; i < fresh; i++)
				front_put(&pair, i);
			assert_int_equal(front_push(), due);
		}
	}
}

static void the_event_ring_works_with_its_small_entries(void **state)
{
	uint8_t posted[USBIF_WIRE_CONN_REQ_OCTETS] = { 7, 0 };
	uint8_t event[USBIF_WIRE_CONN_OCTETS] = { 7, 0, 1, 3 }, got[4];

	(void)state;
	while (usbif_ring_front_room(&pair.front) > 0)
		usbif_ring_put(&pair.front, pair.mem.front, posted,
			       sizeof(posted));
	assert_int_equal(pair.front.req_seq, 512);
	front_push();
	for (uint32_t i = 0; i < 512; i++) {
		assert_int_equal(usbif_ring_take(&pair.back, pair.mem.back,
						 got, sizeof(posted)), 1);
		assert_int_equal(usbif_ring_put(&pair.back, pair.mem.back,
						event, sizeof(event)), 0);
		back_push();
		assert_int_equal(usbif_ring_take(&pair.front, pair.mem.front,
						 got, sizeof(got)), 1);
		assert_memory_equal(got, event, sizeof(event));
	}
}

static void impossible_private_indices_are_not_valid(void **state)
{
	struct usbif_ring front, back, good;

	(void)state;
	usbif_ring_front_init(&front, pair.mem.front, 1, 148);
	good = front;
	front = good, front.slots = 0;
	assert_false(usbif_ring_valid(&front));
	front = good, front.slots = 24;
	assert_false(usbif_ring_valid(&front));
	front = good, front.slots = 1;
	assert_true(usbif_ring_valid(&front));
	front = good, front.entry_octets = 0;
	assert_false(usbif_ring_valid(&front));
	front = good, front.req_seq = 17;
	assert_false(usbif_ring_valid(&front));
	front = good, front.told_seq = 1;
	assert_false(usbif_ring_valid(&front));

	usbif_ring_back_init(&back, 1, 148);
	good = back;
	back = good, back.rsp_seq = 1;
	assert_false(usbif_ring_valid(&back));
	back = good, back.req_seq = 16, back.rsp_seq = 8, back.told_seq = 0;
	assert_true(usbif_ring_valid(&back));
	back.told_seq = (uint32_t)-1;
	assert_false(usbif_ring_valid(&back));
}

#define urb_test(story) \
	cmocka_unit_test_setup_teardown(story, open_urb_ring, close_ring)
#define conn_test(story) \
	cmocka_unit_test_setup_teardown(story, open_conn_ring, close_ring)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_number_of_slots_is_the_power_of_two_that_fits),
		cmocka_unit_test(an_impossible_ring_has_no_slots),
		urb_test(a_fresh_ring_is_empty_and_asks_for_the_first_event),
		urb_test(a_request_goes_over_and_its_answer_comes_back),
		urb_test(a_full_ring_takes_no_request),
		urb_test(an_answer_needs_a_request_that_was_taken),
		urb_test(an_entry_larger_than_a_slot_is_the_callers_bug),
		urb_test(every_octet_of_every_slot_gets_through),
		cmocka_unit_test(the_largest_ring_stays_within_its_pages),
		urb_test(counters_wrap_without_notice),
		urb_test(a_sleeper_is_woken_by_the_first_entry_only),
		urb_test(a_front_sleeps_and_is_woken_in_the_same_way),
		urb_test(pushing_nothing_is_silent),
		urb_test(a_notification_is_sent_exactly_when_asked_for),
		conn_test(the_event_ring_works_with_its_small_entries),
		urb_test(impossible_private_indices_are_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
