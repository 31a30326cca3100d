/* SPDX-License-Identifier: MIT */
/* Plugging, unplugging, and what the front is told of it. */
#include "support/back_rig.h"

#include <stdio.h>

/* Post event requests: that many. */
static void post(struct back_rig *r, uint32_t n)
{
	static const uint8_t id[2] = { 7, 0 };

	while (n-- > 0)
		assert_int_equal(usbif_ring_put(&r->conn_front, r->conn.front,
						id, sizeof(id)), USBIF_OK);
	usbif_ring_push(&r->conn_front, r->conn.front);
}

/* The events that the front finds, as "port speed". */
static const char *events(struct back_rig *r)
{
	uint8_t event[USBIF_WIRE_CONN_OCTETS];
	bool notify = false;

	assert_int_equal(usbif_back_tell_ports(&r->b, r->conn.back, &notify),
			 USBIF_OK);
	assert_true(usbif_back_valid(&r->b));
	r->told[0] = '\0';
	while (usbif_ring_take(&r->conn_front, r->conn.front, event,
			       sizeof(event)) == 1) {
		size_t n = strlen(r->told);

		assert_true(notify);
		assert_int_equal(event[0], 7);
		snprintf(r->told + n, sizeof(r->told) - n, "%s%u %u",
			 n ? ", " : "", event[2], event[3]);
	}
	usbif_ring_sleep(&r->conn_front, r->conn.front);
	return r->told;
}

#define assert_events(r, text) assert_string_equal(events(r), text)

static int plug(struct back_rig *r, uint8_t port, uint8_t speed)
{
	int err = usbif_back_plug(&r->b, port, speed);

	assert_true(usbif_back_valid(&r->b));
	return err;
}

static void unplug(struct back_rig *r, uint8_t port)
{
	usbif_back_unplug(&r->b, port);
	assert_true(usbif_back_valid(&r->b));
}

static void what_cannot_be_plugged_is_refused(void **state)
{
	struct back_rig *r = *state;

	assert_int_equal(plug(r, 0, USBIF_WIRE_SPEED_LOW), USBIF_E_ARG);
	assert_int_equal(plug(r, 3, USBIF_WIRE_SPEED_LOW), USBIF_E_ARG);
	assert_int_equal(plug(r, 2, USBIF_WIRE_SPEED_NONE), USBIF_E_ARG);
	assert_int_equal(plug(r, 2, USBIF_WIRE_SPEED_HIGH + 1), USBIF_E_ARG);
	assert_int_equal(plug(r, 1, USBIF_WIRE_SPEED_LOW), USBIF_E_STATE);
	usbif_back_close(&r->b);
	assert_int_equal(plug(r, 2, USBIF_WIRE_SPEED_LOW), USBIF_E_STATE);
}

static void a_device_is_told_when_a_request_is_posted(void **state)
{
	struct back_rig *r = *state;

	assert_events(r, "");
	post(r, 1);
	assert_events(r, "1 2");
	assert_events(r, "");
	post(r, 5);
	assert_events(r, "");
	plug(r, 2, USBIF_WIRE_SPEED_HIGH);
	assert_events(r, "2 3");
}

/* Its event goes out with the first request that is posted. */
static void that_a_device_left_keeps_a_back_awake(void **state)
{
	struct back_rig *r = *state;

	post(r, 1);
	assert_events(r, "1 2");
	unplug(r, 1);
	post(r, 1);
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back), 1);
	assert_events(r, "1 0");
	post(r, 1);
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back), 0);
	/* On the last port as on the first. */
	plug(r, 2, USBIF_WIRE_SPEED_HIGH);
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back), 1);
	usbif_back_close(&r->b);
	assert_false(r->b.port[1].present);
}

static void a_device_that_left_untold_is_never_told(void **state)
{
	struct back_rig *r = *state;

	unplug(r, 1);
	unplug(r, 1);
	unplug(r, 2);
	post(r, 5);
	assert_events(r, "");
	plug(r, 1, USBIF_WIRE_SPEED_LOW);
	assert_events(r, "1 1");
}

