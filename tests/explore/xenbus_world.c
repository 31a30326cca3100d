/* SPDX-License-Identifier: MIT */
#include "xenbus_ends.h"

#include <string.h>

void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	ends_unbind_front(w);
	ends_unbind_back(w);
	w->front.module = 1;
	w->back.module = 1;
}

/* What the bus does next with a device and its driver. */
enum os {
	OS_NOTHING,
	OS_PROBE,
	OS_REMOVE,
	OS_FORGET,		/* removed, or its nodes are gone */
};

static enum os front_os(const struct world *w)
{
	const struct end *e = &w->front;

	if (e->leaving)
		return e->m.state == USBIF_XB_F_GONE ? OS_FORGET : OS_NOTHING;
	if (e->bound)
		return w->fe_node ? OS_NOTHING : OS_REMOVE;
	if (!w->fe_node)
		return e->known ? OS_FORGET : OS_NOTHING;
	return e->module && (e->known || w->fe_state ==
			     USBIF_XB_INITIALISING) ? OS_PROBE : OS_NOTHING;
}

static enum os back_os(const struct world *w)
{
	const struct end *e = &w->back;

	if (e->leaving)
		return e->m.state == USBIF_XB_B_GONE ? OS_FORGET : OS_NOTHING;
	if (e->bound)
		return w->be_node ? OS_NOTHING : OS_REMOVE;
	if (!w->be_node)
		return e->known ? OS_FORGET : OS_NOTHING;
	return e->module && (e->known || w->be_state ==
			     USBIF_XB_INITIALISING) ? OS_PROBE : OS_NOTHING;
}

static void bind(struct end *e)
{
	e->known = 1;
	e->bound = 1;
	e->stale = 1;
}

/* The device is no more, whatever nodes there will be when the driver left. */
static void dismiss(struct end *e)
{
	e->known = 0;
	e->leaving = 1;
}

static const char *make_front_os(struct world *w)
{
	switch (front_os(w)) {
	case OS_PROBE:
		bind(&w->front);
		return ends_probe_front(w);
	case OS_REMOVE:
		dismiss(&w->front);
		return ends_tell_front(w, USBIF_XB_EV_UNLOAD);
	case OS_FORGET:
		if (w->front.bound)
			ends_unbind_front(w);
		if (!w->fe_node)
			w->front.known = 0;
		return NULL;
	case OS_NOTHING:
		break;
	}
	return "the front's bus has nothing to do";
}

static const char *make_back_os(struct world *w)
{
	switch (back_os(w)) {
	case OS_PROBE:
		bind(&w->back);
		return ends_probe_back(w);
	case OS_REMOVE:
		dismiss(&w->back);
		return ends_tell_back(w, USBIF_XB_EV_UNLOAD);
	case OS_FORGET:
		if (w->back.bound)
			ends_unbind_back(w);
		if (!w->be_node)
			w->back.known = 0;
		return NULL;
	case OS_NOTHING:
		break;
	}
	return "the back's bus has nothing to do";
}

static void create_nodes(struct world *w, bool bad)
{
	w->fe_node = 1;
	w->be_node = 1;
	w->fe_state = USBIF_XB_INITIALISING;
	w->be_state = USBIF_XB_INITIALISING;
	w->fe_keys = 0;
	w->online = 1;
	w->be_bad = bad;
	w->tool = TOOL_ATTACHING;
	ends_fe_changed(w);
	ends_be_changed(w);
}

static void remove_front_node(struct world *w)
{
	w->fe_node = 0;
	w->fe_state = 0;
	w->fe_keys = 0;
	ends_fe_changed(w);
}

static void remove_nodes(struct world *w)
{
	remove_front_node(w);
	w->be_node = 0;
	w->be_state = 0;
	w->online = 0;
	w->be_bad = 0;
	w->tool = TOOL_ABSENT;
	ends_be_changed(w);
}

