/* SPDX-License-Identifier: MIT */
#include "weak.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define MESSAGES	24	/* values that a word has in one run */
#define LATE		8
#define CHOICES		400

struct view {
	uint8_t at[WEAK_WORDS];
};

/* A value of a word, and what who published it had stored before. */
struct message {
	uint32_t value;
	struct view view;
};

struct late {
	uint32_t word;
	uint32_t *to;
	uint8_t floor;
};

struct processor {
	ucontext_t context;		/* where it begins */
	jmp_buf place;			/* where it goes on */
	bool begun, done, waits, event;
	struct view now, acquired, stored, released, sent;
	struct late late[LATE];
	uint32_t lates;
};

const char *weak_sites[16];
uint32_t weak_site_count;

static char stacks[2][65536];
static struct processor cpus[2], *self;
static const struct weak_scene *current;
static jmp_buf scheduler;
static struct message history[WEAK_WORDS][MESSAGES];
static uint8_t last[WEAK_WORDS];
static struct view strong;		/* of those who passed an MB */
static const char *left_out;
static uint8_t choice[CHOICES], options[CHOICES];
static uint32_t depth, planned;

/* One of n: as planned by the last run, or the first. */
static uint32_t choose(uint32_t n)
{
	if (n <= 1)
		return 0;
	if (depth == CHOICES)
		abort();
	if (depth == planned) {
		choice[planned] = 0;
		options[planned++] = (uint8_t)n;
	}
	if (options[depth] != n)
		abort();	/* a run is not what its choices make it */
	return choice[depth++];
}

/* The next run in order; false: there is none. */
static bool next_plan(void)
{
	while (planned > 0 && choice[planned - 1] + 1 == options[planned - 1])
		planned--;
	if (planned == 0)
		return false;
	choice[planned - 1]++;
	return true;
}

static void join(struct view *to, const struct view *from)
{
	for (uint32_t i = 0; i < WEAK_WORDS; i++)
		if (to->at[i] < from->at[i])
			to->at[i] = from->at[i];
}

/* Contexts only begin; jumps are cheaper, as they ask no kernel. */
static void yield(void)
{
	if (!_setjmp(self->place))
		_longjmp(scheduler, 1);
}

static void go_on(struct processor *cpu)
{
	self = cpu;
	if (_setjmp(scheduler))
		return;
	if (cpu->begun)
		_longjmp(cpu->place, 1);
	cpu->begun = true;
	setcontext(&cpu->context);
}

static uint32_t load_from(struct processor *cpu, uint32_t word, uint8_t floor)
{
	uint32_t at = floor + choose(last[word] - floor + 1u);

	if (cpu->now.at[word] < at)
		cpu->now.at[word] = (uint8_t)at;
	join(&cpu->acquired, &history[word][at].view);
	return history[word][at].value;
}

/* A late copy that is not made at its time may see all that came since. */
static void make_late(struct processor *cpu, uint32_t n)
{
	struct late *l = &cpu->late[n];
	uint8_t floor = l->floor;

	*l->to = history[l->word][floor + choose(last[l->word] - floor + 1u)]
			 .value;
	*l = cpu->late[--cpu->lates];
}

static void make_all_late(struct processor *cpu, uint32_t word)
{
	uint32_t n = cpu->lates;

	while (n-- > 0)
		if (word == WEAK_WORDS || cpu->late[n].word == word)
			make_late(cpu, n);
}

void weak_preset(uint32_t word, uint32_t value)
{
	history[word][0].value = value;
}

void weak_store(uint32_t word, uint32_t value)
{
	struct message *m;

	/*
	 * At once: whoever loads may still get what was there before, so a
	 * later moment would show nothing new.
	 */
	make_all_late(self, word);
	if (last[word] + 1 == MESSAGES)
		abort();
	m = &history[word][++last[word]];
	m->value = value;
	m->view = self->released;
	m->view.at[word] = last[word];
	self->now.at[word] = last[word];
	self->stored.at[word] = last[word];
}

uint32_t weak_load(uint32_t word)
{
	yield();
	return load_from(self, word, self->now.at[word]);
}

void weak_load_late(uint32_t word, uint32_t *to)
{
	struct late *l = &self->late[self->lates++];

	if (self->lates > LATE)
		abort();
	l->word = word;
	l->to = to;
	l->floor = self->now.at[word];
}

static void note_site(const char *function, char kind)
{
	char site[64];
	uint32_t i;

	snprintf(site, sizeof(site), "%s %c", function, kind);
	for (i = 0; i < weak_site_count; i++)
		if (!strcmp(weak_sites[i], site))
			return;
	weak_sites[weak_site_count++] = strdup(site);
}

static bool is_left_out(const char *function, char kind)
{
	size_t n = strlen(function);

	return left_out && !strncmp(left_out, function, n) &&
	       left_out[n] == ' ' && left_out[n + 1] == kind;
}

void weak_barrier(const char *function, char kind)
{
	note_site(function, kind);
	if (is_left_out(function, kind))
		return;
	if (kind == 'M')
		yield();
	if (kind != 'R') {
		/* A copy's own stores depend on its loads. */
		make_all_late(self, WEAK_WORDS);
		join(&self->released, &self->stored);
	}
	if (kind != 'W')
		join(&self->now, &self->acquired);
	if (kind == 'M') {
		join(&self->now, &strong);
		strong = self->now;
		self->released = self->now;
	}
}

/* Who gets an event sees what its sender had seen. */
void weak_notify(int processor)
{
	cpus[processor].event = true;
	join(&cpus[processor].sent, &self->now);
}

bool weak_wait(void)
{
	self->waits = true;
	yield();
	self->waits = false;
	if (!self->event)
		return false;
	self->event = false;
	join(&self->now, &self->sent);
	return true;
}

static void run_program(int processor)
{
	current->run[processor]();
	self->done = true;
	_longjmp(scheduler, 1);
}

static void begin(const struct weak_scene *scene)
{
	current = scene;
	memset(history, 0, sizeof(history));
	memset(last, 0, sizeof(last));
	memset(&strong, 0, sizeof(strong));
	depth = 0;
	for (int i = 0; i < 2; i++) {
		memset(&cpus[i], 0, sizeof(cpus[i]));
		getcontext(&cpus[i].context);
		cpus[i].context.uc_stack.ss_sp = stacks[i];
		cpus[i].context.uc_stack.ss_size = sizeof(stacks[i]);
		makecontext(&cpus[i].context, (void (*)(void))run_program, 1,
			    i);
	}
	scene->begin();
}

static bool can_run(const struct processor *cpu)
{
	return !cpu->done && (!cpu->waits || cpu->event);
}

/*
 * Programs until both are done.  One that waits while the other is done, or
 * waits too, is told that no event will come.
 */
static void run_once(const struct weak_scene *scene)
{
	begin(scene);
	for (;;) {
		bool front = can_run(&cpus[0]), back = can_run(&cpus[1]);
		uint32_t n = front && back ? choose(2) : back;

		if (!front && !back) {
			if (cpus[0].done && cpus[1].done)
				break;
			n = cpus[0].done;
		}
		go_on(&cpus[n]);
	}
	for (int i = 0; i < 2; i++)
		make_all_late(&cpus[i], WEAK_WORDS);
}

const char *weak_explore(const struct weak_scene *scene, const char *without,
			 uint64_t *runs)
{
	const char *wrong;

	left_out = without;
	planned = 0;
	*runs = 0;
	do {
		run_once(scene);
		(*runs)++;
		wrong = scene->judge();
	} while (!wrong && next_plan());
	return wrong;
}
