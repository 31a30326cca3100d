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
#include "graph.h"
#include "xenbus_world.h"

#include <stdlib.h>
#include <string.h>

#define EDGE_OWN	1u	/* the system's own move */
#define EDGE_OTHER	2u
#define MOST_STATES	20000000u
#define MOST_STEPS	400u	/* of a trace */

static void print_trace(const struct graph *g, uint32_t i)
{
	uint32_t path[MOST_STEPS], n = graph_path(g, i, path, MOST_STEPS), k;

	for (k = 1; k < n; k++) {
		printf("%3u %s\n", k,
		       world_move_name((enum move)g->move[path[k]]));
		world_print(stdout, graph_state(g, path[k]));
	}
}

/* Make all moves of one state. */
static bool expand(struct graph *g, uint32_t i, bool atomic)
{
	struct world w;
	const char *broken;
	int move;

	graph_expand(g, i);
	for (move = 0; move < MOVE_N; move++) {
		memcpy(&w, graph_state(g, i), sizeof(w));
		if (!world_can(&w, (enum move)move))
			continue;
		broken = world_make(&w, (enum move)move, atomic);
		if (broken) {
			print_trace(g, i);
			printf("  * %s\n", world_move_name((enum move)move));
			world_print(stdout, &w);
			printf("BROKEN: %s\n", broken);
			return false;
		}
		graph_edge(g, graph_add(g, &w, i, (uint32_t)move),
			   move < MOVE_OWN_END ? EDGE_OWN : EDGE_OTHER);
	}
	return true;
}

static bool build(struct graph *g, bool atomic)
{
	struct world w;
	uint32_t i;

	graph_init(g, sizeof(w));
	world_init(&w);
	graph_add(g, &w, GRAPH_NONE, 0);
	for (i = 0; i < g->n; i++) {
		if (!expand(g, i, atomic))
			return false;
		if (g->n > MOST_STATES) {
			printf("BROKEN: more than %u states\n", MOST_STATES);
			return false;
		}
	}
	graph_close(g);
	return true;
}

static bool judge_rests(const struct graph *g, const uint8_t *rest)
{
	const char *broken;
	uint32_t i;

	for (i = 0; i < g->n; i++) {
		broken = rest[i] ? world_judge_rest(graph_state(g, i)) : NULL;
		if (!broken)
			continue;
		print_trace(g, i);
		printf("BROKEN: %s\n", broken);
		return false;
	}
	return true;
}

/* From everywhere, by edges of kinds, to where is[] is set. */
static bool reaches(const struct graph *g, uint8_t *is, uint8_t kinds,
		    const char *what)
{
	uint32_t i;

	if (graph_mark_back(g, is, kinds) == 0)
		return true;
	for (i = 0; is[i]; i++)
		;
	print_trace(g, i);
	printf("BROKEN: from here on never %s\n", what);
	return false;
}

static bool has_no_chase(const struct graph *g)
{
	uint32_t cycle[MOST_STEPS], i;
	uint32_t n = graph_find_cycle(g, EDGE_OWN, cycle, MOST_STEPS);

	if (n == 0)
		return true;
	print_trace(g, cycle[0]);
	printf("and then for ever:\n");
	for (i = 0; i < n; i++)
		world_print(stdout, graph_state(g, cycle[i]));
	printf("BROKEN: it never comes to rest\n");
	return false;
}

static bool judge(const struct graph *g, bool atomic)
{
	uint8_t *rest = malloc(g->n), *connected = malloc(g->n);
	uint8_t *empty = malloc(g->n);
	bool good = rest && connected && empty;
	uint32_t i, rests = 0;

	for (i = 0; good && i < g->n; i++) {
		rest[i] = world_at_rest(graph_state(g, i));
		connected[i] = world_connected(graph_state(g, i));
		empty[i] = world_empty(graph_state(g, i));
		rests += rest[i];
	}
	good = good && judge_rests(g, rest) &&
		reaches(g, rest, EDGE_OWN, "at rest") &&
		reaches(g, connected, EDGE_OWN | EDGE_OTHER, "connected") &&
		reaches(g, empty, EDGE_OWN | EDGE_OTHER, "empty") &&
		(!atomic || has_no_chase(g));
	printf("  %u of them at rest\n", rests);
	free(rest);
	free(connected);
	free(empty);
	return good;
}

static bool explore(bool atomic)
{
	struct graph g;
	bool good = build(&g, atomic);

	printf("front, back, xenstore, toolstack, %s:\n"
	       "  %u states, %zu transitions\n",
	       atomic ? "steps undivided" : "steps interleaved", g.n,
	       g.edges_n);
	good = good && judge(&g, atomic);
	graph_free(&g);
	return good;
}

int main(void)
{
	return explore(true) && explore(false) ? 0 : 1;
}
