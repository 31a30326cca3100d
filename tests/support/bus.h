/* SPDX-License-Identifier: MIT */
/*
 * A fake xenstore, a toolstack's part in it, and both ends' xenbus shims: they
 * drive the machines of usbif/xenbus.h, whose actions begin and end the
 * connections of a world that was opened with world_open_apart().
 */
#ifndef SUPPORT_BUS_H
#define SUPPORT_BUS_H

#include "usbif/xenbus.h"

struct world;

#define STORE_NODES	96
#define STORE_TEXT	24

struct store_node {
	char path[40];
	char text[STORE_TEXT];
};

struct bus_end {
	struct usbif_xb_front front;	/* one of both */
	struct usbif_xb_back back;
	const char *dir;	/* "fe" or "be" */
	const char *other;
	struct usbif_xb_offer offer;
	struct usbif_xb_config agreed;	/* as last read */
	struct usbif_xb_config used;	/* of the connection */
	bool has_used;
	bool is_back;
	bool loaded;		/* its driver is there */
	bool news;		/* something in xenstore changed */
	bool quiescing;		/* QUIESCED is due */
	bool told_fault;
	bool gone;
	uint8_t connects;	/* event that answers CONNECT, or _EV_N */
	uint64_t due_ms;
	uint32_t rings;		/* connections that were tried */
	uint32_t connected;	/* times that OPEN was ordered */
	uint32_t fatals;
	uint8_t last_why;	/* enum usbif_xb_why */
};

struct bus {
	struct store_node node[STORE_NODES];
	struct bus_end front, back;
};

void store_write(struct world *w, const char *dir, const char *key,
		 const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The text of a node, or null. */
const char *store_read(const struct world *w, const char *dir,
		       const char *key);
void store_remove(struct world *w, const char *dir);
uint8_t store_state(const struct world *w, const char *dir);

/* The toolstack: create the controller's nodes; ask for its end. */
void bus_attach(struct world *w);
void bus_detach(struct world *w);

/* A driver is loaded, and unloaded; or its domain dies without a word. */
void bus_load(struct world *w, struct bus_end *e);
void bus_unload(struct world *w, struct bus_end *e);
void bus_crash_front(struct world *w);
void bus_crash_back(struct world *w);
/* The back's watch on its port directory. */
void bus_ports_changed(struct world *w);
/* The guest wakes up on another host. */
void bus_restore_front(struct world *w);

/* Time passes; everything that is due meanwhile happens. */
void bus_pass_ms(struct world *w, uint64_t ms);

/* Both drivers are unloaded; the books must balance. */
void bus_end(struct world *w);

/* One step of the shims.  False: they have nothing to do. */
bool bus_serve(struct world *w);

#endif
