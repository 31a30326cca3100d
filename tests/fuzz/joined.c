/* SPDX-License-Identifier: MIT */
/*
 * Front, ring, back and a host controller's queues, joined: a driver that
 * submits, unlinks and takes its time to return from completion routines, and
 * devices that move packets, end short and fail, all in any order.  What
 * driver and devices see is compared with reference.c.
 */
#include "reference.h"

#include "usbif/back.h"
#include "usbif/front.h"

#define PACKET		64u
#define RING_PAGES	2u

/* What the shared pages of a request are: octets of that URB. */
struct piece {
	uint16_t urb;		/* of the reference */
	uint32_t offset, length;
	bool is_last;		/* of its URB */
};

struct transfer {
	struct piece piece;
	uint32_t actual;
	bool in, control, cancelled;
};

static struct usbif_front front;
static struct usbif_back back;
static struct tape tape;
static uint32_t urb_pages[RING_PAGES * 1024], conn_page[1024];
static uint16_t number[USBIF_MAX_URBS];		/* of the reference, by entry */
static bool given[USBIF_MAX_URBS];
static uint32_t have[REF_URBS];			/* octets that came or went */
static struct piece piece[USBIF_MAX_SLOTS];	/* by id */
static struct transfer transfer[USBIF_MAX_SLOTS];	/* by slot */
static uint16_t hc[REF_ENDPOINTS][USBIF_MAX_SLOTS];	/* slots, in order */
static uint16_t in_hc[REF_ENDPOINTS];
static bool halted[REF_ENDPOINTS];

/* Endpoint 0 is control, 1 and 2 are OUT, 3 and 4 IN. */
static uint8_t ep_of(uint32_t endpoint)
{
	return (uint8_t)(endpoint > 2 ? endpoint - 2 : endpoint);
}

static uint32_t endpoint_of(uint16_t slot)
{
	const struct usbif_msg_req *req = usbif_back_req(&back, slot);

	return req->ep != 0 && req->in ? req->ep + 2u : req->ep;
}

static void begin(void)
{
	struct usbif_front_config f = {
		.num_ports = 1, .usb_ver = 2, .ring_pages = RING_PAGES,
		.depth = (uint16_t)(1 + tape_pick(&tape, 8)),
		.request_pages = tape_pick(&tape, 2) ? 16 : 64,
		.extended = true,
	};
	struct usbif_back_config b = {
		.num_ports = 1, .ring_pages = RING_PAGES, .request_pages = 64,
		.hc_depth = tape_pick(&tape, 2) ? 3 : 1, .extended = true,
	};
	uint8_t port, ep;
	bool notify;

	memset(urb_pages, 0, sizeof(urb_pages));
	memset(conn_page, 0, sizeof(conn_page));
	memset(given, 0, sizeof(given));
	memset(have, 0, sizeof(have));
	memset(in_hc, 0, sizeof(in_hc));
	memset(halted, 0, sizeof(halted));
	ref_begin();
	must(!usbif_front_init(&front, &f, urb_pages, conn_page));
	must(!usbif_back_init(&back, &b));
	must(!usbif_back_plug(&back, 1, USBIF_WIRE_SPEED_HIGH));
	for (ep = 1; ep <= 2; ep++) {
		usbif_back_set_endpoint(&back, 1, ep, false, USBIF_XFER_BULK,
					PACKET, 0);
		usbif_back_set_endpoint(&back, 1, ep, true, USBIF_XFER_BULK,
					PACKET, 0);
	}
	must(!usbif_back_tell_ports(&back, conn_page, &notify));
	must(usbif_front_take_conn(&front, conn_page, &port, &notify) == 1);
}

/* A segment for each page; their array, where there are too many. */
static void put(const struct usbif_fq_duty *duty)
{
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_SEGS];
	uint32_t pages = (duty->length + 4095) / 4096, i, left = duty->length;

	piece[duty->id].urb = number[duty->urb];
	piece[duty->id].offset = duty->offset;
	piece[duty->id].length = duty->length;
	piece[duty->id].is_last = duty->offset + duty->length ==
				  front.urb[duty->urb].length;
	memset(seg, 0, sizeof(seg));
	for (i = 0; i < pages && i < USBIF_WIRE_MAX_SEGS; i++) {
		seg[i].length = (uint16_t)(left < 4096 ? left : 4096);
		left -= seg[i].length;
	}
	if (pages <= USBIF_WIRE_MAX_SEGS) {
		usbif_front_put(&front, urb_pages, duty, seg, (uint8_t)pages,
				0);
		return;
	}
	seg[0].length = (uint16_t)(pages * USBIF_WIRE_SEG_OCTETS);
	usbif_front_put_indirect(&front, urb_pages, duty, seg, 1,
				 (uint16_t)pages);
}

