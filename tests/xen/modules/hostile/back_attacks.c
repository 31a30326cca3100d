// SPDX-License-Identifier: MIT
/* What a backend can do to a frontend. */
#include <linux/delay.h>
#include <linux/string.h>

#include "hostile.h"

/* The answer to a request of a device that is being enumerated. */
static void answer(struct hostile *h, u16 id, s32 status, s32 more)
{
	struct usbif_msg_req req;

	if (hostile_device(h, &req))
		hostile_reply(h, req.id + id, status, req.length + more);
	else
		hostile_say(h, "no device");
}

static void answer_other_id(struct hostile *h)
{
	answer(h, 1, USBIF_WIRE_ST_OK, 0);
}

static void answer_far_id(struct hostile *h)
{
	answer(h, 0x8000, USBIF_WIRE_ST_OK, 0);
}

static void answer_longer(struct hostile *h)
{
	answer(h, 0, USBIF_WIRE_ST_OK, 1);
}

static void answer_longest(struct hostile *h)
{
	answer(h, 0, USBIF_WIRE_ST_STALL, 0x7fff0000);
}

static void answer_negative(struct hostile *h)
{
	answer(h, 0, USBIF_WIRE_ST_OK, 0x80000000);
}

static void status_unknown(struct hostile *h)
{
	answer(h, 0, -5, 0);
}

static void status_positive(struct hostile *h)
{
	answer(h, 0, 1, 0);
}

static void partial(struct hostile *h)
{
	answer(h, 0, USBIF_WIRE_ST_NOT_EXECUTED, -1);
}

static void answer_twice(struct hostile *h)
{
	struct usbif_msg_req req;

	if (!hostile_device(h, &req))
		return hostile_say(h, "no device");
	hostile_put_answer(h, req.id, USBIF_WIRE_ST_OK, 8);
	hostile_reply(h, req.id, USBIF_WIRE_ST_OK, 8);
}

/* Nobody has asked for anything. */
static void answer_unasked(struct hostile *h)
{
	hostile_reply(h, 0, USBIF_WIRE_ST_OK, 0);
}

static void set_index(struct hostile *h, u32 ahead)
{
	struct usbif_msg_req req;

	if (!hostile_device(h, &req))
		return hostile_say(h, "no device");
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_RSP_PROD),
		   h->sent + ahead);
	hostile_notify(h);
}

static void index_far(struct hostile *h)
{
	set_index(h, 0x80000000);
}

static void index_back(struct hostile *h)
{
	set_index(h, -1);
}

static void conn_index(struct hostile *h)
{
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_RSP_PROD),
		   HOSTILE_CONNS + 1);
	hostile_notify(h);
}

static void conn_back(struct hostile *h)
{
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_RSP_PROD),
		   h->told - 1);
	hostile_notify(h);
}

/* The posts are none of the frontend's business any more, but their ids. */
static void conn_scribbled(struct hostile *h)
{
	struct usbif_msg_req req;

	if (!hostile_tell(h, 2, USBIF_WIRE_SPEED_HIGH, 0) ||
	    !hostile_tell(h, 2, USBIF_WIRE_SPEED_NONE, 0))
		return hostile_say(h, "not posted");
	memset(h->conn_ring + USBIF_WIRE_RING_HEADER_OCTETS +
	       8 * USBIF_WIRE_CONN_OCTETS, 0xff,
	       (HOSTILE_CONNS - 8) * USBIF_WIRE_CONN_OCTETS);
	hostile_say(h, hostile_device(h, &req) ? "OK" : "no device");
}

/* The same post is answered twice, and another one never. */
static void conn_id_twice(struct hostile *h)
{
	struct usbif_msg_req req;

	if (!hostile_tell(h, 2, USBIF_WIRE_SPEED_HIGH, 0) ||
	    !hostile_tell(h, 2, USBIF_WIRE_SPEED_NONE, -1))
		return hostile_say(h, "not posted");
	hostile_say(h, hostile_device(h, &req) ? "OK" : "no device");
}

