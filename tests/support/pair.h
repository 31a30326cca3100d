/* SPDX-License-Identifier: MIT */
/* Both halves of one ring, over pages that each sees at its own address. */
#ifndef SUPPORT_PAIR_H
#define SUPPORT_PAIR_H

#include "support/shared.h"
#include "usbif/ring.h"

struct pair {
	struct shared mem;
	struct usbif_ring front;
	struct usbif_ring back;
};

void pair_open(struct pair *p, uint32_t pages, uint32_t entry_octets);
void pair_close(struct pair *p);

/*
 * Start again as if seq entries had gone through the ring before, so that the
 * counters wrap within a short test.
 */
void pair_jump(struct pair *p, uint32_t seq);

/* Puts, and takes, one entry that holds just this value. */
int front_put(struct pair *p, uint32_t value);
int back_put(struct pair *p, uint32_t value);
int front_take(struct pair *p, uint32_t *value);
int back_take(struct pair *p, uint32_t *value);

#endif
