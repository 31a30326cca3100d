/* SPDX-License-Identifier: MIT */
/* A stick and its driver: commands, data, status, and what goes wrong. */
#include "support/disk.h"
#include "support/drivers.h"
#include "support/stories.h"

#define SECTOR	DEVICE_SECTOR

static void read_sectors(struct world *w, struct bot *bot, uint32_t sector,
			 uint16_t sectors)
{
	uint32_t octets = sectors * SECTOR, at = 0, i;
	uint8_t cdb[10];

	disk_make_cdb(cdb, DISK_READ_10, sector, sectors);
	must(w, bot_command(w, bot, cdb, true, octets) == 0);
	must(w, bot->sg.octets == octets);
	for (i = 0; i < bot->sg.urbs; i++) {
		const struct urb *urb = bot->sg.urb[i];

		must(w, memcmp(urb->data, bot->dev->device->disk->medium +
					  sector * SECTOR + at,
			       urb->actual) == 0);
		at += urb->actual;
	}
}

static void write_sectors(struct world *w, struct bot *bot, uint32_t sector,
			  uint16_t sectors)
{
	uint32_t octets = sectors * SECTOR, at = 0, i;
	uint8_t cdb[10];

	disk_make_cdb(cdb, DISK_WRITE_10, sector, sectors);
	must(w, bot_command(w, bot, cdb, false, octets) == 0);
	for (i = 0; i < bot->sg.urbs; i++) {
		const struct urb *urb = bot->sg.urb[i];

		must(w, memcmp(urb->data, bot->dev->device->disk->medium +
					  sector * SECTOR + at,
			       urb->actual) == 0);
		at += urb->actual;
	}
	must(w, at == octets);
}

static void sectors_are_read_and_written(struct world *w)
{
	static const uint16_t counts[] = { 1, 8, 128, 240 };
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_stick(false)));
	struct bot bot;
	uint32_t i;

	must(w, dev);
	bot_init(&bot, dev);
	for (i = 0; i < COUNT_OF(counts); i++) {
		read_sectors(w, &bot, i, counts[i]);
		write_sectors(w, &bot, 2 * i, counts[i]);
		read_sectors(w, &bot, i, counts[i]);
	}
}

static int32_t inquire(struct world *w, struct bot *bot, uint32_t octets)
{
	static const uint8_t cdb[10] = { DISK_INQUIRY };

	return bot_command(w, bot, cdb, true, octets);
}

/*
 * The device ends its data with a short packet and goes on to its status: a
 * second read that is queued must not swallow that.
 */
static void a_short_answer_leaves_the_status_alone(struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_stick(true)));
	struct bot bot;

	must(w, dev);
	bot_init(&bot, dev);
	bot.piece = 32768;
	must(w, inquire(w, &bot, 122880) == 0);
	must(w, bot.sg.status == USBIF_WIRE_ST_SHORT);
	must(w, bot.sg.octets == DISK_INQUIRY_OCTETS);
	must(w, bot.sg.urb[0]->actual == DISK_INQUIRY_OCTETS);
	must(w, bot.sg.urb[1]->actual == 0);
	must(w, bot.sg.urb[1]->status == USBIF_WIRE_ST_CANCELLED);
	must(w, inquire(w, &bot, DISK_INQUIRY_OCTETS) == 0);
	read_sectors(w, &bot, 3, 5);
}

static void a_stall_after_data_is_cleared_and_the_status_read(struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_stick(false)));
	struct bot bot;

	must(w, dev);
	bot_init(&bot, dev);
	must(w, inquire(w, &bot, 8 * 4096) == 0);
	must(w, bot.sg.octets == DISK_INQUIRY_OCTETS);
	must(w, dev->device->clear_halts == 1);
	read_sectors(w, &bot, 3, 5);
}

static void a_failing_command_says_so(struct world *w)
{
	static const uint8_t unknown[10] = { 0x77 };
	static const uint8_t ready[10] = { DISK_TEST_UNIT_READY };
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_stick(false)));
	struct bot bot;

	must(w, dev);
	bot_init(&bot, dev);
	must(w, bot_command(w, &bot, unknown, true, 8192) == 1);
	must(w, bot.data_status == USBIF_WIRE_ST_STALL);
	must(w, bot_command(w, &bot, unknown, false, 8192) == 1);
	must(w, bot.data_status == USBIF_WIRE_ST_STALL);
	must(w, bot_command(w, &bot, ready, true, 0) == 0);
	write_sectors(w, &bot, 100, 16);
	read_sectors(w, &bot, 100, 16);
}

static void sticks_do_not_mix(struct world *w)
{
	struct usb_dev *dev[2];
	struct bot bot[2];
	uint8_t i;

	for (i = 0; i < 2; i++) {
		dev[i] = plug_and_enumerate(w, i + 1, world_add(w,
					    device_stick(false)));
		must(w, dev[i]);
		bot_init(&bot[i], dev[i]);
	}
	write_sectors(w, &bot[0], 0, 32);
	write_sectors(w, &bot[1], 5, 32);
	read_sectors(w, &bot[0], 0, 64);
	read_sectors(w, &bot[1], 0, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(sectors_are_read_and_written),
		STORY(sectors_are_read_and_written, .old = true),
		STORY(sectors_are_read_and_written, .ring_pages = 4,
		      .hc_depth = 8, .hc = { .stops = true }),
		STORY(a_short_answer_leaves_the_status_alone),
		STORY(a_short_answer_leaves_the_status_alone, .old = true),
		STORY(a_short_answer_leaves_the_status_alone, .hc_depth = 4,
		      .hc = { .stops = true, .cancel = HC_CANCEL_INSIDE }),
		STORY(a_stall_after_data_is_cleared_and_the_status_read),
		STORY(a_stall_after_data_is_cleared_and_the_status_read,
		      .old = true),
		STORY(a_failing_command_says_so),
		STORY(a_failing_command_says_so, .old = true),
		STORY(sticks_do_not_mix, .num_ports = 2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
