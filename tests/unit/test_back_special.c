/* SPDX-License-Identifier: MIT */
/* Control requests that the host's stack executes, told step by step. */
#include "support/back_rig.h"

#define SET_ADDRESS	0x00, 5
#define SET_CONFIG	0x00, 9
#define SET_IFACE	0x01, 11
#define CLEAR_FEATURE	0x02, 1

static void a_plain_request_goes_to_the_device(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 5, 0x40, 99, 0, 0);
	assert_told(r, "submit 1");
	rig_done(r, 1, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "answer 1 0 0");
}

static void set_configuration_waits_for_every_queue(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	rig_write(r, 2);
	assert_told(r, "submit 1, submit 2");
	rig_control(r, 3, 5, SET_CONFIG, 1, 0);
	assert_told(r, "cancel 2, cancel 1");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 64);
	assert_told(r, "answer 1 -11 64");
	rig_done(r, 2, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "configure 3, answer 2 -11 0");
	/* What comes meanwhile is held. */
	rig_bulk(r, 4, USBIF_WIRE_FLAG_RESTART);
	assert_told(r, "");
	rig_done(r, 3, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "submit 4, answer 3 0 0");
}

static void set_interface_waits_for_its_own_endpoints(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	rig_write(r, 2);
	assert_told(r, "submit 1, submit 2");
	rig_control(r, 3, 5, SET_IFACE, 2, 1);
	assert_told(r, "cancel 2");
	rig_done(r, 2, USBIF_WIRE_ST_OK, 512);
	assert_told(r, "interface 3, answer 2 0 512");
	assert_int_equal(r->b.port[0].duty.value, 2);
	assert_int_equal(r->b.port[0].duty.index, 1);
	rig_done(r, 3, USBIF_WIRE_ST_STALL, 0);
	assert_told(r, "answer 3 -32 0");
}

static void clear_halt_waits_for_its_endpoint(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	rig_write(r, 2);
	assert_told(r, "submit 1, submit 2");
	rig_control(r, 3, 5, CLEAR_FEATURE, 0, 0x81);
	assert_told(r, "cancel 1");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "clear 3, answer 1 -11 0");
	rig_done(r, 3, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "answer 3 0 0");
}

/* Two endpoints have one number. */
static void clear_halt_minds_the_direction(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_control(r, 2, 5, CLEAR_FEATURE, 0, 0x01);
	assert_told(r, "clear 2");
}

/* The shim hands both to the host, which refuses what is too high. */
static void the_numbers_of_an_interface_have_16_bits(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 5, SET_IFACE, 0x0203, 0x0405);
	assert_told(r, "interface 1");
	assert_int_equal(r->b.port[0].duty.value, 0x0203);
	assert_int_equal(r->b.port[0].duty.index, 0x0405);
}

/* Other features, and endpoint 0, are the device's own business. */
static void only_the_halt_of_a_data_endpoint_is_special(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 5, CLEAR_FEATURE, 1, 0x81);
	assert_told(r, "submit 1");
	rig_done(r, 1, USBIF_WIRE_ST_STALL, 0);
	assert_told(r, "answer 1 -32 0");
	rig_control(r, 2, 5, CLEAR_FEATURE, 0, 0x80);
	assert_told(r, "answer 2 -11 0");
}

static void endpoint_zero_is_cleared_by_the_device(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 5, CLEAR_FEATURE, 0, 0x80);
	assert_told(r, "submit 1");
}

static void addresses_are_absorbed(void **state)
{
	struct back_rig *r = *state;

	assert_int_equal(usbif_back_plug(&r->b, 2, USBIF_WIRE_SPEED_LOW),
			 USBIF_OK);
	/* The same again, another one, none, and back. */
	rig_control(r, 1, 5, SET_ADDRESS, 5, 0);
	assert_told(r, "answer 1 0 0");
	rig_control(r, 2, 5, SET_ADDRESS, 127, 0);
	assert_told(r, "answer 2 0 0");
	rig_control(r, 3, 5, SET_ADDRESS, 5, 0);
	assert_told(r, "answer 3 -19 0");
	rig_control(r, 4, 127, SET_ADDRESS, 0, 0);
	assert_told(r, "answer 4 0 0");
	assert_int_equal(r->b.port[0].addr, 0);
	rig_control(r, 5, 0, SET_ADDRESS, 128, 0);
	assert_told(r, "answer 5 -32 0");
}

