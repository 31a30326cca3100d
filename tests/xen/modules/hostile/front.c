// SPDX-License-Identifier: MIT
/*
 * A frontend by hand: nothing is judged here, so that an attack can do what it
 * likes with rings, grants and keys.  It never waits for an event, but looks.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/events.h>
#include <xen/page.h>

#include "hostile.h"

/* Looks at the rings, one a millisecond or so: half a minute. */
#define LOOKS		30000

#define DESCRIPTOR	18u	/* octets of a device's descriptor */
/* What QEMU's keyboard calls itself there, and the device outside of it. */
#define KEYBOARD	0x0627
#define OUTSIDE		0x1d6b
#define REPORT		8u	/* octets of a keyboard's report */

static irqreturn_t on_event(int irq, void *data)
{
	return IRQ_HANDLED;
}

int hostile_grant(struct hostile *h, unsigned int page, domid_t domid,
		  bool readonly)
{
	int ref = gnttab_grant_foreign_access(domid,
					      virt_to_gfn(h->page[page]),
					      readonly);

	if (ref < 0)
		return ref;
	h->page_ref[page] = ref;
	h->granted[page] = true;
	return 0;
}

bool hostile_revoke(struct hostile *h, unsigned int page)
{
	bool ended = !h->granted[page] ||
		     gnttab_try_end_foreign_access(h->page_ref[page]);

	if (!ended)
		dev_err(&h->xdev->dev, "page %u is still in use\n", page);
	h->granted[page] = false;
	return ended;
}

static int get_pages(struct hostile *h)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < HOSTILE_PAGES && !err; i++) {
		h->page[i] = (void *)get_zeroed_page(GFP_KERNEL);
		err = h->page[i] ? hostile_grant(h, i, h->xdev->otherend_id,
						 false) : -ENOMEM;
	}
	return err;
}

static int set_up(struct hostile *h)
{
	int err;

	h->sent = 0;
	h->taken = 0;
	h->posted = 0;
	h->told = 0;
	err = xenbus_setup_ring(h->xdev, GFP_KERNEL, &h->urb_ring, 1,
				&h->urb_ref);
	if (!err)
		err = xenbus_setup_ring(h->xdev, GFP_KERNEL, &h->conn_ring, 1,
					&h->conn_ref);
	if (!err)
		err = get_pages(h);
	if (!err)
		err = xenbus_alloc_evtchn(h->xdev, &h->evtchn);
	if (err)
		return err;
	err = bind_evtchn_to_irqhandler(h->evtchn, on_event, 0, "hostile", h);
	h->irq = err < 0 ? 0 : err;
	return err < 0 ? err : 0;
}

static int write_keys(struct hostile *h)
{
	const struct {
		const char *key;
		unsigned int value;
	} keys[] = {
		{ USBIF_KEY_URB_RING_REF, h->urb_ref },
		{ USBIF_KEY_CONN_RING_REF, h->conn_ref },
		{ USBIF_KEY_EVENT_CHANNEL, h->evtchn },
		{ USBIF_KEY_RING_PAGES, 1 },
		{ USBIF_KEY_ENDPOINT_QUEUES, 1 },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(keys) && !err; i++)
		err = xenbus_printf(XBT_NIL, h->xdev->nodename, keys[i].key,
				    "%u", keys[i].value);
	return err;
}

/* Wait until the backend has told of a port. */
static bool plugged(struct hostile *h)
{
	int looks = LOOKS;

	for (; h->posted < 8; h->posted++)
		usbif_msg_encode_conn_req(h->posted, h->conn_ring +
					  USBIF_WIRE_RING_HEADER_OCTETS +
					  h->posted * USBIF_WIRE_CONN_OCTETS);
	virt_wmb();
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_REQ_PROD), h->posted);
	hostile_notify(h);
	while (READ_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_RSP_PROD)) ==
	       h->told) {
		if (!--looks)
			return false;
		usleep_range(500, 1000);
	}
	h->told++;
	return true;
}

int hostile_front_open(struct hostile *h, bool bare)
{
	int err;

	if (!hostile_reaches(h, XenbusStateInitWait))
		return -ETIMEDOUT;
	err = set_up(h);
	if (!err)
		err = write_keys(h);
	if (!err)
		err = hostile_set_state(h, XenbusStateConnected);
	if (err)
		return err;
	if (!hostile_reaches(h, XenbusStateConnected))
		return -ETIMEDOUT;
	if (bare)
		return 0;
	if (!plugged(h)) {
		hostile_say(h, "no device");
		return -ENODEV;
	}
	if (!hostile_lawful(h)) {
		hostile_say(h, "a lawful request fails");
		return -EPROTO;
	}
	return 0;
}

static void tear_down(struct hostile *h)
{
	unsigned int i;

	hostile_deaf(h);
	for (i = 0; i < HOSTILE_PAGES; i++) {
		hostile_revoke(h, i);
		free_page((unsigned long)h->page[i]);
		h->page[i] = NULL;
	}
	if (h->urb_ring)
		xenbus_teardown_ring(&h->urb_ring, 1, &h->urb_ref);
	if (h->conn_ring)
		xenbus_teardown_ring(&h->conn_ring, 1, &h->conn_ref);
}

