/* SPDX-License-Identifier: MIT */
/* A ring whose other side writes whatever it likes into the shared pages. */
#include "support/test.h"

#include "support/pair.h"
#include "support/random.h"

static struct pair pair;

static int open_ring(void **state)
{
	(void)state;
	pair_open(&pair, 1, USBIF_WIRE_URB_OCTETS);
	return 0;
}

static int close_ring(void **state)
{
	(void)state;
	pair_close(&pair);
	return 0;
}

static const uint32_t bases[] = { 0, 5, 0x7ffffff8, 0xfffffff0, 0xffffffff };

/* Distances that no honest peer's index has. */
static const uint32_t far[] = { 17, 18, 100, 0x7fffffff, 0x80000000,
				0x80000001, 0xffff0000, 0xfffffff0, 0xfffffffe,
				0xffffffff };

/* A back that took some requests, answered a few and published fewer. */
static void set_back(uint32_t base, uint32_t taken, uint32_t put,
		     uint32_t told)
{
	pair_jump(&pair, base);
	pair.back.req_seq = base + taken;
	pair.back.rsp_seq = base + put;
	pair.back.told_seq = base + told;
	assert_true(usbif_ring_valid(&pair.back));
}

/* A front that put some requests, published fewer and got a few answers. */
static void set_front(uint32_t base, uint32_t put, uint32_t told,
		      uint32_t answered)
{
	pair_jump(&pair, base);
	pair.front.req_seq = base + put;
	pair.front.told_seq = base + told;
	pair.front.rsp_seq = base + answered;
	assert_true(usbif_ring_valid(&pair.front));
}

static void expect_back(uint32_t prod, int expected)
{
	struct usbif_ring before = pair.back;
	uint32_t value;

	shared_set(&pair.mem, USBIF_WIRE_REQ_PROD, prod);
	assert_int_equal(back_take(&pair, &value), expected);
	assert_int_equal(pair.back.broken, expected < 0);
	assert_int_equal(pair.back.req_seq, before.req_seq + (expected > 0));
	assert_true(usbif_ring_valid(&pair.back));
	pair.back = before;
}

static void expect_front(uint32_t prod, int expected)
{
	struct usbif_ring before = pair.front;
	uint32_t value;

	shared_set(&pair.mem, USBIF_WIRE_RSP_PROD, prod);
	assert_int_equal(front_take(&pair, &value), expected);
	assert_int_equal(pair.front.broken, expected < 0);
	assert_int_equal(pair.front.rsp_seq, before.rsp_seq + (expected > 0));
	assert_true(usbif_ring_valid(&pair.front));
	pair.front = before;
}

/*
 * A front may have shown, beyond what was taken, as many requests as there
 * are slots whose answers it has been shown: no more, and never fewer than
 * were taken.
 */
static void back_in_state(uint32_t base, uint32_t taken, uint32_t put,
			  uint32_t told)
{
	uint32_t limit = 16 - (taken - told);

	set_back(base, taken, put, told);
	for (uint32_t ahead = 0; ahead <= 16; ahead++) {
		int expected = ahead > limit ? USBIF_E_PEER : ahead > 0;

		expect_back(base + taken + ahead, expected);
	}
	for (size_t i = 0; i < COUNT_OF(far); i++)
		expect_back(base + taken + far[i], USBIF_E_PEER);
}

static void a_back_refuses_every_impossible_request_index(void **state)
{
	(void)state;
	for (size_t b = 0; b < COUNT_OF(bases); b++)
		for (uint32_t taken = 0; taken <= 16; taken++)
			for (uint32_t put = 0; put <= taken; put++)
				for (uint32_t told = 0; told <= put; told++)
					back_in_state(bases[b], taken, put,
						      told);
}

/* A back may have answered what it was shown, and nothing else. */
static void front_in_state(uint32_t base, uint32_t put, uint32_t told,
			   uint32_t answered)
{
	uint32_t limit = told - answered;

	set_front(base, put, told, answered);
	for (uint32_t ahead = 0; ahead <= 16; ahead++) {
		int expected = ahead > limit ? USBIF_E_PEER : ahead > 0;

		expect_front(base + answered + ahead, expected);
	}
	for (size_t i = 0; i < COUNT_OF(far); i++)
		expect_front(base + answered + far[i], USBIF_E_PEER);
}

static void a_front_refuses_every_impossible_answer_index(void **state)
{
	(void)state;
	for (size_t b = 0; b < COUNT_OF(bases); b++)
		for (uint32_t put = 0; put <= 16; put++)
			for (uint32_t told = 0; told <= put; told++)
				for (uint32_t got = 0; got <= told; got++)
					front_in_state(bases[b], put, told,
						       got);
}

static void an_index_that_moves_back_is_caught(void **state)
{
	uint32_t value;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		front_put(&pair, i);
	usbif_ring_push(&pair.front, pair.mem.front);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(back_take(&pair, &value), 1);

	/* Still within a ring's length of what the back has answered. */
	shared_set(&pair.mem, USBIF_WIRE_REQ_PROD, 2);
	assert_int_equal(back_take(&pair, &value), USBIF_E_PEER);
}

