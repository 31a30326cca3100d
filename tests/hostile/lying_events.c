/* SPDX-License-Identifier: MIT */
/* A back that lies about ports. */
#include "hostile.h"
#include "liar.h"

static struct liar *new_liar(void)
{
	return lying_back(device_source_sink(), false);
}

static void an_event_for_no_request_is_found(void **state)
{
	static const uint16_t ids[] = { 512, 0x7fff, 0xffff };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ids); i++) {
		struct liar *l = new_liar();

		liar_tell(l, ids[i], 2, USBIF_WIRE_SPEED_HIGH);
		victim_found(l, USBIF_FAULT_CONN_ID);
	}
}

static void a_port_that_is_none_is_found(void **state)
{
	static const uint8_t ports[] = { 0, 3, 32, 255 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ports); i++) {
		struct liar *l = new_liar();

		liar_tell(l, 7, ports[i], USBIF_WIRE_SPEED_HIGH);
		victim_found(l, USBIF_FAULT_CONN_PORT);
	}
}

static void a_speed_that_is_none_is_found(void **state)
{
	static const uint8_t speeds[] = { 4, 128, 255 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(speeds); i++) {
		struct liar *l = new_liar();

		liar_tell(l, 7, 2, speeds[i]);
		victim_found(l, USBIF_FAULT_CONN_SPEED);
	}
}

static void an_event_index_that_cannot_be_is_found(void **state)
{
	static const uint32_t ahead[] = { 513, 0x80000000, 0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ahead); i++) {
		struct liar *l = new_liar();

		liar_set_index(l, true, l->conn.rsp_seq + ahead[i]);
		victim_found(l, USBIF_FAULT_RING_INDEX);
	}
}

/* Devices that come and go senselessly, thousands of times. */
static void a_storm_of_events_is_survived(void **state)
{
	struct liar *l = new_liar();
	struct urb *urb = bulk_in(l->w, l->dev, 1, 512);
	uint32_t i;

	(void)state;
	assert_int_equal(guest_submit(l->w, urb), USBIF_OK);
	for (i = 0; i < 3000; i++) {
		liar_tell(l, i % 512, 1 + i % 2, i * 7 % 4);
		if (i % 5 == 0)
			victim_runs(l);
		if (i % 100 == 0)
			guest_submit(l->w, bulk_in(l->w, l->dev, 1, 70000));
	}
	victim_found_nothing(l);
}

int events_lie(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_for_no_request_is_found),
		cmocka_unit_test(a_port_that_is_none_is_found),
		cmocka_unit_test(a_speed_that_is_none_is_found),
		cmocka_unit_test(an_event_index_that_cannot_be_is_found),
		cmocka_unit_test(a_storm_of_events_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
