/* SPDX-License-Identifier: MIT */
/* Explore a back's queues against a front that sends anything. */
#include "lone_bq.h"
#include "runs.h"

#define CTRL	0
#define OUT	1
#define IN	2

static const struct lone_bq_params runs[] = {
	{
		.name = "bq-strict", .queues = { IN }, .nr_queues = 1,
		.requests = 4, .ids = 2, .lengths = 6, .hc_depth = 1,
		.extended = true, .refuses = true,
	}, {
		.name = "bq-pipelined", .queues = { OUT }, .nr_queues = 1,
		.requests = 4, .ids = 2, .lengths = 3, .hc_depth = 3,
		.extended = true, .refuses = true,
	}, {
		.name = "bq-hold", .queues = { IN }, .nr_queues = 1,
		.iso = true, .requests = 4, .ids = 1, .lengths = 3,
		.hc_depth = 2, .extended = true, .refuses = true,
		.holds = true, .ports = true,
	}, {
		.name = "bq-control-bulk", .queues = { CTRL, OUT },
		.nr_queues = 2, .requests = 4, .ids = 1, .lengths = 2,
		.hc_depth = 2, .extended = true, .refuses = true,
		.ports = true, .again = true, .holds = true,
	}, {
		.name = "bq-slow", .queues = { IN }, .nr_queues = 1,
		.requests = 3, .ids = 1, .lengths = 2, .hc_depth = 2,
		.extended = true, .stages = true, .slow_answers = true,
		.ports = true, .refuses = true,
	}, {
		.name = "bq-old-front", .queues = { IN }, .nr_queues = 1,
		.iso = true, .requests = 3, .ids = 2, .lengths = 3,
		.hc_depth = 2, .refuses = true, .holds = true, .ports = true,
	}, {
		.name = "bq-old-front-slow", .queues = { OUT },
		.nr_queues = 1, .requests = 3, .ids = 1, .lengths = 2,
		.hc_depth = 2, .slow_answers = true, .holds = true,
	},
};

static struct run_entry entry(unsigned int i)
{
	struct run_entry e = {
		.name = runs[i].name,
		.params = &runs[i],
		.large = runs[i].large,
	};

	return e;
}

int main(int argc, char **argv)
{
	struct run_list list = {
		.model = &lone_bq_model,
		.choose = lone_bq_choose,
		.n = sizeof(runs) / sizeof(runs[0]),
		.entry = entry,
	};

	return run_all(argc, argv, &list);
}
