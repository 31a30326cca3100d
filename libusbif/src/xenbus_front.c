/* SPDX-License-Identifier: MIT */
/*
 * The front's table.  Its rules:
 *   - A connection begins only with Initialising here and InitWait there.  A
 *     backend found in Initialised or Connected serves someone who is no more
 *     (a crashed kernel, an unloaded module): RESET makes it let go.
 *   - What the backend may still have mapped is released only when it shows
 *     that it let go, or has been asked for USBIF_XB_CLOSE_MS.
 *   - After a FATAL the front does not try again with the same backend: the
 *     two would fail in a circle.
 */
#include "xenbus_grid.h"

#define TO(state, ...)	{ 1, USBIF_XB_F_##state, { __VA_ARGS__ } }

/* Closing goes first: nobody shall connect to rings that are given up. */
#define CUT_OFF		TO(CUTTING, XB_OP_CLOSING, XB_OP_QUIESCE, XB_OP_CUT)

#define LET_GO		TO(CLOSED, XB_OP_RELEASE, XB_OP_CLOSED, XB_OP_ARM_RETRY)

/* a backend that is about to serve nobody */
#define ON_BACKEND_LEAVING(...)				\
	[XB_PEER_GONE] = __VA_ARGS__,			\
	[XB_PEER_INITIALISING] = __VA_ARGS__,		\
	[XB_PEER_CLOSING] = __VA_ARGS__,		\
	[XB_PEER_CLOSED] = __VA_ARGS__

/* a backend in InitWait, whatever its keys */
#define ON_BACKEND_WAITING(...)				\
	[XB_PEER_INITWAIT] = __VA_ARGS__,		\
	[XB_PEER_MISFIT] = __VA_ARGS__

