/* SPDX-License-Identifier: MIT */
#include "support/bus.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static struct store_node *find(const struct world *w, const char *path)
{
	uint32_t i;

	for (i = 0; i < STORE_NODES; i++)
		if (strcmp(w->bus.node[i].path, path) == 0)
			return (struct store_node *)&w->bus.node[i];
	return NULL;
}

static void changed(struct world *w)
{
	w->bus.front.news = true;
	w->bus.back.news = true;
}

void store_write(struct world *w, const char *dir, const char *key,
		 const char *format, ...)
{
	struct store_node *node;
	char path[40];
	va_list args;

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	node = find(w, path);
	if (!node)
		node = find(w, "");
	if (!node)
		abort();
	memcpy(node->path, path, sizeof(path));
	va_start(args, format);
	vsnprintf(node->text, sizeof(node->text), format, args);
	va_end(args);
	changed(w);
}

const char *store_read(const struct world *w, const char *dir,
		       const char *key)
{
	const struct store_node *node;
	char path[40];

	snprintf(path, sizeof(path), "%s/%s", dir, key);
	node = find(w, path);
	return node ? node->text : NULL;
}

void store_remove(struct world *w, const char *dir)
{
	size_t n = strlen(dir);
	uint32_t i;

	for (i = 0; i < STORE_NODES; i++)
		if (strncmp(w->bus.node[i].path, dir, n) == 0)
			memset(&w->bus.node[i], 0, sizeof(w->bus.node[i]));
	changed(w);
}

uint8_t store_state(const struct world *w, const char *dir)
{
	return usbif_xb_parse_state(store_read(w, dir, "state"));
}

static bool exists(const struct world *w, const char *dir)
{
	return store_read(w, dir, "state") != NULL;
}

static void read_texts(const struct world *w, const char *dir,
		       struct usbif_xb_texts *texts)
{
	int key;

	for (key = 0; key < USBIF_XB_KEY_N; key++)
		texts->text[key] = store_read(w, dir, usbif_xb_key_name(key));
}

/* Judge the peer's keys, or for PROBE and OWN of a back its own. */
static uint8_t judge_peer(struct world *w, struct bus_end *e)
{
	struct usbif_xb_texts texts;
	struct usbif_xb_bad bad;
	int result;

	read_texts(w, e->other, &texts);
	if (!e->is_back)
		return (uint8_t)usbif_xb_negotiate_front(&texts, &e->offer,
							 &e->agreed, &bad);
	result = usbif_xb_negotiate_back(&texts, &e->offer, &e->agreed, &bad);
	if (result == USBIF_XB_KEYS_OK && e->has_used &&
	    usbif_xb_config_same(&e->agreed, &e->used))
		return USBIF_XB_KEYS_SAME;
	return (uint8_t)result;
}

static uint8_t judge_own(struct world *w, struct bus_end *e)
{
	struct usbif_xb_texts texts;
	struct usbif_xb_bad bad;

	if (!e->is_back)
		return USBIF_XB_KEYS_ABSENT;
	read_texts(w, e->dir, &texts);
	return (uint8_t)usbif_xb_negotiate_own(&texts, &e->agreed, &bad);
}

static void switch_state(struct world *w, struct bus_end *e,
			 const struct usbif_xb_act *act)
{
	uint32_t i;

	if (!exists(w, e->dir) || (act->from != USBIF_XB_UNKNOWN &&
				   store_state(w, e->dir) != act->from))
		return;
	store_write(w, e->dir, "state", "%u", act->state);
	if (e->is_back || act->state != USBIF_XB_CONNECTED)
		return;
	store_write(w, e->dir, USBIF_KEY_RING_PAGES, "%u", e->used.ring_pages);
	store_write(w, e->dir, USBIF_KEY_CONN_RING_REF, "%u",
		    1000 + e->rings * 100);
	for (i = 0; i < e->used.ring_pages; i++)
		store_write(w, e->dir,
			    usbif_xb_key_name(USBIF_XB_KEY_URB_RING_REF + i),
			    "%u", 1001 + e->rings * 100 + i);
	store_write(w, e->dir, USBIF_KEY_EVENT_CHANNEL, "%u",
		    7 + e->rings);
	if (e->used.queues_rev != 0)
		store_write(w, e->dir, USBIF_KEY_ENDPOINT_QUEUES, "%u",
			    e->used.queues_rev);
}

