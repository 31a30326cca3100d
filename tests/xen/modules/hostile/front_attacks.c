// SPDX-License-Identifier: MIT
/* Attacks by what is beside the requests: indices, grants, events, keys. */
#include <linux/delay.h>
#include <linux/string.h>

#include "hostile.h"

#define PENDING	5	/* id of a request that waits for a key */

/* An interrupt IN that the host controller has: nobody presses a key. */
static bool pend(struct hostile *h)
{
	struct usbif_msg_req req = hostile_interrupt(h, PENDING);

	hostile_put(h, &req);
	hostile_push(h);
	/* Taken behind it, answered when it is in the host controller. */
	return hostile_lawful(h);
}

static void set_index(struct hostile *h, u32 ahead)
{
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_REQ_PROD),
		   h->sent + ahead);
	hostile_notify(h);
}

static void index_ahead(struct hostile *h)
{
	set_index(h, HOSTILE_SLOTS + 1);
}

static void index_far(struct hostile *h)
{
	set_index(h, 0x80000000);
}

static void index_back(struct hostile *h)
{
	set_index(h, -1);
}

/* One more than there are slots beside the one that is not answered. */
static void index_over_pending(struct hostile *h)
{
	if (pend(h))
		set_index(h, HOSTILE_SLOTS);
}

static void conn_index(struct hostile *h)
{
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_REQ_PROD),
		   HOSTILE_CONNS + 1);
	hostile_notify(h);
}

/* What only the backend writes; it must not go by what it finds there. */
static void other_indices(struct hostile *h)
{
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_REQ_EVENT), -1);
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_RSP_EVENT), 77);
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_RSP_PROD), -1);
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_RSP_PROD), h->taken);
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* The one in flight is the backend's copy, not what the slot says now. */
static void slot_rewritten(struct hostile *h)
{
	u8 *slot = hostile_slot(h, h->sent);
	struct usbif_msg_rsp rsp;
	unsigned int left = 2;

	memset(h->page[1], 0x55, 16);
	if (!pend(h))
		return;
	memset(slot, 0xff, USBIF_WIRE_URB_OCTETS);
	hostile_reports(h, 1);
	while (left && hostile_answer(h, &rsp) &&
	       rsp.status == USBIF_WIRE_ST_OK) {
		if (rsp.id == PENDING && rsp.actual != 8)
			return hostile_say(h, "another length");
		left--;
	}
	if (left || !memchr_inv(h->page[1], 0x55, 8) ||
	    memchr_inv(h->page[1] + 8, 0x55, 8))
		return hostile_say(h, "not as it was sent");
	hostile_say(h, "OK");
}

/* The device's descriptor is to be the ring's header. */
static void ring_as_data(struct hostile *h)
{
	struct usbif_msg_req req = hostile_descriptor(h, 1);

	req.seg[0].gref = h->urb_ref;
	hostile_put(h, &req);
	hostile_push(h);
}

/* As many posts as there are slots, all with the same id, changed later. */
static void conn_same(struct hostile *h)
{
	unsigned int i;

	for (; h->posted < HOSTILE_CONNS; h->posted++)
		usbif_msg_encode_conn_req(0xffff, h->conn_ring +
					  USBIF_WIRE_RING_HEADER_OCTETS +
					  h->posted * USBIF_WIRE_CONN_OCTETS);
	virt_wmb();
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_REQ_PROD), h->posted);
	hostile_notify(h);
	if (!hostile_lawful(h))
		return hostile_say(h, "not answered");
	for (i = 0; i < 1000; i++) {
		memset(h->conn_ring + USBIF_WIRE_RING_HEADER_OCTETS, i,
		       HOSTILE_CONNS * USBIF_WIRE_CONN_OCTETS);
		hostile_notify(h);
	}
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* The back looks for posts when it has something to tell, and it has not. */
static void conn_back(struct hostile *h)
{
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_REQ_PROD),
		   h->told - 1);
	hostile_notify(h);
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

