/* SPDX-License-Identifier: MIT */
/* A whole back, explored: the moves of a path, in words. */
#include "lone_back.h"

void lone_back_print(FILE *out, search_move m)
{
	static const char *const words[] = {
		"guest asks port %u for %s\n", "guest unlinks slot %u\n",
		"the HC completes slot %u: %s\n",
		"the shim has executed for port %u: %s\n",
		"device %u is unplugged\n", "device %u is plugged in\n",
		"back closes\n", "an answer is put on the ring\n",
		"the front has heard\n",
		"device %u has rested after its reset\n",
	};
	static const char *const asked[] = {
		"its own", "an address", "a configuration", "an interface",
		"clear halt", "OUT", "IN",
	};
	static const char *const ends[] = { "well", "failed", "cancelled" };
	static const char *const outcomes[] = { "well", "without IN", "failed" };
	uint8_t a = (uint8_t)(m >> 8), b = (uint8_t)m;
	const char *detail = "";

	if (m >> 16 == ASK)
		detail = asked[b / 4];
	else if (m >> 16 == COMPLETE)
		detail = ends[b];
	else if (m >> 16 == EXECUTED)
		detail = outcomes[b];
	fprintf(out, words[m >> 16], a, detail);
	if (m >> 16 == ASK && b & 3)
		fprintf(out, "        %s%s\n", b & 2 ? "by its address" : "",
			b & 1 ? ", restart" : "");
}
