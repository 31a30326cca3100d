/* SPDX-License-Identifier: MIT */
/*
 * A world for both handshake machines: xenstore with watches that coalesce, a
 * toolstack that does what libxl does, two operating systems that bind and
 * unbind the drivers, and shims that do what usbif/xenbus.h tells them, and
 * complain if a machine does not.
 *
 * An adversary may take the place of either end (xenbus_bad.h): then that end
 * has no driver here, and makes no moves but the adversary's.
 *
 * What is assumed: the toolstack looks at InitWait before the dwell is over;
 * a node is written faster than the toolstack can remove all nodes and create
 * them again (it may well do so between any two events); libxl finds at once
 * that a backend is closed that it need not close.
 */
#ifndef XENBUS_WORLD_H
#define XENBUS_WORLD_H

#include <stdio.h>

#include "xenbus_books.h"

enum tool {
	TOOL_ABSENT,		/* no nodes */
	TOOL_ATTACHING,		/* waits to read 2 */
	TOOL_PRESENT,
	TOOL_DETACHING,		/* waits to read 6 */
};

struct world {
	struct end front, back;
	uint8_t fe_node, be_node;	/* the directories exist */
	uint8_t fe_state, be_state;
	uint8_t fe_keys;		/* rings that the keys are of, or 0 */
	uint8_t online;
	uint8_t be_bad;			/* num-ports is bad */
	uint8_t back_next;		/* rings in the keys that the back read */
	uint8_t back_read;		/* and that it connects or connected by */
	uint8_t tool;
	uint8_t asleep;			/* the guest: 1 asked, 2 may, 0 not */
	uint8_t used;			/* the front's rings were opened */
	uint8_t spent;			/* and then unmapped by the back */
	uint8_t bad_front;		/* an adversary is in its place */
	uint8_t bad_back;
	uint8_t zero;
};

enum move {
	/* the system goes on by itself */
	MOVE_PERFORM_FRONT,	/* the next action */
	MOVE_PERFORM_BACK,
	MOVE_FRONT_LOOKS,
	MOVE_BACK_LOOKS,
	MOVE_FRONT_OS,		/* the bus notices nodes: probe, remove */
	MOVE_BACK_OS,
	MOVE_CONNECTED_FRONT,	/* answers */
	MOVE_CONNECTED_BACK,
	MOVE_QUIESCED_FRONT,
	MOVE_QUIESCED_BACK,
	MOVE_TICK_FRONT,
	MOVE_TICK_BACK,
	MOVE_TOOL_LOOKS,	/* and sees the state that it waits for */
	MOVE_OWN_END,
	/* what a person, an accident or a bad neighbour does */
	MOVE_CONNECT_FAILS_FRONT = MOVE_OWN_END,
	MOVE_CONNECT_FAILS_BACK,
	MOVE_TOOL_GIVES_UP,
	MOVE_ATTACH,
	MOVE_ATTACH_BAD,	/* with a bad num-ports */
	MOVE_DETACH,
	MOVE_DESTROY,		/* the domain */
	MOVE_LOAD_FRONT,
	MOVE_LOAD_BACK,
	MOVE_UNLOAD_FRONT,
	MOVE_UNLOAD_BACK,
	MOVE_CRASH_FRONT,	/* the guest begins anew on the same nodes */
	MOVE_CRASH_BACK,
	MOVE_FAULT_FRONT,	/* the front finds a fault of the back */
	MOVE_FAULT_BACK,
	MOVE_SUSPEND,
	MOVE_RESUME,
	MOVE_RESTORE,		/* elsewhere: all nodes are new */
	MOVE_RESTORE_HERE,	/* the same nodes, the old grants void */
	MOVE_N
};

void world_init(struct world *w);

/* Is the move possible? */
bool world_can(const struct world *w, enum move move);

/*
 * Make it.  atomic: all actions of a step are performed before anyone else
 * moves; else the other end may move before each SWITCH.
 * Returns null, or the rule that was broken.
 */
const char *world_make(struct world *w, enum move move, bool atomic);

/* Nothing is under way, and nothing more happens by itself. */
bool world_at_rest(const struct world *w);

/* Is it a good place to rest?  Returns null, or what is wrong. */
const char *world_judge_rest(const struct world *w);

/* Both ends in state UP with the same rings. */
bool world_connected(const struct world *w);

/* No nodes, no rings, no driver bound. */
bool world_empty(const struct world *w);

void world_print(FILE *out, const struct world *w);
const char *world_move_name(enum move move);

#endif
