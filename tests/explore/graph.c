/* SPDX-License-Identifier: MIT */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

static void *grow(void *old, size_t n, size_t octets)
{
	void *p = realloc(old, n * octets);

	if (p == NULL) {
		fprintf(stderr, "graph: out of memory\n");
		exit(2);
	}
	return p;
}

void graph_init(struct graph *g, size_t octets)
{
	memset(g, 0, sizeof(*g));
	g->octets = octets;
}

void graph_free(struct graph *g)
{
	free(g->states);
	free(g->parent);
	free(g->move);
	free(g->first_edge);
	free(g->edges);
	free(g->table);
	memset(g, 0, sizeof(*g));
}

static uint64_t hash_of(const uint8_t *state, size_t octets)
{
	uint64_t h = 0x9e3779b97f4a7c15u, word;
	size_t at, left;

	for (at = 0; at < octets; at += sizeof(word)) {
		left = octets - at;
		word = 0;
		memcpy(&word, state + at,
		       left < sizeof(word) ? left : sizeof(word));
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h;
}

static size_t place_of(const struct graph *g, const void *state)
{
	size_t at = hash_of(state, g->octets) & (g->table_size - 1);

	while (g->table[at] != GRAPH_NONE &&
	       memcmp(graph_state(g, g->table[at]), state, g->octets))
		at = (at + 1) & (g->table_size - 1);
	return at;
}

static void grow_table(struct graph *g)
{
	uint32_t i;

	g->table_size = g->table_size ? g->table_size * 2 : 1 << 16;
	g->table = grow(g->table, g->table_size, sizeof(*g->table));
	memset(g->table, 0xff, g->table_size * sizeof(*g->table));
	for (i = 0; i < g->n; i++)
		g->table[place_of(g, graph_state(g, i))] = i;
}

static void grow_states(struct graph *g)
{
	g->room = g->room ? g->room * 2 : 1024;
	g->states = grow(g->states, g->room, g->octets);
	g->parent = grow(g->parent, g->room, sizeof(*g->parent));
	g->move = grow(g->move, g->room, sizeof(*g->move));
	g->first_edge = grow(g->first_edge, (size_t)g->room + 1,
			     sizeof(*g->first_edge));
}

uint32_t graph_add(struct graph *g, const void *state, uint32_t parent,
		   uint32_t move)
{
	size_t at;

	if ((size_t)g->n * 2 >= g->table_size)
		grow_table(g);
	at = place_of(g, state);
	if (g->table[at] != GRAPH_NONE)
		return g->table[at];
	if (g->n == g->room)
		grow_states(g);
	memcpy(g->states + (size_t)g->n * g->octets, state, g->octets);
	g->parent[g->n] = parent;
	g->move[g->n] = move;
	g->table[at] = g->n;
	return g->n++;
}

void graph_expand(struct graph *g, uint32_t i)
{
	g->first_edge[i] = g->edges_n;
}

void graph_edge(struct graph *g, uint32_t to, uint8_t kind)
{
	if (g->edges_n == g->edges_room) {
		g->edges_room = g->edges_room ? g->edges_room * 2 : 4096;
		g->edges = grow(g->edges, g->edges_room, sizeof(*g->edges));
	}
	g->edges[g->edges_n].to = to;
	g->edges[g->edges_n++].kind = kind;
}

void graph_close(struct graph *g)
{
	g->first_edge[g->n] = g->edges_n;
}

uint32_t graph_mark_back(const struct graph *g, uint8_t *marked, uint8_t kinds)
{
	uint32_t left, i;
	bool more = true;
	size_t e;

	/* Sweeps from the end: most edges lead to states found later. */
	while (more) {
		more = false;
		left = 0;
		for (i = g->n; i-- > 0;) {
			if (marked[i])
				continue;
			left++;
			for (e = g->first_edge[i]; e < g->first_edge[i + 1]; e++)
				if (g->edges[e].kind & kinds &&
				    marked[g->edges[e].to])
					break;
			if (e == g->first_edge[i + 1])
				continue;
			marked[i] = 1;
			left--;
			more = true;
		}
	}
	return left;
}

static bool counts(const struct graph *g, uint32_t from, size_t e,
		   uint8_t kinds)
{
	return g->edges[e].kind & kinds && g->edges[e].to != from;
}

/* Clear in[] for states that no state of the set leads to, again and again. */
static void trim_sources(const struct graph *g, uint8_t kinds, uint8_t *in)
{
	uint32_t *before = grow(NULL, g->n, sizeof(*before));
	uint32_t *order = grow(NULL, g->n, sizeof(*order));
	uint32_t n = 0, done, i;
	size_t e;

	memset(before, 0, g->n * sizeof(*before));
	for (i = 0; i < g->n; i++)
		for (e = g->first_edge[i]; e < g->first_edge[i + 1]; e++)
			if (counts(g, i, e, kinds))
				before[g->edges[e].to]++;
	for (i = 0; i < g->n; i++)
		if (before[i] == 0)
			order[n++] = i;
	for (done = 0; done < n; done++) {
		i = order[done];
		in[i] = 0;
		for (e = g->first_edge[i]; e < g->first_edge[i + 1]; e++)
			if (counts(g, i, e, kinds) &&
			    --before[g->edges[e].to] == 0)
				order[n++] = g->edges[e].to;
	}
	free(before);
	free(order);
}

static uint32_t next_in(const struct graph *g, uint8_t kinds,
			const uint8_t *in, uint32_t i)
{
	size_t e;

	for (e = g->first_edge[i]; e < g->first_edge[i + 1]; e++)
		if (counts(g, i, e, kinds) && in[g->edges[e].to])
			return g->edges[e].to;
	return GRAPH_NONE;
}

/* Same for states that lead to no state of the set. */
static void trim_sinks(const struct graph *g, uint8_t kinds, uint8_t *in)
{
	bool more = true;
	uint32_t i;

	while (more) {
		more = false;
		for (i = g->n; i-- > 0;) {
			if (!in[i] || next_in(g, kinds, in, i) != GRAPH_NONE)
				continue;
			in[i] = 0;
			more = true;
		}
	}
}

uint32_t graph_find_cycle(const struct graph *g, uint8_t kinds,
			  uint32_t *cycle, uint32_t most)
{
	uint8_t *in = grow(NULL, g->n, 1);
	uint32_t n = 0, i, at;

	memset(in, 1, g->n);
	trim_sources(g, kinds, in);
	for (i = 0; i < g->n && !in[i]; i++)
		;
	if (i < g->n)
		trim_sinks(g, kinds, in);
	for (i = 0; i < g->n && !in[i]; i++)
		;
	/* Every state that is left leads to another: walk until one repeats. */
	for (at = i; at < g->n && in[at] == 1; at = next_in(g, kinds, in, at))
		in[at] = 2;
	for (i = at; i < g->n && n < most && (n == 0 || i != at);
	     i = next_in(g, kinds, in, i))
		cycle[n++] = i;
	free(in);
	return n;
}

uint32_t graph_path(const struct graph *g, uint32_t i, uint32_t *path,
		    uint32_t most)
{
	uint32_t n = 0, at, k;

	for (at = i; at != GRAPH_NONE; at = g->parent[at])
		n++;
	if (n > most)
		return 0;
	for (k = n, at = i; at != GRAPH_NONE; at = g->parent[at])
		path[--k] = at;
	return n;
}
