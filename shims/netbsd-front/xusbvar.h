/* SPDX-License-Identifier: MIT */
/*
 * xusb: a USB host controller driver on xenbus "vusb".
 *
 * xusb.c           autoconf: attach, detach, suspend, resume
 * xusb_thread.c    the two threads: handshake and timers; detaching the usb bus
 * xusb_xenbus.c    xenbus events in, actions of usbif/xenbus.h out
 * xusb_vigil.c     a backend that is loaded anew
 * xusb_link.c      one connection: rings, event channel
 * xusb_pool.c      granted pages, among them those of the ring's slots
 * xusb_serve.c     takes answers, gives xfers back, puts requests
 * xusb_bus.c       methods of the bus, and how a pipe is opened
 * xusb_xfer.c      xfers of devices: start, abort, completion
 * xusb_iso.c       frames of isochronous xfers
 * xusb_roothub.c   requests and changes of the root hub
 *
 * Locks.  sc_lock is the bus lock of usb(4): everything below the line in the
 * softc is protected by it, but in polling mode (ub_usepolling), where nobody
 * takes it.  The threads hold no lock while they talk to xenstore or to
 * autoconf(9).
 */
#ifndef XUSBVAR_H
#define XUSBVAR_H

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/condvar.h>
#include <sys/device.h>
#include <sys/kernel.h>
#include <sys/kmem.h>
#include <sys/mutex.h>
#include <sys/queue.h>
/* NetBSD 10: not before mutex.h */
#include <sys/intr.h>

#include <dev/usb/usb.h>
#include <dev/usb/usbdi.h>
#include <dev/usb/usbdivar.h>

#include <xen/hypervisor.h>
#include <xen/evtchn.h>
#include <xen/granttables.h>
#include <xen/xenbus.h>

#include "usbif/front.h"
#include "usbif/xenbus.h"

/* Most frames of an isochronous xfer: one page of descriptors. */
#define	XUSB_MAX_PACKETS	\
	(USBIF_WIRE_PAGE_OCTETS / USBIF_WIRE_ISO_DESC_OCTETS)

/* "No entry of the front". */
#define	XUSB_NO_ENTRY		(-1)

/* A time that is not set, ms. */
#define	XUSB_NEVER		(~(uint64_t)0)

/* Work that waits for the handshake's thread, a set. */
#define	XUSB_WORK_PEER		0x01u	/* the backend's state has changed */
#define	XUSB_WORK_FAULT		0x02u	/* the backend broke a rule */
#define	XUSB_WORK_QUIESCED	0x04u	/* everything was given back */
#define	XUSB_WORK_UNLOAD	0x08u	/* detach waits for sc_gone */
#define	XUSB_WORK_RESTORED	0x10u	/* the domain has been resumed */
#define	XUSB_WORK_TIMER		0x20u	/* a deadline is new */

/*
 * A run of pages that the backend may use, virtually contiguous.  If it still
 * maps one when the connection ends, the run is put aside until it does not.
 */
struct xusb_region {
	SLIST_ENTRY(xusb_region) rg_next;
	vaddr_t		rg_va;
	unsigned int	rg_pages;
	grant_ref_t	*rg_ref;	/* one for each page */
	bool		*rg_granted;	/* the same */
};

struct xusb_softc;

struct xusb_pipe {
	struct usbd_pipe xp_pipe;	/* must be first */
};

struct xusb_xfer {
	struct usbd_xfer xx_xfer;	/* must be first */
	int		xx_entry;	/* of the front, or XUSB_NO_ENTRY */
	uint32_t	xx_frames;	/* octets of all frames */
	/* ended: out of turn (not the head of its pipe), or never begun */
	bool		xx_held;
	bool		xx_late;
	usbd_status	xx_status;
	uint32_t	xx_length;
	TAILQ_ENTRY(xusb_xfer) xx_next;
};

struct xusb_softc {
	device_t	sc_dev;
	struct xenbus_device *sc_xbusd;
	char		sc_watched[64];	/* the backend's path at attach */
	kmutex_t	sc_lock;
	void		*sc_soft;	/* runs xusb_serve() */
	struct lwp	*sc_thread;	/* handshake and timers */
	struct lwp	*sc_detacher;	/* takes the usb bus away */

