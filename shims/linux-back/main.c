// SPDX-License-Identifier: MIT
/* Parameters, and what is registered where. */
#include <linux/module.h>
#include <xen/xen.h>

#include "xub.h"

unsigned int xub_max_ring_pages = 4;
module_param_named(max_ring_pages, xub_max_ring_pages, uint, 0444);
MODULE_PARM_DESC(max_ring_pages,
		 "pages of a guest's request ring at most, 1..16 (default 4: 64 requests)");

unsigned int xub_hc_depth = 1;
module_param_named(hc_depth, xub_hc_depth, uint, 0444);
MODULE_PARM_DESC(hc_depth,
		 "requests of an endpoint in the host controller at most, 1..8 (default 1: an endpoint stops exactly where it fails)");

struct workqueue_struct *xub_wq;

static bool __init is_allowed(const char *name, unsigned int value,
			      unsigned int max)
{
	if (value >= 1 && value <= max)
		return true;
	pr_err(XUB_NAME ": %s=%u is not allowed: must be 1..%u\n", name, value,
	       max);
	return false;
}

static int __init xub_init(void)
{
	int err;

	if (!is_allowed("max_ring_pages", xub_max_ring_pages,
			USBIF_WIRE_MAX_RING_PAGES) ||
	    !is_allowed("hc_depth", xub_hc_depth, 8))
		return -EINVAL;
	if (!xen_domain()) {
		pr_err(XUB_NAME ": this kernel does not run on Xen\n");
		return -ENODEV;
	}
	xub_wq = alloc_workqueue(XUB_NAME, WQ_UNBOUND, 0);
	if (!xub_wq)
		return -ENOMEM;
	err = usb_register(&xub_usb_driver);
	if (err)
		goto out_wq;
	err = xub_xen_register();
	if (err)
		goto out_usb;
	return 0;
out_usb:
	usb_deregister(&xub_usb_driver);
out_wq:
	destroy_workqueue(xub_wq);
	return err;
}

static void __exit xub_exit(void)
{
	xub_xen_unregister();
	usb_deregister(&xub_usb_driver);
	destroy_workqueue(xub_wq);
}

module_init(xub_init);
module_exit(xub_exit);
MODULE_DESCRIPTION("Xen PV USB backend: gives USB devices of this domain to others");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_ALIAS("xen-backend:vusb");
