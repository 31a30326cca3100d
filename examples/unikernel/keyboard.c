/* SPDX-License-Identifier: MIT */
/* A keyboard in the boot protocol (usb.org, HID 1.11 appendix B). */
#include "usb.h"

#define SET_IDLE	0x0a
#define SET_PROTOCOL	0x0b
#define CLASS_INTERFACE	0x21
#define REPORT_OCTETS	8
#define FIRST_KEY	2	/* before it: modifiers, reserved */
/* Errors in a row, after which it is left alone. */
#define MAX_ERRORS	3

static struct keyboard {
	struct usb_device *d;
	struct shim_urb urb;
	uint8_t report[REPORT_OCTETS], before[REPORT_OCTETS];
	uint8_t errors;
} kb;

static bool was_down(uint8_t usage)
{
	int i;

	for (i = FIRST_KEY; i < REPORT_OCTETS; i++)
		if (kb.before[i] == usage)
			return true;
	return false;
}

/* Usages 4 to 39 are a to z, 1 to 9, 0. */
static void print_key(uint8_t usage)
{
	static const char names[] = "abcdefghijklmnopqrstuvwxyz1234567890";
	char name[2] = "";

	if (usage < 4)
		return;
	if (usage < 4 + sizeof(names) - 1) {
		name[0] = names[usage - 4];
		platform_print("  key: %s\n", name);
	} else {
		platform_print("  key: usage %u\n", usage);
	}
}

/* The routine asks for the next report: an HCD's users do so. */
static void on_report(struct shim_urb *urb)
{
	int i;

	if (urb->status == USBIF_WIRE_ST_OK) {
		kb.errors = 0;
		for (i = FIRST_KEY; i < (int)urb->actual; i++)
			if (!was_down(kb.report[i]))
				print_key(kb.report[i]);
		memset(kb.before, 0, sizeof(kb.before));
		memcpy(kb.before, kb.report, urb->actual);
	} else if (urb->status == USBIF_WIRE_ST_SHUTDOWN ||
		   urb->status == USBIF_WIRE_ST_NODEV) {
		return;
	} else if (++kb.errors == MAX_ERRORS) {
		platform_print("  keyboard: left alone: %s\n",
			       usb_error(urb->status));
		return;
	}
	shim_submit(kb.d->shim, urb);
}

void keyboard_start(struct usb_device *d)
{
	const struct usb_endpoint *in = usb_endpoint(d, USBIF_XFER_INT, true);

	/* All URBs of a device have ended before another one is told of. */
	if (kb.urb.busy)
		return;
	memset(&kb, 0, sizeof(kb));
	if (!in) {
		platform_print("  keyboard: no interrupt endpoint\n");
		return;
	}
	kb.d = d;
	/* That reports come only when something changes is not vital. */
	usb_control(d, CLASS_INTERFACE, SET_IDLE, 0, d->interface, 0, 0);
	usb_control(d, CLASS_INTERFACE, SET_PROTOCOL, 0, d->interface, 0, 0);
	usb_fill(d, in, &kb.urb, kb.report, REPORT_OCTETS);
	kb.urb.complete = on_report;
	if (shim_submit(d->shim, &kb.urb))
		platform_print("  keyboard: listening\n");
}
