/* SPDX-License-Identifier: MIT */
/* examples/stream/frame.c: what is a frame, and what is not. */
#include "support/test.h"

#include "frame.h"

static uint8_t data[FRAME_MAX_DATA];

static const struct frame good[] = {
	{ .kind = FRAME_HELLO, .flags = 1, .length = 16 },
	{ .kind = FRAME_SUBMIT, .ep = FRAME_IN | 3, .flags = 3, .id = 0xfffe,
	  .length = FRAME_MAX_DATA },
	{ .kind = FRAME_SUBMIT, .ep = 2, .id = 7, .length = 5, .data = data },
	{ .kind = FRAME_SUBMIT, .ep = 15, .length = 0, .data = data },
	{ .kind = FRAME_UNLINK, .ep = FRAME_IN | 1, .id = 8, .target = 7 },
	{ .kind = FRAME_ANSWER, .ep = FRAME_IN | 1, .id = 9, .status = -121,
	  .length = 100, .data = data },
	{ .kind = FRAME_ANSWER, .ep = 2, .id = 9, .length = 4096 },
};

static void every_kind_comes_back_as_it_was(void **state)
{
	uint8_t octets[FRAME_MAX];
	struct frame f;
	size_t i, n, have;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (i = 0; i < COUNT_OF(good); i++) {
		n = frame_encode(&good[i], octets);
		for (have = 0; have < n; have++)
			assert_int_equal(frame_decode(octets, have, &f), 0);
		assert_int_equal(frame_decode(octets, n, &f), n);
		assert_int_equal(f.kind, good[i].kind);
		assert_int_equal(f.ep, good[i].ep);
		assert_int_equal(f.flags, good[i].flags);
		assert_int_equal(f.id, good[i].id);
		assert_int_equal(f.target, good[i].target);
		assert_int_equal(f.status, good[i].status);
		assert_int_equal(f.length, good[i].length);
		assert_int_equal(n - FRAME_HEADER, frame_data(&f));
		assert_memory_equal(f.data, data, frame_data(&f));
	}
}

static void numbers_are_in_network_order(void **state)
{
	const struct frame f = { .kind = FRAME_ANSWER, .ep = 1, .flags = 0x0102,
				 .id = 0x0304, .target = 0x0506, .status = -2,
				 .length = 0x0708 };
	static const uint8_t octets[] = {
		0, 0, 0, 16, 4, 1, 1, 2, 3, 4, 5, 6,
		0xff, 0xff, 0xff, 0xfe, 0, 0, 7, 8 };
	uint8_t got[FRAME_MAX];

	(void)state;
	assert_int_equal(frame_encode(&f, got), sizeof(octets));
	assert_memory_equal(got, octets, sizeof(octets));
}

/* Each changes one octet of a good SUBMIT, OUT, of 5 octets. */
static void what_is_no_frame(void **state)
{
	static const struct { uint8_t at, value; size_t have; } lies[] = {
		{ 0, 0x80, 4 },		/* 2 GiB, known at once */
		{ 2, 0x20, 4 },
		{ 3, 15, 4 },		/* less than a header */
		{ 3, 16, 20 },		/* no data */
		{ 3, 20, 24 },		/* fewer than length says */
		{ 4, 0, 25 }, { 4, 5, 25 }, { 4, 255, 25 },	/* kind */
		{ 4, FRAME_UNLINK, 25 },	/* has no data */
		{ 4, FRAME_HELLO, 25 },
		{ 5, FRAME_IN | 2, 25 },	/* an IN has no data either */
		{ 5, 0x12, 25 },		/* reserved bits */
		{ 16, 1, 25 }, { 18, 1, 25 }, { 19, 4, 25 }, { 19, 6, 25 },
	};
	uint8_t octets[FRAME_MAX];
	struct frame f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(lies); i++) {
		assert_int_equal(frame_encode(&good[2], octets), 25);
		octets[lies[i].at] = lies[i].value;
		assert_int_equal(frame_decode(octets, lies[i].have, &f), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back_as_it_was),
		cmocka_unit_test(numbers_are_in_network_order),
		cmocka_unit_test(what_is_no_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
