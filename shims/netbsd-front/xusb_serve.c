/* SPDX-License-Identifier: MIT */
/*
 * Takes answers and gives xfers back, in the soft interrupt or by polling.
 * Only this runs completion routines, so that one of them is never called
 * from inside a driver's own usbd_transfer() or usbd_abort_pipe().
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include "xusbvar.h"

/* Rounds before the CPU is left to others of the same level. */
#define	ROUNDS		8

/* Put one request on the ring; the octets of an OUT go to its pages first. */
static int
xusb_put_request(struct xusb_softc *sc, const struct usbif_fq_duty *duty)
{
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_SEGS];
	struct xusb_xfer *xx = sc->sc_xfer[duty->urb];
	uint8_t segs = 0, descs = 0;

	if (duty->kind == USBIF_FQ_SEND) {
		/* What was aborted is not sent again: rule F4. */
		KASSERT(xx != NULL);
		xusb_copy_out(sc, xx, duty);
		segs = xusb_slot_segs(sc, duty->id, 0, duty->length, seg);
		if (xusb_is_iso(&xx->xx_xfer))
			descs = xusb_iso_out(sc, xx, duty->id, seg + segs);
	}
	return usbif_front_put(sc->sc_front, sc->sc_urb_ring, duty, seg, segs,
	    descs);
}

static void
xusb_publish(struct xusb_softc *sc)
{
	if (usbif_front_push(sc->sc_front, sc->sc_urb_ring))
		xusb_link_notify(sc);
	if (sc->sc_second_due == XUSB_NEVER &&
	    usbif_fq_has_unlinks(&sc->sc_front->fq))
		xusb_wake(sc, XUSB_WORK_TIMER);
}

void
xusb_break(struct xusb_softc *sc)
{
	if (sc->sc_broken)
		return;
	sc->sc_broken = true;
	usbif_front_shutdown(sc->sc_front);
	xusb_wake(sc, XUSB_WORK_FAULT);
}

/* Every duty until a GIVEBACK, which is left alone. */
static void
xusb_send_duties(struct xusb_softc *sc)
{
	struct usbif_fq_duty duty;

	while (!usbif_front_has_giveback(sc->sc_front) &&
	    usbif_front_next(sc->sc_front, &duty))
		if (xusb_put_request(sc, &duty) < 0)
			xusb_break(sc);
}

void
xusb_send(struct xusb_softc *sc)
{
	xusb_send_duties(sc);
	if (usbif_front_has_giveback(sc->sc_front))
		xusb_kick(sc);
	xusb_publish(sc);
}

void
xusb_kick(struct xusb_softc *sc)
{
	if (sc->sc_bus.ub_usepolling)
		return;
	kpreempt_disable();
	softint_schedule(sc->sc_soft);
	kpreempt_enable();
}

/* Returns how many answers were taken, or a negative error. */
static int
xusb_take_answers(struct xusb_softc *sc)
{
	struct usbif_front_received got;
	int n = 0, error;

	while ((error = usbif_front_take(sc->sc_front, sc->sc_urb_ring,
	    &got)) > 0) {
		xusb_copy_in(sc, &got);
		n++;
	}
	return error < 0 ? error : n;
}

static int
xusb_take_ports(struct xusb_softc *sc)
{
	bool notify = false;
	int n = 0, error = 1;
	uint8_t port;

	/* A backend may post for ever: no more than the ring holds at once. */
	while (n < sc->sc_front->conn_ring.slots && error > 0) {
		error = usbif_front_take_conn(sc->sc_front, sc->sc_conn_ring,
		    &port, &notify);
		if (error > 0) {
			xusb_roothub_changed(sc, port);
			n++;
		}
	}
	if (notify)
		xusb_link_notify(sc);
	return error < 0 ? error : n;
}

static void
xusb_take(struct xusb_softc *sc)
{
	if (sc->sc_open && !sc->sc_broken &&
	    (xusb_take_answers(sc) < 0 || xusb_take_ports(sc) < 0))
		xusb_break(sc);
}

/* Returns true if there may be more to take. */
static bool
xusb_may_sleep(struct xusb_softc *sc)
{
	int more = 0;

	if (sc->sc_open && !sc->sc_broken)
		more = usbif_front_sleep(sc->sc_front, sc->sc_urb_ring,
		    sc->sc_conn_ring);
	if (more < 0)
		xusb_break(sc);
	return more == 0 && !sc->sc_again &&
	    !usbif_front_has_giveback(sc->sc_front);
}

static void
xusb_drain(struct xusb_softc *sc)
{
	struct usbif_fq_duty duty;

	for (;;) {
		xusb_send_duties(sc);
		xusb_publish(sc);
		/* The lock is dropped in here, and anything may happen. */
		if (!usbif_front_next(sc->sc_front, &duty))
			break;
		xusb_giveback(sc, &duty);
	}
}

void
xusb_complete(struct xusb_softc *sc, struct usbd_xfer *xfer)
{
	sc->sc_calling++;
	usb_transfer_complete(xfer);
	sc->sc_calling--;
}

/*
 * The front stays as long as this runs: xusb_quiesce() waits for it.  Another
 * CPU's soft interrupt leaves the work to who is here already.  Polling from
 * inside a callback (a key of the keyboard that enters ddb) goes ahead.
 */
void
xusb_serve(struct xusb_softc *sc)
{
	bool outer = !sc->sc_serving, sleeping = false;
	unsigned int calling = sc->sc_calling;
	int round;

	KASSERT(sc->sc_bus.ub_usepolling || mutex_owned(&sc->sc_lock));

	if (sc->sc_front == NULL)
		return;
	if (!outer && (!sc->sc_bus.ub_usepolling || calling == 0)) {
		sc->sc_again = true;
		return;
	}
	sc->sc_serving = true;
	sc->sc_calling = 0;
	for (round = 0; round < ROUNDS && !sleeping; round++) {
		sc->sc_again = false;
		xusb_take(sc);
		xusb_late_serve(sc);
		xusb_drain(sc);
		xusb_roothub_serve(sc);
		sleeping = xusb_may_sleep(sc);
	}
	sc->sc_calling = calling;
	if (outer)
		sc->sc_serving = false;
	if (!sleeping)
		xusb_kick(sc);
}
