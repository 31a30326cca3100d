/* SPDX-License-Identifier: MIT */
/*
 * The back's table.  Its rules:
 *   - Closing and Closed, when this machine wrote them, say that the rings
 *     are unmapped, so that the frontend can free them.
 *   - A frontend that shows Connected is served only if it was seen in another
 *     state since our driver came (EVICT), or its rings are other ones than
 *     those that are mapped: the pages of an old connection are never served
 *     again.
 *   - A frontend in Initialising, Closed or gone has nothing to close: then
 *     nobody waits for it, so a guest without a driver never delays a detach.
 *   - online=0 alone means detach: the Closing that the toolstack writes with
 *     it can be overwritten by a state of ours.
 */
#include "xenbus_grid.h"

#define TO(state, ...)	{ 1, USBIF_XB_B_##state, { __VA_ARGS__ } }

/* InitWait that the toolstack can see */
#define SHOW		TO(SHOWN, XB_OP_INITWAIT, XB_OP_ARM_DWELL)
/* the end of a connection, rings unmapped or never mapped */
#define CLOSE_DOWN	TO(CLOSING, XB_OP_CLOSING, XB_OP_ARM_CLOSE)
/* same, with a reason that the frontend must mend */
#define REFUSE		TO(CLOSING, XB_OP_FATAL, XB_OP_CLOSING, XB_OP_ARM_CLOSE)

/* a frontend that has nothing to close */
#define ON_FRONTEND_DONE(...)				\
	[XB_PEER_GONE] = __VA_ARGS__,			\
	[XB_PEER_INITIALISING] = __VA_ARGS__,		\
	[XB_PEER_CLOSED] = __VA_ARGS__

/* a frontend that offers rings, other ones than those that are mapped */
#define ON_FRONTEND_OFFER(...)				\
	[XB_PEER_INITIALISED] = __VA_ARGS__,		\
	[XB_PEER_CONNECTED] = __VA_ARGS__

