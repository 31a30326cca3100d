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

/* The lowest bit that is set in a word that is not 0. */
static inline uint32_t bits_lowest(uint32_t word)
{
#if defined(__riscv)
	/* Plain RISC-V has no instruction for it, and no library is there. */
	uint32_t bit = 0;

	for (uint32_t step = 16; step != 0; step /= 2) {
		if ((word & (((uint32_t)1 << step) - 1)) == 0) {
			word >>= step;
			bit += step;
		}
	}
	return bit;
#else
	return (uint32_t)__builtin_ctz(word);
#endif
}

/*
 * Entries that are in use: a set bit each.  *room is the lowest word of the
 * bitmap that is not full, or beyond its last; so that taking the lowest entry
 * is as cheap with many in use as with few.
 */

/* Take the lowest entry below limit; returns limit if there is none. */
static inline uint32_t bits_take(uint32_t *words, uint16_t *room,
				 uint32_t limit)
{
	uint32_t word = *room, bit;

	if (word * 32 >= limit)
		return limit;
	bit = word * 32 + bits_lowest(~words[word]);
	if (bit >= limit)
		return limit;
	bits_set(words, bit);
	while (word * 32 < limit && words[word] == UINT32_MAX)
		word++;
	*room = (uint16_t)word;
	return bit;
}

/* Return an entry that is in use. */
static inline void bits_give(uint32_t *words, uint16_t *room, uint32_t bit)
{
	bits_clear(words, bit);
	if (bit / 32 < *room)
		*room = (uint16_t)(bit / 32);
}

/* Is *room what it says? */
static inline bool bits_room_is_valid(const uint32_t *words, uint16_t room,
				      uint32_t limit)
{
	uint32_t word = 0;

	while (word * 32 < limit && words[word] == UINT32_MAX)
		word++;
	return room == word;
}

#endif
