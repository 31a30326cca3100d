/* SPDX-License-Identifier: MIT */
/*
 * The world of explore_queues.c, with more of everything than can be explored:
 * random walks through it.
 */
#include "joint.h"
#include "runs.h"

#define CTRL	0
#define OUT	1
#define IN	2
#define IN2	(USBIF_EPS + IN)

#define WALKS	20000u

#define MANY								\
	.urbs = MAX_GHOSTS, .unlinks = 4, .lengths = 15,		\
	.short_not_ok = 3, .slots = USBIF_MAX_SLOTS, .depth = 8,	\
	.errors = 3, .shorts = 3, .queues = { IN, OUT, CTRL, IN2 },	\
	.nr_queues = 4, .extended = true
/* A control transfer is one request, so fragments are bulk's alone. */
#define FRAGMENTS							\
	.max_octets = 1024, .queues = { IN, OUT, IN2 }, .nr_queues = 3
#define WHOLE		.max_octets = 4096
#define STRICT		.hc_depth = 1, .goes_on = true
#define PIPELINED	.hc_depth = 4

static const struct joint_params runs[] = {
	{
		.run.name = "walk-strict", MANY, WHOLE, STRICT, .empty_packets = true,
		.hides = 2,
	}, {
		.run.name = "walk-strict-fragments", MANY, FRAGMENTS, STRICT,
		.empty_packets = true, .hides = 2, .refuses = true,
		.slow_admits = true, .slow_answers = true,
	}, {
		.run.name = "walk-strict-one-queue", MANY, FRAGMENTS, STRICT,
		.queues = { IN }, .nr_queues = 1, .hides = 2,
	}, {
		.run.name = "walk-strict-full-ring", MANY, FRAGMENTS, STRICT,
		.slots = 8, .hides = 2,
	}, {
		.run.name = "walk-strict-everything", MANY, FRAGMENTS, STRICT,
		.hides = 2, .refuses = true, .slow_admits = true,
		.slow_answers = true, .holds = 2, .unplugs = 3,
		.replug = true, .same_addr = true,
	}, {
		.run.name = "walk-strict-ends", MANY, WHOLE, STRICT, .hides = 2,
		.slow_admits = true, .slow_answers = true, .unplugs = 1,
		.die = true, .close = true,
	}, {
		.run.name = "walk-pipelined", MANY, WHOLE, PIPELINED, .hides = 2,
	}, {
		.run.name = "walk-pipelined-one-queue", MANY, WHOLE, PIPELINED,
		.queues = { OUT }, .nr_queues = 1, .hides = 2,
	}, {
		.run.name = "walk-pipelined-fragments", MANY, FRAGMENTS, PIPELINED,
		.hides = 2, .refuses = true, .slow_admits = true,
	}, {
		.run.name = "walk-pipelined-goes-on", MANY, WHOLE, PIPELINED,
		.goes_on = true, .hides = 2, .queues = { OUT, IN },
		.nr_queues = 2,
	}, {
		.run.name = "walk-pipelined-iso", MANY, WHOLE, PIPELINED,
		.lengths = 6, .iso_queues = 1 << IN2, .hides = 2,
	}, {
		.run.name = "walk-pipelined-everything", MANY, FRAGMENTS, PIPELINED,
		.hides = 1, .slow_admits = true, .slow_answers = true,
		.holds = 2, .unplugs = 3, .replug = true, .same_addr = true,
	}, {
		.run.name = "walk-not-negotiated", MANY, WHOLE, PIPELINED,
		.extended = false, .hides = 2, .slow_answers = true,
	},
};

int main(int argc, char **argv)
{
	struct run_list list = {
		RUN_LIST(runs),
		.model = &joint_model,
		.choose = joint_choose,
		.walks = WALKS,
	};

	return run_all(argc, argv, &list);
}
