/* SPDX-License-Identifier: MIT */
/*
 * Both sides on CPUs of their own, at full speed: an entry seen before its
 * slot was written, or a wake-up that was lost, ends this test.
 */
#include "support/test.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "support/pair.h"

#define REQUESTS 30000u
#define ENTRY_WORDS (USBIF_WIRE_URB_OCTETS / 4)

static struct pair pair;
static sem_t front_event, back_event;

/* False if nobody called for far longer than it could take. */
static bool wait_for(sem_t *event)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += 20;
	return sem_timedwait(event, &limit) == 0;
}

/* Every word of the entry depends on its number, so a torn one shows. */
static void fill(uint32_t *entry, uint32_t number)
{
	for (uint32_t i = 0; i < ENTRY_WORDS; i++)
		entry[i] = number * 31 + i;
}

static bool is_filled(const uint32_t *entry, uint32_t number)
{
	uint32_t expected[ENTRY_WORDS];

	fill(expected, number);
	return memcmp(entry, expected, sizeof(expected)) == 0;
}

/* Answers all requests in order.  Returns NULL if all was as it should. */
static void *run_back(void *unused)
{
	uint32_t entry[ENTRY_WORDS], done = 0;

	(void)unused;
	while (done < REQUESTS) {
		while (usbif_ring_take(&pair.back, pair.mem.back, entry,
				       sizeof(entry)) == 1) {
			if (!is_filled(entry, done))
				return "a request was torn or out of order";
			fill(entry, ~done++);
			usbif_ring_put(&pair.back, pair.mem.back, entry,
				       sizeof(entry));
		}
		if (usbif_ring_push(&pair.back, pair.mem.back))
			sem_post(&front_event);
		if (done < REQUESTS &&
		    usbif_ring_sleep(&pair.back, pair.mem.back) == 0 &&
		    !wait_for(&back_event))
			return "the back was not woken";
	}
	return NULL;
}

static void *take_answers(uint32_t *answered)
{
	uint32_t entry[ENTRY_WORDS];

	while (usbif_ring_take(&pair.front, pair.mem.front, entry,
			       sizeof(entry)) == 1) {
		if (!is_filled(entry, ~*answered))
			return "an answer was torn or out of order";
		(*answered)++;
	}
	return NULL;
}

static void *run_front(void *unused)
{
	uint32_t entry[ENTRY_WORDS], sent = 0, answered = 0;

	(void)unused;
	while (answered < REQUESTS) {
		void *fault;

		while (sent < REQUESTS &&
		       usbif_ring_front_room(&pair.front) > 0) {
			fill(entry, sent++);
			usbif_ring_put(&pair.front, pair.mem.front, entry,
				       sizeof(entry));
		}
		if (usbif_ring_push(&pair.front, pair.mem.front))
			sem_post(&back_event);
		if (usbif_ring_sleep(&pair.front, pair.mem.front) == 0 &&
		    !wait_for(&front_event))
			return "the front was not woken";
		fault = take_answers(&answered);
		if (fault)
			return fault;
	}
	return NULL;
}

static void nothing_is_torn_and_no_wake_up_is_lost(void **state)
{
	pthread_t back_thread;
	void *back_says, *front_says;

	(void)state;
	pair_open(&pair, 1, USBIF_WIRE_URB_OCTETS);
	pair_jump(&pair, 0xffffff00);
	sem_init(&front_event, 0, 0);
	sem_init(&back_event, 0, 0);
	assert_int_equal(pthread_create(&back_thread, NULL, run_back, NULL),
			 0);
	front_says = run_front(NULL);
	pthread_join(back_thread, &back_says);
	assert_ptr_equal(front_says, NULL);
	assert_ptr_equal(back_says, NULL);
	pair_close(&pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_torn_and_no_wake_up_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
