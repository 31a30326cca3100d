/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NO_STATE	UINT32_MAX

struct print128 {
	uint64_t a, b;
};

/* How a state was reached. */
struct known {
	uint32_t parent;
	search_move move;
};

/* A place of the table: a state by its fingerprint. */
struct place {
	struct print128 print;
	uint32_t state;		/* NO_STATE: free */
};

/* The states of one distance from the start, packed. */
struct level {
	uint8_t *octets;
	size_t used, room;
	size_t n;		/* states */
};

struct run {
	const struct search_model *model;
	struct search_result *result;
	uint64_t most_states;
	struct known *known;
	size_t n, room;
	struct place *table;
	size_t table_size;	/* a power of two */
	uint32_t *edges;	/* where internal moves lead */
	size_t edges_n, edges_room;
	uint64_t *first_edge;	/* by state, one more than there are */
	size_t first_edge_room;
	struct level now, next;
	uint64_t *start;	/* the first state, which most look like */
	size_t words;		/* of a state */
	uint8_t *packed;	/* scratch, of the largest size */
	/* the state being expanded */
	search_move moves[SEARCH_MAX_MOVES];
	struct print128 prints[SEARCH_MAX_MOVES];
	uint8_t *after;		/* the states that its moves lead to */
};

static void *grow(void *old, size_t n, size_t octets)
{
	void *p = realloc(old, n * octets);

	if (p == NULL) {
		fprintf(stderr, "search: out of memory\n");
		exit(2);
	}
	return p;
}

static uint64_t mix(uint64_t h, uint64_t word, uint64_t factor)
{
	h = (h ^ word) * factor;
	return h ^ (h >> 32);
}

/*
 * Pack a state: for each 64-bit word that differs from the first state's, its
 * number, which of its octets differ, and those.  Ends with a number that is
 * none.  Returns the octets used.
 */
static size_t pack(struct run *run, const uint8_t *state)
{
	const uint64_t *words = (const void *)state;
	uint8_t *to = run->packed;
	size_t i;

	for (i = 0; i < run->words; i++) {
		uint64_t word = words[i] ^ run->start[i];
		uint8_t *mask, bit;

		if (word == 0)
			continue;
		*to++ = (uint8_t)i;
		*to++ = (uint8_t)(i >> 8);
		mask = to++;
		*mask = 0;
		for (bit = 1; word != 0; word >>= 8, bit = (uint8_t)(bit << 1))
			if (word & 0xff) {
				*mask |= bit;
				*to++ = (uint8_t)word;
			}
	}
	*to++ = 0xff;
	*to++ = 0xff;
	return (size_t)(to - run->packed);
}

/* The reverse.  Returns what follows in the level. */
static const uint8_t *unpack(const struct run *run, const uint8_t *from,
			     uint8_t *state)
{
	memcpy(state, run->start, run->words * sizeof(uint64_t));
	while (from[0] != 0xff || from[1] != 0xff) {
		size_t i = (size_t)(from[0] | from[1] << 8);
		uint8_t mask = from[2], octet;

		from += 3;
		for (octet = 0; octet < 8; octet++)
			if (mask & (1u << octet))
				state[i * 8 + octet] ^= *from++;
	}
	return from + 2;
}

/* Of the words that differ from the first state's, and where they are. */
static struct print128 fingerprint(const struct run *run, const uint8_t *state)
{
	struct print128 p = { 0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu };
	const uint64_t *words = (const void *)state;
	size_t i;

	for (i = 0; i < run->words; i++) {
		uint64_t word = words[i] ^ run->start[i];

		if (word == 0)
			continue;
		p.a = mix(p.a + i, word, 0xff51afd7ed558ccdu);
		p.b = mix(p.b ^ i, word, 0x94d049bb133111ebu);
	}
	p.a = mix(p.a, p.b, 0xc4ceb9fe1a85ec53u);
	return p;
}

static size_t first_place(const struct run *run, struct print128 p)
{
	return p.a & (run->table_size - 1);
}

/* Where the fingerprint is, or is to be put. */
static struct place *place_of(const struct run *run, struct print128 p)
{
	size_t at = first_place(run, p);

	while (run->table[at].state != NO_STATE &&
	       (run->table[at].print.a != p.a || run->table[at].print.b != p.b))
		at = (at + 1) & (run->table_size - 1);
	return &run->table[at];
}

static void grow_table(struct run *run)
{
	struct place *old = run->table;
	size_t old_size = run->table_size, i;

	run->table_size = old_size ? old_size * 2 : 1 << 16;
	run->table = grow(NULL, run->table_size, sizeof(*run->table));
	memset(run->table, 0xff, run->table_size * sizeof(*run->table));
	for (i = 0; i < old_size; i++)
		if (old[i].state != NO_STATE)
			*place_of(run, old[i].print) = old[i];
	free(old);
}