	/* the thread's alone */
	struct usbif_xb_front sc_xb;
	struct usbif_front_config sc_agreed;	/* with the backend as it is */
	struct timeval	sc_logged;
	struct xusb_region *sc_urb_region, *sc_conn_region;
	SLIST_HEAD(, xusb_region) sc_aside;

	/* under the bus lock from here on */
	kcondvar_t	sc_cv;		/* threads, detach and suspend wait */
	uint32_t	sc_work;	/* XUSB_WORK_* */
	bool		sc_quiesce;	/* the detacher has work */
	bool		sc_unload;	/* detach was called */
	bool		sc_gone;	/* all is over: the threads leave */
	bool		sc_asleep;	/* between suspend and resume */
	bool		sc_idle;	/* the thread waits */
	bool		sc_unwatched;	/* xenbus watches another backend */
	bool		sc_pending;	/* booting waits for us */
	bool		sc_dying;
	uint64_t	sc_pending_due;	/* ms */

	struct usbif_front_config sc_config;	/* of the connection */
	struct usbif_front *sc_front;	/* while there is one */
	struct xusb_region *sc_pool;
	void		*sc_urb_ring, *sc_conn_ring;
	struct intrhand	*sc_ih;
	int		sc_port;	/* of the event channel, or -1 */
	bool		sc_open;	/* the backend is connected too */
	bool		sc_broken;	/* the connection is over */
	bool		sc_serving;	/* xusb_serve() is running ... */
	unsigned int	sc_calling;	/* ... and inside a callback */
	bool		sc_again;	/* ... and is asked to go round again */
	uint64_t	sc_second_due;	/* next tick of unlinks */
	TAILQ_HEAD(, xusb_xfer) sc_late;	/* could not begin */
	uint64_t	sc_late_due;

	struct usbd_bus	sc_bus;
	device_t	sc_child;	/* usb(4) */
	struct usbd_xfer *sc_intrxfer;	/* of the root hub */
	uint32_t	sc_told;	/* ports whose change usb(4) knows of */
	uint64_t	sc_told_due;	/* when to tell it again */
	struct xusb_xfer *sc_xfer[USBIF_MAX_URBS];	/* by the front's entry */
	struct usbif_msg_iso sc_iso[XUSB_MAX_PACKETS];	/* scratch */
	uint8_t		sc_descs[USBIF_WIRE_PAGE_OCTETS];	/* scratch */
};

#define	XUSB_BUS2SC(bus)	((struct xusb_softc *)(bus)->ub_hcpriv)
#define	XUSB_XFER2SC(xfer)	XUSB_BUS2SC((xfer)->ux_bus)
#define	XUSB_PIPE2SC(pipe)	XUSB_BUS2SC((pipe)->up_dev->ud_bus)
#define	XUSB_XFER2XX(xfer)	((struct xusb_xfer *)(xfer))

/* xusb_thread.c */
int	xusb_thread_start(struct xusb_softc *);
/* Wait until all is over and the threads have left. */
void	xusb_thread_finish(struct xusb_softc *);
/*
 * Wait until usb(4) may be taken away: its event thread explores nothing, and
 * if it is for sure that it goes, will not do so again.
 */
void	xusb_usb_calm(struct xusb_softc *, bool);
/* Hand work to the handshake's thread; bus lock held, or polling. */
void	xusb_wake(struct xusb_softc *, uint32_t);
/* Milliseconds since boot. */
uint64_t xusb_now(void);

/* xusb_xenbus.c */
/* Begin: a machine that has not heard of its device yet. */
void	xusb_xb_init(struct xusb_softc *);
/* An event, after a look at both ends' states, and what answers it. */
void	xusb_xb_step(struct xusb_softc *, uint8_t);

/* What a state node says, enum usbif_xb_state. */
uint8_t	xusb_xb_state(struct xenbus_transaction *, const char *);

/* xusb_vigil.c */
/* Watch the backend of an attached device ... */
void	xusb_vigil_begin(struct xusb_softc *);
/* ... and have it attached again if the backend begins anew. */
void	xusb_vigil_arm(struct xusb_softc *);
/* The driver itself goes. */
void	xusb_vigil_stop(void);

