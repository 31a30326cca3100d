// SPDX-License-Identifier: MIT
/*
 * Attacks by isochronous requests, with the device outside of the machine
 * (redir/): it streams a packet of 192 octets a millisecond, so that a request
 * of many packets is with the host controller for a while.
 *
 * Descriptors are in page 1, octets in page 2, and page 0 is for what is asked
 * meanwhile.
 */
#include <linux/delay.h>
#include <linux/string.h>

#include "hostile.h"

#define IN		6u	/* endpoints */
#define OUT		7u
#define PACKET		192u	/* octets */
#define FEW		21u	/* packets whose octets fit into a page */
#define MANY		256u	/* ... whose descriptors fit into one */
#define SMALL		8u	/* octets of each of those */
#define UNTOUCHED	0x55
#define TRIES		40u	/* a slow machine may take longer than a stream */

/* The words of a descriptor. */
enum { OFFSET, LENGTH, ACTUAL, STATUS, WORDS };

static void describe(u32 *to, u16 packets, u32 size)
{
	u16 i;

	for (i = 0; i < packets; i++, to += WORDS) {
		to[OFFSET] = i * size;
		to[LENGTH] = size;
		to[ACTUAL] = U32_MAX;
		to[STATUS] = U32_MAX;
	}
}

static struct usbif_msg_req stream(struct hostile *h, bool in, u16 packets,
				   u32 size)
{
	const struct usbif_msg_req req = {
		.id = 1, .port = 1, .type = USBIF_XFER_ISO,
		.ep = in ? IN : OUT, .in = in, .interval = 8,
		.packets = packets, .length = packets * size,
		.nr_segs = 1, .nr_desc_segs = 1,
		.seg = {
			{ .gref = h->page_ref[2], .length = packets * size },
			{ .gref = h->page_ref[1],
			  .length = packets * USBIF_WIRE_ISO_DESC_OCTETS },
		},
	};

	describe(h->page[1], packets, size);
	memset(h->page[2], UNTOUCHED, 4096);
	return req;
}

/* SET_INTERFACE: alternate setting 1 is the one with streams. */
static struct usbif_msg_req setting(u16 id, u8 alt)
{
	const u8 setup[8] = { 0x01, 11, alt, 0, 1 };

	return hostile_control(id, setup);
}

static bool set(struct hostile *h, u8 alt)
{
	struct usbif_msg_req req = setting(2, alt);
	struct usbif_msg_rsp rsp;

	if (hostile_do(h, &req, &rsp) && rsp.status == USBIF_WIRE_ST_OK)
		return true;
	hostile_say(h, "no alternate setting");
	return false;
}

/*
 * Have the host controller hold the request: what was sent behind it is
 * answered, and it is not.
 */
static bool hold(struct hostile *h, const struct usbif_msg_req *req)
{
	struct usbif_msg_rsp rsp;
	unsigned int tries;

	for (tries = 0; tries < TRIES; tries++) {
		describe(h->page[1], req->packets, req->length / req->packets);
		hostile_put(h, req);
		hostile_push(h);
		if (hostile_lawful(h) && !hostile_answered(h))
			return true;
		if (!hostile_answer(h, &rsp))
			break;
	}
	hostile_say(h, "not in flight");
	return false;
}

/* What moved of each packet is at most what was asked for. */
static bool are_bounded(const u32 *desc, u16 packets, u32 size)
{
	for (; packets--; desc += WORDS)
		if (desc[ACTUAL] > size)
			return false;
	return true;
}

/* A packet has come whole.  tools/scripted.h: each fourth octet is a mark. */
static bool has_octets(const u32 *desc, const u8 *octets)
{
	unsigned int i, at;

	for (i = 0; i < FEW; i++, desc += WORDS, octets += PACKET) {
		if (desc[ACTUAL] != PACKET || desc[STATUS] != 0)
			continue;
		for (at = 3; at < PACKET && octets[at] == 0xa5; at += 4)
			;
		return at >= PACKET;
	}
	return false;
}

