/* SPDX-License-Identifier: MIT */
#include "support/octets.h"

#include <stdlib.h>
#include <string.h>

void octets_add(struct octets *o, const void *from, uint32_t n)
{
	if (n == 0)
		return;
	if (o->room - o->n < n) {
		o->room = 2 * (o->n + n);
		o->at = realloc(o->at, o->room);
		if (!o->at)
			abort();
	}
	memcpy(o->at + o->n, from, n);
	o->n += n;
}

void octets_free(struct octets *o)
{
	free(o->at);
	memset(o, 0, sizeof(*o));
}
