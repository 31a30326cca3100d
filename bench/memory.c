/* SPDX-License-Identifier: MIT */
/*
 * What the compiler calls for a copy that it does not write out itself: by
 * words of eight octets, as kernels without vector registers do.
 */
#include <stddef.h>
#include <stdint.h>

struct word {
	uint64_t bits;
} __attribute__((packed, may_alias));

void *memcpy(void *to, const void *from, size_t octets);
void *memset(void *to, int octet, size_t octets);

void *memcpy(void *to, const void *from, size_t octets)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	for (; octets >= 8; octets -= 8, t += 8, f += 8)
		((struct word *)t)->bits = ((const struct word *)f)->bits;
	while (octets-- != 0)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int octet, size_t octets)
{
	uint64_t all = (uint8_t)octet * 0x0101010101010101u;
	uint8_t *t = to;

	for (; octets >= 8; octets -= 8, t += 8)
		((struct word *)t)->bits = all;
	while (octets-- != 0)
		*t++ = (uint8_t)octet;
	return to;
}