static const struct xb_cell front_row[USBIF_XB_F_N][XB_COLS] = {
[USBIF_XB_F_IDLE] = {
	[XB_PROBE] = TO(INIT, XB_OP_INITIALISING),
	[XB_LEAVE] = TO(GONE, XB_OP_GONE),
},
[USBIF_XB_F_INIT] = {
	[XB_LEAVE] = TO(GONE, XB_OP_CLOSED, XB_OP_GONE),
	[XB_RESTART] = TO(INIT, XB_OP_INITIALISING, XB_OP_FORGET),
	[XB_SUSPEND] = TO(ASLEEP, XB_OP_SUSPENDED),
	[XB_PEER_INITWAIT] = TO(CONNECTING, XB_OP_CONNECT),
	[XB_PEER_MISFIT] = TO(FAILED, XB_OP_FATAL, XB_OP_CLOSED),
	[XB_PEER_INITIALISED] = TO(RESET, XB_OP_CLOSED),
	[XB_PEER_CONNECTED] = TO(RESET, XB_OP_CLOSED),
},
[USBIF_XB_F_RESET] = {
	[XB_LEAVE] = TO(GONE, XB_OP_GONE),
	[XB_RESTART] = TO(INIT, XB_OP_INITIALISING, XB_OP_FORGET),
	[XB_SUSPEND] = TO(ASLEEP, XB_OP_SUSPENDED),
	[XB_PEER_GONE] = TO(INIT, XB_OP_INITIALISING),
	[XB_PEER_INITIALISING] = TO(INIT, XB_OP_INITIALISING),
	ON_BACKEND_WAITING(TO(INIT, XB_OP_INITIALISING)),
	[XB_PEER_CLOSED] = TO(INIT, XB_OP_INITIALISING),
},
[USBIF_XB_F_CONNECTING] = {
	[XB_CONNECT_OK] = TO(LINKED),
	[XB_CONNECT_FAILED] = TO(FAILED, XB_OP_FATAL, XB_OP_CLOSED),
},
[USBIF_XB_F_LINKED] = {
	[XB_LEAVE] = CUT_OFF,
	[XB_RESTART] = TO(LOST, XB_OP_QUIESCE, XB_OP_CUT),
	ON_BACKEND_WAITING(TO(OFFERED, XB_OP_CONNECTED)),
	ON_BACKEND_LEAVING(CUT_OFF),
	[XB_PEER_INITIALISED] = CUT_OFF,
	[XB_PEER_CONNECTED] = CUT_OFF,
	[XB_PEER_ODD] = CUT_OFF,
},
[USBIF_XB_F_OFFERED] = {
	[XB_FAULT] = TO(OFFERED, XB_OP_FATAL, XB_OP_WISH_CLOSE),
	[XB_LEAVE] = CUT_OFF,
	[XB_RESTART] = TO(LOST, XB_OP_QUIESCE, XB_OP_CUT),
	[XB_CLOSE] = CUT_OFF,
	[XB_SUSPEND] = CUT_OFF,
	[XB_PEER_CONNECTED] = TO(UP, XB_OP_OPEN),
	ON_BACKEND_LEAVING(CUT_OFF),
},
[USBIF_XB_F_UP] = {
	[XB_FAULT] = TO(UP, XB_OP_FATAL, XB_OP_WISH_CLOSE),
	[XB_LEAVE] = TO(DRAIN, XB_OP_QUIESCE),
	[XB_RESTART] = TO(LOST, XB_OP_QUIESCE, XB_OP_CUT),
	[XB_CLOSE] = CUT_OFF,
	[XB_SUSPEND] = TO(DRAIN, XB_OP_QUIESCE),
	/* it was Connected, so in any of these it began anew */
	ON_BACKEND_LEAVING(CUT_OFF),
	ON_BACKEND_WAITING(CUT_OFF),
	[XB_PEER_INITIALISED] = CUT_OFF,
},
[USBIF_XB_F_DRAIN] = {
	[XB_QUIESCED] = TO(QUIET),
	[XB_FAULT] = TO(DRAIN, XB_OP_FATAL, XB_OP_WISH_CLOSE),
	[XB_RESTART] = TO(LOST, XB_OP_CUT),
	[XB_CLOSE] = TO(CUTTING, XB_OP_CLOSING, XB_OP_CUT),
	ON_BACKEND_LEAVING(TO(CUTTING, XB_OP_CLOSING, XB_OP_CUT)),
	ON_BACKEND_WAITING(TO(CUTTING, XB_OP_CLOSING, XB_OP_CUT)),
	[XB_PEER_INITIALISED] = TO(CUTTING, XB_OP_CLOSING, XB_OP_CUT),
},
[USBIF_XB_F_CUTTING] = {
	[XB_QUIESCED] = TO(CLOSING, XB_OP_ARM_CLOSE),
},
[USBIF_XB_F_LOST] = {
	[XB_QUIESCED] = TO(INIT, XB_OP_RELEASE, XB_OP_INITIALISING,
			   XB_OP_FORGET),
},
[USBIF_XB_F_QUIET] = {
	[XB_LEAVE] = TO(CLOSING, XB_OP_CLOSING, XB_OP_ARM_CLOSE),
	[XB_SUSPEND] = TO(HELD, XB_OP_SUSPENDED),
	/* from here on: a suspend that was cancelled */
	[XB_PEER_CONNECTED] = TO(UP, XB_OP_OPEN),
	ON_BACKEND_LEAVING(TO(CLOSING, XB_OP_CLOSING, XB_OP_ARM_CLOSE)),
	ON_BACKEND_WAITING(TO(CLOSING, XB_OP_CLOSING, XB_OP_ARM_CLOSE)),
	[XB_PEER_INITIALISED] = TO(CLOSING, XB_OP_CLOSING, XB_OP_ARM_CLOSE),
	[XB_PEER_ODD] = TO(CLOSING, XB_OP_CLOSING, XB_OP_ARM_CLOSE),
},
[USBIF_XB_F_HELD] = {
	[XB_RESUMED] = TO(QUIET),
	[XB_LEAVE] = TO(CLOSING, XB_OP_CLOSING, XB_OP_ARM_CLOSE),
	[XB_RESTART] = TO(INIT, XB_OP_RELEASE, XB_OP_INITIALISING,
			  XB_OP_FORGET),
},
[USBIF_XB_F_CLOSING] = {
	[XB_DUE] = LET_GO,
	[XB_RESTART] = TO(INIT, XB_OP_RELEASE, XB_OP_INITIALISING,
			  XB_OP_FORGET),
	ON_BACKEND_LEAVING(LET_GO),
	ON_BACKEND_WAITING(LET_GO),
},
[USBIF_XB_F_CLOSED] = {
	[XB_DUE] = TO(INIT, XB_OP_INITIALISING),
	[XB_LEAVE] = TO(GONE, XB_OP_GONE),
	[XB_RESTART] = TO(INIT, XB_OP_INITIALISING, XB_OP_FORGET),
	[XB_CLOSE] = TO(FAILED, XB_OP_FORGET),
	[XB_SUSPEND] = TO(ASLEEP, XB_OP_SUSPENDED),
	ON_BACKEND_WAITING(TO(INIT, XB_OP_INITIALISING)),
},
[USBIF_XB_F_FAILED] = {
	[XB_LEAVE] = TO(GONE, XB_OP_GONE),
	[XB_RESTART] = TO(INIT, XB_OP_INITIALISING, XB_OP_FORGET),
	[XB_SUSPEND] = TO(ASLEEP, XB_OP_SUSPENDED),
	[XB_PEER_GONE] = TO(CLOSED, XB_OP_ARM_RETRY),
	[XB_PEER_INITIALISING] = TO(CLOSED, XB_OP_ARM_RETRY),
},
[USBIF_XB_F_ASLEEP] = {
	[XB_RESUMED] = TO(INIT, XB_OP_INITIALISING),
	[XB_LEAVE] = TO(GONE, XB_OP_CLOSED, XB_OP_GONE),
	[XB_RESTART] = TO(INIT, XB_OP_INITIALISING, XB_OP_FORGET),
},
[USBIF_XB_F_GONE] = {
	[XB_UNLOAD] = TO(GONE, XB_OP_GONE),
},
};

