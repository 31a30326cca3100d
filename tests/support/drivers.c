/* SPDX-License-Identifier: MIT */
#include "support/drivers.h"

#include <stdlib.h>
#include <string.h>

/* hub class, USB 2.0 section 11.24.2 */
#define HUB_TO_PORT	0x23
#define HUB_FROM_PORT	0xa3
#define GET_STATUS	0
#define CLEAR_FEATURE	1
#define SET_FEATURE	3
#define PORT_SUSPEND	2
#define PORT_RESET	4
#define PORT_POWER	8
#define C_PORT_CONNECTION	16
#define C_PORT_SUSPEND	18
#define C_PORT_RESET	20

/* One turn; if there is none, only the device may be to blame. */
static void wait_for(struct world *w, const struct urb *urb)
{
	uint16_t queue = usbif_queue_index(urb->u.port, urb->u.ep, urb->u.in);

	if (world_turn(w))
		return;
	world_assert(w, w->hc.queue[queue].head != USBIF_NONE);
	must(w, !"the device is silent");
}

int32_t urb_wait(struct world *w, struct urb *urb)
{
	while (urb->pending)
		wait_for(w, urb);
	return urb->status;
}

int32_t urb_run(struct world *w, struct urb *urb)
{
	if (guest_submit(w, urb) != USBIF_OK)
		return USBIF_WIRE_ST_SHUTDOWN;
	return urb_wait(w, urb);
}

void urb_kill(struct world *w, struct urb *urb)
{
	guest_unlink(w, urb);
	urb_wait(w, urb);
}

struct urb *bulk_in(struct world *w, struct usb_dev *dev, uint8_t ep,
		    uint32_t length)
{
	return urb_new(w, dev, ep, true, USBIF_XFER_BULK, length);
}

struct urb *bulk_out(struct world *w, struct usb_dev *dev, uint8_t ep,
		     uint32_t length)
{
	return urb_new(w, dev, ep, false, USBIF_XFER_BULK, length);
}

struct urb *interrupt_in(struct world *w, struct usb_dev *dev, uint8_t ep,
			 uint32_t length)
{
	return urb_new(w, dev, ep, true, USBIF_XFER_INT, length);
}

struct urb *control_urb(struct world *w, struct usb_dev *dev,
			uint8_t request_type, uint8_t request, uint16_t value,
			uint16_t index, uint16_t length, const void *data)
{
	struct urb *urb = urb_new(w, dev, 0, request_type & 0x80,
				  USBIF_XFER_CTRL, length);
	const uint8_t setup[8] = {
		request_type, request, (uint8_t)value, (uint8_t)(value >> 8),
		(uint8_t)index, (uint8_t)(index >> 8), (uint8_t)length,
		(uint8_t)(length >> 8),
	};

	memcpy(urb->u.setup, setup, sizeof(setup));
	if (data && !urb->u.in)
		memcpy(urb->data, data, length);
	return urb;
}

int32_t control(struct world *w, struct usb_dev *dev, uint8_t request_type,
		uint8_t request, uint16_t value, uint16_t index,
		uint16_t length, void *data)
{
	struct urb *urb = control_urb(w, dev, request_type, request, value,
				      index, length, data);
	int32_t status = urb_run(w, urb);

	if (status != USBIF_WIRE_ST_OK)
		return status;
	if (urb->u.in && data)
		memcpy(data, urb->data, urb->actual);
	return (int32_t)urb->actual;
}

int32_t set_configuration(struct world *w, struct usb_dev *dev,
			  uint16_t value)
{
	return control(w, dev, 0x00, 9, value, 0, 0, NULL);
}

int32_t set_interface(struct world *w, struct usb_dev *dev, uint16_t iface,
		      uint16_t alt)
{
	return control(w, dev, 0x01, 11, alt, iface, 0, NULL);
}

int32_t clear_halt(struct world *w, struct usb_dev *dev, uint8_t ep, bool in)
{
	return control(w, dev, 0x02, 1, 0, in ? 0x80 | ep : ep, 0, NULL);
}

int32_t arm_wakeup(struct world *w, struct usb_dev *dev, bool armed)
{
	return control(w, dev, 0x00, armed ? SET_FEATURE : CLEAR_FEATURE, 1, 0,
		       0, NULL);
}

/* Returns false if it was answered with a stall. */
static bool hub_takes(struct world *w, uint8_t request, uint16_t feature,
		      uint8_t port)
{
	int n = usbif_hub_control(&w->guest.front.hub, HUB_TO_PORT, request,
				  feature, port, 0, w->now_ms, NULL, 0);

	world_check_always(w);
	return n == 0;
}

static void hub(struct world *w, uint8_t request, uint16_t feature,
		uint8_t port)
{
	bool taken = hub_takes(w, request, feature, port);

	world_assert(w, taken);
}

uint16_t port_status(struct world *w, uint8_t port)
{
	uint8_t status[4] = { 0 };
	int n = usbif_hub_control(&w->guest.front.hub, HUB_FROM_PORT,
				  GET_STATUS, 0, port, 4, w->now_ms, status,
				  4);

	world_assert(w, n == 4);
	return (uint16_t)(status[0] | status[1] << 8);
}

void power_port(struct world *w, uint8_t port)
{
	hub(w, SET_FEATURE, PORT_POWER, port);
}