static void conn_id(struct hostile *h)
{
	hostile_tell(h, 1, USBIF_WIRE_SPEED_HIGH, HOSTILE_CONNS);
}

static void port_0(struct hostile *h)
{
	hostile_tell(h, 0, USBIF_WIRE_SPEED_HIGH, 0);
}

static void port_5(struct hostile *h)
{
	hostile_tell(h, 5, USBIF_WIRE_SPEED_HIGH, 0);
}

static void port_255(struct hostile *h)
{
	hostile_tell(h, 255, USBIF_WIRE_SPEED_NONE, 0);
}

static void speed_9(struct hostile *h)
{
	hostile_tell(h, 1, 9, 0);
}

/* Asks for the next one of a device that nobody answers: an unlink. */
static bool unlinked(struct hostile *h, struct usbif_msg_req *req,
		     struct usbif_msg_req *cancel)
{
	return hostile_device(h, req) && hostile_request(h, cancel) &&
	       cancel->unlink && cancel->unlink_id == req->id;
}

static void unlink_twice(struct hostile *h)
{
	struct usbif_msg_req req, cancel;

	if (!unlinked(h, &req, &cancel))
		return hostile_say(h, "no unlink");
	hostile_put_answer(h, cancel.id, USBIF_WIRE_ST_OK, 0);
	hostile_reply(h, cancel.id, USBIF_WIRE_ST_OK, 0);
}

/* Neither the request nor the unlink is ever answered. */
static void silence(struct hostile *h)
{
	struct usbif_msg_req req, cancel;

	if (!unlinked(h, &req, &cancel))
		hostile_say(h, "no unlink");
}

/* Never executed, however often it is sent; the driver gives up. */
static void never_executed(struct hostile *h)
{
	struct usbif_msg_req req;
	unsigned int sent = 0;

	if (!hostile_device(h, &req))
		return hostile_say(h, "no device");
	do {
		hostile_reply(h, req.id, USBIF_WIRE_ST_NOT_EXECUTED, 0);
		sent++;
	} while (hostile_request(h, &req) && !req.unlink);
	/* It was answered before the unlink was taken, and so not again. */
	hostile_say(h, req.unlink && sent > 1 ? "OK" : "not sent again");
	hostile_reply(h, req.id, USBIF_WIRE_ST_NOT_FOUND, 0);
	msleep(200);
	if (READ_ONCE(h->other) != XenbusStateConnected)
		hostile_say(h, HOSTILE_CLOSED);
}

/* Does the frontend still ask for what is plugged? */
static void still_works(struct hostile *h)
{
	struct usbif_msg_req req;

	hostile_say(h, hostile_device(h, &req) ? "OK" : "no device");
}

static void other_indices(struct hostile *h)
{
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_RSP_EVENT), 77);
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_REQ_EVENT), -1);
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_RSP_EVENT), 77);
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_REQ_PROD), h->taken);
	still_works(h);
}

/* What the frontend sent is none of its business any more. */
static void slots_scribbled(struct hostile *h)
{
	struct usbif_msg_req req;
	u16 id;

	if (!hostile_device(h, &req))
		return hostile_say(h, "no device");
	id = req.id;
	memset(h->urb_ring + USBIF_WIRE_RING_HEADER_OCTETS, 0xff,
	       HOSTILE_SLOTS * USBIF_WIRE_URB_OCTETS);
	hostile_reply(h, id, USBIF_WIRE_ST_STALL, 0);
	/* It is asked again, or is given up for good. */
	hostile_say(h, hostile_request(h, &req) ? "OK" : "not asked again");
}

static void event_storm(struct hostile *h)
{
	unsigned int i;

	for (i = 0; i < 20000; i++)
		hostile_notify(h);
	still_works(h);
}

