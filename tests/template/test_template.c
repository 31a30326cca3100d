/* SPDX-License-Identifier: MIT */
/*
 * The template port, as it is, against the library's back; and the drivers of
 * the unikernel on it, against simulated devices.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "memory.h"
#include "sha256.h"
#include "support/test.h"
#include "usb.h"

#define MOST_ROUNDS	20000

static struct shim shim;
static struct usb_device dev;

/* The unikernel's clock; in this world it moves when nothing else does. */
uint64_t now_ns(void)
{
	return platform_now_ms() * 1000000;
}

static uint64_t soon(void)
{
	return platform_now_ms() + 60000;
}

/* Rounds until it holds. */
#define until(condition)						\
	do {								\
		int rounds = MOST_ROUNDS;				\
									\
		while (!(condition)) {					\
			assert_true(rounds-- > 0);			\
			shim_round(&shim, soon());			\
		}							\
	} while (0)

static bool has_device(void)
{
	return usb_port_status(&shim) & USBIF_PORT_CONNECTION;
}

static void open_world(bool extended)
{
	memory_open(extended);
	shim_start(&shim);
	until(shim.open);
}

static void close_world(void)
{
	shim_stop(&shim);
	until(shim_is_gone(&shim));
	assert_int_equal(grants_held(&memory_world->grants), 0);
	memory_close();
}

static struct device *plug(struct device *d)
{
	memory_plug(d);
	until(has_device());
	usb_port_acknowledge(&shim, USBIF_PORT_C_CONNECTION);
	return d;
}

static void unplug(struct device *d)
{
	memory_unplug(d);
	until(!has_device());
}

static void sum_of(const struct device *d, char hex[65])
{
	struct sha256 sha;

	sha256_start(&sha);
	sha256_add(&sha, d->disk->medium, sizeof(d->disk->medium));
	sha256_end(&sha, hex);
}

/* FIPS 180-4's own example, and one that ends in a second block. */
static void sha256_of_known_texts(void **state)
{
	struct sha256 sha;
	char hex[65];

	(void)state;
	sha256_start(&sha);
	sha256_add(&sha, "abc", 3);
	sha256_end(&sha, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	sha256_start(&sha);
	sha256_add(&sha, "abcdbcdecdefdefgefghfghighijhijkijkljklm", 40);
	sha256_add(&sha, "klmnlmnomnopnopq", 16);
	sha256_end(&sha, hex);
	assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039"
				 "a33ce45964ff2167f6ecedd419db06c1");
}

static void read_stick(bool extended, bool no_stall)
{
	struct device *d;
	char hex[65];

	open_world(extended);
	d = plug(device_stick(no_stall));
	assert_int_equal(usb_enumerate(&shim, &dev), 0);
	storage_run(&dev);
	sum_of(d, hex);
	assert_true(memory_said(hex));
	assert_true(memory_said(no_stall ? "0 stalled" : "1 stalled"));
	/* The status behind the short read came back and was sent again. */
	if (extended && no_stall)
		assert_true(memory_said("short read: 36 of 255 octets; the URB behind it came back unexecuted 1 times, was sent 2 times, 1 with restart"));
	else
		assert_int_equal(shim.count.restarts > 0, extended);
	unplug(d);
	close_world();
}

static void a_stick_is_read_whole(void **state)
{
	(void)state;
	read_stick(true, true);
}

static void a_stick_that_halts_is_read_whole(void **state)
{
	(void)state;
	read_stick(true, false);
}

static void the_same_from_an_old_back(void **state)
{
	(void)state;
	read_stick(false, true);
	read_stick(false, false);
}

static void type_on(struct device *d)
{
	assert_int_equal(usb_enumerate(&shim, &dev), 0);
	keyboard_start(&dev);
	memory_forget();
	device_say(d, 1, 8);
	until(memory_said("key: "));
	unplug(d);
}

static void keys_are_printed_of_one_keyboard_and_the_next(void **state)
{
	(void)state;
	open_world(true);
	type_on(plug(device_keyboard()));
	type_on(plug(device_keyboard()));
	close_world();
}

/* What a device says of itself makes no sense. */
static void descriptors_that_lie_are_not_believed(void **state)
{
	static const struct {
		uint8_t octets[32];
		int n;
	} lie[] = {
		{ { 0 }, 0 },
		{ { 9, 2, 18, 0, 1 }, 5 },			/* cut off */
		{ { 9, 2, 0, 0, 1, 1, 0, 0, 0 }, 9 },		/* no length */
		{ { 9, 2, 9, 0, 1, 1, 0, 0, 0 }, 9 },		/* nothing in it */
		{ { 9, 5, 18, 0, 1, 1, 0, 0, 0 }, 9 },		/* another type */
		{ { 0, 2, 18, 0, 1, 1, 0, 0, 0, 9, 4 }, 18 },	/* length 0 */
		{ { 9, 2, 18, 0, 1, 1, 0, 0, 0, 1, 4 }, 18 },
		{ { 9, 2, 18, 0, 1, 1, 0, 0, 0, 200, 4 }, 18 },	/* beyond */
		{ { 9, 2, 255, 255, 1, 1, 0, 0, 0, 2, 4 }, 11 },
	};
	size_t i;

	(void)state;
	open_world(true);
	for (i = 0; i < sizeof(lie) / sizeof(lie[0]); i++) {
		struct device *d = device_stick(true);

		d->lie = lie[i].octets;
		d->lie_octets = lie[i].n;
		plug(d);
		assert_int_equal(usb_enumerate(&shim, &dev), USB_LIES);
		unplug(d);
	}
	close_world();
}

