/* SPDX-License-Identifier: MIT */
/*
 * examples/template-port/platform.h in one process: xenstore, grants and
 * backend are those of the world of tests/support/.
 */
#ifndef TEMPLATE_MEMORY_H
#define TEMPLATE_MEMORY_H

#include "platform.h"
#include "support/world.h"

/* The world that the platform is in. */
extern struct world *memory_world;

/* Open a world with a controller; the backend's driver is loaded. */
void memory_open(bool extended);
/* The shim is gone: unload the backend, check the books, free all. */
void memory_close(void);

/* The backend keeps what it has been granted, until it does no longer. */
void memory_hold_grants(bool held);
/* The toolstack plugs a device of the world into port 1, or takes it away. */
void memory_plug(struct device *d);
void memory_unplug(struct device *d);
/* The toolstack removes the controller's nodes, and makes them anew. */
void memory_remove_nodes(void);
void memory_make_nodes(void);
/* An answer that the backend never should give. */
void memory_lie(void);

/* Was this printed? */
bool memory_said(const char *text);
/* From now on, that is. */
void memory_forget(void);

#endif
