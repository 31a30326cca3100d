/* SPDX-License-Identifier: MIT */
#include "xenbus_world.h"

#include <string.h>

#define DUE_MS		1	/* when all deadlines are */

bool world_atomic;
void world_init(struct world *w)
{
	struct usbif_xb_front f;
	struct usbif_xb_back b;

	memset(w, 0, sizeof(*w));
	usbif_xb_front_init(&f);
	usbif_xb_back_init(&b);
	w->front.m = f.m;
	w->back.m = b.m;
	w->front.module = 1;
	w->back.module = 1;
}

static bool busy(const struct end *e)
{
	return e->acts_done < e->acts_n;
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
	if (!usbif_xb_front_valid(&f))
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
	if (!usbif_xb_back_valid(&b))
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

static const char *event_front(struct world *w, const struct usbif_xb_ev *ev)
{
	const char *broken = NULL;

	if (ev->kind != USBIF_XB_EV_PROBE && ev->kind != USBIF_XB_EV_RESTORED)
		broken = look_front(w, ev->now_ms);
	if (!broken && ev->kind != USBIF_XB_EV_PEER)
		broken = step_front(w, ev);
	forget(&w->front.m);
	return broken;
}

static const char *event_back(struct world *w, const struct usbif_xb_ev *ev)
{
	const char *broken = NULL;

	if (ev->kind != USBIF_XB_EV_PROBE)
		broken = look_back(w, ev->now_ms);
	if (!broken && ev->kind != USBIF_XB_EV_PEER)
		broken = step_back(w, ev);
	forget(&w->back.m);
	return broken;
}

static const char *tell_front(struct world *w, uint8_t kind)
{
	struct usbif_xb_ev ev = { .kind = kind };

	if (kind == USBIF_XB_EV_TICK)
		ev.now_ms = DUE_MS;
	return event_front(w, &ev);
}

static const char *tell_back(struct world *w, uint8_t kind)
{
	struct usbif_xb_ev ev = { .kind = kind };

	if (kind == USBIF_XB_EV_TICK)
		ev.now_ms = DUE_MS;
	return event_back(w, &ev);
}

/* A node changed: those who watch it will look. */
static void fe_changed(struct world *w)
{
	w->front.stale = w->front.bound;
	w->back.stale = w->back.bound;
}

static void be_changed(struct world *w)
{
	w->front.stale = w->front.bound;
	w->back.stale = w->back.bound;
}

/* The driver is gone, and with it all it knew. */
static void unbind_front(struct world *w)
{
	struct usbif_xb_front f;

	usbif_xb_front_init(&f);
	w->front.m = f.m;
	w->front.bound = 0;
	w->front.leaving = 0;
	w->front.stale = 0;
	w->front.acts_n = 0;
	w->front.acts_done = 0;
	w->asleep = 0;
	memset(w->front.acts, 0, sizeof(w->front.acts));
}

static void unbind_back(struct world *w)
{
	struct usbif_xb_back b;

	usbif_xb_back_init(&b);
	w->back.m = b.m;
	w->back.bound = 0;
	w->back.leaving = 0;
	w->back.stale = 0;
	w->back.acts_n = 0;
	w->back.acts_done = 0;
	w->back_read = 0;
	w->back_next = 0;
	memset(w->back.acts, 0, sizeof(w->back.acts));
}

/* Rings that the back still maps cannot be granted again. */
static uint8_t free_session(const struct world *w)
{
	uint8_t s = 1;

	while (s == w->back.rings)
		s++;
	return s;
}

static const char *connect_front(struct world *w)
{
	struct end *e = &w->front;

	if (e->rings || e->connecting || e->quiescing)
		return "front: CONNECT with rings held or an answer due";
	e->connecting = 1;
	return NULL;
}

static const char *connect_back(struct world *w)
{
	struct end *e = &w->back;

	if (e->rings || e->connecting || e->quiescing)
		return "back: CONNECT with rings held or an answer due";
	e->connecting = 1;
	w->back_read = w->back_next;
	return NULL;
}

static const char *quiesce(struct end *e)
{
	if (!e->rings)
		return "QUIESCE without rings";
	if (e->quiescing || e->quiesced)
		return "QUIESCE twice";
	e->quiescing = 1;
	e->open = 0;
	return NULL;
}

/* Leaves e->rings to the caller. */
static const char *release(struct end *e)
{
	if (!e->rings)
		return "RELEASE without rings";
	if (!e->quiesced)
		return "RELEASE before QUIESCED";
	e->quiesced = 0;
	return NULL;
}

/* Rings begin at zero: once used and unmapped they serve nobody else. */
static void back_unmaps(struct world *w)
{
	if (w->back.rings && w->back.rings == w->front.rings && w->used)
		w->spent = 1;
	w->back.rings = 0;
	w->back_read = 0;
}

static const char *open_end(struct end *e)
{
	if (!e->rings || e->open)
		return "OPEN without rings, or twice";
	if (e->m.own != USBIF_XB_CONNECTED)
		return "OPEN and not Connected";
	e->open = 1;
	e->quiesced = 0;
	return NULL;
}

static const char *gone(const struct end *e)
{
	return e->rings || e->connecting || e->quiescing || e->open ?
		"GONE with something held" : NULL;
}

static const char *switch_front(struct world *w, unsigned int state,
				unsigned int from)
{
	if (state == USBIF_XB_CONNECTED && !w->front.rings)
		return "front: Connected without rings";
	if (state == USBIF_XB_CLOSED && w->front.rings)
		return "front: Closed with rings";
	if (!w->fe_node || (from && w->fe_state != from))
		return NULL;	/* gone, or the toolstack has the last word */
	w->fe_state = (uint8_t)state;
	if (state == USBIF_XB_CONNECTED)
		w->fe_keys = w->front.rings;	/* in one transaction */
	fe_changed(w);
	return NULL;
}

static const char *switch_back(struct world *w, unsigned int state,
			       unsigned int from)
{
	if (state == USBIF_XB_CONNECTED && !w->back.rings)
		return "back: Connected without rings";
	if ((state == USBIF_XB_CLOSED || state == USBIF_XB_CLOSING) &&
	    w->back.rings)
		return "back: Closing or Closed with rings mapped";
	if (!w->be_node || (from && w->be_state != from))
		return NULL;
	w->be_state = (uint8_t)state;
	be_changed(w);
	return NULL;
}

static const char *perform_front(struct world *w)
{
	struct end *e = &w->front;
	uint16_t act = e->acts[e->acts_done++];
	const char *broken;

	switch ((enum usbif_xb_act_kind)(act & 0xf)) {
	case USBIF_XB_ACT_SWITCH:
		return switch_front(w, act >> 4 & 0xf, act >> 8);
	case USBIF_XB_ACT_CONNECT:
		return connect_front(w);
	case USBIF_XB_ACT_OPEN:
		w->used = 1;
		return open_end(e);
	case USBIF_XB_ACT_QUIESCE:
		return quiesce(e);
	case USBIF_XB_ACT_CUT:
		/* it may cross QUIESCED */
		return e->quiescing || e->quiesced ? NULL :
			"CUT without QUIESCE";
	case USBIF_XB_ACT_RELEASE:
		broken = release(e);
		w->front.rings = 0;
		w->used = w->spent = 0;
		return broken;
	case USBIF_XB_ACT_SUSPENDED:
		if (e->open || e->connecting || e->quiescing ||
		    (e->rings && !e->quiesced))
			return "SUSPENDED and not quiet";
		if (w->asleep)		/* not cancelled meanwhile */
			w->asleep = 2;
		return NULL;
	case USBIF_XB_ACT_GONE:
		return e->leaving ? gone(e) : "front: GONE without UNLOAD";
	case USBIF_XB_ACT_ARM:
	case USBIF_XB_ACT_FATAL:
		return NULL;
	case USBIF_XB_ACT_READ_PORTS:
	case USBIF_XB_ACT_N:
		break;
	}
	return "front: an action that is none of its";
}

static const char *perform_back(struct world *w)
{
	struct end *e = &w->back;
	uint16_t act = e->acts[e->acts_done++];
	const char *broken;

	switch ((enum usbif_xb_act_kind)(act & 0xf)) {
	case USBIF_XB_ACT_SWITCH:
		return switch_back(w, act >> 4 & 0xf, act >> 8);
	case USBIF_XB_ACT_CONNECT:
		return connect_back(w);
	case USBIF_XB_ACT_OPEN:
		return open_end(e);
	case USBIF_XB_ACT_QUIESCE:
		return quiesce(e);
	case USBIF_XB_ACT_RELEASE:
		broken = release(e);
		back_unmaps(w);
		return broken;
	case USBIF_XB_ACT_READ_PORTS:
		return e->open ? NULL : "READ_PORTS and not open";
	case USBIF_XB_ACT_GONE:
		return gone(e);
	case USBIF_XB_ACT_ARM:
	case USBIF_XB_ACT_FATAL:
		return NULL;
	case USBIF_XB_ACT_CUT:
	case USBIF_XB_ACT_SUSPENDED:
	case USBIF_XB_ACT_N:
		break;
	}
	return "back: an action that is none of its";
}

/* What the bus of the guest does next: 0 nothing, 1 probe, 2 remove, 3 over. */
static int front_os(const struct world *w)
{
	const struct end *e = &w->front;

	if (e->leaving)
		return e->m.state == USBIF_XB_F_GONE ? 3 : 0;
	if (e->bound)
		return w->fe_node ? 0 : 2;
	if (!w->fe_node)
		return e->known ? 3 : 0;
	return e->module && (e->known || w->fe_state == USBIF_XB_INITIALISING);
}

static int back_os(const struct world *w)
{
	const struct end *e = &w->back;

	if (e->leaving)
		return e->m.state == USBIF_XB_B_GONE ? 3 : 0;
	if (e->bound)
		return w->be_node && e->m.state != USBIF_XB_B_GONE ? 0 : 2;
	if (!w->be_node)
		return e->known ? 3 : 0;
	return e->module && (e->known || w->be_state == USBIF_XB_INITIALISING);
}

static const char *make_front_os(struct world *w)
{
	struct usbif_xb_ev ev = { .kind = USBIF_XB_EV_PROBE };
	int what = front_os(w);

	if (what == 1) {
		w->front.known = 1;
		w->front.bound = 1;
		w->front.stale = 1;
		w->failed = 0;
		ev.own = w->fe_state;
		return event_front(w, &ev);
	}
	if (what == 2) {
		w->front.leaving = 1;
		return tell_front(w, USBIF_XB_EV_UNLOAD);
	}
	if (w->front.bound)
		unbind_front(w);
	if (!w->fe_node)
		w->front.known = 0;
	return NULL;
}

static const char *make_back_os(struct world *w)
{
	struct usbif_xb_ev ev = { .kind = USBIF_XB_EV_PROBE };
	int what = back_os(w);

	if (what == 1) {
		w->back.known = 1;
		w->back.bound = 1;
		w->back.stale = 1;
		w->failed = 0;
		read_own(w, &ev);
		return event_back(w, &ev);
	}
	if (what == 2) {
		/* the machine said GONE by itself: unregister the device */
		w->back.leaving = 1;
		if (w->back.m.state == USBIF_XB_B_GONE)
			w->back.known = 0;
		return tell_back(w, USBIF_XB_EV_UNLOAD);
	}
	if (w->back.bound)
		unbind_back(w);
	if (!w->be_node)
		w->back.known = 0;
	return NULL;
}

/* Can the back map what it read?  The front must still grant it. */
static bool can_map(const struct world *w)
{
	return w->back_read && w->back_read == w->front.rings;
}

static const char *answer_connect(struct world *w, bool front, bool ok)
{
	struct end *e = front ? &w->front : &w->back;
	uint8_t kind = ok ? USBIF_XB_EV_CONNECT_OK : USBIF_XB_EV_CONNECT_FAILED;
	const char *broken;

	e->connecting = 0;
	if (!ok) {
		if (front || can_map(w))
			w->failed = 1;
	} else if (front) {
		e->rings = free_session(w);
	} else {
		if (w->spent)
			return "back: maps rings that were mapped before";
		e->rings = w->back_read;
	}
	if (front)
		return tell_front(w, kind);
	broken = tell_back(w, kind);
	if (!ok)
		w->back_read = 0;
	return broken;
}

static const char *answer_quiesce(struct world *w, bool front)
{
	struct end *e = front ? &w->front : &w->back;

	e->quiescing = 0;
	e->quiesced = 1;
	return front ? tell_front(w, USBIF_XB_EV_QUIESCED) :
		tell_back(w, USBIF_XB_EV_QUIESCED);
}

static void new_nodes(struct world *w, bool bad)
{
	w->fe_node = 1;
	w->be_node = 1;
	w->fe_state = USBIF_XB_INITIALISING;
	w->be_state = USBIF_XB_INITIALISING;
	w->fe_keys = 0;
	w->online = 1;
	w->be_bad = bad;
	w->tool = TOOL_ATTACHING;
	fe_changed(w);
	be_changed(w);
}

static void remove_fe(struct world *w)
{
	w->fe_node = 0;
	w->fe_state = 0;
	w->fe_keys = 0;
	fe_changed(w);
}

static void remove_nodes(struct world *w)
{
	if (w->fe_node)
		remove_fe(w);
	w->be_node = 0;
	w->be_state = 0;
	w->online = 0;
	w->be_bad = 0;
	w->tool = TOOL_ABSENT;
	be_changed(w);
}

static void ask_detach(struct world *w)
{
	/* libxl leaves a closed backend alone and sees at once that it is */
	if (w->be_state == USBIF_XB_CLOSED) {
		remove_nodes(w);
		return;
	}
	w->tool = TOOL_DETACHING;
	w->online = 0;
	w->be_state = USBIF_XB_CLOSING;
	be_changed(w);
}

/* The machine loses its memory; xenstore and the other end do not. */
static void crash_front(struct world *w)
{
	unbind_front(w);
	w->front.rings = 0;
	w->used = w->spent = 0;
	w->front.connecting = 0;
	w->front.quiescing = 0;
	w->front.quiesced = 0;
	w->front.open = 0;
}

static void crash_back(struct world *w)
{
	unbind_back(w);
	back_unmaps(w);
	w->back.connecting = 0;
	w->back.quiescing = 0;
	w->back.quiesced = 0;
	w->back.open = 0;
}

static void destroy(struct world *w)
{
	crash_front(w);
	w->front.known = 0;
	remove_fe(w);
	ask_detach(w);
}

/* Another host, or a new incarnation here; grants are void. */
static const char *restore(struct world *w, bool elsewhere)
{
	w->asleep = 0;
	if (elsewhere) {
		new_nodes(w, w->be_bad);
		w->failed = 0;
	}
	w->front.stale = 1;
	return tell_front(w, USBIF_XB_EV_RESTORED);
}

static const char *unload(struct world *w, bool front)
{
	struct end *e = front ? &w->front : &w->back;

	e->module = 0;
	if (!e->bound || e->leaving)
		return NULL;
	e->leaving = 1;
	return front ? tell_front(w, USBIF_XB_EV_UNLOAD) :
		tell_back(w, USBIF_XB_EV_UNLOAD);
}

static bool can_connect_fail(const struct end *e)
{
	return e->connecting && !busy(e);
}

/* libxl compares for equality. */
static bool tool_sees(const struct world *w)
{
	return (w->tool == TOOL_ATTACHING &&
		w->be_state == USBIF_XB_INITWAIT) ||
	       (w->tool == TOOL_DETACHING && w->be_state == USBIF_XB_CLOSED);
}

/* The system's own moves. */
static bool can_own(const struct world *w, enum move move)
{
	const struct end *f = &w->front, *b = &w->back;

	switch (move) {
	case MOVE_PERFORM_FRONT:
		return busy(f);
	case MOVE_PERFORM_BACK:
		return busy(b);
	case MOVE_FRONT_SEES:
		return f->bound && f->stale && !busy(f) && w->asleep != 2;
	case MOVE_BACK_SEES:
		return b->bound && b->stale && !busy(b);
	case MOVE_FRONT_OS:
		return front_os(w) && !busy(f) && w->asleep != 2;
	case MOVE_BACK_OS:
		return back_os(w) && !busy(b);
	case MOVE_CONNECTED_FRONT:
		return f->connecting && !busy(f);
	case MOVE_CONNECTED_BACK:
		return b->connecting && !busy(b);
	case MOVE_QUIESCED_FRONT:
		return f->quiescing && !busy(f);
	case MOVE_QUIESCED_BACK:
		return b->quiescing && !busy(b);
	case MOVE_TICK_FRONT:
		return f->m.due_ms != USBIF_XB_NEVER && !busy(f);
	case MOVE_TICK_BACK:
		/* the dwell is long enough for the toolstack to look */
		return b->m.due_ms != USBIF_XB_NEVER && !busy(b) &&
		       !(b->m.state == USBIF_XB_B_SHOWN && tool_sees(w));
	case MOVE_TOOL_SEES:
		return tool_sees(w);
	default:
		return false;
	}
}

static bool can_disturb(const struct world *w, enum move move)
{
	const struct end *f = &w->front, *b = &w->back;

	switch (move) {
	case MOVE_CONNECT_FAILS_FRONT:
		return can_connect_fail(f);
	case MOVE_CONNECT_FAILS_BACK:
		return can_connect_fail(b) && can_map(w);
	case MOVE_TOOL_GIVES_UP:
		/* after 10 s; nobody takes that long to write a node */
		return !busy(f) && !busy(b) && (w->tool == TOOL_ATTACHING ||
						w->tool == TOOL_DETACHING);
	case MOVE_ATTACH:
	case MOVE_ATTACH_BAD:
		/* a write between two looks is not that slow */
		return w->tool == TOOL_ABSENT && !busy(f) && !busy(b);
	case MOVE_DETACH:
	case MOVE_DESTROY:
		return w->tool == TOOL_PRESENT;
	case MOVE_LOAD_FRONT:
		return !f->module && !f->bound;
	case MOVE_LOAD_BACK:
		return !b->module && !b->bound;
	case MOVE_UNLOAD_FRONT:
		return f->module && !busy(f) && !w->asleep;
	case MOVE_UNLOAD_BACK:
		return b->module && !busy(b);
	case MOVE_CRASH_FRONT:
		return f->bound;
	case MOVE_CRASH_BACK:
		return b->bound;
	case MOVE_FAULT_FRONT:
		return f->open && !busy(f);
	case MOVE_FAULT_BACK:
		return b->open && !busy(b);
	case MOVE_SUSPEND:
		return f->bound && !w->asleep && !f->leaving && !busy(f);
	case MOVE_RESUME:
		return w->asleep && !busy(f);
	case MOVE_RESTORE:
	case MOVE_RESTORE_HERE:
		return f->bound && !busy(f) && w->tool == TOOL_PRESENT;
	default:
		return false;
	}
}

bool world_can(const struct world *w, enum move move)
{
	return move < MOVE_OWN_END ? can_own(w, move) : can_disturb(w, move);
}

static const char *make_own(struct world *w, enum move move)
{
	switch (move) {
	case MOVE_PERFORM_FRONT:
		return perform_front(w);
	case MOVE_PERFORM_BACK:
		return perform_back(w);
	case MOVE_FRONT_SEES:
		return tell_front(w, USBIF_XB_EV_PEER);
	case MOVE_BACK_SEES:
		return tell_back(w, USBIF_XB_EV_PEER);
	case MOVE_FRONT_OS:
		return make_front_os(w);
	case MOVE_BACK_OS:
		return make_back_os(w);
	case MOVE_CONNECTED_FRONT:
		return answer_connect(w, true, true);
	case MOVE_CONNECTED_BACK:
		return answer_connect(w, false, can_map(w));
	case MOVE_QUIESCED_FRONT:
		return answer_quiesce(w, true);
	case MOVE_QUIESCED_BACK:
		return answer_quiesce(w, false);
	case MOVE_TICK_FRONT:
		return tell_front(w, USBIF_XB_EV_TICK);
	case MOVE_TICK_BACK:
		return tell_back(w, USBIF_XB_EV_TICK);
	case MOVE_TOOL_SEES:
		if (w->tool == TOOL_DETACHING)
			remove_nodes(w);
		else
			w->tool = TOOL_PRESENT;
		return NULL;
	default:
		return "no such move";
	}
}

static const char *make_tool(struct world *w, enum move move)
{
	if (move == MOVE_ATTACH || move == MOVE_ATTACH_BAD)
		new_nodes(w, move == MOVE_ATTACH_BAD);
	else if (move == MOVE_DETACH)
		ask_detach(w);
	else if (move == MOVE_DESTROY)
		destroy(w);
	else if (w->tool == TOOL_DETACHING)
		remove_nodes(w);
	else
		w->tool = TOOL_PRESENT;
	return NULL;
}

static const char *make_disturbance(struct world *w, enum move move)
{
	switch (move) {
	case MOVE_CONNECT_FAILS_FRONT:
		return answer_connect(w, true, false);
	case MOVE_CONNECT_FAILS_BACK:
		return answer_connect(w, false, false);
	case MOVE_LOAD_FRONT:
		w->front.module = 1;
		return NULL;
	case MOVE_LOAD_BACK:
		w->back.module = 1;
		return NULL;
	case MOVE_UNLOAD_FRONT:
		return unload(w, true);
	case MOVE_UNLOAD_BACK:
		return unload(w, false);
	case MOVE_CRASH_FRONT:
		crash_front(w);
		return NULL;
	case MOVE_CRASH_BACK:
		crash_back(w);
		return NULL;
	case MOVE_FAULT_FRONT:
		w->failed = 1;
		return tell_front(w, USBIF_XB_EV_FAULT);
	case MOVE_FAULT_BACK:
		w->failed = 1;
		return tell_back(w, USBIF_XB_EV_FAULT);
	case MOVE_SUSPEND:
		w->asleep = 1;
		return tell_front(w, USBIF_XB_EV_SUSPEND);
	case MOVE_RESUME:
		w->asleep = 0;
		return tell_front(w, USBIF_XB_EV_RESUMED);
	case MOVE_RESTORE:
		return restore(w, true);
	case MOVE_RESTORE_HERE:
		return restore(w, false);
	default:
		return make_tool(w, move);
	}
}

static const char *integrity(const struct world *w)
{
	const struct end *f = &w->front, *b = &w->back;

	if (world_at_rest(w) && f->open && b->open && f->rings != b->rings)
		return "the ends serve different rings";
	if (world_at_rest(w) && !w->asleep && !w->fe_node && !w->be_node &&
	    (f->rings || b->rings))
		return "rings are held for no device";
	return NULL;
}

/* Actions that the other end cannot see need no interleaving. */
static const char *perform_unseen(struct world *w, bool front)
{
	struct end *e = front ? &w->front : &w->back;
	const char *broken = NULL;

	while (!broken && busy(e) && (world_atomic || 
	       (e->acts[e->acts_done] & 0xf) != USBIF_XB_ACT_SWITCH))
		broken = front ? perform_front(w) : perform_back(w);
	if (!busy(e)) {
		memset(e->acts, 0, sizeof(e->acts));
		e->acts_n = e->acts_done = 0;
	}
	return broken;
}

const char *world_make(struct world *w, enum move move)
{
	const char *broken;

	broken = move < MOVE_OWN_END ? make_own(w, move) :
		make_disturbance(w, move);
	if (!broken)
		broken = perform_unseen(w, true);
	if (!broken)
		broken = perform_unseen(w, false);
	return broken ? broken : integrity(w);
}

bool world_at_rest(const struct world *w)
{
	int move;

	for (move = 0; move < MOVE_OWN_END; move++)
		if (can_own(w, (enum move)move))
			return false;
	return true;
}

bool world_connected(const struct world *w)
{
	return w->front.open && w->back.open &&
	       w->front.rings == w->back.rings && world_at_rest(w);
}

bool world_empty(const struct world *w)
{
	return w->tool == TOOL_ABSENT && !w->front.bound && !w->back.bound &&
	       !w->front.rings && !w->back.rings;
}

const char *world_move_name(enum move move)
{
	static const char *const names[MOVE_N] = {
		"front performs", "back performs", "front sees the back",
		"back sees the front", 
		"front's bus looks", "back's bus looks", "front connected",
		"back connected", "front quiesced", "back quiesced",
		"front's tick", "back's tick", "toolstack sees",
		"front cannot connect", "back cannot connect",
		"toolstack gives up", "attach", "attach with bad keys",
		"detach", "destroy", "load front", "load back",
		"unload front", "unload back", "front crashes",
		"back crashes", "front finds a fault", "back finds a fault",
		"suspend", "resume", "restore elsewhere", "restore here",
	};

	return names[move];
}

static void print_end(FILE *out, const struct end *e, const char *state)
{
	uint8_t i;

	fprintf(out, "%s wishes=%x peer=%u/%u%s%s%s rings=%u%s%s%s%s [",
		state, e->m.wishes, e->m.peer, e->m.keys,
		e->bound ? "" : " unbound", e->leaving ? " leaving" : "",
		e->stale ? " stale" : "", e->rings, e->open ? " open" : "",
		e->connecting ? " connecting" : "",
		e->quiescing ? " quiescing" : "",
		e->quiesced ? " quiesced" : "");
	for (i = e->acts_done; i < e->acts_n; i++)
		fprintf(out, " %s(%s)", usbif_xb_act_name(e->acts[i] & 0xf),
			usbif_xb_state_name(e->acts[i] >> 4 & 0xf));
	fprintf(out, " ]\n");
}

void world_print(FILE *out, const struct world *w)
{
	fprintf(out, "    store: front=%u%s keys=%u back=%u%s online=%u%s "
		"tool=%u failed=%u asleep=%u\n    front: ", w->fe_state,
		w->fe_node ? "" : "(none)", w->fe_keys, w->be_state,
		w->be_node ? "" : "(none)", w->online,
		w->be_bad ? " bad" : "", w->tool, w->failed, w->asleep);
	print_end(out, &w->front, usbif_xb_front_state_name(w->front.m.state));
	fprintf(out, "    back:  ");
	print_end(out, &w->back, usbif_xb_back_state_name(w->back.m.state));
}
