/* SPDX-License-Identifier: MIT */
/*
 * xenbus events in, actions of usbif/xenbus.h out.  Nothing is decided here.
 * All of this runs in the handshake's thread.
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include <sys/errno.h>
#include <sys/time.h>

#include "xusbvar.h"

/* "No event", for a step that leads to no other. */
#define	NO_EVENT	USBIF_XB_EV_N

/* The longest value of a node that is looked at, with its NUL. */
#define	TEXT_OCTETS	24

/*
 * Pages of a request ring at most, 1..16, or 0 for what the ports want; a page
 * is 16 requests and 1 MiB of buffers.  May be patched.
 */
int xusb_ring_pages = 0;

struct xusb_text {
	char	text[TEXT_OCTETS];
};

static struct usbif_xb_offer
xusb_offer(void)
{
	struct usbif_xb_offer offer;

	memset(&offer, 0, sizeof(offer));
	offer.ring_pages = MIN(MAX(xusb_ring_pages, 0),
	    USBIF_WIRE_MAX_RING_PAGES);
	offer.queues_rev = 1;
	/* usb(4)'s drivers ask for 64 KiB at most: MAXPHYS. */
	offer.request_pages = USBIF_WIRE_MAX_SEGS;
	return offer;
}

/* A node as text, or null.  What is too long is no number: it reads "". */
static const char *
xusb_read(struct xenbus_transaction *t, const char *dir, const char *node,
    struct xusb_text *to)
{
	int error = xenbus_read(t, dir, node, to->text, sizeof(to->text));

	if (error == ENAMETOOLONG)
		to->text[0] = '\0';
	else if (error != 0)
		return NULL;
	return to->text;
}

/* A backend may change its mind for ever: one line a second. */
static bool
xusb_may_log(struct xusb_softc *sc)
{
	static const struct timeval second = { 1, 0 };

	return ratecheck(&sc->sc_logged, &second) != 0;
}

static void
xusb_log_bad_key(struct xusb_softc *sc, int keys,
    const struct usbif_xb_texts *texts, const struct usbif_xb_bad *bad)
{
	const char *name = usbif_xb_key_name(bad->key);

	if (!xusb_may_log(sc))
		return;
	if (keys == USBIF_XB_KEYS_ABSENT)
		aprint_error_dev(sc->sc_dev,
		    "backend key %s is missing (%u to %u)\n", name, bad->min,
		    bad->max);
	else
		aprint_error_dev(sc->sc_dev,
		    "backend key %s is \"%s\", allowed are %u to %u\n", name,
		    texts->text[bad->key], bad->min, bad->max);
}

/* Read the backend's keys into sc_agreed.  Returns enum usbif_xb_keys. */
static uint8_t
xusb_read_keys(struct xusb_softc *sc)
{
	static const uint8_t keys[] = {
		USBIF_XB_KEY_NUM_PORTS, USBIF_XB_KEY_USB_VER,
		USBIF_XB_KEY_MAX_RING_PAGES, USBIF_XB_KEY_ENDPOINT_QUEUES,
	};
	struct usbif_xb_offer offer = xusb_offer();
	struct xusb_text text[__arraycount(keys)];
	struct usbif_xb_texts texts;
	struct usbif_xb_config config;
	struct usbif_xb_bad bad;
	unsigned int i;
	int result;

	memset(&texts, 0, sizeof(texts));
	for (i = 0; i < __arraycount(keys); i++)
		texts.text[keys[i]] = xusb_read(NULL,
		    sc->sc_xbusd->xbusd_otherend, usbif_xb_key_name(keys[i]),
		    &text[i]);
	result = usbif_xb_negotiate_front(&texts, &offer, &config, &bad);
	if (result != USBIF_XB_KEYS_OK) {
		xusb_log_bad_key(sc, result, &texts, &bad);
		return result;
	}
	sc->sc_agreed.num_ports = config.num_ports;
	sc->sc_agreed.usb_ver = config.usb_ver;
	sc->sc_agreed.ring_pages = config.ring_pages;
	sc->sc_agreed.request_pages = config.request_pages;
	sc->sc_agreed.extended = config.queues_rev != 0;
	sc->sc_agreed.depth = USBIF_FRONT_DEPTH;
	return result;
}