/* libxl leaves a closed backend alone, and sees at once that it is. */
static void ask_detach(struct world *w)
{
	if (!w->be_node || w->be_state == USBIF_XB_CLOSED) {
		remove_nodes(w);
		return;
	}
	w->tool = TOOL_DETACHING;
	w->online = 0;
	w->be_state = USBIF_XB_CLOSING;
	ends_be_changed(w);
}

static void destroy(struct world *w)
{
	ends_crash_front(w);
	w->front.known = 0;
	remove_front_node(w);
	ask_detach(w);
}

static void tool_goes_on(struct world *w)
{
	if (w->tool == TOOL_DETACHING)
		remove_nodes(w);
	else
		w->tool = TOOL_PRESENT;
}

/* libxl compares for equality. */
static bool tool_sees(const struct world *w)
{
	return (w->tool == TOOL_ATTACHING &&
		w->be_state == USBIF_XB_INITWAIT) ||
	       (w->tool == TOOL_DETACHING && w->be_state == USBIF_XB_CLOSED);
}

/* Another host, or a new incarnation here; grants are void. */
static const char *restore(struct world *w, bool elsewhere)
{
	w->asleep = 0;
	if (elsewhere)
		create_nodes(w, w->be_bad);
	w->front.stale = 1;
	return ends_tell_front(w, USBIF_XB_EV_RESTORED);
}

static const char *unload(struct world *w, bool front)
{
	struct end *e = front ? &w->front : &w->back;

	e->module = 0;
	if (!e->bound || e->leaving)
		return NULL;
	e->leaving = 1;
	return front ? ends_tell_front(w, USBIF_XB_EV_UNLOAD) :
		ends_tell_back(w, USBIF_XB_EV_UNLOAD);
}

/* The system's own moves. */
static bool can_own(const struct world *w, enum move move)
{
	const struct end *f = &w->front, *b = &w->back;

	if (move == MOVE_PERFORM_FRONT)
		return ends_busy(f);
	if (move == MOVE_PERFORM_BACK)
		return ends_busy(b);
	if (move == MOVE_FRONT_LOOKS)
		return f->bound && f->stale && !ends_busy(f) && w->asleep != 2;
	if (move == MOVE_BACK_LOOKS)
		return b->bound && b->stale && !ends_busy(b);
	if (move == MOVE_FRONT_OS)
		return front_os(w) != OS_NOTHING && !ends_busy(f) &&
		       w->asleep != 2;
	if (move == MOVE_BACK_OS)
		return back_os(w) != OS_NOTHING && !ends_busy(b);
	if (move == MOVE_CONNECTED_FRONT)
		return f->connecting && !ends_busy(f);
	if (move == MOVE_CONNECTED_BACK)
		return b->connecting && !ends_busy(b);
	if (move == MOVE_QUIESCED_FRONT)
		return f->quiescing && !ends_busy(f);
	if (move == MOVE_QUIESCED_BACK)
		return b->quiescing && !ends_busy(b);
	if (move == MOVE_TICK_FRONT)
		return f->m.due_ms != USBIF_XB_NEVER && !ends_busy(f);
	if (move == MOVE_TICK_BACK)	/* the dwell is long enough */
		return b->m.due_ms != USBIF_XB_NEVER && !ends_busy(b) &&
		       !(b->m.state == USBIF_XB_B_SHOWN && tool_sees(w));
	return tool_sees(w);
}

static bool can_tool(const struct world *w, enum move move)
{
	bool quick = !ends_busy(&w->front) && !ends_busy(&w->back);

	if (move == MOVE_TOOL_GIVES_UP)
		return quick && (w->tool == TOOL_ATTACHING ||
				 w->tool == TOOL_DETACHING);
	if (move == MOVE_ATTACH || move == MOVE_ATTACH_BAD)
		return quick && w->tool == TOOL_ABSENT;
	return w->tool == TOOL_PRESENT;
}

