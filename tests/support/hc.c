/* SPDX-License-Identifier: MIT */
#include "support/hc.h"

#include <stdlib.h>
#include <string.h>

#define LATE_STEPS	5

void hc_init(struct hc *hc, const struct hc_config *config)
{
	uint16_t i;

	memset(hc, 0, sizeof(*hc));
	hc->config = *config;
	for (i = 0; i < USBIF_MAX_QUEUES; i++) {
		hc->queue[i].head = USBIF_NONE;
		hc->queue[i].tail = USBIF_NONE;
	}
	hc->ended_head = USBIF_NONE;
	hc->ended_tail = USBIF_NONE;
}

void hc_queue(struct hc *hc, uint16_t slot, const struct hc_transfer *t)
{
	struct hc_queue *q = &hc->queue[t->queue];

	if (hc->transfer[slot].state != HC_UNUSED)
		abort();
	hc->transfer[slot] = *t;
	hc->transfer[slot].state = HC_QUEUED;
	hc->transfer[slot].next = USBIF_NONE;
	if (q->tail == USBIF_NONE)
		q->head = slot;
	else
		hc->transfer[q->tail].next = slot;
	q->tail = slot;
	hc->queued++;
	hc->in_queues++;
}

static void unqueue(struct hc *hc, uint16_t slot)
{
	struct hc_queue *q = &hc->queue[hc->transfer[slot].queue];
	uint16_t before = USBIF_NONE, at = q->head;

	while (at != slot) {
		before = at;
		at = hc->transfer[at].next;
	}
	if (before == USBIF_NONE)
		q->head = hc->transfer[slot].next;
	else
		hc->transfer[before].next = hc->transfer[slot].next;
	if (q->tail == slot)
		q->tail = before;
	hc->in_queues--;
}

static void end(struct hc *hc, uint16_t slot, int32_t status)
{
	struct hc_transfer *t = &hc->transfer[slot];

	unqueue(hc, slot);
	t->state = HC_ENDED;
	t->status = status;
	t->next = USBIF_NONE;
	if (hc->ended_tail == USBIF_NONE)
		hc->ended_head = slot;
	else
		hc->transfer[hc->ended_tail].next = slot;
	hc->ended_tail = slot;
	if (hc->config.stops && t->type != USBIF_XFER_ISO &&
	    (status != USBIF_WIRE_ST_OK || t->actual < t->length))
		hc->queue[t->queue].halted = true;
}

bool hc_cancel(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];

	if (t->state != HC_QUEUED)
		return false;
	t->cancelled = true;
	t->patience = LATE_STEPS;
	if (hc->config.cancel == HC_CANCEL_LATE ||
	    hc->config.cancel == HC_CANCEL_NEVER)
		return false;
	end(hc, slot, USBIF_WIRE_ST_CANCELLED);
	return hc->config.cancel == HC_CANCEL_INSIDE;
}

static int32_t status_of(int result)
{
	switch (result) {
	case DEVICE_STALL:
		return USBIF_WIRE_ST_STALL;
	case DEVICE_BABBLE:
		return USBIF_WIRE_ST_BABBLE;
	default:
		return USBIF_WIRE_ST_IOERROR;
	}
}

/* One packet.  False: the device answered NAK. */
static bool packet_in(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];
	uint16_t max = t->device->in[t->ep].max_packet;
	int n = device_in(t->device, t->ep, t->data + t->actual,
			  t->length - t->actual);

	if (n == DEVICE_NAK)
		return false;
	if (n < 0) {
		end(hc, slot, status_of(n));
		return true;
	}
	t->actual += (uint32_t)n;
	if (t->actual == t->length || n < max)
		end(hc, slot, USBIF_WIRE_ST_OK);
	return true;
}

static bool packet_out(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];
	uint32_t n = t->device->out[t->ep].max_packet;
	int err;

	if (n > t->length - t->actual)
		n = t->length - t->actual;
	err = device_out(t->device, t->ep, t->data + t->actual, n);
	if (err == DEVICE_NAK)
		return false;
	if (err < 0) {
		end(hc, slot, status_of(err));
		return true;
	}
	t->actual += n;
	if (t->actual == t->length)
		end(hc, slot, USBIF_WIRE_ST_OK);
	return true;
}

