/* SPDX-License-Identifier: MIT */
/* The root hub as a guest's hub driver uses it. */
#include "support/test.h"

#include "usbif/hub.h"

#define TO_HUB		0x20
#define TO_PORT		0x23
#define FROM_HUB	0xa0
#define FROM_PORT	0xa3
#define GET_STATUS	0
#define CLEAR_FEATURE	1
#define SET_FEATURE	3
#define GET_DESCRIPTOR	6

#define F_CONNECTION	0
#define F_ENABLE	1
#define F_SUSPEND	2
#define F_RESET		4
#define F_POWER		8
#define F_C_CONNECTION	16
#define F_C_SUSPEND	18
#define F_C_RESET	20

static struct usbif_hub hub;

static int two_powered_ports(void **state)
{
	(void)state;
	usbif_hub_init(&hub, 2, 2);
	for (uint16_t port = 1; port <= 2; port++)
		assert_int_equal(usbif_hub_control(&hub, TO_PORT, SET_FEATURE,
						   F_POWER, port, 0, 0, NULL,
						   0), 0);
	return 0;
}

static int feature_at(uint8_t request, uint16_t feature, uint16_t port,
		      uint64_t now_ms)
{
	int result = usbif_hub_control(&hub, TO_PORT, request, feature, port,
				       0, now_ms, NULL, 0);

	assert_true(usbif_hub_valid(&hub));
	return result;
}

static int set_feature(uint16_t feature, uint16_t port)
{
	return feature_at(SET_FEATURE, feature, port, 0);
}

static int clear_feature(uint16_t feature, uint16_t port)
{
	return feature_at(CLEAR_FEATURE, feature, port, 0);
}

/* wPortStatus, and wPortChange above it, as the guest reads them. */
static uint32_t read_port(uint16_t port)
{
	uint8_t data[4];

	assert_int_equal(usbif_hub_control(&hub, FROM_PORT, GET_STATUS, 0,
					   port, 4, 0, data, sizeof(data)), 4);
	return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 |
	       (uint32_t)data[3] << 24;
}

#define assert_port(port, status, change) \
	assert_int_equal(read_port(port), (status) | (uint32_t)(change) << 16)

#define POWERED		USBIF_PORT_POWER
#define OCCUPIED	(USBIF_PORT_POWER | USBIF_PORT_CONNECTION)
#define ENABLED		(OCCUPIED | USBIF_PORT_ENABLE)

static void enable(uint16_t port)
{
	set_feature(F_RESET, port);
	usbif_hub_tick(&hub, USBIF_HUB_RESET_MS);
	clear_feature(F_C_RESET, port);
	clear_feature(F_C_CONNECTION, port);
}

static void a_fresh_hub_has_unpowered_silent_ports(void **state)
{
	uint8_t bitmap[4] = { 0xff, 0xff, 0xff, 0xff };

	(void)state;
	usbif_hub_init(&hub, 31, 2);
	assert_true(usbif_hub_valid(&hub));
	for (uint16_t port = 1; port <= 31; port++)
		assert_port(port, 0, 0);
	assert_int_equal(usbif_hub_changes(&hub, bitmap), 0);
	assert_true(usbif_hub_deadline(&hub) == USBIF_HUB_NEVER);
}

static void a_device_is_found_reset_and_enabled(void **state)
{
	(void)state;
	assert_true(usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_HIGH));
	assert_port(1, OCCUPIED, USBIF_PORT_C_CONNECTION);
	assert_int_equal(clear_feature(F_C_CONNECTION, 1), 0);

	assert_int_equal(feature_at(SET_FEATURE, F_RESET, 1, 1000), 0);
	assert_port(1, OCCUPIED | USBIF_PORT_RESET, 0);
	assert_int_equal(usbif_hub_deadline(&hub), 1050);

	assert_false(usbif_hub_tick(&hub, 1049));
	assert_true(usbif_hub_tick(&hub, 1050));
	assert_port(1, ENABLED | USBIF_PORT_HIGH_SPEED, USBIF_PORT_C_RESET);
	assert_true(usbif_hub_deadline(&hub) == USBIF_HUB_NEVER);
	assert_port(2, POWERED, 0);
}

