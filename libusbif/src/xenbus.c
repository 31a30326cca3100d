/* SPDX-License-Identifier: MIT */
/* What both machines of the handshake have in common; see xenbus_grid.h. */
#include "xenbus_grid.h"

USBIF_STATIC_ASSERT(sizeof(struct usbif_xb) == 16, xb_has_no_padding);

void usbif_xb_init(struct usbif_xb *m, const struct xb_grid *g)
{
	memset(m, 0, sizeof(*m));
	m->due_ms = USBIF_XB_NEVER;
	m->state = g->idle;
	m->own = USBIF_XB_UNKNOWN;
	m->peer = USBIF_XB_UNSEEN;
}

uint8_t usbif_xb_col_wishes(uint8_t col)
{
	static const uint8_t wishes[XB_COLS] = {
		[XB_LEAVE] = USBIF_XB_WISH_UNLOAD | USBIF_XB_WISH_OFFLINE,
		[XB_RESTART] = USBIF_XB_WISH_RESTART,
		[XB_UNFIT] = USBIF_XB_WISH_UNFIT,
		[XB_CLOSE] = USBIF_XB_WISH_CLOSE,
		[XB_SUSPEND] = USBIF_XB_WISH_SUSPEND,
	};

	return wishes[col];
}

static const struct xb_cell *cell_of(const struct usbif_xb *m,
				     const struct xb_grid *g, uint8_t col)
{
	return &g->row[m->state][col];
}

/* An answer that nobody waits for is our caller's mistake. */
static int note_answer(const struct usbif_xb *m, const struct xb_grid *g,
		       uint8_t answer, uint8_t *col)
{
	if (!cell_of(m, g, answer)->used)
		return USBIF_E_STATE;
	*col = answer;
	return USBIF_OK;
}

static int note_peer(struct usbif_xb *m, const struct usbif_xb_ev *ev)
{
	if (ev->peer > USBIF_XB_RECONFIGURED || ev->keys >= USBIF_XB_KEYS_N)
		return USBIF_E_ARG;
	m->peer = ev->peer;
	m->keys = ev->keys;
	return USBIF_OK;
}

static int note_tick(struct usbif_xb *m, const struct usbif_xb_ev *ev,
		     uint8_t *col)
{
	if (m->due_ms == USBIF_XB_NEVER || ev->now_ms < m->due_ms)
		return USBIF_OK;
	m->due_ms = USBIF_XB_NEVER;
	*col = XB_DUE;
	return USBIF_OK;
}

int usbif_xb_note(struct usbif_xb *m, const struct xb_grid *g,
		  const struct usbif_xb_ev *ev, uint8_t *col)
{
	switch ((enum usbif_xb_ev_kind)ev->kind) {
	case USBIF_XB_EV_PROBE:
		return note_answer(m, g, XB_PROBE, col);
	case USBIF_XB_EV_PEER:
		return note_peer(m, ev);
	case USBIF_XB_EV_CONNECT_OK:
		return note_answer(m, g, XB_CONNECT_OK, col);
	case USBIF_XB_EV_CONNECT_FAILED:
		return note_answer(m, g, XB_CONNECT_FAILED, col);
	case USBIF_XB_EV_QUIESCED:
		return note_answer(m, g, XB_QUIESCED, col);
	case USBIF_XB_EV_FAULT:
		*col = XB_FAULT;
		return USBIF_OK;
	case USBIF_XB_EV_UNLOAD:
		m->wishes |= USBIF_XB_WISH_UNLOAD;
		*col = XB_UNLOAD;
		return USBIF_OK;
	case USBIF_XB_EV_TICK:
		return note_tick(m, ev, col);
	case USBIF_XB_EV_OWN:
	case USBIF_XB_EV_PORTS:
	case USBIF_XB_EV_SUSPEND:
	case USBIF_XB_EV_RESUMED:
	case USBIF_XB_EV_RESTORED:
	case USBIF_XB_EV_N:
		break;
	}
	return USBIF_E_ARG;
}

static uint8_t why_of(const struct usbif_xb *m, uint8_t col)
{
	if (col == XB_PEER_MISFIT)
		return m->keys == USBIF_XB_KEYS_ABSENT ?
			USBIF_XB_WHY_PEER_KEYS_ABSENT :
			USBIF_XB_WHY_PEER_KEYS_BAD;
	if (col == XB_UNFIT)
		return USBIF_XB_WHY_OWN_KEYS;
	return col == XB_FAULT ? USBIF_XB_WHY_FAULT : USBIF_XB_WHY_CONNECT;
}

