/* SPDX-License-Identifier: MIT */
/*
 * A graph of all that a model can reach, and what must be true of it.  What is
 * broken is printed with the moves that lead there, and returned.
 */
#ifndef GRAPH_MODEL_H
#define GRAPH_MODEL_H

#include "graph.h"
#include "search.h"

struct graph_model {
	size_t octets;		/* of a state; no padding that is not zero */
	uint32_t moves;		/* there are moves 0..moves - 1 */
	void (*init)(void *state);
	bool (*can)(const void *state, uint32_t move);
	/* Make a move that state has.  Returns null, or what it broke. */
	const char *(*make)(void *state, uint32_t move);
	/* The kind of its edge, one bit. */
	uint8_t (*kind)(const void *state, uint32_t move);
	/* Of every state, or null: what is wrong with it. */
	const char *(*check)(const void *state);
	/* Of the whole graph: what is wrong with it, or null. */
	const char *(*judge)(const struct graph *g, FILE *out);
	void (*print)(FILE *out, const void *state);
	void (*print_move)(FILE *out, uint32_t move);
};

/*
 * Look at all states, breadth-first, and then judge; as search().  The first
 * violation ends it.
 */
void graph_explore(const struct graph_model *m, uint64_t most_states, FILE *out,
		   struct search_result *result);

/* For judge(). */

/*
 * From every state, by edges of kinds, one can be reached that is().
 * Returns never if not.
 */
const char *graph_reaches(const struct graph *g, const struct graph_model *m,
			  bool (*is)(const void *state), uint8_t kinds,
			  const char *never, FILE *out);

/* Edges of kinds form no cycle.  Returns what is broken if they do. */
const char *graph_ends(const struct graph *g, const struct graph_model *m,
		       uint8_t kinds, FILE *out);

#endif