static void each_speed_is_shown_as_the_controller_can(void **state)
{
	static const struct {
		uint8_t usb_ver, speed;
		uint32_t shown;
	} seen[] = {
		{ 1, USBIF_WIRE_SPEED_LOW, USBIF_PORT_LOW_SPEED },
		{ 1, USBIF_WIRE_SPEED_FULL, 0 },
		{ 1, USBIF_WIRE_SPEED_HIGH, 0 },
		{ 2, USBIF_WIRE_SPEED_LOW, USBIF_PORT_LOW_SPEED },
		{ 2, USBIF_WIRE_SPEED_FULL, 0 },
		{ 2, USBIF_WIRE_SPEED_HIGH, USBIF_PORT_HIGH_SPEED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(seen); i++) {
		usbif_hub_init(&hub, 1, seen[i].usb_ver);
		set_feature(F_POWER, 1);
		usbif_hub_connect(&hub, 1, seen[i].speed);
		enable(1);
		assert_port(1, ENABLED | seen[i].shown, 0);
	}
}

static void a_device_that_leaves_takes_everything_with_it(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_HIGH);
	enable(1);
	set_feature(F_SUSPEND, 1);
	assert_true(usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_NONE));
	assert_port(1, POWERED, USBIF_PORT_C_CONNECTION);
	assert_false(usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_NONE));
}

static void a_device_that_leaves_ends_its_reset(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL);
	set_feature(F_RESET, 1);
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_NONE);
	assert_true(usbif_hub_deadline(&hub) == USBIF_HUB_NEVER);
	assert_false(usbif_hub_tick(&hub, UINT64_MAX - 1));
	assert_port(1, POWERED, USBIF_PORT_C_CONNECTION);
}

static void a_replaced_device_must_be_reset_again(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_HIGH);
	enable(1);
	assert_true(usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_LOW));
	assert_port(1, OCCUPIED | USBIF_PORT_LOW_SPEED,
		    USBIF_PORT_C_CONNECTION);

	enable(1);
	assert_true(usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_LOW));
	assert_port(1, OCCUPIED | USBIF_PORT_LOW_SPEED,
		    USBIF_PORT_C_CONNECTION);
	/* A guest that has not looked since sees nothing new. */
	assert_false(usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_LOW));
}

static void a_dark_port_shows_its_device_when_powered(void **state)
{
	(void)state;
	usbif_hub_init(&hub, 1, 2);
	assert_false(usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL));
	assert_port(1, 0, 0);
	assert_int_equal(set_feature(F_POWER, 1), 0);
	assert_port(1, OCCUPIED, USBIF_PORT_C_CONNECTION);
	assert_int_equal(set_feature(F_POWER, 1), 0);
	assert_port(1, OCCUPIED, USBIF_PORT_C_CONNECTION);
	assert_int_equal(clear_feature(F_POWER, 1), 0);
	assert_port(1, 0, 0);
}

static void power_on_does_not_disturb_a_powered_port(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL);
	enable(1);
	assert_int_equal(set_feature(F_POWER, 1), 0);
	assert_port(1, ENABLED, 0);
}

static void power_off_ends_a_reset(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL);
	set_feature(F_RESET, 1);
	clear_feature(F_POWER, 1);
	assert_true(usbif_hub_deadline(&hub) == USBIF_HUB_NEVER);
}

static void all_devices_leave_at_once(void **state)
{
	(void)state;
	assert_false(usbif_hub_disconnect_all(&hub));
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_LOW);
	usbif_hub_connect(&hub, 2, USBIF_WIRE_SPEED_HIGH);
	assert_true(usbif_hub_disconnect_all(&hub));
	assert_port(1, POWERED, USBIF_PORT_C_CONNECTION);
	assert_port(2, POWERED, USBIF_PORT_C_CONNECTION);
}

