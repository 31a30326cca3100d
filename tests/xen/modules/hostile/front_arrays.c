// SPDX-License-Identifier: MIT
/*
 * Attacks by arrays of segments, with the device outside of the machine
 * (redir/): it sends and reads what it is told to, so that a request is with
 * the host controller for as long as it shall be.
 */
#include <linux/string.h>

#include "hostile.h"

#define IN		1u	/* endpoints */
#define OUT		2u
#define FIRST		4096u	/* octets of the two segments */
#define SECOND		1000u
#define ARRAY		16u
#define UNTOUCHED	0x55

struct usbif_msg_req hostile_array(struct hostile *h, u16 id)
{
	const struct usbif_msg_seg seg[2] = {
		{ .gref = h->page_ref[2], .length = FIRST },
		{ .gref = h->page_ref[3], .length = SECOND },
	};
	const struct usbif_msg_req req = {
		.id = id, .port = 1, .type = USBIF_XFER_BULK, .ep = IN,
		.in = true, .nr_segs = 1, .indirect = 2,
		.length = FIRST + SECOND,
		.seg[0] = { .gref = h->page_ref[1], .length = ARRAY },
	};

	usbif_msg_encode_segs(seg, 2, h->page[1]);
	return req;
}

/* An order to the device, from page 0; its answer is not taken. */
static void order(struct hostile *h, u16 id, const char *text)
{
	const u8 setup[8] = { 0x41, 1, 0, 0, 0, 0, strlen(text), 0 };
	struct usbif_msg_req req = hostile_control(id, setup);

	memcpy(h->page[0], text, strlen(text));
	req.length = strlen(text);
	req.nr_segs = 1;
	req.seg[0].gref = h->page_ref[0];
	req.seg[0].length = strlen(text);
	hostile_put(h, &req);
	hostile_push(h);
}

static bool fail(struct hostile *h, const char *outcome)
{
	hostile_say(h, outcome);
	return false;
}

/* The device has nothing to do, and its streams are at their beginning. */
static bool begin(struct hostile *h)
{
	struct usbif_msg_rsp rsp;

	memset(h->page[2], UNTOUCHED, FIRST);
	memset(h->page[3], UNTOUCHED, 4096);
	order(h, 2, "reset");
	return (hostile_answer(h, &rsp) && rsp.status == USBIF_WIRE_ST_OK) ||
	       fail(h, "the device takes no orders");
}

/* The host controller gets it, and waits for the device. */
static bool pend(struct hostile *h, const struct usbif_msg_req *req)
{
	hostile_put(h, req);
	hostile_push(h);
	if (hostile_lawful(h) && !hostile_answered(h))
		return true;
	/* Or the connection is over, as it may have to be. */
	if (READ_ONCE(h->other) == XenbusStateConnected)
		hostile_say(h, "not in flight");
	return false;
}

/* The device does its part, and the request is answered. */
static bool ends(struct hostile *h, u16 id, const char *text)
{
	struct usbif_msg_rsp rsp, end = { .status = USBIF_WIRE_ST_INVAL };
	unsigned int i;

	order(h, 2, text);
	for (i = 0; i < 2; i++) {
		if (!hostile_answer(h, &rsp))
			return false;
		if (rsp.id == id)
			end = rsp;
	}
	return (end.status == USBIF_WIRE_ST_OK &&
		end.actual == FIRST + SECOND) || fail(h, "another answer");
}

/* All that the device has sent is there, and not an octet more. */
static void say_sent(struct hostile *h)
{
	const u8 *first = h->page[2], *second = h->page[3];
	const u8 mark = 0xa0;	/* tools/scripted.h: each fourth octet */
	unsigned int i;

	for (i = 3; i < FIRST; i += 4)
		if (first[i] != mark)
			return hostile_say(h, "not what was sent");
	for (i = 3; i < SECOND; i += 4)
		if (second[i] != mark)
			return hostile_say(h, "not what was sent");
	hostile_say(h, memchr_inv(second + SECOND, UNTOUCHED, 4096 - SECOND) ?
			       "more than was sent" : "OK");
}

static void send_and_say(struct hostile *h, const struct usbif_msg_req *req)
{
	if (pend(h, req) && ends(h, req->id, "in1 send 1 5096"))
		say_sent(h);
}

/* As above, but that the device is told while nobody may answer. */
static void send_and_wait(struct hostile *h)
{
	order(h, 2, "in1 send 1 5096");
}

/* In flight, array and slot say something else; nobody looks again. */
static void rewritten(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);
	u8 *slot;

	if (!begin(h))
		return;
	slot = hostile_slot(h, h->sent);
	if (!pend(h, &req))
		return;
	memset(slot, 0xff, USBIF_WIRE_URB_OCTETS);
	memset(h->page[1], 0xff, 4096);
	if (!ends(h, 1, "in1 send 1 5096"))
		return;
	if (memchr_inv(h->page[1], 0xff, 4096))
		return hostile_say(h, "the array was written");
	say_sent(h);
}

