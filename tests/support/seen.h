/* SPDX-License-Identifier: MIT */
/*
 * The set of states that an exploration has reached, in the order in which it
 * reached them.  States are plain data and compared octet by octet.
 */
#ifndef SUPPORT_SEEN_H
#define SUPPORT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	uint8_t *states;	/* count states of size octets */
	uint32_t *table;	/* index + 1 of a state by its hash; 0: empty */
	size_t size;
	size_t count;
	size_t cap;		/* states that fit; the table has twice as many */
};

/* cap: the most states expected; the exploration fails beyond. */
void seen_init(struct seen *s, size_t size, size_t cap);
void seen_free(struct seen *s);

/* Remember a state.  Returns true if it is a new one. */
bool seen_add(struct seen *s, const void *state);

/* The state reached as number index, 0..count-1. */
const void *seen_at(const struct seen *s, size_t index);

#endif
