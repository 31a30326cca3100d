// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* xen-usbfront: module and its parameters. */
#include <linux/module.h>
#include <xen/xen.h>

#include "usbfront.h"

unsigned int usbfront_ring_pages = 2;
module_param_named(ring_pages, usbfront_ring_pages, uint, 0444);
MODULE_PARM_DESC(ring_pages,
		 "Most pages of a request ring, 1 to 16 (default 2); a page is 16 requests and 1 MiB of buffers");

static int __init usbfront_init(void)
{
	if (!xen_domain())
		return -ENODEV;
	if (usbfront_ring_pages < 1 ||
	    usbfront_ring_pages > USBIF_WIRE_MAX_RING_PAGES) {
		pr_err("xen-usbfront: ring_pages=%u, allowed are 1 to %u\n",
		       usbfront_ring_pages, USBIF_WIRE_MAX_RING_PAGES);
		return -EINVAL;
	}
	return usbfront_xenbus_register();
}

static void __exit usbfront_exit(void)
{
	usbfront_xenbus_unregister();
}

module_init(usbfront_init);
module_exit(usbfront_exit);
MODULE_DESCRIPTION("Xen USB frontend: a host controller in the guest");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_ALIAS("xen:vusb");
