/* SPDX-License-Identifier: MIT */
#include "support/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/books.h"
#include "support/random.h"
#include "support/test.h"

#define DELAY_TURNS	7u
#define CHECK_TURNS	16u	/* where runs are many */
#define MOST_TURNS	200000u

static const char *const schedule_names[SCHEDULES] = {
	[AT_ONCE] = "at once",
	[BATCHED] = "batched",
	[SPURIOUS] = "spurious events",
	[DELAYED] = "delayed events",
	[STEP_FORWARD] = "one step each",
	[STEP_BACKWARD] = "one step each, backwards",
	[SLOW_GUEST] = "slow guest",
	[SLOW_HOST] = "slow host",
	[NOISE] = "noise",
};

enum actor { GUEST, HOST, INTERRUPT, WORKER, BUS, CONTROLLER, ACTORS };

static const enum actor orders[][ACTORS] = {
	{ GUEST, HOST, INTERRUPT, WORKER, BUS, CONTROLLER },
	{ BUS, CONTROLLER, INTERRUPT, WORKER, HOST, GUEST },
	{ BUS, CONTROLLER, GUEST, INTERRUPT, WORKER, HOST },
};

void world_check(struct world *w, bool holds, const char *what,
		 const char *file, int line)
{
	if (holds)
		return;
	print_error("%s (variant %u, %s, turn %llu",
		    w->story ? w->story : "a world", w->variant,
		    schedule_names[w->schedule], (unsigned long long)w->turn);
	if (w->fail_nth != 0)
		print_error(", failing action %u: %s", w->fail_nth,
			    w->failed ? w->failed : "not reached");
	print_error("): not so: %s\n", what);
	_fail(file, line);
}

void world_must(struct world *w, bool holds, const char *what,
		const char *file, int line)
{
	if (holds)
		return;
	if (!w->failed || !w->script_ends)
		world_check(w, holds, what, file, line);
	longjmp(*w->script_ends, 1);
}

void world_check_always(struct world *w)
{
	if (w->guest.front.config.num_ports != 0)
		world_assert(w, usbif_front_valid(&w->guest.front));
	if (w->host.back.config.num_ports != 0)
		world_assert(w, usbif_back_valid(&w->host.back));
}

void world_check_step(struct world *w)
{
	if (w->checks_each_step)
		world_check_always(w);
}

bool world_fails(struct world *w, const char *what)
{
	if (++w->fallible != w->fail_nth)
		return false;
	w->failed = what;
	return true;
}

static uint32_t batch(struct world *w, enum schedule slow)
{
	if (w->schedule == STEP_FORWARD || w->schedule == STEP_BACKWARD ||
	    w->schedule == slow)
		return 1;
	if (w->schedule == NOISE)
		return 1 + next_random(&w->noise) % HOST_BATCH;
	return HOST_BATCH;
}

uint32_t world_guest_batch(struct world *w)
{
	return batch(w, SLOW_GUEST);
}

uint32_t world_host_batch(struct world *w)
{
	return batch(w, SLOW_HOST);
}

static void notify(struct world *w, struct event_line *line)
{
	if (line->pending)
		return;
	line->pending = true;
	line->due = w->turn;
	if (w->schedule == DELAYED)
		line->due += DELAY_TURNS;
	if (w->schedule == NOISE)
		line->due += next_random(&w->noise) % DELAY_TURNS;
}

void world_notify_guest(struct world *w)
{
	notify(w, &w->to_guest);
}

void world_notify_host(struct world *w)
{
	notify(w, &w->to_host);
}

static void fill_defaults(struct world_config *c)
{
	if (c->num_ports == 0)
		c->num_ports = 1;
	if (c->ring_pages == 0)
		c->ring_pages = 1;
	if (c->depth == 0)
		c->depth = USBIF_FRONT_DEPTH;
	if (c->request_pages == 0)
		c->request_pages = USBIF_WIRE_MAX_SEGS;
	if (c->hc_depth == 0)
		c->hc_depth = 1;
	if (c->hc.packets == 0)
		c->hc.packets = 64;
	c->hc.queues = (uint16_t)(c->num_ports * USBIF_EPS);
}

void world_open_apart(struct world *w, const struct world_config *config,
		      enum schedule schedule)
{
	memset(w, 0, sizeof(*w));
	w->config = *config;
	fill_defaults(&w->config);
	w->schedule = schedule;
	w->noise = 1;
	shared_map(&w->urb_mem, USBIF_WIRE_MAX_RING_PAGES);
	shared_map(&w->conn_mem, 1);
	hc_init(&w->hc, &w->config.hc);
	w->has_bus = true;
	w->bus.front.offer.ring_pages = w->config.ring_pages;
	w->bus.front.offer.queues_rev = !w->config.old;
	w->bus.front.offer.request_pages = w->config.request_pages;
	w->bus.back.offer = w->bus.front.offer;
}

