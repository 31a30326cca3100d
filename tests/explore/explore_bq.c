/* SPDX-License-Identifier: MIT */
/* Explore a back's queues against a front that sends anything. */
#include "lone_bq.h"
#include "runs.h"

#define CTRL	0
#define OUT	1
#define IN	2

static const struct lone_bq_params runs[] = {
	{
		.run.name = "bq-strict", .queues = { IN }, .nr_queues = 1,
		.requests = 4, .ids = 2, .lengths = 6, .hc_depth = 1,
		.extended = true, .refuses = true,
	}, {
		.run.name = "bq-pipelined", .queues = { OUT }, .nr_queues = 1,
		.requests = 4, .ids = 2, .lengths = 3, .hc_depth = 3,
		.extended = true, .refuses = true,
	}, {
		.run.name = "bq-hold", .queues = { IN }, .nr_queues = 1,
		.iso = true, .requests = 4, .ids = 1, .lengths = 3,
		.hc_depth = 2, .extended = true, .refuses = true,
		.holds = true, .ports = true,
	}, {
		.run.name = "bq-control-bulk", .queues = { CTRL, OUT },
		.nr_queues = 2, .requests = 4, .ids = 1, .lengths = 2,
		.hc_depth = 2, .extended = true, .refuses = true,
		.ports = true, .again = true, .holds = true,
	}, {
		.run.name = "bq-slow", .queues = { IN }, .nr_queues = 1,
		.requests = 3, .ids = 1, .lengths = 2, .hc_depth = 2,
		.extended = true, .stages = true, .slow_answers = true,
		.ports = true, .refuses = true,
	}, {
		.run.name = "bq-old-front", .queues = { IN }, .nr_queues = 1,
		.iso = true, .requests = 3, .ids = 2, .lengths = 3,
		.hc_depth = 2, .refuses = true, .holds = true, .ports = true,
	}, {
		.run.name = "bq-old-front-slow", .queues = { OUT },
		.nr_queues = 1, .requests = 3, .ids = 1, .lengths = 2,
		.hc_depth = 2, .slow_answers = true, .holds = true,
	},
};

int main(int argc, char **argv)
{
	struct run_list list = {
		RUN_LIST(runs),
		.model = &lone_bq_model,
		.choose = lone_bq_choose,
	};

	return run_all(argc, argv, &list);
}