static void a_reset_comes_before_the_request_that_shows_it(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_control(r, 2, 0, 0x40, 99, 0, 0);
	assert_told(r, "cancel 1");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "reset 2, answer 1 -11 0");
	usbif_back_reset_done(&r->b, 1, true);
	assert_told(r, "submit 2");
	rig_done(r, 2, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "answer 2 0 0");
	assert_int_equal(r->b.port[0].addr, 0);
	rig_control(r, 3, 0, 0x40, 99, 0, 0);
	assert_told(r, "submit 3");
}

static void a_reset_that_fails_ends_the_request(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 0, SET_ADDRESS, 6, 0);
	assert_told(r, "reset 1");
	usbif_back_reset_done(&r->b, 1, false);
	assert_told(r, "answer 1 -71 0");
	assert_int_equal(r->b.port[0].addr, 0);
}

/* The first request after a stop, to a device without an address. */
static void ask_again(struct back_rig *r, uint16_t id)
{
	const struct usbif_msg_req req = {
		.id = id, .port = 1, .type = USBIF_XFER_CTRL,
		.flags = USBIF_WIRE_FLAG_RESTART, .setup = { 0x40, 99 },
	};

	assert_int_equal(rig_request(r, &req), USBIF_OK);
}

/* The guest tries again, and does not know that nothing has been reset. */
static void a_reset_that_failed_is_tried_again(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 0, 0x40, 99, 0, 0);
	assert_told(r, "reset 1");
	usbif_back_reset_done(&r->b, 1, false);
	assert_told(r, "answer 1 -71 0");
	ask_again(r, 2);
	assert_told(r, "");
	usbif_back_rested(&r->b, 1);
	assert_told(r, "reset 2");
	usbif_back_reset_done(&r->b, 1, true);
	assert_told(r, "submit 2");
}

/* A device that is plugged in may be in a state that its last user left. */
static void a_device_is_reset_before_its_first_request(void **state)
{
	struct back_rig *r = *state;

	usbif_back_reset_first(&r->b, 1);
	rig_control(r, 1, 5, SET_CONFIG, 1, 0);
	assert_told(r, "reset 1");
	usbif_back_reset_done(&r->b, 1, true);
	assert_told(r, "configure 1");
	rig_done(r, 1, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "answer 1 0 0");
}

/* The address tells of each reset; the second one is put off. */
static void resets_are_not_done_one_after_the_other(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 0, SET_ADDRESS, 6, 0);
	assert_told(r, "reset 1");
	usbif_back_reset_done(&r->b, 1, true);
	assert_told(r, "answer 1 0 0");
	rig_control(r, 2, 0, SET_ADDRESS, 7, 0);
	assert_told(r, "");
	usbif_back_rested(&r->b, 1);
	assert_told(r, "reset 2");
	usbif_back_reset_done(&r->b, 1, true);
	assert_told(r, "answer 2 0 0");
	assert_int_equal(r->b.port[0].addr, 7);
}

/* What needs no reset does not wait until the device has rested. */
static void a_device_that_rests_does_all_else(void **state)
{
	struct back_rig *r = *state;

	usbif_back_rest(&r->b, 1);
	rig_bulk(r, 1, 0);
	rig_control(r, 2, 5, SET_IFACE, 1, 1);
	assert_told(r, "submit 1, interface 2");
}

/* A guest that gives up need not wait until the device has rested. */
static void a_reset_that_is_put_off_is_unlinked_at_once(void **state)
{
	struct back_rig *r = *state;

	usbif_back_rest(&r->b, 1);
	rig_control(r, 1, 0, 0x40, 99, 0, 0);
	assert_told(r, "");
	rig_unlink(r, 2, 0, false, 1);
	assert_told(r, "answer 2 0 0, answer 1 -104 0");
	usbif_back_rested(&r->b, 1);
	assert_told(r, "");
	ask_again(r, 3);
	assert_told(r, "reset 3");
}

/* A guest gives up a request whose reset waits for a slow endpoint. */
static void a_reset_outlives_the_request_that_shows_it(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_control(r, 2, 0, 0x40, 99, 0, 0);
	assert_told(r, "cancel 1");
	rig_unlink(r, 3, 0, false, 2);
	assert_told(r, "answer 3 0 0, answer 2 -104 0");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -11 0");
	ask_again(r, 4);
	assert_told(r, "reset 4");
}