/* xusb_link.c */
/* Make a connection of sc_config.  Returns 0 or an errno, nothing held. */
int	xusb_link_up(struct xusb_softc *);
/* The backend is connected: serve the rings, and attach usb(4). */
void	xusb_link_open(struct xusb_softc *);
/* The backend will not answer any more: everything comes back now. */
void	xusb_link_cut(struct xusb_softc *);
/* The domain is about to be suspended: what was shared is void. */
void	xusb_link_void(struct xusb_softc *);
/* Needs: no usb(4), no xfer.  Releases everything of the connection. */
void	xusb_link_down(struct xusb_softc *);
/* Tell the backend that there are requests. */
void	xusb_link_notify(struct xusb_softc *);

/* xusb_pool.c */
/* Zeroed and granted pages, or NULL. */
struct xusb_region *xusb_region_get(struct xusb_softc *, unsigned int);
/* Release them; those that the backend maps are put aside. */
void	xusb_region_put(struct xusb_softc *, struct xusb_region *);
/* The grants are gone, as the domain was suspended. */
void	xusb_region_void(struct xusb_region *);
/* Release what was put aside, as far as that is possible now. */
void	xusb_aside_retry(struct xusb_softc *);
/* Forget the rest for ever. */
void	xusb_aside_leak(struct xusb_softc *);
/* The octets of a slot, and how a request names some of its pages. */
void	*xusb_slot_octets(struct xusb_softc *, uint16_t);
uint8_t	xusb_slot_segs(struct xusb_softc *, uint16_t, uint32_t, uint32_t,
	    struct usbif_msg_seg *);

/* xusb_serve.c: bus lock held, or polling */
/* Take what the rings bring, give back, send. */
void	xusb_serve(struct xusb_softc *);
/* Have xusb_serve() called soon. */
void	xusb_kick(struct xusb_softc *);
/* Send what may be sent now; calls nobody back. */
void	xusb_send(struct xusb_softc *);
/* The backend is at fault: end everything here, and tell the thread. */
void	xusb_break(struct xusb_softc *);
/* usb_transfer_complete(), which drops the lock for the callback. */
void	xusb_complete(struct xusb_softc *, struct usbd_xfer *);

/* xusb_bus.c */
/* Fill in sc_bus for the attachment of usb(4). */
void	xusb_bus_init(struct xusb_softc *);

/* xusb_xfer.c: bus lock held, or polling */
extern const struct usbd_pipe_methods xusb_device_methods;
/* Hardware part of an abort or a timeout. */
void	xusb_abortx(struct usbd_xfer *);
/* Give an xfer back with what the front says. */
void	xusb_giveback(struct xusb_softc *, const struct usbif_fq_duty *);
/* Give back what could not begin, if it is time. */
void	xusb_late_serve(struct xusb_softc *);
/* Octets of an OUT to the pages of a slot; of an IN back from there. */
void	xusb_copy_out(struct xusb_softc *, struct xusb_xfer *,
	    const struct usbif_fq_duty *);
void	xusb_copy_in(struct xusb_softc *, const struct usbif_front_received *);

/* xusb_iso.c */
bool	xusb_is_iso(struct usbd_xfer *);
/* True if one request can describe the frames. */
bool	xusb_iso_fits(struct usbd_xfer *);
/* Fill the descriptor page of a slot; returns its segments. */
uint8_t	xusb_iso_out(struct xusb_softc *, struct xusb_xfer *, uint16_t,
	    struct usbif_msg_seg *);
/* Take frames and (IN) their octets out of a slot. */
void	xusb_iso_in(struct xusb_softc *, struct xusb_xfer *, uint16_t);

/* xusb_roothub.c */
extern const struct usbd_pipe_methods xusb_root_intr_methods;
int	xusb_roothub_ctrl(struct usbd_bus *, usb_device_request_t *, void *,
	    int);
/* A port has changed in a way that usb(4) has not heard of. */
void	xusb_roothub_changed(struct xusb_softc *, uint8_t);
/* Report changes to usb(4), if it waits for some. */
void	xusb_roothub_serve(struct xusb_softc *);

#endif
