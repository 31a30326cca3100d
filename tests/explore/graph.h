/* SPDX-License-Identifier: MIT */
/*
 * A graph of states that are plain data, built breadth-first, and questions
 * about it.  Unlike search.h it keeps every state and every edge, so that one
 * can ask what is reachable from everywhere.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define GRAPH_NONE	UINT32_MAX

struct graph_edge {
	uint32_t to;
	uint8_t kind;		/* the caller's, one bit each */
};

struct graph {
	size_t octets;		/* of a state; no padding that is not zero */
	uint8_t *states;
	uint32_t n, room;
	uint32_t *parent;	/* by state: where it was first reached from */
	uint32_t *move;		/* and by which move */
	size_t *first_edge;	/* by state, one more than there are */
	struct graph_edge *edges;
	size_t edges_n, edges_room;
	uint32_t *table;	/* hash table of indices */
	size_t table_size;
};

void graph_init(struct graph *g, size_t octets);
void graph_free(struct graph *g);

static inline const void *graph_state(const struct graph *g, uint32_t i)
{
	return g->states + (size_t)i * g->octets;
}

/* The index of a state, added if it is new. */
uint32_t graph_add(struct graph *g, const void *state, uint32_t parent,
		   uint32_t move);

/* From now on edges start at state i; i goes up by one with each call. */
void graph_expand(struct graph *g, uint32_t i);
void graph_edge(struct graph *g, uint32_t to, uint8_t kind);
/* All states are expanded. */
void graph_close(struct graph *g);

/*
 * Mark all states from which one that is marked can be reached by edges of
 * kinds.  marked: one octet per state, 0 or 1.  Returns how many are not.
 */
uint32_t graph_mark_back(const struct graph *g, uint8_t *marked, uint8_t kinds);

/*
 * A cycle of edges of kinds, not counting edges from a state to itself: fills
 * cycle with its states, at most most of them.  Returns their number, 0 if
 * there is no cycle.
 */
uint32_t graph_find_cycle(const struct graph *g, uint8_t kinds,
			  uint32_t *cycle, uint32_t most);

/* Fills path with the states that lead to i, from the first; their number. */
uint32_t graph_path(const struct graph *g, uint32_t i, uint32_t *path,
		    uint32_t most);

#endif
