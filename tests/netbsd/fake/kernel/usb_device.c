/* SPDX-License-Identifier: MIT */
/* Devices: enumeration, control requests, and their end. */
#include "fake.h"

static usbd_status open_default_pipe(struct usbd_device *dev)
{
	return usbd_setup_pipe_flags(dev, NULL, &dev->ud_ep0,
				     USBD_DEFAULT_INTERVAL, &dev->ud_pipe0,
				     USBD_MPSAFE);
}

static usbd_status reopen_default_pipe(struct usbd_device *dev)
{
	usbd_abort_pipe(dev->ud_pipe0);
	usbd_close_pipe(dev->ud_pipe0);
	dev->ud_pipe0 = NULL;
	return open_default_pipe(dev);
}

usbd_status usbd_do_request_flags(struct usbd_device *dev,
				  usb_device_request_t *req, void *data,
				  uint16_t flags, int *actlen,
				  uint32_t timeout)
{
	struct usbd_xfer *xfer;
	usbd_status err;
	int length = UGETW(req->wLength);

	assert_sleepable();
	if (usbd_create_xfer(dev->ud_pipe0, (size_t)length, 0, 0, &xfer))
		return USBD_NOMEM;
	usbd_setup_default_xfer(xfer, dev, NULL, timeout, req, data,
				(uint32_t)length, flags, NULL);
	err = usbd_sync_transfer(xfer);
	if (actlen)
		*actlen = (int)xfer->ux_actlen;
	usbd_destroy_xfer(xfer);
	return err;
}

usbd_status usbd_do_request(struct usbd_device *dev,
			    usb_device_request_t *req, void *data)
{
	return usbd_do_request_flags(dev, req, data, 0, NULL,
				     USBD_DEFAULT_TIMEOUT);
}

static void fill(usb_device_request_t *req, uint8_t type, uint8_t request,
		 uint16_t value, uint16_t index, uint16_t length)
{
	req->bmRequestType = type;
	req->bRequest = request;
	USETW(req->wValue, value);
	USETW(req->wIndex, index);
	USETW(req->wLength, length);
}

static usbd_status get_descriptor(struct usbd_device *dev, uint8_t type,
				  void *to, uint16_t length)
{
	usb_device_request_t req;

	fill(&req, UT_READ_DEVICE, UR_GET_DESCRIPTOR, (uint16_t)(type << 8),
	     0, length);
	return usbd_do_request(dev, &req, to);
}

static usbd_status set_address(struct usbd_device *dev, int addr)
{
	usb_device_request_t req;

	fill(&req, UT_WRITE_DEVICE, UR_SET_ADDRESS, (uint16_t)addr, 0, 0);
	return usbd_do_request(dev, &req, NULL);
}

static usbd_status clear_halt(struct usbd_device *dev, uint8_t ep)
{
	usb_device_request_t req;

	fill(&req, UT_WRITE_ENDPOINT, UR_CLEAR_FEATURE, UF_ENDPOINT_HALT, ep,
	     0);
	return usbd_do_request(dev, &req, NULL);
}

usbd_status usbd_clear_endpoint_stall(struct usbd_pipe *pipe)
{
	pipe->up_methods->upm_cleartoggle(pipe);
	return clear_halt(pipe->up_dev,
			  pipe->up_endpoint->ue_edesc->bEndpointAddress);
}

void usbd_clear_endpoint_stall_async(struct usbd_pipe *pipe)
{
	usb_add_task(pipe->up_dev, &pipe->up_async_task, USB_TASKQ_DRIVER);
}

/* Endpoints out of the configuration's descriptors, as one interface. */
static void take_endpoints(struct usbd_device *dev)
{
	struct usbd_interface *iface = dev->ud_ifaces;
	uint8_t *at = (uint8_t *)dev->ud_cdesc;
	uint8_t *end = at + UGETW(dev->ud_cdesc->wTotalLength);

	for (; end - at >= 2 && at[0] >= 2; at += at[0]) {
		struct usbd_endpoint *ep;

		if (at[1] != UDESC_ENDPOINT)
			continue;
		ep = &iface->ui_endpoints[iface->fake_endpoints++];
		ep->ue_edesc = (usb_endpoint_descriptor_t *)at;
	}
}

static usbd_status configure(struct usbd_device *dev)
{
	usb_config_descriptor_t head;
	usb_device_request_t req;
	usbd_status err;

	err = get_descriptor(dev, UDESC_CONFIG, &head, sizeof(head));
	if (err)
		return err;
	dev->ud_cdesc = kmem_alloc(UGETW(head.wTotalLength), KM_SLEEP);
	*dev->ud_cdesc = head;
	dev->ud_ifaces = kmem_zalloc(sizeof(*dev->ud_ifaces), KM_SLEEP);
	dev->ud_ifaces->ui_dev = dev;
	err = get_descriptor(dev, UDESC_CONFIG, dev->ud_cdesc,
			     UGETW(head.wTotalLength));
	/* What was allocated is freed by this length. */
	memcpy(dev->ud_cdesc->wTotalLength, head.wTotalLength,
	       sizeof(head.wTotalLength));
	if (err)
		return err;
	take_endpoints(dev);
	fill(&req, UT_WRITE_DEVICE, UR_SET_CONFIG, 1, 0, 0);
	err = usbd_do_request(dev, &req, NULL);
	if (!err)
		dev->ud_config = 1;
	return err;
}

