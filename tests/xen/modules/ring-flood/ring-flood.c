// SPDX-License-Identifier: MIT
/*
 * A frontend that floods: it has no devices and no manners.  Its ring is always
 * full of requests that the backend answers by itself, and an event goes with
 * each few of them.  Parameter kind: "unlink" of what there is not, or "write"
 * of 60 KiB to nobody.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include "usbif/wire.h"

#define PAGES		4
#define SLOTS		64
#define WRITE_SEGS	15
#define PORT		1u
#define NOBODY		99u	/* an address */
#define UNLINK		(1u << 5)
#define BULK		(3u << 30)
#define ENDPOINT	1u

static char *kind = "unlink";
module_param(kind, charp, 0444);

static ulong answered;
module_param(answered, ulong, 0444);

struct flood {
	void *urb_ring, *conn_ring, *data;
	grant_ref_t urb_ref[PAGES], conn_ref, data_ref;
	evtchn_port_t evtchn;
	int irq;
	u32 sent, taken;
	struct task_struct *thread;
};

static u32 *field(struct flood *f, unsigned int offset)
{
	return f->urb_ring + offset;
}

static void put_request(struct flood *f)
{
	u8 *slot = f->urb_ring + USBIF_WIRE_RING_HEADER_OCTETS +
		   f->sent % SLOTS * USBIF_WIRE_URB_OCTETS;
	bool write = !strcmp(kind, "write");
	unsigned int i;

	memset(slot, 0, USBIF_WIRE_URB_OCTETS);
	*(u16 *)(slot + USBIF_WIRE_REQ_ID) = f->sent % SLOTS;
	*(u32 *)(slot + USBIF_WIRE_REQ_PIPE) =
		PORT | NOBODY << 8 | ENDPOINT << 15 | BULK |
		(write ? 0 : UNLINK);
	f->sent++;
	if (!write) {
		*(u16 *)(slot + USBIF_WIRE_REQ_UNION) = SLOTS;
		return;
	}
	*(u16 *)(slot + USBIF_WIRE_REQ_NR_SEGS) = WRITE_SEGS;
	*(u16 *)(slot + USBIF_WIRE_REQ_LENGTH) = WRITE_SEGS * XEN_PAGE_SIZE;
	for (i = 0; i < WRITE_SEGS; i++) {
		u8 *seg = slot + USBIF_WIRE_REQ_SEG + i * USBIF_WIRE_SEG_OCTETS;

		*(u32 *)seg = f->data_ref;
		*(u16 *)(seg + 6) = XEN_PAGE_SIZE;
	}
}

static int flood(void *data)
{
	struct flood *f = data;

	while (!kthread_should_stop()) {
		u32 before = f->sent;

		f->taken = READ_ONCE(*field(f, USBIF_WIRE_RSP_PROD));
		answered = f->taken;
		while (f->sent - f->taken < SLOTS)
			put_request(f);
		if (f->sent != before) {
			virt_wmb();
			WRITE_ONCE(*field(f, USBIF_WIRE_REQ_PROD), f->sent);
			notify_remote_via_irq(f->irq);
		}
		cond_resched();
	}
	return 0;
}

static irqreturn_t on_event(int irq, void *data)
{
	return IRQ_HANDLED;
}

static int write_refs(struct xenbus_device *xdev, struct flood *f,
		      struct xenbus_transaction t)
{
	const char *dir = xdev->nodename;
	char name[20] = "urb-ring-ref";
	unsigned int i;
	int err = 0;

	for (i = 0; i < PAGES && !err; i++) {
		if (i)
			snprintf(name, sizeof(name), "urb-ring-ref-%u", i);
		err = xenbus_printf(t, dir, name, "%u", f->urb_ref[i]);
	}
	if (!err)
		err = xenbus_printf(t, dir, "urb-ring-pages", "%u", PAGES);
	if (!err)
		err = xenbus_printf(t, dir, "conn-ring-ref", "%u", f->conn_ref);
	if (!err)
		err = xenbus_printf(t, dir, "event-channel", "%u", f->evtchn);
	return err;
}

static int write_keys(struct xenbus_device *xdev, struct flood *f)
{
	struct xenbus_transaction t;
	int err;

	do {
		err = xenbus_transaction_start(&t);
		if (err)
			return err;
		err = write_refs(xdev, f, t);
		if (err) {
			xenbus_transaction_end(t, 1);
			return err;
		}
		err = xenbus_transaction_end(t, 0);
	} while (err == -EAGAIN);
	return err;
}

static int connect(struct xenbus_device *xdev, struct flood *f)
{
	int err;

	err = xenbus_setup_ring(xdev, GFP_KERNEL, &f->urb_ring, PAGES,
				f->urb_ref);
	if (!err)
		err = xenbus_setup_ring(xdev, GFP_KERNEL, &f->conn_ring, 1,
					&f->conn_ref);
	if (!err)
		err = xenbus_setup_ring(xdev, GFP_KERNEL, &f->data, 1,
					&f->data_ref);
	if (!err)
		err = xenbus_alloc_evtchn(xdev, &f->evtchn);
	if (err)
		return err;
	f->irq = bind_evtchn_to_irqhandler(f->evtchn, on_event, 0,
					   "ring-flood", f);
	if (f->irq < 0)
		return f->irq;
	*field(f, USBIF_WIRE_REQ_EVENT) = 1;
	*field(f, USBIF_WIRE_RSP_EVENT) = 1;
	return write_keys(xdev, f);
}

static void backend_changed(struct xenbus_device *xdev,
			    enum xenbus_state state)
{
	struct flood *f = dev_get_drvdata(&xdev->dev);

	if (state == XenbusStateInitWait && !f->urb_ring) {
		if (connect(xdev, f))
			dev_err(&xdev->dev, "cannot connect\n");
		else
			xenbus_switch_state(xdev, XenbusStateConnected);
	}
	if (state == XenbusStateConnected && !f->thread) {
		f->thread = kthread_run(flood, f, "ring-flood");
		dev_info(&xdev->dev, "floods the backend: %s\n", kind);
	}
}

static int flood_probe(struct xenbus_device *xdev,
		       const struct xenbus_device_id *id)
{
	struct flood *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	dev_set_drvdata(&xdev->dev, f);
	return xenbus_switch_state(xdev, XenbusStateInitialising);
}

/* What was granted is left to the guest's end: it is made for this test. */
static void flood_remove(struct xenbus_device *xdev)
{
	struct flood *f = dev_get_drvdata(&xdev->dev);

	if (!IS_ERR_OR_NULL(f->thread))
		kthread_stop(f->thread);
	xenbus_switch_state(xdev, XenbusStateClosed);
}

static const struct xenbus_device_id ids[] = {
	{ "vusb" },
	{ "" }
};

static struct xenbus_driver driver = {
	.name = "ring-flood",
	.ids = ids,
	.probe = flood_probe,
	.remove = flood_remove,
	.otherend_changed = backend_changed,
	.not_essential = true,
};

static int __init flood_init(void)
{
	if (!xen_domain())
		return -ENODEV;
	/* Without an owner, so that it can be removed while it floods. */
	return __xenbus_register_frontend(&driver, NULL, KBUILD_MODNAME);
}

static void __exit flood_exit(void)
{
	xenbus_unregister_driver(&driver);
}

module_init(flood_init);
module_exit(flood_exit);
MODULE_DESCRIPTION("A frontend that floods its backend, for tests");
MODULE_LICENSE("Dual MIT/GPL");
