/* SPDX-License-Identifier: MIT */
/* Callouts, run by a soft interrupt of the clock. */
#include "fake.h"

#define CALLOUT_MAGIC	0x11c0117au

static TAILQ_HEAD(, callout) pending = TAILQ_HEAD_INITIALIZER(pending);
static bool ends;
static struct callout *running;

int hz = 100;
int cold;

static callout_t *check(callout_t *c)
{
	if (c->magic != CALLOUT_MAGIC)
		nb_panic("use of a callout that is none");
	return c;
}

void callout_init(callout_t *c, u_int flags)
{
	(void)flags;
	memset(c, 0, sizeof(*c));
	c->magic = CALLOUT_MAGIC;
	nb_count(NB_CALLOUT, 1);
}

void callout_destroy(callout_t *c)
{
	if (check(c)->pending)
		nb_panic("callout destroyed while it is pending");
	if (running == c)
		nb_panic("callout destroyed while it runs");
	c->magic = 0;
	nb_count(NB_CALLOUT, -1);
}

void callout_setfunc(callout_t *c, void (*func)(void *), void *arg)
{
	check(c)->func = func;
	c->arg = arg;
}

void callout_schedule(callout_t *c, int ticks)
{
	if (!check(c)->func)
		nb_panic("callout without a function");
	if (ticks < 1)
		ticks = 1;
	c->due_ms = nb_now_ms() + hztoms(ticks);
	c->fired = false;
	c->invoking = false;
	if (!c->pending)
		TAILQ_INSERT_TAIL(&pending, c, next);
	c->pending = true;
	nb_wake(&pending);
}

void callout_reset(callout_t *c, int ticks, void (*func)(void *), void *arg)
{
	callout_setfunc(c, func, arg);
	callout_schedule(c, ticks);
}

bool callout_stop(callout_t *c)
{
	bool expired = check(c)->fired;

	if (c->pending)
		TAILQ_REMOVE(&pending, c, next);
	c->pending = false;
	c->fired = false;
	return expired;
}

/* Also waits for it; the interlock is dropped meanwhile. */
bool callout_halt(callout_t *c, void *interlock)
{
	bool expired = callout_stop(c);

	assert_sleepable();
	while (running == c) {
		if (interlock)
			mutex_exit(interlock);
		else if (curlwp->mutexes)
			nb_point();
		fake_sleep(&running, nb_now_ms() + 1);
		if (interlock)
			mutex_enter(interlock);
		callout_stop(c);
	}
	return expired;
}

bool callout_pending(callout_t *c)
{
	return check(c)->pending;
}

bool callout_expired(callout_t *c)
{
	return check(c)->fired;
}

bool callout_invoking(callout_t *c)
{
	return check(c)->invoking;
}

void callout_ack(callout_t *c)
{
	check(c)->invoking = false;
}

static struct callout *due(uint64_t *next)
{
	struct callout *c;

	*next = NB_FOREVER;
	TAILQ_FOREACH(c, &pending, next) {
		if (c->due_ms <= nb_now_ms())
			return c;
		if (c->due_ms < *next)
			*next = c->due_ms;
	}
	return NULL;
}

static void run_callouts(void *arg)
{
	uint64_t next;

	(void)arg;
	while (!ends) {
		struct callout *c = due(&next);

		if (!c) {
			nb_sleep(&pending, next);
			continue;
		}
		TAILQ_REMOVE(&pending, c, next);
		c->pending = false;
		c->fired = true;
		c->invoking = true;
		running = c;
		c->func(c->arg);
		running = NULL;
		nb_wake(&running);
	}
}

void fake_callouts_start(void)
{
	TAILQ_INIT(&pending);
	ends = false;
	running = NULL;
	nb_thread("softclock", run_callouts, NULL, NB_SOFTINT);
}

void fake_callouts_stop(void)
{
	ends = true;
	nb_wake(&pending);
}
