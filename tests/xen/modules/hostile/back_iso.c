// SPDX-License-Identifier: MIT
/*
 * Lies about isochronous and long URBs.  What a driver may see of them is
 * judged by the report of the one that submitted the URB.
 */
#include <linux/delay.h>
#include <linux/string.h>

#include "hostile.h"

#define PACKETS		8u
#define SIZE		100u	/* octets of a packet */
#define PARTS		2u
#define PART_PACKETS	40u	/* of an URB that is two requests */
#define PART_SIZE	3072u
#define LONG		131072u	/* a bulk URB with an array of segments */
#define ROUNDS		30u	/* of an attack that is a race */

/* The words of a descriptor. */
enum { OFFSET, LENGTH, ACTUAL, STATUS, WORDS };

static u32 lies(u32 honest, u32 lie, unsigned int i)
{
	return i % 2 ? lie : honest;
}

/* Packet i has octets i + 1, at the place that the request says. */
static void fill(struct hostile *h, const struct usbif_msg_req *req, u32 size,
		 unsigned int first)
{
	u32 at, i, n;
	u8 *page = h->page[0];

	for (at = 0; at < req->length; at += n) {
		n = min(req->length - at, 4096u);
		for (i = 0; i < n; i++)
			page[i] = first + (at + i) / size + 1;
		hostile_write(h, req->seg, at, page, n);
	}
}

/* What became of the packets; every other one is lied about. */
static void describe(struct hostile *h, const struct usbif_msg_req *req,
		     u32 size, const u32 *lie)
{
	u32 *d = h->page[0];
	unsigned int i;

	for (i = 0; i < req->packets; i++, d += WORDS) {
		d[OFFSET] = lies(i * size, lie[OFFSET], i);
		d[LENGTH] = lies(size, lie[LENGTH], i);
		d[ACTUAL] = lies(size, lie[ACTUAL], i);
		d[STATUS] = lies(0, lie[STATUS], i);
	}
	hostile_write(h, req->seg + req->nr_segs, 0, h->page[0],
		      req->packets * USBIF_WIRE_ISO_DESC_OCTETS);
}

static void reply(struct hostile *h, const struct usbif_msg_req *req, u16 frame,
		  u32 errors)
{
	const struct usbif_msg_rsp rsp = {
		.id = req->id, .start_frame = frame, .errors = errors,
		.actual = req->length,
	};

	usbif_msg_encode_rsp(&rsp, hostile_slot(h, h->sent));
	h->sent++;
	hostile_push_answers(h);
}

/* The program's URB, as one request. */
static bool stream(struct hostile *h, struct usbif_msg_req *req, u8 endpoint)
{
	if (!hostile_order(h, endpoint, PACKETS, SIZE))
		return false;
	if (hostile_request(h, req) && req->type == USBIF_XFER_ISO &&
	    req->packets == PACKETS && req->length == PACKETS * SIZE)
		return true;
	hostile_say(h, "another request");
	return false;
}

/* Is the report that of an URB whose packets are all whole? */
static bool is_whole(const struct hostile_report *r, unsigned int packets,
		     u32 size, bool in)
{
	unsigned int i;

	if (r->status || le32_to_cpu(r->actual) != packets * size || r->errors)
		return false;
	for (i = 0; i < packets; i++) {
		const struct hostile_packet *p = &r->packet[i];

		if (le32_to_cpu(p->actual) != size || p->status)
			return false;
		if (in && (p->first != i + 1 || p->last != i + 1 || p->odd))
			return false;
	}
	return true;
}

static void say_whole(struct hostile *h, unsigned int packets, u32 size,
		      bool in)
{
	const struct hostile_report *r = hostile_report(h);

	if (r)
		hostile_say(h, is_whole(r, packets, size, in) ?
				       "OK" : "another report");
}

static void lie(struct hostile *h, u8 endpoint, const u32 *words)
{
	bool in = endpoint & 0x80;
	struct usbif_msg_req req;

	if (!stream(h, &req, endpoint))
		return;
	if (in)
		fill(h, &req, SIZE, 0);
	describe(h, &req, SIZE, words);
	reply(h, &req, 0xffff, 0xffffffff);
	say_whole(h, PACKETS, SIZE, in);
}