static bool can_disturb_front(const struct world *w, enum move move)
{
	const struct end *f = &w->front;

	if (move == MOVE_CRASH_FRONT)
		return f->bound;
	if (move == MOVE_LOAD_FRONT)
		return !f->module && !f->bound;
	if (ends_busy(f))
		return false;
	if (move == MOVE_CONNECT_FAILS_FRONT)
		return f->connecting;
	if (move == MOVE_UNLOAD_FRONT)
		return f->module && !w->asleep;
	if (move == MOVE_FAULT_FRONT)
		return f->open;
	if (move == MOVE_SUSPEND)
		return f->bound && !w->asleep && !f->leaving;
	if (move == MOVE_RESUME)
		return w->asleep;
	return f->bound && w->tool == TOOL_PRESENT;	/* restore */
}

static bool can_disturb_back(const struct world *w, enum move move)
{
	const struct end *b = &w->back;

	if (move == MOVE_CRASH_BACK)
		return b->bound;
	if (move == MOVE_LOAD_BACK)
		return !b->module && !b->bound;
	if (ends_busy(b))
		return false;
	if (move == MOVE_CONNECT_FAILS_BACK)
		return b->connecting && ends_can_map(w);
	if (move == MOVE_UNLOAD_BACK)
		return b->module;
	return b->open;		/* fault */
}

/* Who makes the move. */
enum actor {
	ACTOR_SYSTEM,
	ACTOR_TOOL,
	ACTOR_FRONT,
	ACTOR_BACK,
};

static const struct {
	const char *name;
	enum actor actor;
} moves[MOVE_N] = {
	[MOVE_PERFORM_FRONT] = { "front performs", ACTOR_SYSTEM },
	[MOVE_PERFORM_BACK] = { "back performs", ACTOR_SYSTEM },
	[MOVE_FRONT_LOOKS] = { "front looks", ACTOR_SYSTEM },
	[MOVE_BACK_LOOKS] = { "back looks", ACTOR_SYSTEM },
	[MOVE_FRONT_OS] = { "front's bus looks", ACTOR_SYSTEM },
	[MOVE_BACK_OS] = { "back's bus looks", ACTOR_SYSTEM },
	[MOVE_CONNECTED_FRONT] = { "front connected", ACTOR_SYSTEM },
	[MOVE_CONNECTED_BACK] = { "back tried to connect", ACTOR_SYSTEM },
	[MOVE_QUIESCED_FRONT] = { "front quiesced", ACTOR_SYSTEM },
	[MOVE_QUIESCED_BACK] = { "back quiesced", ACTOR_SYSTEM },
	[MOVE_TICK_FRONT] = { "front's tick", ACTOR_SYSTEM },
	[MOVE_TICK_BACK] = { "back's tick", ACTOR_SYSTEM },
	[MOVE_TOOL_LOOKS] = { "toolstack looks", ACTOR_SYSTEM },
	[MOVE_CONNECT_FAILS_FRONT] = { "front cannot connect", ACTOR_FRONT },
	[MOVE_CONNECT_FAILS_BACK] = { "back cannot connect", ACTOR_BACK },
	[MOVE_TOOL_GIVES_UP] = { "toolstack gives up", ACTOR_TOOL },
	[MOVE_ATTACH] = { "attach", ACTOR_TOOL },
	[MOVE_ATTACH_BAD] = { "attach with bad keys", ACTOR_TOOL },
	[MOVE_DETACH] = { "detach", ACTOR_TOOL },
	[MOVE_DESTROY] = { "destroy", ACTOR_TOOL },
	[MOVE_LOAD_FRONT] = { "load front", ACTOR_FRONT },
	[MOVE_LOAD_BACK] = { "load back", ACTOR_BACK },
	[MOVE_UNLOAD_FRONT] = { "unload front", ACTOR_FRONT },
	[MOVE_UNLOAD_BACK] = { "unload back", ACTOR_BACK },
	[MOVE_CRASH_FRONT] = { "front crashes", ACTOR_FRONT },
	[MOVE_CRASH_BACK] = { "back crashes", ACTOR_BACK },
	[MOVE_FAULT_FRONT] = { "front finds a fault", ACTOR_FRONT },
	[MOVE_FAULT_BACK] = { "back finds a fault", ACTOR_BACK },
	[MOVE_SUSPEND] = { "suspend", ACTOR_FRONT },
	[MOVE_RESUME] = { "resume", ACTOR_FRONT },
	[MOVE_RESTORE] = { "restore elsewhere", ACTOR_FRONT },
	[MOVE_RESTORE_HERE] = { "restore here", ACTOR_FRONT },
};

