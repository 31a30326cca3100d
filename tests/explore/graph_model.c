/* SPDX-License-Identifier: MIT */
#include "graph_model.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_STEPS	1000u	/* of a trace */

static void print_move(const struct graph_model *m, uint32_t move, FILE *out)
{
	m->print_move(out, move);
	fprintf(out, "\n");
}

static const char *broken(const char *what, FILE *out)
{
	fprintf(out, "      VIOLATION: %s\n", what);
	return what;
}

static void print_trace(const struct graph *g, const struct graph_model *m,
			uint32_t i, FILE *out)
{
	uint32_t path[MOST_STEPS], n = graph_path(g, i, path, MOST_STEPS), k;

	for (k = 1; k < n; k++) {
		fprintf(out, "%4u  ", k);
		print_move(m, g->move[path[k]], out);
		m->print(out, graph_state(g, path[k]));
	}
}

/* Make all moves of one state. */
static const char *expand(struct graph *g, const struct graph_model *m,
			  uint32_t i, void *after, FILE *out)
{
	const char *what;
	uint32_t move;
	uint8_t kind;

	graph_expand(g, i);
	what = m->check ? m->check(graph_state(g, i)) : NULL;
	if (what) {
		print_trace(g, m, i, out);
		return broken(what, out);
	}
	for (move = 0; move < m->moves; move++) {
		if (!m->can(graph_state(g, i), move))
			continue;
		memcpy(after, graph_state(g, i), m->octets);
		kind = m->kind(after, move);
		what = m->make(after, move);
		if (what) {
			print_trace(g, m, i, out);
			fprintf(out, "   *  ");
			print_move(m, move, out);
			m->print(out, after);
			return broken(what, out);
		}
		graph_edge(g, graph_add(g, after, i, move), kind);
	}
	return NULL;
}

static unsigned int depth_of(const struct graph *g, uint32_t i)
{
	unsigned int n = 0;

	while (g->parent[i] != GRAPH_NONE) {
		i = g->parent[i];
		n++;
	}
	return n;
}

static const char *build(struct graph *g, const struct graph_model *m,
			 uint64_t most_states, FILE *out,
			 struct search_result *result)
{
	uint64_t *state = calloc(m->octets / sizeof(*state) + 1,
				 sizeof(*state));
	const char *what = NULL;
	uint32_t i;

	graph_init(g, m->octets);
	if (!state)
		return broken("out of memory", out);
	m->init(state);
	graph_add(g, state, GRAPH_NONE, 0);
	for (i = 0; i < g->n && !what && g->n <= most_states; i++)
		what = expand(g, m, i, state, out);
	free(state);
	if (!what && i == g->n)
		graph_close(g);
	result->states = g->n;
	result->transitions = g->edges_n;
	result->depth = depth_of(g, g->n - 1);
	result->complete = i == g->n;
	return what;
}

void graph_explore(const struct graph_model *m, uint64_t most_states, FILE *out,
		   struct search_result *result)
{
	clock_t began = clock();
	struct graph g;

	memset(result, 0, sizeof(*result));
	result->violation = build(&g, m, most_states, out, result);
	if (!result->violation && result->complete)
		result->violation = m->judge(&g, out);
	result->seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
	graph_free(&g);
}

const char *graph_reaches(const struct graph *g, const struct graph_model *m,
			  bool (*is)(const void *state), uint8_t kinds,
			  const char *never, FILE *out)
{
	uint8_t *marked = malloc(g->n);
	uint32_t i;

	if (!marked)
		return broken("out of memory", out);
	for (i = 0; i < g->n; i++)
		marked[i] = is(graph_state(g, i));
	if (graph_mark_back(g, marked, kinds) != 0) {
		for (i = 0; marked[i]; i++)
			;
		print_trace(g, m, i, out);
		broken(never, out);
	} else {
		never = NULL;
	}
	free(marked);
	return never;
}

const char *graph_ends(const struct graph *g, const struct graph_model *m,
		       uint8_t kinds, FILE *out)
{
	uint32_t cycle[MOST_STEPS], i;
	uint32_t n = graph_find_cycle(g, kinds, cycle, MOST_STEPS);

	if (n == 0)
		return NULL;
	print_trace(g, m, cycle[0], out);
	fprintf(out, "      and then for ever:\n");
	for (i = 0; i < n; i++)
		m->print(out, graph_state(g, cycle[i]));
	return broken("it never comes to rest", out);
}
