/* SPDX-License-Identifier: MIT */
/*
 * A device at root-hub port 1, for its driver.  Calls that wait run the whole
 * kernel meanwhile; when the device goes they end with an error.
 */
#ifndef USB_H
#define USB_H

#include "../template-port/shim.h"

#define USB_PORT	1
#define USB_TIMEOUT_MS	10000u

/* Results beside USBIF_WIRE_ST_*; all are negative. */
#define USB_TIMEOUT	(-1000)
#define USB_LIES	(-1001)	/* what the device says makes no sense */

struct usb_endpoint {
	uint8_t address;	/* as in its descriptor */
	uint8_t type;		/* enum usbif_xfer */
	uint8_t interval;	/* as in its descriptor */
	uint16_t max_packet;
};

#define USB_MAX_ENDPOINTS	8

/* The first interface of the first configuration. */
struct usb_device {
	struct shim *shim;
	uint8_t speed;		/* USBIF_WIRE_SPEED_* */
	uint8_t address;
	uint8_t max_packet0;
	uint8_t configuration, interface, class, subclass, protocol;
	uint8_t n;
	struct usb_endpoint endpoint[USB_MAX_ENDPOINTS];
};

/* What the port says, 0 without a controller: status, change above bit 16. */
uint32_t usb_port_status(struct shim *s);
/* Acknowledge a change, USBIF_PORT_C_*, of what the port says. */
void usb_port_acknowledge(struct shim *s, uint16_t change);

/* Reset, address, describe and configure what is at the port.  0 or an error. */
int usb_enumerate(struct shim *s, struct usb_device *d);

/* Of that type and direction, or 0. */
const struct usb_endpoint *usb_endpoint(const struct usb_device *d,
					uint8_t type, bool in);

/* Fill an URB for the endpoint; the rest is the caller's. */
void usb_fill(const struct usb_device *d, const struct usb_endpoint *e,
	      struct shim_urb *urb, void *buffer, uint32_t octets);

/* Wait until none of n URBs is busy; they are unlinked when it takes too long. */
void usb_wait(struct usb_device *d, struct shim_urb *urb, uint32_t n);

/* A control request.  Returns the octets that moved, or an error. */
int usb_control(struct usb_device *d, uint8_t type, uint8_t request,
		uint16_t value, uint16_t index, void *buffer, uint16_t octets);
int usb_clear_halt(struct usb_device *d, const struct usb_endpoint *e);

/* "stall" and the like. */
const char *usb_error(int error);

/* The drivers.  They return when there is nothing more to do for them. */
void storage_run(struct usb_device *d);
/* Keys are printed as they come, until the device goes. */
void keyboard_start(struct usb_device *d);

#endif