/* No attack: a stream is what all others need. */
static void works(struct hostile *h)
{
	struct usbif_msg_rsp rsp;
	unsigned int tries;

	if (!set(h, 1))
		return;
	/* The first packets are empty; and a machine may pause. */
	for (tries = 0; tries < 4 * TRIES; tries++) {
		struct usbif_msg_req req = stream(h, true, FEW, PACKET);

		if (!hostile_do(h, &req, &rsp) ||
		    rsp.status != USBIF_WIRE_ST_OK ||
		    !are_bounded(h->page[1], FEW, PACKET))
			return hostile_say(h, "another answer");
		if (has_octets(h->page[1], h->page[2]))
			return hostile_say(h, "OK");
	}
	hostile_say(h, "no octets");
}

/*
 * In flight, descriptors and slot say something else.  Results go to where the
 * descriptors were, bounded by what these said then.
 */
static void rewrite(struct hostile *h, bool in)
{
	struct usbif_msg_req req = stream(h, in, MANY, SMALL);
	struct usbif_msg_rsp rsp;

	if (!set(h, 1) || !hold(h, &req))
		return;
	memset(hostile_slot(h, h->sent - 2), 0xff, USBIF_WIRE_URB_OCTETS);
	memset(h->page[1], 0xff, 4096);
	if (!hostile_answer(h, &rsp))
		return;
	if (rsp.id != 1 || rsp.status != USBIF_WIRE_ST_OK ||
	    rsp.actual > req.length)
		return hostile_say(h, "another answer");
	if (!are_bounded(h->page[1], MANY, SMALL))
		return hostile_say(h, "a packet of more octets");
	hostile_say(h, memchr_inv(h->page[2] + req.length, UNTOUCHED,
				  4096 - req.length) ?
			       "more than was asked for" : "OK");
}

static void rewritten(struct hostile *h)
{
	rewrite(h, true);
}

static void rewritten_out(struct hostile *h)
{
	rewrite(h, false);
}

static void unlinked(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, MANY, SMALL);
	struct usbif_msg_req cancel = {
		.id = 3, .port = 1, .type = USBIF_XFER_ISO, .ep = IN,
		.in = true, .unlink = true, .unlink_id = 1,
	};
	struct usbif_msg_rsp rsp[2];

	if (!set(h, 1) || !hold(h, &req))
		return;
	memset(h->page[1], 0xff, 4096);
	if (!hostile_do(h, &cancel, &rsp[0]) || !hostile_answer(h, &rsp[1]))
		return;
	if (rsp[0].id + rsp[1].id != 1 + 3)
		return hostile_say(h, "another answer");
	if (!are_bounded(h->page[1], MANY, SMALL))
		return hostile_say(h, "a packet of more octets");
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* Its endpoint goes while it streams. */
static void setting_changed(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, MANY, SMALL);
	struct usbif_msg_req alt = setting(2, 0);
	struct usbif_msg_rsp rsp[2];

	if (!set(h, 1) || !hold(h, &req))
		return;
	if (!hostile_do(h, &alt, &rsp[0]) || !hostile_answer(h, &rsp[1]) ||
	    rsp[0].id + rsp[1].id != 1 + 2)
		return hostile_say(h, "another answer");
	req = stream(h, true, FEW, PACKET);
	hostile_say_answer(h, &req);
}

/* So many answers come, whatever they are; and then the device works. */
static void say_answers(struct hostile *h, unsigned int n)
{
	struct usbif_msg_rsp rsp;

	while (n--)
		if (!hostile_answer(h, &rsp))
			return hostile_say(h, "not answered");
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* A bulk transfer of its endpoint, and a stream behind it. */
static void mixed(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, MANY, SMALL);
	struct usbif_msg_req bulk = {
		.id = 2, .port = 1, .type = USBIF_XFER_BULK, .ep = IN,
		.in = true, .length = 100, .nr_segs = 1,
		.seg[0] = { .gref = h->page_ref[3], .length = 100 },
	};

	if (!set(h, 1) || !hold(h, &req))
		return;
	hostile_put(h, &bulk);
	req.id = 3;
	hostile_put(h, &req);
	hostile_push(h);
	say_answers(h, 3);
}

