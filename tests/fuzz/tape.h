/* SPDX-License-Identifier: MIT */
/*
 * A fuzzer's input as decisions: each is read off the tape, and behind its end
 * all are 0.  What must be true is said with must(), which traps.
 */
#ifndef FUZZ_TAPE_H
#define FUZZ_TAPE_H

#include <stdio.h>
#include <stdlib.h>

#include "usbif/port.h"

struct tape {
	const uint8_t *at;
	size_t left;
};

static inline void fuzz_must(bool holds, const char *what, const char *file,
			     int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

#define must(condition) \
	fuzz_must((condition), #condition, __FILE__, __LINE__)

static inline uint8_t tape_u8(struct tape *t)
{
	if (t->left == 0)
		return 0;
	t->left--;
	return *t->at++;
}

static inline uint16_t tape_u16(struct tape *t)
{
	uint8_t low = tape_u8(t);

	return (uint16_t)(low | tape_u8(t) << 8);
}

static inline uint32_t tape_u32(struct tape *t)
{
	uint16_t low = tape_u16(t);

	return low | (uint32_t)tape_u16(t) << 16;
}

/* One of n, 1..256. */
static inline uint8_t tape_pick(struct tape *t, uint32_t n)
{
	return (uint8_t)(tape_u8(t) % n);
}

/* Once in n. */
static inline bool tape_once_in(struct tape *t, uint32_t n)
{
	return tape_pick(t, n) == n - 1;
}

static inline void tape_octets(struct tape *t, void *to, size_t octets)
{
	uint8_t *at = to;

	while (octets-- > 0)
		*at++ = tape_u8(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets);

#endif
