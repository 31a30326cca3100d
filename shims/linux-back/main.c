// SPDX-License-Identifier: MIT
/* Parameters, and what is registered where. */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <xen/xen.h>

#include "number_param.h"
#include "xub.h"

static struct number_param max_ring_pages = {
	.value = 4, .min = 1, .max = USBIF_WIRE_MAX_RING_PAGES,
};
NUMBER_PARAM(max_ring_pages, max_ring_pages,
	     "pages of a guest's request ring at most, 1..16 (default 4: 64 requests)");

static struct number_param max_request_pages = {
	.value = 32, .min = USBIF_WIRE_MAX_SEGS,
	.max = USBIF_WIRE_MAX_DATA_SEGS,
};
NUMBER_PARAM(max_request_pages, max_request_pages,
	     "pages of 4 KiB in a guest's request at most, 16..256 (default 32: 128 KiB)");

char *xub_pipelined = "none";
module_param_named(pipelined, xub_pipelined, charp, 0444);
MODULE_PARM_DESC(pipelined,
		 "host controllers that stop an endpoint by themselves and may have several of its requests: none (default), or names such as ehci-pci,ohci-pci,usb3");

static struct number_param hc_depth = { .value = 4, .min = 1, .max = 8 };
NUMBER_PARAM(hc_depth, hc_depth,
	     "requests of an endpoint that a pipelined host controller has at most, 1..8 (default 4)");

struct workqueue_struct *xub_wq;

unsigned int xub_max_ring_pages(void)
{
	return max_ring_pages.value;
}

unsigned int xub_max_request_pages(void)
{
	return max_request_pages.value;
}

unsigned int xub_hc_depth(void)
{
	return hc_depth.value;
}

static int __init xub_init(void)
{
	int err;

	if (!xub_hc_list_is_valid(xub_pipelined)) {
		pr_err(XUB_NAME ": pipelined=%s is not allowed: must be none, or names of letters, digits, - and _ with a comma between them\n",
		       xub_pipelined);
		return -EINVAL;
	}
	if (!xen_domain()) {
		pr_err(XUB_NAME ": this kernel does not run on Xen\n");
		return -ENODEV;
	}
	xub_wq = alloc_workqueue(XUB_NAME, WQ_UNBOUND, 0);
	if (!xub_wq)
		return -ENOMEM;
	xub_show_init();
	/*
	 * Controllers first: when the module is loaded again they know already
	 * which devices are theirs as the USB core offers these.
	 */
	err = xub_xen_register();
	if (err)
		goto out_wq;
	err = usb_register(&xub_usb_driver);
	if (err)
		goto out_xen;
	xub_tell_missing();
	return 0;
out_xen:
	xub_xen_unregister();
out_wq:
	xub_show_exit();
	destroy_workqueue(xub_wq);
	return err;
}

static void __exit xub_exit(void)
{
	xub_xen_unregister();
	usb_deregister(&xub_usb_driver);
	xub_show_exit();
	destroy_workqueue(xub_wq);
	/*
	 * Nothing will begin in here any more; and what a preempted task has
	 * only to return from (a completion handler), or still looks at (the
	 * xenbus driver: xenbus' shrinker), is over when each has slept.
	 */
	synchronize_rcu_tasks();
}

module_init(xub_init);
module_exit(xub_exit);
MODULE_DESCRIPTION("Xen PV USB backend: gives USB devices of this domain to others");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_ALIAS("xen-backend:vusb");