static int new_address(struct usbd_bus *bus)
{
	int addr;

	for (addr = 1; addr < USB_MAX_DEVICES; addr++)
		if (!bus->ub_devices[addr + USB_ROOTHUB_INDEX])
			return addr;
	nb_panic("no address is free");
}

static struct usbd_device *allocate(struct usbd_bus *bus, int depth,
				    int speed, struct usbd_port *port)
{
	struct usbd_device *dev = kmem_zalloc(sizeof(*dev), KM_SLEEP);

	dev->ud_bus = bus;
	dev->ud_ep0.ue_edesc = &dev->ud_ep0desc;
	dev->ud_ep0desc.bLength = USB_ENDPOINT_DESCRIPTOR_SIZE;
	dev->ud_ep0desc.bDescriptorType = UDESC_ENDPOINT;
	dev->ud_ep0desc.bEndpointAddress = USB_CONTROL_ENDPOINT;
	dev->ud_ep0desc.bmAttributes = UE_CONTROL;
	USETW(dev->ud_ep0desc.wMaxPacketSize,
	      speed == USB_SPEED_LOW ? USB_MAX_IPACKET : 64);
	dev->ud_addr = USB_START_ADDR;
	dev->ud_depth = (uint8_t)depth;
	dev->ud_speed = (uint8_t)speed;
	dev->ud_powersrc = port;
	dev->ud_myhub = port->up_parent;
	port->up_dev = dev;
	return dev;
}

/* The first eight octets, with the patience that NetBSD has. */
static usbd_status get_first(struct usbd_device *dev, int number)
{
	usb_port_status_t status;
	usbd_status err;
	int i;

	for (i = 0; i < 10; i++) {
		err = get_descriptor(dev, UDESC_DEVICE, &dev->ud_ddesc, 8);
		if (!err || !dev->ud_myhub)
			return err;
		usb_delay_ms(dev->ud_bus, 200);
		if ((i & 3) == 3)
			fake_reset_port(dev->ud_myhub, number, &status);
	}
	return err;
}

static usbd_status address(struct usbd_device *dev, int number)
{
	int addr = new_address(dev->ud_bus);
	usb_port_status_t status;
	usbd_status err = get_first(dev, number);

	if (err)
		return err;
	if (dev->ud_myhub)
		fake_reset_port(dev->ud_myhub, number, &status);
	USETW(dev->ud_ep0desc.wMaxPacketSize, dev->ud_ddesc.bMaxPacketSize);
	err = reopen_default_pipe(dev);
	if (!err)
		err = set_address(dev, addr);
	if (err)
		return err;
	usb_delay_ms(dev->ud_bus, USB_SET_ADDRESS_SETTLE);
	dev->ud_addr = (uint8_t)addr;
	dev->ud_bus->ub_devices[addr + USB_ROOTHUB_INDEX] = dev;
	err = reopen_default_pipe(dev);
	if (!err)
		err = get_descriptor(dev, UDESC_DEVICE, &dev->ud_ddesc,
				     USB_DEVICE_DESCRIPTOR_SIZE);
	return err;
}

usbd_status fake_new_device(struct usbd_bus *bus, int depth, int speed,
			    int number, struct usbd_port *port)
{
	struct usbd_device *dev = allocate(bus, depth, speed, port);
	usbd_status err = open_default_pipe(dev);

	if (!err)
		err = address(dev, number);
	if (!err)
		err = configure(dev);
	if (!err && number == 0)
		err = fake_hub_attach(dev);
	else if (!err)
		fake_class_attach(dev);
	if (err) {
		port->up_dev = NULL;
		fake_free_device(dev);
	}
	return err;
}

void fake_free_device(struct usbd_device *dev)
{
	struct usbd_bus *bus = dev->ud_bus;

	if (dev->ud_pipe0) {
		usbd_abort_pipe(dev->ud_pipe0);
		usbd_close_pipe(dev->ud_pipe0);
	}
	if (bus->ub_devices[dev->ud_addr + USB_ROOTHUB_INDEX] == dev)
		bus->ub_devices[dev->ud_addr + USB_ROOTHUB_INDEX] = NULL;
	if (dev->ud_ifaces)
		kmem_free(dev->ud_ifaces, sizeof(*dev->ud_ifaces));
	if (dev->ud_cdesc)
		kmem_free(dev->ud_cdesc, UGETW(dev->ud_cdesc->wTotalLength));
	kmem_free(dev, sizeof(*dev));
}

/* Its driver first, then the device. */
void fake_disconnect(struct usbd_port *port)
{
	struct usbd_device *dev = port->up_dev;
	struct usbd_bus *bus;

	if (!dev)
		return;
	bus = dev->ud_bus;
	usbd_suspend_pipe(dev->ud_pipe0);
	if (dev->ud_hub)
		fake_hub_detach(dev);
	else
		fake_class_detach(dev);
	mutex_enter(bus->ub_lock);
	bus->ub_devices[dev->ud_addr + USB_ROOTHUB_INDEX] = NULL;
	port->up_dev = NULL;
	mutex_exit(bus->ub_lock);
	fake_free_device(dev);
}
