// SPDX-License-Identifier: MIT
/*
 * Which device is at which port.  A device belongs to a guest when a port
 * node of one of its controllers has its bus id; the guest sees it while all
 * its interfaces are bound to us and the controller is connected.
 */
#include <linux/delay.h>
#include <linux/slab.h>

#include "xub.h"

DEFINE_MUTEX(xub_mutex);
static LIST_HEAD(ctrls);
static LIST_HEAD(devs);

static struct xub_dev *find_dev(const char *busid)
{
	struct xub_dev *d;

	list_for_each_entry(d, &devs, list)
		if (!strcmp(dev_name(&d->udev->dev), busid))
			return d;
	return NULL;
}

static struct xub_port *find_port(const char *busid)
{
	struct xub_ctrl *c;
	unsigned int i;

	list_for_each_entry(c, &ctrls, list)
		for (i = 0; i < c->agreed.num_ports; i++)
			if (!strcmp(c->port[i].busid, busid))
				return &c->port[i];
	return NULL;
}

/*
 * The toolstack writes the node and binds the interface at once, and may have
 * cleared another one just before: the watches may come later than the bind,
 * so look for ourselves.
 */
static struct xub_port *assigned_port(const char *busid)
{
	struct xub_port *p = find_port(busid);
	struct xub_ctrl *c;

	if (p) {
		xub_keys_ports(p->ctrl);
		p = find_port(busid);
	}
	if (p)
		return p;
	list_for_each_entry(c, &ctrls, list)
		xub_keys_ports(c);
	return find_port(busid);
}

static uint8_t wire_speed(const struct usb_device *udev)
{
	switch (udev->speed) {
	case USB_SPEED_LOW:
		return USBIF_WIRE_SPEED_LOW;
	case USB_SPEED_FULL:
		return USBIF_WIRE_SPEED_FULL;
	case USB_SPEED_HIGH:
		return USBIF_WIRE_SPEED_HIGH;
	default:
		return USBIF_WIRE_SPEED_NONE;
	}
}

static uint8_t wire_type(const struct usb_endpoint_descriptor *desc)
{
	switch (usb_endpoint_type(desc)) {
	case USB_ENDPOINT_XFER_ISOC:
		return USBIF_XFER_ISO;
	case USB_ENDPOINT_XFER_INT:
		return USBIF_XFER_INT;
	case USB_ENDPOINT_XFER_BULK:
		return USBIF_XFER_BULK;
	default:
		return USBIF_XFER_CTRL;
	}
}

static void describe_interface(struct xub_conn *conn, u8 port,
			       const struct usb_host_interface *alt)
{
	unsigned int i;

	for (i = 0; i < alt->desc.bNumEndpoints; i++) {
		const struct usb_endpoint_descriptor *desc =
			&alt->endpoint[i].desc;

		if (usb_endpoint_num(desc) &&
		    !usb_endpoint_xfer_control(desc))
			usbif_back_set_endpoint(&conn->back, port,
						usb_endpoint_num(desc),
						usb_endpoint_dir_in(desc),
						wire_type(desc),
						usb_endpoint_maxp(desc),
						alt->desc.bInterfaceNumber);
	}
}

/* Tell the library the endpoints that the device has now.  Under conn->lock. */
void xub_describe(struct xub_conn *conn, struct xub_port *p)
{
	struct usb_host_config *config = p->dev->udev->actconfig;
	unsigned int i;

	usbif_back_clear_endpoints(&conn->back, p->nr);
	for (i = 0; config && i < config->desc.bNumInterfaces; i++)
		if (config->interface[i])
			describe_interface(conn, p->nr,
					   config->interface[i]->cur_altsetting);
}

static bool is_complete(const struct xub_dev *d)
{
	const struct usb_host_config *config = d->udev->actconfig;

	return !d->moving && config && d->udev->state != USB_STATE_NOTATTACHED &&
	       d->bound == config->desc.bNumInterfaces;
}

