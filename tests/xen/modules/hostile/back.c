// SPDX-License-Identifier: MIT
/*
 * A backend by hand.  It has one device, which answers just what it is asked
 * first; it maps the rings, copies octets to granted pages, and judges nothing.
 */
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/string.h>
#include <xen/events.h>
#include <xen/page.h>

#include "hostile.h"

#define LOOKS		30000	/* at the rings, one a millisecond or so */
#define AGAIN_MS	1000	/* until a frontend is told once more */

static irqreturn_t on_event(int irq, void *data)
{
	xen_irq_lateeoi(irq, 0);
	return IRQ_HANDLED;
}

int hostile_offer(struct hostile *h, const char *key, const char *value)
{
	return xenbus_write(XBT_NIL, h->xdev->nodename, key, value);
}

/* What an honest backend would say. */
static int offer_all(struct hostile *h)
{
	int err = hostile_offer(h, USBIF_KEY_MAX_RING_PAGES, "1");

	if (!err)
		err = hostile_offer(h, USBIF_KEY_MAX_REQUEST_PAGES, "32");
	if (!err)
		err = hostile_offer(h, USBIF_KEY_ENDPOINT_QUEUES, "1");
	if (!err)
		err = hostile_offer(h, USBIF_KEY_USB_VER, "2");
	return err ? err : hostile_offer(h, USBIF_KEY_NUM_PORTS, "4");
}

/*
 * A frontend that has found a fault waits until the backend begins anew, and
 * does not show when it has seen that.
 */
static bool meet(struct hostile *h)
{
	unsigned int tries = LOOKS / AGAIN_MS;

	while (tries--) {
		hostile_set_state(h, XenbusStateInitialising);
		msleep(50);
		hostile_set_state(h, XenbusStateInitWait);
		if (wait_event_timeout(h->changed,
				       READ_ONCE(h->other) ==
				       XenbusStateConnected,
				       msecs_to_jiffies(AGAIN_MS)))
			return true;
	}
	return false;
}

static int set_up(struct hostile *h)
{
	int err = xenbus_gather(XBT_NIL, h->xdev->otherend,
				USBIF_KEY_URB_RING_REF, "%u", &h->urb_ref,
				USBIF_KEY_CONN_RING_REF, "%u", &h->conn_ref,
				USBIF_KEY_EVENT_CHANNEL, "%u", &h->evtchn,
				NULL);

	h->page[0] = (void *)get_zeroed_page(GFP_KERNEL);
	h->sent = 0;
	h->taken = 0;
	h->told = 0;
	if (!err)
		err = xenbus_map_ring_valloc(h->xdev, &h->urb_ref, 1,
					     &h->urb_ring);
	if (!err)
		err = xenbus_map_ring_valloc(h->xdev, &h->conn_ref, 1,
					     &h->conn_ring);
	if (err)
		return err;
	err = bind_interdomain_evtchn_to_irqhandler_lateeoi(h->xdev, h->evtchn,
							    on_event, 0,
							    "hostile", h);
	h->irq = err < 0 ? 0 : err;
	return err < 0 ? err : 0;
}

int hostile_back_connect(struct hostile *h)
{
	int err = set_up(h);

	return err ? err : hostile_set_state(h, XenbusStateConnected);
}

int hostile_back_open(struct hostile *h)
{
	int err = offer_all(h);

	if (err)
		return err;
	return meet(h) ? hostile_back_connect(h) : -ETIMEDOUT;
}

static void tear_down(struct hostile *h)
{
	hostile_deaf(h);
	free_page((unsigned long)h->page[0]);
	h->page[0] = NULL;
	if (h->urb_ring)
		xenbus_unmap_ring_vfree(h->xdev, h->urb_ring);
	if (h->conn_ring)
		xenbus_unmap_ring_vfree(h->xdev, h->conn_ring);
	h->urb_ring = NULL;
	h->conn_ring = NULL;
}

void hostile_back_close(struct hostile *h)
{
	if (READ_ONCE(h->other) == XenbusStateConnected) {
		hostile_set_state(h, XenbusStateClosing);
		hostile_leaves(h, XenbusStateConnected);
	}
	tear_down(h);
	hostile_set_state(h, XenbusStateClosed);
	hostile_leaves(h, XenbusStateClosing);
}