#define OWN(state)	(1u << USBIF_XB_##state)
static const uint16_t front_own[USBIF_XB_F_N] = {
	[USBIF_XB_F_IDLE] = OWN(UNKNOWN),
	[USBIF_XB_F_INIT] = OWN(INITIALISING),
	[USBIF_XB_F_RESET] = OWN(CLOSED),
	[USBIF_XB_F_CONNECTING] = OWN(INITIALISING),
	[USBIF_XB_F_LINKED] = OWN(INITIALISING),
	[USBIF_XB_F_OFFERED] = OWN(CONNECTED),
	[USBIF_XB_F_UP] = OWN(CONNECTED),
	[USBIF_XB_F_DRAIN] = OWN(CONNECTED),
	[USBIF_XB_F_CUTTING] = OWN(CLOSING),
	[USBIF_XB_F_LOST] = OWN(INITIALISING) | OWN(CONNECTED),
	[USBIF_XB_F_QUIET] = OWN(CONNECTED),
	[USBIF_XB_F_HELD] = OWN(CONNECTED),
	[USBIF_XB_F_CLOSING] = OWN(CLOSING),
	[USBIF_XB_F_CLOSED] = OWN(CLOSED),
	[USBIF_XB_F_FAILED] = OWN(CLOSED),
	[USBIF_XB_F_ASLEEP] = OWN(INITIALISING) | OWN(CLOSED),
	[USBIF_XB_F_GONE] = OWN(UNKNOWN) | OWN(CLOSED),
};

static uint8_t front_peer_col(uint8_t peer, uint8_t keys)
{
	static const uint8_t col[] = {
		[USBIF_XB_UNKNOWN] = XB_PEER_GONE,
		[USBIF_XB_INITIALISING] = XB_PEER_INITIALISING,
		[USBIF_XB_INITWAIT] = XB_PEER_INITWAIT,
		[USBIF_XB_INITIALISED] = XB_PEER_INITIALISED,
		[USBIF_XB_CONNECTED] = XB_PEER_CONNECTED,
		[USBIF_XB_CLOSING] = XB_PEER_CLOSING,
		[USBIF_XB_CLOSED] = XB_PEER_CLOSED,
		[USBIF_XB_RECONFIGURING] = XB_PEER_ODD,
		[USBIF_XB_RECONFIGURED] = XB_PEER_ODD,
		[USBIF_XB_UNSEEN] = XB_NO_COL,
	};

	if (peer == USBIF_XB_INITWAIT && keys < USBIF_XB_KEYS_OK)
		return XB_PEER_MISFIT;
	return col[peer];
}

const struct xb_grid usbif_xb_front_grid = {
	.row = front_row,
	.states = USBIF_XB_F_N,
	.idle = USBIF_XB_F_IDLE,
	.gone = USBIF_XB_F_GONE,
	.peer_col = front_peer_col,
	.own = front_own,
	.passing = 1u << USBIF_XB_F_LINKED | 1u << USBIF_XB_F_QUIET,
	.armed = 1u << USBIF_XB_F_CLOSING | 1u << USBIF_XB_F_CLOSED,
	.unseen = 1u << USBIF_XB_F_IDLE | 1u << USBIF_XB_F_INIT |
		1u << USBIF_XB_F_ASLEEP | 1u << USBIF_XB_F_GONE,
};

