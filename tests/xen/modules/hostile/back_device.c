// SPDX-License-Identifier: MIT
/*
 * A device whose user is a program in the frontend's domain (tools/report.c).
 * The program asks the device what to do, does that with one URB, and reports
 * what came of it.  So an attack sees what a driver would have got.
 */
#include <linux/string.h>
#include <linux/usb/ch9.h>

#include "hostile.h"

#define PRODUCT		2	/* the program looks for it */
#define ASK		1	/* its two vendor requests */
#define REPORT		2
#define MOST_REQUESTS	100	/* of an enumeration */
#define PACKET		0x1400	/* three times 1024 octets a microframe */
#define BULK_PACKET	512

struct configuration {
	struct usb_config_descriptor config;
	struct usb_interface_descriptor off, on;
	u8 endpoint[3][USB_DT_ENDPOINT_SIZE];
} __packed;

static struct usb_interface_descriptor setting(u8 alt, u8 endpoints)
{
	const struct usb_interface_descriptor d = {
		.bLength = USB_DT_INTERFACE_SIZE,
		.bDescriptorType = USB_DT_INTERFACE,
		.bAlternateSetting = alt,
		.bNumEndpoints = endpoints,
		.bInterfaceClass = USB_CLASS_VENDOR_SPEC,
	};

	return d;
}

static void endpoint(u8 *to, u8 address, u8 type, u16 packet)
{
	const struct usb_endpoint_descriptor d = {
		.bLength = USB_DT_ENDPOINT_SIZE,
		.bDescriptorType = USB_DT_ENDPOINT,
		.bEndpointAddress = address,
		.bmAttributes = type,
		.wMaxPacketSize = cpu_to_le16(packet),
		.bInterval = 1,
	};

	memcpy(to, &d, USB_DT_ENDPOINT_SIZE);
}

static u32 describe_configuration(void *to)
{
	struct configuration all = {
		.config = {
			.bLength = USB_DT_CONFIG_SIZE,
			.bDescriptorType = USB_DT_CONFIG,
			.wTotalLength = cpu_to_le16(sizeof(all)),
			.bNumInterfaces = 1,
			.bConfigurationValue = 1,
			.bmAttributes = USB_CONFIG_ATT_ONE,
		},
		.off = setting(0, 0),
		.on = setting(1, 3),
	};

	endpoint(all.endpoint[0], HOSTILE_IN, USB_ENDPOINT_XFER_ISOC, PACKET);
	endpoint(all.endpoint[1], HOSTILE_OUT, USB_ENDPOINT_XFER_ISOC, PACKET);
	endpoint(all.endpoint[2], HOSTILE_BULK, USB_ENDPOINT_XFER_BULK,
		 BULK_PACKET);
	memcpy(to, &all, sizeof(all));
	return sizeof(all);
}

static u32 describe_device(void *to)
{
	const struct usb_device_descriptor d = {
		.bLength = USB_DT_DEVICE_SIZE,
		.bDescriptorType = USB_DT_DEVICE,
		.bcdUSB = cpu_to_le16(0x0200),
		.bDeviceClass = USB_CLASS_VENDOR_SPEC,
		.bMaxPacketSize0 = 64,
		.idVendor = cpu_to_le16(0x1d6b),
		.idProduct = cpu_to_le16(PRODUCT),
		.bNumConfigurations = 1,
	};

	memcpy(to, &d, sizeof(d));
	return sizeof(d);
}

static void give(struct hostile *h, const struct usbif_msg_req *req, u32 octets)
{
	octets = min(octets, req->length);
	hostile_write(h, req->seg, 0, h->page[0], octets);
	hostile_reply(h, req->id, USBIF_WIRE_ST_OK, octets);
}

/* Answer a standard request as it should be. */
static void serve(struct hostile *h, const struct usbif_msg_req *req)
{
	const u8 *setup = req->setup;
	void *page = h->page[0];

	if (!req->length)
		hostile_reply(h, req->id, USBIF_WIRE_ST_OK, 0);
	else if (setup[1] == USB_REQ_GET_DESCRIPTOR && setup[3] == USB_DT_DEVICE)
		give(h, req, describe_device(page));
	else if (setup[1] == USB_REQ_GET_DESCRIPTOR && setup[3] == USB_DT_CONFIG)
		give(h, req, describe_configuration(page));
	else
		hostile_reply(h, req->id, USBIF_WIRE_ST_STALL, 0);
}

static bool is_vendor(const struct usbif_msg_req *req, u8 request)
{
	return req->type == USBIF_XFER_CTRL && (req->setup[0] & 0x60) == 0x40 &&
	       req->setup[1] == request;
}

/* Serve what comes until the program asks, and tell it. */
static bool tell_order(struct hostile *h, const struct hostile_order *order)
{
	struct usbif_msg_req req;
	unsigned int n;

	for (n = 0; n < MOST_REQUESTS && hostile_request(h, &req); n++) {
		if (req.unlink) {
			hostile_reply(h, req.id, USBIF_WIRE_ST_NOT_FOUND, 0);
			continue;
		}
		if (is_vendor(&req, ASK)) {
			memcpy(h->page[0], order, sizeof(*order));
			give(h, &req, sizeof(*order));
			return true;
		}
		serve(h, &req);
	}
	hostile_say(h, "no program asks");
	return false;
}

bool hostile_order_again(struct hostile *h, u8 endpoint, u16 packets, u32 size)
{
	const struct hostile_order order = {
		.endpoint = endpoint,
		.bulk = endpoint == HOSTILE_BULK,
		.packets = cpu_to_le16(packets),
		.size = cpu_to_le32(size),
	};

	return tell_order(h, &order);
}

bool hostile_order(struct hostile *h, u8 endpoint, u16 packets, u32 size)
{
	if (hostile_tell(h, 1, USBIF_WIRE_SPEED_HIGH, 0))
		return hostile_order_again(h, endpoint, packets, size);
	hostile_say(h, "no device");
	return false;
}

static void read_octets(struct hostile *h, const struct usbif_msg_req *req)
{
	struct gnttab_copy op = {
		.source.domid = h->xdev->otherend_id,
		.source.u.ref = req->seg[0].gref,
		.source.offset = req->seg[0].offset,
		.dest.domid = DOMID_SELF,
		.dest.u.gmfn = virt_to_gfn(h->page[0]),
		.len = req->length,
		.flags = GNTCOPY_source_gref,
	};

	gnttab_batch_copy(&op, 1);
}

const struct hostile_report *hostile_report(struct hostile *h)
{
	struct usbif_msg_req req;

	if (!hostile_request(h, &req) || !is_vendor(&req, REPORT) ||
	    req.length != sizeof(struct hostile_report)) {
		if (READ_ONCE(h->other) == XenbusStateConnected)
			hostile_say(h, "no report");
		return NULL;
	}
	read_octets(h, &req);
	hostile_reply(h, req.id, USBIF_WIRE_ST_OK, req.length);
	return h->page[0];
}