static void plug(struct xub_port *p, struct xub_dev *d)
{
	struct xub_conn *conn = p->ctrl->conn;
	u16 depth = xub_hc_depth_of(d->udev, conn->request_pages);
	unsigned long flags;
	bool plugged = false;

	spin_lock_irqsave(&conn->lock, flags);
	/* The one before it may have answers to come: then a bit later. */
	conn->replug = conn->back.port[p->nr - 1].present;
	if (!conn->replug &&
	    usbif_back_plug(&conn->back, p->nr, wire_speed(d->udev)) ==
		    USBIF_OK) {
		p->dev = d;
		p->udev = d->udev;
		p->leaving = false;
		p->paused = false;
		usbif_back_set_depth(&conn->back, p->nr, depth);
		usbif_back_clear_endpoints(&conn->back, p->nr);
		xub_fresh_plug(conn, p);
		xub_note_plugged(conn, p->nr);
		plugged = true;
	}
	spin_unlock_irqrestore(&conn->lock, flags);
	if (!plugged)
		return;
	d->port = p;
	d->used = true;
	xub_kick(conn);
	xub_news(p->ctrl, "device %s (%04x:%04x, %s) plugged into port %u%s\n",
		 dev_name(&d->udev->dev),
		 le16_to_cpu(d->udev->descriptor.idVendor),
		 le16_to_cpu(d->udev->descriptor.idProduct),
		 usb_speed_string(d->udev->speed), p->nr,
		 depth > 1 ? ", pipelined" : "");
}

/* Begin to take the port's device from the guest; xub_reap() ends it. */
static void unplug(struct xub_port *p)
{
	struct xub_conn *conn = p->ctrl->conn;
	unsigned long flags;

	if (p->leaving)
		return;
	spin_lock_irqsave(&conn->lock, flags);
	p->leaving = true;
	usbif_back_unplug(&conn->back, p->nr);
	xub_drain_unlock(conn, flags);
	xub_kick(conn);
}

static const char *why_unplugged(const struct xub_port *p)
{
	if (p->dev->udev->state == USB_STATE_NOTATTACHED)
		return "pulled out";
	return p->ctrl->conn->open ? "taken back" : "disconnected";
}

/* True when no host controller has anything of the port's device. */
static bool reap(struct xub_port *p)
{
	struct xub_conn *conn = p->ctrl->conn;
	bool idle;

	spin_lock_irq(&conn->lock);
	idle = usbif_back_in_hc(&conn->back, p->nr) == 0;
	if (idle)
		p->udev = NULL;
	spin_unlock_irq(&conn->lock);
	if (!idle)
		return false;
	xub_news(p->ctrl, "device %s unplugged from port %u: %s\n",
		 dev_name(&p->dev->udev->dev), p->nr, why_unplugged(p));
	p->dev->port = NULL;
	p->dev = NULL;
	return true;
}

/* Takes away what is there and returns false while that lasts. */
static bool empty_port(struct xub_port *p)
{
	if (!p->dev)
		return true;
	unplug(p);
	return reap(p);
}

/* Bring a port to what its node says; false: again, a bit later. */
static bool settle_port(struct xub_port *p)
{
	struct xub_conn *conn = p->ctrl->conn;
	struct xub_dev *want = NULL;

	if (p->busid[0])
		want = find_dev(p->busid);
	if (p->dev && (p->leaving || p->dev != want) && !empty_port(p))
		return false;
	if (!p->dev && want && !want->port && conn->open && is_complete(want))
		plug(p, want);
	return true;
}

/*
 * Plug and unplug until the guest has what the port nodes say.  The mutex is
 * not held while a host controller is waited for.
 */
void xub_settle(struct xub_ctrl *c)
{
	bool settled;
	unsigned int i;

	for (;;) {
		settled = true;
		mutex_lock(&xub_mutex);
		for (i = 0; c->conn && i < c->used.num_ports; i++)
			settled = settle_port(&c->port[i]) && settled;
		mutex_unlock(&xub_mutex);
		if (settled)
			return;
		usleep_range(500, 1000);
	}
}