struct op_act {
	uint8_t kind;		/* enum usbif_xb_act_kind */
	uint8_t state;		/* SWITCH */
	uint16_t wait_ms;	/* ARM */
};

#define SHOW(s)	{ USBIF_XB_ACT_SWITCH, USBIF_XB_##s, 0 }
#define DO(act)	{ USBIF_XB_ACT_##act, 0, 0 }
#define WAIT(t)	{ USBIF_XB_ACT_ARM, 0, USBIF_XB_##t##_MS }
static const struct op_act op_acts[XB_OP_ACTS_END] = {
	[XB_OP_INITIALISING] = SHOW(INITIALISING),
	[XB_OP_INITWAIT] = SHOW(INITWAIT),
	[XB_OP_CONNECTED] = SHOW(CONNECTED),
	[XB_OP_CLOSING] = SHOW(CLOSING),
	[XB_OP_CLOSED] = SHOW(CLOSED),
	[XB_OP_CONNECT] = DO(CONNECT),
	[XB_OP_OPEN] = DO(OPEN),
	[XB_OP_READ_PORTS] = DO(READ_PORTS),
	[XB_OP_QUIESCE] = DO(QUIESCE),
	[XB_OP_CUT] = DO(CUT),
	[XB_OP_RELEASE] = DO(RELEASE),
	[XB_OP_ARM_DWELL] = WAIT(DWELL),
	[XB_OP_ARM_CLOSE] = WAIT(CLOSE),
	[XB_OP_ARM_RETRY] = WAIT(RETRY),
	[XB_OP_FATAL] = DO(FATAL),
	[XB_OP_SUSPENDED] = DO(SUSPENDED),
	[XB_OP_GONE] = DO(GONE),
};

static struct usbif_xb_act *append(struct usbif_xb_acts *acts, uint8_t kind)
{
	struct usbif_xb_act *act = &acts->v[acts->n++];

	memset(act, 0, sizeof(*act));
	act->kind = kind;
	return act;
}

/*
 * Nodes that the toolstack made anew while our driver leaves belong to the
 * next one, which the bus only starts if they still say Initialising.
 */
static bool has_heirs(const struct usbif_xb *m)
{
	return m->wishes & USBIF_XB_WISH_UNLOAD &&
	       m->wishes & USBIF_XB_WISH_RESTART;
}

static void order_switch(struct usbif_xb *m, uint8_t state,
			 struct usbif_xb_acts *acts)
{
	struct usbif_xb_act *act;

	m->own = state;
	if (m->node == state || has_heirs(m))
		return;
	act = append(acts, USBIF_XB_ACT_SWITCH);
	act->state = state;
	act->from = m->node;
	/* nothing is written if it is gone: only a look can tell */
	if (m->node != USBIF_XB_UNKNOWN)
		m->node = state;
}

/* Nothing is wanted any more; who asked for it, by UNLOAD, is told. */
static void order_gone(struct usbif_xb *m, struct usbif_xb_acts *acts)
{
	m->wishes &= USBIF_XB_WISH_UNLOAD;
	if (m->wishes)
		append(acts, USBIF_XB_ACT_GONE);
}

/* Append the action of an op, and note in the machine what it means. */
static void order(struct usbif_xb *m, uint8_t op, uint8_t col, uint64_t now_ms,
		  struct usbif_xb_acts *acts)
{
	uint8_t kind = op_acts[op].kind;

	if (kind == USBIF_XB_ACT_SWITCH) {
		order_switch(m, op_acts[op].state, acts);
	} else if (kind == USBIF_XB_ACT_GONE) {
		order_gone(m, acts);
	} else if (kind == USBIF_XB_ACT_ARM) {
		m->due_ms = now_ms + op_acts[op].wait_ms;
		append(acts, kind)->at_ms = m->due_ms;
	} else if (kind == USBIF_XB_ACT_FATAL) {
		append(acts, kind)->why = why_of(m, col);
	} else {
		if (kind == USBIF_XB_ACT_CONNECT)
			m->keys = USBIF_XB_KEYS_SAME;	/* those now in use */
		append(acts, kind);
	}
}

