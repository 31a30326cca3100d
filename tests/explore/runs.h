/* SPDX-License-Identifier: MIT */
/* The command line of an explorer: which of its runs, and how large. */
#ifndef RUNS_H
#define RUNS_H

#include "search.h"

/* What the parameters of every run begin with. */
struct run {
	const char *name;
	bool large;		/* not in the default set */
	uint32_t millions;	/* of states: stop there; 0: look at all */
};

struct run_list {
	const struct run *first;
	size_t octets;		/* from one run to the next */
	unsigned int n;
	void (*choose)(const void *params);
	const struct search_model *model;
	/* Not null: explore in this way, without a model, what was chosen. */
	void (*explore)(uint64_t most_states, FILE *out,
			struct search_result *result);
	/* Not 0: walk that often, instead of looking at every state. */
	uint32_t walks;
};

/* The first three fields, for an array of structs that begin with a run. */
#define RUN_LIST(runs)				\
	.first = &(runs)[0].run,		\
	.octets = sizeof((runs)[0]),		\
	.n = sizeof(runs) / sizeof((runs)[0])

/*
 * usage: [-l | -L] [-m MILLION] [-w WALKS [-s SEED]] [-c] [-e FILE] [NAME]...
 * Without names, every run that is not large, with -l every one, with -L the
 * large ones.  -m: give up beyond so many states.  -w: take so many random
 * walks in each run.  -c: print name, states and transitions only, as in FILE.
 * -e: other numbers than those in FILE are an error, as a run that lost its
 * grip is one; unless the run is large and FILE does not have it, or it has
 * stopped at its own bound.
 * Returns the exit status: 0 all well; 1 a violation was found, its trace
 * printed; 2 a run was not done, not to its end or its own bound, or not as
 * FILE says.
 */
int run_all(int argc, char **argv, const struct run_list *list);

#endif
