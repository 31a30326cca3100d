/* SPDX-License-Identifier: MIT */
/*
 * Explore a whole back against a guest that asks for anything in any order:
 * requests that the host must execute itself, and resets of a port, among
 * those that the host controller runs.
 */
#include "lone_back.h"
#include "runs.h"

#define PLAIN		(1 << ASK_PLAIN)
#define ADDRESS		(1 << ASK_ADDRESS)
#define CONFIGURATION	(1 << ASK_CONFIGURATION)
#define INTERFACE	(1 << ASK_INTERFACE)
#define CLEAR_HALT	(1 << ASK_CLEAR_HALT)
#define BULK		(1 << ASK_OUT | 1 << ASK_IN)

static const struct lone_back_params runs[] = {
	{
		.run.name = "back-configuration", .ports = 1, .requests = 3,
		.kinds = PLAIN | CONFIGURATION | BULK, .hc_depth = 1,
		.extended = true, .bare = true, .unlinks = true,
	}, {
		.run.name = "back-interface", .ports = 1, .requests = 3,
		.kinds = INTERFACE | CLEAR_HALT | BULK, .hc_depth = 2,
		.extended = true, .unlinks = true,
	}, {
		.run.name = "back-reset", .ports = 1, .requests = 3,
		.kinds = PLAIN | ADDRESS | CLEAR_HALT | 1 << ASK_OUT,
		.hc_depth = 1, .extended = true, .no_address = true,
		.unlinks = true, .rests = true,
	}, {
		.run.name = "back-ends", .ports = 1, .requests = 2,
		.kinds = PLAIN | ADDRESS | CONFIGURATION | BULK,
		.hc_depth = 1, .extended = true, .no_address = true,
		.unlinks = true, .unplugs = true, .closes = true,
		.rests = true,
	}, {
		.run.name = "back-stale", .ports = 1, .requests = 2,
		.kinds = PLAIN | ADDRESS | BULK, .hc_depth = 1,
		.extended = true, .no_address = true, .unlinks = true,
		.unplugs = true, .closes = true, .stale = true, .rests = true,
	}, {
		.run.name = "back-two-devices", .ports = 2, .requests = 2,
		.kinds = PLAIN | ADDRESS | 1 << ASK_OUT, .hc_depth = 1,
		.extended = true, .no_address = true, .unplugs = true,
	}, {
		.run.name = "back-slow", .ports = 1, .requests = 2,
		.kinds = PLAIN | CONFIGURATION | 1 << ASK_OUT, .hc_depth = 1,
		.extended = true, .unlinks = true, .unplugs = true,
		.slow_answers = true,
	}, {
		.run.name = "back-old-front", .ports = 1, .requests = 3,
		.kinds = PLAIN | ADDRESS | CONFIGURATION | BULK,
		.hc_depth = 1, .no_address = true, .unlinks = true,
	}, {
		.run.name = "large-back", .ports = 1, .requests = 3,
		.kinds = PLAIN | ADDRESS | CONFIGURATION | CLEAR_HALT | BULK,
		.hc_depth = 2, .extended = true, .no_address = true,
		.unlinks = true, .run.large = true,
	}, {
		.run.name = "large-back-two-devices", .ports = 2, .requests = 2,
		.kinds = PLAIN | ADDRESS | CONFIGURATION | 1 << ASK_OUT,
		.hc_depth = 1, .extended = true, .no_address = true,
		.unplugs = true, .closes = true, .run.large = true,
	},
};

int main(int argc, char **argv)
{
	struct run_list list = {
		RUN_LIST(runs),
		.model = &lone_back_model,
		.choose = lone_back_choose,
	};

	return run_all(argc, argv, &list);
}