static void front_drain(void)
{
	struct usbif_fq_duty duty;

	while (usbif_front_next(&front, &duty)) {
		if (duty.kind == USBIF_FQ_SEND) {
			put(&duty);
		} else if (duty.kind == USBIF_FQ_UNLINK) {
			usbif_front_put(&front, urb_pages, &duty, NULL, 0, 0);
		} else {
			must(have[number[duty.urb]] == duty.length);
			ref_given_back(number[duty.urb], duty.status,
				       duty.length);
			given[duty.urb] = true;
		}
	}
	usbif_front_push(&front, urb_pages);
	must(usbif_front_valid(&front));
}

static uint32_t some_length(uint32_t endpoint)
{
	if (endpoint == 0)
		return tape_pick(&tape, 5) * 32u;
	switch (tape_pick(&tape, 8)) {
	case 0:
		return 0;
	case 1:
		return 60000 + tape_u8(&tape) * 512u;
	case 2:
		return tape_u8(&tape);
	default:
		return PACKET * (1u + tape_pick(&tape, 4));
	}
}

static void submit(void)
{
	uint32_t endpoint = tape_pick(&tape, REF_ENDPOINTS);
	struct usbif_front_urb u;
	int urb;

	if (ref_is_full())
		return;
	memset(&u, 0, sizeof(u));
	u.port = 1;
	u.ep = ep_of(endpoint);
	u.type = endpoint == 0 ? USBIF_XFER_CTRL : USBIF_XFER_BULK;
	u.in = endpoint > 2 || (endpoint == 0 && tape_pick(&tape, 2));
	u.short_not_ok = tape_pick(&tape, 2) != 0;
	u.max_packet = PACKET;
	u.length = some_length(endpoint);
	u.setup[0] = u.in ? 0xc0 : 0x40;
	u.setup[6] = (uint8_t)u.length;
	u.setup[7] = (uint8_t)(u.length >> 8);
	urb = usbif_front_submit(&front, &u);
	if (urb < 0)
		return;
	number[urb] = ref_submit(endpoint, u.length, u.short_not_ok);
	given[urb] = false;
	front_drain();
}

static void unlink_some(void)
{
	uint16_t urb = tape_pick(&tape, USBIF_MAX_URBS);

	if (usbif_front_unlink(&front, urb) == USBIF_OK)
		ref_unlink(number[urb]);
	front_drain();
}

static void retire(uint16_t urb)
{
	if (!given[urb])
		return;
	given[urb] = false;
	ref_retired(number[urb]);
	must(usbif_front_retired(&front, urb) == USBIF_OK);
	front_drain();
}

static void front_event(uint32_t most)
{
	struct usbif_front_received got;

	while (most-- > 0) {
		int result = usbif_front_take(&front, urb_pages, &got);
		uint16_t urb = got.part.urb;

		must(result >= 0);
		if (result == 0)
			break;
		if (urb != USBIF_NONE && got.part.length != 0) {
			must(have[number[urb]] == got.part.offset);
			have[number[urb]] += got.part.length;
		}
		front_drain();
	}
}

static void back_drain(void);

/* The host controller completes the n-th request of an endpoint. */
static void complete(uint32_t endpoint, uint16_t n, int32_t status)
{
	uint16_t slot = hc[endpoint][n];

	in_hc[endpoint]--;
	memmove(&hc[endpoint][n], &hc[endpoint][n + 1],
		(in_hc[endpoint] - n) * sizeof(slot));
	/* What ends behind it by a cancel does not stop the first. */
	if (status != USBIF_WIRE_ST_OK && n == 0)
		halted[endpoint] = true;
	if (in_hc[endpoint] == 0)
		halted[endpoint] = false;
	must(usbif_back_done(&back, slot, status, transfer[slot].actual) ==
	     USBIF_OK);
	back_drain();
}

static void back_drain(void)
{
	struct usbif_back_duty duty;
	uint32_t endpoint;

	while (usbif_back_next(&back, &duty)) {
		struct transfer *t = &transfer[duty.slot];

		if (duty.kind == USBIF_BACK_CANCEL) {
			t->cancelled = true;
			continue;
		}
		must(duty.kind == USBIF_BACK_SUBMIT);
		endpoint = endpoint_of(duty.slot);
		hc[endpoint][in_hc[endpoint]++] = duty.slot;
	}
	must(usbif_back_valid(&back));
}

