// SPDX-License-Identifier: MIT
/*
 * A device between two users.  Whatever one of them has made of it, the next
 * one finds it reset, in the configuration that this domain had chosen and,
 * which the USB core sees to, with the first setting of each interface.
 *
 * A guest's first request waits for a reset, as the device may come from this
 * domain's drivers, or from a connection of the same guest that broke.  When
 * the last interface is taken from us the device is reset for whoever comes
 * next, before the toolstack can bind another driver; so it is done here, in
 * the middle of the disconnect, which the USB core allows.
 */
#include "xub.h"

/* The library may have the port's device reset again. */
static void rest_work(struct work_struct *work)
{
	struct xub_port *p = container_of(to_delayed_work(work),
					  struct xub_port, rest);
	struct xub_conn *conn = p->ctrl->conn;
	unsigned long flags;

	spin_lock_irqsave(&conn->lock, flags);
	usbif_back_rested(&conn->back, p->nr);
	xub_drain_unlock(conn, flags);
	xub_kick(conn);
}

void xub_rest_init(struct xub_port *p)
{
	INIT_DELAYED_WORK(&p->rest, rest_work);
}

/* No port of a connection that ends rests any more. */
void xub_rest_stop(struct xub_ctrl *c)
{
	unsigned int i;

	for (i = 0; i < USBIF_MAX_PORTS; i++)
		cancel_delayed_work_sync(&c->port[i].rest);
}

/* The port's device has been plugged in.  Under conn->lock. */
void xub_fresh_plug(struct xub_conn *conn, struct xub_port *p)
{
	u64 now = get_jiffies_64(), rested = p->dev->rested;

	usbif_back_reset_first(&conn->back, p->nr);
	/* A frontend cannot get around the pause by connecting anew. */
	if (now < rested) {
		usbif_back_rest(&conn->back, p->nr);
		mod_delayed_work(xub_wq, &p->rest, rested - now);
	}
}

/* The port's device has been reset, or was to be.  Under conn->lock. */
void xub_fresh_reset_done(struct xub_conn *conn, struct xub_port *p, bool ok)
{
	unsigned long rest = msecs_to_jiffies(USBIF_BACK_REST_MS);

	p->dev->rested = get_jiffies_64() + rest;
	usbif_back_reset_done(&conn->back, p->nr, ok);
	mod_delayed_work(xub_wq, &p->rest, rest);
}

static int config_of(const struct usb_device *udev)
{
	return udev->actconfig ? udev->actconfig->desc.bConfigurationValue : -1;
}

/* Other drivers take the interfaces that this makes. */
static void restore_work(struct work_struct *work)
{
	struct xub_dev *d = container_of(work, struct xub_dev, restore);

	usb_lock_device(d->udev);
	if (d->udev->state != USB_STATE_NOTATTACHED)
		usb_set_configuration(d->udev, d->config);
	usb_unlock_device(d->udev);
	xub_dev_left(d);
}

void xub_fresh_init(struct xub_dev *d)
{
	d->config = config_of(d->udev);
	INIT_WORK(&d->restore, restore_work);
}

/*
 * No interface of the device is ours any more.  d->refreshing keeps it meanwhile,
 * and keeps us from its interfaces.  Under the device's lock, as the USB core
 * calls disconnect(); without xub_mutex.
 */
void xub_fresh_leave(struct xub_dev *d)
{
	usb_reset_device(d->udev);
	/* This interface would go with the configuration: so a bit later. */
	if (config_of(d->udev) != d->config)
		queue_work(xub_wq, &d->restore);
	else
		xub_dev_left(d);
}
