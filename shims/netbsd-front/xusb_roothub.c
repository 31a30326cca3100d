/* SPDX-License-Identifier: MIT */
/* The root hub: usbif/hub.h behind usbroothub.c. */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include "xusbvar.h"

/*
 * A change is told once.  If it is still there after this time, ms, usb(4)
 * has not dealt with it, and is told again; not sooner, as that would keep
 * its thread from the CPU.
 */
#define	TELL_AGAIN_MS	250

/* The ports with a change, bit n for port n. */
static uint32_t
xusb_changes(struct xusb_softc *sc)
{
	uint8_t bitmap[4];
	int i, octets;
	uint32_t ports = 0;

	if (sc->sc_front == NULL)
		return 0;
	octets = usbif_hub_changes(&sc->sc_front->hub, bitmap);
	for (i = 0; i < octets; i++)
		ports |= (uint32_t)bitmap[i] << (8 * i);
	return ports;
}

void
xusb_roothub_changed(struct xusb_softc *sc, uint8_t port)
{
	sc->sc_told &= ~(1U << port);
}

static void
xusb_tell(struct xusb_softc *sc, uint32_t ports)
{
	struct usbd_xfer *xfer = sc->sc_intrxfer;
	uint8_t *bitmap = xfer->ux_buf;
	uint32_t i;

	for (i = 0; i < xfer->ux_length; i++)
		bitmap[i] = i < sizeof(ports) ? ports >> (8 * i) : 0;
	sc->sc_told = ports;
	xfer->ux_actlen = xfer->ux_length;
	xfer->ux_status = USBD_NORMAL_COMPLETION;
	xusb_complete(sc, xfer);
}

void
xusb_roothub_serve(struct xusb_softc *sc)
{
	uint32_t ports = xusb_changes(sc);

	sc->sc_told &= ports;
	if (ports == 0 || sc->sc_intrxfer == NULL) {
		sc->sc_told_due = XUSB_NEVER;
		return;
	}
	if ((ports & ~sc->sc_told) != 0 || xusb_now() >= sc->sc_told_due)
		xusb_tell(sc, ports);
}

/*
 * usbroothub.c has prepared the answers that are the same for all hubs, and
 * dropped the lock.
 */
int
xusb_roothub_ctrl(struct usbd_bus *bus, usb_device_request_t *req, void *buf,
    int buflen)
{
	struct xusb_softc *sc = XUSB_BUS2SC(bus);
	uint16_t length = UGETW(req->wLength);
	bool locked = !bus->ub_usepolling;
	uint64_t now = xusb_now();
	int n = -1;

	if (UT_GET_TYPE(req->bmRequestType) != UT_CLASS)
		return buflen;
	if (locked)
		mutex_enter(&sc->sc_lock);
	if (sc->sc_front != NULL) {
		usbif_hub_tick(&sc->sc_front->hub, now);
		n = usbif_hub_control(&sc->sc_front->hub, req->bmRequestType,
		    req->bRequest, UGETW(req->wValue), UGETW(req->wIndex),
		    length, now, buf, length);
		sc->sc_told &= xusb_changes(sc);
		xusb_kick(sc);
		xusb_wake(sc, XUSB_WORK_TIMER);
	}
	if (locked)
		mutex_exit(&sc->sc_lock);
	return n < 0 ? -1 : n;
}

static usbd_status
xusb_root_intr_start(struct usbd_xfer *xfer)
{
	struct xusb_softc *sc = XUSB_XFER2SC(xfer);

	KASSERT(sc->sc_bus.ub_usepolling || mutex_owned(&sc->sc_lock));
	KASSERT(sc->sc_intrxfer == NULL);
	sc->sc_intrxfer = xfer;
	xfer->ux_status = USBD_IN_PROGRESS;
	/* What has changed meanwhile is told now, the rest if it stays. */
	if ((xusb_changes(sc) & ~sc->sc_told) != 0)
		xusb_kick(sc);
	sc->sc_told_due = xusb_now() + TELL_AGAIN_MS;
	xusb_wake(sc, XUSB_WORK_TIMER);
	return USBD_IN_PROGRESS;
}

static usbd_status
xusb_root_intr_transfer(struct usbd_xfer *xfer)
{
	return xusb_root_intr_start(SIMPLEQ_FIRST(&xfer->ux_pipe->up_queue));
}

static void
xusb_root_intr_abort(struct usbd_xfer *xfer)
{
	struct xusb_softc *sc = XUSB_XFER2SC(xfer);

	KASSERT(mutex_owned(&sc->sc_lock));
	/* Not waiting: it has ended, and its callback may be running. */
	if (sc->sc_intrxfer != xfer)
		return;
	xfer->ux_status = USBD_CANCELLED;
	usb_transfer_complete(xfer);
}

static void
xusb_root_intr_close(struct usbd_pipe *pipe)
{
	KASSERT(XUSB_PIPE2SC(pipe)->sc_intrxfer == NULL);
}

static void
xusb_root_intr_cleartoggle(struct usbd_pipe *pipe)
{
	/* There is none. */
}

static void
xusb_root_intr_done(struct usbd_xfer *xfer)
{
	XUSB_XFER2SC(xfer)->sc_intrxfer = NULL;
}

const struct usbd_pipe_methods xusb_root_intr_methods = {
	.upm_transfer = xusb_root_intr_transfer,
	.upm_start = xusb_root_intr_start,
	.upm_abort = xusb_root_intr_abort,
	.upm_close = xusb_root_intr_close,
	.upm_cleartoggle = xusb_root_intr_cleartoggle,
	.upm_done = xusb_root_intr_done,
};
