/* SPDX-License-Identifier: MIT */
/* Bitmaps of 32-bit words; private to the library. */
#ifndef USBIF_BITS_H
#define USBIF_BITS_H

#include "usbif/port.h"

static inline bool bits_test(const uint32_t *words, uint32_t bit)
{
	return (words[bit / 32] >> (bit % 32)) & 1;
}

static inline void bits_set(uint32_t *words, uint32_t bit)
{
	words[bit / 32] |= (uint32_t)1 << (bit % 32);
}

static inline void bits_clear(uint32_t *words, uint32_t bit)
{
	words[bit / 32] &= ~((uint32_t)1 << (bit % 32));
}

/* The lowest clear bit below limit, or limit. */
static inline uint32_t bits_first_clear(const uint32_t *words, uint32_t limit)
{
	uint32_t bit = 0;

	while (bit < limit && words[bit / 32] == UINT32_MAX)
		bit += 32;
	while (bit < limit && bits_test(words, bit))
		bit++;
	return bit < limit ? bit : limit;
}

#endif