static int
xusb_write(struct xusb_softc *sc, struct xenbus_transaction *t, int key,
    uint32_t value)
{
	return xenbus_printf(t, sc->sc_xbusd->xbusd_path,
	    usbif_xb_key_name(key), "%u", value);
}

static int
xusb_write_keys(struct xusb_softc *sc, struct xenbus_transaction *t)
{
	int i, error = 0;

	for (i = 0; i < sc->sc_config.ring_pages && error == 0; i++)
		error = xusb_write(sc, t, USBIF_XB_KEY_URB_RING_REF + i,
		    sc->sc_urb_region->rg_ref[i]);
	if (error == 0)
		error = xusb_write(sc, t, USBIF_XB_KEY_RING_PAGES,
		    sc->sc_config.ring_pages);
	if (error == 0)
		error = xusb_write(sc, t, USBIF_XB_KEY_CONN_RING_REF,
		    sc->sc_conn_region->rg_ref[0]);
	if (error == 0)
		error = xusb_write(sc, t, USBIF_XB_KEY_EVENT_CHANNEL,
		    sc->sc_port);
	if (error == 0)
		error = xusb_write(sc, t, USBIF_XB_KEY_ENDPOINT_QUEUES,
		    sc->sc_config.extended);
	return error;
}

uint8_t
xusb_xb_state(struct xenbus_transaction *t, const char *dir)
{
	struct xusb_text text;

	return usbif_xb_parse_state(xusb_read(t, dir, "state", &text));
}

/*
 * Write our state.  *moot is set if the toolstack has changed the node, so
 * that nothing is to be written.  Returns 0 or an errno.
 */
static int
xusb_write_state(struct xusb_softc *sc, const struct usbif_xb_act *act,
    struct xenbus_transaction *t, bool *moot)
{
	uint8_t own = xusb_xb_state(t, sc->sc_xbusd->xbusd_path);
	int error = 0;

	*moot = own == USBIF_XB_UNKNOWN ||
	    (act->from != USBIF_XB_UNKNOWN && own != act->from);
	if (*moot)
		return 0;
	if (act->state == USBIF_XB_CONNECTED)
		error = xusb_write_keys(sc, t);
	if (error == 0)
		error = xenbus_printf(t, sc->sc_xbusd->xbusd_path, "state",
		    "%u", act->state);
	return error;
}

static void
xusb_switch_state(struct xusb_softc *sc, const struct usbif_xb_act *act)
{
	struct xenbus_transaction *t;
	int error, end;
	bool moot;

	do {
		t = xenbus_transaction_start();
		if (t == NULL) {
			error = ENOMEM;
			break;
		}
		error = xusb_write_state(sc, act, t, &moot);
		end = xenbus_transaction_end(t, moot || error != 0);
		if (error == 0 && !moot)
			error = end;
	} while (error == EAGAIN);
	if (error != 0) {
		xenbus_dev_error(sc->sc_xbusd, error, "writing state %s",
		    usbif_xb_state_name(act->state));
		aprint_error_dev(sc->sc_dev, "writing state %s: error %d\n",
		    usbif_xb_state_name(act->state), error);
	}
}

static uint8_t
xusb_connect(struct xusb_softc *sc)
{
	int error;

	sc->sc_config = sc->sc_agreed;
	error = xusb_link_up(sc);
	if (error != 0)
		aprint_error_dev(sc->sc_dev, "cannot connect: error %d\n",
		    error);
	return error != 0 ? USBIF_XB_EV_CONNECT_FAILED :
	    USBIF_XB_EV_CONNECT_OK;
}

static void
xusb_opened(struct xusb_softc *sc)
{
	aprint_normal_dev(sc->sc_dev, "connected: USB %u, %u ports, "
	    "%u ring pages, endpoint queues %s\n", sc->sc_config.usb_ver,
	    sc->sc_config.num_ports, sc->sc_config.ring_pages,
	    sc->sc_config.extended ? "guaranteed by both ends" :
	    "kept by this end alone");
	xusb_link_open(sc);
}

