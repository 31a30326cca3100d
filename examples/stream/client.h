/* SPDX-License-Identifier: MIT */
/*
 * The client is a host controller to its drivers: they submit and unlink
 * URBs, and each comes back once, to its completion routine.  Two ways to do
 * it, as at the server:
 *
 *	client_at_once.c	every URB is sent as it is submitted
 *	client_queues.c		the endpoint queues of usbif/fq.h decide;
 *				also what they do when the server knows no
 *				extension (one URB of an endpoint at a time)
 */
#ifndef STREAM_CLIENT_H
#define STREAM_CLIENT_H

#include "conn.h"
#include "usbif/fq.h"

struct urb {
	uint8_t ep;		/* as in a frame */
	bool short_not_ok;
	uint8_t *buffer;
	uint32_t length;
	void (*complete)(struct urb *urb);	/* may submit and unlink */
	void *context;				/* the driver's */
	/* when it has come back: */
	int32_t status;		/* USBIF_WIRE_ST_*; CANCELLED if unlinked */
	uint32_t actual;
	/* the client's: */
	bool busy, unlinked;
	uint16_t number;
};

struct client {
	struct conn conn;
	const struct client_way *way;
	bool failed;		/* the connection is over */
	int64_t second;		/* that was last told to the way */
	uint32_t busy;		/* URBs that have not come back */
	uint32_t not_executed;	/* answers that said so */
	struct urb *urb[USBIF_MAX_URBS];	/* by number */
	/* of the ways with queues: */
	struct usbif_fq fq;
	uint8_t ep[STREAM_SLOTS];	/* what was asked, by id */
};

struct client_way {
	uint16_t revision;	/* asked for in the HELLO */
	void (*start)(struct client *c, uint16_t revision);
	int (*submit)(struct client *c, struct urb *urb);
	void (*unlink)(struct client *c, struct urb *urb);
	bool (*answer)(struct client *c, const struct frame *f);
	void (*drain)(struct client *c);
	bool (*second)(struct client *c);	/* false: server too slow */
	void (*shutdown)(struct client *c);
};

/*
 * client_alone is client_queues with a server that knows nothing of it.
 */
extern const struct client_way client_at_once, client_alone, client_queues;

/* Say HELLO on a connected socket.  Returns false if nobody answers right. */
bool client_open(struct client *c, int fd, const struct client_way *way,
		 const char *trace);

/* Returns false if the URB was not taken. */
bool client_submit(struct client *c, struct urb *urb);
void client_unlink(struct client *c, struct urb *urb);

/*
 * Do everything that is to be done until the URB has come back (null: all).
 * Completion routines run in here only.  Returns false if the connection is
 * over; all have come back then, too.
 */
bool client_run(struct client *c, const struct urb *until);

/* For the ways: give an URB back. */
void client_give_back(struct client *c, struct urb *urb, int32_t status,
		      uint32_t actual);

#endif
