// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Frame descriptors of isochronous URBs: in a page of their own behind the
 * data, never in a page of a driver's structure.
 */
#include "usbfront.h"

static u32 data_pages(const struct urb *urb)
{
	return DIV_ROUND_UP(urb->transfer_buffer_length, XEN_PAGE_SIZE);
}

static void *descs_of(struct usbfront *uf, const struct urb *urb, u16 id)
{
	return usbfront_pool_octets(uf, id) + data_pages(urb) * XEN_PAGE_SIZE;
}

static void describe_packets(struct usbfront *uf, const struct urb *urb)
{
	int i;

	memset(uf->iso, 0, urb->number_of_packets * sizeof(*uf->iso));
	for (i = 0; i < urb->number_of_packets; i++) {
		uf->iso[i].offset = urb->iso_frame_desc[i].offset;
		uf->iso[i].length = urb->iso_frame_desc[i].length;
	}
}

u8 usbfront_iso_out(struct usbfront *uf, struct urb *urb, u16 id,
		    struct usbif_msg_seg *seg)
{
	u32 octets = urb->number_of_packets * USBIF_WIRE_ISO_DESC_OCTETS;

	describe_packets(uf, urb);
	usbif_msg_encode_iso(uf->iso, urb->number_of_packets,
			     descs_of(uf, urb, id));
	return (u8)usbfront_pool_segs(uf, id, data_pages(urb), octets, seg);
}

static void take_packet(struct usbfront *uf, struct urb *urb, u16 id, int i)
{
	struct usb_iso_packet_descriptor *d = &urb->iso_frame_desc[i];

	d->actual_length = uf->iso[i].actual;
	d->status = uf->iso[i].status ? -EPROTO : 0;
	if (uf->iso[i].status)
		urb->error_count++;
	if (usb_urb_dir_in(urb) && d->actual_length)
		usbfront_copy_in(urb, d->offset,
				 usbfront_pool_octets(uf, id) + d->offset,
				 d->actual_length);
}

void usbfront_iso_in(struct usbfront *uf, struct urb *urb, u16 id,
		     u16 start_frame)
{
	int i;

	describe_packets(uf, urb);
	/* The backend may write to the page even now. */
	memcpy(uf->descs, descs_of(uf, urb, id),
	       urb->number_of_packets * USBIF_WIRE_ISO_DESC_OCTETS);
	barrier();
	usbif_msg_merge_iso(uf->descs, urb->number_of_packets, uf->iso);
	urb->start_frame = start_frame;
	urb->error_count = 0;
	for (i = 0; i < urb->number_of_packets; i++)
		take_packet(uf, urb, id, i);
}