static void read_two_octets(struct back_rig *r, uint16_t id)
{
	const struct usbif_msg_req req = {
		.id = id, .in = true, .port = 1, .type = USBIF_XFER_CTRL,
		.nr_segs = 1, .length = 2, .seg = { { .gref = 1, .length = 2 } },
		.setup = { 0x80, 0, 0, 0, 0, 0, 2, 0 },
	};

	rig_request(r, &req);
}

static void an_address_has_no_octets(void **state)
{
	const struct usbif_msg_req req = {
		.id = 1, .port = 1, .addr = 5, .type = USBIF_XFER_CTRL,
		.nr_segs = 1, .length = 2, .seg = { { .gref = 1, .length = 2 } },
		.setup = { SET_ADDRESS, 9, 0, 0, 0, 2, 0 },
	};
	struct back_rig *r = *state;

	rig_request(r, &req);
	assert_told(r, "answer 1 0 0");
}

static void what_was_not_executed_moved_nothing(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	read_two_octets(r, 2);
	assert_told(r, "cancel 1");
	rig_unlink(r, 3, 0, false, 2);
	assert_told(r, "answer 3 0 0, answer 2 -104 0");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -11 0");
}

static void nor_did_what_was_to_follow_a_reset(void **state)
{
	struct back_rig *r = *state;

	read_two_octets(r, 1);
	assert_told(r, "reset 1");
	usbif_back_reset_done(&r->b, 1, false);
	assert_told(r, "answer 1 -71 0");
}

static void the_last_port_is_served_like_the_first(void **state)
{
	const struct usbif_msg_req req = {
		.id = 1, .port = 2, .type = USBIF_XFER_CTRL,
		.setup = { SET_CONFIG, 1, 0, 0, 0, 0, 0 },
	};
	struct back_rig *r = *state;

	usbif_back_plug(&r->b, 2, USBIF_WIRE_SPEED_HIGH);
	rig_request(r, &req);
	assert_told(r, "configure 1");
}

static void a_request_that_waits_is_unlinked_at_once(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_control(r, 2, 5, SET_CONFIG, 1, 0);
	assert_told(r, "cancel 1");
	rig_unlink(r, 3, 0, false, 2);
	assert_told(r, "answer 3 0 0, answer 2 -104 0");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -11 0");
}

/* The shim is in the middle of it and will be done soon. */
static void a_request_that_is_executed_ends_by_itself(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 5, SET_CONFIG, 1, 0);
	assert_told(r, "configure 1");
	rig_unlink(r, 2, 0, false, 1);
	assert_told(r, "answer 2 0 0");
	rig_done(r, 1, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "answer 1 0 0");
}

static void a_reset_of_an_unlinked_request_comes_to_its_end(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 0, 0x40, 99, 0, 0);
	assert_told(r, "reset 1");
	rig_unlink(r, 2, 0, false, 1);
	assert_told(r, "answer 2 0 0");
	usbif_back_reset_done(&r->b, 1, true);
	assert_told(r, "answer 1 -104 0");
}

/* Isochronous queues do not stop, but must leave the HC as well. */
static void a_held_isochronous_queue_goes_on_afterwards(void **state)
{
	const struct usbif_msg_req iso = {
		.id = 1, .in = true, .port = 1, .addr = 5, .ep = 3,
		.type = USBIF_XFER_ISO, .nr_segs = 1, .nr_desc_segs = 1,
		.packets = 1, .length = 64,
		.seg = { { .gref = 1, .length = 64 },
			 { .gref = 2, .length = 16 } },
	};
	struct usbif_msg_req next = iso;
	struct back_rig *r = *state;

	rig_request(r, &iso);
	assert_told(r, "submit 1");
	rig_control(r, 2, 5, SET_IFACE, 1, 0);
	assert_told(r, "cancel 1");
	next.id = 3;
	rig_request(r, &next);
	assert_told(r, "");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "interface 2, answer 1 -71 0");
	rig_done(r, 2, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "submit 3, answer 2 0 0");
}