void usbif_xb_front_init(struct usbif_xb_front *f)
{
	usbif_xb_init(&f->m, &usbif_xb_front_grid);
}

bool usbif_xb_front_valid(const struct usbif_xb_front *f)
{
	return usbif_xb_valid(&f->m, &usbif_xb_front_grid) &&
	       !(f->m.wishes & (USBIF_XB_WISH_UNFIT | USBIF_XB_WISH_OFFLINE));
}

/* The old connection is void, and what was known of the peer with it. */
static void front_restored(struct usbif_xb *m)
{
	if (m->state == USBIF_XB_F_IDLE || m->state == USBIF_XB_F_GONE)
		return;
	m->wishes &= USBIF_XB_WISH_UNLOAD;
	m->wishes |= USBIF_XB_WISH_RESTART;
	m->node = USBIF_XB_UNKNOWN;
	m->peer = USBIF_XB_UNSEEN;
	m->keys = USBIF_XB_KEYS_ABSENT;
}

static int front_suspend(struct usbif_xb *m)
{
	if (m->wishes & USBIF_XB_WISH_SUSPEND || m->state == USBIF_XB_F_IDLE ||
	    m->state == USBIF_XB_F_GONE)
		return USBIF_E_STATE;
	m->wishes |= USBIF_XB_WISH_SUSPEND;
	return USBIF_OK;
}

/* The toolstack removed the nodes and created them anew. */
static int front_own_event(struct usbif_xb *m, const struct usbif_xb_ev *ev)
{
	if (ev->own > USBIF_XB_RECONFIGURED)
		return USBIF_E_ARG;
	if (m->state == USBIF_XB_F_IDLE || m->state == USBIF_XB_F_GONE)
		return USBIF_OK;
	/* ours say Initialising, too, but were not gone */
	if (ev->own == USBIF_XB_INITIALISING &&
	    (m->own != USBIF_XB_INITIALISING || m->node == USBIF_XB_UNKNOWN))
		m->wishes |= USBIF_XB_WISH_RESTART;
	m->node = ev->own;
	return USBIF_OK;
}

static int front_note(struct usbif_xb *m, const struct usbif_xb_ev *ev,
		      uint8_t *col)
{
	switch ((enum usbif_xb_ev_kind)ev->kind) {
	case USBIF_XB_EV_OWN:
		return front_own_event(m, ev);
	case USBIF_XB_EV_SUSPEND:
		return front_suspend(m);
	case USBIF_XB_EV_RESUMED:
		m->wishes &= (uint8_t)~USBIF_XB_WISH_SUSPEND;
		*col = XB_RESUMED;
		return USBIF_OK;
	case USBIF_XB_EV_RESTORED:
		front_restored(m);
		return USBIF_OK;
	case USBIF_XB_EV_PROBE:
		if (ev->own > USBIF_XB_RECONFIGURED)
			return USBIF_E_ARG;
		m->node = ev->own;
		return usbif_xb_note(m, &usbif_xb_front_grid, ev, col);
	case USBIF_XB_EV_PEER:
	case USBIF_XB_EV_PORTS:
	case USBIF_XB_EV_CONNECT_OK:
	case USBIF_XB_EV_CONNECT_FAILED:
	case USBIF_XB_EV_QUIESCED:
	case USBIF_XB_EV_FAULT:
	case USBIF_XB_EV_UNLOAD:
	case USBIF_XB_EV_TICK:
	case USBIF_XB_EV_N:
		break;
	}
	return usbif_xb_note(m, &usbif_xb_front_grid, ev, col);
}

int usbif_xb_front_step(struct usbif_xb_front *f, const struct usbif_xb_ev *ev,
			struct usbif_xb_acts *acts)
{
	struct usbif_xb next = f->m;
	uint8_t col = XB_NO_COL;
	int rc = front_note(&next, ev, &col);

	if (rc != USBIF_OK)
		return rc;
	usbif_xb_walk(&next, &usbif_xb_front_grid, col, ev, acts);
	f->m = next;
	return USBIF_OK;
}