static void
xusb_report(struct xusb_softc *sc, int why)
{
	int fault = USBIF_FAULT_NONE;

	if (sc->sc_front != NULL)
		fault = usbif_front_fault(sc->sc_front);
	xenbus_dev_error(sc->sc_xbusd, EPROTO, "%s, %s",
	    usbif_xb_why_name(why), usbif_fault_name(fault));
	if (xusb_may_log(sc))
		aprint_error_dev(sc->sc_dev, "%s, %s\n",
		    usbif_xb_why_name(why), usbif_fault_name(fault));
}

/* Set one of the flags that the threads and detach wait for. */
static void
xusb_set(struct xusb_softc *sc, bool *flag)
{
	mutex_enter(&sc->sc_lock);
	*flag = true;
	cv_broadcast(&sc->sc_cv);
	mutex_exit(&sc->sc_lock);
}

/* Perform one action.  Returns the event that answers it, or NO_EVENT. */
static uint8_t
xusb_perform(struct xusb_softc *sc, const struct usbif_xb_act *act)
{
	switch ((enum usbif_xb_act_kind)act->kind) {
	case USBIF_XB_ACT_SWITCH:
		xusb_switch_state(sc, act);
		break;
	case USBIF_XB_ACT_CONNECT:
		return xusb_connect(sc);
	case USBIF_XB_ACT_OPEN:
		xusb_opened(sc);
		break;
	case USBIF_XB_ACT_QUIESCE:
		xusb_set(sc, &sc->sc_quiesce);
		break;
	case USBIF_XB_ACT_CUT:
		xusb_link_cut(sc);
		break;
	case USBIF_XB_ACT_RELEASE:
		xusb_link_down(sc);
		break;
	case USBIF_XB_ACT_FATAL:
		xusb_report(sc, act->why);
		break;
	case USBIF_XB_ACT_GONE:
		xusb_set(sc, &sc->sc_gone);
		break;
	case USBIF_XB_ACT_ARM:		/* the thread looks at sc_xb.m.due_ms */
	case USBIF_XB_ACT_READ_PORTS:
	case USBIF_XB_ACT_SUSPENDED:
	case USBIF_XB_ACT_N:
		break;
	}
	return NO_EVENT;
}

/*
 * One event and its actions.  *answer is set to the event that answers one of
 * them at once, and else left alone.
 */
static void
xusb_deliver(struct xusb_softc *sc, uint8_t kind, uint8_t *answer)
{
	struct usbif_xb_acts acts;
	struct usbif_xb_ev ev;
	uint32_t i;

	memset(&ev, 0, sizeof(ev));
	ev.now_ms = xusb_now();
	ev.kind = kind;
	if (kind == USBIF_XB_EV_PROBE || kind == USBIF_XB_EV_OWN)
		ev.own = xusb_xb_state(NULL, sc->sc_xbusd->xbusd_path);
	if (kind == USBIF_XB_EV_PEER)
		ev.peer = xusb_xb_state(NULL, sc->sc_xbusd->xbusd_otherend);
	if (ev.peer == USBIF_XB_INITWAIT)
		ev.keys = xusb_read_keys(sc);
	if (usbif_xb_front_step(&sc->sc_xb, &ev, &acts) != USBIF_OK)
		return;
	for (i = 0; i < acts.n; i++) {
		uint8_t next = xusb_perform(sc, &acts.v[i]);

		if (next != NO_EVENT)
			*answer = next;
	}
}

void
xusb_xb_init(struct xusb_softc *sc)
{
	usbif_xb_front_init(&sc->sc_xb);
}

void
xusb_xb_step(struct xusb_softc *sc, uint8_t kind)
{
	uint8_t answer;

	while (kind != NO_EVENT) {
		answer = NO_EVENT;
		if (kind != USBIF_XB_EV_PROBE &&
		    kind != USBIF_XB_EV_RESTORED) {
			xusb_deliver(sc, USBIF_XB_EV_OWN, &answer);
			xusb_deliver(sc, USBIF_XB_EV_PEER, &answer);
		}
		if (kind != USBIF_XB_EV_PEER)
			xusb_deliver(sc, kind, &answer);
		kind = answer;
	}
}