static void forget(struct usbif_xb *m)
{
	m->wishes &= (uint8_t)~USBIF_XB_WISH_CLOSE;
	if (!has_heirs(m))
		m->wishes &= (uint8_t)~USBIF_XB_WISH_RESTART;
}

static void mark(struct usbif_xb *m, uint8_t op)
{
	if (op == XB_OP_WISH_CLOSE)
		m->wishes |= USBIF_XB_WISH_CLOSE;
	else if (op == XB_OP_FORGET_UNFIT)
		m->wishes &= (uint8_t)~USBIF_XB_WISH_UNFIT;
	else
		forget(m);
	if (op == XB_OP_ANEW)
		m->own = USBIF_XB_INITIALISING;
}

static void enter(struct usbif_xb *m, const struct xb_cell *cell, uint8_t col,
		  uint64_t now_ms, struct usbif_xb_acts *acts)
{
	uint32_t i;

	if (cell->next != m->state)
		m->due_ms = USBIF_XB_NEVER;
	m->state = cell->next;
	for (i = 0; i < XB_CELL_OPS && cell->op[i] != XB_OP_NONE; i++) {
		if (cell->op[i] >= XB_OP_ACTS_END)
			mark(m, cell->op[i]);
		else
			order(m, cell->op[i], col, now_ms, acts);
	}
}

/* The column that has the say now: a wish that has a cell, else the peer. */
static uint8_t lasting_col(const struct usbif_xb *m, const struct xb_grid *g)
{
	uint8_t col;

	for (col = XB_LEAVE; col <= XB_SUSPEND; col++)
		if (m->wishes & usbif_xb_col_wishes(col) &&
		    cell_of(m, g, col)->used)
			return col;
	return g->peer_col(m->peer, m->keys);
}

static bool has_values(const struct usbif_xb *m, const struct xb_grid *g)
{
	return m->state < g->states && m->own <= USBIF_XB_RECONFIGURED &&
	       m->node <= USBIF_XB_RECONFIGURED &&
	       m->peer <= USBIF_XB_UNSEEN && m->keys < USBIF_XB_KEYS_N &&
	       !(m->wishes & ~USBIF_XB_WISHES) && !m->zero[0] && !m->zero[1];
}

/* What lasts has had its say: nothing of it would change the machine. */
static bool is_settled(const struct usbif_xb *m, const struct xb_grid *g)
{
	return !cell_of(m, g, lasting_col(m, g))->used;
}

bool usbif_xb_valid(const struct usbif_xb *m, const struct xb_grid *g)
{
	if (!has_values(m, g) || g->passing >> m->state & 1 ||
	    !(g->own[m->state] >> m->own & 1))
		return false;
	/* who waits, but not for ever, has a deadline, and nobody else */
	if ((m->due_ms != USBIF_XB_NEVER) != (g->armed >> m->state & 1))
		return false;
	if (m->peer == USBIF_XB_UNSEEN && !(g->unseen >> m->state & 1) &&
	    !(m->wishes & USBIF_XB_WISH_RESTART))
		return false;
	if (m->state == g->idle && m->wishes)
		return false;
	return is_settled(m, g);
}

/* A timer that was early has gone off; its deadline still matters. */
static void set_again(const struct usbif_xb *m, uint64_t due_ms,
		      struct usbif_xb_acts *acts)
{
	if (due_ms != USBIF_XB_NEVER && m->due_ms == due_ms)
		append(acts, USBIF_XB_ACT_ARM)->at_ms = due_ms;
}

void usbif_xb_walk(struct usbif_xb *m, const struct xb_grid *g, uint8_t col,
		   const struct usbif_xb_ev *ev, struct usbif_xb_acts *acts)
{
	const struct xb_cell *cell = cell_of(m, g, col);
	uint64_t due_ms = m->due_ms, now_ms = ev->now_ms;
	uint8_t state, wishes;

	acts->n = 0;
	if (cell->used)
		enter(m, cell, col, now_ms, acts);
	do {
		state = m->state;
		wishes = m->wishes;
		col = lasting_col(m, g);
		cell = cell_of(m, g, col);
		if (cell->used)
			enter(m, cell, col, now_ms, acts);
	} while ((m->state != state || m->wishes != wishes) &&
		 acts->n <= USBIF_XB_MAX_ACTS - XB_CELL_OPS);
	if (ev->kind == USBIF_XB_EV_TICK)
		set_again(m, due_ms, acts);
}
