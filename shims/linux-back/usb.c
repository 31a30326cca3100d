// SPDX-License-Identifier: MIT
/*
 * The USB interface driver.  The toolstack binds the interfaces of a device
 * to it through its directory in sysfs, hence its name.
 */
#include <linux/module.h>

#include "xub.h"

static int probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	return xub_dev_bind(intf);
}

static void disconnect(struct usb_interface *intf)
{
	xub_dev_unbind(intf);
}

static int pre_reset(struct usb_interface *intf)
{
	xub_dev_pause(intf, true);
	return 0;
}

static int post_reset(struct usb_interface *intf)
{
	xub_dev_pause(intf, false);
	return 0;
}

static int suspend(struct usb_interface *intf, pm_message_t message)
{
	xub_dev_pause(intf, true);
	return 0;
}

/* All interfaces are offered; probe() takes those of assigned devices. */
static const struct usb_device_id ids[] = {
	{ .driver_info = 1 },
	{ }
};

struct usb_driver xub_usb_driver = {
	.name = "usbback",
	.probe = probe,
	.disconnect = disconnect,
	.pre_reset = pre_reset,
	.post_reset = post_reset,
	.suspend = suspend,
	.resume = post_reset,
	.reset_resume = post_reset,
	.id_table = ids,
	.no_dynamic_id = 1,
	/* Cancels go through the library, in its order, not through the core. */
	.soft_unbind = 1,
};