static void back_event(uint32_t most)
{
	uint16_t slot;

	while (most-- > 0 && usbif_back_take(&back, urb_pages, &slot) == 1) {
		const struct usbif_msg_req *req = usbif_back_req(&back, slot);

		transfer[slot] = (struct transfer){
			.piece = piece[req->id], .in = req->in,
			.control = req->ep == 0,
		};
		if (!req->unlink)
			must(piece[req->id].length == req->length);
		must(usbif_back_admit(&back, slot, USBIF_WIRE_ST_OK) ==
		     USBIF_OK);
		back_drain();
	}
	must(usbif_back_fault(&back) == USBIF_FAULT_NONE);
}

static void back_answers(void)
{
	struct usbif_bq_answer a;

	while (usbif_back_next_answer(&back, &a))
		must(!usbif_back_put_answer(&back, urb_pages, &a, 0, 0));
	usbif_back_push(&back, urb_pages);
}

static void move(struct transfer *t, uint32_t octets)
{
	ref_moved(t->piece.urb, t->piece.offset + t->actual, octets);
	t->actual += octets;
}

/*
 * A request has all its octets, or ended short.  The end of one that is being
 * cancelled may be hidden by that, where its length shows it all the same.
 */
static void end_well(uint32_t endpoint, struct transfer *t)
{
	bool full = t->actual == t->piece.length;
	bool shows = t->piece.length != 0 && !t->control &&
		     (full || (t->in && t->actual % PACKET != 0));

	if (!full || t->piece.is_last)
		ref_ended(t->piece.urb, USBIF_WIRE_ST_OK);
	complete(endpoint, 0, t->cancelled && shows && tape_pick(&tape, 2) ?
			      USBIF_WIRE_ST_CANCELLED : USBIF_WIRE_ST_OK);
}

static void fail(uint32_t endpoint, struct transfer *t)
{
	static const int32_t statuses[] = {
		USBIF_WIRE_ST_STALL, USBIF_WIRE_ST_IOERROR,
		USBIF_WIRE_ST_BABBLE,
	};
	int32_t status = statuses[tape_pick(&tape, 3)];

	ref_ended(t->piece.urb, status);
	complete(endpoint, 0, status);
}

/* A cancel takes effect, on whichever request the tape says. */
static void cancel_some(uint32_t endpoint)
{
	uint16_t n = in_hc[endpoint];

	while (n-- > 0) {
		if (!transfer[hc[endpoint][n]].cancelled)
			continue;
		complete(endpoint, n, USBIF_WIRE_ST_CANCELLED);
		return;
	}
}

/* The device has something to say to the first request of an endpoint. */
static void hc_step(uint32_t endpoint, uint8_t what)
{
	struct transfer *t = &transfer[hc[endpoint][0]];
	uint32_t left;

	if (in_hc[endpoint] == 0)
		return;
	if (what == 0 || halted[endpoint]) {
		cancel_some(endpoint);
		return;
	}
	left = t->piece.length - t->actual;
	if (what == 1 && left > 0) {
		fail(endpoint, t);
	} else if (what == 2 && left > 0 && t->in) {
		move(t, left < PACKET ? left - 1 : tape_pick(&tape, PACKET));
		end_well(endpoint, t);
	} else if (what == 3 && left > PACKET) {
		move(t, PACKET);
	} else {
		move(t, left);
		end_well(endpoint, t);
	}
}

static void happen(void)
{
	uint32_t endpoint;

	switch (tape_pick(&tape, 12)) {
	case 0: case 1: case 2:	submit(); break;
	case 3:			unlink_some(); break;
	case 4:			retire(tape_pick(&tape, USBIF_MAX_URBS)); break;
	case 5: case 6:		front_event(1 + tape_pick(&tape, 8)); break;
	case 7: case 8:		back_event(1 + tape_pick(&tape, 8)); break;
	case 9:			back_answers(); break;
	default:
		endpoint = tape_pick(&tape, REF_ENDPOINTS);
		hc_step(endpoint, tape_pick(&tape, 6));
		break;
	}
}

/* G4: devices that answer, and a driver that returns, bring all to an end. */
static void settle(void)
{
	uint32_t round, endpoint;
	uint16_t urb;

	for (round = 0; !usbif_fq_is_idle(&front.fq); round++) {
		must(round < 40 * USBIF_MAX_URBS);
		for (urb = 0; urb < USBIF_MAX_URBS; urb++)
			retire(urb);
		back_event(USBIF_MAX_SLOTS);
		for (endpoint = 0; endpoint < REF_ENDPOINTS; endpoint++)
			hc_step(endpoint, 4);
		back_answers();
		front_event(USBIF_MAX_SLOTS);
	}
	ref_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets)
{
	tape = (struct tape){ data, octets };
	begin();
	while (tape.left > 0)
		happen();
	settle();
	return 0;
}
