/* SPDX-License-Identifier: MIT */
#include "runs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_MILLIONS	40u

struct options {
	bool large, small;
	bool counts_only;
	uint64_t most_states;	/* 0: as the run says, or DEFAULT_MILLIONS */
	uint64_t walks;
	uint64_t seed;
	const char *expected;	/* a file, or null */
};

/*
 * True if the file has the run with just these numbers.  It need not have a
 * large one: not all have been to their end.
 */
static bool is_expected(const char *file, const struct run *run,
			const struct search_result *r)
{
	size_t name = strlen(run->name);
	FILE *in = fopen(file, "r");
	bool found = false, same = false;
	char line[128], want[128];

	if (in == NULL)
		return false;
	snprintf(want, sizeof(want), "%s %llu %llu\n", run->name,
		 (unsigned long long)r->states,
		 (unsigned long long)r->transitions);
	while (!found && fgets(line, sizeof(line), in) != NULL) {
		found = !strncmp(line, run->name, name) && line[name] == ' ';
		same = found && strcmp(line, want) == 0;
	}
	fclose(in);
	return same || (!found && run->large);
}

/* Prints the outcome of a run; returns its share of the exit status. */
static int judge(const struct run *run, const struct search_result *r,
		 const struct options *o)
{
	bool bounded = run->millions != 0 && o->most_states == 0;
	const char *name = run->name;
	const char *verdict = r->complete ? "ok" : "ok up to its bound";
	int status = 0;

	if (r->violation != NULL) {
		verdict = r->violation;
		status = 1;
	} else if (!r->complete && !bounded) {
		verdict = "NOT COMPLETE: too many states";
		status = 2;
	} else if (r->complete && o->expected &&
		   !is_expected(o->expected, run, r)) {
		verdict = "NOT THE EXPECTED NUMBERS";
		status = 2;
	}
	if (o->counts_only)
		printf("%s %llu %llu\n", name, (unsigned long long)r->states,
		       (unsigned long long)r->transitions);
	else
		printf("%-24s %10llu %12llu %6u %7.1f  %s\n", name,
		       (unsigned long long)r->states,
		       (unsigned long long)r->transitions, r->depth,
		       r->seconds, verdict);
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

static void print_sum(const char *program, const struct search_result *sum)
{
	const char *slash = strrchr(program, '/');
	char name[64];

	snprintf(name, sizeof(name), "sum of %s",
		 slash ? slash + 1 : program);
	printf("%-24s %10llu %12llu %6s %7.1f\n", name,
	       (unsigned long long)sum->states,
	       (unsigned long long)sum->transitions, "", sum->seconds);
}

static const struct run *run_at(const struct run_list *list, unsigned int i)
{
	return (const void *)((const char *)list->first + i * list->octets);
}

static bool is_chosen(const struct run *run, int argc, char **argv,
		      const struct options *o)
{
	if (optind < argc)
		return is_named(run->name, argc, argv);
	return run->large ? o->large : o->small;
}

static void explore(const struct run_list *list, const struct run *run,
		    const struct options *o, struct search_result *r)
{
	uint64_t most = o->most_states;

	if (most == 0)
		most = (run->millions ? run->millions : DEFAULT_MILLIONS) *
			(uint64_t)1000000;
	list->choose(run);
	if (o->walks != 0)
		search_walk(list->model, o->seed, o->walks, stdout, r);
	else if (list->explore)
		list->explore(most, stdout, r);
	else
		search(list->model, most, stdout, r);
}

static int run_chosen(int argc, char **argv, const struct run_list *list,
		      const struct options *o)
{
	struct search_result sum = { 0 };
	int status = 0, done = 0;
	unsigned int i;

	if (!o->counts_only)
		printf("%-24s %10s %12s %6s %7s\n", "run",
		       o->walks ? "walks" : "states", "transitions", "depth",
		       "seconds");
	for (i = 0; i < list->n; i++) {
		const struct run *run = run_at(list, i);
		struct search_result r;
		int one;

		if (!is_chosen(run, argc, argv, o))
			continue;
		explore(list, run, o, &r);
		one = judge(run, &r, o);
		status = one > status ? one : status;
		sum.states += r.states;
		sum.transitions += r.transitions;
		sum.seconds += r.seconds;
		done++;
	}
	if (!o->counts_only)
		print_sum(argv[0], &sum);
	return done < argc - optind || done == 0 ? 2 : status;
}

static void usage(const char *program)
{
	fprintf(stderr,
		"usage: %s [-l | -L] [-m MILLION] [-w WALKS [-s SEED]] [-c] "
		"[-e FILE] [RUN]...\n",
		program);
}

int run_all(int argc, char **argv, const struct run_list *list)
{
	struct options o = {
		.small = true, .walks = list->walks, .seed = 1,
	};
	int option;

	while ((option = getopt(argc, argv, "lLcm:w:s:e:")) != -1) {
		if (option == 'l' || option == 'L') {
			o.large = true;
			o.small = option == 'l';
		} else if (option == 'c') {
			o.counts_only = true;
		} else if (option == 'm') {
			o.most_states = strtoull(optarg, NULL, 10) * 1000000;
		} else if (option == 'w') {
			o.walks = strtoull(optarg, NULL, 10);
		} else if (option == 's') {
			o.seed = strtoull(optarg, NULL, 10);
		} else if (option == 'e') {
			o.expected = optarg;
		} else {
			usage(argv[0]);
			return 2;
		}
	}
	return run_chosen(argc, argv, list, &o);
}
