/* SPDX-License-Identifier: MIT */
/*
 * Threads of the fake kernel, on one processor.  Each has a stack; one runs
 * until it sleeps.  When none can run, the backend's domain does, and when
 * that is idle too the clock goes on to what is due next.
 */
#define _GNU_SOURCE
#include "machine.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "support/random.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifdef HAS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

#define STACK_OCTETS	(512u * 1024)
#define MOST_THREADS	32
#define MOST_MS		(6u * 3600 * 1000)	/* nothing takes that long */
#define MOST_SWITCHES	100000u	/* before the clock must go on */

struct stack {
	void *at;
	bool entered;
	ucontext_t context;	/* to enter it */
	jmp_buf left;		/* to return to it, without a system call */
	void *shadow;		/* of the address sanitizer */
};

struct thread {
	struct lwp lwp;		/* first */
	bool exists, runnable, woken;
	enum nb_context context;
	const void *channel;
	uint64_t until_ms;
	void (*run)(void *);
	void *arg;
	struct stack stack;
};

struct lwp *curlwp;

static struct thread threads[MOST_THREADS];
static struct stack boot;
#ifdef HAS_ASAN
static const void *boot_bottom;
static size_t boot_octets;
#endif
static uint32_t last, noise;
static unsigned int interrupts;
static unsigned int frozen;
static uint32_t switches, moments;
static bool has_fallen;

static struct thread *current(void)
{
	return (struct thread *)curlwp;
}

uint32_t sched_random(void)
{
	return next_random(&noise) >> 8;
}

void sched_open(void)
{
	int i;

	for (i = 0; i < MOST_THREADS; i++) {
		void *at = threads[i].stack.at;

		memset(&threads[i], 0, sizeof(threads[i]));
		threads[i].stack.at = at;
	}
	boot.entered = true;
	curlwp = NULL;
	last = 0;
	interrupts = 0;
	frozen = 0;
	switches = 0;
	moments = 0;
	has_fallen = false;
	noise = nb_seed() * 2654435761u + 1;
}

void sched_close(void)
{
	unsigned int i;

	for (i = 0; i < MOST_THREADS; i++)
		if (threads[i].exists)
			nb_panic("thread %s is still there",
				 threads[i].lwp.name);
}

/* Leave one stack for another; from is null if it is never returned to. */
static void switch_stack(struct stack *from, struct stack *to, bool ends)
{
#ifdef HAS_ASAN
	const void *bottom = to == &boot ? boot_bottom : to->at;
	size_t octets = to == &boot ? boot_octets : STACK_OCTETS;

	__sanitizer_start_switch_fiber(ends ? NULL : &from->shadow, bottom,
				       octets);
#endif
	(void)ends;
	if (_setjmp(from->left) == 0) {
		if (to->entered)
			_longjmp(to->left, 1);
		to->entered = true;
		setcontext(&to->context);
		abort();
	}
#ifdef HAS_ASAN
	__sanitizer_finish_switch_fiber(from->shadow, NULL, NULL);
#endif
}

static void begin(void)
{
	struct thread *t = current();

#ifdef HAS_ASAN
	__sanitizer_finish_switch_fiber(NULL, &boot_bottom, &boot_octets);
#endif
	t->run(t->arg);
	nb_exit();
}

struct lwp *nb_thread(const char *name, void (*run)(void *), void *arg,
		      enum nb_context context)
{
	struct thread *t = threads;
	void *at;

	while (t < threads + MOST_THREADS && t->exists)
		t++;
	if (t == threads + MOST_THREADS)
		nb_panic("too many threads for %s", name);
	at = t->stack.at;
	memset(t, 0, sizeof(*t));
	if (!at)
		at = mmap(NULL, STACK_OCTETS, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		abort();
	t->stack.at = at;
	t->lwp.name = name;
	t->exists = true;
	t->runnable = true;
	t->context = context;
	t->run = run;
	t->arg = arg;
	getcontext(&t->stack.context);
	t->stack.context.uc_stack.ss_sp = at;
	t->stack.context.uc_stack.ss_size = STACK_OCTETS;
	t->stack.context.uc_link = NULL;
	makecontext(&t->stack.context, begin, 0);
	return &t->lwp;
}

static void to_scheduler(struct thread *t, bool ends)
{
	if (frozen && !ends)
		nb_panic("%s sleeps while it alone may run", t->lwp.name);
	switch_stack(&t->stack, &boot, ends);
}

void nb_exit(void)
{
	struct thread *t = current();

	if (t->lwp.mutexes || t->lwp.biglocks)
		nb_panic("thread %s ends with %u mutexes and %u kernel locks",
			 t->lwp.name, t->lwp.mutexes, t->lwp.biglocks);
	t->exists = false;
	nb_wake(&t->lwp);
	to_scheduler(t, true);
	abort();
}

bool nb_sleep(const void *channel, uint64_t until_ms)
{
	struct thread *t = current();

	if (interrupts || !t)
		nb_panic("sleep in an interrupt handler");
	if (t->lwp.spins)
		nb_panic("%s sleeps with a spin mutex held", t->lwp.name);
	t->runnable = false;
	t->woken = false;
	t->channel = channel;
	t->until_ms = until_ms;
	to_scheduler(t, false);
	return t->woken;
}

static bool wake_next(const void *channel)
{
	uint32_t i;

	for (i = 1; i <= MOST_THREADS; i++) {
		struct thread *t = &threads[(last + i) % MOST_THREADS];

		if (!t->exists || t->runnable || t->channel != channel)
			continue;
		t->runnable = true;
		t->woken = true;
		t->channel = NULL;
		return true;
	}
	return false;
}

void nb_wake(const void *channel)
{
	while (wake_next(channel))
		;
}

void nb_wake_one(const void *channel)
{
	wake_next(channel);
}

enum nb_context nb_context(void)
{
	if (interrupts)
		return NB_INTERRUPT;
	return curlwp ? current()->context : NB_THREAD;
}

void nb_in_interrupt(bool is)
{
	interrupts += is ? 1 : -1u;
}

void nb_freeze_threads(bool are)
{
	frozen += are ? 1 : -1u;
}

/* A soft interrupt that could run, or null. */
static struct thread *soft_interrupt(void)
{
	int i;

