/* SPDX-License-Identifier: MIT */
/*
 * The guest's end: a shim around struct usbif_front as front.h describes it,
 * and URBs as drivers know them.
 */
#ifndef SUPPORT_GUEST_H
#define SUPPORT_GUEST_H

#include "support/device.h"
#include "usbif/front.h"

struct world;
struct urb;

/* A device as the guest has enumerated it. */
struct usb_dev {
	uint8_t port;
	uint8_t addr;
	uint16_t max_packet0;
	uint16_t instance;
	struct device *device;	/* for checks only */
};

typedef void urb_complete(struct world *w, struct urb *urb);

struct urb {
	struct usbif_front_urb u;
	struct usb_dev *dev;
	uint8_t *data;		/* u.length octets */
	struct usbif_msg_iso *iso;
	urb_complete *complete;	/* or null */
	void *context;
	int32_t status;
	uint32_t actual;
	uint32_t errors;
	uint16_t entry;
	bool pending;		/* submitted, not given back */
	bool unlinked;
	bool ended_badly;	/* in the host controller, and nobody was told */
	uint32_t seq;		/* order of submission */
	uint32_t completions;
	struct urb *next;	/* of all */
	struct urb *next_pending;
};

/* What a bulk or interrupt URB moved. */
struct chunk {
	const struct usb_dev *dev;
	uint8_t ep;
	bool in;
	uint32_t seq;
	uint32_t at;		/* in guest.moved */
	uint32_t octets;
};

/* The pages of a request on the ring. */
struct guest_request {
	struct urb *urb;
	uint32_t ref[USBIF_WIRE_MAX_DATA_SEGS + 2];
	uint16_t segs;
	uint8_t descs;		/* pages behind them: descriptors, or the array */
	uint16_t offset;	/* of the octets in the first page */
	bool unlink;
};

#define GUEST_DEVS	96

struct guest {
	struct usbif_front front;
	struct urb *urb[USBIF_MAX_URBS];	/* by the front's entry */
	struct guest_request request[USBIF_MAX_SLOTS];	/* by id */
	struct urb *urbs, *first_pending;
	struct urb in_routine;	/* a copy; dev is null if none is */
	struct usb_dev dev[GUEST_DEVS];
	uint32_t devs;
	struct octets moved;
	struct chunk *chunk;
	uint32_t chunks, chunk_room;
	bool is_open;		/* the back is connected too */
	bool kicked;		/* its thread is to run */
	bool serving;
	bool broken;		/* the connection is over */
	bool complained;	/* it was the back's fault */
	uint32_t next_seq;
	uint32_t submitted, given_back;
	uint32_t sent, answered;		/* transfers */
	uint32_t unlinks_sent, unlinks_answered;
};

void guest_open(struct world *w);
/* The connection is over: take what came, end the rest. */
void guest_cut(struct world *w);
/* Nothing is shared any more: the pages of what was never answered. */
void guest_release(struct world *w);
void guest_free(struct world *w);

/* A new URB of length octets; filled for an OUT.  The world frees it. */
struct urb *urb_new(struct world *w, struct usb_dev *dev, uint8_t ep, bool in,
		    uint8_t type, uint32_t length);
/* Isochronous: that many packets of equal length. */
void urb_set_packets(struct urb *urb, uint16_t packets);

/* Returns USBIF_OK or why usbif_front_submit() refused. */
int guest_submit(struct world *w, struct urb *urb);
int guest_unlink(struct world *w, struct urb *urb);
/* Drivers let go: every URB is unlinked. */
void guest_unlink_all(struct world *w);

bool guest_is_runnable(const struct world *w);
/* One round of its event channel's handler. */
void guest_serve(struct world *w);
void guest_tick(struct world *w);

/* The URB that a request on the ring belongs to, or null. */
struct urb *guest_urb_of(const struct world *w, uint16_t id);

/* Does any earlier URB of its queue keep this one from moving octets? */
bool guest_is_held_up(const struct world *w, const struct urb *urb);

#endif
