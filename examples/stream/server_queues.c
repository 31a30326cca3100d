/* SPDX-License-Identifier: MIT */
/*
 * The way of the extension: the endpoint queues decide what the host
 * controller may have.  When a request fails, its queue stops inside the
 * completion handler; what is behind it comes back as not executed, and so
 * does what still arrives, until the client sends a request with the restart
 * flag.  All of that is in usbif/bq.h; here is only what it is told.
 */
#include "server.h"

#include "usbif/fq.h"	/* usbif_queue_index() */

#define PORT	1	/* one connection, one device */

static uint16_t queue_of(uint8_t ep)
{
	return usbif_queue_index(PORT, ep & 15u, ep & FRAME_IN);
}

static void start(struct server *s)
{
	/* hc_depth 1: whatever the host controller does after an error */
	const struct usbif_bq_config config = {
		.slots = STREAM_SLOTS, .hc_depth = 1, .extended = true };
	uint32_t ep;

	usbif_bq_init(&s->bq, &config);
	for (ep = 0; ep < 256; ep++)
		if (device_has((uint8_t)ep))
			usbif_bq_set_endpoint(&s->bq, queue_of((uint8_t)ep),
					      USBIF_XFER_BULK, DEVICE_PACKET,
					      0);
}

/* After each step: do what the queues want done. */
static void drain(struct server *s)
{
	struct usbif_bq_duty duty;
	struct usbif_bq_answer a;

	while (usbif_bq_next(&s->bq, &duty)) {
		const struct server_request *r = &s->request[duty.slot];

		if (duty.kind == USBIF_BQ_SUBMIT)
			hc_submit(&s->hc, duty.slot, r->ep, s->data[duty.slot],
				  r->length);
		else
			hc_cancel(&s->hc, duty.slot);
	}
	while (usbif_bq_next_answer(&s->bq, &a)) {
		server_answer(s, a.slot, a.status, a.actual);
		usbif_bq_answered(&s->bq, a.slot);
	}
}

static int stage(struct server *s)
{
	return usbif_bq_stage(&s->bq);
}

static bool admit(struct server *s, uint16_t slot, uint16_t flags)
{
	const struct server_request *r = &s->request[slot];
	const struct usbif_bq_admit a = {
		.id = r->id, .queue = queue_of(r->ep), .flags = flags,
		.in = r->ep & FRAME_IN, .length = r->length,
		.refuse = device_has(r->ep) ? USBIF_WIRE_ST_OK :
					      USBIF_WIRE_ST_INVAL };
	int err = usbif_bq_admit(&s->bq, slot, &a);

	drain(s);
	return err == USBIF_OK;
}

static bool unlink_request(struct server *s, uint8_t ep, uint16_t id)
{
	bool found = usbif_bq_unlink(&s->bq, queue_of(ep), id);

	drain(s);
	return found;
}

static void done(struct server *s, uint16_t slot, int32_t status,
		 uint32_t actual)
{
	usbif_bq_done(&s->bq, slot, status, actual);
	drain(s);
}

static void end(struct server *s)
{
	usbif_bq_gone(&s->bq, PORT);
	drain(s);
}

const struct server_way server_queues = {
	.flags = USBIF_WIRE_FLAG_SHORT_NOT_OK | USBIF_WIRE_FLAG_RESTART,
	.start = start, .stage = stage, .admit = admit,
	.unlink = unlink_request, .done = done, .end = end,
};
