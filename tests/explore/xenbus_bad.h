/* SPDX-License-Identifier: MIT */
/*
 * A world (xenbus_world.h) in which one end is an adversary: it writes any
 * state and any keys into its nodes at any time, or nothing, writes the same
 * again, removes its nodes and creates them.  Then it is replaced, and the
 * controller removed and attached again:
 *
 *	BAD		the adversary; the other end is unloaded, loaded and
 *			crashed, the toolstack attaches and detaches
 *	REPLACED	an honest driver on the nodes as they are; or the
 *			adversary's domain was destroyed
 *	DETACHED	at rest the toolstack took the controller away,
 *	ATTACHED	and at rest again gave one
 *
 * From REPLACED on nothing happens but what the ends and the toolstack do by
 * themselves.
 */
#ifndef XENBUS_BAD_H
#define XENBUS_BAD_H

#include "xenbus_world.h"

enum bad_phase {
	PHASE_BAD,
	PHASE_REPLACED,
	PHASE_DETACHED,
	PHASE_ATTACHED,
};

struct bad {
	struct world w;
	uint8_t phase;		/* enum bad_phase */
	uint8_t front;		/* the front is, or was, the adversary */
	uint8_t zero[6];
};

/* After those of enum move. */
enum bad_move {
	BAD_STATE = MOVE_N,	/* and the eight that follow: writes 0..8 */
	BAD_KEYS = BAD_STATE + 9,	/* and three: writes keys 0..3 */
	BAD_ONLINE = BAD_KEYS + 4,	/* back: writes the other value */
	BAD_REMOVE,		/* its nodes */
	BAD_CREATE,
	BAD_RELOAD,		/* an honest driver takes its place */
	BAD_DESTROY,		/* its domain is destroyed */
	BAD_DETACH,
	BAD_ATTACH,
	BAD_MOVE_N
};

/* Front or back is the adversary. */
void bad_init(struct bad *b, bool front);
bool bad_can(const struct bad *b, uint32_t move);
/*
 * atomic: from REPLACED on nobody moves between another's look and the write
 * that follows from it; the adversary may.
 * Returns null, or the rule that was broken.
 */
const char *bad_make(struct bad *b, uint32_t move, bool atomic);
/* Is it a move that the ends and the toolstack make by themselves? */
bool bad_is_own(const struct bad *b, uint32_t move);
bool bad_at_rest(const struct bad *b);
/* Is it a good place to rest?  Returns null, or what is wrong. */
const char *bad_judge_rest(const struct bad *b);
void bad_print_move(FILE *out, uint32_t move);

#endif