static const struct xb_cell back_row[USBIF_XB_B_N][XB_COLS] = {
[USBIF_XB_B_IDLE] = {
	[XB_PROBE] = TO(START, XB_OP_ANEW),
	[XB_PROBE_AGAIN] = TO(EVICT, XB_OP_CLOSED),
	[XB_LEAVE] = TO(GONE, XB_OP_GONE),
},
[USBIF_XB_B_START] = {
	[XB_LEAVE] = TO(GONE, XB_OP_CLOSED, XB_OP_GONE),
	[XB_UNFIT] = TO(DEAD, XB_OP_FATAL, XB_OP_CLOSED, XB_OP_FORGET_UNFIT),
	[XB_CLOSE] = TO(CLOSED, XB_OP_CLOSED, XB_OP_FORGET),
	ON_FRONTEND_DONE(SHOW),
	[XB_PEER_INITIALISED] = SHOW,
	[XB_PEER_MISFIT] = SHOW,
	[XB_PEER_CLOSING] = SHOW,
	[XB_PEER_ODD] = SHOW,
	/* Connected: what is left of another connection */
},
[USBIF_XB_B_SHOWN] = {
	[XB_DUE] = TO(INITWAIT),
	[XB_LEAVE] = CLOSE_DOWN,
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = CLOSE_DOWN,
},
[USBIF_XB_B_INITWAIT] = {
	[XB_LEAVE] = CLOSE_DOWN,
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = CLOSE_DOWN,
	ON_FRONTEND_OFFER(TO(CONNECTING, XB_OP_CONNECT)),
	[XB_PEER_SAME] = TO(CONNECTING, XB_OP_CONNECT),
	[XB_PEER_MISFIT] = REFUSE,
},
[USBIF_XB_B_CONNECTING] = {
	[XB_CONNECT_OK] = TO(LINKED),
	[XB_CONNECT_FAILED] = TO(UNLINKED),
},
[USBIF_XB_B_LINKED] = {
	[XB_LEAVE] = TO(UNDO, XB_OP_QUIESCE),
	[XB_RESTART] = TO(UNDO, XB_OP_QUIESCE),
	[XB_CLOSE] = TO(UNDO, XB_OP_QUIESCE),
	[XB_PEER_SAME] = TO(UP, XB_OP_CONNECTED, XB_OP_OPEN, XB_OP_READ_PORTS),
	/* while we connected it left, or changed its mind */
	ON_FRONTEND_DONE(TO(UNDO, XB_OP_QUIESCE)),
	ON_FRONTEND_OFFER(TO(UNDO, XB_OP_QUIESCE)),
	[XB_PEER_MISFIT] = TO(UNDO, XB_OP_QUIESCE),
	[XB_PEER_CLOSING] = TO(UNDO, XB_OP_QUIESCE),
	[XB_PEER_ODD] = TO(UNDO, XB_OP_QUIESCE),
},
[USBIF_XB_B_UNLINKED] = {
	[XB_LEAVE] = CLOSE_DOWN,
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = CLOSE_DOWN,
	[XB_PEER_SAME] = REFUSE,
	/* not the rings that could not be mapped: try these, but not at once */
	ON_FRONTEND_OFFER(SHOW),
	ON_FRONTEND_DONE(TO(INITWAIT, XB_OP_INITWAIT)),
	[XB_PEER_MISFIT] = REFUSE,
	[XB_PEER_CLOSING] = TO(INITWAIT, XB_OP_INITWAIT),
	[XB_PEER_ODD] = TO(INITWAIT, XB_OP_INITWAIT),
},
[USBIF_XB_B_UNDO] = {
	[XB_QUIESCED] = TO(UNDONE, XB_OP_RELEASE),
},
[USBIF_XB_B_UNDONE] = {
	/* nodes that are new must not say InitWait before START does */
	[XB_LEAVE] = CLOSE_DOWN,
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = CLOSE_DOWN,
	ON_FRONTEND_DONE(TO(INITWAIT, XB_OP_INITWAIT)),
	ON_FRONTEND_OFFER(TO(INITWAIT, XB_OP_INITWAIT)),
	[XB_PEER_SAME] = TO(INITWAIT, XB_OP_INITWAIT),
	[XB_PEER_MISFIT] = TO(INITWAIT, XB_OP_INITWAIT),
	[XB_PEER_CLOSING] = TO(INITWAIT, XB_OP_INITWAIT),
	[XB_PEER_ODD] = TO(INITWAIT, XB_OP_INITWAIT),
},
[USBIF_XB_B_UP] = {
	[XB_PORTS] = TO(UP, XB_OP_READ_PORTS),
	[XB_FAULT] = TO(UP, XB_OP_FATAL, XB_OP_WISH_CLOSE),
	[XB_LEAVE] = TO(DRAIN, XB_OP_QUIESCE),
	[XB_RESTART] = TO(DRAIN, XB_OP_QUIESCE),
	[XB_CLOSE] = TO(DRAIN, XB_OP_QUIESCE),
	ON_FRONTEND_DONE(TO(DRAIN, XB_OP_QUIESCE)),
	ON_FRONTEND_OFFER(TO(DRAIN, XB_OP_QUIESCE)),
	[XB_PEER_MISFIT] = TO(DRAIN, XB_OP_QUIESCE),
	[XB_PEER_CLOSING] = TO(DRAIN, XB_OP_QUIESCE),
},
[USBIF_XB_B_DRAIN] = {
	[XB_QUIESCED] = TO(QUIET, XB_OP_RELEASE),
},
[USBIF_XB_B_QUIET] = {
	[XB_LEAVE] = CLOSE_DOWN,
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = CLOSE_DOWN,
	/* it began anew so fast that we saw nothing but its new rings */
	ON_FRONTEND_OFFER(TO(CONNECTING, XB_OP_CONNECT)),
	[XB_PEER_MISFIT] = REFUSE,
	[XB_PEER_SAME] = CLOSE_DOWN,
	[XB_PEER_INITIALISING] = TO(INITWAIT, XB_OP_INITWAIT),
	[XB_PEER_GONE] = CLOSE_DOWN,
	[XB_PEER_CLOSED] = CLOSE_DOWN,
	[XB_PEER_CLOSING] = CLOSE_DOWN,
	[XB_PEER_ODD] = CLOSE_DOWN,
},
[USBIF_XB_B_CLOSING] = {
	[XB_DUE] = TO(CLOSED, XB_OP_CLOSED),
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	ON_FRONTEND_DONE(TO(CLOSED, XB_OP_CLOSED)),
},
[USBIF_XB_B_CLOSED] = {
	[XB_LEAVE] = TO(GONE, XB_OP_CLOSED, XB_OP_GONE),
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = TO(CLOSED, XB_OP_CLOSED, XB_OP_FORGET),
	[XB_PEER_INITIALISING] = TO(INITWAIT, XB_OP_INITWAIT),
},
[USBIF_XB_B_EVICT] = {
	[XB_LEAVE] = TO(GONE, XB_OP_CLOSED, XB_OP_GONE),
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_UNFIT] = TO(DEAD, XB_OP_FATAL, XB_OP_CLOSED, XB_OP_FORGET_UNFIT),
	[XB_CLOSE] = TO(CLOSED, XB_OP_CLOSED, XB_OP_FORGET),
	ON_FRONTEND_DONE(SHOW),
	[XB_PEER_INITIALISED] = SHOW,
	[XB_PEER_CLOSING] = SHOW,
	[XB_PEER_ODD] = SHOW,
},
[USBIF_XB_B_DEAD] = {
	[XB_LEAVE] = TO(GONE, XB_OP_CLOSED, XB_OP_GONE),
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = TO(DEAD, XB_OP_CLOSED, XB_OP_FORGET),
},
[USBIF_XB_B_GONE] = {
	[XB_UNLOAD] = TO(GONE, XB_OP_GONE),
	[XB_RESTART] = TO(START, XB_OP_ANEW),
	[XB_CLOSE] = TO(GONE, XB_OP_CLOSED, XB_OP_FORGET),
},
};

