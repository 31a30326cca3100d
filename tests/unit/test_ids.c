/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "support/seen.h"
#include "usbif/ids.h"

static void ids_are_handed_out_from_the_lowest(void **state)
{
	struct usbif_ids ids;

	(void)state;
	usbif_ids_init(&ids, 16);
	assert_int_equal(usbif_ids_alloc(&ids, USBIF_ID_TRANSFER), 0);
	assert_int_equal(usbif_ids_alloc(&ids, USBIF_ID_UNLINK), 1);
	assert_int_equal(usbif_ids_alloc(&ids, USBIF_ID_TRANSFER), 2);
	assert_int_equal(usbif_ids_release(&ids, 1), USBIF_ID_UNLINK);
	assert_int_equal(usbif_ids_alloc(&ids, USBIF_ID_TRANSFER), 1);
	assert_int_equal(ids.in_flight, 3);
	assert_int_equal(ids.unlinks_in_flight, 0);
}

static void an_answer_is_taken_once(void **state)
{
	struct usbif_ids ids, before;

	(void)state;
	usbif_ids_init(&ids, 16);
	usbif_ids_alloc(&ids, USBIF_ID_TRANSFER);
	assert_int_equal(usbif_ids_release(&ids, 0), USBIF_ID_TRANSFER);

	before = ids;
	assert_int_equal(usbif_ids_release(&ids, 0), USBIF_ID_FREE);
	assert_same(&ids, &before);
}

static void an_answer_to_an_id_that_cannot_be_is_refused(void **state)
{
	struct usbif_ids ids, before;

	(void)state;
	usbif_ids_init(&ids, 16);
	before = ids;
	for (uint32_t id = 0; id <= 0xffff; id++) {
		assert_int_equal(usbif_ids_kind(&ids, (uint16_t)id),
				 USBIF_ID_FREE);
		assert_int_equal(usbif_ids_release(&ids, (uint16_t)id),
				 USBIF_ID_FREE);
	}
	assert_same(&ids, &before);
}

/* Every number of slots, so that each edge of the bitmaps' words is met. */
static void a_full_table_gives_no_id_and_empties_again(void **state)
{
	struct usbif_ids ids, full;

	(void)state;
	for (uint16_t slots = 1; slots <= USBIF_MAX_SLOTS; slots++) {
		usbif_ids_init(&ids, slots);
		for (int i = 0; i < slots; i++)
			assert_int_equal(usbif_ids_alloc(&ids,
							 USBIF_ID_UNLINK), i);
		assert_true(usbif_ids_valid(&ids));
		full = ids;
		assert_int_equal(usbif_ids_alloc(&ids, USBIF_ID_TRANSFER),
				 USBIF_E_SPACE);
		assert_same(&ids, &full);
		for (uint16_t i = 0; i < slots; i++)
			usbif_ids_release(&ids, (uint16_t)(slots - 1 - i));
		assert_true(usbif_ids_valid(&ids));
		assert_int_equal(ids.in_flight, 0);
	}
}

static void of_a_full_table_each_id_can_be_given_back(void **state)
{
	struct usbif_ids ids;

	(void)state;
	usbif_ids_init(&ids, USBIF_MAX_SLOTS);
	while (usbif_ids_alloc(&ids, USBIF_ID_TRANSFER) >= 0)
		;
	for (uint16_t id = 0; id < USBIF_MAX_SLOTS; id++) {
		usbif_ids_release(&ids, id);
		assert_true(usbif_ids_valid(&ids));
		assert_int_equal(usbif_ids_alloc(&ids, USBIF_ID_UNLINK), id);
		assert_true(usbif_ids_valid(&ids));
	}
}

static void a_damaged_table_is_not_valid(void **state)
{
	struct usbif_ids good, bad;

	(void)state;
	usbif_ids_init(&bad, 0);
	assert_false(usbif_ids_valid(&bad));
	usbif_ids_init(&good, 16);
	usbif_ids_alloc(&good, USBIF_ID_UNLINK);
	assert_true(usbif_ids_valid(&good));

	bad = good, bad.slots = 0;
	assert_false(usbif_ids_valid(&bad));
	bad = good, bad.slots = USBIF_MAX_SLOTS + 1;
	assert_false(usbif_ids_valid(&bad));
	bad = good, bad.in_flight = 2;
	assert_false(usbif_ids_valid(&bad));
	bad = good, bad.unlinks_in_flight = 0;
	assert_false(usbif_ids_valid(&bad));
	bad = good, bad.busy[0] |= 1u << 16, bad.in_flight++;
	assert_false(usbif_ids_valid(&bad));
	bad = good, bad.room = 1;
	assert_false(usbif_ids_valid(&bad));
	bad = good, bad.unlinks[0] = 2;
	assert_false(usbif_ids_valid(&bad));
}

static void alloc_from(struct seen *seen, const struct usbif_ids *from,
		       enum usbif_id_kind kind)
{
	struct usbif_ids ids = *from;
	int id = usbif_ids_alloc(&ids, kind);

	if (id == USBIF_E_SPACE) {
		assert_int_equal(ids.in_flight, ids.slots);
		assert_same(&ids, from);
		return;
	}
	assert_int_equal(usbif_ids_kind(from, (uint16_t)id), USBIF_ID_FREE);
	assert_int_equal(usbif_ids_kind(&ids, (uint16_t)id), kind);
	for (uint16_t lower = 0; lower < id; lower++)
		assert_int_not_equal(usbif_ids_kind(from, lower),
				     USBIF_ID_FREE);
	assert_true(usbif_ids_valid(&ids));
	seen_add(seen, &ids);
}

static void release_from(struct seen *seen, const struct usbif_ids *from,
			 uint16_t id)
{
	struct usbif_ids ids = *from;
	enum usbif_id_kind kind = usbif_ids_kind(from, id);

	assert_int_equal(usbif_ids_release(&ids, id), kind);
	if (kind == USBIF_ID_FREE)
		assert_same(&ids, from);
	assert_int_equal(usbif_ids_kind(&ids, id), USBIF_ID_FREE);
	assert_true(usbif_ids_valid(&ids));
	seen_add(seen, &ids);
}

static void all_states_of_six_slots_are_reached_and_valid(void **state)
{
	struct usbif_ids ids;
	struct seen seen;

	(void)state;
	seen_init(&seen, sizeof(ids), 1000);
	usbif_ids_init(&ids, 6);
	seen_add(&seen, &ids);
	for (size_t i = 0; i < seen.count; i++) {
		const struct usbif_ids *from = seen_at(&seen, i);

		alloc_from(&seen, from, USBIF_ID_TRANSFER);
		alloc_from(&seen, from, USBIF_ID_UNLINK);
		for (uint16_t id = 0; id < 8; id++)
			release_from(&seen, from, id);
	}
	/* Each id is free, a transfer or an unlink: 3^6. */
	assert_int_equal(seen.count, 729);
	seen_free(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_handed_out_from_the_lowest),
		cmocka_unit_test(an_answer_is_taken_once),
		cmocka_unit_test(an_answer_to_an_id_that_cannot_be_is_refused),
		cmocka_unit_test(a_full_table_gives_no_id_and_empties_again),
		cmocka_unit_test(of_a_full_table_each_id_can_be_given_back),
		cmocka_unit_test(a_damaged_table_is_not_valid),
		cmocka_unit_test(all_states_of_six_slots_are_reached_and_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