/* No attack: what all others begin with. */
static void works(struct hostile *h)
{
	static const u32 honest[WORDS] = { 0, SIZE, SIZE, 0 };
	struct usbif_msg_req req;
	u32 words[WORDS];

	memcpy(words, honest, sizeof(words));
	if (!stream(h, &req, HOSTILE_IN))
		return;
	fill(h, &req, SIZE, 0);
	describe(h, &req, SIZE, words);
	reply(h, &req, 0, 0);
	say_whole(h, PACKETS, SIZE, true);
}

/* More than there is room for: there is no more than there is room for. */
static void actual(struct hostile *h)
{
	static const u32 words[WORDS] = { 0, SIZE, 0xffffffff, 0 };

	lie(h, HOSTILE_IN, words);
}

static void actual_one(struct hostile *h)
{
	static const u32 words[WORDS] = { 0, SIZE, SIZE + 1, 0 };

	lie(h, HOSTILE_IN, words);
}

static void actual_out(struct hostile *h)
{
	static const u32 words[WORDS] = { 0, SIZE, 0x80000000, 0 };

	lie(h, HOSTILE_OUT, words);
}

/* What the backend has no business with. */
static void places(struct hostile *h)
{
	static const u32 words[WORDS] = { 0xfffff000, 0x2000, SIZE, 0 };

	lie(h, HOSTILE_IN, words);
}

static void places_out(struct hostile *h)
{
	static const u32 words[WORDS] = { 4096, 0xffffffff, 0xffffffff, 0 };

	lie(h, HOSTILE_OUT, words);
}

/* A status that means nothing is an error, and counted as one. */
static void statuses(struct hostile *h)
{
	static const u32 words[WORDS] = { 0, SIZE, SIZE, 0x7fffffff };
	const struct hostile_report *r;
	struct usbif_msg_req req;
	unsigned int i;

	if (!stream(h, &req, HOSTILE_IN))
		return;
	describe(h, &req, SIZE, words);
	reply(h, &req, 0, 0);
	r = hostile_report(h);
	if (!r)
		return;
	for (i = 0; i < PACKETS; i++)
		if (((s32)le32_to_cpu(r->packet[i].status) < 0) != i % 2)
			return hostile_say(h, "another status");
	hostile_say(h, r->errors == cpu_to_le32(PACKETS / 2) ?
			       "OK" : "another count");
}

static bool are_bounded(const struct hostile_report *r)
{
	unsigned int i;

	for (i = 0; i < PACKETS; i++)
		if (le32_to_cpu(r->packet[i].actual) > SIZE)
			return false;
	return true;
}

/* The page says now this and now that, also while it is read. */
static void flip(struct hostile *h, u32 *desc)
{
	unsigned int i, flips;

	for (flips = 0; flips < 100000; flips++) {
		for (i = 0; i < PACKETS; i++)
			WRITE_ONCE(desc[i * WORDS + ACTUAL],
				   flips % 2 ? 0xffffffff : 1);
		if (READ_ONCE(*hostile_word(h->urb_ring,
					    USBIF_WIRE_REQ_PROD)) != h->taken)
			return;
	}
}

static bool race(struct hostile *h, bool first)
{
	const struct hostile_report *r;
	struct usbif_msg_req req;
	grant_ref_t ref;
	void *desc;

	if (first ? !stream(h, &req, HOSTILE_IN) :
		    !hostile_order_again(h, HOSTILE_IN, PACKETS, SIZE) ||
		    !hostile_request(h, &req))
		return false;
	ref = req.seg[req.nr_segs].gref;
	if (xenbus_map_ring_valloc(h->xdev, &ref, 1, &desc))
		return false;
	reply(h, &req, 0, 0);
	flip(h, desc + req.seg[req.nr_segs].offset);
	xenbus_unmap_ring_vfree(h->xdev, desc);
	r = hostile_report(h);
	return r && are_bounded(r);
}

static void races(struct hostile *h)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		if (!race(h, i == 0))
			return hostile_say(h, "another report");
	hostile_say(h, "OK");
}