#define OWN(state)	(1u << USBIF_XB_##state)
static const uint16_t back_own[USBIF_XB_B_N] = {
	[USBIF_XB_B_IDLE] = OWN(UNKNOWN),
	[USBIF_XB_B_START] = OWN(INITIALISING),
	[USBIF_XB_B_SHOWN] = OWN(INITWAIT),
	[USBIF_XB_B_INITWAIT] = OWN(INITWAIT),
	[USBIF_XB_B_CONNECTING] = OWN(INITWAIT) | OWN(CONNECTED),
	[USBIF_XB_B_LINKED] = OWN(INITWAIT) | OWN(CONNECTED),
	[USBIF_XB_B_UNLINKED] = OWN(INITWAIT) | OWN(CONNECTED),
	[USBIF_XB_B_UNDO] = OWN(INITWAIT) | OWN(CONNECTED),
	[USBIF_XB_B_UNDONE] = OWN(INITWAIT) | OWN(CONNECTED),
	[USBIF_XB_B_UP] = OWN(CONNECTED),
	[USBIF_XB_B_DRAIN] = OWN(CONNECTED),
	[USBIF_XB_B_QUIET] = OWN(CONNECTED),
	[USBIF_XB_B_CLOSING] = OWN(CLOSING),
	[USBIF_XB_B_CLOSED] = OWN(CLOSED),
	[USBIF_XB_B_EVICT] = OWN(CLOSED),
	[USBIF_XB_B_DEAD] = OWN(CLOSED),
	[USBIF_XB_B_GONE] = OWN(UNKNOWN) | OWN(CLOSED),
};

static uint8_t offer_col(uint8_t peer, uint8_t keys)
{
	if (keys < USBIF_XB_KEYS_OK)
		return XB_PEER_MISFIT;
	if (keys == USBIF_XB_KEYS_SAME)
		return XB_PEER_SAME;
	return peer == USBIF_XB_INITIALISED ? XB_PEER_INITIALISED :
		XB_PEER_CONNECTED;
}

static uint8_t back_peer_col(uint8_t peer, uint8_t keys)
{
	static const uint8_t col[] = {
		[USBIF_XB_UNKNOWN] = XB_PEER_GONE,
		[USBIF_XB_INITIALISING] = XB_PEER_INITIALISING,
		[USBIF_XB_INITWAIT] = XB_PEER_ODD,
		[USBIF_XB_INITIALISED] = XB_NO_COL,	/* by its keys */
		[USBIF_XB_CONNECTED] = XB_NO_COL,
		[USBIF_XB_CLOSING] = XB_PEER_CLOSING,
		[USBIF_XB_CLOSED] = XB_PEER_CLOSED,
		[USBIF_XB_RECONFIGURING] = XB_PEER_ODD,
		[USBIF_XB_RECONFIGURED] = XB_PEER_ODD,
		[USBIF_XB_UNSEEN] = XB_NO_COL,
	};

	if (peer == USBIF_XB_INITIALISED || peer == USBIF_XB_CONNECTED)
		return offer_col(peer, keys);
	return col[peer];
}

const struct xb_grid usbif_xb_back_grid = {
	.row = back_row,
	.states = USBIF_XB_B_N,
	.idle = USBIF_XB_B_IDLE,
	.gone = USBIF_XB_B_GONE,
	.peer_col = back_peer_col,
	.own = back_own,
	.passing = 1u << USBIF_XB_B_LINKED | 1u << USBIF_XB_B_UNLINKED |
		1u << USBIF_XB_B_UNDONE | 1u << USBIF_XB_B_QUIET,
	.armed = 1u << USBIF_XB_B_SHOWN | 1u << USBIF_XB_B_CLOSING,
	.unseen = 1u << USBIF_XB_B_IDLE | 1u << USBIF_XB_B_START |
		1u << USBIF_XB_B_EVICT | 1u << USBIF_XB_B_CLOSED |
		1u << USBIF_XB_B_DEAD | 1u << USBIF_XB_B_GONE,
};

