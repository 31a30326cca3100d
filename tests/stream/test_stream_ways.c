/* SPDX-License-Identifier: MIT */
/*
 * examples/stream as a whole: which way does which workload right.  What goes
 * wrong without the queues has to go wrong, or the workload shows nothing.
 */
#include "support/test.h"

#include "workloads.h"

static const struct workload *find(const char *name)
{
	uint32_t i;

	for (i = 0; i < WORKLOADS; i++)
		if (strcmp(workloads[i].name, name) == 0)
			return &workloads[i];
	fail_msg("no workload %s", name);
	return NULL;
}

static void queues_do_all_of_them_right(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < WORKLOADS; i++) {
		assert_true(workload_run(&workloads[i], &client_queues, false));
		assert_true(workload_run(&workloads[i], &client_alone, false));
	}
}

static void at_once_messages_are_swallowed(void **state)
{
	(void)state;
	assert_false(workload_run(find("messages"), &client_at_once, false));
	assert_false(workload_run(find("kept"), &client_at_once, false));
}

static void at_once_parts_change_their_order(void **state)
{
	(void)state;
	assert_false(workload_run(find("error"), &client_at_once, false));
}

static void at_once_a_silent_device_is_unlinked(void **state)
{
	(void)state;
	assert_true(workload_run(find("silent"), &client_at_once, false));
}

#define LONG	6000u

/* The octets of a long write come back in one long read. */
static bool run_long(struct client *c)
{
	static uint8_t out[LONG], in[8192];
	struct urb urb = { .ep = 2, .buffer = out, .length = 1 };
	uint32_t i;

	for (i = 0; i < LONG; i++)
		out[i] = (uint8_t)(i % 251);
	for (i = 0; i < 2; i++)		/* one is lost on the bus */
		if (!client_submit(c, &urb) || !client_run(c, &urb))
			return false;
	urb.length = LONG;
	if (!client_submit(c, &urb) || !client_run(c, &urb) ||
	    urb.actual != LONG)
		return false;
	urb = (struct urb){ .ep = FRAME_IN | 2, .buffer = in,
			    .length = sizeof(in) };
	return client_submit(c, &urb) && client_run(c, &urb) &&
	       urb.status == USBIF_WIRE_ST_OK && urb.actual == 1 + LONG &&
	       memcmp(in + 1, out, LONG) == 0;
}

/* An URB may be longer than a frame; the queues cut it. */
static void long_urbs(void **state)
{
	const struct workload w = { "long", "", run_long };

	(void)state;
	assert_true(workload_run(&w, &client_queues, false));
	assert_true(workload_run(&w, &client_alone, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queues_do_all_of_them_right),
		cmocka_unit_test(long_urbs),
		cmocka_unit_test(at_once_messages_are_swallowed),
		cmocka_unit_test(at_once_parts_change_their_order),
		cmocka_unit_test(at_once_a_silent_device_is_unlinked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
