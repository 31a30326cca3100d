/* SPDX-License-Identifier: MIT */
/*
 * A backend that is loaded anew.  xenbus(4) detaches a device whose backend is
 * Closed, and attaches it again only when its node says Initialising, which
 * nobody would write: the toolstack has not noticed anything.  So somebody has
 * to stay and watch the backend.
 *
 * What stays is never freed, as xenbus(4) may still have news for a watch that
 * has been removed; there is one for each controller that ever was.
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include <sys/errno.h>

#include "xusbvar.h"

/* Controllers that are watched; those beyond are made anew by the toolstack. */
#define	VIGILS		8

struct xusb_vigil {
	struct xenbus_watch v_watch;	/* must be first */
	char	v_own[32], v_other[64];	/* paths */
	bool	v_used;
	bool	v_armed;		/* detached because of the backend */
};

static struct xusb_vigil xusb_vigils[VIGILS];

/* Returns an errno; EAGAIN: do it all again. */
static int
xusb_vigil_try(struct xusb_vigil *v)
{
	struct xenbus_transaction *t = xenbus_transaction_start();
	bool begun = false;
	uint8_t own;
	int error = 0, end;

	if (t == NULL)
		return ENOMEM;
	own = xusb_xb_state(t, v->v_own);
	if (own == USBIF_XB_UNKNOWN)
		v->v_armed = false;
	if (own == USBIF_XB_CLOSED &&
	    xusb_xb_state(t, v->v_other) == USBIF_XB_INITWAIT) {
		error = xenbus_printf(t, v->v_own, "state", "%u",
		    USBIF_XB_INITIALISING);
		begun = true;
	}
	end = xenbus_transaction_end(t, error != 0);
	if (error == 0)
		error = end;
	if (begun && error == 0)
		v->v_armed = false;
	return error;
}

/* In the thread of xenwatch(9). */
static void
xusb_vigil_news(struct xenbus_watch *watch, const char **vec, unsigned int n)
{
	struct xusb_vigil *v = (struct xusb_vigil *)watch;

	while (v->v_armed && xusb_vigil_try(v) == EAGAIN)
		continue;
}

static struct xusb_vigil *
xusb_vigil_of(struct xusb_softc *sc)
{
	struct xusb_vigil *v;

	for (v = xusb_vigils; v < xusb_vigils + VIGILS; v++)
		if (v->v_used && strcmp(v->v_own, sc->sc_xbusd->xbusd_path) ==
		    0 && strcmp(v->v_other, sc->sc_watched) == 0)
			return v;
	return NULL;
}

void
xusb_vigil_begin(struct xusb_softc *sc)
{
	struct xusb_vigil *v = xusb_vigil_of(sc);

	if (v != NULL) {
		v->v_armed = false;
		return;
	}
	for (v = xusb_vigils; v < xusb_vigils + VIGILS; v++)
		if (!v->v_used)
			break;
	if (v == xusb_vigils + VIGILS)
		return;
	strlcpy(v->v_own, sc->sc_xbusd->xbusd_path, sizeof(v->v_own));
	strlcpy(v->v_other, sc->sc_watched, sizeof(v->v_other));
	v->v_used = xenbus_watch_path2(sc->sc_xbusd, v->v_other, "state",
	    &v->v_watch, xusb_vigil_news) == 0;
}

void
xusb_vigil_arm(struct xusb_softc *sc)
{
	struct xusb_vigil *v = xusb_vigil_of(sc);

	if (v != NULL)
		v->v_armed = true;
}

void
xusb_vigil_stop(void)
{
	struct xusb_vigil *v;

	for (v = xusb_vigils; v < xusb_vigils + VIGILS; v++) {
		if (!v->v_used)
			continue;
		xenbus_unwatch_path(&v->v_watch);
		v->v_used = false;
	}
}