static void the_change_bitmap_names_the_ports(void **state)
{
	uint8_t bitmap[4];

	(void)state;
	usbif_hub_init(&hub, 31, 2);
	for (uint16_t port = 1; port <= 31; port++)
		set_feature(F_POWER, port);
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_LOW);
	usbif_hub_connect(&hub, 8, USBIF_WIRE_SPEED_LOW);
	usbif_hub_connect(&hub, 31, USBIF_WIRE_SPEED_LOW);
	assert_int_equal(usbif_hub_changes(&hub, bitmap), 4);
	assert_memory_equal(bitmap, "\x02\x01\x00\x80", 4);
}

static void the_change_bitmap_is_as_long_as_the_ports_need(void **state)
{
	uint8_t bitmap[4];

	(void)state;
	for (uint8_t ports = 1; ports <= 31; ports++) {
		usbif_hub_init(&hub, ports, 2);
		set_feature(F_POWER, ports);
		usbif_hub_connect(&hub, ports, USBIF_WIRE_SPEED_LOW);
		memset(bitmap, 0xaa, sizeof(bitmap));
		assert_int_equal(usbif_hub_changes(&hub, bitmap),
				 1 + ports / 8);
		assert_int_equal(bitmap[ports / 8], 1 << ports % 8);
		for (size_t i = 1 + ports / 8u; i < sizeof(bitmap); i++)
			assert_int_equal(bitmap[i], 0xaa);
	}
}

static void the_earliest_reset_is_the_deadline(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL);
	usbif_hub_connect(&hub, 2, USBIF_WIRE_SPEED_FULL);
	feature_at(SET_FEATURE, F_RESET, 2, 100);
	feature_at(SET_FEATURE, F_RESET, 1, 120);
	assert_int_equal(usbif_hub_deadline(&hub), 150);
	assert_true(usbif_hub_tick(&hub, 160));
	assert_int_equal(usbif_hub_deadline(&hub), 170);
	assert_true(usbif_hub_tick(&hub, 1000));
	assert_true(read_port(1) & USBIF_PORT_ENABLE);
}

static void a_reset_can_be_asked_for_again(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_HIGH);
	enable(1);
	feature_at(SET_FEATURE, F_RESET, 1, 200);
	assert_port(1, OCCUPIED | USBIF_PORT_RESET, 0);
	feature_at(SET_FEATURE, F_RESET, 1, 230);
	assert_int_equal(usbif_hub_deadline(&hub), 280);
}

static void resetting_an_empty_port_does_nothing(void **state)
{
	(void)state;
	assert_int_equal(set_feature(F_RESET, 1), 0);
	assert_port(1, POWERED, 0);
	assert_true(usbif_hub_deadline(&hub) == USBIF_HUB_NEVER);
}

static void a_port_is_suspended_and_resumed(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL);
	set_feature(F_SUSPEND, 1);
	assert_port(1, OCCUPIED, USBIF_PORT_C_CONNECTION);
	enable(1);
	assert_int_equal(set_feature(F_SUSPEND, 1), 0);
	assert_port(1, ENABLED | USBIF_PORT_SUSPEND, 0);
	assert_int_equal(feature_at(CLEAR_FEATURE, F_SUSPEND, 1, 1000), 0);
	assert_port(1, ENABLED | USBIF_PORT_SUSPEND, 0);
	assert_int_equal(usbif_hub_deadline(&hub), 1020);
	/* Asked again, it takes no longer. */
	assert_int_equal(feature_at(CLEAR_FEATURE, F_SUSPEND, 1, 1010), 0);
	assert_false(usbif_hub_tick(&hub, 1019));
	assert_true(usbif_hub_tick(&hub, 1020));
	assert_port(1, ENABLED, USBIF_PORT_C_SUSPEND);
	assert_int_equal(clear_feature(F_C_SUSPEND, 1), 0);
	assert_int_equal(clear_feature(F_SUSPEND, 1), 0);
	assert_port(1, ENABLED, 0);
	assert_true(usbif_hub_deadline(&hub) == USBIF_HUB_NEVER);
}