/* The frontend tells nobody any more, and goes on when it is told to. */
static void channel_closed(struct hostile *h)
{
	struct usbif_msg_req req;

	if (!hostile_device(h, &req))
		return hostile_say(h, "no device");
	hostile_put_answer(h, req.id, USBIF_WIRE_ST_STALL, 0);
	hostile_push_answers(h);
	hostile_deaf(h);
	hostile_say(h, hostile_request(h, &req) ? "OK" : "not asked again");
}

/* Comes and goes, faster than anybody can ask what it is. */
static void port_storm(struct hostile *h)
{
	unsigned int i;

	for (i = 0; i < 2000; i++)
		if (!hostile_tell(h, 1 + i / 2 % 4, i % 2 ?
				  USBIF_WIRE_SPEED_NONE :
				  USBIF_WIRE_SPEED_HIGH, 0))
			return;
	msleep(500);
	h->sent = h->taken;
	hostile_say(h, READ_ONCE(h->other) == XenbusStateConnected ? "OK" :
								     "closed");
}

static void in_use(struct hostile *h, const char *state)
{
	struct usbif_msg_req req;

	if (!hostile_device(h, &req))
		return hostile_say(h, "no device");
	if (state)
		xenbus_write(XBT_NIL, h->xdev->nodename, "state", state);
	else
		xenbus_rm(XBT_NIL, h->xdev->nodename, "state");
}

static void state_back(struct hostile *h)
{
	in_use(h, "1");
}

static void state_wait(struct hostile *h)
{
	in_use(h, "2");
}

static void state_closed(struct hostile *h)
{
	in_use(h, "6");
}

static void state_gone(struct hostile *h)
{
	in_use(h, NULL);
}

static void state_rubbish(struct hostile *h)
{
	in_use(h, "99");
	msleep(200);
	hostile_say(h, READ_ONCE(h->other) == XenbusStateConnected ? "OK" :
								     "closed");
}

/*
 * What a frontend that was served well finds when it comes back.  It writes
 * its state twice then: that it begins, and that it does not.
 */
static void wrong_key(struct hostile *h, const char *key, const char *value)
{
	hostile_back_close(h);
	if (value)
		hostile_offer(h, key, value);
	else
		xenbus_rm(XBT_NIL, h->xdev->nodename, key);
	WRITE_ONCE(h->changes, 0);
	hostile_set_state(h, XenbusStateInitWait);
	wait_event_timeout(h->changed, READ_ONCE(h->changes) >= 2, 30 * HZ);
	hostile_say(h, hostile_reaches(h, XenbusStateClosed) ?
			       HOSTILE_CLOSED : HOSTILE_SILENT);
}

static void ports_32(struct hostile *h)
{
	wrong_key(h, USBIF_KEY_NUM_PORTS, "32");
}

static void ports_gone(struct hostile *h)
{
	wrong_key(h, USBIF_KEY_NUM_PORTS, NULL);
}

static void version(struct hostile *h)
{
	wrong_key(h, USBIF_KEY_USB_VER, "%s%n\033[2J");
}

static void ring_pages(struct hostile *h)
{
	wrong_key(h, USBIF_KEY_MAX_RING_PAGES, "0");
}

static void request_pages(struct hostile *h)
{
	wrong_key(h, USBIF_KEY_MAX_REQUEST_PAGES, "4294967312");
}

/* A page of the frontend's that stays mapped when the connection has ended. */
static bool keep(struct hostile *h)
{
	struct usbif_msg_req req;
	void **page = &h->kept[h->keeps];

	if (h->keeps == HOSTILE_KEPT || !hostile_device(h, &req) ||
	    xenbus_map_ring_valloc(h->xdev, &req.seg[0].gref, 1, page))
		return false;
	h->keeps++;
	return true;
}

static void page_kept(struct hostile *h)
{
	if (keep(h))
		hostile_set_state(h, XenbusStateClosing);
	else
		hostile_say(h, "cannot be kept");
}