static void append_state(struct level *level, const uint8_t *packed,
			 size_t octets)
{
	if (level->used + octets > level->room) {
		level->room = (level->room + octets) * 2;
		level->octets = grow(level->octets, level->room, 1);
	}
	memcpy(level->octets + level->used, packed, octets);
	level->used += octets;
	level->n++;
}

/* The index of a state, which is added if it is new. */
static uint32_t note(struct run *run, const uint8_t *state,
		     struct print128 p, uint32_t parent, search_move move)
{
	struct place *place;

	if (run->n * 3 >= run->table_size * 2)
		grow_table(run);
	place = place_of(run, p);
	if (place->state != NO_STATE)
		return place->state;
	if (run->n == run->room) {
		run->room = run->room ? run->room * 2 : 1024;
		run->known = grow(run->known, run->room, sizeof(*run->known));
	}
	run->known[run->n].parent = parent;
	run->known[run->n].move = move;
	place->print = p;
	place->state = (uint32_t)run->n;
	append_state(&run->next, run->packed, pack(run, state));
	return (uint32_t)run->n++;
}

static void add_edge(struct run *run, uint32_t to)
{
	if (run->edges_n == run->edges_room) {
		run->edges_room = run->edges_room ? run->edges_room * 2 : 1024;
		run->edges = grow(run->edges, run->edges_room,
				  sizeof(*run->edges));
	}
	run->edges[run->edges_n++] = to;
}

static void begin_edges(struct run *run, uint32_t state)
{
	if ((size_t)state + 2 > run->first_edge_room) {
		run->first_edge_room = ((size_t)state + 2) * 2;
		run->first_edge = grow(run->first_edge, run->first_edge_room,
				       sizeof(*run->first_edge));
	}
	run->first_edge[state] = run->edges_n;
	run->first_edge[state + 1] = run->edges_n;
}

/* Print the moves that lead to a state, making them again. */
static void print_path(struct run *run, uint32_t state, FILE *out)
{
	const struct search_model *m = run->model;
	uint8_t *world = grow(NULL, 1, m->octets);
	uint32_t at = state, n = 0, i;
	search_move *path;

	for (; run->known[at].parent != NO_STATE; at = run->known[at].parent)
		n++;
	path = grow(NULL, n + 1, sizeof(*path));
	for (i = n, at = state; i-- > 0; at = run->known[at].parent)
		path[i] = run->known[at].move;
	m->init(world);
	for (i = 0; i < n; i++) {
		fprintf(out, "%4u  ", i + 1);
		m->print(out, world, path[i]);
		m->perform(world, path[i]);
	}
	free(path);
	free(world);
}

static void report(struct run *run, const char *violation, uint32_t state,
		   const uint8_t *before, const search_move *move, FILE *out)
{
	run->result->violation = violation;
	print_path(run, state, out);
	if (move) {
		uint8_t *world = grow(NULL, 1, run->model->octets);

		memcpy(world, before, run->model->octets);
		fprintf(out, "   *  ");
		run->model->print(out, world, *move);
		run->model->perform(world, *move);
		free(world);
	}
	fprintf(out, "      VIOLATION: %s\n", violation);
}

/* Make every move of one state.  Returns their number, or -1 on a violation. */
static int make_moves(struct run *run, uint32_t state, const uint8_t *world,
		      FILE *out)
{
	const struct search_model *m = run->model;
	unsigned int n = m->moves(world, run->moves), i;

	for (i = 0; i < n; i++) {
		uint8_t *after = run->after + i * m->octets;
		const char *violation;

		memcpy(after, world, m->octets);
		violation = m->perform(after, run->moves[i]);
		run->result->transitions++;
		if (violation != NULL) {
			report(run, violation, state, world, &run->moves[i],
			       out);
			return -1;
		}
		run->prints[i] = fingerprint(run, after);
		/* Its place is far away in memory: fetch it meanwhile. */
		__builtin_prefetch(&run->table[first_place(run,
							   run->prints[i])]);
	}
	return (int)n;
}

/* Note every state that is one move from this one. */
static void expand(struct run *run, uint32_t state, const uint8_t *world,
		   FILE *out)
{
	const struct search_model *m = run->model;
	int n = make_moves(run, state, world, out), i;
	const char *violation;
	bool at_rest = true;

	begin_edges(run, state);
	for (i = 0; i < n; i++) {
		uint32_t to = note(run, run->after + (size_t)i * m->octets,
				   run->prints[i], state, run->moves[i]);

		if (!m->is_internal(run->moves[i]))
			continue;
		at_rest = false;
		add_edge(run, to);
		run->first_edge[state + 1] = run->edges_n;
	}
	violation = at_rest && n >= 0 ? m->at_rest(world, n == 0) : NULL;
	if (violation != NULL)
		report(run, violation, state, NULL, NULL, out);
}

/*
 * Are the internal moves free of cycles?  States whose predecessors are all
 * sorted are sorted next; those on a cycle never are.
 */