/* Rings, by what was agreed. */
static void connect(struct world *w, struct bus_end *e)
{
	e->used = e->agreed;
	e->has_used = true;
	e->told_fault = false;
	e->connects = USBIF_XB_EV_CONNECT_OK;
	if (world_fails(w, e->is_back ? "map the rings" : "grant the rings")) {
		e->connects = USBIF_XB_EV_CONNECT_FAILED;
		return;
	}
	e->rings++;
	w->config.ring_pages = (uint8_t)e->used.ring_pages;
	w->config.old = e->used.queues_rev == 0;
	w->config.request_pages = (uint16_t)e->used.request_pages;
	w->config.num_ports = (uint8_t)e->used.num_ports;
	if (e->is_back) {
		host_open(w);
		w->host.is_open = false;
	} else {
		guest_open(w);
		w->guest.is_open = false;
	}
}

static void open(struct world *w, struct bus_end *e)
{
	e->connected++;
	if (e->is_back) {
		w->host.is_open = true;
		w->host.kicked = true;
	} else {
		w->guest.is_open = true;
		w->guest.kicked = true;
	}
}

/* port/N names a device of the world by its instance. */
static void read_ports(struct world *w)
{
	uint8_t port;

	for (port = 1; port <= w->config.num_ports; port++) {
		char key[12];
		const char *text;

		snprintf(key, sizeof(key), "port/%u", port);
		text = store_read(w, "be", key);
		if (text && text[0] != '\0' && !w->host.device[port])
			host_plug(w, port, w->device[atoi(text)]);
		else if (w->host.device[port] && (!text || text[0] == '\0'))
			host_unplug(w, port);
	}
}

static void quiesce(struct world *w, struct bus_end *e)
{
	e->quiescing = true;
	if (e->is_back)
		host_close(w);
	else
		guest_unlink_all(w);
}

static void release(struct world *w, struct bus_end *e)
{
	e->has_used = false;
	if (e->is_back) {
		world_assert(w, host_is_quiet(w));
		host_free(w);
		w->host.is_open = false;
		return;
	}
	world_assert(w, !w->guest.first_pending);
	w->guest.is_open = false;
	guest_cut(w);
	guest_release(w);
}

static void perform(struct world *w, struct bus_end *e,
		    const struct usbif_xb_act *act)
{
	switch ((enum usbif_xb_act_kind)act->kind) {
	case USBIF_XB_ACT_SWITCH:
		switch_state(w, e, act);
		break;
	case USBIF_XB_ACT_CONNECT:
		connect(w, e);
		break;
	case USBIF_XB_ACT_OPEN:
		open(w, e);
		break;
	case USBIF_XB_ACT_READ_PORTS:
		read_ports(w);
		break;
	case USBIF_XB_ACT_QUIESCE:
		quiesce(w, e);
		break;
	case USBIF_XB_ACT_CUT:
		guest_cut(w);
		break;
	case USBIF_XB_ACT_RELEASE:
		release(w, e);
		break;
	case USBIF_XB_ACT_ARM:
		e->due_ms = act->at_ms;
		break;
	case USBIF_XB_ACT_FATAL:
		e->fatals++;
		e->last_why = act->why;
		break;
	case USBIF_XB_ACT_GONE:
		e->gone = true;
		break;
	case USBIF_XB_ACT_SUSPENDED:
	case USBIF_XB_ACT_N:
		break;
	}
}