const char *world_move_name(enum move move)
{
	return moves[move].name;
}

bool world_can(const struct world *w, enum move move)
{
	switch (moves[move].actor) {
	case ACTOR_TOOL:
		return can_tool(w, move);
	case ACTOR_FRONT:
		return !w->bad_front && can_disturb_front(w, move);
	case ACTOR_BACK:
		return !w->bad_back && can_disturb_back(w, move);
	case ACTOR_SYSTEM:
		break;
	}
	return can_own(w, move);
}

static const char *make_system(struct world *w, enum move move)
{
	if (move == MOVE_PERFORM_FRONT)
		return ends_perform_front(w);
	if (move == MOVE_PERFORM_BACK)
		return ends_perform_back(w);
	if (move == MOVE_FRONT_LOOKS)
		return ends_tell_front(w, USBIF_XB_EV_PEER);
	if (move == MOVE_BACK_LOOKS)
		return ends_tell_back(w, USBIF_XB_EV_PEER);
	if (move == MOVE_FRONT_OS)
		return make_front_os(w);
	if (move == MOVE_BACK_OS)
		return make_back_os(w);
	if (move == MOVE_CONNECTED_FRONT)
		return ends_answer_connect(w, true, true);
	if (move == MOVE_CONNECTED_BACK)
		return ends_answer_connect(w, false, ends_can_map(w));
	if (move == MOVE_QUIESCED_FRONT)
		return ends_answer_quiesce(w, true);
	if (move == MOVE_QUIESCED_BACK)
		return ends_answer_quiesce(w, false);
	if (move == MOVE_TICK_FRONT)
		return ends_tell_front(w, USBIF_XB_EV_TICK);
	if (move == MOVE_TICK_BACK)
		return ends_tell_back(w, USBIF_XB_EV_TICK);
	tool_goes_on(w);
	return NULL;
}

static const char *make_tool(struct world *w, enum move move)
{
	if (move == MOVE_TOOL_GIVES_UP)
		tool_goes_on(w);
	else if (move == MOVE_DETACH)
		ask_detach(w);
	else if (move == MOVE_DESTROY)
		destroy(w);
	else
		create_nodes(w, move == MOVE_ATTACH_BAD);
	return NULL;
}

static const char *make_front(struct world *w, enum move move)
{
	if (move == MOVE_CONNECT_FAILS_FRONT)
		return ends_answer_connect(w, true, false);
	if (move == MOVE_UNLOAD_FRONT)
		return unload(w, true);
	if (move == MOVE_FAULT_FRONT)
		return ends_tell_front(w, USBIF_XB_EV_FAULT);
	if (move == MOVE_RESTORE || move == MOVE_RESTORE_HERE)
		return restore(w, move == MOVE_RESTORE);
	if (move == MOVE_SUSPEND) {
		w->asleep = 1;
		return ends_tell_front(w, USBIF_XB_EV_SUSPEND);
	}
	if (move == MOVE_RESUME) {
		w->asleep = 0;
		return ends_tell_front(w, USBIF_XB_EV_RESUMED);
	}
	if (move == MOVE_CRASH_FRONT)
		ends_crash_front(w);
	else
		w->front.module = 1;
	return NULL;
}

static const char *make_back(struct world *w, enum move move)
{
	if (move == MOVE_CONNECT_FAILS_BACK)
		return ends_answer_connect(w, false, false);
	if (move == MOVE_UNLOAD_BACK)
		return unload(w, false);
	if (move == MOVE_FAULT_BACK)
		return ends_tell_back(w, USBIF_XB_EV_FAULT);
	if (move == MOVE_CRASH_BACK)
		ends_crash_back(w);
	else
		w->back.module = 1;
	return NULL;
}

