/* SPDX-License-Identifier: MIT */
/* The command line of an explorer: which of its runs, and how large. */
#ifndef RUNS_H
#define RUNS_H

#include "search.h"

struct run_entry {
	const char *name;
	const void *params;	/* for choose() */
	bool large;		/* not in the default set */
};

struct run_list {
	const struct search_model *model;
	void (*choose)(const void *params);
	unsigned int n;
	/* Not 0: walk that often, instead of looking at every state. */
	uint32_t walks;
	struct run_entry (*entry)(unsigned int i);
};

/*
 * usage: [-l] [-m MILLION] [-w WALKS [-s SEED]] [-c] [-e FILE] [NAME]...
 * Without names, every run that is not large, or with -l every one.  -m: give
 * up beyond so many states.  -w: take so many random walks in each run.  -c:
 * print name, states and transitions only, as in FILE.  -e: other numbers than
 * those in FILE are an error, as a run that lost its grip is one.
 * Returns the exit status: 0 all well; 1 a violation was found, its trace
 * printed; 2 a run was not done, not to its end, or not as FILE says.
 */
int run_all(int argc, char **argv, const struct run_list *list);

#endif
