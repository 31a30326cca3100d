/* SPDX-License-Identifier: MIT */
#ifndef SHA256_H
#define SHA256_H

#include "usbif/port.h"

struct sha256 {
	uint32_t state[8];
	uint64_t octets;	/* taken so far */
	uint8_t block[64];
};

void sha256_start(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *from, uint32_t octets);
/* The digest as 64 hexadecimal digits and a NUL. */
void sha256_end(struct sha256 *sha, char hex[65]);

#endif
