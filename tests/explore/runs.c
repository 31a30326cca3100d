/* SPDX-License-Identifier: MIT */
#include "runs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_MILLIONS	40u

/* Prints the outcome of a run; returns its share of the exit status. */
static int judge(const struct run_entry *run, const struct search_result *r,
		 bool walked)
{
	const char *verdict = "ok";
	int status = 0;

	if (r->violation != NULL) {
		verdict = r->violation;
		status = 1;
	} else if (!r->complete) {
		verdict = "NOT COMPLETE: too many states";
		status = 2;
	} else if (!walked && r->states < run->least_states) {
		verdict = "FEWER STATES than there should be";
		status = 2;
	}
	printf("%-24s %10llu %12llu %6u %7.1f  %s\n", run->name,
	       (unsigned long long)r->states,
	       (unsigned long long)r->transitions, r->depth, r->seconds,
	       verdict);
	fflush(stdout);
	return status;
}

static bool is_named(const char *name, int argc, char **argv)
{
	int i;

	for (i = optind; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return false;
}

struct options {
	bool large;
	uint64_t most_states;
	uint64_t walks;
	uint64_t seed;
};

static int run_chosen(int argc, char **argv, const struct run_list *list,
		      const struct options *o)
{
	struct search_result sum = { 0 };
	int status = 0, done = 0;
	unsigned int i;

	printf("%-24s %10s %12s %6s %7s\n", "run", o->walks ? "walks" : "states",
	       "transitions", "depth", "seconds");
	for (i = 0; i < list->n; i++) {
		struct run_entry run = list->entry(i);
		struct search_result r;
		int one;

		if (optind < argc ? !is_named(run.name, argc, argv) :
				    run.large && !o->large)
			continue;
		list->choose(run.params);
		if (o->walks != 0)
			search_walk(list->model, o->seed, o->walks, stdout,
				    &r);
		else
			search(list->model, o->most_states, stdout, &r);
		one = judge(&run, &r, o->walks != 0);
		status = one > status ? one : status;
		sum.states += r.states;
		sum.transitions += r.transitions;
		sum.seconds += r.seconds;
		done++;
	}
	printf("%-24s %10llu %12llu %6s %7.1f\n", "sum",
	       (unsigned long long)sum.states,
	       (unsigned long long)sum.transitions, "", sum.seconds);
	return done < argc - optind || done == 0 ? 2 : status;
}

int run_all(int argc, char **argv, const struct run_list *list)
{
	struct options o = {
		.most_states = DEFAULT_MILLIONS * 1000000, .walks = list->walks,
		.seed = 1,
	};
	int option;

	while ((option = getopt(argc, argv, "lm:w:s:")) != -1) {
		if (option == 'l') {
			o.large = true;
		} else if (option == 'm') {
			o.most_states = strtoull(optarg, NULL, 10) * 1000000;
		} else if (option == 'w') {
			o.walks = strtoull(optarg, NULL, 10);
		} else if (option == 's') {
			o.seed = strtoull(optarg, NULL, 10);
		} else {
			fprintf(stderr, "usage: %s [-l] [-m MILLION] "
				"[-w WALKS [-s SEED]] [RUN]...\n", argv[0]);
			return 2;
		}
	}
	return run_chosen(argc, argv, list, &o);
}
