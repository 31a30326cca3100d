/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "usbif/err.h"

static void every_error_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(usbif_err_name(USBIF_OK), "OK");
	assert_string_equal(usbif_err_name(USBIF_E_ARG), "ARG");
	assert_string_equal(usbif_err_name(USBIF_E_STATE), "STATE");
	assert_string_equal(usbif_err_name(USBIF_E_SPACE), "SPACE");
	assert_string_equal(usbif_err_name(USBIF_E_PEER), "PEER");
}

static void every_fault_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int a = 0; a < USBIF_FAULT_N; a++) {
		assert_string_not_equal(usbif_fault_name(a), "?");
		for (int b = 0; b < a; b++)
			assert_string_not_equal(usbif_fault_name(a),
						usbif_fault_name(b));
	}
	assert_string_equal(usbif_fault_name(USBIF_FAULT_RSP_LENGTH),
			    "RSP_LENGTH");
	assert_string_equal(usbif_fault_name(USBIF_FAULT_CONN_SPEED),
			    "CONN_SPEED");
}

static void an_undefined_value_is_a_question_mark(void **state)
{
	(void)state;
	assert_string_equal(usbif_err_name(1), "?");
	assert_string_equal(usbif_err_name(USBIF_E_PEER - 1), "?");
	assert_string_equal(usbif_err_name(INT32_MIN), "?");
	assert_string_equal(usbif_fault_name(-1), "?");
	assert_string_equal(usbif_fault_name(USBIF_FAULT_N), "?");
	assert_string_equal(usbif_fault_name(INT32_MAX), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_its_name),
		cmocka_unit_test(every_fault_has_a_name_of_its_own),
		cmocka_unit_test(an_undefined_value_is_a_question_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
