/* SPDX-License-Identifier: MIT */
#include "workloads.h"

#include <stdio.h>
#include <string.h>

#include "device.h"

#define URBS	4
#define ROOM	4096u

#define MESSAGES	(FRAME_IN | 1u)
#define KEEPER		2u
#define KEPT		(FRAME_IN | 2u)
#define SILENT		(FRAME_IN | 3u)

/* A driver with a few URBs for one endpoint. */
struct driver {
	struct client *c;
	struct urb urb[URBS];
	uint8_t buffer[URBS][ROOM];
};

static void prepare(struct driver *d, struct client *c, uint8_t ep,
		    uint32_t length, void (*complete)(struct urb *))
{
	uint32_t i;

	memset(d, 0, sizeof(*d));
	d->c = c;
	for (i = 0; i < URBS; i++)
		d->urb[i] = (struct urb){
			.ep = ep, .length = length, .buffer = d->buffer[i],
			.complete = complete, .context = d };
}

static bool submit_all(struct driver *d)
{
	uint32_t i;

	for (i = 0; i < URBS; i++)
		if (!client_submit(d->c, &d->urb[i]))
			return false;
	return true;
}

static void unlink_behind(struct driver *d, const struct urb *urb)
{
	uint32_t i;

	for (i = (uint32_t)(urb - d->urb) + 1; i < URBS; i++)
		client_unlink(d->c, &d->urb[i]);
}

static void say_urbs(const struct driver *d)
{
	uint32_t i;

	for (i = 0; i < URBS; i++) {
		const struct urb *urb = &d->urb[i];

		printf("    URB %u: status %4d, %4u octets", i + 1,
		       (int)urb->status, urb->actual);
		if (urb->ep == MESSAGES && urb->actual != 0)
			printf(" of message %u", urb->buffer[0]);
		printf("%s\n", urb->unlinked ? ", unlinked by the driver" : "");
	}
}

static void say_message(const struct urb *urb)
{
	if (urb->actual == 0)
		printf(" -");
	else
		printf(" message %u%s", urb->buffer[0],
		       urb->unlinked ? " (lost: unlinked)" : "");
}

/* Does the URB have the whole message of that number (0: nothing at all)? */
static bool has_message(const struct urb *urb, uint32_t number)
{
	uint32_t i;

	if (urb->actual != (number ? DEVICE_MESSAGE : 0))
		return false;
	for (i = 0; i < urb->actual; i++)
		if (urb->buffer[i] != number)
			return false;
	return true;
}

/* The end of a message: the other URBs of this read are not needed. */
static void end_of_read(struct urb *urb)
{
	if (urb->status == USBIF_WIRE_ST_SHORT)
		unlink_behind(urb->context, urb);
}

static bool run_messages(struct client *c)
{
	struct driver d;
	uint32_t seen = 0, read, i;
	bool right = true;

	for (read = 1; seen < DEVICE_MESSAGES * DEVICE_MESSAGE; read++) {
		prepare(&d, c, MESSAGES, 512, end_of_read);
		for (i = 0; i < URBS; i++)
			d.urb[i].short_not_ok = true;
		if (!submit_all(&d) || !client_run(c, NULL))
			return false;
		printf("    read %u:", read);
		for (i = 0; i < URBS; i++) {
			say_message(&d.urb[i]);
			right &= has_message(&d.urb[i], i == 0 ? read : 0);
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

	prepare(&d, c, MESSAGES, 512, drop_second);
	for (i = 0; i < URBS; i++)
		d.urb[i].short_not_ok = true;
	if (!submit_all(&d) || !client_run(c, NULL))
		return false;
	say_urbs(&d);
	return has_message(&d.urb[0], 1) && has_message(&d.urb[1], 0) &&
	       d.urb[1].status == USBIF_WIRE_ST_CANCELLED &&
	       has_message(&d.urb[2], 2) && has_message(&d.urb[3], 3);
}

/* A write failed: nothing behind it may be written before it. */
static void end_of_write(struct urb *urb)
{
	if (urb->status != USBIF_WIRE_ST_OK)
		unlink_behind(urb->context, urb);
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

	prepare(&d, c, KEEPER, DEVICE_MESSAGE, end_of_write);
	for (i = 0; i < URBS; i++)
		memset(d.buffer[i], (int)i + 1, DEVICE_MESSAGE);
	if (!submit_all(&d) || !client_run(c, NULL))
		return false;
	say_urbs(&d);
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

	prepare(&d, c, SILENT, ROOM, NULL);
	if (!submit_all(&d))
		return false;
	/* Another endpoint answers, and with that all is where it gets to. */
	if (!read_parts(c, parts))
		return false;
	for (i = 0; i < URBS; i++)
		client_unlink(c, &d.urb[i]);
	if (!client_run(c, NULL))
		return false;
	say_urbs(&d);
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
