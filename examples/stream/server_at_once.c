/* SPDX-License-Identifier: MIT */
/*
 * The way of today: a request goes to the host controller as soon as it is
 * here.  When one fails, the next one runs before the client has heard of it.
 */
#include "server.h"

static void start(struct server *s)
{
	(void)s;
}

static int stage(struct server *s)
{
	uint16_t slot;

	for (slot = 0; slot < STREAM_SLOTS; slot++)
		if (!s->request[slot].used)
			return slot;
	return -1;
}

static bool admit(struct server *s, uint16_t slot, uint16_t flags)
{
	const struct server_request *r = &s->request[slot];

	(void)flags;
	if (device_has(r->ep))
		hc_submit(&s->hc, slot, r->ep, s->data[slot], r->length);
	else
		server_answer(s, slot, USBIF_WIRE_ST_INVAL, 0);
	return true;
}

static bool unlink_request(struct server *s, uint8_t ep, uint16_t id)
{
	uint16_t slot;

	for (slot = 0; slot < STREAM_SLOTS; slot++)
		if (s->request[slot].used && s->request[slot].ep == ep &&
		    s->request[slot].id == id) {
			hc_cancel(&s->hc, slot);
			return true;
		}
	return false;
}

static void done(struct server *s, uint16_t slot, int32_t status,
		 uint32_t actual)
{
	/* CANCELLED is a status of the extension. */
	if (status == USBIF_WIRE_ST_CANCELLED)
		status = USBIF_WIRE_ST_IOERROR;
	server_answer(s, slot, status, actual);
}

static void end(struct server *s)
{
	uint16_t slot;

	for (slot = 0; slot < STREAM_SLOTS; slot++)
		if (s->request[slot].used)
			hc_cancel(&s->hc, slot);
}

const struct server_way server_at_once = {
	.flags = USBIF_WIRE_FLAG_SHORT_NOT_OK,
	.start = start, .stage = stage, .admit = admit,
	.unlink = unlink_request, .done = done, .end = end,
};