void xub_settle_work(struct work_struct *work)
{
	xub_settle(container_of(work, struct xub_ctrl, settle));
}

/* Take all devices from the guest. */
void xub_close_ports(struct xub_ctrl *c)
{
	bool empty;
	unsigned int i;

	for (;;) {
		empty = true;
		mutex_lock(&xub_mutex);
		for (i = 0; i < c->used.num_ports; i++)
			empty = empty_port(&c->port[i]) && empty;
		mutex_unlock(&xub_mutex);
		if (empty)
			return;
		usleep_range(500, 1000);
	}
}

void xub_ctrl_add(struct xub_ctrl *c)
{
	mutex_lock(&xub_mutex);
	list_add_tail(&c->list, &ctrls);
	mutex_unlock(&xub_mutex);
}

void xub_ctrl_remove(struct xub_ctrl *c)
{
	mutex_lock(&xub_mutex);
	list_del(&c->list);
	mutex_unlock(&xub_mutex);
}

static void tell_missing(const struct xub_port *p)
{
	const struct xub_dev *d = find_dev(p->busid);

	if (p->busid[0] && (!d || !is_complete(d)))
		dev_warn(&p->ctrl->xdev->dev,
			 "device %s of port %u is not there, or a driver of this domain has it: detach it and attach it again\n",
			 p->busid, p->nr);
}

/*
 * The module has been loaded and has all interfaces that no other driver has.
 * A device that was plugged in anew meanwhile is not torn from its driver
 * here, which may be at work.
 */
void xub_tell_missing(void)
{
	struct xub_ctrl *c;
	unsigned int i;

	mutex_lock(&xub_mutex);
	list_for_each_entry(c, &ctrls, list) {
		xub_keys_ports(c);
		for (i = 0; i < c->agreed.num_ports; i++)
			tell_missing(&c->port[i]);
	}
	mutex_unlock(&xub_mutex);
}

/* A device that the guest could not use; says why. */
static bool suits(struct xub_port *p, struct usb_device *udev)
{
	struct device *dev = &p->ctrl->xdev->dev;

	if (udev->descriptor.bDeviceClass == USB_CLASS_HUB) {
		dev_err(dev, "device %s is a hub: hubs are not passed through\n",
			dev_name(&udev->dev));
		return false;
	}
	if (wire_speed(udev) == USBIF_WIRE_SPEED_NONE) {
		dev_err(dev,
			"device %s runs at %s: only low, full and high speed can be passed through\n",
			dev_name(&udev->dev), usb_speed_string(udev->speed));
		return false;
	}
	if (p->ctrl->agreed.usb_ver == 1 && udev->speed == USB_SPEED_HIGH) {
		dev_err(dev,
			"device %s runs at %s: not possible on a controller with usb-ver 1\n",
			dev_name(&udev->dev), usb_speed_string(udev->speed));
		return false;
	}
	return true;
}

static struct xub_dev *dev_get(struct usb_device *udev)
{
	struct xub_dev *d = find_dev(dev_name(&udev->dev));

	if (d)
		return d;
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return NULL;
	d->udev = usb_get_dev(udev);
	xub_fresh_init(d);
	list_add_tail(&d->list, &devs);
	return d;
}

/* With no interface left, and not while we change something ourselves. */
static void dev_put(struct xub_dev *d)
{
	if (d->bound || d->moving || d->refreshing)
		return;
	list_del(&d->list);
	usb_put_dev(d->udev);
	kfree(d);
}

