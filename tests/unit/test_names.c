/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "usbif/back.h"
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

static void every_status_has_a_name_of_its_own(void **state)
{
	static const int32_t all[] = {
		USBIF_WIRE_ST_OK, USBIF_WIRE_ST_NODEV, USBIF_WIRE_ST_INVAL,
		USBIF_WIRE_ST_STALL, USBIF_WIRE_ST_IOERROR,
		USBIF_WIRE_ST_BABBLE, USBIF_WIRE_ST_SHUTDOWN,
		USBIF_WIRE_ST_NOT_FOUND, USBIF_WIRE_ST_NOT_EXECUTED,
		USBIF_WIRE_ST_CANCELLED, USBIF_WIRE_ST_SHORT,
	};

	(void)state;
	for (size_t a = 0; a < COUNT_OF(all); a++) {
		assert_string_not_equal(usbif_status_name(all[a]), "?");
		for (size_t b = 0; b < a; b++)
			assert_string_not_equal(usbif_status_name(all[a]),
						usbif_status_name(all[b]));
	}
	assert_string_equal(usbif_status_name(USBIF_WIRE_ST_STALL), "STALL");
	assert_string_equal(usbif_status_name(-1), "?");
}

static void assert_table(const char *(*name)(int), int first, int last)
{
	assert_string_equal(name(first - 1), "?");
	for (int a = first; a <= last; a++) {
		assert_string_not_equal(name(a), "?");
		for (int b = first; b < a; b++)
			assert_string_not_equal(name(a), name(b));
	}
	assert_string_equal(name(last + 1), "?");
}

static void every_other_enum_has_names(void **state)
{
	(void)state;
	assert_table(usbif_xfer_name, USBIF_XFER_ISO, USBIF_XFER_BULK);
	assert_table(usbif_speed_name, USBIF_WIRE_SPEED_NONE,
		     USBIF_WIRE_SPEED_HIGH);
	assert_table(usbif_queue_state_name, USBIF_QUEUE_RUNNING,
		     USBIF_QUEUE_HELD);
	assert_table(usbif_back_duty_name, USBIF_BACK_SUBMIT,
		     USBIF_BACK_CLEAR_HALT);
	assert_string_equal(usbif_xfer_name(USBIF_XFER_BULK), "bulk");
	assert_string_equal(usbif_speed_name(USBIF_WIRE_SPEED_HIGH), "high");
	assert_string_equal(usbif_queue_state_name(USBIF_QUEUE_STOPPED),
			    "stopped");
	assert_string_equal(usbif_back_duty_name(USBIF_BACK_RESET), "RESET");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_its_name),
		cmocka_unit_test(every_fault_has_a_name_of_its_own),
		cmocka_unit_test(an_undefined_value_is_a_question_mark),
		cmocka_unit_test(every_status_has_a_name_of_its_own),
		cmocka_unit_test(every_other_enum_has_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
