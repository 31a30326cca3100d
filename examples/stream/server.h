/* SPDX-License-Identifier: MIT */
/*
 * The server owns the device and does what the client asks for.  Two ways to
 * do it have the same five functions, so that they can be read side by side:
 *
 *	server_at_once.c	every request goes to the host controller as
 *				it arrives, as USB/IP servers do today
 *	server_queues.c		the endpoint queues of usbif/bq.h decide
 *
 * The client chooses with the revision in its HELLO: 0 or 1.
 */
#ifndef STREAM_SERVER_H
#define STREAM_SERVER_H

#include <stdio.h>

#include "conn.h"
#include "device.h"
#include "hc.h"
#include "usbif/bq.h"

/* A request that is not answered.  Its data are in server.data, by slot. */
struct server_request {
	bool used;
	uint8_t ep;
	uint16_t id;		/* the client's */
	uint32_t length;
};

struct server {
	struct conn conn;
	const struct server_way *way;	/* null: before the HELLO */
	const char *fault;		/* what the client did wrong */
	struct device device;
	struct hc hc;
	struct usbif_bq bq;
	struct server_request request[STREAM_SLOTS];
	uint8_t data[STREAM_SLOTS][FRAME_MAX_DATA];
};

struct server_way {
	uint16_t flags;		/* that a SUBMIT may have */
	void (*start)(struct server *s);
	/* A slot for a request that has arrived; negative: there is none. */
	int (*stage)(struct server *s);
	/* The request is described; execute or answer it.  False: bad flag. */
	bool (*admit)(struct server *s, uint16_t slot, uint16_t flags);
	/* Cancel a request.  False: it is not there (any more). */
	bool (*unlink)(struct server *s, uint8_t ep, uint16_t id);
	/* The host controller's completion handler. */
	void (*done)(struct server *s, uint16_t slot, int32_t status,
		     uint32_t actual);
	/* The client is gone: cancel everything. */
	void (*end)(struct server *s);
};

extern const struct server_way server_at_once, server_queues;

/* For the ways: answer a request, whose slot is free then. */
void server_answer(struct server *s, uint16_t slot, int32_t status,
		   uint32_t actual);

/*
 * Serve one client until it leaves or breaks a rule, which is said in one line
 * to log.  Returns 0 if it left in order.
 */
int server_run(int fd, FILE *log);

#endif
