/* SPDX-License-Identifier: MIT */
/*
 * Xfers of devices.  An xfer that has begun has an entry of the front, is
 * held (ended, but not the head of its pipe), or is late (it could not begin,
 * and fails a little later).  An aborted one is none of these: its entry goes
 * on without it until the backend has answered, so that what follows on its
 * endpoint waits for that.
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include "xusbvar.h"

/*
 * How long after usbd_transfer() fails what cannot begin, ms.  Not at once: a
 * repeating xfer of a device that is gone would keep the soft interrupt, and
 * so the CPU, from the thread that is to detach it.
 */
#define	LATE_MS		50

static usbd_status
xusb_status_of(int32_t status)
{
	switch (status) {
	case USBIF_WIRE_ST_OK:
		return USBD_NORMAL_COMPLETION;
	case USBIF_WIRE_ST_SHORT:
		return USBD_SHORT_XFER;
	case USBIF_WIRE_ST_STALL:
		return USBD_STALLED;
	default:
		return USBD_IOERROR;
	}
}

static usbd_status
xusb_status_of_err(int error)
{
	switch (error) {
	case USBIF_E_STATE:
		return USBD_IOERROR;
	case USBIF_E_SPACE:
		return USBD_NOMEM;
	default:
		return USBD_INVAL;
	}
}

/* The root-hub port that the device hangs on. */
static uint8_t
xusb_port_of(struct usbd_device *dev)
{
	while (dev->ud_depth > 1)
		dev = dev->ud_myhub;
	return dev->ud_powersrc->up_portno;
}

static uint8_t
xusb_type_of(const usb_endpoint_descriptor_t *ed)
{
	switch (UE_GET_XFERTYPE(ed->bmAttributes)) {
	case UE_ISOCHRONOUS:
		return USBIF_XFER_ISO;
	case UE_INTERRUPT:
		return USBIF_XFER_INT;
	case UE_CONTROL:
		return USBIF_XFER_CTRL;
	default:
		return USBIF_XFER_BULK;
	}
}

/* Frames for low and full speed, microframes for high speed. */
static uint16_t
xusb_interval_of(struct usbd_pipe *pipe)
{
	const usb_endpoint_descriptor_t *ed = pipe->up_endpoint->ue_edesc;
	bool high = pipe->up_dev->ud_speed == USB_SPEED_HIGH;
	unsigned int interval = MAX(ed->bInterval, 1);

	if (pipe->up_interval > 0)
		return MIN(pipe->up_interval, 4096) * (high ? 8 : 1);
	/* USB 2.0, table 9-13. */
	if (high || UE_GET_XFERTYPE(ed->bmAttributes) == UE_ISOCHRONOUS)
		return 1U << (MIN(interval, 16) - 1);
	return interval;
}

static void
xusb_describe(struct usbd_xfer *xfer, struct usbif_front_urb *u)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;
	const usb_endpoint_descriptor_t *ed = pipe->up_endpoint->ue_edesc;

	memset(u, 0, sizeof(*u));
	u->port = xusb_port_of(pipe->up_dev);
	u->addr = pipe->up_dev->ud_addr;
	u->ep = UE_GET_ADDR(ed->bEndpointAddress);
	u->type = xusb_type_of(ed);
	u->in = usbd_xfer_isread(xfer) != 0;
	/* usb(4) judges the length itself, and starts the next one after. */
	u->short_not_ok = false;
	u->zero_packet = (xfer->ux_flags & USBD_FORCE_SHORT_XFER) != 0;
	u->max_packet = UE_GET_SIZE(UGETW(ed->wMaxPacketSize));
	u->interval = xusb_interval_of(pipe);
	u->length = xfer->ux_length;
	if (xfer->ux_rqflags & URQ_REQUEST)
		memcpy(u->setup, &xfer->ux_request, sizeof(u->setup));
	if (u->type == USBIF_XFER_ISO)
		u->packets = xfer->ux_nframes;
}

/* Returns 0, or a negative usbif_err with nothing submitted. */
static int
xusb_submit(struct xusb_softc *sc, struct xusb_xfer *xx,
    const struct usbif_front_urb *u)
{
	int entry;

	if (sc->sc_front == NULL)
		return USBIF_E_STATE;
	entry = usbif_front_submit(sc->sc_front, u);
	if (entry < 0)
		return entry;
	xx->xx_entry = entry;
	sc->sc_xfer[entry] = xx;
	return 0;
}

