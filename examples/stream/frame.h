/* SPDX-License-Identifier: MIT */
/*
 * The messages of the exchange, in network byte order:
 *
 *	octets	field
 *	0-3	how many octets follow
 *	4	kind
 *	5	endpoint: number in bits 0-3, bit 7 set for IN
 *	6-7	flags of a SUBMIT; of a HELLO the extension's revision
 *	8-9	id: the client's choice; an ANSWER repeats it
 *	10-11	UNLINK: id of the request to cancel
 *	12-15	ANSWER: status, signed
 *	16-19	octets asked for, or that moved; of the server's HELLO: how
 *		many requests may be unanswered
 *	20-	data: of a SUBMIT that is OUT, of an ANSWER that is IN
 *
 * Flags and statuses are those of usbif/wire.h.
 */
#ifndef STREAM_FRAME_H
#define STREAM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_HEADER	20u
#define FRAME_MAX_DATA	4096u
#define FRAME_MAX	(FRAME_HEADER + FRAME_MAX_DATA)
#define FRAME_IN	0x80u

enum frame_kind {
	FRAME_HELLO = 1,	/* first, in both directions */
	FRAME_SUBMIT,
	FRAME_UNLINK,
	FRAME_ANSWER,		/* one for each SUBMIT and each UNLINK */
};

struct frame {
	uint8_t kind;		/* enum frame_kind */
	uint8_t ep;
	uint16_t flags;
	uint16_t id;
	uint16_t target;
	int32_t status;
	uint32_t length;
	const uint8_t *data;	/* decoded: in the buffer it was decoded from */
};

/* Octets of data that belong to a frame, by its kind, direction and length. */
uint32_t frame_data(const struct frame *f);

/* Encode to FRAME_MAX octets at most.  Returns how many. */
size_t frame_encode(const struct frame *f, uint8_t *to);

/*
 * Decode the frame that begins at from, of which have octets have arrived.
 * Returns its octets; 0: it is not complete; -1: it is none, whatever follows.
 */
int frame_decode(const uint8_t *from, size_t have, struct frame *f);

#endif