static void a_resume_ends_with_the_port(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL);
	enable(1);
	set_feature(F_SUSPEND, 1);
	clear_feature(F_SUSPEND, 1);
	clear_feature(F_ENABLE, 1);
	assert_true(usbif_hub_deadline(&hub) == USBIF_HUB_NEVER);
	assert_port(1, OCCUPIED, 0);

	enable(1);
	set_feature(F_SUSPEND, 1);
	clear_feature(F_SUSPEND, 1);
	assert_int_equal(feature_at(SET_FEATURE, F_RESET, 1, 1000), 0);
	assert_int_equal(usbif_hub_deadline(&hub), 1050);
	assert_port(1, OCCUPIED | USBIF_PORT_RESET, 0);
}

/* The keyboard whose keys wake the guest: its driver goes on polling it. */
static void a_device_that_is_to_wake_the_guest_is_not_suspended(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_LOW);
	enable(1);
	usbif_hub_arm_wakeup(&hub, 1, true);
	assert_int_equal(set_feature(F_SUSPEND, 1), USBIF_E_ARG);
	assert_port(1, ENABLED | USBIF_PORT_LOW_SPEED, 0);
	usbif_hub_arm_wakeup(&hub, 1, false);
	assert_int_equal(set_feature(F_SUSPEND, 1), 0);
	assert_port(1, ENABLED | USBIF_PORT_LOW_SPEED | USBIF_PORT_SUSPEND, 0);
}

static void a_reset_disarms(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_LOW);
	/* No request reaches a device whose port is not enabled. */
	usbif_hub_arm_wakeup(&hub, 1, true);
	enable(1);
	assert_int_equal(set_feature(F_SUSPEND, 1), 0);
	usbif_hub_arm_wakeup(&hub, 1, true);
	enable(1);
	assert_int_equal(set_feature(F_SUSPEND, 1), 0);
}

static void disabling_a_port_keeps_its_device(void **state)
{
	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_HIGH);
	enable(1);
	set_feature(F_SUSPEND, 1);
	assert_int_equal(clear_feature(F_ENABLE, 1), 0);
	assert_port(1, OCCUPIED, 0);
}

static void the_bus_suspends_and_resumes_enabled_ports(void **state)
{
	struct usbif_hub_port behind;

	(void)state;
	usbif_hub_connect(&hub, 2, USBIF_WIRE_SPEED_FULL);
	assert_false(usbif_hub_bus_suspend(&hub));
	enable(2);
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_FULL);
	enable(1);
	/* What is behind the last port is none. */
	hub.port[hub.num_ports] = behind = hub.port[0];
	assert_true(usbif_hub_bus_suspend(&hub));
	assert_false(usbif_hub_bus_suspend(&hub));
	assert_same(&hub.port[hub.num_ports], &behind);
	assert_port(1, ENABLED | USBIF_PORT_SUSPEND, 0);
	assert_port(2, ENABLED | USBIF_PORT_SUSPEND, 0);
	hub.port[hub.num_ports] = behind = hub.port[0];
	assert_true(usbif_hub_bus_resume(&hub));
	assert_false(usbif_hub_bus_resume(&hub));
	assert_same(&hub.port[hub.num_ports], &behind);
	assert_port(1, ENABLED, 0);
	assert_port(2, ENABLED, 0);
}