static void
xusb_late(struct xusb_softc *sc, struct xusb_xfer *xx, usbd_status status)
{
	xx->xx_late = true;
	xx->xx_status = status;
	TAILQ_INSERT_TAIL(&sc->sc_late, xx, xx_next);
	if (sc->sc_late_due == XUSB_NEVER) {
		sc->sc_late_due = xusb_now() + LATE_MS;
		xusb_wake(sc, XUSB_WORK_TIMER);
	}
}

/*
 * Never fails at once: usb(4) would take another xfer than this one off the
 * queue, or leave this one there for ever.
 */
static usbd_status
xusb_device_start(struct usbd_xfer *xfer)
{
	struct xusb_softc *sc = XUSB_XFER2SC(xfer);
	struct xusb_xfer *xx = XUSB_XFER2XX(xfer);
	struct usbif_front_urb u;
	int error = USBIF_E_ARG;

	KASSERT(sc->sc_bus.ub_usepolling || mutex_owned(&sc->sc_lock));
	KASSERT(xx->xx_entry == XUSB_NO_ENTRY && !xx->xx_late && !xx->xx_held);

	xusb_describe(xfer, &u);
	xx->xx_frames = 0;
	xfer->ux_status = USBD_IN_PROGRESS;
	usbd_xfer_schedule_timeout(xfer);
	if (u.type != USBIF_XFER_ISO || xusb_iso_fits(xfer))
		error = xusb_submit(sc, xx, &u);
	if (error != 0)
		xusb_late(sc, xx, xusb_status_of_err(error));
	else
		xusb_send(sc);
	return USBD_IN_PROGRESS;
}

static usbd_status
xusb_device_transfer(struct usbd_xfer *xfer)
{
	if (xfer->ux_pipe->up_serialise)
		xfer = SIMPLEQ_FIRST(&xfer->ux_pipe->up_queue);
	return xusb_device_start(xfer);
}

static void
xusb_device_abort(struct usbd_xfer *xfer)
{
	struct usbd_pipe *pipe = xfer->ux_pipe;
	struct xusb_softc *sc = XUSB_XFER2SC(xfer);

	/*
	 * On a pipe that is not serialised another xfer may be in its callback,
	 * and usb(4) has room for one of them only.
	 */
	while (!pipe->up_serialise && pipe->up_callingxfer != NULL &&
	    pipe->up_callingxfer != xfer)
		cv_wait(&pipe->up_callingcv, &sc->sc_lock);
	usbd_xfer_abort(xfer);
}

void
xusb_abortx(struct usbd_xfer *xfer)
{
	struct xusb_softc *sc = XUSB_XFER2SC(xfer);
	struct xusb_xfer *xx = XUSB_XFER2XX(xfer);
	int entry = xx->xx_entry;

	KASSERT(sc->sc_bus.ub_usepolling || mutex_owned(&sc->sc_lock));

	xx->xx_held = false;
	if (xx->xx_late) {
		xx->xx_late = false;
		TAILQ_REMOVE(&sc->sc_late, xx, xx_next);
	}
	if (entry == XUSB_NO_ENTRY)
		return;
	/* The pages are the slot's: nobody touches the xfer any more. */
	xx->xx_entry = XUSB_NO_ENTRY;
	sc->sc_xfer[entry] = NULL;
	(void)usbif_front_unlink(sc->sc_front, entry);
	xusb_send(sc);
}

static void
xusb_device_close(struct usbd_pipe *pipe)
{
	/* What the backend still has of it is the front's business. */
	KASSERT(SIMPLEQ_EMPTY(&pipe->up_queue));
}

static void
xusb_device_cleartoggle(struct usbd_pipe *pipe)
{
	/*
	 * Toggles are the backend's host controller's, which resets them when
	 * it sees CLEAR_FEATURE(ENDPOINT_HALT).
	 */
}

static void
xusb_device_done(struct usbd_xfer *xfer)
{
	KASSERT(XUSB_XFER2XX(xfer)->xx_entry == XUSB_NO_ENTRY);
}

