/* SPDX-License-Identifier: MIT */
/* A run of octets that grows. */
#ifndef SUPPORT_OCTETS_H
#define SUPPORT_OCTETS_H

#include <stdint.h>

struct octets {
	uint8_t *at;
	uint32_t n;
	uint32_t room;
};

void octets_add(struct octets *o, const void *from, uint32_t n);
void octets_free(struct octets *o);

#endif