static void step(struct world *w, struct bus_end *e, struct usbif_xb_ev *ev)
{
	struct usbif_xb_acts acts;
	uint32_t i;
	int err;

	ev->now_ms = w->now_ms;
	if (e->is_back)
		err = usbif_xb_back_step(&e->back, ev, &acts);
	else
		err = usbif_xb_front_step(&e->front, ev, &acts);
	world_assert(w, err == USBIF_OK);
	world_assert(w, e->is_back ? usbif_xb_back_valid(&e->back) :
				     usbif_xb_front_valid(&e->front));
	for (i = 0; i < acts.n; i++)
		perform(w, e, &acts.v[i]);
}

static void look(struct world *w, struct bus_end *e)
{
	struct usbif_xb_ev own = { .kind = USBIF_XB_EV_OWN };
	struct usbif_xb_ev peer = { .kind = USBIF_XB_EV_PEER };
	uint8_t state = store_state(w, e->other);

	e->news = false;
	own.own = store_state(w, e->dir);
	own.online = exists(w, e->dir) &&
		     usbif_xb_parse_online(store_read(w, e->dir, "online"));
	own.keys = judge_own(w, e);
	step(w, e, &own);
	peer.peer = state;
	if (e->is_back ? state == USBIF_XB_INITIALISED ||
			 state == USBIF_XB_CONNECTED :
			 state == USBIF_XB_INITWAIT)
		peer.keys = judge_peer(w, e);
	step(w, e, &peer);
}

static void tell(struct world *w, struct bus_end *e, uint8_t kind)
{
	struct usbif_xb_ev ev = { .kind = kind };

	look(w, e);
	step(w, e, &ev);
}

void bus_attach(struct world *w)
{
	store_write(w, "be", "num-ports", "%u", w->config.num_ports);
	store_write(w, "be", "usb-ver", "2");
	store_write(w, "be", "online", "1");
	store_write(w, "fe", "state", "%u", USBIF_XB_INITIALISING);
	store_write(w, "be", "state", "%u", USBIF_XB_INITIALISING);
}

void bus_detach(struct world *w)
{
	store_write(w, "be", "online", "0");
	store_write(w, "be", "state", "%u", USBIF_XB_CLOSING);
}

void bus_load(struct world *w, struct bus_end *e)
{
	struct usbif_xb_ev ev = { .kind = USBIF_XB_EV_PROBE };

	e->is_back = e == &w->bus.back;
	e->dir = e->is_back ? "be" : "fe";
	e->other = e->is_back ? "fe" : "be";
	e->loaded = true;
	e->gone = false;
	e->quiescing = false;
	e->connects = USBIF_XB_EV_N;
	e->due_ms = USBIF_XB_NEVER;
	usbif_xb_front_init(&e->front);
	usbif_xb_back_init(&e->back);
	if (e->is_back) {
		store_write(w, "be", USBIF_KEY_MAX_RING_PAGES, "%u",
			    e->offer.ring_pages);
		store_write(w, "be", USBIF_KEY_MAX_REQUEST_PAGES, "%u",
			    e->offer.request_pages);
		if (e->offer.queues_rev != 0)
			store_write(w, "be", USBIF_KEY_ENDPOINT_QUEUES, "%u",
				    e->offer.queues_rev);
	}
	ev.own = store_state(w, e->dir);
	ev.online = e->is_back;
	ev.keys = judge_own(w, e);
	step(w, e, &ev);
}

void bus_unload(struct world *w, struct bus_end *e)
{
	if (e->loaded)
		tell(w, e, USBIF_XB_EV_UNLOAD);
}

void bus_crash_front(struct world *w)
{
	struct bus_end *e = &w->bus.front;

	/* Its memory is gone; but this world must account for it. */
	w->guest.is_open = false;
	guest_cut(w);
	while (w->guest.first_pending)
		guest_serve(w);
	guest_release(w);
	e->loaded = false;
	e->has_used = false;
}

