/* SPDX-License-Identifier: MIT */
/* xusb: autoconf(9) and pmf(9). */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include <sys/pmf.h>

#include "locators.h"
#include "xusbvar.h"

/* How long booting waits for a backend, ms. */
#define	BOOT_WAIT_MS	5000

static int	xusb_match(device_t, cfdata_t, void *);
static void	xusb_attach(device_t, device_t, void *);
static int	xusb_detach(device_t, int);
static int	xusb_activate(device_t, enum devact);
static void	xusb_childdet(device_t, device_t);

CFATTACH_DECL3_NEW(xusb, sizeof(struct xusb_softc), xusb_match, xusb_attach,
    xusb_detach, xusb_activate, NULL, xusb_childdet, DVF_DETACH_SHUTDOWN);

static int
xusb_match(device_t parent, cfdata_t match, void *aux)
{
	struct xenbusdev_attach_args *xa = aux;

	if (strcmp(xa->xa_type, "vusb") != 0)
		return 0;
	if (match->cf_loc[XENBUSCF_ID] != XENBUSCF_ID_DEFAULT &&
	    match->cf_loc[XENBUSCF_ID] != xa->xa_id)
		return 0;
	return 1;
}

/* In the thread of xenwatch(9), which must not wait for our backend. */
static void
xusb_backend_changed(void *arg, XenbusState state)
{
	struct xusb_softc *sc = device_private((device_t)arg);

	mutex_enter(&sc->sc_lock);
	xusb_wake(sc, XUSB_WORK_PEER);
	mutex_exit(&sc->sc_lock);
}

static void
xusb_softint(void *arg)
{
	struct xusb_softc *sc = arg;

	mutex_enter(&sc->sc_lock);
	/* Who polls does not take the lock, and serves himself. */
	if (!sc->sc_bus.ub_usepolling)
		xusb_serve(sc);
	mutex_exit(&sc->sc_lock);
}

static bool
xusb_suspend(device_t self, const pmf_qual_t *qual)
{
	struct xusb_softc *sc = device_private(self);

	mutex_enter(&sc->sc_lock);
	sc->sc_asleep = true;
	while (!sc->sc_idle && !sc->sc_gone)
		cv_wait(&sc->sc_cv, &sc->sc_lock);
	mutex_exit(&sc->sc_lock);
	xusb_link_void(sc);
	return xenbus_device_suspend(sc->sc_xbusd);
}

static bool
xusb_resume(device_t self, const pmf_qual_t *qual)
{
	struct xusb_softc *sc = device_private(self);
	bool found = xenbus_device_resume(sc->sc_xbusd);

	mutex_enter(&sc->sc_lock);
	sc->sc_asleep = false;
	/* On another host the path may be another; the watch is the old one. */
	sc->sc_unwatched = strcmp(sc->sc_watched,
	    sc->sc_xbusd->xbusd_otherend) != 0;
	xusb_wake(sc, XUSB_WORK_RESTORED);
	mutex_exit(&sc->sc_lock);
	return found;
}

static void
xusb_init(struct xusb_softc *sc, device_t self, struct xenbus_device *xbusd)
{
	sc->sc_dev = self;
	sc->sc_xbusd = xbusd;
	strlcpy(sc->sc_watched, xbusd->xbusd_otherend, sizeof(sc->sc_watched));
	sc->sc_port = -1;
	sc->sc_second_due = XUSB_NEVER;
	sc->sc_late_due = XUSB_NEVER;
	sc->sc_told_due = XUSB_NEVER;
	SLIST_INIT(&sc->sc_aside);
	TAILQ_INIT(&sc->sc_late);
	mutex_init(&sc->sc_lock, MUTEX_DEFAULT, IPL_SOFTUSB);
	cv_init(&sc->sc_cv, "xusb");
	xusb_xb_init(sc);
}

static void
xusb_attach(device_t parent, device_t self, void *aux)
{
	struct xusb_softc *sc = device_private(self);
	struct xenbusdev_attach_args *xa = aux;
	int error = ENOMEM;

	aprint_naive("\n");
	aprint_normal(": Xen Virtual USB Host Controller Interface\n");

	xusb_init(sc, self, xa->xa_xbusd);
	/* A root file system on USB is there once the ports are known. */
	config_pending_incr(self);
	sc->sc_pending = true;
	sc->sc_pending_due = xusb_now() + BOOT_WAIT_MS;

	sc->sc_soft = softint_establish(SOFTINT_USB | SOFTINT_MPSAFE,
	    xusb_softint, sc);
	if (sc->sc_soft != NULL)
		error = xusb_thread_start(sc);
	if (error != 0) {
		aprint_error_dev(self, "cannot start: error %d\n", error);
		sc->sc_gone = true;
		sc->sc_pending = false;
		config_pending_decr(self);
		return;
	}
	sc->sc_xbusd->xbusd_otherend_changed = xusb_backend_changed;
	xusb_vigil_begin(sc);
	if (!pmf_device_register(self, xusb_suspend, xusb_resume))
		aprint_error_dev(self, "couldn't establish power handler\n");
}

/*
 * Only usb(4) may refuse.  Then everything goes on; after it has gone, the
 * backend has its bounded time to let go of the rings.
 */
static int
xusb_detach(device_t self, int flags)
{
	struct xusb_softc *sc = device_private(self);
	int error;

	/*
	 * If the backend is gone, the thread has to hear of it, or what usb(4)
	 * is doing just now ends by timeouts alone.
	 */
	mutex_enter(&sc->sc_lock);
	xusb_wake(sc, XUSB_WORK_PEER);
	mutex_exit(&sc->sc_lock);
	xusb_usb_calm(sc, (flags & DETACH_FORCE) != 0);
	error = config_detach_children(self, flags);
	if (error != 0 && (flags & DETACH_FORCE) == 0)
		return error;
	/*
	 * xenbus(4) forces it if the backend is Closed, and nobody else does.
	 * One that has failed us is not tried for ever.
	 */
	if ((flags & DETACH_FORCE) != 0 &&
	    sc->sc_xb.m.state != USBIF_XB_F_FAILED)
		xusb_vigil_arm(sc);
	pmf_device_deregister(self);
	/* After drvctl(8) -d xenbus(4) would go on calling us. */
	sc->sc_xbusd->xbusd_otherend_changed = NULL;
	xusb_thread_finish(sc);
	if (sc->sc_soft != NULL)
		softint_disestablish(sc->sc_soft);
	xusb_aside_leak(sc);
	cv_destroy(&sc->sc_cv);
	mutex_destroy(&sc->sc_lock);
	return 0;
}

static int
xusb_activate(device_t self, enum devact act)
{
	struct xusb_softc *sc = device_private(self);

	switch (act) {
	case DVACT_DEACTIVATE:
		sc->sc_dying = true;
		return 0;
	default:
		return EOPNOTSUPP;
	}
}

static void
xusb_childdet(device_t self, device_t child)
{
	struct xusb_softc *sc = device_private(self);

	KASSERT(sc->sc_child == child || sc->sc_child == NULL);
	sc->sc_child = NULL;
}
