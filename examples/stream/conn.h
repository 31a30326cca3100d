/* SPDX-License-Identifier: MIT */
/*
 * One end of the byte stream: frames in, frames out.  A frame may come in any
 * number of pieces and leave in any number; nothing here blocks but
 * conn_wait().
 */
#ifndef STREAM_CONN_H
#define STREAM_CONN_H

#include "frame.h"

/*
 * Requests that may be unanswered: the slots of a ring that is none.  They
 * bound the memory of both ends.
 */
#define STREAM_SLOTS	16u

#define CONN_IN		(2 * FRAME_MAX)
#define CONN_OUT	(2 * (STREAM_SLOTS + 1) * FRAME_MAX)

struct conn {
	int fd;
	bool ended;		/* the other end is gone */
	const char *trace;	/* print every frame after this name; or null */
	size_t in_from, in_to;	/* what arrived and was not taken */
	size_t out_to;		/* what waits to be sent */
	uint8_t in[CONN_IN];
	uint8_t out[CONN_OUT];
};

void conn_init(struct conn *c, int fd, const char *trace);

/* Queue a frame.  The caller knows that there is room: conn_has_room(). */
void conn_put(struct conn *c, const struct frame *f);

/* True if this many frames of any size fit. */
bool conn_has_room(const struct conn *c, uint32_t frames);

/*
 * The next frame that has arrived; its data are there until conn_wait().
 * Returns 1; 0: no whole frame is there; -1: what is there is no frame.
 */
int conn_take(struct conn *c, struct frame *f);

/* True if the stream has ended inside a frame. */
bool conn_is_torn(const struct conn *c);

/* Send what is queued, wait for octets, at most so long, and receive them. */
void conn_wait(struct conn *c, int milliseconds);

#endif