/* Leaving and coming are told apart, however often that happened. */
static void events_of_a_port_are_kept_one_of_each_kind(void **state)
{
	struct back_rig *r = *state;
	int i;

	post(r, 1);
	assert_events(r, "1 2");
	for (i = 0; i < 5; i++) {
		unplug(r, 1);
		plug(r, 1, USBIF_WIRE_SPEED_HIGH);
	}
	post(r, 1);
	assert_events(r, "1 0");
	post(r, 9);
	assert_events(r, "1 3");
	assert_events(r, "");
}

static void a_device_has_left_when_all_of_it_is_answered(void **state)
{
	struct back_rig *r = *state;

	post(r, 9);
	assert_events(r, "1 2");
	rig_bulk(r, 1, 0);
	rig_bulk(r, 2, 0);
	assert_told(r, "submit 1");
	unplug(r, 1);
	assert_int_equal(plug(r, 1, USBIF_WIRE_SPEED_HIGH), USBIF_OK);
	assert_told(r, "cancel 1, answer 2 -108 0");
	assert_events(r, "");
	rig_bulk(r, 3, 0);
	assert_told(r, "answer 3 -108 0");
	rig_done(r, 1, USBIF_WIRE_ST_IOERROR, 64);
	assert_events(r, "");
	assert_told(r, "answer 1 -108 64");
	assert_events(r, "1 0, 1 3");
	/* The address was the old device's. */
	rig_bulk(r, 4, 0);
	assert_told(r, "answer 4 -19 0");
}

static void the_next_device_may_be_taken_back_before_it_came(void **state)
{
	struct back_rig *r = *state;

	post(r, 9);
	assert_events(r, "1 2");
	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	unplug(r, 1);
	plug(r, 1, USBIF_WIRE_SPEED_HIGH);
	unplug(r, 1);
	assert_told(r, "cancel 1");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -108 0");
	assert_events(r, "1 0");
}

/* The guest had reset the port of the old one. */
static void a_new_device_needs_no_reset(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 5, 0x40, 99, 0, 0);
	assert_told(r, "submit 1");
	rig_control(r, 2, 0, 0x40, 99, 0, 0);
	unplug(r, 1);
	plug(r, 1, USBIF_WIRE_SPEED_HIGH);
	assert_told(r, "cancel 1, answer 2 -108 0");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -108 0");
	rig_control(r, 3, 0, 0x40, 99, 0, 0);
	assert_told(r, "submit 3");
}

/*
 * The front put it on the ring before it could know: a device that it has
 * addressed is the one that it knows.
 */
static void a_port_is_the_device_that_the_front_knows(void **state)
{
	struct back_rig *r = *state;

	post(r, 9);
	assert_events(r, "1 2");
	unplug(r, 1);
	plug(r, 1, USBIF_WIRE_SPEED_HIGH);
	rig_control(r, 1, 0, 0x00, 5, 5, 0);
	assert_told(r, "answer 1 -19 0");
	rig_control(r, 2, 5, 0x40, 99, 0, 0);
	assert_told(r, "answer 2 -19 0");
	assert_events(r, "1 0, 1 3");
	rig_control(r, 3, 0, 0x00, 5, 5, 0);
	assert_told(r, "answer 3 0 0");
	rig_control(r, 4, 5, 0x40, 99, 0, 0);
	assert_told(r, "submit 4");
}

static void a_closing_back_tells_nothing_and_answers_all(void **state)
{
	struct back_rig *r = *state;
	bool notify = false;

	post(r, 9);
	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	usbif_back_close(&r->b);
	usbif_back_close(&r->b);
	assert_told(r, "cancel 1");
	rig_done(r, 1, USBIF_WIRE_ST_OK, 512);
	assert_told(r, "answer 1 0 512");
	rig_bulk(r, 2, 0);
	assert_told(r, "answer 2 -108 0");
	assert_int_equal(usbif_back_tell_ports(&r->b, r->conn.back, &notify),
			 USBIF_OK);
	assert_events(r, "");
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back),
			 0);
}