void usbif_xb_back_init(struct usbif_xb_back *b)
{
	usbif_xb_init(&b->m, &usbif_xb_back_grid);
}

bool usbif_xb_back_valid(const struct usbif_xb_back *b)
{
	return usbif_xb_valid(&b->m, &usbif_xb_back_grid) &&
	       !(b->m.wishes & USBIF_XB_WISH_SUSPEND);
}

/*
 * The toolstack creates the nodes with Initialising and asks for a detach by
 * online=0 and Closing.  Other states in the own node are ours.
 */
static void judge_own(struct usbif_xb *m, const struct usbif_xb_ev *ev)
{
	m->node = ev->own;
	if (ev->own != m->own && (ev->own == USBIF_XB_CLOSING ||
				  ev->own == USBIF_XB_CLOSED))
		m->wishes |= USBIF_XB_WISH_CLOSE;
	if (!ev->online || ev->own == USBIF_XB_UNKNOWN) {
		m->wishes |= USBIF_XB_WISH_OFFLINE;
	} else if (ev->own == USBIF_XB_INITIALISING) {
		m->wishes &= (uint8_t)~(USBIF_XB_WISH_OFFLINE |
					USBIF_XB_WISH_UNFIT);
		if (ev->keys < USBIF_XB_KEYS_OK)
			m->wishes |= USBIF_XB_WISH_UNFIT;
		if (m->own != USBIF_XB_INITIALISING)
			m->wishes |= USBIF_XB_WISH_RESTART;
	}
}

static int back_own_event(struct usbif_xb *m, const struct usbif_xb_ev *ev)
{
	if (ev->own > USBIF_XB_RECONFIGURED || ev->keys >= USBIF_XB_KEYS_N)
		return USBIF_E_ARG;
	if (m->state == USBIF_XB_B_IDLE ||
	    (m->state == USBIF_XB_B_GONE && m->wishes & USBIF_XB_WISH_UNLOAD))
		return USBIF_OK;
	judge_own(m, ev);
	return USBIF_OK;
}

static int back_probe(struct usbif_xb *m, const struct usbif_xb_ev *ev,
		      uint8_t *col)
{
	if (ev->own > USBIF_XB_RECONFIGURED || ev->keys >= USBIF_XB_KEYS_N)
		return USBIF_E_ARG;
	if (m->state != USBIF_XB_B_IDLE)
		return USBIF_E_STATE;
	if (!ev->online || ev->own == USBIF_XB_UNKNOWN)
		m->wishes |= USBIF_XB_WISH_OFFLINE;
	if (ev->keys < USBIF_XB_KEYS_OK)
		m->wishes |= USBIF_XB_WISH_UNFIT;
	m->node = ev->own;
	*col = ev->own == USBIF_XB_INITIALISING ? XB_PROBE : XB_PROBE_AGAIN;
	return USBIF_OK;
}

static int back_note(struct usbif_xb *m, const struct usbif_xb_ev *ev,
		     uint8_t *col)
{
	switch ((enum usbif_xb_ev_kind)ev->kind) {
	case USBIF_XB_EV_PROBE:
		return back_probe(m, ev, col);
	case USBIF_XB_EV_OWN:
		return back_own_event(m, ev);
	case USBIF_XB_EV_PORTS:
		*col = XB_PORTS;
		return USBIF_OK;
	case USBIF_XB_EV_PEER:
	case USBIF_XB_EV_CONNECT_OK:
	case USBIF_XB_EV_CONNECT_FAILED:
	case USBIF_XB_EV_QUIESCED:
	case USBIF_XB_EV_FAULT:
	case USBIF_XB_EV_UNLOAD:
	case USBIF_XB_EV_SUSPEND:
	case USBIF_XB_EV_RESUMED:
	case USBIF_XB_EV_RESTORED:
	case USBIF_XB_EV_TICK:
	case USBIF_XB_EV_N:
		break;
	}
	return usbif_xb_note(m, &usbif_xb_back_grid, ev, col);
}

int usbif_xb_back_step(struct usbif_xb_back *b, const struct usbif_xb_ev *ev,
		       struct usbif_xb_acts *acts)
{
	struct usbif_xb next = b->m;
	uint8_t col = XB_NO_COL;
	int rc = back_note(&next, ev, &col);

	if (rc != USBIF_OK)
		return rc;
	usbif_xb_walk(&next, &usbif_xb_back_grid, col, ev, acts);
	b->m = next;
	return USBIF_OK;
}