static const char *make(struct world *w, enum move move)
{
	switch (moves[move].actor) {
	case ACTOR_TOOL:
		return make_tool(w, move);
	case ACTOR_FRONT:
		return make_front(w, move);
	case ACTOR_BACK:
		return make_back(w, move);
	case ACTOR_SYSTEM:
		break;
	}
	return make_system(w, move);
}

/* Actions that the other end cannot see need no interleaving. */
static const char *perform(struct world *w, bool front, bool atomic)
{
	struct end *e = front ? &w->front : &w->back;
	const char *broken = NULL;

	while (!broken && ends_busy(e) &&
	       (atomic || (e->acts[e->acts_done] & 0xf) != USBIF_XB_ACT_SWITCH))
		broken = front ? ends_perform_front(w) : ends_perform_back(w);
	if (!ends_busy(e)) {
		memset(e->acts, 0, sizeof(e->acts));
		e->acts_n = 0;
		e->acts_done = 0;
	}
	return broken;
}

const char *world_make(struct world *w, enum move move, bool atomic)
{
	const char *broken = make(w, move);

	if (!broken)
		broken = perform(w, true, atomic);
	if (!broken)
		broken = perform(w, false, atomic);
	return broken;
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

/* The bus only starts a driver for nodes that say Initialising. */
static bool is_orphaned(const struct world *w)
{
	return w->tool != TOOL_DETACHING &&
	       ((w->fe_node && w->front.module && !w->front.bound) ||
		(w->be_node && w->back.module && !w->back.bound));
}

const char *world_judge_rest(const struct world *w)
{
	const struct end *f = &w->front, *b = &w->back;

	if (w->asleep)
		return NULL;
	if (f->leaving || b->leaving)
		return "a driver never leaves";
	if (is_orphaned(w))
		return "no driver takes the nodes";
	if (!w->fe_node && !w->be_node && (f->rings || b->rings))
		return "rings are held for no device";
	if (f->open && b->open && f->rings != b->rings)
		return "the ends serve different rings";
	if (b->open && b->rings != w->back_next)
		return "the back serves rings that the keys do not name";
	if (!b->bound)
		return NULL;
	if (w->tool == TOOL_DETACHING)
		return "a detach does not end";
	/* A dead guest that seems Connected may stop an attach. */
	if (w->tool == TOOL_ATTACHING && b->m.state != USBIF_XB_B_DEAD &&
	    (f->bound || w->fe_state != USBIF_XB_CONNECTED))
		return "an attach does not end";
	if (w->tool == TOOL_PRESENT && f->bound && !world_connected(w) &&
	    f->m.state != USBIF_XB_F_FAILED && b->m.state != USBIF_XB_B_DEAD)
		return "neither connected nor failed";
	return NULL;
}

static void print_end(FILE *out, const struct end *e, const char *state)
{
	uint8_t i;

	fprintf(out, "%s wishes=%x node=%u%s%s%s rings=%u%s%s%s%s [", state,
		e->m.wishes, e->m.node, e->bound ? "" : " unbound",
		e->leaving ? " leaving" : "", e->stale ? " stale" : "",
		e->rings, e->open ? " open" : "",
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
	static const char *const tool[] = {
		"absent", "attaching", "present", "detaching",
	};

	fprintf(out, "    %s: front=%u%s keys=%u, back=%u%s online=%u%s%s\n",
		tool[w->tool], w->fe_state, w->fe_node ? "" : " (none)",
		w->fe_keys, w->be_state, w->be_node ? "" : " (none)",
		w->online, w->be_bad ? " bad" : "", w->asleep ? " asleep" : "");
	fprintf(out, "    front: ");
	print_end(out, &w->front, usbif_xb_front_state_name(w->front.m.state));
	fprintf(out, "    back:  ");
	print_end(out, &w->back, usbif_xb_back_state_name(w->back.m.state));
}
