/* SPDX-License-Identifier: MIT */
#include "hc.h"

#include <string.h>

#include "usbif/wire.h"

void hc_submit(struct hc *hc, uint16_t slot, uint8_t ep, uint8_t *data,
	       uint32_t length)
{
	hc->transfer[slot] = (struct hc_transfer){
		.used = true, .ep = ep, .turn = hc->turns++,
		.data = data, .length = length };
}

void hc_cancel(struct hc *hc, uint16_t slot)
{
	hc->transfer[slot].cancelled = true;
}

bool hc_is_idle(const struct hc *hc)
{
	uint16_t slot;

	for (slot = 0; slot < STREAM_SLOTS; slot++)
		if (hc->transfer[slot].used)
			return false;
	return true;
}

/* Is it the first of its endpoint's queue? */
static bool is_first(const struct hc *hc, const struct hc_transfer *t)
{
	uint16_t slot;

	for (slot = 0; slot < STREAM_SLOTS; slot++) {
		const struct hc_transfer *other = &hc->transfer[slot];

		if (other->used && other->ep == t->ep && other->turn < t->turn)
			return false;
	}
	return true;
}

/* One packet.  Returns true if the transfer ends with it, with *status. */
static bool packet_in(struct device *d, struct hc_transfer *t,
		      int32_t *status, bool *moved)
{
	uint32_t octets;
	const uint8_t *packet = device_in(d, t->ep, &octets);

	*moved = packet != NULL;
	if (!packet)
		return false;
	if (octets > t->length - t->actual) {
		*status = USBIF_WIRE_ST_BABBLE;
		return true;
	}
	memcpy(t->data + t->actual, packet, octets);
	t->actual += octets;
	return octets < DEVICE_PACKET || t->actual == t->length;
}

static bool packet_out(struct device *d, struct hc_transfer *t,
		       int32_t *status, bool *moved)
{
	uint32_t octets = t->length - t->actual;

	if (octets > DEVICE_PACKET)
		octets = DEVICE_PACKET;
	*moved = true;
	*status = device_out(d, t->data + t->actual, octets);
	if (*status == USBIF_WIRE_ST_OK)
		t->actual += octets;
	return *status != USBIF_WIRE_ST_OK || t->actual == t->length;
}

/* Returns false if there is nothing to do for this transfer now. */
static bool step(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];
	int32_t status = USBIF_WIRE_ST_OK;
	bool moved = true, ends;

	if (t->cancelled) {
		status = USBIF_WIRE_ST_CANCELLED;
		ends = true;
	} else if (!is_first(hc, t)) {
		return false;
	} else if (t->ep & FRAME_IN) {
		ends = packet_in(hc->device, t, &status, &moved);
	} else {
		ends = packet_out(hc->device, t, &status, &moved);
	}
	if (!ends)
		return moved;
	t->used = false;
	hc->handler(hc->context, slot, status, t->actual);
	return true;
}

void hc_run(struct hc *hc)
{
	bool moved = true;
	uint16_t slot;

	while (moved) {
		moved = false;
		for (slot = 0; slot < STREAM_SLOTS; slot++)
			if (hc->transfer[slot].used && step(hc, slot))
				moved = true;
	}
}
