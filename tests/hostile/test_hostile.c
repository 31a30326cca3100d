/* SPDX-License-Identifier: MIT */
/*
 * Peers that lie.  The victim says which rule was broken, gives everything
 * back once, touches nothing that is not its own, and works again with the
 * next connection.
 */
#include "hostile.h"
#include "liar.h"

static void every_fault_has_been_seen(void **state)
{
	int fault;

	(void)state;
	for (fault = 1; fault < USBIF_FAULT_N; fault++) {
		if (!fault_seen[fault])
			print_error("never seen: %s\n",
				    usbif_fault_name(fault));
		assert_true(fault_seen[fault]);
	}
}

int main(void)
{
	const struct CMUnitTest last[] = {
		cmocka_unit_test(every_fault_has_been_seen),
	};
	int failed = answers_lie() + events_lie() + requests_lie() + arrays_lie() +
		     order_lies();

	if (failed != 0)
		return failed;
	return cmocka_run_group_tests(last, NULL, NULL);
}