void world_open(struct world *w, const struct world_config *config,
		enum schedule schedule)
{
	world_open_apart(w, config, schedule);
	w->has_bus = false;
	guest_open(w);
	host_open(w);
	world_check_always(w);
}

struct device *world_add(struct world *w, struct device *d)
{
	if (w->devices == WORLD_DEVICES)
		abort();
	d->instance = w->devices;
	w->device[w->devices++] = d;
	return d;
}

/* What the toolstack and the other end's xenbus would do after a fault. */
static bool bus_step(struct world *w)
{
	struct guest *g = &w->guest;
	struct host *h = &w->host;

	if (w->has_bus)
		return bus_serve(w);
	if ((g->broken || h->broken) && !h->back.closing) {
		host_close(w);
		return true;
	}
	if (h->broken && !g->broken) {
		guest_cut(w);
		return true;
	}
	return false;
}

static bool controller_step(struct world *w)
{
	int slot = hc_step(&w->hc);
	const struct hc_transfer *t;
	const struct urb *urb;

	if (slot < 0)
		return false;
	t = &w->hc.transfer[slot];
	urb = guest_urb_of(w, usbif_back_req(&w->host.back,
					     (uint16_t)slot)->id);
	if (urb && !w->guest.broken && t->actual != 0 && !t->cancelled)
		world_assert(w, !guest_is_held_up(w, urb));
	return true;
}

/* One step of an actor.  False: it has nothing to do. */
static bool act(struct world *w, enum actor actor)
{
	switch (actor) {
	case GUEST:
		if (!guest_is_runnable(w))
			return false;
		guest_serve(w);
		return true;
	case HOST:
		if (!host_is_runnable(w))
			return false;
		host_step(w);
		return true;
	case INTERRUPT:
		return host_interrupt(w);
	case WORKER:
		return host_work(w);
	case BUS:
		return bus_step(w);
	case CONTROLLER:
	case ACTORS:
		break;
	}
	return controller_step(w);
}

static enum actor choose(struct world *w, uint32_t i)
{
	switch (w->schedule) {
	case BATCHED:
	case SLOW_GUEST:
		return orders[1][i];
	case SLOW_HOST:
		return orders[2][i];
	case STEP_FORWARD:
		return (enum actor)((w->turn + i) % ACTORS);
	case STEP_BACKWARD:
		return (enum actor)((w->turn * (ACTORS - 1) + ACTORS - i) %
				    ACTORS);
	case NOISE:
		return (enum actor)((w->noise + i) % ACTORS);
	case AT_ONCE:
	case SPURIOUS:
	case DELAYED:
	case SCHEDULES:
		break;
	}
	return orders[0][i];
}

static bool is_event_due_later(const struct world *w)
{
	return (w->to_guest.pending && !w->guest_is_frozen &&
		w->to_guest.due > w->turn) ||
	       (w->to_host.pending && !w->host.broken && !w->host_is_frozen &&
		w->to_host.due > w->turn);
}

bool world_turn(struct world *w)
{
	bool acted = false;
	uint32_t i;

	w->turn++;
	world_assert(w, w->turn < MOST_TURNS);
	next_random(&w->noise);
	for (i = 0; i < ACTORS && !acted; i++) {
		enum actor actor = choose(w, i);

		if (actor == GUEST ? !w->guest_is_frozen : !w->host_is_frozen)
			acted = act(w, actor);
	}
	if (!acted)
		return is_event_due_later(w);
	if (w->schedule == SPURIOUS) {
		if (!w->guest_is_frozen)
			guest_serve(w);
		if (!w->host_is_frozen)
			host_step(w);
	}
	if (w->checks_each_step || w->turn % CHECK_TURNS == 0)
		world_check_always(w);
	return true;
}

void world_settle(struct world *w)
{
	while (world_turn(w))
		;
}

void world_settle_for(struct world *w, uint32_t turns)
{
	while (turns-- > 0 && world_turn(w))
		;
}

void world_pass_s(struct world *w, uint32_t seconds)
{
	while (seconds-- > 0) {
		w->now_ms += 1000;
		guest_tick(w);
		world_settle(w);
	}
}

void world_reconnect(struct world *w)
{
	uint16_t i;

	books_end_connection(w);
	for (i = 0; i < w->devices; i++) {
		int ep;

		for (ep = 0; ep < DEVICE_EPS; ep++) {
			w->device[i]->in[ep].log.n = 0;
			w->device[i]->out[ep].log.n = 0;
		}
		w->device[i]->cut = false;
	}
	w->guest.chunks = 0;
	w->guest.moved.n = 0;
	w->guest.devs = 0;
	guest_open(w);
	host_open(w);
	world_check_always(w);
}

void world_close(struct world *w)
{
	uint16_t i;

	if (w->has_bus)
		bus_end(w);
	else
		books_end_connection(w);
	guest_free(w);
	for (i = 0; i < w->devices; i++)
		device_free(w->device[i]);
	shared_unmap(&w->urb_mem);
	shared_unmap(&w->conn_mem);
}
