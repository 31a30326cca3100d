/* SPDX-License-Identifier: MIT */
/* Explore the endpoint queues of a front and a back that talk to each other. */
#include "joint.h"
#include "runs.h"

#define CTRL	0
#define OUT	1
#define IN	2
#define IN2	(USBIF_EPS + IN)

/* What most runs share. */
#define ONE_QUEUE(q) \
	.queues = { q }, .nr_queues = 1, .slots = 9, .depth = 3, \
	.max_octets = 4096, .extended = true
#define TWO_QUEUES(a, b) \
	.queues = { a, b }, .nr_queues = 2, .slots = 8, .depth = 2, \
	.max_octets = 4096, .extended = true
#define STRICT		.hc_depth = 1, .goes_on = true
#define PIPELINED	.hc_depth = 3, .hides = 1
#define FRAGMENTS	.max_octets = 1024
/* What has no end within 10 GB is looked at as far as 6 GB go. */
#define MOST		.run.millions = 40

/* Lengths of URBs, in packets. */
#define P0	1
#define P1	2
#define P2	4
#define P3	8

static const struct joint_params runs[] = {
	/* one request of a queue in the HC: any HC */
	{
		.run.name = "strict-in", ONE_QUEUE(IN), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = P1 | P2, .short_not_ok = 3,
		.errors = 1, .shorts = 1, .empty_packets = true, .hides = 2,
	}, {
		.run.name = "strict-out", ONE_QUEUE(OUT), STRICT, .urbs = 3,
		.unlinks = 3, .lengths = P0 | P1, .short_not_ok = 1,
		.errors = 2, .hides = 2,
	}, {
		.run.name = "strict-fragments-out", ONE_QUEUE(OUT), STRICT,
		FRAGMENTS, .urbs = 3, .unlinks = 2, .lengths = P1 | P2,
		.short_not_ok = 1, .errors = 1, .hides = 2,
	}, {
		.run.name = "strict-fragments-in", ONE_QUEUE(IN), STRICT,
		FRAGMENTS, .urbs = 3, .unlinks = 1, .lengths = P2,
		.short_not_ok = 3, .errors = 1, .shorts = 1,
		.empty_packets = true, .hides = 2,
	}, {
		.run.name = "strict-control", ONE_QUEUE(CTRL), STRICT, .urbs = 3,
		.unlinks = 2, .lengths = P0 | P1, .short_not_ok = 1,
		.errors = 1, .shorts = 1, .hides = 2,
	}, {
		.run.name = "strict-refusals", ONE_QUEUE(OUT), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = P1, .short_not_ok = 1, .errors = 2,
		.refuses = true, .slow_admits = true, .hides = 1,
	}, {
		.run.name = "strict-refused-fragments", ONE_QUEUE(IN), STRICT,
		FRAGMENTS, .urbs = 2, .unlinks = 1, .lengths = P1 | P2,
		.short_not_ok = 3, .errors = 2, .shorts = 1, .refuses = true,
		.slow_admits = true, .hides = 1,
	}, {
		.run.name = "strict-slow", ONE_QUEUE(IN), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = P1, .short_not_ok = 3, .errors = 1,
		.slow_answers = true, .slow_admits = true, .hides = 1,
	}, {
		.run.name = "strict-hold", ONE_QUEUE(OUT), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = P0 | P2, .short_not_ok = 1,
		.errors = 1, .holds = 2, .hides = 1,
	}, {
		.run.name = "strict-empty-packets", ONE_QUEUE(OUT), STRICT,
		FRAGMENTS, .urbs = 3, .unlinks = 2, .lengths = P1 | P2,
		.short_not_ok = 1, .zero_packets = true, .errors = 1,
		.hides = 2,
	}, {
		.run.name = "full-ring", ONE_QUEUE(OUT), STRICT, FRAGMENTS,
		.slots = 4, .urbs = 4, .unlinks = 3, .lengths = P1 | P2,
		.short_not_ok = 1, .errors = 1, .hides = 1,
	},
	/* several queues */
	{
		.run.name = "two-queues", TWO_QUEUES(IN, IN2), STRICT, .slots = 4,
		.urbs = 4, .unlinks = 1, .lengths = P1, .short_not_ok = 1,
		.errors = 1, .hides = 1,
	}, {
		.run.name = "control-bulk", TWO_QUEUES(CTRL, IN), STRICT,
		.urbs = 3, .unlinks = 1, .lengths = P1, .short_not_ok = 2,
		.errors = 1, .shorts = 1, .hides = 1,
	}, {
		.run.name = "three-queues", TWO_QUEUES(CTRL, OUT), STRICT,
		.queues = { CTRL, OUT, IN2 }, .nr_queues = 3, .slots = 4,
		.urbs = 3, .unlinks = 2, .lengths = P1, .short_not_ok = 1,
		.hides = 1,
	}, {
		.run.name = "crowded", TWO_QUEUES(CTRL, OUT), STRICT,
		.queues = { OUT, IN, IN2, CTRL }, .nr_queues = 4, .slots = 4,
		.in_turn = true, .urbs = 4, .unlinks = 2, .lengths = P1,
		.short_not_ok = 1, .hides = 1, .crowded = true,
	}, {
		.run.name = "iso-bulk", TWO_QUEUES(IN, IN2), STRICT, .slots = 9,
		.iso_queues = 1 << IN2, .in_turn = true, .urbs = 4,
		.unlinks = 1, .lengths = P1, .short_not_ok = 1, .errors = 1, .hides = 1,
	},
	/* several in the HC */
	{
		.run.name = "pipelined-in", ONE_QUEUE(IN), PIPELINED, .urbs = 3,
		.unlinks = 1, .lengths = P1 | P2, .short_not_ok = 3,
		.errors = 1, .shorts = 1,
	}, {
		.run.name = "pipelined-out", ONE_QUEUE(OUT), PIPELINED, .urbs = 3,
		.unlinks = 2, .lengths = P0 | P1 | P2, .short_not_ok = 1,
		.errors = 1, .hides = 2,
	}, {
		.run.name = "pipelined-goes-on-out", ONE_QUEUE(OUT), PIPELINED,
		.goes_on = true, .urbs = 3, .unlinks = 2, .lengths = P1 | P2,
		.short_not_ok = 1, .errors = 2, .hides = 2,
	}, {
		.run.name = "pipelined-goes-on-in", ONE_QUEUE(IN), PIPELINED,
		.goes_on = true, .urbs = 3, .unlinks = 1, .lengths = P1 | P2,
		.short_not_ok = 3, .errors = 1, .shorts = 1,
	}, {
		.run.name = "pipelined-refusals", ONE_QUEUE(OUT), PIPELINED,
		.urbs = 3, .unlinks = 1, .lengths = P1, .short_not_ok = 1,
		.errors = 2, .refuses = true, .slow_admits = true,
	}, {
		.run.name = "pipelined-control", ONE_QUEUE(CTRL), PIPELINED,
		.goes_on = true, .urbs = 3, .unlinks = 1, .lengths = P0 | P1,
		.short_not_ok = 1, .errors = 1, .shorts = 1,
	}, {
		.run.name = "pipelined-fragments", ONE_QUEUE(OUT), PIPELINED,
		FRAGMENTS, .goes_on = true, .urbs = 3, .unlinks = 2,
		.lengths = P1 | P2, .short_not_ok = 1, .errors = 1,
	}, {
		.run.name = "pipelined-empty-packets", ONE_QUEUE(OUT), PIPELINED,
		.goes_on = true, .urbs = 3, .unlinks = 2, .lengths = P0 | P1,
		.short_not_ok = 1, .zero_packets = true, .errors = 1,
		.hides = 2,
	}, {
		.run.name = "pipelined-long-in", ONE_QUEUE(IN), PIPELINED,
		FRAGMENTS, .bulk_octets = 2048, .urbs = 2, .unlinks = 1,
		.lengths = P2 | P3, .short_not_ok = 3, .errors = 1,
		.shorts = 1, .hides = 1,
	}, {
		.run.name = "pipelined-two-queues", TWO_QUEUES(OUT, IN), PIPELINED,
		.urbs = 3, .unlinks = 1, .lengths = P1 | P2,
		.short_not_ok = 1, .errors = 1, .hides = 1,
	}, {
		.run.name = "pipelined-hold", ONE_QUEUE(IN), PIPELINED,
		.goes_on = true, .urbs = 3, .unlinks = 1, .lengths = P1 | P2,
		.short_not_ok = 1, .errors = 1, .shorts = 1, .holds = 1,
	},
	/* devices leave, and come */
	{
		.run.name = "unplug", TWO_QUEUES(IN, IN2), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = P1, .short_not_ok = 1, .errors = 1,
		.unplugs = 1, .hides = 1,
	}, {
		.run.name = "replug", ONE_QUEUE(IN), STRICT, FRAGMENTS, .urbs = 3,
		.unlinks = 1, .lengths = P2, .short_not_ok = 1, .unplugs = 2,
		.replug = true, .hides = 1,
	}, {
		.run.name = "replug-same-address", ONE_QUEUE(OUT), STRICT,
		FRAGMENTS, .urbs = 2, .unlinks = 1, .lengths = P2,
		.short_not_ok = 1, .unplugs = 2, .replug = true,
		.same_addr = true, .slow_answers = true, .slow_admits = true,
		.hides = 1,
	},
	/* connections end */
	{
		.run.name = "ends", ONE_QUEUE(OUT), PIPELINED, FRAGMENTS,
		.urbs = 2, .unlinks = 1, .lengths = P1 | P2,
		.short_not_ok = 1, .errors = 1, .die = true, .close = true,
	},
	{
		.run.name = "silent-out", ONE_QUEUE(OUT), STRICT, FRAGMENTS,
		.slots = 4, .urbs = 3, .unlinks = 3, .lengths = P1 | P2,
		.short_not_ok = 1, .hides = 1, .silent = true,
	}, {
		.run.name = "silent-in", TWO_QUEUES(IN, IN2), PIPELINED,
		.urbs = 2, .unlinks = 2, .lengths = P1, .short_not_ok = 2,
		.errors = 1, .hides = 1, .silent = true,
	}, {
		.run.name = "ends-in", ONE_QUEUE(IN), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = P1, .short_not_ok = 2, .errors = 1,
		.shorts = 1, .hides = 1, .die = true, .close = true,
	}, {
		.run.name = "ends-control", TWO_QUEUES(CTRL, OUT), STRICT,
		.urbs = 2, .unlinks = 1, .lengths = P1, .short_not_ok = 1,
		.hides = 1, .holds = 1, .die = true, .close = true,
	}, {
		.run.name = "ends-unplug", TWO_QUEUES(OUT, IN2), STRICT, .urbs = 2,
		.unlinks = 1, .lengths = P1, .short_not_ok = 1, .unplugs = 1,
		.hides = 1, .die = true, .close = true,
	}, {
		.run.name = "replug-two", TWO_QUEUES(OUT, IN2), STRICT, .urbs = 3,
		.unlinks = 1, .lengths = P1, .short_not_ok = 1, .unplugs = 1,
		.replug = true, .same_addr = true, .hides = 1,
	}, {
		.run.name = "iso-ends", TWO_QUEUES(IN, IN2), PIPELINED, .slots = 9,
		.iso_queues = 1 << IN, .urbs = 2, .unlinks = 1,
		.lengths = P1, .short_not_ok = 1, .errors = 1, .unplugs = 1,
		.replug = true, .die = true, .hides = 1,
	}, {
		.run.name = "iso-replug", TWO_QUEUES(IN, IN2), PIPELINED,
		.slots = 9, .iso_queues = 1 << IN, .in_turn = true, .urbs = 3,
		.unlinks = 1, .lengths = P1, .short_not_ok = 1, .errors = 1,
		.shorts = 1, .unplugs = 1, .replug = true, .hides = 1,
	}, {
		.run.name = "iso-hold", TWO_QUEUES(OUT, IN), PIPELINED, .slots = 9,
		.iso_queues = 1 << IN, .in_turn = true, .urbs = 3,
		.unlinks = 1, .lengths = P1, .short_not_ok = 1, .errors = 1,
		.holds = 1,
	},
	/* peers that do not know endpoint queues */
	{
		.run.name = "not-negotiated-in", ONE_QUEUE(IN), STRICT,
		.extended = false, .urbs = 3, .unlinks = 2,
		.lengths = P1 | P2, .short_not_ok = 3, .errors = 1,
		.shorts = 1, .hides = 2,
	}, {
		.run.name = "not-negotiated-out", TWO_QUEUES(CTRL, OUT), PIPELINED,
		FRAGMENTS, .extended = false, .urbs = 3, .unlinks = 1,
		.lengths = P1, .short_not_ok = 1, .errors = 2,
		.holds = 1,
	}, {
		.run.name = "old-back", ONE_QUEUE(IN), PIPELINED, FRAGMENTS,
		.extended = false, .forgets = true, .goes_on = true,
		.urbs = 3, .unlinks = 2, .lengths = P1 | P2,
		.short_not_ok = 3, .errors = 1, .shorts = 1,
		.slow_answers = true,
	},
	/* the same, larger */
	{
		.run.name = "large-strict-in", ONE_QUEUE(IN), STRICT, .urbs = 3,
		.unlinks = 3, .lengths = P0 | P1 | P2, .short_not_ok = 3,
		.errors = 2, .shorts = 3, .empty_packets = true, .hides = 2,
		.run.large = true,
	}, {
		.run.name = "large-strict-out", ONE_QUEUE(OUT), STRICT, .urbs = 4,
		.unlinks = 3, .lengths = P0 | P1, .short_not_ok = 1,
		.errors = 2, .hides = 2, .run.large = true, MOST,
	}, {
		.run.name = "large-two-queues", TWO_QUEUES(IN, IN2), STRICT,
		.urbs = 4, .unlinks = 1, .lengths = P1, .short_not_ok = 1,
		.errors = 1, .hides = 1, .run.large = true,
	}, {
		.run.name = "large-pipelined-in", ONE_QUEUE(IN), PIPELINED,
		.urbs = 3, .unlinks = 3, .lengths = P1 | P2,
		.short_not_ok = 3, .errors = 2, .shorts = 3, .run.large = true, MOST,
	}, {
		.run.name = "large-pipelined-goes-on", ONE_QUEUE(OUT), PIPELINED,
		.goes_on = true, .urbs = 4, .unlinks = 2, .lengths = P1 | P2,
		.short_not_ok = 1, .errors = 2, .run.large = true, MOST,
	}, {
		.run.name = "large-ends", ONE_QUEUE(OUT), PIPELINED, FRAGMENTS,
		.urbs = 3, .unlinks = 1, .lengths = P2, .short_not_ok = 1,
		.die = true, .close = true, .unplugs = 1, .run.large = true,
	}, {
		.run.name = "large-ends-unplug", TWO_QUEUES(OUT, IN2), STRICT,
		.urbs = 3, .unlinks = 1, .lengths = P1, .short_not_ok = 1,
		.unplugs = 1, .hides = 1, .die = true, .close = true,
		.run.large = true,
	}, {
		.run.name = "large-silent", TWO_QUEUES(IN, IN2), STRICT,
		.urbs = 3, .unlinks = 2, .lengths = P1, .short_not_ok = 1,
		.hides = 1, .silent = true, .run.large = true, MOST,
	},
};

int main(int argc, char **argv)
{
	struct run_list list = {
		RUN_LIST(runs),
		.model = &joint_model,
		.choose = joint_choose,
	};

	return run_all(argc, argv, &list);
}
