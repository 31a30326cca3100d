/* SPDX-License-Identifier: MIT */
/*
 * The NetBSD driver, as it is, on a fake of NetBSD and with the backend's half
 * of the library: every story under three schedules and, if it says so, once
 * for each step that may fail.  Each story is a process of its own, since a
 * kernel that panics is dead.
 */
#include "support/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake/machine/machine.h"

#define SEEDS	4u
#define MOST_FAULTS	5000u
#define CHILD_S		250u

static const struct nb_story *story;
static uint32_t seed, nth, moment;
static enum nb_axe kind;

enum nb_axe nb_axe_kind(void)
{
	return kind;
}

uint32_t nb_axe_moment(void)
{
	return moment;
}

uint32_t nb_seed(void)
{
	return seed;
}

unsigned int nb_usb_ver(void)
{
	return story->config.usb_ver ? story->config.usb_ver : 2;
}

const char *nb_where(void)
{
	static char text[200];

	snprintf(text, sizeof(text),
		 "story %s, schedule %d, seed %u, at %llu ms, "
		 "failing step %u: %s, axe %d at %u",
		 story->name, (int)nb_schedule, seed,
		 (unsigned long long)(nb_world ? nb_world->now_ms : 0), nth,
		 nb_world && nb_world->failed ? nb_world->failed : "none",
		 (int)kind, moment);
	return text;
}

static void run_script(void *unused)
{
	(void)unused;
	story->run();
}

static void wait_for_axe(void *unused)
{
	(void)unused;
	while (sched_is_axing())
		nb_sleep(&story, nb_now_ms() + 100);
}

static void run_thread(const char *name, void (*run)(void *))
{
	sched_run(nb_thread(name, run, NULL, NB_THREAD));
}

/* False: nothing was made to fail; there are not so many steps. */
static bool run_once(void)
{
	bool failed;

	nb_log_forget();
	memory_open();
	sched_open();
	hyper_open();
	store_open();
	world_boot(&story->config);
	nb_world->fail_nth = nth;
	fake_kernel_start();
	run_thread("story", run_script);
	run_thread("wait", wait_for_axe);
	sched_drop_axe();
	failed = nb_world->failed || nb_axe_has_fallen();
	nb_world->host_is_frozen = false;
	run_thread("halt", fake_kernel_halt);
	sched_settle();
	sched_close();
	memory_close(nb_world->failed ? nb_held(NB_GRANT) :
					story->config.lost_grants,
		     nb_world->failed ? nb_held(NB_PAGE) :
					story->config.lost_pages);
	hyper_forget();
	world_halt();
	return failed;
}

static void run_schedules(void)
{
	for (nb_schedule = NB_CALM; nb_schedule < NB_SCHEDULES; nb_schedule++)
		for (seed = 0; seed < (nb_schedule == NB_NOISE ? SEEDS : 1);
		     seed++)
			run_once();
}

static void run_faults(void)
{
	nb_schedule = NB_CALM;
	for (nth = 1; run_once(); nth++)
		if (nth == MOST_FAULTS)
			nb_panic("no end of steps that may fail");
}

/* NB_AXE=KIND,SCHEDULE,SEED,MOMENT: that one alone. */
static bool run_one_axe(void)
{
	const char *text = getenv("NB_AXE");
	unsigned int kind_, schedule;

	if (!text || sscanf(text, "%u,%u,%u,%u", &kind_, &schedule, &seed,
			    &moment) != 4)
		return false;
	kind = (enum nb_axe)kind_;
	nb_schedule = (enum nb_schedule)schedule;
	run_once();
	return true;
}

/* Finer where the life begins, as that is where most happens. */
static void run_axes(void)
{
	if (run_one_axe())
		return;
	for (kind = 0; kind < NB_AXES; kind++)
		for (nb_schedule = NB_CALM; nb_schedule < NB_SCHEDULES;
		     nb_schedule++)
			for (moment = 1; run_once(); moment += 1 + moment / 12)
				seed++;
}

static void crash(int number)
{
	signal(number, SIG_DFL);
	nb_panic("signal %d", number);
}

static void child(void)
{
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	signal(SIGSEGV, crash);
	signal(SIGBUS, crash);
	signal(SIGALRM, crash);
	signal(SIGABRT, SIG_DFL);
	alarm(getenv("NB_AXE") ? 5 : CHILD_S);
	if (story->config.dies)
		run_once();
	else if (story->config.axe)
		run_axes();
	else
		run_schedules();
	if (story->config.faults)
		run_faults();
	exit(0);
}

/* What the child says is looked at; then it is shown. */
static bool says(FILE *from, const char *text)
{
	char line[400];
	bool found = false;

	rewind(from);
	while (fgets(line, sizeof(line), from)) {
		found = found || (text && strstr(line, text));
		if (!text)
			fputs(line, stderr);
	}
	return found;
}

static void tell(void **state)
{
	FILE *said = tmpfile();
	int status;
	pid_t pid;

	assert_non_null(said);
	story = *state;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fileno(said), STDERR_FILENO);
		child();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (story->config.dies) {
		if (!says(said, story->config.dies))
			says(said, NULL);
		assert_true(says(said, story->config.dies));
		assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	} else {
		says(said, NULL);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	fclose(said);
}

int main(int argc, char **argv)
{
	struct CMUnitTest *tests = calloc(nb_story_count, sizeof(*tests));
	unsigned int i, n = 0;
	int failed;

	if (!tests)
		abort();
	for (i = 0; i < nb_story_count; i++) {
		if (argc > 1 && !strstr(nb_stories[i].name, argv[1]))
			continue;
		tests[n].name = nb_stories[i].name;
		tests[n].test_func = tell;
		tests[n++].initial_state = (void *)&nb_stories[i];
	}
	failed = _cmocka_run_group_tests("netbsd", tests, n, NULL, NULL);
	free(tests);
	return failed;
}