const struct usbd_pipe_methods xusb_device_methods = {
	.upm_transfer = xusb_device_transfer,
	.upm_start = xusb_device_start,
	.upm_abort = xusb_device_abort,
	.upm_close = xusb_device_close,
	.upm_cleartoggle = xusb_device_cleartoggle,
	.upm_done = xusb_device_done,
};

void
xusb_copy_out(struct xusb_softc *sc, struct xusb_xfer *xx,
    const struct usbif_fq_duty *duty)
{
	struct usbd_xfer *xfer = &xx->xx_xfer;

	if (!usbd_xfer_isread(xfer) && duty->length != 0)
		memcpy(xusb_slot_octets(sc, duty->id),
		    (const uint8_t *)xfer->ux_buf + duty->offset,
		    duty->length);
}

void
xusb_copy_in(struct xusb_softc *sc, const struct usbif_front_received *got)
{
	struct xusb_xfer *xx;

	if (got->part.urb == USBIF_NONE)
		return;
	xx = sc->sc_xfer[got->part.urb];
	if (xx == NULL)		/* aborted */
		return;
	if (xusb_is_iso(&xx->xx_xfer))
		xusb_iso_in(sc, xx, got->id);
	else if (got->part.in && got->part.length != 0)
		memcpy((uint8_t *)xx->xx_xfer.ux_buf + got->part.offset,
		    xusb_slot_octets(sc, got->id), got->part.length);
}

/* Needs: the xfer is the head of its pipe, or its pipe is serialised. */
static void
xusb_end(struct xusb_softc *sc, struct xusb_xfer *xx)
{
	struct usbd_xfer *xfer = &xx->xx_xfer;

	xx->xx_held = false;
	if (!usbd_xfer_trycomplete(xfer))
		return;
	xfer->ux_actlen = xx->xx_length;
	xfer->ux_status = xx->xx_status;
	xusb_complete(sc, xfer);
}

/*
 * End an xfer in its turn.  When it is the turn of one, those that wait
 * behind it may have theirs.  The pipe stays: who wants to close it has to
 * wait for the lock, which usb_transfer_complete() has taken again.
 */
static void
xusb_end_in_order(struct xusb_softc *sc, struct xusb_xfer *xx)
{
	struct usbd_pipe *pipe = xx->xx_xfer.ux_pipe;
	struct usbd_xfer *head;

	if (pipe->up_serialise) {
		xusb_end(sc, xx);
		return;
	}
	xx->xx_held = true;
	while ((head = SIMPLEQ_FIRST(&pipe->up_queue)) != NULL &&
	    pipe->up_callingxfer == NULL && XUSB_XFER2XX(head)->xx_held)
		xusb_end(sc, XUSB_XFER2XX(head));
}

void
xusb_giveback(struct xusb_softc *sc, const struct usbif_fq_duty *duty)
{
	struct xusb_xfer *xx = sc->sc_xfer[duty->urb];
	uint16_t entry = duty->urb;

	sc->sc_xfer[entry] = NULL;
	if (xx != NULL) {
		xx->xx_entry = XUSB_NO_ENTRY;
		xx->xx_status = xusb_status_of(duty->status);
		xx->xx_length = duty->length;
		if (xusb_is_iso(&xx->xx_xfer))
			xx->xx_length = xx->xx_frames;
		xusb_end_in_order(sc, xx);
	}
	usbif_front_retired(sc->sc_front, entry);
}

void
xusb_late_serve(struct xusb_softc *sc)
{
	struct xusb_xfer *xx;
	unsigned int n = 0;

	if (xusb_now() < sc->sc_late_due)
		return;
	sc->sc_late_due = XUSB_NEVER;
	/* Those only that are late now: each may be submitted again. */
	TAILQ_FOREACH(xx, &sc->sc_late, xx_next)
		n++;
	while (n-- > 0 && (xx = TAILQ_FIRST(&sc->sc_late)) != NULL) {
		TAILQ_REMOVE(&sc->sc_late, xx, xx_next);
		xx->xx_late = false;
		xx->xx_length = 0;
		xusb_end_in_order(sc, xx);
	}
}