/* All that the device has goes while it streams, and comes again. */
static void unconfigured(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, MANY, SMALL);
	unsigned int i;

	if (!set(h, 1) || !hold(h, &req))
		return;
	for (i = 0; i < 2; i++) {
		const u8 setup[8] = { 0, 9, i };

		req = hostile_control(2 + i, setup);
		hostile_put(h, &req);
	}
	hostile_push(h);
	say_answers(h, 3);
	if (!strcmp(h->outcome, "OK") && set(h, 1)) {
		req = stream(h, true, FEW, PACKET);
		hostile_say_answer(h, &req);
	}
}

/* It is given an address, and then another request to address 0: a reset. */
static void reset(struct hostile *h)
{
	const u8 setup[8] = { 0, 5, 5 };
	struct usbif_msg_req req = stream(h, true, MANY, SMALL);

	if (!set(h, 1) || !hold(h, &req))
		return;
	req = hostile_control(2, setup);
	hostile_put(h, &req);
	req = hostile_descriptor(h, 3);
	hostile_put(h, &req);
	hostile_push(h);
	say_answers(h, 3);
}

/* There is no stream without the alternate setting. */
static void no_setting(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, FEW, PACKET);

	if (set(h, 0))
		hostile_say_answer(h, &req);
}

static void too_long(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, FEW - 1, PACKET + 1);

	if (set(h, 1))
		hostile_say_answer(h, &req);
}

/* Packets without octets, and of each a descriptor. */
static struct usbif_msg_req nothing(struct hostile *h, u16 packets)
{
	u32 left = packets * USBIF_WIRE_ISO_DESC_OCTETS;
	struct usbif_msg_req req = stream(h, true, 1, 0);
	unsigned int i;

	memset(h->page[1], 0, 4096);
	memset(h->page[2], 0, 4096);
	memset(h->page[3], 0, 4096);
	req.packets = packets;
	req.nr_segs = 0;
	for (i = 0; left; i++) {
		req.seg[i].gref = h->page_ref[1 + i];
		req.seg[i].length = min(left, 4096u);
		left -= req.seg[i].length;
	}
	req.nr_desc_segs = i;
	return req;
}

static void most_packets(struct hostile *h)
{
	struct usbif_msg_req req = nothing(h, 512);

	if (set(h, 1))
		hostile_say_answer(h, &req);
}

static void too_many_packets(struct hostile *h)
{
	struct usbif_msg_req req = nothing(h, 513);

	if (set(h, 1))
		hostile_say_answer(h, &req);
}

/* Octets and descriptors have the same place. */
static void same_page(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, FEW, PACKET);

	req.seg[0].gref = h->page_ref[1];
	if (set(h, 1))
		hostile_say_answer(h, &req);
}

/* A descriptor begins in one page and ends in another. */
static void split(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, FEW, PACKET);
	const u32 all = FEW * USBIF_WIRE_ISO_DESC_OCTETS, first = 70;
	u32 desc[FEW * WORDS];
	struct usbif_msg_rsp rsp;

	memcpy(desc, h->page[1], all);
	memcpy(h->page[1] + 4096 - first, desc, first);
	memcpy(h->page[3] + 1, (u8 *)desc + first, all - first);
	req.nr_desc_segs = 2;
	req.seg[1].offset = 4096 - first;
	req.seg[1].length = first;
	req.seg[2].gref = h->page_ref[3];
	req.seg[2].offset = 1;
	req.seg[2].length = all - first;
	if (!set(h, 1) || !hostile_do(h, &req, &rsp))
		return;
	memcpy(desc, h->page[1] + 4096 - first, first);
	memcpy((u8 *)desc + first, h->page[3] + 1, all - first);
	if (rsp.status == USBIF_WIRE_ST_OK && are_bounded(desc, FEW, PACKET))
		hostile_say(h, "OK");
	else
		hostile_say(h, "another answer");
}

