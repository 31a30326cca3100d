/* SPDX-License-Identifier: MIT */
/* The four functions that a compiler and libusbif expect to find. */
#include <stddef.h>
#include <stdint.h>

#include "usbif/port.h"

/* Any eight octets, wherever they are. */
struct eight {
	uint64_t octets;
} __attribute__((packed, may_alias));

void *memcpy(void *to, const void *from, size_t octets)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	for (; octets >= 8; octets -= 8, t += 8, f += 8)
		((struct eight *)t)->octets = ((const struct eight *)f)->octets;
	while (octets-- > 0)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t octets)
{
	uint8_t *t = to;
	const uint8_t *f = from;

	if (t <= f)
		while (octets-- > 0)
			*t++ = *f++;
	else
		while (octets-- > 0)
			t[octets] = f[octets];
	return to;
}

void *memset(void *to, int octet, size_t octets)
{
	uint64_t all = (uint8_t)octet * 0x0101010101010101u;
	uint8_t *t = to;

	for (; octets >= 8; octets -= 8, t += 8)
		((struct eight *)t)->octets = all;
	while (octets-- > 0)
		*t++ = (uint8_t)octet;
	return to;
}

int memcmp(const void *a, const void *b, size_t octets)
{
	const uint8_t *x = a, *y = b;

	for (; octets > 0; octets--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