/* Nothing of the rings is mapped any more when the backend is not Connected. */
void hostile_front_close(struct hostile *h)
{
	if (READ_ONCE(h->other) == XenbusStateConnected) {
		hostile_set_state(h, XenbusStateClosing);
		hostile_leaves(h, XenbusStateConnected);
	}
	hostile_set_state(h, XenbusStateClosed);
	hostile_leaves(h, XenbusStateClosing);
	tear_down(h);
	hostile_set_state(h, XenbusStateInitialising);
}

void hostile_put(struct hostile *h, const struct usbif_msg_req *req)
{
	usbif_msg_encode_req(req, hostile_slot(h, h->sent));
	h->sent++;
}

void hostile_push(struct hostile *h)
{
	virt_wmb();
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_REQ_PROD), h->sent);
	hostile_notify(h);
}

bool hostile_answered(struct hostile *h)
{
	return READ_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_RSP_PROD)) !=
	       h->taken;
}

bool hostile_answer(struct hostile *h, struct usbif_msg_rsp *rsp)
{
	int looks = LOOKS;

	while (!hostile_answered(h)) {
		if (!--looks || READ_ONCE(h->other) != XenbusStateConnected)
			return false;
		usleep_range(500, 1000);
	}
	virt_rmb();
	usbif_msg_decode_rsp(hostile_slot(h, h->taken), true, rsp);
	h->taken++;
	return true;
}

bool hostile_do(struct hostile *h, const struct usbif_msg_req *req,
		struct usbif_msg_rsp *rsp)
{
	hostile_put(h, req);
	hostile_push(h);
	return hostile_answer(h, rsp);
}

void hostile_say_answer(struct hostile *h, const struct usbif_msg_req *req)
{
	struct usbif_msg_rsp rsp;

	if (hostile_do(h, req, &rsp))
		hostile_say(h, usbif_status_name(rsp.status));
}

void hostile_spoil(struct hostile *h, const struct hostile_spoil *s)
{
	struct usbif_msg_req req = s->make(h, 1);
	struct usbif_msg_rsp rsp;
	u32 *word = (u32 *)(hostile_slot(h, h->sent) + s->at);

	hostile_put(h, &req);
	*word = (*word & ~s->clear) | s->set;
	hostile_push(h);
	if (hostile_answer(h, &rsp))
		hostile_say(h, usbif_status_name(rsp.status));
}

struct usbif_msg_req hostile_control(u16 id, const u8 *setup)
{
	struct usbif_msg_req req = {
		.id = id, .port = 1, .type = USBIF_XFER_CTRL,
	};

	memcpy(req.setup, setup, sizeof(req.setup));
	return req;
}

struct usbif_msg_req hostile_descriptor(struct hostile *h, u16 id)
{
	static const u8 setup[8] = { 0x80, 6, 0, 1, 0, 0, DESCRIPTOR, 0 };
	struct usbif_msg_req req = hostile_control(id, setup);

	req.in = true;
	req.length = DESCRIPTOR;
	req.nr_segs = 1;
	req.seg[0].gref = h->page_ref[0];
	req.seg[0].length = DESCRIPTOR;
	return req;
}

struct usbif_msg_req hostile_interrupt(struct hostile *h, u16 id)
{
	const struct usbif_msg_req req = {
		.id = id, .port = 1, .type = USBIF_XFER_INT, .ep = 1,
		.in = true, .length = REPORT, .nr_segs = 1, .interval = 8,
		.seg[0] = { .gref = h->page_ref[1], .length = REPORT },
	};

	return req;
}

struct usbif_msg_req hostile_unlink(u16 id, u16 target)
{
	const struct usbif_msg_req req = {
		.id = id, .port = 1, .type = USBIF_XFER_INT, .ep = 1,
		.in = true, .unlink = true, .unlink_id = target,
	};

	return req;
}

bool hostile_lawful(struct hostile *h)
{
	struct usbif_msg_req req = hostile_descriptor(h, 0);
	const u8 *got = h->page[0];
	struct usbif_msg_rsp rsp;
	unsigned int vendor;

	memset(h->page[0], 0, DESCRIPTOR);
	if (!hostile_do(h, &req, &rsp) || rsp.status != USBIF_WIRE_ST_OK)
		return false;
	vendor = got[8] | got[9] << 8;
	return rsp.id == 0 && rsp.actual == DESCRIPTOR &&
	       got[0] == DESCRIPTOR && got[1] == 1 &&
	       (vendor == KEYBOARD || vendor == OUTSIDE);
}

void hostile_reports(struct hostile *h, u16 id)
{
	static const u8 set_idle[8] = { 0x21, 10, 0, 10 };
	struct usbif_msg_req req = hostile_control(id, set_idle);

	hostile_put(h, &req);
	hostile_push(h);
}
