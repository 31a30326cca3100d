// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* xen-usbfront: module and its parameters. */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <xen/xen.h>

#include "number_param.h"
#include "usbfront.h"

/* 0 until it is set: as many as the ports want, see usbif/xenbus.h. */
static struct number_param ring_pages = {
	.value = 0, .min = 1, .max = USBIF_WIRE_MAX_RING_PAGES,
};
NUMBER_PARAM(ring_pages, ring_pages,
	     "pages of a request ring at most, 1..16, of 16 requests each (default 2; with more than 8 ports 4)");

static struct number_param request_pages = {
	.value = 32, .min = USBIF_WIRE_MAX_SEGS,
	.max = USBIF_WIRE_MAX_DATA_SEGS,
};
NUMBER_PARAM(request_pages, request_pages,
	     "pages of 4 KiB of buffers for each request, 16..256 (default 32: a transfer of 128 KiB is one request)");

unsigned int usbfront_ring_pages(void)
{
	return ring_pages.value;
}

unsigned int usbfront_request_pages(void)
{
	return request_pages.value;
}

static int __init usbfront_init(void)
{
	int err;

	if (!xen_domain())
		return -ENODEV;
	usbfront_show_init();
	err = usbfront_xenbus_register();
	if (err)
		usbfront_show_exit();
	return err;
}

static void __exit usbfront_exit(void)
{
	usbfront_xenbus_unregister();
	usbfront_show_exit();
	/*
	 * Nothing will begin in here any more; and what a preempted task has
	 * only to return from, or still looks at, is over when each has slept.
	 */
	synchronize_rcu_tasks();
}

module_init(usbfront_init);
module_exit(usbfront_exit);
MODULE_DESCRIPTION("Xen USB frontend: a host controller in the guest");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_ALIAS("xen:vusb");
