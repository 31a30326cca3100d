/* SPDX-License-Identifier: MIT */
/* The two shims of a world: looks and events in, actions performed. */
#ifndef XENBUS_ENDS_H
#define XENBUS_ENDS_H

#include "xenbus_books.h"
#include "xenbus_world.h"

#define DUE_MS	1	/* when all deadlines are */

/* A node changed: those who watch it will look. */
void ends_fe_changed(struct world *w);
void ends_be_changed(struct world *w);

/* Does the shim have actions to perform? */
static inline bool ends_busy(const struct end *e)
{
	return e->acts_done < e->acts_n;
}

/* A look and then an event; USBIF_XB_EV_PEER is the look alone. */
const char *ends_tell_front(struct world *w, uint8_t kind);
const char *ends_tell_back(struct world *w, uint8_t kind);
const char *ends_probe_front(struct world *w);
const char *ends_probe_back(struct world *w);

/* Perform the next action. */
const char *ends_perform_front(struct world *w);
const char *ends_perform_back(struct world *w);

/* Keys that name rings which nobody grants. */
#define UNGRANTED	3

/* Can the back map what it read?  The front must still grant it. */
bool ends_can_map(const struct world *w);

/* Answers to CONNECT and QUIESCE. */
const char *ends_answer_connect(struct world *w, bool front, bool ok);
const char *ends_answer_quiesce(struct world *w, bool front);

/* The driver is unbound, orderly; or with all that it held, at once. */
void ends_unbind_front(struct world *w);
void ends_unbind_back(struct world *w);
void ends_crash_front(struct world *w);
void ends_crash_back(struct world *w);

#endif