static void regranted(struct hostile *h, domid_t domid, bool readonly)
{
	struct usbif_msg_req req;

	if (!set(h, 1))
		return;
	hostile_revoke(h, 1);
	if (hostile_grant(h, 1, domid, readonly))
		return hostile_say(h, "no grant");
	req = stream(h, true, FEW, PACKET);
	hostile_say_answer(h, &req);
}

/* They can be read, but what became of the packets cannot be written. */
static void descs_readonly(struct hostile *h)
{
	regranted(h, h->xdev->otherend_id, true);
}

static void descs_others(struct hostile *h)
{
	regranted(h, 0x7000, false);
}

static void descs_none(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, FEW, PACKET);

	if (!set(h, 1))
		return;
	hostile_revoke(h, 1);
	hostile_say_answer(h, &req);
}

static void revoke(struct hostile *h, bool in, unsigned int page)
{
	struct usbif_msg_req req = stream(h, in, MANY, SMALL);

	if (set(h, 1) && hold(h, &req))
		hostile_revoke(h, page);
}

static void descs_revoked(struct hostile *h)
{
	revoke(h, false, 1);
}

static void data_revoked(struct hostile *h)
{
	revoke(h, true, 2);
}

/* As much as the ring holds; and in the middle of it the frontend is gone. */
static void left(struct hostile *h)
{
	struct usbif_msg_req req = stream(h, true, MANY, SMALL);
	unsigned int i;

	if (!set(h, 1))
		return;
	for (i = 0; i < HOSTILE_SLOTS; i++) {
		req.id = i;
		req.in = i % 2;
		req.ep = i % 2 ? IN : OUT;
		hostile_put(h, &req);
	}
	hostile_push(h);
	msleep(50);
	hostile_set_state(h, XenbusStateClosed);
}

#define CLOSES(_name, _reason, _run)					\
	{ .group = "stream", .name = (_name), .outcome = HOSTILE_CLOSED, \
	  .reason = (_reason), .run = (_run) }
#define ANSWERED(_name, _outcome, _run)					\
	{ .group = "stream", .name = (_name), .outcome = (_outcome),	\
	  .reason = "-", .run = (_run) }

const struct hostile_attack hostile_front_iso[] = {
	ANSWERED("iso-works", "OK", works),
	ANSWERED("iso-rewritten", "OK", rewritten),
	ANSWERED("iso-rewritten-out", "OK", rewritten_out),
	ANSWERED("iso-unlinked", "OK", unlinked),
	ANSWERED("iso-setting-changed", "INVAL", setting_changed),
	ANSWERED("iso-mixed", "OK", mixed),
	ANSWERED("iso-unconfigured", "OK", unconfigured),
	ANSWERED("iso-reset", "OK", reset),
	ANSWERED("iso-packet-long", "IOERROR", too_long),
	ANSWERED("iso-512", "OK", most_packets),
	ANSWERED("iso-513", "INVAL", too_many_packets),
	ANSWERED("iso-same-page", "OK", same_page),
	ANSWERED("iso-split", "OK", split),
	CLOSES("iso-descs-none", "REQ_GRANT", descs_none),
	CLOSES("iso-descs-readonly", "REQ_GRANT", descs_readonly),
	CLOSES("iso-descs-others", "REQ_GRANT", descs_others),
	CLOSES("iso-descs-revoked", "REQ_GRANT", descs_revoked),
	CLOSES("iso-data-revoked", "REQ_GRANT", data_revoked),
	CLOSES("iso-left", "-", left),
	/* The last one: it leaves the device without a stream. */
	ANSWERED("iso-no-setting", "INVAL", no_setting),
	{ }
};
