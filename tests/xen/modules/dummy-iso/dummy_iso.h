/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Isochronous transfers for Linux' dummy_hcd, which fails them all.  Included
 * by a copy of its source in front of its timer (image/iso.sh).
 *
 * A packet is one request of the gadget.  The pace is what both ends have
 * ready, up to a frame's eight microframes at a time, and not the clock: with
 * nothing from the gadget a packet is empty, and with no URB of the host the
 * gadget waits.  So nothing is ever late, and all that is missing was lost by
 * somebody else.
 */
#include "no_dma.h"

#define DUMMY_ISO_AT_ONCE	8

/* What usbcore sets before the HCD gets the URB: not transferred yet. */
#define DUMMY_ISO_WAITING	(-EXDEV)

static void dummy_iso_copy(struct urb *urb,
			   struct usb_iso_packet_descriptor *packet,
			   struct usb_request *req)
{
	void *octets = urb->transfer_buffer + packet->offset;
	u32 length = min_t(u32, packet->length, req->length);
	bool in = usb_urb_dir_in(urb);

	if (in)
		memcpy(octets, req->buf, length);
	else
		memcpy(req->buf, octets, length);
	packet->actual_length = length;
	packet->status = in && req->length > length ? -EOVERFLOW : 0;
	req->actual = length;
	req->status = 0;
}

/* The packet goes; returns false if the gadget has nothing for it. */
static bool dummy_iso_packet(struct dummy *dum, struct urb *urb,
			     struct dummy_ep *ep,
			     struct usb_iso_packet_descriptor *packet)
{
	struct dummy_request *r;

	r = list_first_entry_or_null(&ep->queue, struct dummy_request, queue);
	if (!r) {
		packet->status = 0;
		return false;
	}
	dummy_iso_copy(urb, packet, &r->req);
	urb->actual_length += packet->actual_length;
	urb->error_count += packet->status != 0;
	list_del_init(&r->queue);
	spin_unlock(&dum->lock);
	usb_gadget_giveback_request(&ep->ep, &r->req);
	spin_lock(&dum->lock);
	return true;
}

/* The URB's status: -EINPROGRESS while there are packets left. */
static int dummy_iso(struct dummy *dum, struct urb *urb, struct dummy_ep *ep)
	__must_hold(&dum->lock)
{
	int i, left = DUMMY_ISO_AT_ONCE;

	for (i = 0; i < urb->number_of_packets; i++) {
		struct usb_iso_packet_descriptor *packet =
			&urb->iso_frame_desc[i];

		if (packet->status != DUMMY_ISO_WAITING)
			continue;
		if (left-- == 0 || urb->unlinked)
			return -EINPROGRESS;
		if (!dummy_iso_packet(dum, urb, ep, packet))
			left = 0;
	}
	return 0;
}