void bus_crash_back(struct world *w)
{
	struct bus_end *e = &w->bus.back;

	/* As above: its controller must not write to what is freed. */
	w->host.is_open = false;
	if (e->has_used)
		host_close(w);
	while (!host_is_quiet(w) || !hc_is_idle(&w->hc))
		if (!host_interrupt(w) && !host_work(w))
			hc_step(&w->hc);
	host_free(w);
	e->loaded = false;
	e->has_used = false;
}

void bus_ports_changed(struct world *w)
{
	tell(w, &w->bus.back, USBIF_XB_EV_PORTS);
}

void bus_restore_front(struct world *w)
{
	struct usbif_xb_ev ev = { .kind = USBIF_XB_EV_RESTORED };

	step(w, &w->bus.front, &ev);
}

/* Everything that QUIESCE asks for has happened. */
static bool is_quiet(const struct world *w, const struct bus_end *e)
{
	if (!e->is_back)
		return !w->guest.first_pending;
	return host_is_quiet(w) &&
	       (w->host.broken || usbif_bq_is_idle(&w->host.back.bq) ||
		!w->host.is_open);
}

static bool has_fault(const struct world *w, const struct bus_end *e)
{
	if (!e->has_used || e->told_fault)
		return false;
	return e->is_back ? w->host.complained : w->guest.complained;
}

/* One event of an end.  False: there is none. */
static bool serve_end(struct world *w, struct bus_end *e)
{
	uint8_t answer = e->connects;

	if (!e->loaded)
		return false;
	if (e->gone) {
		e->loaded = false;
	} else if (answer != USBIF_XB_EV_N) {
		e->connects = USBIF_XB_EV_N;
		tell(w, e, answer);
		if (answer == USBIF_XB_EV_CONNECT_FAILED)
			e->has_used = false;
	} else if (has_fault(w, e)) {
		e->told_fault = true;
		tell(w, e, USBIF_XB_EV_FAULT);
	} else if (e->quiescing && is_quiet(w, e)) {
		e->quiescing = false;
		tell(w, e, USBIF_XB_EV_QUIESCED);
	} else if (e->due_ms <= w->now_ms) {
		e->due_ms = USBIF_XB_NEVER;
		tell(w, e, USBIF_XB_EV_TICK);
	} else if (e->news) {
		look(w, e);
	} else {
		return false;
	}
	return true;
}

bool bus_serve(struct world *w)
{
	return serve_end(w, &w->bus.back) || serve_end(w, &w->bus.front);
}

static uint64_t next_due(const struct world *w)
{
	const struct bus *b = &w->bus;
	uint64_t due = USBIF_XB_NEVER;

	if (b->front.loaded)
		due = b->front.due_ms;
	if (b->back.loaded && b->back.due_ms < due)
		due = b->back.due_ms;
	return due;
}

void bus_pass_ms(struct world *w, uint64_t ms)
{
	uint64_t end = w->now_ms + ms;

	world_settle(w);
	while (next_due(w) <= end) {
		if (w->now_ms < next_due(w))
			w->now_ms = next_due(w);
		world_settle(w);
	}
	w->now_ms = end;
}

void bus_end(struct world *w)
{
	const struct guest *g = &w->guest;
	const struct host *h = &w->host;

	bus_unload(w, &w->bus.front);
	bus_unload(w, &w->bus.back);
	bus_pass_ms(w, 60000);
	world_assert(w, !w->bus.front.loaded && !w->bus.back.loaded);
	world_assert(w, !g->first_pending);
	world_assert(w, g->submitted == g->given_back);
	world_assert(w, usbif_fq_is_idle(&g->front.fq));
	world_assert(w, grants_held(&w->grants) == 0);
	world_assert(w, h->prepared == h->freed);
	world_assert(w, hc_is_idle(&w->hc));
	world_assert(w, w->hc.queued == w->hc.completed);
}