static void the_bus_leaves_a_suspended_port_alone(void **state)
{
	(void)state;
	for (uint16_t port = 1; port <= 2; port++) {
		usbif_hub_connect(&hub, (uint8_t)port, USBIF_WIRE_SPEED_FULL);
		enable(port);
	}
	set_feature(F_SUSPEND, 1);
	usbif_hub_arm_wakeup(&hub, 2, true);
	assert_true(usbif_hub_bus_suspend(&hub));
	assert_true(usbif_hub_bus_resume(&hub));
	assert_port(1, ENABLED | USBIF_PORT_SUSPEND, 0);
	assert_port(2, ENABLED, 0);
}

static int ask(uint8_t type, uint8_t request, uint16_t value, uint16_t index)
{
	uint8_t data[16];

	return usbif_hub_control(&hub, type, request, value, index,
				 sizeof(data), 0, data, sizeof(data));
}

static void the_hub_itself_has_nothing_to_report(void **state)
{
	uint8_t data[4] = { 1, 2, 3, 4 };

	(void)state;
	assert_int_equal(usbif_hub_control(&hub, FROM_HUB, GET_STATUS, 0, 0,
					   4, 0, data, sizeof(data)), 4);
	assert_memory_equal(data, "\0\0\0\0", 4);
	assert_int_equal(ask(FROM_HUB, GET_STATUS, 0, 0), 4);
	for (uint16_t feature = 0; feature < 2; feature++) {
		assert_int_equal(ask(TO_HUB, SET_FEATURE, feature, 0), 0);
		assert_int_equal(ask(TO_HUB, CLEAR_FEATURE, feature, 0), 0);
	}
	assert_int_equal(ask(TO_HUB, SET_FEATURE, 2, 0), USBIF_E_ARG);
}

static void the_descriptor_fits_the_number_of_ports(void **state)
{
	uint8_t data[16];

	(void)state;
	for (uint8_t ports = 1; ports <= 31; ports++) {
		int map = 1 + ports / 8;

		usbif_hub_init(&hub, ports, 2);
		memset(data, 0xaa, sizeof(data));
		assert_int_equal(usbif_hub_control(&hub, FROM_HUB,
						   GET_DESCRIPTOR, 0x2900, 0,
						   sizeof(data), 0, data,
						   sizeof(data)),
				 7 + 2 * map);
		assert_int_equal(data[0], 7 + 2 * map);
		assert_int_equal(data[1], 0x29);
		assert_int_equal(data[2], ports);
		/* Ports are powered one by one and report no over-current. */
		assert_memory_equal(data + 3, "\x11\0\0\0", 4);
		for (int i = 0; i < map; i++) {
			assert_int_equal(data[7 + i], 0);
			assert_int_equal(data[7 + map + i], 0xff);
		}
	}
}

static void a_short_buffer_gets_the_beginning(void **state)
{
	uint8_t data[16];

	(void)state;
	for (uint16_t room = 0; room <= 9; room++) {
		memset(data, 0xaa, sizeof(data));
		assert_int_equal(usbif_hub_control(&hub, FROM_HUB,
						   GET_DESCRIPTOR, 0x2900, 0,
						   room, 0, data, 16), room);
		assert_int_equal(data[room], 0xaa);
		assert_int_equal(usbif_hub_control(&hub, FROM_HUB,
						   GET_DESCRIPTOR, 0x2900, 0,
						   16, 0, data, room), room);
		assert_int_equal(data[room], 0xaa);
	}
}

/* What a hub must accept, for a port that exists. */
static bool is_port_request(uint32_t type, uint32_t request, uint32_t value)
{
	if (type == FROM_PORT)
		return request == GET_STATUS;
	if (type != TO_PORT)
		return false;
	if (request == SET_FEATURE)
		return value == F_SUSPEND || value == F_RESET ||
		       value == F_POWER;
	return request == CLEAR_FEATURE &&
	       (value == F_ENABLE || value == F_SUSPEND || value == F_POWER ||
		(value >= F_C_CONNECTION && value <= F_C_RESET));
}

static bool is_hub_request(uint32_t type, uint32_t request, uint32_t value)
{
	if (type == FROM_HUB)
		return request == GET_STATUS ||
		       (request == GET_DESCRIPTOR && value == 0x2900);
	return type == TO_HUB && value < 2 &&
	       (request == SET_FEATURE || request == CLEAR_FEATURE);
}