static void event_storm(struct hostile *h)
{
	unsigned int i;

	for (i = 0; i < 20000; i++)
		hostile_notify(h);
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* It never asks to be told of devices; one that is there can be used. */
static void conn_none(struct hostile *h)
{
	int looks = 100;

	while (!hostile_lawful(h)) {
		if (!--looks)
			return hostile_say(h, "not answered");
		msleep(100);
	}
	event_storm(h);
}

/* SET_ADDRESS, to the device on a port, when it is there. */
static s32 set_address(struct hostile *h, u8 port, u8 address)
{
	const u8 setup[8] = { 0, 5, address };
	struct usbif_msg_req req = hostile_control(1, setup);
	struct usbif_msg_rsp rsp;
	int looks = 100;

	req.port = port;
	while (hostile_do(h, &req, &rsp)) {
		if (rsp.status != USBIF_WIRE_ST_NODEV || !--looks)
			return rsp.status;
		msleep(100);
	}
	return 1;
}

/* The device wants the address of the one on port 3. */
static void address_taken(struct hostile *h)
{
	s32 first = set_address(h, 3, 5);
	s32 second = set_address(h, 1, 5);

	hostile_say(h, first == USBIF_WIRE_ST_OK ?
			       usbif_status_name(second) : "no first one");
}

/* What moved is written, and not an octet behind it. */
static void short_answer(struct hostile *h)
{
	struct usbif_msg_req req = hostile_descriptor(h, 1);
	struct usbif_msg_rsp rsp;

	req.length = 4096;
	req.seg[0].length = 4096;
	req.setup[6] = 0;
	req.setup[7] = 16;
	memset(h->page[0], 0x55, 4096);
	if (!hostile_do(h, &req, &rsp) || rsp.status != USBIF_WIRE_ST_OK)
		return hostile_say(h, "not answered");
	hostile_say(h, rsp.actual == 18 && !memchr_inv(h->page[0] + 18, 0x55,
						       4096 - 18) ?
			       "OK" : "more than moved");
}

/* Of two with the same id, and an unlink of it: one answer each. */
static void id_twice(struct hostile *h)
{
	struct usbif_msg_req second = hostile_interrupt(h, PENDING);
	struct usbif_msg_req cancel = hostile_unlink(6, PENDING);
	unsigned int cancelled = 0, returned = 0, found = 0, i;
	struct usbif_msg_rsp rsp;

	if (!pend(h))
		return;
	hostile_put(h, &second);
	hostile_put(h, &cancel);
	hostile_push(h);
	for (i = 0; i < 3 && hostile_answer(h, &rsp); i++) {
		cancelled += rsp.status == USBIF_WIRE_ST_CANCELLED;
		returned += rsp.status == USBIF_WIRE_ST_NOT_EXECUTED;
		found += rsp.id == 6 && rsp.status == USBIF_WIRE_ST_OK;
	}
	/* A fourth one would come before this one's. */
	hostile_say(h, cancelled == 1 && returned == 1 && found == 1 &&
		       hostile_lawful(h) ? "OK" : "not once each");
}

static void restart_busy(struct hostile *h)
{
	struct usbif_msg_req cancel = hostile_unlink(6, PENDING);
	struct usbif_msg_req req = hostile_interrupt(h, 7);

	req.flags = USBIF_WIRE_FLAG_RESTART;
	if (!pend(h))
		return;
	hostile_put(h, &cancel);
	hostile_put(h, &req);
	hostile_push(h);
}

/* A ring full of them, again and again, while one waits. */
static void unlink_flood(struct hostile *h)
{
	unsigned int rounds, i;
	struct usbif_msg_rsp rsp;

	if (!pend(h))
		return;
	for (rounds = 0; rounds < 200; rounds++) {
		for (i = 0; i < HOSTILE_SLOTS - 1; i++) {
			struct usbif_msg_req req =
				hostile_unlink(8 + i, 100 + rounds);

			hostile_put(h, &req);
		}
		hostile_push(h);
		for (i = 0; i < HOSTILE_SLOTS - 1; i++)
			if (!hostile_answer(h, &rsp) ||
			    rsp.status != USBIF_WIRE_ST_NOT_FOUND)
				return hostile_say(h, "not answered");
	}
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* Unlinked and sent again, many times over. */
static void unlink_again(struct hostile *h)
{
	struct usbif_msg_req cancel = hostile_unlink(6, PENDING);
	struct usbif_msg_req req = hostile_interrupt(h, PENDING);
	struct usbif_msg_rsp rsp[2];
	unsigned int rounds;

	req.flags = USBIF_WIRE_FLAG_RESTART;
	for (rounds = 0; rounds < 100; rounds++) {
		hostile_put(h, &req);
		hostile_put(h, &cancel);
		hostile_push(h);
		if (!hostile_answer(h, &rsp[0]) ||
		    !hostile_answer(h, &rsp[1]) ||
		    rsp[0].id + rsp[1].id != PENDING + 6)
			return hostile_say(h, "not answered");
	}
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* Nobody is told of the answer any more. */
static void channel_closed(struct hostile *h)
{
	struct usbif_msg_rsp rsp;

	if (!pend(h))
		return;
	hostile_reports(h, 1);
	hostile_deaf(h);
	hostile_say(h, hostile_answer(h, &rsp) && hostile_answer(h, &rsp) ?
			       "OK" : "not answered");
}

static void with_ref(struct hostile *h, grant_ref_t ref)
{
	struct usbif_msg_req req = hostile_descriptor(h, 1);

	req.seg[0].gref = ref;
	hostile_say_answer(h, &req);
}

static void grant_none(struct hostile *h)
{
	hostile_revoke(h, 0);
	with_ref(h, h->page_ref[0]);
}

static void grant_beyond(struct hostile *h)
{
	with_ref(h, 0xffffffff);
}

static void grant_readonly(struct hostile *h)
{
	hostile_revoke(h, 0);
	if (!hostile_grant(h, 0, h->xdev->otherend_id, true))
		with_ref(h, h->page_ref[0]);
}

/* To a domain that there is not. */
static void grant_others(struct hostile *h)
{
	hostile_revoke(h, 0);
	if (!hostile_grant(h, 0, 0x7000, false))
		with_ref(h, h->page_ref[0]);
}

static void grant_out(struct hostile *h)
{
	/* SET_REPORT: lamps */
	static const u8 setup[8] = { 0x21, 9, 0, 2, 0, 0, 1, 0 };
	struct usbif_msg_req req = hostile_control(1, setup);

	req.length = 1;
	req.nr_segs = 1;
	req.seg[0].gref = h->page_ref[0];
	req.seg[0].length = 1;
	hostile_revoke(h, 0);
	hostile_say_answer(h, &req);
}

static void grant_array(struct hostile *h)
{
	struct usbif_msg_req req = hostile_array(h, 1);

	hostile_revoke(h, 1);
	hostile_say_answer(h, &req);
}

/* The host controller has the request; then its page is taken away. */
static void grant_revoked(struct hostile *h)
{
	if (!pend(h))
		return;
	hostile_revoke(h, 1);
	hostile_reports(h, 1);
}

static void rewrite(struct hostile *h, const char *key, const char *value)
{
	if (value)
		xenbus_write(XBT_NIL, h->xdev->nodename, key, value);
	else
		xenbus_rm(XBT_NIL, h->xdev->nodename, key);
	/* The state is what the backend watches. */
	xenbus_printf(XBT_NIL, h->xdev->nodename, "state", "%d",
		      XenbusStateConnected);
}

static void key_ring(struct hostile *h)
{
	if (pend(h))
		rewrite(h, USBIF_KEY_URB_RING_REF, "4294967296");
}

static void key_text(struct hostile *h)
{
	rewrite(h, USBIF_KEY_CONN_RING_REF, "%n%s\033[2J");
}

static void key_gone(struct hostile *h)
{
	rewrite(h, USBIF_KEY_CONN_RING_REF, NULL);
}

static void key_same(struct hostile *h)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", h->urb_ref);
	rewrite(h, USBIF_KEY_CONN_RING_REF, text);
}

static void key_pages(struct hostile *h)
{
	rewrite(h, USBIF_KEY_RING_PAGES, "17");
}

static void key_feature(struct hostile *h)
{
	rewrite(h, USBIF_KEY_ENDPOINT_QUEUES, "-1");
}

static void key_channel(struct hostile *h)
{
	rewrite(h, USBIF_KEY_EVENT_CHANNEL, "99999");
}

static void key_page(struct hostile *h)
{
	rewrite(h, USBIF_KEY_URB_RING_REF, "999999");
}

static void state(struct hostile *h, const char *value)
{
	if (pend(h))
		xenbus_write(XBT_NIL, h->xdev->nodename, "state", value);
}

static void state_rubbish(struct hostile *h)
{
	state(h, "rubbish");
}

/* Reconfiguring, which means nothing here. */
static void state_7(struct hostile *h)
{
	state(h, "7");
	msleep(200);
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

static void state_back(struct hostile *h)
{
	state(h, "1");
}

static void state_closed(struct hostile *h)
{
	state(h, "6");
}

static void state_gone(struct hostile *h)
{
	if (pend(h))
		xenbus_rm(XBT_NIL, h->xdev->nodename, "state");
}

/* Written again and again, as it is. */
static void state_storm(struct hostile *h)
{
	unsigned int i;

	for (i = 0; i < 300; i++)
		rewrite(h, USBIF_KEY_ENDPOINT_QUEUES, "1");
	hostile_say(h, hostile_lawful(h) ? "OK" : "not answered");
}

/* Begins and fails, again and again, with keys that look well. */
static void channel_storm(struct hostile *h)
{
	unsigned int i;

	xenbus_write(XBT_NIL, h->xdev->nodename, USBIF_KEY_EVENT_CHANNEL,
		     "99999");
	for (i = 0; i < 150; i++) {
		hostile_set_state(h, XenbusStateInitialising);
		msleep(30);
		hostile_set_state(h, XenbusStateConnected);
		msleep(60);
	}
	hostile_say(h, "OK");
}

#define CLOSES(_group, _name, _reason, _run)				\
	{ .group = (_group), .name = (_name), .outcome = HOSTILE_CLOSED, \
	  .reason = (_reason), .run = (_run) }
#define SURVIVES(_group, _name, _run)					\
	{ .group = (_group), .name = (_name), .outcome = "OK",		\
	  .reason = "-", .run = (_run) }

const struct hostile_attack hostile_front_attacks[] = {
	CLOSES("ring", "index-ahead", "RING_INDEX", index_ahead),
	CLOSES("ring", "index-far", "RING_INDEX", index_far),
	CLOSES("ring", "index-back", "RING_INDEX", index_back),
	CLOSES("ring", "index-over-pending", "RING_INDEX", index_over_pending),
	{ .group = "ring", .name = "conn-index", .outcome = HOSTILE_CLOSED,
	  .reason = "RING_INDEX", .bare = true, .run = conn_index },
	SURVIVES("ring", "conn-back", conn_back),
	{ .group = "ring", .name = "conn-none", .outcome = "OK", .reason = "-",
	  .bare = true, .run = conn_none },
	SURVIVES("ring", "conn-same", conn_same),
	CLOSES("ring", "ring-as-data", "RING_INDEX", ring_as_data),
	SURVIVES("ring", "other-indices", other_indices),
	SURVIVES("ring", "slot-rewritten", slot_rewritten),
	SURVIVES("ring", "short-answer", short_answer),
	SURVIVES("ring", "id-twice", id_twice),
	CLOSES("ring", "restart-busy", "RESTART_BUSY", restart_busy),
	SURVIVES("ring", "unlink-flood", unlink_flood),
	SURVIVES("ring", "unlink-again", unlink_again),
	SURVIVES("ring", "event-storm", event_storm),
	SURVIVES("ring", "channel-closed", channel_closed),
	CLOSES("grant", "grant-none", "REQ_GRANT", grant_none),
	CLOSES("grant", "grant-beyond", "REQ_GRANT", grant_beyond),
	CLOSES("grant", "grant-readonly", "REQ_GRANT", grant_readonly),
	CLOSES("grant", "grant-others", "REQ_GRANT", grant_others),
	CLOSES("grant", "grant-out", "REQ_GRANT", grant_out),
	CLOSES("grant", "grant-array", "REQ_GRANT", grant_array),
	CLOSES("grant", "grant-revoked", "REQ_GRANT", grant_revoked),
	CLOSES("key", "key-ring", "urb-ring-ref of the frontend", key_ring),
	CLOSES("key", "key-text", "conn-ring-ref of the frontend", key_text),
	CLOSES("key", "key-gone", "conn-ring-ref of the frontend is missing",
	       key_gone),
	CLOSES("key", "key-same", "the same as its conn-ring-ref", key_same),
	CLOSES("key", "key-pages", "urb-ring-pages of the frontend",
	       key_pages),
	CLOSES("key", "key-feature", "feature-endpoint-queues of the frontend",
	       key_feature),
	CLOSES("key", "key-channel", "event-channel 99999 of the frontend",
	       key_channel),
	CLOSES("key", "key-page", "mapping in shared page 999999", key_page),
	CLOSES("key", "state-rubbish", "-", state_rubbish),
	SURVIVES("key", "state-7", state_7),
	CLOSES("key", "state-back", "-", state_back),
	CLOSES("key", "state-closed", "-", state_closed),
	CLOSES("key", "state-gone", "-", state_gone),
	SURVIVES("key", "state-storm", state_storm),
	{ .group = "address", .name = "address-taken", .outcome = "STALL",
	  .reason = "-", .run = address_taken },
	/* As many lines as may be logged in that time. */
	SURVIVES("storm", "channel-storm", channel_storm),
	{ }
};