/* One of each connection, until the frontend begins none any more. */
static void pages_kept(struct hostile *h)
{
	while (keep(h)) {
		hostile_back_close(h);
		WRITE_ONCE(h->changes, 0);
		hostile_set_state(h, XenbusStateInitWait);
		wait_event_timeout(h->changed, READ_ONCE(h->changes) >= 2 &&
				   READ_ONCE(h->other) !=
				   XenbusStateInitialising, 30 * HZ);
		if (READ_ONCE(h->other) != XenbusStateConnected)
			return hostile_say(h, HOSTILE_CLOSED);
		if (hostile_back_connect(h))
			break;
	}
	hostile_say(h, "no end");
}

#define CLOSES(_group, _name, _reason, _run)				\
	{ .group = (_group), .name = (_name), .outcome = HOSTILE_CLOSED, \
	  .reason = (_reason), .run = (_run) }
#define SURVIVES(_name, _run)						\
	{ .group = "survived", .name = (_name), .outcome = "OK",	\
	  .reason = "-", .run = (_run) }
const struct hostile_attack hostile_back_attacks[] = {
	CLOSES("answer", "answer-other-id", "RSP_ID", answer_other_id),
	CLOSES("answer", "answer-far-id", "RSP_ID", answer_far_id),
	CLOSES("answer", "answer-longer", "RSP_LENGTH", answer_longer),
	CLOSES("answer", "answer-longest", "RSP_LENGTH", answer_longest),
	CLOSES("answer", "answer-negative", "RSP_LENGTH", answer_negative),
	CLOSES("answer", "status-unknown", "RSP_STATUS", status_unknown),
	CLOSES("answer", "status-positive", "RSP_STATUS", status_positive),
	CLOSES("answer", "partial", "RSP_PARTIAL", partial),
	CLOSES("answer", "answer-twice", "RING_INDEX", answer_twice),
	CLOSES("answer", "answer-unasked", "RING_INDEX", answer_unasked),
	CLOSES("answer", "index-far", "RING_INDEX", index_far),
	CLOSES("answer", "index-back", "RING_INDEX", index_back),
	CLOSES("answer", "unlink-twice", "RSP_ID", unlink_twice),
	CLOSES("answer", "silence", "RSP_OVERDUE", silence),
	CLOSES("port", "conn-index", "RING_INDEX", conn_index),
	CLOSES("port", "conn-back", "RING_INDEX", conn_back),
	CLOSES("port", "conn-id", "CONN_ID", conn_id),
	CLOSES("port", "port-0", "CONN_PORT", port_0),
	CLOSES("port", "port-5", "CONN_PORT", port_5),
	CLOSES("port", "port-255", "CONN_PORT", port_255),
	CLOSES("port", "speed-9", "CONN_SPEED", speed_9),
	SURVIVES("never-executed", never_executed),
	SURVIVES("other-indices", other_indices),
	SURVIVES("slots-scribbled", slots_scribbled),
	SURVIVES("conn-scribbled", conn_scribbled),
	SURVIVES("conn-id-twice", conn_id_twice),
	SURVIVES("event-storm", event_storm),
	SURVIVES("port-storm", port_storm),
	SURVIVES("channel-closed", channel_closed),
	SURVIVES("state-rubbish", state_rubbish),
	CLOSES("key", "state-back", "-", state_back),
	CLOSES("key", "state-wait", "-", state_wait),
	CLOSES("key", "state-closed", "-", state_closed),
	CLOSES("key", "state-gone", "-", state_gone),
	CLOSES("key", "ports-32", "num-ports of the backend is \"32\"",
	       ports_32),
	CLOSES("key", "ports-gone", "num-ports of the backend is missing",
	       ports_gone),
	CLOSES("key", "version", "usb-ver of the backend is", version),
	CLOSES("key", "ring-pages", "max-urb-ring-pages of the backend",
	       ring_pages),
	CLOSES("key", "request-pages", "max-request-pages of the backend",
	       request_pages),
	CLOSES("page", "page-kept", "backend keeps 1 granted pages",
	       page_kept),
	CLOSES("pages", "pages-kept", "it gets no more", pages_kept),
	{ }
};
