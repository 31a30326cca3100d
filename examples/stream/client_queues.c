/* SPDX-License-Identifier: MIT */
/*
 * The way of the extension: the endpoint queues decide what is sent and when
 * an URB comes back.  What the server returns as not executed they keep, and
 * send again, in order and from the octet where it stopped, when the driver's
 * completion routines have returned.  All of that is in usbif/fq.h.
 */
#include "client.h"

#include <string.h>

#define PORT	1	/* one connection, one device */

static void start(struct client *c, uint16_t revision)
{
	const struct usbif_fq_config config = {
		.slots = STREAM_SLOTS, .depth = STREAM_SLOTS,
		.max_octets = FRAME_MAX_DATA, .extended = revision != 0 };

	usbif_fq_init(&c->fq, &config);
}

/* A step only: whoever submits may hold locks that a routine takes. */
static int submit(struct client *c, struct urb *urb)
{
	const struct usbif_fq_submit s = {
		.queue = usbif_queue_index(PORT, urb->ep & 15u,
					   urb->ep & FRAME_IN),
		.max_packet = 512, .length = urb->length,
		.in = urb->ep & FRAME_IN, .short_not_ok = urb->short_not_ok };

	return usbif_fq_submit(&c->fq, &s);
}

static void unlink_urb(struct client *c, struct urb *urb)
{
	usbif_fq_unlink(&c->fq, urb->number);
}

static void perform(struct client *c, const struct usbif_fq_duty *duty)
{
	struct urb *urb = c->urb[duty->urb];
	struct frame f = { .kind = FRAME_SUBMIT, .ep = urb->ep, .id = duty->id,
			   .flags = duty->flags, .target = duty->target,
			   .length = duty->length };

	if (duty->kind == USBIF_FQ_GIVEBACK) {
		client_give_back(c, urb, duty->status, duty->length);
		usbif_fq_retired(&c->fq, duty->urb);
		return;
	}
	c->ep[duty->id] = urb->ep;
	if (duty->kind == USBIF_FQ_UNLINK)
		f.kind = FRAME_UNLINK;
	else
		f.data = urb->buffer + duty->offset;
	conn_put(&c->conn, &f);
}

static void drain(struct client *c)
{
	struct usbif_fq_duty duty;

	while (usbif_fq_next(&c->fq, &duty))
		perform(c, &duty);
}

/*
 * The queues know what was asked for, and judge id, status and length by that.
 * They don't see the octets: those come along if the direction is right.
 */
static bool answer(struct client *c, const struct frame *f)
{
	struct usbif_fq_received got;

	if (f->id >= STREAM_SLOTS || f->ep != c->ep[f->id] ||
	    usbif_fq_answer(&c->fq, f->id, f->status, f->length, &got))
		return false;
	if (got.urb != USBIF_NONE && got.in)
		memcpy(c->urb[got.urb]->buffer + got.offset, f->data,
		       got.length);
	return true;
}

static bool second(struct client *c)
{
	return usbif_fq_tick(&c->fq) == USBIF_OK;
}

static void shut_down(struct client *c)
{
	usbif_fq_shutdown(&c->fq);
	drain(c);
}

const struct client_way client_queues = {
	.revision = 1, .start = start, .submit = submit, .unlink = unlink_urb,
	.answer = answer, .drain = drain, .second = second,
	.shutdown = shut_down,
};

const struct client_way client_alone = {
	.revision = 0, .start = start, .submit = submit, .unlink = unlink_urb,
	.answer = answer, .drain = drain, .second = second,
	.shutdown = shut_down,
};
