/* SPDX-License-Identifier: MIT */
/* What a shim holds and owes, and the rules by which that changes. */
#ifndef XENBUS_BOOKS_H
#define XENBUS_BOOKS_H

#include "usbif/xenbus.h"

#define WORLD_ACTS	12	/* actions of one event, to be performed */

/* A shim and the operating system around it; front or back. */
struct end {
	struct usbif_xb m;
	uint16_t acts[WORLD_ACTS];	/* kind | state << 4 | from << 8 */
	uint8_t acts_n, acts_done;
	uint8_t known;		/* the bus has a device for the nodes */
	uint8_t bound;		/* the driver is bound to it */
	uint8_t leaving;	/* UNLOAD was delivered */
	uint8_t module;		/* the driver's module is loaded */
	uint8_t stale;		/* a watch has fired */
	uint8_t connecting;	/* CONNECT is to be answered */
	uint8_t quiescing;	/* QUIESCE is to be answered */
	uint8_t quiesced;	/* and was, for the rings that are held */
	uint8_t rings;		/* front: those that it granted;
				   back: that it mapped; 0 none */
	uint8_t open;		/* URBs may flow */
};

/*
 * Enter an action: kind | state << 4.  Returns null, or the rule that the
 * machine broke.
 */
const char *books_enter(struct end *e, uint16_t act, bool front);

/* All that was held is lost. */
void books_drop(struct end *e);

#endif
