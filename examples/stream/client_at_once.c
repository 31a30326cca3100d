/* SPDX-License-Identifier: MIT */
/*
 * The way of today: every URB is sent when it is submitted, every unlink when
 * the driver asks for it.  They come too late for what has run meanwhile.
 */
#include "client.h"

#include <string.h>

#define IS_UNLINK	0x8000u		/* in an id */

static void start(struct client *c, uint16_t revision)
{
	(void)c;
	(void)revision;
}

static int submit(struct client *c, struct urb *urb)
{
	struct frame f = { .kind = FRAME_SUBMIT, .ep = urb->ep,
			   .length = urb->length, .data = urb->buffer };

	if (urb->length > FRAME_MAX_DATA)
		return -1;
	while (f.id < STREAM_SLOTS && c->urb[f.id])
		f.id++;
	if (f.id == STREAM_SLOTS)
		return -1;
	if (urb->short_not_ok)
		f.flags = USBIF_WIRE_FLAG_SHORT_NOT_OK;
	conn_put(&c->conn, &f);
	return f.id;
}

static void unlink_urb(struct client *c, struct urb *urb)
{
	struct frame f = { .kind = FRAME_UNLINK, .ep = urb->ep,
			   .id = IS_UNLINK | urb->number,
			   .target = urb->number };

	conn_put(&c->conn, &f);
}

static bool answer(struct client *c, const struct frame *f)
{
	struct urb *urb;
	int32_t status = f->status;

	if (f->id & IS_UNLINK)
		return true;
	if (f->id >= STREAM_SLOTS || !c->urb[f->id])
		return false;
	urb = c->urb[f->id];
	if (f->ep != urb->ep || f->length > urb->length)
		return false;
	memcpy(urb->buffer, f->data, frame_data(f));
	if (status == USBIF_WIRE_ST_OK && urb->short_not_ok &&
	    f->length < urb->length)
		status = USBIF_WIRE_ST_SHORT;
	if (status == USBIF_WIRE_ST_IOERROR && urb->unlinked)
		status = USBIF_WIRE_ST_CANCELLED;
	client_give_back(c, urb, status, f->length);
	return true;
}

static void drain(struct client *c)
{
	(void)c;
}

static bool second(struct client *c)
{
	(void)c;
	return true;
}

static void shut_down(struct client *c)
{
	uint16_t id;

	for (id = 0; id < STREAM_SLOTS; id++)
		if (c->urb[id])
			client_give_back(c, c->urb[id],
					 USBIF_WIRE_ST_SHUTDOWN, 0);
}

const struct client_way client_at_once = {
	.revision = 0, .start = start, .submit = submit, .unlink = unlink_urb,
	.answer = answer, .drain = drain, .second = second,
	.shutdown = shut_down,
};
