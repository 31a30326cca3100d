/* SPDX-License-Identifier: MIT */
/*
 * Every state that both handshakes can reach together, with a toolstack, two
 * operating systems and all that can befall them (xenbus_world.h).
 *
 * Twice: once the other end may move between a look and the write that
 * follows from it, once not.  In both, in every state: each machine valid, no
 * event refused, the rules of the actions kept; the system comes to rest by
 * itself, and then is connected, or says why not, or has released everything;
 * from every state one that is connected and one that is empty can be reached.
 * In the second also: it comes to rest whatever the schedule, so no two ends
 * chase each other.  (In the first they could, if every single time one of
 * them moved in the instant between the other's look and write.)
 */
#include "graph_model.h"
#include "runs.h"
#include "xenbus_world.h"

#define EDGE_OWN	1u	/* the system's own move */
#define EDGE_OTHER	2u

struct params {
	struct run run;
	bool atomic;		/* nobody moves between a look and a write */
};

static const struct params runs[] = {
	{ .run.name = "xenbus-undivided", .atomic = true },
	{ .run.name = "xenbus-interleaved" },
};

static const struct params *params;

static void init(void *state)
{
	world_init(state);
}

static bool can(const void *state, uint32_t move)
{
	return world_can(state, (enum move)move);
}

static const char *make(void *state, uint32_t move)
{
	return world_make(state, (enum move)move, params->atomic);
}

static uint8_t kind(const void *state, uint32_t move)
{
	(void)state;
	return move < MOVE_OWN_END ? EDGE_OWN : EDGE_OTHER;
}

static void print(FILE *out, const void *state)
{
	world_print(out, state);
}

static void print_move(FILE *out, uint32_t move)
{
	fprintf(out, "%s", world_move_name((enum move)move));
}

static bool at_rest(const void *state)
{
	return world_at_rest(state);
}

static bool connected(const void *state)
{
	return world_connected(state);
}

static bool empty(const void *state)
{
	return world_empty(state);
}

static const char *check(const void *state)
{
	return world_at_rest(state) ? world_judge_rest(state) : NULL;
}

static const struct graph_model model;

static const char *judge(const struct graph *g, FILE *out)
{
	const char *broken = graph_reaches(g, &model, at_rest, EDGE_OWN,
					   "it never comes to rest", out);

	if (!broken)
		broken = graph_reaches(g, &model, connected,
				       EDGE_OWN | EDGE_OTHER,
				       "it is never connected again", out);
	if (!broken)
		broken = graph_reaches(g, &model, empty, EDGE_OWN | EDGE_OTHER,
				       "it is never removed", out);
	if (!broken && params->atomic)
		broken = graph_ends(g, &model, EDGE_OWN, out);
	return broken;
}

static const struct graph_model model = {
	.octets = sizeof(struct world),
	.moves = MOVE_N,
	.init = init,
	.can = can,
	.make = make,
	.kind = kind,
	.check = check,
	.judge = judge,
	.print = print,
	.print_move = print_move,
};

static void explore(uint64_t most_states, FILE *out, struct search_result *r)
{
	graph_explore(&model, most_states, out, r);
}

static void choose(const void *which)
{
	params = which;
}

int main(int argc, char **argv)
{
	struct run_list list = {
		RUN_LIST(runs),
		.choose = choose,
		.explore = explore,
	};

	return run_all(argc, argv, &list);
}
