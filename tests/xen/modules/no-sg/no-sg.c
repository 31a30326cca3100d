// SPDX-License-Identifier: MIT
/*
 * While it is loaded, no host controller says that it takes scattered pages.
 * Debian's kernels have no driver of such a controller that QEMU can play.
 */
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/usb.h>
#include <linux/usb/hcd.h>

#define BUSES	64

static unsigned int saved[BUSES];

static void change(bool load)
{
	struct usb_bus *bus;
	int id;

	mutex_lock(&usb_bus_idr_lock);
	idr_for_each_entry(&usb_bus_idr, bus, id) {
		if (id >= BUSES)
			break;
		if (load) {
			saved[id] = bus->sg_tablesize;
			bus->sg_tablesize = 0;
		} else if (saved[id]) {
			bus->sg_tablesize = saved[id];
		}
	}
	mutex_unlock(&usb_bus_idr_lock);
}

static int __init no_sg_init(void)
{
	change(true);
	return 0;
}

static void __exit no_sg_exit(void)
{
	change(false);
}

module_init(no_sg_init);
module_exit(no_sg_exit);
MODULE_DESCRIPTION("Test: host controllers that take no scattered pages");
MODULE_LICENSE("Dual MIT/GPL");