static void any_other_request_is_stalled_and_changes_nothing(void **state)
{
	struct usbif_hub before;

	(void)state;
	usbif_hub_connect(&hub, 1, USBIF_WIRE_SPEED_HIGH);
	before = hub;
	for (uint32_t i = 0; i < 256 * 16 * 32; i++) {
		uint32_t type = i >> 9, request = i >> 5 & 15, value = i & 31;
		bool known = is_hub_request(type, request, value) ||
			     is_port_request(type, request, value);

		assert_int_equal(ask((uint8_t)type, (uint8_t)request,
				     (uint16_t)value, 1) == USBIF_E_ARG,
				 !known);
		if (!known)
			assert_same(&hub, &before);
		hub = before;
	}
}

static void a_port_that_does_not_exist_is_stalled(void **state)
{
	(void)state;
	for (uint32_t port = 0; port <= 0xffff; port++) {
		bool exists = port == 1 || port == 2;
		int status = ask(FROM_PORT, GET_STATUS, 0, (uint16_t)port);
		int set = ask(TO_PORT, SET_FEATURE, F_POWER, (uint16_t)port);
		int clear = ask(TO_PORT, CLEAR_FEATURE, F_ENABLE,
				(uint16_t)port);

		assert_int_equal(status, exists ? 4 : USBIF_E_ARG);
		assert_int_equal(set, exists ? 0 : USBIF_E_ARG);
		assert_int_equal(clear, exists ? 0 : USBIF_E_ARG);
	}
}

static void any_descriptor_but_the_hubs_is_stalled(void **state)
{
	(void)state;
	for (uint32_t value = 0; value <= 0xffff; value++)
		assert_int_equal(ask(FROM_HUB, GET_DESCRIPTOR,
				     (uint16_t)value, 0),
				 value == 0x2900 ? 9 : USBIF_E_ARG);
}

#define hub_test(story) cmocka_unit_test_setup(story, two_powered_ports)

int main(void)
{
	const struct CMUnitTest tests[] = {
		hub_test(a_fresh_hub_has_unpowered_silent_ports),
		hub_test(a_device_is_found_reset_and_enabled),
		hub_test(each_speed_is_shown_as_the_controller_can),
		hub_test(a_device_that_leaves_takes_everything_with_it),
		hub_test(a_device_that_leaves_ends_its_reset),
		hub_test(a_replaced_device_must_be_reset_again),
		hub_test(a_dark_port_shows_its_device_when_powered),
		hub_test(power_on_does_not_disturb_a_powered_port),
		hub_test(power_off_ends_a_reset),
		hub_test(all_devices_leave_at_once),
		hub_test(the_change_bitmap_names_the_ports),
		hub_test(the_change_bitmap_is_as_long_as_the_ports_need),
		hub_test(the_earliest_reset_is_the_deadline),
		hub_test(a_reset_can_be_asked_for_again),
		hub_test(resetting_an_empty_port_does_nothing),
		hub_test(a_port_is_suspended_and_resumed),
		hub_test(disabling_a_port_keeps_its_device),
		hub_test(a_resume_ends_with_the_port),
		hub_test(a_device_that_is_to_wake_the_guest_is_not_suspended),
		hub_test(a_reset_disarms),
		hub_test(the_bus_suspends_and_resumes_enabled_ports),
		hub_test(the_bus_leaves_a_suspended_port_alone),
		hub_test(the_hub_itself_has_nothing_to_report),
		hub_test(the_descriptor_fits_the_number_of_ports),
		hub_test(a_short_buffer_gets_the_beginning),
		hub_test(any_other_request_is_stalled_and_changes_nothing),
		hub_test(a_port_that_does_not_exist_is_stalled),
		hub_test(any_descriptor_but_the_hubs_is_stalled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
