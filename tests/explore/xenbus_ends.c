/* SPDX-License-Identifier: MIT */
#include "xenbus_ends.h"

#include <string.h>

void ends_fe_changed(struct world *w)
{
	w->front.stale = w->front.bound;
	w->back.stale = w->back.bound;
}

void ends_be_changed(struct world *w)
{
	w->front.stale = w->front.bound;
	w->back.stale = w->back.bound;
}

/* Take the actions of a step for later, behind those already there. */
static const char *take_acts(struct end *e, const struct usbif_xb_acts *acts)
{
	uint32_t i;

	if (e->acts_n + acts->n > WORLD_ACTS)
		return "more actions than a world has room for";
	for (i = 0; i < acts->n; i++)
		e->acts[e->acts_n++] = (uint16_t)(acts->v[i].kind |
						  acts->v[i].state << 4 |
						  acts->v[i].from << 8);
	return NULL;
}

/*
 * Every event is preceded by a look, so what a machine remembers of its peer
 * from one event to the next does not matter; nor does when a deadline is.
 * Until the look has come to the peer a machine need not be valid then.
 */
static void forget(struct usbif_xb *m)
{
	m->peer = USBIF_XB_UNSEEN;
	m->keys = USBIF_XB_KEYS_ABSENT;
	if (m->due_ms != USBIF_XB_NEVER)
		m->due_ms = DUE_MS;
}

static const char *step_front(struct world *w, const struct usbif_xb_ev *ev)
{
	struct usbif_xb_front f = { w->front.m };
	struct usbif_xb_acts acts;

	if (usbif_xb_front_step(&f, ev, &acts) != USBIF_OK)
		return "the front refused an event";
	if (ev->kind != USBIF_XB_EV_OWN && !usbif_xb_front_valid(&f))
		return "the front is invalid";
	w->front.m = f.m;
	return take_acts(&w->front, &acts);
}

static const char *step_back(struct world *w, const struct usbif_xb_ev *ev)
{
	struct usbif_xb_back b = { w->back.m };
	struct usbif_xb_acts acts;

	if (usbif_xb_back_step(&b, ev, &acts) != USBIF_OK)
		return "the back refused an event";
	if (ev->kind != USBIF_XB_EV_OWN && !usbif_xb_back_valid(&b))
		return "the back is invalid";
	w->back.m = b.m;
	return take_acts(&w->back, &acts);
}

static const char *look_front(struct world *w, uint64_t now_ms)
{
	struct usbif_xb_ev own = { now_ms, .kind = USBIF_XB_EV_OWN };
	struct usbif_xb_ev peer = { now_ms, .kind = USBIF_XB_EV_PEER };
	const char *broken;

	w->front.stale = 0;
	own.own = w->fe_node ? w->fe_state : USBIF_XB_UNKNOWN;
	broken = step_front(w, &own);
	if (broken)
		return broken;
	peer.peer = w->be_node ? w->be_state : USBIF_XB_UNKNOWN;
	if (peer.peer == USBIF_XB_INITWAIT)
		peer.keys = w->be_bad ? USBIF_XB_KEYS_BAD : USBIF_XB_KEYS_OK;
	return step_front(w, &peer);
}

static const char *look_at_front(struct world *w, uint64_t now_ms)
{
	struct usbif_xb_ev ev = { now_ms, .kind = USBIF_XB_EV_PEER };

	ev.peer = w->fe_node ? w->fe_state : USBIF_XB_UNKNOWN;
	if (ev.peer != USBIF_XB_INITIALISED && ev.peer != USBIF_XB_CONNECTED)
		return step_back(w, &ev);
	w->back_next = w->fe_keys;
	if (w->fe_keys)
		ev.keys = w->back_read == w->fe_keys ? USBIF_XB_KEYS_SAME :
			USBIF_XB_KEYS_OK;
	return step_back(w, &ev);
}

static void read_own(const struct world *w, struct usbif_xb_ev *ev)
{
	ev->own = w->be_node ? w->be_state : USBIF_XB_UNKNOWN;
	ev->online = w->be_node && w->online;
	ev->keys = w->be_bad ? USBIF_XB_KEYS_BAD : USBIF_XB_KEYS_OK;
}

static const char *look_back(struct world *w, uint64_t now_ms)
{
	struct usbif_xb_ev ev = { now_ms, .kind = USBIF_XB_EV_OWN };
	const char *broken;

	w->back.stale = 0;
	read_own(w, &ev);
	broken = step_back(w, &ev);
	return broken ? broken : look_at_front(w, now_ms);
}

const char *ends_tell_front(struct world *w, uint8_t kind)
{
	struct usbif_xb_ev ev = { .kind = kind };
	const char *broken;

	if (kind == USBIF_XB_EV_TICK)
		ev.now_ms = DUE_MS;
	/* what RESTORED says comes before what anything else does */
	broken = kind == USBIF_XB_EV_RESTORED ? step_front(w, &ev) :
		look_front(w, ev.now_ms);
	if (!broken && kind != USBIF_XB_EV_PEER && kind != USBIF_XB_EV_RESTORED)
		broken = step_front(w, &ev);
	forget(&w->front.m);
	return broken;
}

const char *ends_tell_back(struct world *w, uint8_t kind)
{
	struct usbif_xb_ev ev = { .kind = kind };
	const char *broken;

	if (kind == USBIF_XB_EV_TICK)
		ev.now_ms = DUE_MS;
	broken = look_back(w, ev.now_ms);
	if (!broken && kind != USBIF_XB_EV_PEER)
		broken = step_back(w, &ev);
	forget(&w->back.m);
	return broken;
}

