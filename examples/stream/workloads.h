/* SPDX-License-Identifier: MIT */
/*
 * What drivers do that counts on a queue that stops.  Each workload talks to a
 * device of its own (device.h), says what happened in plain lines, and returns
 * true if it was what a driver sees of a device on its own machine.
 */
#ifndef STREAM_WORKLOADS_H
#define STREAM_WORKLOADS_H

#include "client.h"

struct workload {
	const char *name;
	const char *what;
	bool (*run)(struct client *c);
};

#define WORKLOADS	4
extern const struct workload workloads[WORKLOADS];

/*
 * Start a server process with a new device, and run a workload on it.
 * trace: print every frame.  Returns true if it was right at both ends.
 */
bool workload_run(const struct workload *w, const struct client_way *way,
		  bool trace);

#endif