static void answer(struct hostile *h, s32 status, u32 more)
{
	struct usbif_msg_req req;

	if (stream(h, &req, HOSTILE_IN))
		hostile_reply(h, req.id, status, req.length + more);
}

static void longer(struct hostile *h)
{
	answer(h, USBIF_WIRE_ST_OK, 1);
}

/* Such a queue never stops. */
static void returned(struct hostile *h)
{
	answer(h, USBIF_WIRE_ST_NOT_EXECUTED, 0);
}

/* An URB of two requests. */
static bool parts(struct hostile *h, struct usbif_msg_req *req)
{
	if (!hostile_order(h, HOSTILE_IN, PART_PACKETS, PART_SIZE))
		return false;
	if (hostile_request(h, &req[0]) && hostile_request(h, &req[1]) &&
	    req[0].packets + req[1].packets == PART_PACKETS)
		return true;
	hostile_say(h, "other requests");
	return false;
}

static void finish_part(struct hostile *h, const struct usbif_msg_req *req,
			unsigned int first)
{
	static const u32 words[WORDS] = { 0, 0xffffffff, 0xffffffff, 0 };

	fill(h, req, PART_SIZE, first);
	describe(h, req, PART_SIZE, words);
	reply(h, req, 0, 0);
}

/* The last one first. */
static void parts_reversed(struct hostile *h)
{
	struct usbif_msg_req req[PARTS];

	if (!parts(h, req))
		return;
	finish_part(h, &req[1], req[0].packets);
	finish_part(h, &req[0], 0);
	say_whole(h, PART_PACKETS, PART_SIZE, true);
}

/* One of them twice, and the other one not at all. */
static void part_twice(struct hostile *h)
{
	struct usbif_msg_req req[PARTS];

	if (!parts(h, req))
		return;
	reply(h, &req[1], 0, 0);
	reply(h, &req[1], 0, 0);
}

/* The device has left; what was under way is answered as if it had not. */
static void gone(struct hostile *h)
{
	struct usbif_msg_req req[PARTS];

	if (!parts(h, req) || !hostile_tell(h, 1, USBIF_WIRE_SPEED_NONE, 0))
		return;
	msleep(100);
	finish_part(h, &req[1], req[0].packets);
	finish_part(h, &req[0], 0);
	if (hostile_order(h, HOSTILE_OUT, PACKETS, SIZE))
		hostile_say(h, "OK");
}

/* An array of segments is the frontend's: it is granted for reading only. */
static void array_written(struct hostile *h)
{
	struct usbif_msg_req req;

	if (!hostile_order(h, HOSTILE_BULK, 1, LONG))
		return;
	if (!hostile_request(h, &req) || !req.indirect)
		return hostile_say(h, "no array");
	if (hostile_write(h, req.seg, 0, h->page[0], 8))
		return hostile_say(h, "it can be written");
	hostile_reply(h, req.id, USBIF_WIRE_ST_STALL, 0);
	hostile_say(h, hostile_report(h) ? "OK" : "no report");
}

#define CLOSES(_name, _reason, _run)					\
	{ .group = "stream", .name = (_name), .outcome = HOSTILE_CLOSED, \
	  .reason = (_reason), .run = (_run) }
#define SURVIVES(_name, _run)						\
	{ .group = "stream", .name = (_name), .outcome = "OK",		\
	  .reason = "-", .run = (_run) }

const struct hostile_attack hostile_back_iso[] = {
	SURVIVES("iso-works", works),
	SURVIVES("iso-actual", actual),
	SURVIVES("iso-actual-one", actual_one),
	SURVIVES("iso-actual-out", actual_out),
	SURVIVES("iso-places", places),
	SURVIVES("iso-places-out", places_out),
	SURVIVES("iso-status", statuses),
	SURVIVES("iso-races", races),
	SURVIVES("iso-parts-reversed", parts_reversed),
	SURVIVES("iso-gone", gone),
	SURVIVES("array-written", array_written),
	CLOSES("iso-longer", "RSP_LENGTH", longer),
	CLOSES("iso-returned", "RSP_STATUS", returned),
	CLOSES("iso-part-twice", "RSP_ID", part_twice),
	{ }
};
