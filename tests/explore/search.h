/* SPDX-License-Identifier: MIT */
/*
 * Breadth-first search of every state that a model can reach.
 *
 * A state is plain data of a fixed size and is compared as octets, so a model
 * must leave no garbage in it (padding, entries that are not in use).  What is
 * kept of a state is a 128-bit fingerprint, the state it came from and the
 * move that led here: a counterexample is printed by making its moves again.
 * Two states with one fingerprint would be taken for one; with 10^8 states the
 * odds of that are below 10^-22.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Most moves that a state may have. */
#define SEARCH_MAX_MOVES	512

/* A move: what is done and to what, as the model likes. */
typedef uint32_t search_move;

struct search_model {
	size_t octets;		/* of a state; a multiple of 8 */
	void (*init)(void *state);
	/* Every move that state has; returns their number. */
	unsigned int (*moves)(const void *state, search_move *moves);
	/* Make a move.  Returns null, or what it broke. */
	const char *(*perform)(void *state, search_move move);
	/*
	 * True for the moves of the software under test and its channels,
	 * which need neither a driver nor a device to go on.  A cycle of such
	 * moves is a livelock.
	 */
	bool (*is_internal)(search_move move);
	/*
	 * What is wrong with a state that has no internal move, or null.
	 * stuck: it has no move at all.
	 */
	const char *(*at_rest)(const void *state, bool stuck);
	/* The move in words, seen from the state before it. */
	void (*print)(FILE *out, const void *state, search_move move);
};

struct search_result {
	uint64_t states;
	uint64_t transitions;
	unsigned int depth;	/* of the deepest state */
	double seconds;		/* of CPU time */
	const char *violation;	/* null: none */
	bool complete;		/* no state was left out for want of room */
};

/*
 * Explore.  The first violation ends the search, and its trace goes to out.
 * most_states: give up beyond that many.
 */
void search(const struct search_model *model, uint64_t most_states, FILE *out,
	    struct search_result *result);

/*
 * Where there are too many states: walk from the start until nothing moves,
 * each time taking any move that there is.  Walk number seed is the first one;
 * the same numbers make the same moves.  The result's states are walks, and
 * its depth is the longest one's.
 */
void search_walk(const struct search_model *model, uint64_t seed,
		 uint64_t walks, FILE *out, struct search_result *result);

#endif
