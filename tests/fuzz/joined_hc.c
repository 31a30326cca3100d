/* SPDX-License-Identifier: MIT */
/*
 * A host controller's queues and the devices behind it: packets move, requests
 * end short and fail, and cancels take effect, as the tape says.  One that
 * does not go on by itself stops behind an error.
 */
#include "joined.h"

void hc_begin(void)
{
	memset(w.in_hc, 0, sizeof(w.in_hc));
	memset(w.halted, 0, sizeof(w.halted));
	memset(w.transfer, 0, sizeof(w.transfer));
}

/* The host controller may refuse what is handed to it. */
void hc_submit(uint16_t slot)
{
	struct transfer *t = &w.transfer[slot];
	uint32_t endpoint = t->piece.endpoint;

	must(t->piece.urb != NOBODY);
	t->device = w.device;
	usbif_msg_decode_iso(t->piece.descs, (uint16_t)t->piece.packets,
			     t->piece.length, t->iso);
	if (w.in_hc[endpoint] == 0 && tape_once_in(&w.tape, 32)) {
		ref_ended(t->piece.urb, USBIF_WIRE_ST_IOERROR);
		back_done(slot, USBIF_WIRE_ST_IOERROR);
		return;
	}
	must(is_iso(endpoint) || w.in_hc[endpoint] < w.depth);
	w.hc[endpoint][w.in_hc[endpoint]++] = slot;
}

/* The n-th request of an endpoint completes. */
static void complete(uint32_t endpoint, uint16_t n, int32_t status)
{
	uint16_t slot = w.hc[endpoint][n];

	w.in_hc[endpoint]--;
	memmove(&w.hc[endpoint][n], &w.hc[endpoint][n + 1],
		(w.in_hc[endpoint] - n) * sizeof(slot));
	/* What ends behind it by a cancel does not stop the first. */
	if (status != USBIF_WIRE_ST_OK && n == 0 && !w.goes_on &&
	    !is_iso(endpoint))
		w.halted[endpoint] = true;
	if (w.in_hc[endpoint] == 0)
		w.halted[endpoint] = false;
	back_done(slot, status);
	back_drain();
}

static void move(struct transfer *t, uint32_t octets)
{
	ref_moved(t->piece.urb, t->device, t->piece.offset + t->actual,
		  octets);
	t->actual += octets;
}

/*
 * A request has all its octets, or ended short.  The end of one that is being
 * cancelled may be hidden by that, where its length shows it all the same.
 */
static void end_well(uint32_t endpoint, struct transfer *t)
{
	bool full = t->actual == t->piece.length;
	bool shows = t->piece.length != 0 && endpoint != 0 &&
		     w.peers != REF_OLD_BACK &&
		     (full || (t->in && t->actual % PACKET != 0));
	int32_t status = USBIF_WIRE_ST_OK;

	if (!full || t->piece.is_last)
		ref_ended(t->piece.urb, USBIF_WIRE_ST_OK);
	if (t->cancelled && shows && tape_pick(&w.tape, 2))
		status = USBIF_WIRE_ST_CANCELLED;
	complete(endpoint, 0, status);
}

static void fail(uint32_t endpoint, struct transfer *t)
{
	static const int32_t statuses[] = {
		USBIF_WIRE_ST_STALL, USBIF_WIRE_ST_IOERROR,
		USBIF_WIRE_ST_BABBLE,
	};
	int32_t status = statuses[tape_pick(&w.tape, 3)];

	ref_ended(t->piece.urb, status);
	complete(endpoint, 0, status);
}

/* A cancel takes effect, on the last request that has one. */
static void cancel_some(uint32_t endpoint)
{
	uint16_t n = w.in_hc[endpoint];

	while (n-- > 0) {
		if (!w.transfer[w.hc[endpoint][n]].cancelled)
			continue;
		complete(endpoint, n, USBIF_WIRE_ST_CANCELLED);
		return;
	}
}

/* The time of one packet passes. */
static void iso_step(uint32_t endpoint, struct transfer *t, uint8_t what)
{
	struct usbif_msg_iso *iso = &t->iso[t->packets_done++];

	iso->status = what == 1 ? USBIF_WIRE_ST_IOERROR : USBIF_WIRE_ST_OK;
	iso->actual = iso->length;
	if (what == 1)
		iso->actual = 0;
	else if (what == 2 && t->in)
		iso->actual = tape_pick(&w.tape, PACKET);
	ref_packet(t->piece.urb, t->device, iso->status, iso->actual);
	t->actual += iso->actual;
	t->errors += what == 1;
	if (t->packets_done < t->piece.packets)
		return;
	ref_ended(t->piece.urb, USBIF_WIRE_ST_OK);
	complete(endpoint, 0, USBIF_WIRE_ST_OK);
}

/* The device has something to say to the first request of an endpoint. */
void hc_step(uint32_t endpoint, uint8_t what)
{
	struct transfer *t = &w.transfer[w.hc[endpoint][0]];
	uint32_t left;

	if (w.in_hc[endpoint] == 0)
		return;
	if (what == 0 || w.halted[endpoint]) {
		cancel_some(endpoint);
		return;
	}
	if (is_iso(endpoint)) {
		iso_step(endpoint, t, what);
		return;
	}
	left = t->piece.length - t->actual;
	if (what == 1 && left > 0) {
		fail(endpoint, t);
	} else if (what == 2 && left > 0 && t->in) {
		move(t, left < PACKET ? left - 1 : tape_pick(&w.tape, PACKET));
		end_well(endpoint, t);
	} else if (what == 3 && left > PACKET) {
		move(t, PACKET);
	} else {
		move(t, left);
		end_well(endpoint, t);
	}
}