static struct shim_urb reads[3];
static uint8_t buffer[3][512];
static int order[3], ended;

static void on_read(struct shim_urb *urb)
{
	order[ended++] = (int)(urb - reads);
}

/* The first is short, which its driver calls an error: it unlinks the second. */
static void on_first(struct shim_urb *urb)
{
	on_read(urb);
	/* While it thinks, everybody else goes on. */
	world_settle_for(memory_world, 100);
	shim_unlink(&shim, &reads[1]);
}

static void submit_reads(void)
{
	const struct usb_endpoint *in;
	int i;

	ended = 0;
	in = usb_endpoint(&dev, USBIF_XFER_BULK, true);
	assert_non_null(in);
	for (i = 0; i < 3; i++) {
		usb_fill(&dev, in, &reads[i], buffer[i], 512);
		reads[i].what.short_not_ok = true;
		reads[i].complete = on_read;
	}
	reads[0].complete = on_first;
	for (i = 0; i < 3; i++)
		assert_true(shim_submit(&shim, &reads[i]));
}

static void start_messages(struct device **d, bool extended)
{
	open_world(extended);
	*d = plug(device_messages());
	assert_int_equal(usb_enumerate(&shim, &dev), 0);
	submit_reads();
}

static void what_is_unlinked_behind_a_short_read_does_not_move(void **state)
{
	struct device *d;

	(void)state;
	start_messages(&d, true);
	device_say(d, 1, 100);
	device_say(d, 1, 200);
	until(ended == 3);
	assert_int_equal(reads[0].status, USBIF_WIRE_ST_SHORT);
	assert_int_equal(reads[0].actual, 100);
	assert_int_equal(reads[1].status, USBIF_WIRE_ST_CANCELLED);
	assert_int_equal(reads[1].actual, 0);
	assert_int_equal(reads[2].status, USBIF_WIRE_ST_SHORT);
	assert_int_equal(reads[2].actual, 200);
	assert_int_equal(buffer[2][0], device_pattern(1, 100));
	assert_int_equal(order[0], 0);
	unplug(d);
	close_world();
}

static void a_device_that_leaves_ends_its_urbs(void **state)
{
	struct device *d;

	(void)state;
	start_messages(&d, true);
	/* The device has them when it leaves. */
	shim_round(&shim, platform_now_ms() + 1);
	unplug(d);
	until(ended == 3);
	assert_int_equal(reads[2].status, USBIF_WIRE_ST_SHUTDOWN);
	assert_int_equal(usb_control(&dev, 0x80, 6, 0x100, 0, buffer[0], 18),
			 USBIF_WIRE_ST_SHUTDOWN);
	close_world();
}

/* It was not even on the ring: nobody else has to do with it. */
static void what_was_not_sent_is_given_back_at_once(void **state)
{
	struct device *d;
	uint64_t from;

	(void)state;
	start_messages(&d, false);
	from = platform_now_ms();
	shim_unlink(&shim, &reads[2]);
	assert_int_equal(ended, 0);
	until(ended == 1);
	assert_int_equal(order[0], 2);
	assert_int_equal(platform_now_ms(), from);
	unplug(d);
	until(ended == 3);
	close_world();
}

static void a_back_that_is_silent_is_left(void **state)
{
	struct device *d;
	uint64_t from;

	(void)state;
	start_messages(&d, true);
	memory_world->host_is_frozen = true;
	shim_unlink(&shim, &reads[0]);
	from = platform_now_ms();
	until(ended == 3);
	assert_in_range(platform_now_ms() - from, 9000, 12000);
	assert_true(memory_said("the backend is at fault: RSP_OVERDUE"));
	memory_world->host_is_frozen = false;
	close_world();
}

static void stopping_takes_no_time(void **state)
{
	struct device *d;
	uint64_t from;

	(void)state;
	start_messages(&d, true);
	shim_round(&shim, platform_now_ms() + 1);
	from = platform_now_ms();
	shim_stop(&shim);
	until(shim_is_gone(&shim));
	assert_int_equal(ended, 3);
	assert_int_equal(platform_now_ms(), from);
	close_world();
}

