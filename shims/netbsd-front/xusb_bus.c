/* SPDX-License-Identifier: MIT */
/* Methods of the bus: usbdivar(9). */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include "xusbvar.h"

#include <dev/usb/usbroothub.h>

/*
 * The device at depth 0 is the root hub.  Its address is no sign, as a device
 * may have the same one while the bus is being attached again.
 */
static bool
xusb_is_roothub(struct usbd_device *dev)
{
	return dev->ud_depth == 0 && dev->ud_powersrc->up_portno == 0;
}

static usbd_status
xusb_bus_open(struct usbd_pipe *pipe)
{
	usb_endpoint_descriptor_t *ed = pipe->up_endpoint->ue_edesc;

	if (xusb_is_roothub(pipe->up_dev)) {
		switch (ed->bEndpointAddress) {
		case USB_CONTROL_ENDPOINT:
			pipe->up_methods = &roothub_ctrl_methods;
			return USBD_NORMAL_COMPLETION;
		case UE_DIR_IN | USBROOTHUB_INTR_ENDPT:
			pipe->up_methods = &xusb_root_intr_methods;
			return USBD_NORMAL_COMPLETION;
		default:
			return USBD_INVAL;
		}
	}
	/* A stream cannot wait for each xfer; all others may, as ever. */
	if (UE_GET_XFERTYPE(ed->bmAttributes) == UE_ISOCHRONOUS)
		pipe->up_serialise = false;
	pipe->up_methods = &xusb_device_methods;
	return USBD_NORMAL_COMPLETION;
}

static void
xusb_bus_softint(void *arg)
{
	struct xusb_softc *sc = XUSB_BUS2SC((struct usbd_bus *)arg);

	xusb_serve(sc);
	/* Polling is over: wake up who could not be woken meanwhile. */
	if (!sc->sc_bus.ub_usepolling && sc->sc_work != 0)
		cv_broadcast(&sc->sc_cv);
}

static void
xusb_bus_dopoll(struct usbd_bus *bus)
{
	xusb_serve(XUSB_BUS2SC(bus));
}

static struct usbd_xfer *
xusb_bus_allocx(struct usbd_bus *bus, unsigned int nframes)
{
	struct xusb_xfer *xx = kmem_zalloc(sizeof(*xx), KM_SLEEP);

	xx->xx_entry = XUSB_NO_ENTRY;
#ifdef DIAGNOSTIC
	xx->xx_xfer.ux_state = XFER_BUSY;
#endif
	return &xx->xx_xfer;
}

static void
xusb_bus_freex(struct usbd_bus *bus, struct usbd_xfer *xfer)
{
	struct xusb_xfer *xx = XUSB_XFER2XX(xfer);

	KASSERT(xx->xx_entry == XUSB_NO_ENTRY && !xx->xx_late && !xx->xx_held);
#ifdef DIAGNOSTIC
	KASSERTMSG(xfer->ux_state == XFER_BUSY ||
	    xfer->ux_status == USBD_NOT_STARTED, "xfer %p is not idle", xfer);
	xfer->ux_state = XFER_FREE;
#endif
	kmem_free(xx, sizeof(*xx));
}

static bool
xusb_bus_dying(struct usbd_bus *bus)
{
	return XUSB_BUS2SC(bus)->sc_dying;
}

static void
xusb_bus_getlock(struct usbd_bus *bus, kmutex_t **lock)
{
	*lock = &XUSB_BUS2SC(bus)->sc_lock;
}

static const struct usbd_bus_methods xusb_bus_methods = {
	.ubm_open = xusb_bus_open,
	.ubm_softint = xusb_bus_softint,
	.ubm_dopoll = xusb_bus_dopoll,
	.ubm_allocx = xusb_bus_allocx,
	.ubm_freex = xusb_bus_freex,
	.ubm_abortx = xusb_abortx,
	.ubm_dying = xusb_bus_dying,
	.ubm_getlock = xusb_bus_getlock,
	.ubm_rhctrl = xusb_roothub_ctrl,
};

/* usb(4) leaves its own fields behind when it goes: begin with none. */
void
xusb_bus_init(struct xusb_softc *sc)
{
	struct usbd_bus *bus = &sc->sc_bus;

	memset(bus, 0, sizeof(*bus));
	bus->ub_hcpriv = sc;
	bus->ub_revision = sc->sc_config.usb_ver == 2 ? USBREV_2_0 :
	    USBREV_1_1;
	bus->ub_hctype = USBHCTYPE_UNKNOWN;
	bus->ub_busnum = device_unit(sc->sc_dev);
	bus->ub_methods = &xusb_bus_methods;
	bus->ub_pipesize = sizeof(struct xusb_pipe);
	/* Every octet is copied to the pages of a slot. */
	bus->ub_usedma = false;
}