bool hostile_request(struct hostile *h, struct usbif_msg_req *req)
{
	static const struct usbif_msg_limits limits = {
		.num_ports = USBIF_WIRE_MAX_PORTS, .extended = true,
		.request_pages = 32,
	};
	u8 entry[USBIF_WIRE_URB_OCTETS];
	int looks = LOOKS;

	while (READ_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_REQ_PROD)) ==
	       h->taken) {
		if (!--looks || READ_ONCE(h->other) != XenbusStateConnected)
			return false;
		usleep_range(500, 1000);
	}
	virt_rmb();
	memcpy(entry, hostile_slot(h, h->taken), sizeof(entry));
	h->taken++;
	return usbif_msg_decode_req(entry, &limits, req) == USBIF_FAULT_NONE;
}

void hostile_put_answer(struct hostile *h, u16 id, s32 status, u32 actual)
{
	const struct usbif_msg_rsp rsp = {
		.id = id, .status = status, .actual = actual,
	};

	usbif_msg_encode_rsp(&rsp, hostile_slot(h, h->sent));
	h->sent++;
}

void hostile_push_answers(struct hostile *h)
{
	virt_wmb();
	WRITE_ONCE(*hostile_word(h->urb_ring, USBIF_WIRE_RSP_PROD), h->sent);
	hostile_notify(h);
}

void hostile_reply(struct hostile *h, u16 id, s32 status, u32 actual)
{
	hostile_put_answer(h, id, status, actual);
	hostile_push_answers(h);
}

bool hostile_tell(struct hostile *h, u8 port, u8 speed, u16 more)
{
	u8 *slot = h->conn_ring + USBIF_WIRE_RING_HEADER_OCTETS +
		   h->told % HOSTILE_CONNS * USBIF_WIRE_CONN_OCTETS;
	struct usbif_msg_conn conn = { .port = port, .speed = speed };
	int looks = LOOKS;

	while (READ_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_REQ_PROD)) ==
	       h->told) {
		if (!--looks || READ_ONCE(h->other) != XenbusStateConnected)
			return false;
		usleep_range(500, 1000);
	}
	conn.id = usbif_msg_decode_conn_req(slot) + more;
	usbif_msg_encode_conn(&conn, slot);
	h->told++;
	virt_wmb();
	WRITE_ONCE(*hostile_word(h->conn_ring, USBIF_WIRE_RSP_PROD), h->told);
	hostile_notify(h);
	return true;
}

bool hostile_write(struct hostile *h, const struct usbif_msg_seg *seg, u32 at,
		   const void *from, u32 octets)
{
	struct gnttab_copy op = {
		.source.domid = DOMID_SELF,
		.source.u.gmfn = virt_to_gfn(from),
		.source.offset = offset_in_page(from),
		.dest.domid = h->xdev->otherend_id,
		.dest.u.ref = seg[at / 4096].gref,
		.dest.offset = seg[at / 4096].offset + at % 4096,
		.len = octets,
		.flags = GNTCOPY_dest_gref,
	};

	gnttab_batch_copy(&op, 1);
	return op.status == GNTST_okay;
}

bool hostile_device(struct hostile *h, struct usbif_msg_req *req)
{
	static const u8 descriptor[18] = {
		18, 1, 0, 2, 0xff, 0, 0, 64, 0x27, 6, 1, 0, 0, 1, 0, 0, 0, 1
	};
	u8 *page = h->page[0];

	if (!page)
		return false;
	memcpy(page, descriptor, sizeof(descriptor));
	if (!hostile_tell(h, 1, USBIF_WIRE_SPEED_HIGH, 0))
		return false;
	/* GET_DESCRIPTOR, and SET_ADDRESS; the third one is the attack's. */
	if (!hostile_request(h, req) || req->nr_segs != 1)
		return false;
	hostile_write(h, req->seg, 0, page, sizeof(descriptor));
	hostile_reply(h, req->id, USBIF_WIRE_ST_OK, sizeof(descriptor));
	if (!hostile_request(h, req) || req->setup[1] != 5)
		return false;
	hostile_reply(h, req->id, USBIF_WIRE_ST_OK, 0);
	return hostile_request(h, req) && req->length >= 8;
}
