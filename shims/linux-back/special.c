// SPDX-License-Identifier: MIT
/*
 * Control requests that the host's USB stack executes for a guest, so that
 * its own picture of the device stays true.  They wait for the device, hence
 * a work item for each port.
 */
#include <linux/delay.h>

#include "xub.h"

/*
 * Take the device's lock, which its own disconnect holds while it waits for
 * us: so give up when the guest loses the device.
 */
static int lock_device(struct xub_port *p, struct usb_device *udev)
{
	while (!usb_trylock_device(udev)) {
		if (READ_ONCE(p->leaving))
			return -ENODEV;
		usleep_range(1000, 5000);
	}
	if (!READ_ONCE(p->leaving) && udev->state != USB_STATE_NOTATTACHED)
		return 0;
	usb_unlock_device(udev);
	return -ENODEV;
}

/* Another driver may have been faster at an interface of the configuration. */
static int claim(struct xub_dev *d, struct usb_interface *intf)
{
	struct device_driver *other = intf->dev.driver;
	int err;

	if (other && to_usb_driver(other) == &xub_usb_driver)
		return 0;
	if (other)
		usb_driver_release_interface(to_usb_driver(other), intf);
	err = usb_driver_claim_interface(&xub_usb_driver, intf, d);
	if (err)
		return err;
	mutex_lock(&xub_mutex);
	d->bound++;
	mutex_unlock(&xub_mutex);
	return 0;
}

static int claim_all(struct xub_dev *d)
{
	struct usb_host_config *config = d->udev->actconfig;
	int i, err = 0;

	for (i = 0; config && i < config->desc.bNumInterfaces && !err; i++)
		err = claim(d, config->interface[i]);
	return err;
}

/*
 * The guest's choice of a configuration.  0 is answered without asking the
 * device: in that state the host could bind no driver to it.
 */
static int set_configuration(struct xub_dev *d, int value)
{
	struct usb_device *udev = d->udev;
	int err;

	if (value == 0)
		return 0;
	if (udev->actconfig &&
	    udev->actconfig->desc.bConfigurationValue == value)
		return usb_reset_configuration(udev);
	mutex_lock(&xub_mutex);
	d->moving = true;
	mutex_unlock(&xub_mutex);
	err = usb_set_configuration(udev, value);
	return err ? err : claim_all(d);
}

/* The USB core would log each setting that there is not. */
static int set_interface(struct usb_device *udev, int number, int setting)
{
	const struct usb_interface *intf = usb_ifnum_to_if(udev, number);

	if (!intf || !usb_altnum_to_altsetting(intf, setting))
		return -EINVAL;
	return usb_set_interface(udev, number, setting);
}

static int reset(struct xub_port *p, struct usb_device *udev)
{
	int err;

	WRITE_ONCE(p->resetting, true);
	err = usb_reset_device(udev);
	WRITE_ONCE(p->resetting, false);
	return err;
}

static int clear_halt(struct usb_device *udev, u8 addr)
{
	u8 ep = addr & USB_ENDPOINT_NUMBER_MASK;

	return usb_clear_halt(udev, addr & USB_DIR_IN ?
					    usb_rcvbulkpipe(udev, ep) :
					    usb_sndbulkpipe(udev, ep));
}

static int execute_locked(struct xub_port *p, const struct usbif_back_duty *duty)
{
	struct xub_dev *d = p->dev;

	switch (duty->kind) {
	case USBIF_BACK_RESET:
		return reset(p, d->udev);
	case USBIF_BACK_SET_CONFIGURATION:
		return set_configuration(d, duty->value);
	case USBIF_BACK_SET_INTERFACE:
		return set_interface(d->udev, duty->index, duty->value);
	case USBIF_BACK_CLEAR_HALT:
	case USBIF_BACK_SUBMIT:
	case USBIF_BACK_CANCEL:
		break;
	}
	return -EINVAL;
}

/* The port keeps p->dev until the duty is answered. */
static int execute(struct xub_conn *conn, struct xub_port *p,
		   const struct usbif_back_duty *duty)
{
	struct usb_device *udev = p->dev->udev;
	unsigned long flags;
	int err;

	if (duty->kind == USBIF_BACK_CLEAR_HALT)
		return clear_halt(udev, duty->index);
	err = lock_device(p, udev);
	if (err)
		return err;
	err = execute_locked(p, duty);
	spin_lock_irqsave(&conn->lock, flags);
	/* The device has no endpoint for the guest before its first reset. */
	if (!err || duty->kind != USBIF_BACK_RESET)
		xub_describe(conn, p);
	spin_unlock_irqrestore(&conn->lock, flags);
	usb_unlock_device(udev);
	return err;
}

static int32_t special_status(int err)
{
	switch (err) {
	case 0:
		return USBIF_WIRE_ST_OK;
	case -EPIPE:
	case -EINVAL:	/* no such configuration, interface or setting */
	case -ENOENT:
		return USBIF_WIRE_ST_STALL;
	default:
		return USBIF_WIRE_ST_IOERROR;
	}
}

void xub_special_work(struct work_struct *work)
{
	struct xub_port *p = container_of(work, struct xub_port, special);
	struct xub_conn *conn = p->ctrl->conn;
	struct usbif_back_duty duty;
	struct xub_dev *moved = NULL;
	unsigned long flags;
	int err;

	spin_lock_irqsave(&conn->lock, flags);
	duty = p->duty;
	spin_unlock_irqrestore(&conn->lock, flags);
	err = execute(conn, p, &duty);
	if (p->dev->moving)
		moved = p->dev;
	atomic_inc(&conn->completing);
	spin_lock_irqsave(&conn->lock, flags);
	if (duty.kind == USBIF_BACK_RESET)
		xub_fresh_reset_done(conn, p, !err);
	else
		usbif_back_done(&conn->back, duty.slot, special_status(err),
				0);
	xub_drain_unlock(conn, flags);
	xub_kick(conn);
	atomic_dec(&conn->completing);
	if (moved)
		xub_dev_moved(moved);
}
