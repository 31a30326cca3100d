/* SPDX-License-Identifier: MIT */
/*
 * The smallest frontend: it performs what the library decides, on what
 * platform.h offers.  One controller, device/vusb/0; one thread.  Copy it and
 * change it; it is an example and keeps no interface.
 *
 * A program calls shim_start(), and then shim_round() for ever.  It submits
 * URBs, whose completion routines run inside of shim_round().
 */
#ifndef SHIM_H
#define SHIM_H

#include "usbif/front.h"
#include "usbif/xenbus.h"

#include "platform.h"

/* A ring of one page has 16 slots; each has pages for the largest request. */
#define SHIM_SLOTS		16u
#define SHIM_SLOT_PAGES		16u
#define SHIM_SLOT_OCTETS	(SHIM_SLOT_PAGES * PLATFORM_PAGE)
/* Two rings of a page each, then the slots'. */
#define SHIM_PAGES		(2u + SHIM_SLOTS * SHIM_SLOT_PAGES)

/* An URB; it stays its submitter's memory, which is not touched while busy. */
struct shim_urb {
	struct usbif_front_urb what;	/* all that the library wants to know */
	uint8_t *buffer;		/* what.length octets */
	void (*complete)(struct shim_urb *urb);	/* may submit and unlink, or 0 */
	bool busy;			/* submitted and not given back */
	int32_t status;			/* USBIF_WIRE_ST_* when given back */
	uint32_t actual;		/* octets that moved */
	uint16_t entry;			/* the library's number for it */
	/* What became of it on the ring, for people to see. */
	uint8_t requests;		/* put there for it */
	uint8_t returned;		/* came back not executed: by a stop */
	uint8_t restarts;		/* put there to have its queue go on */
};

struct shim {
	struct usbif_xb_front xb;	/* the handshake's machine */
	struct usbif_front front;	/* meaningful while linked */
	struct usbif_front_config agreed, config;
	struct shim_urb *urb[USBIF_MAX_URBS];	/* by the library's number */
	char backend[80];		/* its directory in xenstore */
	const char *bad_key;		/* of the backend, for a FATAL */
	uint16_t backend_id;
	int32_t channel;
	int32_t ref[SHIM_PAGES];	/* 0: not granted */
	uint64_t tick_ms;		/* the next usbif_front_tick() */
	bool leaving;			/* shim_stop() */
	bool linked;			/* rings and event channel are there */
	bool open;			/* both ends are Connected */
	bool broken;			/* the backend is at fault, or was cut off */
	bool fault;			/* to be told to the handshake */
	bool quiescing;			/* QUIESCED is owed */
	bool serving;			/* inside of shim_round() */
	bool again;			/* there is work to do without an event */
	struct {
		uint32_t requests, returned, restarts;	/* sums of the URBs' */
		uint32_t urbs, faults;
	} count;
};

/* The nodes may be there already, come later, go and come again. */
void shim_start(struct shim *s);
/* Give the controller back; shim_is_gone() says when all is over. */
void shim_stop(struct shim *s);
bool shim_is_gone(const struct shim *s);

/* Wait for something to do, at most until then, and do it. */
void shim_round(struct shim *s, uint64_t until_ms);

/* True, or the device is gone or the URB impossible: complete() is not called. */
bool shim_submit(struct shim *s, struct shim_urb *urb);
/* It is given back, a bit later, even if the device never answers. */
void shim_unlink(struct shim *s, struct shim_urb *urb);

/*
 * A class request to the root hub, see usbif_hub_control().  Returns the
 * octets in buf, or -1: no such request, or there is no controller now.
 */
int shim_hub(struct shim *s, uint8_t type, uint8_t request, uint16_t value,
	     uint16_t index, void *buf, uint16_t octets);

/* handshake.c, for shim.c. */
void shim_handshake(struct shim *s, uint8_t event);
void shim_look_for_nodes(struct shim *s);

/* shim.c, for handshake.c: CONNECT, OPEN, QUIESCE, CUT, RELEASE. */
bool shim_connect(struct shim *s);
void shim_open(struct shim *s);
void shim_quiesce(struct shim *s);
void shim_cut(struct shim *s);
void shim_release(struct shim *s);

#endif
