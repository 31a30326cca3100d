/* SPDX-License-Identifier: MIT */
/*
 * Each handshake machine, with its shim and the toolstack, against an
 * adversary in the place of the other (xenbus_bad.h).
 *
 * In every state: the machine valid, no event refused, the rules of the actions
 * kept.  The adversary may fall silent in any state: what the ends and the
 * toolstack do by themselves then comes to an end whatever the schedule, and
 * that is a good place to rest: a detach and an unload have ended, nothing is
 * held for a device that is no more.  From every state an honest driver may
 * take the adversary's place, or its domain be destroyed: then the ends
 * connect or say why not, a detach removes everything, and a controller that
 * is attached anew connects; always, whatever the schedule.
 */
#include "graph_model.h"
#include "runs.h"
#include "xenbus_bad.h"

#define EDGE_OWN	1u	/* of the ends and the toolstack */
#define EDGE_OTHER	2u

struct params {
	struct run run;
	bool front;		/* is the adversary */
	bool atomic;		/* bad_make() */
};

static const struct params runs[] = {
	{ .run.name = "xenbus-bad-front", .front = true, .atomic = true },
	{ .run.name = "xenbus-bad-back", .atomic = true },
	{ .run.name = "xenbus-bad-front-mixed", .front = true },
	{ .run.name = "xenbus-bad-back-mixed" },
};

static const struct params *params;

static void init(void *state)
{
	bad_init(state, params->front);
}

static bool can(const void *state, uint32_t move)
{
	return bad_can(state, move);
}

static const char *make(void *state, uint32_t move)
{
	return bad_make(state, move, params->atomic);
}

static uint8_t kind(const void *state, uint32_t move)
{
	return bad_is_own(state, move) ? EDGE_OWN : EDGE_OTHER;
}

static bool at_rest(const void *state)
{
	return bad_at_rest(state);
}

static const char *check(const void *state)
{
	return bad_at_rest(state) ? bad_judge_rest(state) : NULL;
}

static void print(FILE *out, const void *state)
{
	const struct bad *b = state;

	world_print(out, &b->w);
}

static const struct graph_model model;

/* Every way that is gone without the adversary leads to a place to rest. */
static const char *judge(const struct graph *g, FILE *out)
{
	const char *broken = graph_reaches(g, &model, at_rest, EDGE_OWN,
					   "it never comes to rest", out);

	if (!broken && params->atomic)
		broken = graph_ends(g, &model, EDGE_OWN, out);
	return broken;
}

static const struct graph_model model = {
	.octets = sizeof(struct bad),
	.moves = BAD_MOVE_N,
	.init = init,
	.can = can,
	.make = make,
	.kind = kind,
	.check = check,
	.judge = judge,
	.print = print,
	.print_move = bad_print_move,
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
