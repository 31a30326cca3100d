/* SPDX-License-Identifier: MIT */
/* What drivers in the guest do: usbcore's, usb-storage's and others' habits. */
#ifndef SUPPORT_DRIVERS_H
#define SUPPORT_DRIVERS_H

#include "support/world.h"

#define SG_MOST	32

/* Wait until it has been given back.  Returns its status. */
int32_t urb_wait(struct world *w, struct urb *urb);
/* Submit and wait.  A refusal counts as SHUTDOWN. */
int32_t urb_run(struct world *w, struct urb *urb);
/* Unlink and wait: usb_kill_urb(). */
void urb_kill(struct world *w, struct urb *urb);

struct urb *bulk_in(struct world *w, struct usb_dev *dev, uint8_t ep,
		    uint32_t length);
struct urb *bulk_out(struct world *w, struct usb_dev *dev, uint8_t ep,
		     uint32_t length);
struct urb *interrupt_in(struct world *w, struct usb_dev *dev, uint8_t ep,
			 uint32_t length);
/* A control URB.  data: what goes out, or null. */
struct urb *control_urb(struct world *w, struct usb_dev *dev,
			uint8_t request_type, uint8_t request, uint16_t value,
			uint16_t index, uint16_t length, const void *data);

/*
 * A control transfer.  Data that comes is copied to data (length octets).
 * Returns octets moved, or the status if it failed.
 */
int32_t control(struct world *w, struct usb_dev *dev, uint8_t request_type,
		uint8_t request, uint16_t value, uint16_t index,
		uint16_t length, void *data);
int32_t set_configuration(struct world *w, struct usb_dev *dev,
			  uint16_t value);
int32_t set_interface(struct world *w, struct usb_dev *dev, uint16_t iface,
		      uint16_t alt);
int32_t clear_halt(struct world *w, struct usb_dev *dev, uint8_t ep, bool in);

/* SET_FEATURE or CLEAR_FEATURE of DEVICE_REMOTE_WAKEUP. */
int32_t arm_wakeup(struct world *w, struct usb_dev *dev, bool armed);

/* Root hub: power, reset and the status word of a port. */
void power_port(struct world *w, uint8_t port);
void reset_port(struct world *w, uint8_t port);
/* Returns false if the hub refuses. */
bool suspend_port(struct world *w, uint8_t port);
void resume_port(struct world *w, uint8_t port);
uint16_t port_status(struct world *w, uint8_t port);

/*
 * Enumerate the device on port, give it addr, read its descriptors, configure
 * it.  Returns null if that failed.
 */
struct usb_dev *enumerate(struct world *w, uint8_t port, uint8_t addr);
/* Plug the device, and enumerate it with the port's number as its address. */
struct usb_dev *plug_and_enumerate(struct world *w, uint8_t port,
				   struct device *d);

/*
 * One transfer as several URBs with SHORT_NOT_OK, as usb_sg_wait() does it:
 * the first that fails has the rest unlinked from its completion routine.
 */
struct sg {
	struct urb *urb[SG_MOST];
	uint32_t urbs;
	uint32_t left;		/* not given back yet */
	int32_t status;		/* of the first that failed */
	uint32_t octets;	/* that all moved together */
};
void sg_init(struct world *w, struct sg *sg, struct usb_dev *dev, uint8_t ep,
	     bool in, uint32_t urbs, uint32_t octets_each);
void sg_run(struct world *w, struct sg *sg);

/*
 * A command of a stick: command block, data as an sg of pieces of at most
 * 4 KiB times 8, status; stalls are cleared as usb-storage does.
 */
struct bot {
	struct usb_dev *dev;
	uint32_t tag;
	uint32_t piece;		/* octets of an URB of the data stage */
	struct sg sg;		/* of the last data stage */
	uint8_t csw[13];
	int32_t data_status;
};
void bot_init(struct bot *bot, struct usb_dev *dev);
/*
 * Returns the command's result (0 good, 1 failed), or a negative status if
 * the transport failed.
 */
int32_t bot_command(struct world *w, struct bot *bot, const uint8_t *cdb,
		    bool in, uint32_t octets);

#endif
