/* SPDX-License-Identifier: MIT */
/* Repeatable noise: xorshift32, never 0. */
#ifndef SUPPORT_RANDOM_H
#define SUPPORT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static inline void fill_random(uint32_t *state, void *to, size_t octets)
{
	uint8_t *at = to;

	while (octets-- > 0)
		*at++ = (uint8_t)(next_random(state) >> 11);
}

#endif
