/* SPDX-License-Identifier: MIT */
/*
 * Pages that two sides see at different addresses, as two domains do: a
 * pointer that one side left in them, or kept of the other, does not work.
 */
#ifndef SUPPORT_SHARED_H
#define SUPPORT_SHARED_H

#include <stddef.h>
#include <stdint.h>

struct shared {
	void *front;
	void *back;
	size_t octets;
};

/* Map zeroed pages of 4096 octets twice. */
void shared_map(struct shared *s, uint32_t pages);
void shared_unmap(struct shared *s);

/* A header word of a ring, as either side finds it. */
uint32_t shared_get(const struct shared *s, uint32_t offset);
void shared_set(struct shared *s, uint32_t offset, uint32_t value);

#endif