const char *ends_probe_front(struct world *w)
{
	struct usbif_xb_ev ev = { .kind = USBIF_XB_EV_PROBE };

	ev.own = w->fe_state;
	return step_front(w, &ev);
}

const char *ends_probe_back(struct world *w)
{
	struct usbif_xb_ev ev = { .kind = USBIF_XB_EV_PROBE };

	read_own(w, &ev);
	return step_back(w, &ev);
}

/* Rings that the back still maps cannot be granted again. */
static uint8_t free_rings(const struct world *w)
{
	return w->back.rings == 1 ? 2 : 1;
}

/* Rings begin at zero: once used and unmapped they serve nobody else. */
static void back_unmaps(struct world *w)
{
	if (w->back.rings && w->back.rings == w->front.rings && w->used)
		w->spent = 1;
	w->back_read = 0;
}

static void switch_front(struct world *w, unsigned int state,
			 unsigned int from)
{
	if (!w->fe_node || (from && w->fe_state != from))
		return;		/* gone, or the toolstack has the last word */
	w->fe_state = (uint8_t)state;
	if (state == USBIF_XB_CONNECTED)
		w->fe_keys = w->front.rings;	/* in one transaction */
	ends_fe_changed(w);
}

static void switch_back(struct world *w, unsigned int state, unsigned int from)
{
	if (!w->be_node || (from && w->be_state != from))
		return;
	w->be_state = (uint8_t)state;
	ends_be_changed(w);
}

const char *ends_perform_front(struct world *w)
{
	struct end *e = &w->front;
	uint16_t act = e->acts[e->acts_done++];
	uint8_t kind = act & 0xf;
	const char *broken = books_enter(e, act, true);

	if (kind == USBIF_XB_ACT_SWITCH)
		switch_front(w, act >> 4 & 0xf, act >> 8);
	else if (kind == USBIF_XB_ACT_OPEN)
		w->used = 1;
	else if (kind == USBIF_XB_ACT_RELEASE)
		w->used = w->spent = 0;
	else if (kind == USBIF_XB_ACT_SUSPENDED && w->asleep)
		w->asleep = 2;	/* not cancelled meanwhile */
	return broken;
}

const char *ends_perform_back(struct world *w)
{
	struct end *e = &w->back;
	uint16_t act = e->acts[e->acts_done++];
	uint8_t kind = act & 0xf;
	const char *broken;

	if (kind == USBIF_XB_ACT_RELEASE)
		back_unmaps(w);
	broken = books_enter(e, act, false);
	if (kind == USBIF_XB_ACT_SWITCH)
		switch_back(w, act >> 4 & 0xf, act >> 8);
	else if (kind == USBIF_XB_ACT_CONNECT)
		w->back_read = w->back_next;
	else if (kind == USBIF_XB_ACT_OPEN && e->rings != w->back_next)
		broken = "back: OPEN of rings that the keys do not name";
	return broken;
}

bool ends_can_map(const struct world *w)
{
	if (w->bad_front)
		return w->back_read && w->back_read != UNGRANTED;
	return w->back_read && w->back_read == w->front.rings;
}

static const char *answer_back(struct world *w, bool ok)
{
	const char *broken;

	if (ok && w->spent)
		return "back: maps rings that were used before";
	if (ok)
		w->back.rings = w->back_read;
	broken = ends_tell_back(w, ok ? USBIF_XB_EV_CONNECT_OK :
				USBIF_XB_EV_CONNECT_FAILED);
	if (!ok)
		w->back_read = 0;
	return broken;
}

const char *ends_answer_connect(struct world *w, bool front, bool ok)
{
	struct end *e = front ? &w->front : &w->back;

	e->connecting = 0;
	if (!front)
		return answer_back(w, ok);
	if (ok)
		e->rings = free_rings(w);
	return ends_tell_front(w, ok ? USBIF_XB_EV_CONNECT_OK :
			       USBIF_XB_EV_CONNECT_FAILED);
}

const char *ends_answer_quiesce(struct world *w, bool front)
{
	struct end *e = front ? &w->front : &w->back;

	e->quiescing = 0;
	e->quiesced = 1;
	return front ? ends_tell_front(w, USBIF_XB_EV_QUIESCED) :
		ends_tell_back(w, USBIF_XB_EV_QUIESCED);
}

/* All but what the bus knows, the module, and what is held. */
static void unbind(struct end *e)
{
	memset(e->acts, 0, sizeof(e->acts));
	e->acts_n = 0;
	e->acts_done = 0;
	e->bound = 0;
	e->leaving = 0;
	e->stale = 0;
}

void ends_unbind_front(struct world *w)
{
	struct usbif_xb_front f;

	usbif_xb_front_init(&f);
	w->front.m = f.m;
	unbind(&w->front);
	w->asleep = 0;
}

void ends_unbind_back(struct world *w)
{
	struct usbif_xb_back b;

	usbif_xb_back_init(&b);
	w->back.m = b.m;
	unbind(&w->back);
	w->back_read = 0;
	w->back_next = 0;
}

void ends_crash_front(struct world *w)
{
	ends_unbind_front(w);
	books_drop(&w->front);
	w->front.known = w->fe_node;
	w->used = w->spent = 0;
}

void ends_crash_back(struct world *w)
{
	back_unmaps(w);
	ends_unbind_back(w);
	books_drop(&w->back);
	w->back.known = w->be_node;
}