static void find_cycle(struct run *run, FILE *out)
{
	uint32_t *before = grow(NULL, run->n, sizeof(*before));
	uint32_t *order = grow(NULL, run->n, sizeof(*order));
	size_t sorted = 0, done, i;
	uint64_t e;

	memset(before, 0, run->n * sizeof(*before));
	for (i = 0; i < run->edges_n; i++)
		before[run->edges[i]]++;
	for (i = 0; i < run->n; i++)
		if (before[i] == 0)
			order[sorted++] = (uint32_t)i;
	for (done = 0; done < sorted; done++)
		for (e = run->first_edge[order[done]];
		     e < run->first_edge[order[done] + 1]; e++)
			if (--before[run->edges[e]] == 0)
				order[sorted++] = run->edges[e];
	for (i = 0; sorted != run->n && i < run->n; i++) {
		if (before[i] == 0)
			continue;
		report(run, "livelock: a cycle without driver or device, "
			    "from a state not before this one", (uint32_t)i,
		       NULL, NULL, out);
		break;
	}
	free(before);
	free(order);
}

static void swap_levels(struct run *run)
{
	struct level empty = run->now;

	run->now = run->next;
	empty.n = 0;
	empty.used = 0;
	run->next = empty;
}

static void walk(struct run *run, FILE *out)
{
	size_t octets = run->model->octets, first = 0, i;
	uint8_t *world = grow(NULL, 1, octets);
	const uint8_t *at;

	run->after = grow(NULL, SEARCH_MAX_MOVES, octets);
	run->words = octets / sizeof(uint64_t);
	run->start = grow(NULL, 1, octets);
	run->packed = grow(NULL, 2, octets + 8);
	run->model->init(run->start);
	grow_table(run);
	note(run, (const uint8_t *)run->start,
	     fingerprint(run, (const uint8_t *)run->start), NO_STATE, 0);
	for (;;) {
		swap_levels(run);
		at = run->now.octets;
		for (i = 0; i < run->now.n; i++) {
			if (run->n > run->most_states) {
				run->result->complete = false;
				break;
			}
			at = unpack(run, at, world);
			expand(run, (uint32_t)(first + i), world, out);
			if (run->result->violation != NULL)
				break;
		}
		if (i < run->now.n || run->next.n == 0)
			break;
		first += run->now.n;
		run->result->depth++;
	}
	free(run->after);
	free(world);
	free(run->start);
	free(run->packed);
}

void search(const struct search_model *model, uint64_t most_states, FILE *out,
	    struct search_result *result)
{
	clock_t began = clock();
	struct run run;

	memset(result, 0, sizeof(*result));
	memset(&run, 0, sizeof(run));
	result->complete = true;
	run.model = model;
	run.result = result;
	run.most_states = most_states;
	walk(&run, out);
	if (result->violation == NULL && result->complete)
		find_cycle(&run, out);
	result->states = run.n;
	result->seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
	free(run.known);
	free(run.table);
	free(run.edges);
	free(run.first_edge);
	free(run.now.octets);
	free(run.next.octets);
}

/* Longer than any walk that ends. */
#define MOST_STEPS	100000u

static uint64_t next_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/*
 * Take one walk.  Returns what it found, or null; *steps is its length.  With
 * out, says each move first.
 */
static const char *walk_once(const struct search_model *m, uint64_t seed,
			     uint8_t *world, uint32_t *steps, FILE *out)
{
	search_move moves[SEARCH_MAX_MOVES];
	uint64_t random = seed << 20;
	const char *violation;

	m->init(world);
	for (*steps = 0; *steps < MOST_STEPS; ++*steps) {
		unsigned int n = m->moves(world, moves), i;
		search_move move;

		for (i = 0; i < n && !m->is_internal(moves[i]); i++)
			;
		violation = i == n ? m->at_rest(world, n == 0) : NULL;
		if (violation != NULL || n == 0)
			return violation;
		move = moves[next_random(&random) % n];
		if (out != NULL) {
			fprintf(out, "%4u  ", *steps + 1);
			m->print(out, world, move);
		}
		violation = m->perform(world, move);
		if (violation != NULL)
			return violation;
	}
	return "no end: livelock";
}

void search_walk(const struct search_model *model, uint64_t seed,
		 uint64_t walks, FILE *out, struct search_result *result)
{
	uint8_t *world = grow(NULL, 1, model->octets);
	clock_t began = clock();
	uint64_t i;
	uint32_t steps;

	memset(result, 0, sizeof(*result));
	result->complete = true;
	for (i = 0; i < walks && result->violation == NULL; i++) {
		result->violation = walk_once(model, seed + i, world, &steps,
					      NULL);
		result->states++;
		result->transitions += steps;
		if (steps > result->depth)
			result->depth = steps;
	}
	if (result->violation != NULL) {
		walk_once(model, seed + i - 1, world, &steps, out);
		fprintf(out, "      VIOLATION: %s, in walk %llu\n",
			result->violation, (unsigned long long)(seed + i - 1));
	}
	result->seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
	free(world);
}
