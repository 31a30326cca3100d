/* SPDX-License-Identifier: MIT */
/*
 * One connection: rings, pages of their slots, event channel.  It is made and
 * ended in the handshake's thread.
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include "xusbvar.h"

#include <xen/intr.h>

/*
 * How long booting waits for the devices at the ports, ms: usb(4) waits for
 * its first look at them alone, and they are not known yet then.
 */
#define	BOOT_WAIT_MS	2000

static int
xusb_event(void *arg)
{
	struct xusb_softc *sc = arg;

	/* No lock here: this is above IPL_SOFTUSB. */
	softint_schedule(sc->sc_soft);
	return 1;
}

/*
 * xenbus_alloc_evtchn() would switch our state if it fails, which is for
 * usbif/xenbus.h to decide.
 */
static int
xusb_events_bind(struct xusb_softc *sc)
{
	evtchn_op_t op;
	int error;

	memset(&op, 0, sizeof(op));
	op.cmd = EVTCHNOP_alloc_unbound;
	op.u.alloc_unbound.dom = DOMID_SELF;
	op.u.alloc_unbound.remote_dom = sc->sc_xbusd->xbusd_otherend_id;
	error = HYPERVISOR_event_channel_op(&op);
	if (error != 0)
		return error < 0 ? -error : error;
	sc->sc_port = op.u.alloc_unbound.port;
	sc->sc_ih = xen_intr_establish_xname(-1, &xen_pic, sc->sc_port,
	    IST_LEVEL, IPL_USB, xusb_event, sc, true,
	    device_xname(sc->sc_dev));
	return sc->sc_ih == NULL ? ENOMEM : 0;
}

static void
xusb_events_unbind(struct xusb_softc *sc)
{
	struct intrhand *ih = sc->sc_ih;
	evtchn_op_t op;
	int port;

	mutex_enter(&sc->sc_lock);
	port = sc->sc_port;
	sc->sc_port = -1;
	mutex_exit(&sc->sc_lock);
	if (port < 0)
		return;
	sc->sc_ih = NULL;
	hypervisor_mask_event(port);
	if (ih != NULL)
		xen_intr_disestablish(ih);
	memset(&op, 0, sizeof(op));
	op.cmd = EVTCHNOP_close;
	op.u.close.port = port;
	(void)HYPERVISOR_event_channel_op(&op);
}

void
xusb_link_notify(struct xusb_softc *sc)
{
	if (sc->sc_port >= 0)
		hypervisor_notify_via_evtchn(sc->sc_port);
}

static int
xusb_memory_get(struct xusb_softc *sc)
{
	unsigned int slots = usbif_ring_slots(sc->sc_config.ring_pages,
	    USBIF_WIRE_URB_OCTETS);

	sc->sc_urb_region = xusb_region_get(sc, sc->sc_config.ring_pages);
	if (sc->sc_urb_region != NULL)
		sc->sc_conn_region = xusb_region_get(sc, 1);
	if (sc->sc_conn_region != NULL)
		sc->sc_pool = xusb_region_get(sc, slots * USBIF_WIRE_MAX_SEGS);
	if (sc->sc_pool == NULL)
		return ENOMEM;
	sc->sc_urb_ring = (void *)sc->sc_urb_region->rg_va;
	sc->sc_conn_ring = (void *)sc->sc_conn_region->rg_va;
	return 0;
}

static void
xusb_memory_put(struct xusb_softc *sc)
{
	xusb_region_put(sc, sc->sc_pool);
	xusb_region_put(sc, sc->sc_conn_region);
	xusb_region_put(sc, sc->sc_urb_region);
	sc->sc_pool = sc->sc_conn_region = sc->sc_urb_region = NULL;
	sc->sc_urb_ring = sc->sc_conn_ring = NULL;
}

/* From here on the front exists for xusb_serve() and for usb(4). */
static void
xusb_front_show(struct xusb_softc *sc, struct usbif_front *front)
{
	mutex_enter(&sc->sc_lock);
	sc->sc_open = false;
	sc->sc_broken = false;
	sc->sc_again = false;
	sc->sc_told = 0;
	sc->sc_told_due = XUSB_NEVER;
	sc->sc_second_due = XUSB_NEVER;
	sc->sc_front = front;
	mutex_exit(&sc->sc_lock);
}

int
xusb_link_up(struct xusb_softc *sc)
{
	struct usbif_front *front;
	int error;

	xusb_aside_retry(sc);
	front = kmem_zalloc(sizeof(*front), KM_SLEEP);
	error = xusb_memory_get(sc);
	if (error == 0 && usbif_front_init(front, &sc->sc_config,
	    sc->sc_urb_ring, sc->sc_conn_ring) != USBIF_OK)
		error = EINVAL;
	if (error == 0)
		error = xusb_events_bind(sc);
	if (error != 0) {
		xusb_events_unbind(sc);
		xusb_memory_put(sc);
		kmem_free(front, sizeof(*front));
		return error;
	}
	xusb_front_show(sc, front);
	return 0;
}

/* usb(4) comes when the ports can be known, and not earlier. */
void
xusb_link_open(struct xusb_softc *sc)
{
	mutex_enter(&sc->sc_lock);
	sc->sc_open = true;
	sc->sc_pending_due = xusb_now() + BOOT_WAIT_MS;
	xusb_bus_init(sc);
	xusb_kick(sc);
	mutex_exit(&sc->sc_lock);
	hypervisor_unmask_event(sc->sc_port);

	KERNEL_LOCK(1, curlwp);
	sc->sc_child = config_found(sc->sc_dev, &sc->sc_bus, usbctlprint,
	    CFARGS_NONE);
	KERNEL_UNLOCK_ONE(curlwp);
}

void
xusb_link_cut(struct xusb_softc *sc)
{
	mutex_enter(&sc->sc_lock);
	if (sc->sc_front != NULL && !sc->sc_broken) {
		sc->sc_broken = true;
		usbif_front_shutdown(sc->sc_front);
	}
	xusb_kick(sc);
	mutex_exit(&sc->sc_lock);
}

/*
 * The event channel can still be closed; the grants must not be touched any
 * more, as their table is made anew.
 */
void
xusb_link_void(struct xusb_softc *sc)
{
	struct xusb_region *rg;

	mutex_enter(&sc->sc_lock);
	sc->sc_open = false;
	mutex_exit(&sc->sc_lock);
	xusb_events_unbind(sc);
	xusb_region_void(sc->sc_urb_region);
	xusb_region_void(sc->sc_conn_region);
	xusb_region_void(sc->sc_pool);
	SLIST_FOREACH(rg, &sc->sc_aside, rg_next)
		xusb_region_void(rg);
}

void
xusb_link_down(struct xusb_softc *sc)
{
	struct usbif_front *front;

	mutex_enter(&sc->sc_lock);
	front = sc->sc_front;
	sc->sc_front = NULL;
	sc->sc_open = false;
	mutex_exit(&sc->sc_lock);

	xusb_events_unbind(sc);
	xusb_aside_retry(sc);
	xusb_memory_put(sc);
	if (front != NULL)
		kmem_free(front, sizeof(*front));
}
