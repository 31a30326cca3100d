/* SPDX-License-Identifier: MIT */
/*
 * The two threads.  One takes every step of the handshake, so that these need
 * no lock, and looks after the deadlines.  The other takes the usb bus away,
 * which may need answers of the backend, or the news that there will be none:
 * the first one must not wait for it.
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include <sys/kthread.h>
#include <sys/proc.h>
#include <sys/time.h>

#include "xusbvar.h"

/*
 * Between two looks at the backend while detach waits for it (its caller may
 * be the thread that would have told us), or at requests that are not
 * answered yet; ms.
 */
#define	POLL_MS		50

/* Between two looks at whether usb(4) explores, ms. */
#define	CALM_MS		10

/*
 * Between two ticks of the front while it has unlinks, and between two looks
 * at a backend that nobody watches; ms.
 */
#define	SECOND_MS	1000

uint64_t
xusb_now(void)
{
	struct timespec ts;

	getnanouptime(&ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
xusb_wake(struct xusb_softc *sc, uint32_t work)
{
	sc->sc_work |= work;
	/* In ddb(4) nobody may be woken; see xusb_bus_softint(). */
	if (!sc->sc_bus.ub_usepolling)
		cv_broadcast(&sc->sc_cv);
}

/* Booting waits no longer. */
static void
xusb_settled(struct xusb_softc *sc)
{
	if (!sc->sc_pending)
		return;
	sc->sc_pending = false;
	mutex_exit(&sc->sc_lock);
	config_pending_decr(sc->sc_dev);
	mutex_enter(&sc->sc_lock);
}

/* Deadlines of the front: port resets, overdue unlinks. */
static void
xusb_front_timers(struct xusb_softc *sc, uint64_t now)
{
	/* Who polls looks at the rings without the lock. */
	if (sc->sc_front == NULL || sc->sc_bus.ub_usepolling)
		return;
	usbif_hub_tick(&sc->sc_front->hub, now);
	if (!usbif_fq_has_unlinks(&sc->sc_front->fq))
		sc->sc_second_due = XUSB_NEVER;
	else if (sc->sc_second_due == XUSB_NEVER)
		sc->sc_second_due = now + SECOND_MS;
	else if (now >= sc->sc_second_due) {
		sc->sc_second_due = now + SECOND_MS;
		if (usbif_front_tick(sc->sc_front) < 0)
			xusb_break(sc);
	}
	xusb_kick(sc);
}

static uint64_t
xusb_deadline(struct xusb_softc *sc, uint64_t now)
{
	uint64_t due = sc->sc_xb.m.due_ms;

	if (sc->sc_unload)
		due = MIN(due, now + POLL_MS);
	if (sc->sc_unwatched)
		due = MIN(due, now + SECOND_MS);
	if (sc->sc_pending)
		due = MIN(due, sc->sc_pending_due);
	/* Those of a connection that is over would never be met. */
	if (sc->sc_front == NULL)
		return due;
	due = MIN(due, sc->sc_second_due);
	due = MIN(due, sc->sc_late_due);
	due = MIN(due, sc->sc_told_due);
	return MIN(due, usbif_hub_deadline(&sc->sc_front->hub));
}

/* Wait for work or a deadline; bus lock held. */
static void
xusb_thread_wait(struct xusb_softc *sc)
{
	uint64_t now = xusb_now(), due = xusb_deadline(sc, now);
	int ticks = 0;

	if (sc->sc_bus.ub_usepolling)
		ticks = mstohz(POLL_MS) + 1;
	else if (due != XUSB_NEVER && !sc->sc_asleep) {
		if (due <= now)
			return;
		ticks = mstohz((unsigned int)MIN(due - now, 60000)) + 1;
	}
	sc->sc_idle = true;
	cv_broadcast(&sc->sc_cv);
	(void)cv_timedwait(&sc->sc_cv, &sc->sc_lock, ticks);
	sc->sc_idle = false;
}

/* Everything that is to be done now; without the bus lock. */
static void
xusb_thread_work(struct xusb_softc *sc, uint32_t work)
{
	if (work & XUSB_WORK_RESTORED)
		xusb_xb_step(sc, USBIF_XB_EV_RESTORED);
	if (work & XUSB_WORK_QUIESCED)
		xusb_xb_step(sc, USBIF_XB_EV_QUIESCED);
	if (work & XUSB_WORK_UNLOAD)
		xusb_xb_step(sc, USBIF_XB_EV_UNLOAD);
	if (work & XUSB_WORK_FAULT)
		xusb_xb_step(sc, USBIF_XB_EV_FAULT);
	if (work & XUSB_WORK_PEER)
		xusb_xb_step(sc, USBIF_XB_EV_PEER);
	if (sc->sc_unload || sc->sc_unwatched ||
	    xusb_now() >= sc->sc_xb.m.due_ms)
		xusb_xb_step(sc, USBIF_XB_EV_TICK);
}

static void
xusb_thread(void *arg)
{
	struct xusb_softc *sc = arg;
	uint32_t work;

	xusb_xb_step(sc, USBIF_XB_EV_PROBE);
	mutex_enter(&sc->sc_lock);
	while (!sc->sc_gone) {
		if (sc->sc_work == 0 || sc->sc_asleep)
			xusb_thread_wait(sc);
		if (sc->sc_asleep)
			continue;
		work = sc->sc_work;
		sc->sc_work = 0;
		mutex_exit(&sc->sc_lock);
		xusb_thread_work(sc, work);
		mutex_enter(&sc->sc_lock);
		xusb_front_timers(sc, xusb_now());
		if (xusb_now() >= sc->sc_pending_due)
			xusb_settled(sc);
	}
	xusb_settled(sc);
	mutex_exit(&sc->sc_lock);
	kthread_exit(0);
}

/*
 * usb_detach() frees the root hub first and ends its event thread then, which
 * would go on with what is freed if it was exploring just now; and it always
 * is when a backend goes away while a device is being enumerated.  While that
 * thread waits it explores nothing, and once usb(4) is inactive it is not
 * begun again.  There is no such thread if there is no root hub.
 */
void
xusb_usb_calm(struct xusb_softc *sc, bool goes)
{
	struct usbd_bus *bus = &sc->sc_bus;

	/* Its event thread runs with the kernel lock: not between the two. */
	KERNEL_LOCK(1, curlwp);
	mutex_enter(&sc->sc_lock);
	while (sc->sc_child != NULL && device_is_active(sc->sc_child) &&
	    bus->ub_roothub != NULL &&
	    !cv_has_waiters(&bus->ub_needsexplore_cv))
		(void)cv_timedwait(&sc->sc_cv, &sc->sc_lock,
		    mstohz(CALM_MS) + 1);
	mutex_exit(&sc->sc_lock);
	/* Drivers may take the lock in there. */
	if (goes && sc->sc_child != NULL)
		(void)config_deactivate(sc->sc_child);
	KERNEL_UNLOCK_ONE(curlwp);
}

/* Nothing is accepted any more once usb(4) is gone; wait for what is left. */
static void
xusb_quiesce(struct xusb_softc *sc)
{
	mutex_exit(&sc->sc_lock);
	xusb_usb_calm(sc, true);
	KERNEL_LOCK(1, curlwp);
	(void)config_detach_children(sc->sc_dev, DETACH_FORCE);
	KERNEL_UNLOCK_ONE(curlwp);
	mutex_enter(&sc->sc_lock);
	while (sc->sc_front != NULL && (sc->sc_serving ||
	    !usbif_fq_is_idle(&sc->sc_front->fq)))
		(void)cv_timedwait(&sc->sc_cv, &sc->sc_lock,
		    mstohz(POLL_MS) + 1);
	sc->sc_open = false;
	xusb_wake(sc, XUSB_WORK_QUIESCED);
}

static void
xusb_detacher(void *arg)
{
	struct xusb_softc *sc = arg;

	mutex_enter(&sc->sc_lock);
	while (!sc->sc_gone || sc->sc_quiesce) {
		if (!sc->sc_quiesce) {
			cv_wait(&sc->sc_cv, &sc->sc_lock);
			continue;
		}
		sc->sc_quiesce = false;
		xusb_quiesce(sc);
	}
	mutex_exit(&sc->sc_lock);
	kthread_exit(0);
}

int
xusb_thread_start(struct xusb_softc *sc)
{
	int error;

	error = kthread_create(PRI_NONE, KTHREAD_MPSAFE | KTHREAD_MUSTJOIN,
	    NULL, xusb_detacher, sc, &sc->sc_detacher, "%sd",
	    device_xname(sc->sc_dev));
	if (error != 0)
		return error;
	return kthread_create(PRI_NONE, KTHREAD_MPSAFE | KTHREAD_MUSTJOIN,
	    NULL, xusb_thread, sc, &sc->sc_thread, "%s",
	    device_xname(sc->sc_dev));
}

void
xusb_thread_finish(struct xusb_softc *sc)
{
	mutex_enter(&sc->sc_lock);
	sc->sc_unload = true;
	xusb_wake(sc, XUSB_WORK_UNLOAD);
	while (!sc->sc_gone)
		cv_wait(&sc->sc_cv, &sc->sc_lock);
	cv_broadcast(&sc->sc_cv);
	mutex_exit(&sc->sc_lock);
	if (sc->sc_thread != NULL)
		kthread_join(sc->sc_thread);
	if (sc->sc_detacher != NULL)
		kthread_join(sc->sc_detacher);
}
