/* SPDX-License-Identifier: MIT */
/*
 * The form of the two machines' tables, and the function that walks them;
 * private to the library and to the tool that prints docs/STATES.md.
 *
 * A grid has a row per state and a column per cause.  There are two kinds of
 * cause.  A happening (PROBE .. FAULT) is looked up once, when its event
 * comes.  What is wanted (LEAVE .. SUSPEND) and what the peer shows (PEER_*)
 * lasts: it is looked up after every event, again and again, until its cell
 * is empty or changes nothing.  So a state answers also to what happened
 * before it was entered, and no order of events needs a row of its own.
 *
 * Wishes go before the peer, LEAVE first.  An empty cell of a wish leaves the
 * matter to the next wish, and at last to the peer's column.
 */
#ifndef USBIF_XENBUS_GRID_H
#define USBIF_XENBUS_GRID_H

#include "usbif/xenbus.h"

enum xb_col {
	XB_NO_COL,
	/* happenings */
	XB_PROBE,
	XB_PROBE_AGAIN,		/* back: the own node does not say Initialising */
	XB_PORTS,
	XB_CONNECT_OK,
	XB_CONNECT_FAILED,
	XB_QUIESCED,
	XB_RESUMED,
	XB_DUE,			/* a TICK, not early */
	XB_FAULT,
	XB_UNLOAD,
	/* wishes, the first ones go first */
	XB_LEAVE,		/* UNLOAD or OFFLINE */
	XB_RESTART,
	XB_UNFIT,
	XB_CLOSE,
	XB_SUSPEND,
	/* the peer */
	XB_PEER_GONE,
	XB_PEER_INITIALISING,
	XB_PEER_INITWAIT,	/* for a front: with keys that it can use */
	XB_PEER_MISFIT,		/* front: InitWait, back: offers rings; keys bad */
	XB_PEER_INITIALISED,
	XB_PEER_CONNECTED,
	XB_PEER_SAME,		/* back: Initialised or Connected, rings mapped */
	XB_PEER_CLOSING,
	XB_PEER_CLOSED,
	XB_PEER_ODD,		/* a state that means nothing here */
	XB_COLS
};

/* What a cell orders, in order: actions, and marks for the machine itself. */
enum xb_op {
	XB_OP_NONE,
	XB_OP_INITIALISING,	/* SWITCH */
	XB_OP_INITWAIT,
	XB_OP_CONNECTED,
	XB_OP_CLOSING,
	XB_OP_CLOSED,
	XB_OP_CONNECT,
	XB_OP_OPEN,
	XB_OP_READ_PORTS,
	XB_OP_QUIESCE,
	XB_OP_CUT,
	XB_OP_RELEASE,
	XB_OP_ARM_DWELL,
	XB_OP_ARM_CLOSE,
	XB_OP_ARM_RETRY,
	XB_OP_FATAL,
	XB_OP_SUSPENDED,
	XB_OP_GONE,		/* if UNLOAD is wanted; no other wish outlives it */
	XB_OP_ACTS_END,
	XB_OP_WISH_CLOSE = XB_OP_ACTS_END,	/* mark: from now on CLOSE is wanted */
	XB_OP_FORGET,		/* mark: RESTART and CLOSE are done */
	XB_OP_ANEW,		/* mark: same, and the own node says Initialising */
	XB_OP_FORGET_UNFIT,	/* mark: UNFIT is done */
	XB_OP_N
};

#define XB_CELL_OPS	3

struct xb_cell {
	uint8_t used;		/* 0: an empty cell */
	uint8_t next;		/* state */
	uint8_t op[XB_CELL_OPS];
};

struct xb_grid {
	const struct xb_cell (*row)[XB_COLS];
	uint8_t states;
	uint8_t idle, gone;
	uint8_t (*peer_col)(uint8_t peer, uint8_t keys);
	const uint16_t *own;	/* by state: set of own xenbus states, bits 0..8 */
	uint32_t passing;	/* set of states that no step leaves behind */
	uint32_t armed;		/* set of states with a deadline */
	uint32_t unseen;	/* set of states in which the peer need not have
				   been seen, but for what is to begin anew */
};

extern const struct xb_grid usbif_xb_front_grid;
extern const struct xb_grid usbif_xb_back_grid;

void usbif_xb_init(struct usbif_xb *m, const struct xb_grid *g);
bool usbif_xb_valid(const struct usbif_xb *m, const struct xb_grid *g);

/* The wishes that a column stands for, 0 for any other column. */
uint8_t usbif_xb_col_wishes(uint8_t col);

/*
 * Judge an event that both machines take in the same way (others are E_ARG),
 * record what lasts of it in *m, and say which happening it is.
 * Returns as usbif_xb_front_step(); *m is spoilt if it is negative.
 */
int usbif_xb_note(struct usbif_xb *m, const struct xb_grid *g,
		  const struct usbif_xb_ev *ev, uint8_t *col);

/*
 * Apply the cell of a happening (col, or XB_NO_COL), then what lasts.  An
 * empty cell of a happening does nothing.  *acts is overwritten.  *ev is the
 * event: when it was, and whether it was the timer.
 */
void usbif_xb_walk(struct usbif_xb *m, const struct xb_grid *g, uint8_t col,
		   const struct usbif_xb_ev *ev, struct usbif_xb_acts *acts);

#endif