void reset_port(struct world *w, uint8_t port)
{
	hub(w, SET_FEATURE, PORT_RESET, port);
	w->now_ms += USBIF_HUB_RESET_MS;
	guest_tick(w);
	hub(w, CLEAR_FEATURE, C_PORT_RESET, port);
}

bool suspend_port(struct world *w, uint8_t port)
{
	return hub_takes(w, SET_FEATURE, PORT_SUSPEND, port);
}

void resume_port(struct world *w, uint8_t port)
{
	hub(w, CLEAR_FEATURE, PORT_SUSPEND, port);
	w->now_ms += USBIF_HUB_RESUME_MS;
	guest_tick(w);
	hub(w, CLEAR_FEATURE, C_PORT_SUSPEND, port);
}

static struct usb_dev *new_dev(struct world *w, uint8_t port)
{
	struct usb_dev *dev;

	if (w->guest.devs == GUEST_DEVS)
		abort();
	dev = &w->guest.dev[w->guest.devs++];
	memset(dev, 0, sizeof(*dev));
	dev->port = port;
	dev->max_packet0 = 8;
	if (!(port_status(w, port) & USBIF_PORT_LOW_SPEED))
		dev->max_packet0 = 64;
	/* For urb_new(), until the device has said which one it is. */
	dev->device = w->device[0];
	return dev;
}

static int32_t get_descriptor(struct world *w, struct usb_dev *dev,
			      uint8_t type, uint16_t length, uint8_t *to)
{
	return control(w, dev, 0x80, 6, (uint16_t)(type << 8), 0, length, to);
}

static bool identify(struct world *w, struct usb_dev *dev)
{
	uint8_t desc[18];

	if (get_descriptor(w, dev, 1, 18, desc) != 18 || desc[0] != 18)
		return false;
	dev->instance = (uint16_t)(desc[12] | desc[13] << 8);
	if (dev->instance >= w->devices)
		return false;
	dev->device = w->device[dev->instance];
	return true;
}

/* Read the configuration as usbcore does, and choose it. */
static bool configure(struct world *w, struct usb_dev *dev)
{
	uint8_t desc[512];
	uint16_t total;

	if (get_descriptor(w, dev, 2, 9, desc) != 9)
		return false;
	total = (uint16_t)(desc[2] | desc[3] << 8);
	if (get_descriptor(w, dev, 2, total, desc) != total)
		return false;
	return set_configuration(w, dev, desc[5]) == 0;
}

struct usb_dev *enumerate(struct world *w, uint8_t port, uint8_t addr)
{
	struct usb_dev *dev;
	uint8_t desc[64];

	if (!(port_status(w, port) & USBIF_PORT_CONNECTION))
		return NULL;
	reset_port(w, port);
	if (!(port_status(w, port) & USBIF_PORT_ENABLE))
		return NULL;
	dev = new_dev(w, port);
	if (get_descriptor(w, dev, 1, 64, desc) != 18)
		return NULL;
	reset_port(w, port);
	if (control(w, dev, 0, 5, addr, 0, 0, NULL) != 0)
		return NULL;
	dev->addr = addr;
	if (!identify(w, dev) || !configure(w, dev))
		return NULL;
	return dev;
}

struct usb_dev *plug_and_enumerate(struct world *w, uint8_t port,
				   struct device *d)
{
	if (!(port_status(w, port) & USBIF_PORT_POWER))
		power_port(w, port);
	if (host_plug(w, port, d) != USBIF_OK)
		return NULL;
	while (!(port_status(w, port) & USBIF_PORT_CONNECTION))
		if (!world_turn(w))
			return NULL;
	hub(w, CLEAR_FEATURE, C_PORT_CONNECTION, port);
	return enumerate(w, port, port);
}

static void sg_complete(struct world *w, struct urb *urb)
{
	struct sg *sg = urb->context;
	uint32_t i;

	sg->left--;
	sg->octets += urb->actual;
	if (urb->status == USBIF_WIRE_ST_OK || sg->status != USBIF_WIRE_ST_OK)
		return;
	sg->status = urb->status;
	for (i = 0; i < sg->urbs; i++)
		guest_unlink(w, sg->urb[i]);
}

void sg_init(struct world *w, struct sg *sg, struct usb_dev *dev, uint8_t ep,
	     bool in, uint32_t urbs, uint32_t octets_each)
{
	uint32_t i;

	memset(sg, 0, sizeof(*sg));
	sg->urbs = urbs;
	for (i = 0; i < urbs; i++) {
		sg->urb[i] = urb_new(w, dev, ep, in, USBIF_XFER_BULK,
				     octets_each);
		sg->urb[i]->u.short_not_ok = true;
		sg->urb[i]->complete = sg_complete;
		sg->urb[i]->context = sg;
	}
}

void sg_run(struct world *w, struct sg *sg)
{
	uint32_t i;

	for (i = 0; i < sg->urbs && sg->status == USBIF_WIRE_ST_OK; i++) {
		if (guest_submit(w, sg->urb[i]) == USBIF_OK)
			sg->left++;
		else
			sg->status = USBIF_WIRE_ST_SHUTDOWN;
	}
	while (sg->left != 0)
		wait_for(w, sg->urb[0]);
	/* Nobody may call with an sg that is gone. */
	for (i = 0; i < sg->urbs; i++)
		sg->urb[i]->complete = NULL;
}
