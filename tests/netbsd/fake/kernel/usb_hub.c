/* SPDX-License-Identifier: MIT */
/* A small uhub(4): the driver of the root hub. */
#include "fake.h"

struct hub {
	struct usbd_device *dev;
	struct usbd_pipe *pipe;
	uint8_t report[8];	/* of the xfer */
	uint32_t pending;	/* ports that have changed */
	uint32_t exploring;
	bool is_pending;
};

static usbd_status request(struct usbd_device *dev, uint8_t type,
			   uint8_t what, uint16_t value, int port, void *data,
			   uint16_t length)
{
	usb_device_request_t req;

	req.bmRequestType = type;
	req.bRequest = what;
	USETW(req.wValue, value);
	USETW(req.wIndex, port);
	USETW(req.wLength, length);
	return usbd_do_request(dev, &req, data);
}

static usbd_status set_feature(struct usbd_device *dev, int port,
			       uint16_t feature)
{
	return request(dev, UT_WRITE_CLASS_OTHER, UR_SET_FEATURE, feature,
		       port, NULL, 0);
}

static usbd_status clear_feature(struct usbd_device *dev, int port,
				 uint16_t feature)
{
	return request(dev, UT_WRITE_CLASS_OTHER, UR_CLEAR_FEATURE, feature,
		       port, NULL, 0);
}

static usbd_status get_status(struct usbd_device *dev, int port,
			      usb_port_status_t *status)
{
	return request(dev, UT_READ_CLASS_OTHER, UR_GET_STATUS, 0, port,
		       status, sizeof(*status));
}

usbd_status fake_reset_port(struct usbd_device *hub, int port,
			    usb_port_status_t *status)
{
	usbd_status err = set_feature(hub, port, UHF_PORT_RESET);
	int n;

	for (n = 10; n > 0 && !err; n--) {
		usb_delay_ms(hub->ud_bus, USB_PORT_RESET_DELAY);
		err = get_status(hub, port, status);
		if (err || !(UGETW(status->wPortStatus) &
			     UPS_CURRENT_CONNECT_STATUS))
			return err;
		if (UGETW(status->wPortChange) & UPS_C_PORT_RESET)
			break;
	}
	if (n == 0)
		return USBD_TIMEOUT;
	err = clear_feature(hub, port, UHF_C_PORT_RESET);
	usb_delay_ms(hub->ud_bus, USB_PORT_RESET_RECOVERY);
	return err;
}

static int speed_of(int status)
{
	if (status & UPS_HIGH_SPEED)
		return USB_SPEED_HIGH;
	return status & UPS_LOW_SPEED ? USB_SPEED_LOW : USB_SPEED_FULL;
}

static void connect(struct usbd_device *dev, int port, struct usbd_port *up)
{
	usbd_status err;
	int status, speed;

	usb_delay_ms(dev->ud_bus, USB_PORT_POWERUP_DELAY);
	if (fake_reset_port(dev, port, &up->up_status)) {
		nb_log("uhub0: port %d reset failed\n", port);
		return;
	}
	status = UGETW(up->up_status.wPortStatus);
	if (!(status & UPS_CURRENT_CONNECT_STATUS) ||
	    !(status & UPS_PORT_ENABLED))
		return;
	if (!(status & UPS_PORT_POWER))
		nb_panic("port %d is connected and has no power", port);
	speed = speed_of(status);
	if (speed > dev->ud_speed)
		speed = dev->ud_speed;
	err = fake_new_device(dev->ud_bus, dev->ud_depth + 1, speed, port, up);
	if (err)
		nb_log("uhub0: device problem, disabling port %d (%d)\n", port,
		       (int)err);
	if (err)
		clear_feature(dev, port, UHF_PORT_ENABLE);
}

static void explore_port(struct usbd_device *dev, int port)
{
	struct usbd_port *up = &dev->ud_hub->uh_ports[port - 1];
	int change, status;

	if (get_status(dev, port, &up->up_status))
		return;
	status = UGETW(up->up_status.wPortStatus);
	change = UGETW(up->up_status.wPortChange);
	if (change & UPS_C_PORT_ENABLED)
		clear_feature(dev, port, UHF_C_PORT_ENABLE);
	if (change & UPS_C_PORT_RESET)
		clear_feature(dev, port, UHF_C_PORT_RESET);
	if (!(change & UPS_C_CONNECT_STATUS))
		return;
	clear_feature(dev, port, UHF_C_PORT_CONNECTION);
	/* A new one may be there before the old one is known to be gone. */
	fake_disconnect(up);
	if (status & UPS_CURRENT_CONNECT_STATUS)
		connect(dev, port, up);
}