/* What goes out is what was there when it was sent: see the device's log. */
static void rewritten_out(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);
	u32 i;

	req.in = false;
	req.ep = OUT;
	if (!begin(h))
		return;
	for (i = 0; i < (FIRST + SECOND) / 4; i++)
		((u32 *)h->page[i < FIRST / 4 ? 2 : 3])[i % (FIRST / 4)] =
			i | 0xa1u << 24;
	if (!pend(h, &req))
		return;
	memset(h->page[1], 0xff, 4096);
	memset(h->page[2], 0xff, 4096);
	memset(h->page[3], 0xff, 4096);
	if (ends(h, 1, "out1 read 1 5096"))
		hostile_say(h, "OK");
}

/* It was copied, so it can be taken back at once. */
static void revoked(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);

	if (!begin(h) || !pend(h, &req))
		return;
	if (!hostile_revoke(h, 1))
		return hostile_say(h, "still in use");
	if (ends(h, 1, "in1 send 1 5096"))
		say_sent(h);
}

/* ... but not a page that its entries name. */
static void data_revoked(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);

	if (!begin(h) || !pend(h, &req))
		return;
	hostile_revoke(h, 3);
	send_and_wait(h);
}

static void entry_none_out(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);

	req.in = false;
	req.ep = OUT;
	hostile_revoke(h, 3);
	hostile_say_answer(h, &req);
}

/* The second page is granted again, in another way. */
static void regranted(struct hostile *h, domid_t domid, bool readonly)
{
	struct usbif_msg_req req;

	if (!begin(h))
		return;
	hostile_revoke(h, 3);
	if (hostile_grant(h, 3, domid, readonly))
		return hostile_say(h, "no grant");
	req = hostile_array(h, 1);
	if (pend(h, &req))
		send_and_wait(h);
}

static void entry_others(struct hostile *h)
{
	regranted(h, 0x7000, false);
}

static void entry_readonly(struct hostile *h)
{
	regranted(h, h->xdev->otherend_id, true);
}

/* Nobody has to write to it. */
static void readonly(struct hostile *h)
{
	struct usbif_msg_req req;

	if (!begin(h))
		return;
	hostile_revoke(h, 1);
	if (hostile_grant(h, 1, h->xdev->otherend_id, true))
		return hostile_say(h, "no grant");
	req = hostile_array(h, 1);
	send_and_say(h, &req);
}

/* What the device sends goes where the array was. */
static void of_itself(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);

	*(u32 *)h->page[1] = h->page_ref[1];
	if (!begin(h) || !pend(h, &req) || !ends(h, 1, "in1 send 1 5096"))
		return;
	memcpy(h->page[2], h->page[1], FIRST);
	say_sent(h);
}

/* An entry of the array begins in one page and ends in another. */
static void split(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);
	u8 octets[ARRAY];

	if (!begin(h))
		return;
	memcpy(octets, h->page[1], ARRAY);
	memcpy(h->page[1] + 4096 - 11, octets, 11);
	memcpy(h->page[3] + 4096 - 5, octets + 11, 5);
	req.nr_segs = 2;
	req.seg[0].offset = 4096 - 11;
	req.seg[0].length = 11;
	req.seg[1].gref = h->page_ref[3];
	req.seg[1].offset = 4096 - 5;
	req.seg[1].length = 5;
	if (!pend(h, &req))
		return;
	memset(h->page[3] + 4096 - 5, UNTOUCHED, 5);
	if (ends(h, 1, "in1 send 1 5096"))
		say_sent(h);
}

#define CLOSES(_name, _reason, _run)					\
	{ .group = "array", .name = (_name), .outcome = HOSTILE_CLOSED,	\
	  .reason = (_reason), .run = (_run) }
#define SURVIVES(_name, _run)						\
	{ .group = "array", .name = (_name), .outcome = "OK",		\
	  .reason = "-", .run = (_run) }

const struct hostile_attack hostile_front_arrays[] = {
	SURVIVES("array-rewritten", rewritten),
	SURVIVES("array-revoked", revoked),
	SURVIVES("array-readonly", readonly),
	SURVIVES("array-of-itself", of_itself),
	SURVIVES("array-split", split),
	CLOSES("array-data-revoked", "REQ_GRANT", data_revoked),
	CLOSES("entry-none-out", "REQ_GRANT", entry_none_out),
	CLOSES("entry-others", "REQ_GRANT", entry_others),
	CLOSES("entry-readonly", "REQ_GRANT", entry_readonly),
	/* The last one: what the device has read is looked at. */
	SURVIVES("array-rewritten-out", rewritten_out),
	{ }
};
