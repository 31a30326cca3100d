/* SPDX-License-Identifier: MIT */
/*
 * Frames of isochronous xfers.  Their descriptors are in a page of their own
 * behind the data, never in a page of a driver's structure.
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include "xusbvar.h"

bool
xusb_is_iso(struct usbd_xfer *xfer)
{
	const usb_endpoint_descriptor_t *ed =
	    xfer->ux_pipe->up_endpoint->ue_edesc;

	return UE_GET_XFERTYPE(ed->bmAttributes) == UE_ISOCHRONOUS;
}

static uint32_t
xusb_data_pages(struct usbd_xfer *xfer)
{
	return howmany(xfer->ux_length, PAGE_SIZE);
}

/* Data and descriptors of an xfer share the pages of one slot. */
bool
xusb_iso_fits(struct usbd_xfer *xfer)
{
	return xfer->ux_nframes > 0 && xfer->ux_nframes <= XUSB_MAX_PACKETS &&
	    xusb_data_pages(xfer) < USBIF_WIRE_MAX_SEGS;
}

static uint8_t *
xusb_descs_of(struct xusb_softc *sc, struct usbd_xfer *xfer, uint16_t id)
{
	return (uint8_t *)xusb_slot_octets(sc, id) +
	    xusb_data_pages(xfer) * PAGE_SIZE;
}

/* usbdi(9): a frame lies behind what was asked of the frames before it. */
static void
xusb_describe_frames(struct xusb_softc *sc, struct usbd_xfer *xfer)
{
	uint32_t offset = 0;
	int i;

	memset(sc->sc_iso, 0, xfer->ux_nframes * sizeof(sc->sc_iso[0]));
	for (i = 0; i < xfer->ux_nframes; i++) {
		sc->sc_iso[i].offset = offset;
		sc->sc_iso[i].length = xfer->ux_frlengths[i];
		offset += xfer->ux_frlengths[i];
	}
}

uint8_t
xusb_iso_out(struct xusb_softc *sc, struct xusb_xfer *xx, uint16_t id,
    struct usbif_msg_seg *seg)
{
	struct usbd_xfer *xfer = &xx->xx_xfer;

	xusb_describe_frames(sc, xfer);
	usbif_msg_encode_iso(sc->sc_iso, xfer->ux_nframes, sc->sc_descs);
	memcpy(xusb_descs_of(sc, xfer, id), sc->sc_descs,
	    xfer->ux_nframes * USBIF_WIRE_ISO_DESC_OCTETS);
	return xusb_slot_segs(sc, id, xusb_data_pages(xfer),
	    xfer->ux_nframes * USBIF_WIRE_ISO_DESC_OCTETS, seg);
}

/* A frame that failed has no octets; the xfer has not failed for that. */
void
xusb_iso_in(struct xusb_softc *sc, struct xusb_xfer *xx, uint16_t id)
{
	struct usbd_xfer *xfer = &xx->xx_xfer;
	const uint8_t *from = xusb_slot_octets(sc, id);
	uint8_t *to = xfer->ux_buf;
	int i;

	xusb_describe_frames(sc, xfer);
	usbif_copy_in(sc->sc_descs, xusb_descs_of(sc, xfer, id),
	    xfer->ux_nframes * USBIF_WIRE_ISO_DESC_OCTETS);
	usbif_msg_merge_iso(sc->sc_descs, xfer->ux_nframes, sc->sc_iso);
	for (i = 0; i < xfer->ux_nframes; i++) {
		const struct usbif_msg_iso *frame = &sc->sc_iso[i];
		uint32_t actual = frame->status == 0 ? frame->actual : 0;

		if (usbd_xfer_isread(xfer))
			memcpy(to + frame->offset, from + frame->offset,
			    actual);
		xfer->ux_frlengths[i] = actual;
		xx->xx_frames += actual;
	}
}
