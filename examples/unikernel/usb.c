/* SPDX-License-Identifier: MIT */
/* Port 1, requests that are waited for, and enumeration (USB 2.0, chapter 9). */
#include "usb.h"

#define ADDRESS			1
/* Ports: features, USB 2.0 table 11-17. */
#define PORT_RESET		4
#define PORT_POWER		8
#define C_PORT_CONNECTION	16	/* bit 0 of the changes, and so on */
#define HUB_OF_PORT_IN		0xa3
#define HUB_OF_PORT		0x23
/* Requests and descriptors, tables 9-4 and 9-5. */
#define GET_STATUS		0
#define CLEAR_FEATURE		1
#define SET_FEATURE		3
#define SET_ADDRESS		5
#define GET_DESCRIPTOR		6
#define SET_CONFIGURATION	9
#define DEVICE			1
#define CONFIGURATION		2
#define STRING			3
#define INTERFACE		4
#define ENDPOINT		5
#define IN_DEVICE		0x80
#define OUT_ENDPOINT		0x02

static uint16_t word(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t usb_port_status(struct shim *s)
{
	uint8_t status[4];

	shim_hub(s, HUB_OF_PORT, SET_FEATURE, PORT_POWER, USB_PORT, 0, 0);
	if (shim_hub(s, HUB_OF_PORT_IN, GET_STATUS, 0, USB_PORT, status,
		     sizeof(status)) != 4)
		return 0;
	return word(status) | (uint32_t)word(status + 2) << 16;
}

void usb_port_acknowledge(struct shim *s, uint16_t change)
{
	uint16_t bit;

	for (bit = 0; bit < 5; bit++)
		if (change & 1u << bit)
			shim_hub(s, HUB_OF_PORT, CLEAR_FEATURE,
				 C_PORT_CONNECTION + bit, USB_PORT, 0, 0);
}

void usb_wait(struct usb_device *d, struct shim_urb *urb, uint32_t n)
{
	uint64_t until = platform_now_ms() + USB_TIMEOUT_MS;
	uint32_t i, busy;

	do {
		bool late = platform_now_ms() >= until;

		for (i = busy = 0; i < n; i++) {
			busy += urb[i].busy;
			if (late)
				shim_unlink(d->shim, &urb[i]);
		}
		if (late)
			until = PLATFORM_NEVER;
		if (busy > 0)
			shim_round(d->shim, until);
	} while (busy > 0);
}

void usb_fill(const struct usb_device *d, const struct usb_endpoint *e,
	      struct shim_urb *urb, void *buffer, uint32_t octets)
{
	memset(urb, 0, sizeof(*urb));
	urb->what.port = USB_PORT;
	urb->what.addr = d->address;
	urb->what.ep = e->address & 0x0f;
	urb->what.type = e->type;
	urb->what.in = (e->address & 0x80) != 0;
	urb->what.max_packet = e->max_packet;
	urb->what.interval = e->interval;
	/* At high speed an interval is a power of two (table 9-13). */
	if (d->speed == USBIF_WIRE_SPEED_HIGH && e->interval > 0)
		urb->what.interval = (uint16_t)(1u << ((e->interval - 1) & 15));
	urb->what.length = octets;
	urb->buffer = buffer;
}

int usb_control(struct usb_device *d, uint8_t type, uint8_t request,
		uint16_t value, uint16_t index, void *buffer, uint16_t octets)
{
	struct usb_endpoint zero = { .address = type & IN_DEVICE,
				     .type = USBIF_XFER_CTRL,
				     .max_packet = d->max_packet0 };
	uint8_t setup[8] = { type, request, (uint8_t)value,
			     (uint8_t)(value >> 8), (uint8_t)index,
			     (uint8_t)(index >> 8), (uint8_t)octets,
			     (uint8_t)(octets >> 8) };
	struct shim_urb urb;

	usb_fill(d, &zero, &urb, buffer, octets);
	memcpy(urb.what.setup, setup, sizeof(setup));
	if (!shim_submit(d->shim, &urb))
		return USBIF_WIRE_ST_SHUTDOWN;
	usb_wait(d, &urb, 1);
	if (urb.status == USBIF_WIRE_ST_CANCELLED)
		return USB_TIMEOUT;
	return urb.status == USBIF_WIRE_ST_OK ? (int)urb.actual : urb.status;
}

int usb_clear_halt(struct usb_device *d, const struct usb_endpoint *e)
{
	return usb_control(d, OUT_ENDPOINT, CLEAR_FEATURE, 0, e->address, 0, 0);
}

const char *usb_error(int error)
{
	switch (error) {
	case USBIF_WIRE_ST_STALL:
		return "stall";
	case USBIF_WIRE_ST_SHUTDOWN:
	case USBIF_WIRE_ST_NODEV:
		return "gone";
	case USBIF_WIRE_ST_BABBLE:
		return "babble";
	case USB_TIMEOUT:
		return "no answer";
	case USB_LIES:
		return "makes no sense";
	default:
		return "error";
	}
}

static int get_descriptor(struct usb_device *d, uint8_t type, uint8_t number,
			  uint16_t language, void *buffer, uint16_t octets)
{
	return usb_control(d, IN_DEVICE, GET_DESCRIPTOR,
			   (uint16_t)(type << 8 | number), language, buffer,
			   octets);
}

/* Strings are UTF-16; what is not printable ASCII is shown as a dot. */
static void print_string(struct usb_device *d, const char *name, uint8_t number)
{
	uint8_t raw[256];
	char text[128];
	int n, i;

	if (number == 0)
		return;
	n = get_descriptor(d, STRING, number, 0x0409, raw, 255);
	if (n < 2 || raw[1] != STRING)
		return;
	if (n > raw[0])
		n = raw[0];
	for (i = 0; i < (n - 2) / 2; i++) {
		uint16_t c = word(raw + 2 + 2 * i);

		text[i] = c >= ' ' && c <= '~' ? (char)c : '.';
	}
	text[i] = 0;
	platform_print("  %s: %s\n", name, text);
}

static int reset(struct shim *s)
{
	uint32_t status;

	shim_hub(s, HUB_OF_PORT, SET_FEATURE, PORT_RESET, USB_PORT, 0, 0);
	do {
		shim_round(s, PLATFORM_NEVER);
		status = usb_port_status(s);
		if (!(status & USBIF_PORT_CONNECTION))
			return USBIF_WIRE_ST_SHUTDOWN;
	} while (!(status >> 16 & USBIF_PORT_C_RESET));
	usb_port_acknowledge(s, USBIF_PORT_C_RESET);
	return 0;
}

static int describe_device(struct usb_device *d)
{
	uint8_t raw[18] = { 0 };
	int n;

	/* How large packets of endpoint 0 are is in the first eight octets. */
	n = get_descriptor(d, DEVICE, 0, 0, raw, 8);
	if (n < 0)
		return n;
	if (n < 8 || raw[1] != DEVICE || raw[7] < 8)
		return USB_LIES;
	d->max_packet0 = raw[7];
	n = usb_control(d, 0, SET_ADDRESS, ADDRESS, 0, 0, 0);
	if (n < 0)
		return n;
	d->address = ADDRESS;
	n = get_descriptor(d, DEVICE, 0, 0, raw, sizeof(raw));
	if (n < 0)
		return n;
	if (n < (int)sizeof(raw) || raw[1] != DEVICE)
		return USB_LIES;
	platform_print("  device %04x:%04x, release %x.%02x, USB %x.%02x, class %u, %u configurations\n",
		       word(raw + 8), word(raw + 10), raw[13], raw[12], raw[3],
		       raw[2], raw[4], raw[17]);
	print_string(d, "manufacturer", raw[14]);
	print_string(d, "product", raw[15]);
	print_string(d, "serial", raw[16]);
	return 0;
}

static void take_endpoint(struct usb_device *d, const uint8_t *raw)
{
	static const char *const type[] = { "control", "isochronous", "bulk",
					    "interrupt" };
	static const uint8_t ours[] = { USBIF_XFER_CTRL, USBIF_XFER_ISO,
					USBIF_XFER_BULK, USBIF_XFER_INT };
	struct usb_endpoint e = { .address = raw[2], .type = ours[raw[3] & 3],
				  .max_packet = word(raw + 4) & 0x7ff,
				  .interval = raw[6] };

	platform_print("  endpoint %02x: %s, %u octets, interval %u\n",
		       e.address, type[raw[3] & 3], e.max_packet, e.interval);
	if (e.max_packet > 0 && (e.address & 0x0f) != 0 &&
	    d->n < USB_MAX_ENDPOINTS)
		d->endpoint[d->n++] = e;
}

/* Returns false behind the first interface, which is all that we use. */
static bool take_descriptor(struct usb_device *d, const uint8_t *raw,
			    bool *in_interface)
{
	if (raw[1] == INTERFACE && raw[0] >= 9) {
		if (*in_interface)
			return false;
		*in_interface = true;
		d->interface = raw[2];
		d->class = raw[5];
		d->subclass = raw[6];
		d->protocol = raw[7];
		platform_print("  interface %u: class %u, subclass %u, protocol %u, %u endpoints\n",
			       raw[2], raw[5], raw[6], raw[7], raw[4]);
	}
	if (raw[1] == ENDPOINT && raw[0] >= 7 && *in_interface)
		take_endpoint(d, raw);
	return true;
}

/* Every length in here is the device's word: none is believed unseen. */
static int describe_configuration(struct usb_device *d)
{
	uint8_t raw[512];
	bool in_interface = false;
	int at, n = get_descriptor(d, CONFIGURATION, 0, 0, raw, 9);

	if (n < 0)
		return n;
	if (n < 9 || raw[1] != CONFIGURATION || word(raw + 2) < 9)
		return USB_LIES;
	n = word(raw + 2) < sizeof(raw) ? word(raw + 2) : (int)sizeof(raw);
	n = get_descriptor(d, CONFIGURATION, 0, 0, raw, (uint16_t)n);
	if (n < 0)
		return n;
	if (n < 9 || raw[1] != CONFIGURATION)
		return USB_LIES;
	d->configuration = raw[5];
	platform_print("  configuration %u: %u interfaces, %u mA\n", raw[5],
		       raw[4], 2u * raw[8]);
	for (at = raw[0]; at + 2 <= n; at += raw[at]) {
		if (raw[at] < 2 || at + raw[at] > n)
			return USB_LIES;
		if (!take_descriptor(d, raw + at, &in_interface))
			break;
	}
	return in_interface ? 0 : USB_LIES;
}

int usb_enumerate(struct shim *s, struct usb_device *d)
{
	static const char *const speed[] = { "full", "low", "high" };
	uint32_t status;
	int err = reset(s);

	memset(d, 0, sizeof(*d));
	if (err < 0)
		return err;
	status = usb_port_status(s);
	d->shim = s;
	d->speed = status & USBIF_PORT_HIGH_SPEED ? USBIF_WIRE_SPEED_HIGH :
		   status & USBIF_PORT_LOW_SPEED ? USBIF_WIRE_SPEED_LOW :
						   USBIF_WIRE_SPEED_FULL;
	d->max_packet0 = d->speed == USBIF_WIRE_SPEED_HIGH ? 64 : 8;
	platform_print("port %u: a device at %s speed\n", USB_PORT,
		       speed[status & USBIF_PORT_HIGH_SPEED ? 2 :
			     status & USBIF_PORT_LOW_SPEED ? 1 : 0]);
	err = describe_device(d);
	if (err >= 0)
		err = describe_configuration(d);
	if (err >= 0)
		err = usb_control(d, 0, SET_CONFIGURATION, d->configuration, 0,
				  0, 0);
	return err < 0 ? err : 0;
}

const struct usb_endpoint *usb_endpoint(const struct usb_device *d,
					uint8_t type, bool in)
{
	uint8_t i;

	for (i = 0; i < d->n; i++)
		if (d->endpoint[i].type == type &&
		    (d->endpoint[i].address & 0x80 ? in : !in))
			return &d->endpoint[i];
	return 0;
}
