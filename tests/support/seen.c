/* SPDX-License-Identifier: MIT */
#include "support/seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory) {
		fputs("seen: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void seen_init(struct seen *s, size_t size, size_t cap)
{
	s->size = size;
	s->count = 0;
	s->cap = cap;
	s->states = allocate(cap, size);
	s->table = allocate(2 * cap, sizeof(*s->table));
}

void seen_free(struct seen *s)
{
	free(s->states);
	free(s->table);
}

/* FNV-1a, by words: states are long and looked up often. */
static size_t hash(const void *state, size_t size)
{
	const uint8_t *at = state;
	uint64_t h = 0xcbf29ce484222325u;

	while (size > 0) {
		size_t octets = size < 8 ? size : 8;
		uint64_t word = 0;

		memcpy(&word, at, octets);
		h = (h ^ word) * 0x100000001b3u;
		h ^= h >> 29;
		at += octets;
		size -= octets;
	}
	return (size_t)(h ^ h >> 32);
}

bool seen_add(struct seen *s, const void *state)
{
	size_t at = hash(state, s->size) % (2 * s->cap);

	while (s->table[at] != 0) {
		if (memcmp(seen_at(s, s->table[at] - 1), state, s->size) == 0)
			return false;
		at = (at + 1) % (2 * s->cap);
	}
	if (s->count == s->cap) {
		fprintf(stderr, "seen: more than %zu states\n", s->cap);
		abort();
	}
	memcpy(s->states + s->count * s->size, state, s->size);
	s->count++;
	s->table[at] = (uint32_t)s->count;
	return true;
}

const void *seen_at(const struct seen *s, size_t index)
{
	return s->states + index * s->size;
}