static void an_event_ring_that_lies_is_found(void **state)
{
	struct back_rig *r = *state;
	bool notify = false;

	shared_set(&r->conn, USBIF_WIRE_REQ_PROD, 513);
	assert_int_equal(usbif_back_tell_ports(&r->b, r->conn.back, &notify),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RING_INDEX);
	assert_false(notify);
}

static void a_device_is_pipelined_by_its_own_host_controller(void **state)
{
	struct back_rig *r = *state;

	assert_int_equal(r->b.bq.hc_depth[0], 1);
	usbif_back_set_depth(&r->b, 1, 4);
	assert_int_equal(r->b.bq.hc_depth[0], 4);
	assert_int_equal(r->b.bq.hc_depth[1], 1);
	unplug(r, 1);
	plug(r, 1, USBIF_WIRE_SPEED_HIGH);
	assert_int_equal(r->b.bq.hc_depth[0], 1);
}

/* Until the guest has read the descriptor, USB 2.0 section 5.5.3 counts. */
static void endpoint_zero_begins_with_what_its_speed_allows(void **state)
{
	struct back_rig *r = *state;
	uint16_t queue = usbif_queue_index(2, 0, false);

	plug(r, 2, USBIF_WIRE_SPEED_LOW);
	assert_int_equal(r->b.bq.queue[queue].max_packet, 8);
	unplug(r, 2);
	plug(r, 2, USBIF_WIRE_SPEED_FULL);
	assert_int_equal(r->b.bq.queue[queue].max_packet, 64);
	unplug(r, 2);
	plug(r, 2, USBIF_WIRE_SPEED_HIGH);
	assert_int_equal(r->b.bq.queue[queue].max_packet, 64);
}

static void what_a_port_has_in_the_host_controller_is_counted(void **state)
{
	struct back_rig *r = *state;

	assert_int_equal(usbif_back_in_hc(&r->b, 1), 0);
	rig_bulk(r, 1, 0);
	rig_write(r, 2);
	rig_control(r, 3, 5, 0x40, 99, 0, 0);
	assert_told(r, "submit 1, submit 2, submit 3");
	assert_int_equal(usbif_back_in_hc(&r->b, 1), 3);
	assert_int_equal(usbif_back_in_hc(&r->b, 2), 0);
	rig_done(r, 2, USBIF_WIRE_ST_OK, 512);
	assert_int_equal(usbif_back_in_hc(&r->b, 1), 2);
}

static void endpoints_are_forgotten_but_for_the_first(void **state)
{
	struct back_rig *r = *state;

	usbif_back_clear_endpoints(&r->b, 1);
	rig_bulk(r, 1, 0);
	assert_told(r, "answer 1 -22 0");
	rig_control(r, 2, 5, 0x40, 99, 0, 0);
	assert_told(r, "submit 2");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, back_rig_set_up, \
						   back_rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_cannot_be_plugged_is_refused),
		TEST(a_device_is_told_when_a_request_is_posted),
		TEST(that_a_device_left_keeps_a_back_awake),
		TEST(a_device_that_left_untold_is_never_told),
		TEST(events_of_a_port_are_kept_one_of_each_kind),
		TEST(a_device_has_left_when_all_of_it_is_answered),
		TEST(the_next_device_may_be_taken_back_before_it_came),
		TEST(a_new_device_needs_no_reset),
		TEST(a_port_is_the_device_that_the_front_knows),
		TEST(a_closing_back_tells_nothing_and_answers_all),
		TEST(an_event_ring_that_lies_is_found),
		TEST(a_device_is_pipelined_by_its_own_host_controller),
		TEST(endpoint_zero_begins_with_what_its_speed_allows),
		TEST(what_a_port_has_in_the_host_controller_is_counted),
		TEST(endpoints_are_forgotten_but_for_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
