/* SPDX-License-Identifier: MIT */
#include "workloads.h"

#include <stdio.h>
#include <string.h>

#include "driver.h"

/* The end of a message: the other URBs of this read are not needed. */
static void end_of_read(struct urb *urb)
{
	if (urb->status == USBIF_WIRE_ST_SHORT)
		driver_unlink_behind(urb->context, urb);
}

static bool run_messages(struct client *c)
{
	struct driver d;
	uint32_t seen = 0, read, i;
	bool right = true;

	for (read = 1; seen < DEVICE_MESSAGES * DEVICE_MESSAGE; read++) {
		driver_prepare(&d, c, MESSAGES, 512, end_of_read);
		for (i = 0; i < URBS; i++)
			d.urb[i].short_not_ok = true;
		if (!driver_submit_all(&d) || !client_run(c, NULL))
			return false;
		printf("    read %u:", read);
		for (i = 0; i < URBS; i++) {
			urb_say_message(&d.urb[i]);
			right &= urb_has_message(&d.urb[i], i == 0 ? read : 0);
			seen += d.urb[i].actual;
		}
		printf("\n");
	}
	return right && read == DEVICE_MESSAGES + 1;
}

/* This driver does without the second URB only, and keeps the others. */
static void drop_second(struct urb *urb)
{
	struct driver *d = urb->context;

	if (urb == &d->urb[0])
		client_unlink(d->c, &d->urb[1]);
}

static bool run_kept(struct client *c)
{
	struct driver d;
	uint32_t i;

	driver_prepare(&d, c, MESSAGES, 512, drop_second);
	for (i = 0; i < URBS; i++)
		d.urb[i].short_not_ok = true;
	if (!driver_submit_all(&d) || !client_run(c, NULL))
		return false;
	driver_say_urbs(&d);
	return urb_has_message(&d.urb[0], 1) && urb_has_message(&d.urb[1], 0) &&
	       d.urb[1].status == USBIF_WIRE_ST_CANCELLED &&
	       urb_has_message(&d.urb[2], 2) && urb_has_message(&d.urb[3], 3);
}

/* A write failed: nothing behind it may be written before it. */
static void end_of_write(struct urb *urb)
{
	if (urb->status != USBIF_WIRE_ST_OK)
		driver_unlink_behind(urb->context, urb);
}

/* What the device has got on 2 OUT: parts of 100 octets, by number. */
static bool read_parts(struct client *c, char *parts)
{
	static uint8_t buffer[ROOM];
	struct urb urb = { .ep = KEPT, .buffer = buffer, .length = ROOM };
	uint32_t i;

	if (!client_submit(c, &urb) || !client_run(c, &urb))
		return false;
	for (i = 0; i < urb.actual / DEVICE_MESSAGE; i++)
		parts[i] = (char)('0' + buffer[i * DEVICE_MESSAGE]);
	parts[i] = 0;
	return urb.status == USBIF_WIRE_ST_OK;
}

static bool run_error(struct client *c)
{
	struct driver d;
	char parts[ROOM / DEVICE_MESSAGE + 1];
	uint32_t i;

	driver_prepare(&d, c, KEEPER, DEVICE_MESSAGE, end_of_write);
	for (i = 0; i < URBS; i++)
		memset(d.buffer[i], (int)i + 1, DEVICE_MESSAGE);
	if (!driver_submit_all(&d) || !client_run(c, NULL))
		return false;
	driver_say_urbs(&d);
	for (i = 0; i < URBS; i++)	/* again, from the one that failed */
		if (d.urb[i].status != USBIF_WIRE_ST_OK &&
		    !client_submit(c, &d.urb[i]))
			return false;
	if (!client_run(c, NULL) || !read_parts(c, parts))
		return false;
	printf("    the device got the parts %s\n", parts);
	return strcmp(parts, "1234") == 0;
}

static bool run_silent(struct client *c)
{
	struct driver d;
	char parts[ROOM / DEVICE_MESSAGE + 1];
	bool right = true;
	uint32_t i;

	driver_prepare(&d, c, SILENT, ROOM, NULL);
	if (!driver_submit_all(&d))
		return false;
	/* Another endpoint answers, and with that all is where it gets to. */
	if (!read_parts(c, parts))
		return false;
	for (i = 0; i < URBS; i++)
		client_unlink(c, &d.urb[i]);
	if (!client_run(c, NULL))
		return false;
	driver_say_urbs(&d);
	for (i = 0; i < URBS; i++)
		right &= d.urb[i].status == USBIF_WIRE_ST_CANCELLED &&
			 d.urb[i].actual == (i == 0 ? 2 * DEVICE_PACKET : 0);
	return right && d.buffer[0][0] == 1 && d.buffer[0][DEVICE_PACKET] == 2;
}

const struct workload workloads[WORKLOADS] = {
	{ "messages", "reads of up to four URBs; four messages are waiting, "
	  "a short packet ends a read", run_messages },
	{ "kept", "the same, but of the URBs behind a short one the driver "
	  "unlinks only the first", run_kept },
	{ "error", "four parts are written, the second is lost on the bus; "
	  "the driver writes again from there", run_error },
	{ "silent", "a device sends 1024 of 4096 octets and falls silent; the "
	  "driver unlinks everything", run_silent },
};