/* The unlink names the address that its target was sent to. */
static void an_unlink_finds_a_request_of_a_forgotten_address(void **state)
{
	struct back_rig *r = *state;

	rig_control(r, 1, 5, 0x40, 99, 0, 0);
	assert_told(r, "submit 1");
	rig_control(r, 2, 0, 0x40, 99, 0, 0);
	assert_told(r, "");
	rig_unlink(r, 3, 0, false, 1);
	assert_told(r, "cancel 1, answer 2 -11 0, answer 3 0 0");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -104 0");
}

/* Of any endpoint. */
static void so_does_one_of_the_last_endpoint(void **state)
{
	const struct usbif_msg_req req = {
		.id = 1, .in = true, .port = 1, .addr = 5,
		.ep = USBIF_MAX_EPNUM, .type = USBIF_XFER_BULK,
	};
	struct back_rig *r = *state;

	usbif_back_set_endpoint(&r->b, 1, USBIF_MAX_EPNUM, true,
				USBIF_XFER_BULK, 512, 0);
	rig_request(r, &req);
	assert_told(r, "submit 1");
	rig_control(r, 2, 0, 0x40, 99, 0, 0);
	assert_told(r, "cancel 1");
	rig_unlink(r, 3, USBIF_MAX_EPNUM, true, 1);
	assert_told(r, "answer 3 0 0");
}

/* What the device will have there is not known before it has been done. */
static void an_endpoint_that_comes_with_an_interface_waits(void **state)
{
	struct usbif_msg_req req = {
		.id = 2, .in = true, .port = 1, .addr = 5, .ep = 4,
		.type = USBIF_XFER_BULK,
	};
	struct back_rig *r = *state;

	rig_control(r, 1, 5, SET_IFACE, 1, 4);
	assert_told(r, "interface 1");
	usbif_back_set_endpoint(&r->b, 1, 4, true, USBIF_XFER_BULK, 512, 4);
	rig_request(r, &req);
	assert_told(r, "");
	rig_done(r, 1, USBIF_WIRE_ST_OK, 0);
	assert_told(r, "submit 2, answer 1 0 0");
}

static void an_answer_for_no_request_is_refused(void **state)
{
	struct back_rig *r = *state;

	assert_int_equal(usbif_back_done(&r->b, 0, 0, 0), USBIF_E_STATE);
	assert_int_equal(usbif_back_done(&r->b, USBIF_MAX_SLOTS, 0, 0),
			 USBIF_E_STATE);
	assert_int_equal(usbif_back_done(&r->b, USBIF_NONE, 0, 0),
			 USBIF_E_STATE);
	rig_bulk(r, 1, 0);
	assert_int_equal(usbif_back_done(&r->b, rig_slot(r, 1), 0, 0),
			 USBIF_E_STATE);
	assert_told(r, "submit 1");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, back_rig_set_up, \
						   back_rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_plain_request_goes_to_the_device),
		TEST(set_configuration_waits_for_every_queue),
		TEST(set_interface_waits_for_its_own_endpoints),
		TEST(clear_halt_waits_for_its_endpoint),
		TEST(clear_halt_minds_the_direction),
		TEST(the_numbers_of_an_interface_have_16_bits),
		TEST(only_the_halt_of_a_data_endpoint_is_special),
		TEST(endpoint_zero_is_cleared_by_the_device),
		TEST(addresses_are_absorbed),
		TEST(a_reset_comes_before_the_request_that_shows_it),
		TEST(a_reset_that_fails_ends_the_request),
		TEST(a_reset_that_failed_is_tried_again),
		TEST(a_device_is_reset_before_its_first_request),
		TEST(resets_are_not_done_one_after_the_other),
		TEST(a_device_that_rests_does_all_else),
		TEST(a_reset_that_is_put_off_is_unlinked_at_once),
		TEST(a_reset_outlives_the_request_that_shows_it),
		TEST(an_address_has_no_octets),
		TEST(what_was_not_executed_moved_nothing),
		TEST(nor_did_what_was_to_follow_a_reset),
		TEST(the_last_port_is_served_like_the_first),
		TEST(a_request_that_waits_is_unlinked_at_once),
		TEST(a_request_that_is_executed_ends_by_itself),
		TEST(a_reset_of_an_unlinked_request_comes_to_its_end),
		TEST(a_held_isochronous_queue_goes_on_afterwards),
		TEST(an_unlink_finds_a_request_of_a_forgotten_address),
		TEST(so_does_one_of_the_last_endpoint),
		TEST(an_endpoint_that_comes_with_an_interface_waits),
		TEST(an_answer_for_no_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