static usbd_status explore(struct usbd_device *dev)
{
	struct hub *hub = dev->ud_hub->uh_hubsoftc;
	kmutex_t *lock = dev->ud_bus->ub_lock;
	uint32_t ports;
	int port;

	mutex_enter(lock);
	ports = hub->exploring;
	mutex_exit(lock);
	for (port = 1; port <= dev->ud_hub->uh_hubdesc.bNbrPorts; port++)
		if (ports & 1u << port)
			explore_port(dev, port);
	mutex_enter(lock);
	hub->exploring = hub->pending;
	hub->pending = 0;
	hub->is_pending = hub->exploring != 0;
	if (hub->exploring)
		dev->ud_bus->ub_needsexplore = 1;
	mutex_exit(lock);
	return USBD_NORMAL_COMPLETION;
}

static void changed(struct usbd_xfer *xfer, void *arg, usbd_status status)
{
	struct hub *hub = arg;
	kmutex_t *lock = hub->dev->ud_bus->ub_lock;
	uint32_t ports = hub->report[0] | hub->report[1] << 8 |
			 hub->report[2] << 16 | (uint32_t)hub->report[3] << 24;
	bool explores = false;

	(void)xfer;
	if (status != USBD_NORMAL_COMPLETION)
		return;
	mutex_enter(lock);
	hub->pending |= ports;
	if (!hub->is_pending) {
		hub->is_pending = true;
		hub->exploring = hub->pending;
		hub->pending = 0;
		explores = true;
	}
	mutex_exit(lock);
	if (explores)
		usb_needs_explore(hub->dev);
}

static usbd_status open_interrupt_pipe(struct hub *hub)
{
	struct usbd_interface *iface = hub->dev->ud_ifaces;
	struct usbd_xfer *xfer;
	uint32_t length;
	usbd_status err;

	KASSERT(iface->fake_endpoints == 1);
	/* One bit for each port, and one for the hub. */
	length = (hub->dev->ud_hub->uh_hubdesc.bNbrPorts + 8u) / 8u;
	err = usbd_setup_pipe_flags(hub->dev, iface, &iface->ui_endpoints[0],
				    USBD_DEFAULT_INTERVAL, &hub->pipe,
				    USBD_EXCLUSIVE_USE | USBD_MPSAFE);
	if (err)
		return err;
	if (usbd_create_xfer(hub->pipe, length, USBD_SHORT_XFER_OK, 0, &xfer)) {
		usbd_close_pipe(hub->pipe);
		hub->pipe = NULL;
		return USBD_NOMEM;
	}
	usbd_setup_xfer(xfer, hub, hub->report, length, USBD_SHORT_XFER_OK,
			USBD_NO_TIMEOUT, changed);
	hub->pipe->up_intrxfer = xfer;
	hub->pipe->up_repeat = 1;
	err = usbd_transfer(xfer);
	if (err == USBD_IN_PROGRESS)
		return USBD_NORMAL_COMPLETION;
	usbd_close_pipe(hub->pipe);
	hub->pipe = NULL;
	return err;
}

static void power_ports(struct usbd_device *dev)
{
	int port, ports = dev->ud_hub->uh_hubdesc.bNbrPorts;

	for (port = 1; port <= ports; port++) {
		struct usbd_port *up = &dev->ud_hub->uh_ports[port - 1];

		up->up_portno = (uint8_t)port;
		up->up_parent = dev;
		if (set_feature(dev, port, UHF_PORT_POWER))
			nb_log("uhub0: port %d power on failed\n", port);
	}
}

usbd_status fake_hub_attach(struct usbd_device *dev)
{
	struct hub *hub = kmem_zalloc(sizeof(*hub), KM_SLEEP);
	usbd_status err;

	dev->ud_hub = kmem_zalloc(sizeof(*dev->ud_hub), KM_SLEEP);
	dev->ud_hub->uh_explore = explore;
	dev->ud_hub->uh_hubsoftc = hub;
	hub->dev = dev;
	err = request(dev, UT_READ_CLASS_DEVICE, UR_GET_DESCRIPTOR,
		      UDESC_HUB << 8, 0, &dev->ud_hub->uh_hubdesc,
		      USB_HUB_DESCRIPTOR_SIZE);
	if (!err && dev->ud_hub->uh_hubdesc.bNbrPorts > 31)
		err = USBD_INVAL;
	/* The first look is at every port. */
	hub->is_pending = true;
	hub->exploring = 0xfffffffe;
	if (!err)
		err = open_interrupt_pipe(hub);
	if (!err)
		power_ports(dev);
	if (err)
		fake_hub_detach(dev);
	return err;
}

void fake_hub_detach(struct usbd_device *dev)
{
	struct hub *hub = dev->ud_hub->uh_hubsoftc;
	int port;

	if (hub->pipe) {
		usbd_abort_pipe(hub->pipe);
		usbd_close_pipe(hub->pipe);
	}
	for (port = 1; port <= dev->ud_hub->uh_hubdesc.bNbrPorts; port++)
		fake_disconnect(&dev->ud_hub->uh_ports[port - 1]);
	kmem_free(hub, sizeof(*hub));
	kmem_free(dev->ud_hub, sizeof(*dev->ud_hub));
	dev->ud_hub = NULL;
}
