/* SPDX-License-Identifier: MIT */
/* Explore the endpoint queues of a front and a back that talk to each other. */
#include "joint.h"

#include <stdlib.h>
#include <string.h>

#define CTRL	0
#define OUT	1
#define IN	2
#define IN2	(USBIF_EPS + IN)

/* What most runs share. */
#define ONE_QUEUE(q) \
	.queues = { q }, .nr_queues = 1, .slots = 9, .depth = 3, \
	.max_octets = 4096, .extended = true
#define TWO_QUEUES(a, b) \
	.queues = { a, b }, .nr_queues = 2, .slots = 6, .depth = 2, \
	.max_octets = 4096, .extended = true
#define STRICT	.hc_depth = 1, .goes_on = true
#define PIPELINED	.hc_depth = 3, .hides = 1

static const struct joint_params runs[] = {
	{
		.name = "strict-in", ONE_QUEUE(IN), STRICT, .urbs = 3,
		.unlinks = 2, .lengths = 6, .short_not_ok = 3, .errors = 1,
		.shorts = 1, .empty_packets = true, .hides = 2,
	}, {
		.name = "strict-out", ONE_QUEUE(OUT), STRICT, .urbs = 4,
		.unlinks = 2, .lengths = 3, .short_not_ok = 1, .errors = 2,
		.hides = 2,
	}, {
		.name = "strict-fragments-out", ONE_QUEUE(OUT), STRICT,
		.max_octets = 1024, .urbs = 3, .unlinks = 2, .lengths = 7,
		.short_not_ok = 1, .errors = 1, .hides = 2,
	}, {
		.name = "strict-fragments-in", ONE_QUEUE(IN), STRICT,
		.max_octets = 1024, .urbs = 3, .unlinks = 2, .lengths = 4,
		.short_not_ok = 3, .errors = 1, .shorts = 1,
		.empty_packets = true, .hides = 2,
	}, {
		.name = "strict-control", ONE_QUEUE(CTRL), STRICT, .urbs = 3,
		.unlinks = 2, .lengths = 3, .short_not_ok = 3, .errors = 1,
		.shorts = 1, .hides = 2,
	}, {
		.name = "strict-refusals", ONE_QUEUE(OUT), STRICT, .urbs = 3,
		.unlinks = 2, .lengths = 6, .short_not_ok = 1, .errors = 2,
		.refuses = true, .slow_admits = true, .hides = 1,
	}, {
		.name = "strict-slow", ONE_QUEUE(IN), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = 6, .short_not_ok = 3, .errors = 1,
		.slow_answers = true, .slow_admits = true, .hides = 1,
	}, {
		.name = "strict-hold", ONE_QUEUE(OUT), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = 7, .short_not_ok = 1, .errors = 1,
		.holds = 2, .hides = 1,
	}, {
		.name = "strict-two-queues", TWO_QUEUES(IN, IN2), STRICT,
		.urbs = 3, .unlinks = 1, .lengths = 2, .short_not_ok = 1,
		.errors = 1, .hides = 1,
	}, {
		.name = "strict-control-bulk", TWO_QUEUES(CTRL, IN), STRICT,
		.urbs = 3, .unlinks = 1, .lengths = 2, .short_not_ok = 1,
		.errors = 1, .hides = 1,
	}, {
		.name = "pipelined-in", ONE_QUEUE(IN), PIPELINED, .urbs = 3,
		.unlinks = 2, .lengths = 6, .short_not_ok = 3, .errors = 1,
		.shorts = 1,
	}, {
		.name = "pipelined-out", ONE_QUEUE(OUT), PIPELINED, .urbs = 3,
		.unlinks = 2, .lengths = 7, .short_not_ok = 1, .errors = 1,
	}, {
		.name = "pipelined-goes-on", ONE_QUEUE(OUT), PIPELINED,
		.goes_on = true, .urbs = 3, .unlinks = 2, .lengths = 6,
		.short_not_ok = 1, .errors = 2,
	}, {
		.name = "pipelined-goes-on-in", ONE_QUEUE(IN), PIPELINED,
		.goes_on = true, .urbs = 3, .unlinks = 2, .lengths = 6,
		.short_not_ok = 3, .errors = 1, .shorts = 1,
	}, {
		.name = "unplug", TWO_QUEUES(IN, IN2), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = 2, .short_not_ok = 1, .errors = 1,
		.unplugs = 1, .hides = 1,
	}, {
		.name = "replug", ONE_QUEUE(IN), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = 4, .short_not_ok = 1, .errors = 1,
		.max_octets = 1024, .unplugs = 2, .replug = true, .hides = 1,
	}, {
		.name = "replug-same-address", ONE_QUEUE(OUT), STRICT,
		.urbs = 2, .unlinks = 1, .lengths = 4, .short_not_ok = 1,
		.errors = 1, .max_octets = 1024, .unplugs = 2, .replug = true,
		.same_addr = true, .slow_answers = true, .slow_admits = true,
		.hides = 1,
	}, {
		.name = "ends", ONE_QUEUE(OUT), PIPELINED, .urbs = 3,
		.unlinks = 1, .lengths = 4, .short_not_ok = 1, .errors = 1,
		.max_octets = 1024, .die = true, .close = true,
	}, {
		.name = "not-negotiated", ONE_QUEUE(IN), STRICT,
		.extended = false, .urbs = 3, .unlinks = 2, .lengths = 6,
		.short_not_ok = 3, .errors = 1, .shorts = 1, .hides = 2,
	},
};

int main(int argc, char **argv)
{
	struct search_model model = {
		.octets = sizeof(struct joint),
		.init = joint_init,
		.moves = joint_moves,
		.perform = joint_perform,
		.is_internal = joint_is_internal,
		.at_rest = joint_at_rest,
		.print = joint_print,
	};
	size_t i;
	int bad = 0;

		printf("state: %zu octets\n", sizeof(struct joint));
	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct search_result r;

		if (argc > 1 && strcmp(argv[1], runs[i].name))
			continue;
		joint_params = &runs[i];
		joint_trace = NULL;
		search(&model, 12000000, stdout, &r);
		printf("%-20s %9llu states %10llu transitions depth %3u %6.1f s %s\n",
		       runs[i].name, (unsigned long long)r.states,
		       (unsigned long long)r.transitions, r.depth, r.seconds,
		       r.violation ? r.violation : r.complete ? "ok" : "incomplete");
		bad |= r.violation != NULL || !r.complete;
	}
	return bad;
}