/* Which event is asked for is the front's word, too: any number. */
static void the_front_has_heard_when_it_wants_a_later_event(void **state)
{
	static const uint32_t seq = 3;

	(void)state;
	shared_set(&pair.mem, USBIF_WIRE_RSP_EVENT, seq);
	assert_int_equal(usbif_ring_heard(&pair.back, pair.mem.back, seq), 0);
	shared_set(&pair.mem, USBIF_WIRE_RSP_EVENT, seq + 1);
	assert_int_equal(usbif_ring_heard(&pair.back, pair.mem.back, seq), 1);
	shared_set(&pair.mem, USBIF_WIRE_RSP_EVENT, seq + 0x80000000u);
	assert_int_equal(usbif_ring_heard(&pair.back, pair.mem.back, seq), 1);
	shared_set(&pair.mem, USBIF_WIRE_RSP_EVENT, seq + 0x80000001u);
	assert_int_equal(usbif_ring_heard(&pair.back, pair.mem.back, seq), 0);
}

static void sleeping_judges_the_index_too(void **state)
{
	(void)state;
	shared_set(&pair.mem, USBIF_WIRE_REQ_PROD, 17);
	shared_set(&pair.mem, USBIF_WIRE_RSP_PROD, 1);
	assert_int_equal(usbif_ring_heard(&pair.back, pair.mem.back, 0),
			 USBIF_E_PEER);
	assert_int_equal(usbif_ring_sleep(&pair.back, pair.mem.back),
			 USBIF_E_PEER);
	assert_int_equal(usbif_ring_sleep(&pair.front, pair.mem.front),
			 USBIF_E_PEER);
	assert_true(pair.back.broken);
	assert_true(pair.front.broken);
}

static void a_broken_ring_stays_broken_and_writes_nothing(void **state)
{
	uint8_t before[4096];
	uint32_t value;

	(void)state;
	front_put(&pair, 1);
	shared_set(&pair.mem, USBIF_WIRE_RSP_PROD, 1);
	assert_int_equal(front_take(&pair, &value), USBIF_E_PEER);

	shared_set(&pair.mem, USBIF_WIRE_RSP_PROD, 0);
	shared_set(&pair.mem, USBIF_WIRE_RSP_EVENT, 77);
	memcpy(before, pair.mem.front, sizeof(before));
	assert_int_equal(front_take(&pair, &value), USBIF_E_PEER);
	assert_int_equal(front_put(&pair, 1), USBIF_E_PEER);
	assert_int_equal(usbif_ring_sleep(&pair.front, pair.mem.front),
			 USBIF_E_PEER);
	assert_false(usbif_ring_push(&pair.front, pair.mem.front));
	assert_memory_equal(before, pair.mem.front, sizeof(before));
}

static void own_indices_in_the_shared_page_are_never_believed(void **state)
{
	uint32_t value;

	(void)state;
	front_put(&pair, 1);
	usbif_ring_push(&pair.front, pair.mem.front);
	shared_set(&pair.mem, USBIF_WIRE_REQ_PROD, 0xdeadbeef);
	front_put(&pair, 2);
	/* Between index 1 and 2 nobody asked for an event. */
	assert_false(usbif_ring_push(&pair.front, pair.mem.front));
	assert_int_equal(shared_get(&pair.mem, USBIF_WIRE_REQ_PROD), 2);
	assert_int_equal(back_take(&pair, &value), 1);
	assert_int_equal(value, 1);
}

static void an_entry_may_change_once_it_was_taken(void **state)
{
	uint32_t value = 0;

	(void)state;
	front_put(&pair, 77);
	usbif_ring_push(&pair.front, pair.mem.front);
	back_take(&pair, &value);
	memset((uint8_t *)pair.mem.front + 64, 0xff, 4096 - 64);
	assert_int_equal(value, 77);
}

/* One call of one side, chosen by chance; the header holds noise. */
static void random_call(struct usbif_ring *r, void *shared, uint32_t *noise)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	uint32_t octets = next_random(noise) % (sizeof(entry) + 1);

	switch (next_random(noise) % 4) {
	case 0:
		memset(entry, 0, sizeof(entry));
		usbif_ring_put(r, shared, entry, octets);
		break;
	case 1:
		usbif_ring_take(r, shared, entry, octets);
		break;
	case 2:
		usbif_ring_push(r, shared);
		break;
	default:
		usbif_ring_sleep(r, shared);
		break;
	}
}

/* Header words near the truth, so that calls get past the first check. */
static void random_header(const struct usbif_ring *r, uint32_t *noise)
{
	for (uint32_t at = 0; at < 16; at += 4) {
		uint32_t word = r->req_seq + next_random(noise) % 40 - 20;

		if (next_random(noise) % 8 == 0)
			word = next_random(noise);
		shared_set(&pair.mem, at, word);
	}
}

static void no_contents_of_the_pages_make_the_ring_invalid(void **state)
{
	uint32_t noise = 7;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		struct usbif_ring *r = i % 2 ? &pair.front : &pair.back;
		void *shared = i % 2 ? pair.mem.front : pair.mem.back;

		random_header(r, &noise);
		random_call(r, shared, &noise);
		assert_true(usbif_ring_valid(r));
		r->broken = r->broken && next_random(&noise) % 2;
	}
}

#define ring_test(story) \
	cmocka_unit_test_setup_teardown(story, open_ring, close_ring)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ring_test(a_back_refuses_every_impossible_request_index),
		ring_test(a_front_refuses_every_impossible_answer_index),
		ring_test(an_index_that_moves_back_is_caught),
		ring_test(the_front_has_heard_when_it_wants_a_later_event),
		ring_test(sleeping_judges_the_index_too),
		ring_test(a_broken_ring_stays_broken_and_writes_nothing),
		ring_test(own_indices_in_the_shared_page_are_never_believed),
		ring_test(an_entry_may_change_once_it_was_taken),
		ring_test(no_contents_of_the_pages_make_the_ring_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
