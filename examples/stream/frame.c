/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <string.h>

#define EP_RESERVED	0x70u

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, (uint16_t)(value >> 16));
	put16(at + 2, (uint16_t)value);
}

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

uint32_t frame_data(const struct frame *f)
{
	bool in = f->ep & FRAME_IN;

	if ((f->kind == FRAME_SUBMIT && !in) || (f->kind == FRAME_ANSWER && in))
		return f->length;
	return 0;
}

size_t frame_encode(const struct frame *f, uint8_t *to)
{
	uint32_t octets = frame_data(f);

	put32(to, FRAME_HEADER - 4 + octets);
	to[4] = f->kind;
	to[5] = f->ep;
	put16(to + 6, f->flags);
	put16(to + 8, f->id);
	put16(to + 10, f->target);
	put32(to + 12, (uint32_t)f->status);
	put32(to + 16, f->length);
	if (octets != 0)
		memcpy(to + FRAME_HEADER, f->data, octets);
	return FRAME_HEADER + octets;
}

int frame_decode(const uint8_t *from, size_t have, struct frame *f)
{
	uint32_t octets;

	if (have < 4)
		return 0;
	/* Judged first: nobody waits for the rest of a frame that can't be. */
	octets = get32(from);
	if (octets < FRAME_HEADER - 4 || octets > FRAME_MAX - 4)
		return -1;
	octets += 4;
	if (have < octets)
		return 0;
	f->kind = from[4];
	f->ep = from[5];
	f->flags = get16(from + 6);
	f->id = get16(from + 8);
	f->target = get16(from + 10);
	f->status = (int32_t)get32(from + 12);
	f->length = get32(from + 16);
	f->data = from + FRAME_HEADER;
	if (f->kind < FRAME_HELLO || f->kind > FRAME_ANSWER ||
	    f->ep & EP_RESERVED || f->length > FRAME_MAX_DATA ||
	    octets - FRAME_HEADER != frame_data(f))
		return -1;
	return (int)octets;
}