	for (i = 0; i < MOST_THREADS; i++)
		if (threads[i].exists && threads[i].runnable &&
		    threads[i].context == NB_SOFTINT)
			return &threads[i];
	return NULL;
}

/* Soft interrupts preempt threads; NOISE is a machine of more processors. */
void nb_point(void)
{
	struct thread *t = current();

	if (!t || interrupts || t->lwp.spins || frozen)
		return;
	if (nb_schedule == NB_EAGER ||
	    (nb_schedule == NB_NOISE && sched_random() % 4 == 0))
		nb_deliver_events();
	if (nb_schedule == NB_NOISE ? sched_random() % 8 == 0 :
	    t->context == NB_THREAD && soft_interrupt())
		to_scheduler(t, false);
}

static struct thread *choose(void)
{
	uint32_t i, from = last;

	if (nb_schedule == NB_NOISE)
		from = sched_random();
	else if (soft_interrupt())
		return soft_interrupt();
	for (i = 1; i <= MOST_THREADS; i++) {
		struct thread *t = &threads[(from + i) % MOST_THREADS];

		if (t->exists && t->runnable) {
			last = (uint32_t)(t - threads);
			return t;
		}
	}
	return NULL;
}

static bool run_one(void)
{
	struct thread *t = choose();

	if (!t)
		return false;
	if (++switches == MOST_SWITCHES)
		nb_panic("%s runs for ever", t->lwp.name);
	if (++moments == nb_axe_moment())
		nb_wake(&moments);
	curlwp = &t->lwp;
	switch_stack(&boot, &t->stack, false);
	curlwp = NULL;
	return true;
}

/* The clock goes on to what is due next.  False: nothing is. */
static bool advance(void)
{
	uint64_t due = world_due_ms();
	int i;

	for (i = 0; i < MOST_THREADS; i++)
		if (threads[i].exists && !threads[i].runnable &&
		    threads[i].until_ms < due)
			due = threads[i].until_ms;
	if (due == NB_FOREVER)
		return false;
	if (due > nb_world->now_ms)
		switches = 0;
	if (due > nb_world->now_ms)
		nb_world->now_ms = due;
	if (nb_world->now_ms > MOST_MS)
		nb_panic("it takes for ever");
	return true;
}

/* Threads whose time has come. */
static bool wake_due(void)
{
	bool any = false;
	int i;

	for (i = 0; i < MOST_THREADS; i++) {
		struct thread *t = &threads[i];

		if (!t->exists || t->runnable ||
		    t->until_ms > nb_world->now_ms)
			continue;
		t->runnable = true;
		t->channel = NULL;
		any = true;
	}
	return any;
}

static bool step(void)
{
	bool world_first = nb_schedule == NB_EAGER ||
			   (nb_schedule == NB_NOISE && sched_random() % 2);

	store_look();
	wake_due();
	if (world_first && world_step())
		return true;
	if (nb_deliver_events() || run_one())
		return true;
	return (!world_first && world_step()) || advance();
}

/* Is the axe falling, or about to? */
bool sched_is_axing(void)
{
	int i;

	for (i = 0; i < MOST_THREADS; i++)
		if (threads[i].exists && threads[i].channel != &moments &&
		    strcmp(threads[i].lwp.name, "axe") == 0)
			return true;
	return false;
}

void sched_run(const struct lwp *until)
{
	while (((const struct thread *)until)->exists)
		if (!step())
			nb_panic("nothing can happen any more");
}

void nb_axe_wait(void)
{
	if (moments < nb_axe_moment())
		nb_sleep(&moments, NB_FOREVER);
	has_fallen = true;
}

bool nb_axe_has_fallen(void)
{
	return has_fallen;
}

void sched_drop_axe(void)
{
	int i;

	for (i = 0; i < MOST_THREADS; i++)
		if (threads[i].exists && threads[i].channel == &moments)
			threads[i].exists = false;
}

void sched_settle(void)
{
	while (run_one())
		;
}

uint64_t nb_now_ms(void)
{
	return nb_world->now_ms;
}

void nb_spend_ms(uint64_t ms)
{
	nb_world->now_ms += ms;
}

void sched_tell(void)
{
	int i;

	for (i = 0; i < MOST_THREADS; i++) {
		const struct thread *t = &threads[i];

		if (t->exists)
			nb_log("  %s%s: %s, channel %p, until %llu\n",
			       t == current() ? "*" : "", t->lwp.name,
			       t->runnable ? "runs" : "sleeps", t->channel,
			       (unsigned long long)t->until_ms);
	}
}