static bool control(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];
	int n = device_control(t->device, t->setup, t->data, t->length);

	if (n == DEVICE_NAK)
		return false;
	if (n < 0) {
		end(hc, slot, status_of(n));
		return true;
	}
	t->actual = t->in ? (uint32_t)n : t->length;
	end(hc, slot, USBIF_WIRE_ST_OK);
	return true;
}

/* All packets of an isochronous transfer; each IN is three quarters full. */
static bool isochronous(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];
	uint32_t i, j;

	for (i = 0; i < t->packets; i++) {
		struct usbif_msg_iso *p = &t->iso[i];

		p->actual = t->in ? p->length - p->length / 4 : p->length;
		for (j = 0; t->in && j < p->actual; j++)
			t->data[p->offset + j] = device_pattern(t->ep, i + j);
		t->actual += p->actual;
	}
	end(hc, slot, t->device->broken ? USBIF_WIRE_ST_IOERROR :
					  USBIF_WIRE_ST_OK);
	return true;
}

static bool packet(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];

	if (t->type == USBIF_XFER_CTRL)
		return control(hc, slot);
	if (t->type == USBIF_XFER_ISO)
		return isochronous(hc, slot);
	return t->in ? packet_in(hc, slot) : packet_out(hc, slot);
}

/* Move some packets of the transfer.  False: nothing happened. */
static bool run(struct hc *hc, uint16_t slot)
{
	struct hc_transfer *t = &hc->transfer[slot];
	uint32_t n = 0;

	if (t->cancelled && hc->config.cancel == HC_CANCEL_LATE &&
	    t->patience-- == 0) {
		end(hc, slot, USBIF_WIRE_ST_CANCELLED);
		return true;
	}
	while (n < hc->config.packets && t->state == HC_QUEUED &&
	       packet(hc, slot))
		n++;
	if (n == 0 && t->cancelled) {
		end(hc, slot, USBIF_WIRE_ST_CANCELLED);
		return true;
	}
	return n != 0;
}

/* A cancelled transfer that is not the first of its queue, if any. */
static uint16_t cancelled_behind(const struct hc *hc, uint16_t queue)
{
	uint16_t slot = hc->queue[queue].head;

	while (slot != USBIF_NONE && !hc->transfer[slot].cancelled)
		slot = hc->transfer[slot].next;
	return slot;
}

static int step_queue(struct hc *hc, uint16_t queue)
{
	uint16_t slot = hc->queue[queue].head;

	if (slot == USBIF_NONE)
		return -1;
	if (!hc->queue[queue].halted && run(hc, slot))
		return slot;
	slot = cancelled_behind(hc, queue);
	if (slot == USBIF_NONE)
		return -1;
	end(hc, slot, USBIF_WIRE_ST_CANCELLED);
	return slot;
}

int hc_step(struct hc *hc)
{
	uint32_t i;

	for (i = 0; hc->in_queues != 0 && i < hc->config.queues; i++) {
		uint16_t queue = hc->turn;
		int slot;

		hc->turn = (uint16_t)((queue + 1) % hc->config.queues);
		slot = step_queue(hc, queue);
		if (slot >= 0)
			return slot;
	}
	return -1;
}

int hc_next_ended(struct hc *hc)
{
	uint16_t slot = hc->ended_head;

	if (slot == USBIF_NONE)
		return -1;
	hc->ended_head = hc->transfer[slot].next;
	if (hc->ended_head == USBIF_NONE)
		hc->ended_tail = USBIF_NONE;
	hc->transfer[slot].state = HC_UNUSED;
	hc->completed++;
	return slot;
}

void hc_told(struct hc *hc, uint16_t slot)
{
	hc->queue[hc->transfer[slot].queue].halted = false;
}

bool hc_is_idle(const struct hc *hc)
{
	return hc->in_queues == 0 && hc->ended_head == USBIF_NONE;
}
