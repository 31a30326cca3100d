/* SPDX-License-Identifier: MIT */
/*
 * USB over a byte stream, with and without endpoint queues: the same drivers,
 * the same device, three ways between them.  See README.md.
 *
 * usage: stream [-v] [WORKLOAD]	-v: print every frame
 * Fails if the endpoint queues did not keep what they promise.
 */
#include <stdio.h>
#include <string.h>

#include "workloads.h"

static const struct {
	const struct client_way *way;
	const char *what;
	bool promises;
} ways[] = {
	{ &client_at_once, "every request at once, as today", false },
	{ &client_alone, "queues at the client only", true },
	{ &client_queues, "queues at both ends", true },
};

static bool compare(const struct workload *w, bool trace)
{
	bool kept = true;
	uint32_t i;

	printf("%s: %s\n", w->name, w->what);
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		bool right;

		printf("  %s\n", ways[i].what);
		right = workload_run(w, ways[i].way, trace);
		printf("    -> %s\n", right ? "right" : "WRONG");
		kept &= right || !ways[i].promises;
	}
	return kept;
}

int main(int argc, char **argv)
{
	bool trace = argc > 1 && strcmp(argv[1], "-v") == 0;
	const char *only = argc > 1 + trace ? argv[1 + trace] : NULL;
	bool kept = true, any = false;
	uint32_t i;

	for (i = 0; i < WORKLOADS; i++) {
		if (only && strcmp(only, workloads[i].name) != 0)
			continue;
		any = true;
		kept &= compare(&workloads[i], trace);
	}
	if (!any) {
		fprintf(stderr, "there is no workload %s\n", only);
		return 1;
	}
	printf("the queues %s\n", kept ? "kept their promise" :
					 "BROKE THEIR PROMISE");
	return kept ? 0 : 1;
}