static void a_silent_device_is_given_up(void **state)
{
	uint64_t from;

	(void)state;
	open_world(true);
	plug(device_messages());
	assert_int_equal(usb_enumerate(&shim, &dev), 0);
	from = platform_now_ms();
	assert_int_equal(usb_control(&dev, 0xc0, DEVICE_REQ_SILENT, 0, 0,
				     buffer[0], 64), USB_TIMEOUT);
	assert_in_range(platform_now_ms() - from, USB_TIMEOUT_MS,
			USB_TIMEOUT_MS + 100);
	close_world();
}

static void a_back_that_is_unloaded_and_loaded_is_found_again(void **state)
{
	struct device *d;

	(void)state;
	start_messages(&d, true);
	bus_unload(memory_world, &memory_world->bus.back);
	until(!shim.linked && ended == 3);
	assert_false(shim_submit(&shim, &reads[0]));
	until(!memory_world->bus.back.loaded);
	bus_load(memory_world, &memory_world->bus.back);
	until(shim.open && has_device());
	assert_int_equal(usb_enumerate(&shim, &dev), 0);
	close_world();
}

static void a_back_that_lies_is_left(void **state)
{
	struct device *d;

	(void)state;
	start_messages(&d, true);
	memory_lie();
	until(!shim.linked && ended == 3);
	assert_int_equal(reads[0].status, USBIF_WIRE_ST_SHUTDOWN);
	assert_int_equal(shim.count.faults, 1);
	assert_true(memory_said("the backend is at fault: RING_INDEX"));
	assert_non_null(store_read(memory_world, "other",
				   "error/device/vusb/0/error"));
	/* The toolstack makes the controller anew. */
	bus_detach(memory_world);
	until(memory_world->bus.back.back.m.own == USBIF_XB_CLOSED);
	bus_unload(memory_world, &memory_world->bus.back);
	until(!memory_world->bus.back.loaded);
	memory_remove_nodes();
	until(shim_is_gone(&shim));
	memory_make_nodes();
	bus_load(memory_world, &memory_world->bus.back);
	until(shim.open);
	close_world();
}

static void keys_of_the_back_are_judged(void **state)
{
	(void)state;
	memory_open(true);
	store_write(memory_world, "be", "usb-ver", "3");
	store_write(memory_world, "be", "state", "%u", USBIF_XB_INITWAIT);
	memory_world->bus.back.loaded = false;
	shim_start(&shim);
	until(memory_said("the backend is at fault: "));
	assert_true(memory_said("usb-ver"));
	assert_false(shim.linked);
	memory_world->bus.back.loaded = true;
	store_write(memory_world, "be", "usb-ver", "2");
	close_world();
}

/* What the back still has is not used again until it lets go. */
static void pages_that_the_back_keeps_are_put_aside(void **state)
{
	(void)state;
	open_world(true);
	memory_hold_grants(true);
	bus_unload(memory_world, &memory_world->bus.back);
	until(!shim.linked);
	assert_true(memory_said("the backend keeps 258 pages"));
	until(!memory_world->bus.back.loaded);
	bus_load(memory_world, &memory_world->bus.back);
	until(memory_said("cannot connect: "));
	assert_false(shim.linked);
	memory_hold_grants(false);
	shim_stop(&shim);
	until(shim_is_gone(&shim));
	shim_release(&shim);
	memory_close();
}

/* Each action that may fail, in turn: no harm is done, and nothing is left. */
static void every_failure_is_survived(void **state)
{
	uint32_t n = 0;
	bool reached;

	(void)state;
	do {
		struct device *d;

		memory_open(true);
		memory_world->fail_nth = ++n;
		shim_start(&shim);
		until(shim.open || memory_said("cannot connect"));
		if (shim.open) {
			d = plug(device_stick(true));
			assert_true(usb_enumerate(&shim, &dev) == 0 ||
				    memory_world->failed);
			unplug(d);
		}
		shim_stop(&shim);
		until(shim_is_gone(&shim));
		reached = memory_world->failed != NULL;
		memory_close();
	} while (reached);
	assert_true(n > SHIM_PAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of_known_texts),
		cmocka_unit_test(a_stick_is_read_whole),
		cmocka_unit_test(a_stick_that_halts_is_read_whole),
		cmocka_unit_test(the_same_from_an_old_back),
		cmocka_unit_test(keys_are_printed_of_one_keyboard_and_the_next),
		cmocka_unit_test(descriptors_that_lie_are_not_believed),
		cmocka_unit_test(what_is_unlinked_behind_a_short_read_does_not_move),
		cmocka_unit_test(a_device_that_leaves_ends_its_urbs),
		cmocka_unit_test(what_was_not_sent_is_given_back_at_once),
		cmocka_unit_test(a_back_that_is_silent_is_left),
		cmocka_unit_test(stopping_takes_no_time),
		cmocka_unit_test(a_silent_device_is_given_up),
		cmocka_unit_test(a_back_that_is_unloaded_and_loaded_is_found_again),
		cmocka_unit_test(a_back_that_lies_is_left),
		cmocka_unit_test(keys_of_the_back_are_judged),
		cmocka_unit_test(pages_that_the_back_keeps_are_put_aside),
		cmocka_unit_test(every_failure_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
