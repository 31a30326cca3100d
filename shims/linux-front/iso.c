// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Frame descriptors of isochronous URBs: in a page of their own behind the
 * data, never in a page of a driver's structure.
 */
#include "usbfront.h"

/* Data and descriptors of a request share the pages of one slot. */
#define MAX_OCTETS	((USBIF_WIRE_MAX_SEGS - 1) * XEN_PAGE_SIZE)

bool usbfront_iso_part(struct urb *urb, u16 packet, struct usbfront_part *part)
{
	const struct usb_iso_packet_descriptor *d = urb->iso_frame_desc;
	int i;

	part->packet = packet;
	part->base = 0;
	part->length = urb->transfer_buffer_length;
	part->packets = urb->number_of_packets;
	if (packet == 0 && urb->number_of_packets <= USBFRONT_MAX_PACKETS &&
	    urb->transfer_buffer_length <= MAX_OCTETS)
		return true;
	part->base = d[packet].offset;
	part->length = 0;
	part->packets = 0;
	for (i = packet; i < urb->number_of_packets; i++) {
		u32 start = d[i].offset - part->base;

		if (d[i].offset < part->base || start > MAX_OCTETS ||
		    d[i].length > MAX_OCTETS - start ||
		    part->packets == USBFRONT_MAX_PACKETS)
			break;
		part->length = max(part->length, start + d[i].length);
		part->packets++;
	}
	return part->packets != 0;
}

static u32 data_pages(const struct usbfront_part *part)
{
	return DIV_ROUND_UP(part->length, XEN_PAGE_SIZE);
}

static void *descs_of(struct usbfront *uf, const struct usbfront_part *part,
		      u16 id)
{
	return usbfront_pool_octets(uf, id) + data_pages(part) * XEN_PAGE_SIZE;
}

static void describe_packets(struct usbfront *uf,
			     const struct usbfront_part *part)
{
	const struct usb_iso_packet_descriptor *d =
		&part->urb->iso_frame_desc[part->packet];
	int i;

	memset(uf->iso, 0, part->packets * sizeof(*uf->iso));
	for (i = 0; i < part->packets; i++) {
		uf->iso[i].offset = d[i].offset - part->base;
		uf->iso[i].length = d[i].length;
	}
}

u8 usbfront_iso_out(struct usbfront *uf, const struct usbfront_part *part,
		    u16 id, struct usbif_msg_seg *seg)
{
	u32 octets = part->packets * USBIF_WIRE_ISO_DESC_OCTETS;

	describe_packets(uf, part);
	usbif_msg_encode_iso(uf->iso, part->packets, descs_of(uf, part, id));
	return (u8)usbfront_pool_segs(uf, id, data_pages(part), octets, seg);
}

static void take_packet(struct usbfront *uf, const struct usbfront_part *part,
			u16 id, int i)
{
	struct urb *urb = part->urb;
	struct usb_iso_packet_descriptor *d =
		&urb->iso_frame_desc[part->packet + i];

	d->actual_length = uf->iso[i].actual;
	d->status = uf->iso[i].status ? -EPROTO : 0;
	if (uf->iso[i].status)
		urb->error_count++;
	if (usb_urb_dir_in(urb) && d->actual_length)
		usbfront_copy_in(urb, d->offset,
				 usbfront_pool_octets(uf, id) +
					 uf->iso[i].offset,
				 d->actual_length);
}

void usbfront_iso_in(struct usbfront *uf, const struct usbfront_part *part,
		     u16 id, u16 start_frame)
{
	int i;

	describe_packets(uf, part);
	/* The backend may write to the page even now. */
	memcpy(uf->descs, descs_of(uf, part, id),
	       part->packets * USBIF_WIRE_ISO_DESC_OCTETS);
	barrier();
	usbif_msg_merge_iso(uf->descs, part->packets, uf->iso);
	if (part->packet == 0)
		part->urb->start_frame = start_frame;
	for (i = 0; i < part->packets; i++)
		take_packet(uf, part, id, i);
}
