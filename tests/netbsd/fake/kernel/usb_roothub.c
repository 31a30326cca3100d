/* SPDX-License-Identifier: MIT */
/* The root hub's control pipe: default answers, then the driver's own. */
#include "fake.h"

#define WHAT(request, type)	((request) | (type) << 8)

int usb_makestrdesc(usb_string_descriptor_t *to, int room, const char *text)
{
	int i = 0;

	if (room < 1)
		return 0;
	to->bLength = (uint8_t)(2 * strlen(text) + 2);
	if (room == 1)
		return 1;
	to->bDescriptorType = UDESC_STRING;
	for (room -= 2; text[i] && room > 1; i++, room -= 2)
		USETW2(to->bString[i], 0, text[i]);
	return 2 * i + 2;
}

int usb_makelangtbl(usb_string_descriptor_t *to, int room)
{
	if (room < 4)
		return room < 1 ? 0 : 1;
	to->bLength = 4;
	to->bDescriptorType = UDESC_STRING;
	USETW(to->bString[0], 0x0409);
	return 4;
}

static int give(void *to, int room, const uint8_t *from, int octets)
{
	int n = MIN(room, octets);

	memcpy(to, from, (size_t)n);
	return n;
}

static int descriptor(struct usbd_bus *bus, int value, void *to, int room)
{
	uint8_t version = bus->ub_revision == USBREV_2_0 ? 2 : 1;
	const uint8_t device[] = { 18, UDESC_DEVICE, 0, version, UDCLASS_HUB,
		UDSUBCLASS_HUB, 0, 64, 0, 0, 0, 0, 0, 1, 1, 2, 0, 1 };
	const uint8_t config[] = {
		9, UDESC_CONFIG, 25, 0, 1, 1, 0, 0xc0, 0,
		9, UDESC_INTERFACE, 0, 0, 1, UDCLASS_HUB, UDSUBCLASS_HUB, 0, 0,
		7, UDESC_ENDPOINT, UE_DIR_IN | USBROOTHUB_INTR_ENDPT,
		UE_INTERRUPT, 8, 0, 12,
	};

	switch (value) {
	case UDESC_DEVICE << 8:
		return give(to, room, device, sizeof(device));
	case UDESC_CONFIG << 8:
		return give(to, room, config, sizeof(config));
	case UDESC_STRING << 8:
		return usb_makelangtbl(to, room);
	case (UDESC_STRING << 8) + 1:
		return usb_makestrdesc(to, room, "NetBSD");
	case (UDESC_STRING << 8) + 2:
		return usb_makestrdesc(to, room, "Root hub");
	default:
		return -1;
	}
}

/* A hub of one port, which the driver must correct. */
static int hub_descriptor(void *to, int room)
{
	const uint8_t hub[] = { 9, UDESC_HUB, 1, UHD_PWR_NO_SWITCH, 0, 50, 0,
				0, 0 };

	return give(to, room, hub, sizeof(hub));
}

/* Octets of the default answer, 0: nothing; -1: none; -2: an error. */
static int prepare(struct usbd_bus *bus, const usb_device_request_t *req,
		   void *buf)
{
	int room = UGETW(req->wLength), value = UGETW(req->wValue);

	switch (WHAT(req->bRequest, req->bmRequestType)) {
	case WHAT(UR_GET_DESCRIPTOR, UT_READ_DEVICE):
		return room ? descriptor(bus, value, buf, room) : 0;
	case WHAT(UR_GET_DESCRIPTOR, UT_READ_CLASS_DEVICE):
		return hub_descriptor(buf, room);
	case WHAT(UR_SET_ADDRESS, UT_WRITE_DEVICE):
		bus->ub_rhaddr = (uint8_t)value;
		return 0;
	case WHAT(UR_SET_CONFIG, UT_WRITE_DEVICE):
		if (value > 1)
			return -2;
		bus->ub_rhconf = (uint8_t)value;
		return 0;
	case WHAT(UR_CLEAR_FEATURE, UT_WRITE_ENDPOINT):
		return 0;
	default:
		return -1;
	}
}

static usbd_status start(struct usbd_xfer *xfer)
{
	struct usbd_bus *bus = xfer->ux_bus;
	bool polling = bus->ub_usepolling;
	int buflen, actlen = -1;

	KASSERT(polling || mutex_owned(bus->ub_lock));
	KASSERT(!bus->ub_rhxfer);
	KASSERT(xfer->ux_rqflags & URQ_REQUEST);
	buflen = prepare(bus, &xfer->ux_request, xfer->ux_buf);
	if (buflen >= -1) {
		bus->ub_rhxfer = xfer;
		if (!polling)
			mutex_exit(bus->ub_lock);
		actlen = bus->ub_methods->ubm_rhctrl(bus, &xfer->ux_request,
						     xfer->ux_buf, buflen);
		if (!polling)
			mutex_enter(bus->ub_lock);
		KASSERT(bus->ub_rhxfer == xfer);
		bus->ub_rhxfer = NULL;
		cv_signal(&bus->ub_rhxfercv);
	}
	KASSERT(actlen <= (int)xfer->ux_length);
	if (actlen >= 0)
		xfer->ux_actlen = (uint32_t)actlen;
	xfer->ux_status = actlen < 0 ? USBD_IOERROR : USBD_NORMAL_COMPLETION;
	usb_transfer_complete(xfer);
	return USBD_NORMAL_COMPLETION;
}

static usbd_status transfer(struct usbd_xfer *xfer)
{
	return start(SIMPLEQ_FIRST(&xfer->ux_pipe->up_queue));
}

static void abort_request(struct usbd_xfer *xfer)
{
	struct usbd_bus *bus = xfer->ux_bus;

	KASSERT(mutex_owned(bus->ub_lock));
	while (bus->ub_rhxfer == xfer)
		cv_wait(&bus->ub_rhxfercv, bus->ub_lock);
}

static void no_close(struct usbd_pipe *pipe)
{
	(void)pipe;
}

static void no_done(struct usbd_xfer *xfer)
{
	(void)xfer;
}

const struct usbd_pipe_methods roothub_ctrl_methods = {
	.upm_transfer = transfer,
	.upm_start = start,
	.upm_abort = abort_request,
	.upm_close = no_close,
	.upm_cleartoggle = no_close,
	.upm_done = no_done,
};
