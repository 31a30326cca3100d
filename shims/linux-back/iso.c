// SPDX-License-Identifier: MIT
/*
 * Isochronous requests: their frame descriptors are fetched from the guest
 * once, judged by the library, and written back with what became of each
 * packet.
 */
#include <linux/slab.h>

#include "xub.h"

static u32 desc_octets(const struct usbif_msg_req *req)
{
	return req->packets * USBIF_WIRE_ISO_DESC_OCTETS;
}

static void *desc_copy(const struct xub_slot *s)
{
	return page_address(s->desc.page[0]);
}

/*
 * Allocate, and queue the copies of the descriptors.  An IN buffer is zeroed,
 * as it goes to the guest whole: packets may be short anywhere.
 */
bool xub_iso_prepare(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req)
{
	unsigned int i;

	s->iso = kmalloc_array(req->packets, sizeof(*s->iso), conn->gfp);
	if (!s->iso || !xub_area_get(conn, &s->desc, desc_octets(req), true))
		return false;
	if (req->in && !s->data.block)
		for (i = 0; i < s->data.pages; i++)
			clear_page(page_address(s->data.page[i]));
	xub_copy(conn, &s->desc, 0, req->seg + req->nr_segs,
		 desc_octets(req), false);
	return true;
}

/* The descriptors are there: judge them, and finish the URB. */
enum usbif_fault xub_iso_fill(struct xub_slot *s,
			      const struct usbif_msg_req *req)
{
	enum usbif_fault fault;
	struct urb *urb = s->urb;
	unsigned int i;

	fault = usbif_msg_decode_iso(desc_copy(s), req->packets, req->length,
				     s->iso);
	if (fault != USBIF_FAULT_NONE)
		return fault;
	urb->transfer_flags = URB_ISO_ASAP;
	urb->number_of_packets = req->packets;
	for (i = 0; i < req->packets; i++) {
		urb->iso_frame_desc[i].offset = s->iso[i].offset;
		urb->iso_frame_desc[i].length = s->iso[i].length;
	}
	return USBIF_FAULT_NONE;
}

/* Queue the copies of what the packets did; the URB has been with the HC. */
void xub_iso_deliver(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req)
{
	const struct urb *urb = s->urb;
	unsigned int i;

	for (i = 0; i < req->packets; i++) {
		const struct usb_iso_packet_descriptor *d =
			&urb->iso_frame_desc[i];

		s->iso[i].actual = min_t(u32, d->actual_length,
					 s->iso[i].length);
		s->iso[i].status = xub_wire_status(d->status, urb->dev);
	}
	usbif_msg_encode_iso(s->iso, req->packets, desc_copy(s));
	xub_copy(conn, &s->desc, 0, req->seg + req->nr_segs,
		 desc_octets(req), true);
	if (req->in && req->length)
		xub_copy(conn, &s->data, 0, req->seg, req->length, true);
}

void xub_iso_free(struct xub_conn *conn, struct xub_slot *s)
{
	kfree(s->iso);
	s->iso = NULL;
	xub_area_put(conn, &s->desc);
}