static int bind_locked(struct usb_interface *intf)
{
	struct usb_device *udev = interface_to_usbdev(intf);
	struct xub_port *p = assigned_port(dev_name(&udev->dev));
	struct xub_dev *d;

	if (!p || !suits(p, udev))
		return -ENODEV;
	d = dev_get(udev);
	if (!d)
		return -ENOMEM;
	/* The port node may name it still. */
	if (d->refreshing)
		return -ENODEV;
	d->bound++;
	usb_set_intfdata(intf, d);
	if (p->ctrl->conn)
		settle_port(p);
	return 0;
}

/* An interface is offered to us; -ENODEV if no guest is to have its device. */
int xub_dev_bind(struct usb_interface *intf)
{
	int err;

	mutex_lock(&xub_mutex);
	err = bind_locked(intf);
	mutex_unlock(&xub_mutex);
	return err;
}

/* Returns when the guest has lost the device.  Drops xub_mutex meanwhile. */
static void take_away(struct xub_dev *d)
{
	while (d->port && !empty_port(d->port)) {
		mutex_unlock(&xub_mutex);
		usleep_range(500, 1000);
		mutex_lock(&xub_mutex);
	}
}

static void forget_busid(const char *busid)
{
	struct xub_port *p = find_port(busid);

	if (p)
		xub_keys_free_port(p->ctrl, p->nr);
}

/* It stays where it is, and somebody else will use it. */
static bool goes_on(const struct xub_dev *d, const struct usb_interface *intf)
{
	return d->used && !d->bound && !d->moving && !intf->unregistering &&
	       d->udev->state != USB_STATE_NOTATTACHED;
}

/*
 * An interface is taken from us: the guest loses the device.  Returns when
 * no host controller has anything of it, and it is ready for other drivers.
 */
void xub_dev_unbind(struct usb_interface *intf)
{
	struct xub_dev *d = usb_get_intfdata(intf);
	bool leaves;

	usb_set_intfdata(intf, NULL);
	mutex_lock(&xub_mutex);
	d->bound--;
	if (!d->moving)
		take_away(d);
	if (d->udev->state == USB_STATE_NOTATTACHED)
		forget_busid(dev_name(&d->udev->dev));
	leaves = goes_on(d, intf);
	if (leaves)
		d->refreshing = true;
	else
		dev_put(d);
	mutex_unlock(&xub_mutex);
	if (leaves)
		xub_fresh_leave(d);
}

/* The device is as its next user should find it. */
void xub_dev_left(struct xub_dev *d)
{
	mutex_lock(&xub_mutex);
	d->refreshing = false;
	dev_put(d);
	mutex_unlock(&xub_mutex);
}

/*
 * We change the configuration of a device ourselves: until that is over the
 * guest keeps it, whatever is bound and unbound.  If no interface is left
 * afterwards, nobody would tell us when the device goes: so it goes now.
 * Not to be called before the request for that has been answered.
 */
void xub_dev_moved(struct xub_dev *d)
{
	mutex_lock(&xub_mutex);
	d->moving = false;
	if (!d->bound)
		take_away(d);
	dev_put(d);
	mutex_unlock(&xub_mutex);
}

/*
 * Somebody else resets or suspends the device: nothing of it may be in the
 * HC until that is over.  Our own reset has seen to that.
 */
void xub_dev_pause(struct usb_interface *intf, bool paused)
{
	struct xub_dev *d = usb_get_intfdata(intf);
	struct xub_conn *conn;
	struct xub_port *p;
	unsigned long flags;

	/* It is being taken from us, and reset. */
	if (!d)
		return;
	mutex_lock(&xub_mutex);
	p = d->port;
	if (!p || READ_ONCE(p->resetting)) {
		mutex_unlock(&xub_mutex);
		return;
	}
	conn = p->ctrl->conn;
	spin_lock_irqsave(&conn->lock, flags);
	p->paused = paused;
	spin_unlock_irqrestore(&conn->lock, flags);
	/* The connection stays, but nobody else waits for this HC. */
	atomic_inc(&conn->completing);
	mutex_unlock(&xub_mutex);
	if (paused)
		xub_kill_urbs(conn, d->udev);
	atomic_dec(&conn->completing);
}
