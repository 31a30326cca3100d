/* SPDX-License-Identifier: MIT */
#include "support/traffic.h"

#define URBS_EACH	3

static void again(struct world *w, struct urb *urb)
{
	if (urb->status == USBIF_WIRE_ST_OK)
		guest_submit(w, urb);
}

static void start(struct world *w, struct urb *urb)
{
	urb->complete = again;
	guest_submit(w, urb);
}

void traffic_start(struct world *w, struct usb_dev *dev)
{
	static const uint32_t octets[URBS_EACH] = { 512, 3000, 70000 };
	uint8_t ep;
	int in, i;

	start(w, control_urb(w, dev, 0x80, 6, 0x0100, 0, 18, NULL));
	for (ep = 1; ep < DEVICE_EPS; ep++) {
		for (in = 0; in < 2; in++) {
			const struct device_ep *e = device_ep(dev->device, ep,
							      in);
			bool iso = e->type == USBIF_XFER_ISO;

			if (e->kind == DEVICE_EP_NONE)
				continue;
			for (i = 0; i < URBS_EACH; i++) {
				struct urb *urb = urb_new(w, dev, ep, in,
							  e->type,
							  iso ? 1600 :
								octets[i]);

				if (iso)
					urb_set_packets(urb, 8);
				start(w, urb);
			}
		}
	}
}
