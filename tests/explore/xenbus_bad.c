/* SPDX-License-Identifier: MIT */
#include "xenbus_bad.h"

#include "xenbus_ends.h"

#include <string.h>

void bad_init(struct bad *b, bool front)
{
	memset(b, 0, sizeof(*b));
	world_init(&b->w);
	b->front = front;
	b->w.bad_front = front;
	b->w.bad_back = !front;
	if (front)
		b->w.front.module = 0;
	else
		b->w.back.module = 0;
}

/*
 * The toolstack waits 10 s.  An adversary can make it wait in vain, but a
 * front cannot for a detach.
 */
static bool must_give_up(const struct bad *b)
{
	if (!world_can(&b->w, MOVE_TOOL_GIVES_UP) || !world_at_rest(&b->w))
		return false;
	if (b->w.tool == TOOL_ATTACHING)
		return b->phase != PHASE_ATTACHED;
	return !b->w.back.bound || (!b->front && b->phase == PHASE_REPLACED);
}

bool bad_is_own(const struct bad *b, uint32_t move)
{
	if (move == MOVE_TOOL_GIVES_UP)
		return must_give_up(b);
	return move < MOVE_OWN_END;
}

bool bad_at_rest(const struct bad *b)
{
	return world_at_rest(&b->w) && !must_give_up(b);
}

static bool has_node(const struct world *w)
{
	return w->bad_front ? w->fe_node : w->be_node;
}

static bool can_write(const struct world *w, uint32_t move)
{
	if (move < BAD_KEYS)
		return has_node(w);
	if (move < BAD_ONLINE)	/* a back's are good or bad */
		return has_node(w) && (w->bad_front || move < BAD_KEYS + 2);
	if (move == BAD_ONLINE)
		return w->bad_back && has_node(w);
	if (move == BAD_REMOVE)
		return has_node(w);
	return !has_node(w);
}

bool bad_can(const struct bad *b, uint32_t move)
{
	const struct world *w = &b->w;

	if (move < MOVE_N)
		return world_can(w, (enum move)move) &&
		       (b->phase == PHASE_BAD || bad_is_own(b, move));
	if (b->phase == PHASE_BAD)
		return move < BAD_RELOAD ? can_write(w, move) :
			move < BAD_DETACH && !w->asleep;
	if (move < BAD_DETACH || !bad_at_rest(b))
		return false;
	if (move == BAD_DETACH)
		return b->phase == PHASE_REPLACED && w->tool != TOOL_ABSENT;
	return b->phase == PHASE_DETACHED ||
	       (b->phase == PHASE_REPLACED && w->tool == TOOL_ABSENT);
}

static void write_state(struct world *w, uint8_t state)
{
	if (w->bad_front) {
		w->fe_state = state;
		ends_fe_changed(w);
	} else {
		w->be_state = state;
		ends_be_changed(w);
	}
}

/* Nobody has a watch on keys. */
static void write_keys(struct world *w, uint8_t keys)
{
	if (w->bad_front)
		w->fe_keys = keys;
	else
		w->be_bad = keys;
}

static void set_nodes(struct world *w, uint8_t exist)
{
	if (w->bad_front) {
		w->fe_node = exist;
		w->fe_keys = 0;
	} else {
		w->be_node = exist;
		w->online = exist;
		w->be_bad = 0;
	}
	write_state(w, USBIF_XB_UNKNOWN);
}

/* What the front and an adversary used is not for anybody else. */
static void stain(struct world *w)
{
	if (w->bad_back && w->front.rings && w->used)
		w->spent = 1;
}

static const char *reload(struct world *w)
{
	stain(w);
	if (w->bad_front)
		w->front.known = w->fe_node;
	else
		w->back.known = w->be_node;
	return NULL;
}

static const char *destroy_domain(struct world *w)
{
	stain(w);
	if (w->bad_front)
		return world_make(w, MOVE_DESTROY, false);
	set_nodes(w, 0);
	return NULL;
}

static const char *replace(struct bad *b, uint32_t move)
{
	struct world *w = &b->w;
	const char *broken;

	broken = move == BAD_RELOAD ? reload(w) : destroy_domain(w);
	b->phase = PHASE_REPLACED;
	w->bad_front = 0;
	w->bad_back = 0;
	w->front.module = 1;
	w->back.module = 1;
	return broken;
}

const char *bad_make(struct bad *b, uint32_t move, bool atomic)
{
	struct world *w = &b->w;

	if (move < MOVE_N)
		return world_make(w, (enum move)move,
				  atomic && b->phase != PHASE_BAD);
	if (move == BAD_RELOAD || move == BAD_DESTROY)
		return replace(b, move);
	if (move == BAD_DETACH) {
		b->phase = PHASE_DETACHED;
		return world_make(w, MOVE_DETACH, true);
	}
	if (move == BAD_ATTACH) {
		b->phase = PHASE_ATTACHED;
		return world_make(w, MOVE_ATTACH, true);
	}
	if (move == BAD_ONLINE)
		w->online = !w->online;
	else if (move == BAD_REMOVE || move == BAD_CREATE)
		set_nodes(w, move == BAD_CREATE);
	else if (move >= BAD_KEYS)
		write_keys(w, (uint8_t)(move - BAD_KEYS));
	else
		write_state(w, (uint8_t)(move - BAD_STATE));
	return NULL;
}

static bool is_removed(const struct world *w)
{
	return world_empty(w) && !w->fe_node && !w->be_node;
}

const char *bad_judge_rest(const struct bad *b)
{
	const struct world *w = &b->w;

	if (b->phase == PHASE_DETACHED)
		return is_removed(w) ? NULL : "a removal leaves something";
	if (b->phase == PHASE_ATTACHED)
		return world_connected(w) ? NULL :
			"a controller that is attached anew does not connect";
	/* it found nodes in which an adversary had ended everything */
	if (b->phase == PHASE_REPLACED && !b->front &&
	    w->back.m.state == USBIF_XB_B_GONE)
		return NULL;
	return world_judge_rest(w);
}

void bad_print_move(FILE *out, uint32_t move)
{
	static const char *const names[] = {
		"adversary writes online", "adversary removes its nodes",
		"adversary creates its nodes", "an honest driver comes",
		"the adversary's domain is destroyed", "detach",
		"attach",
	};

	if (move < MOVE_N)
		fprintf(out, "%s", world_move_name((enum move)move));
	else if (move < BAD_KEYS)
		fprintf(out, "adversary writes %s",
			usbif_xb_state_name((int)(move - BAD_STATE)));
	else if (move < BAD_ONLINE)
		fprintf(out, "adversary writes keys %u",
			(unsigned int)(move - BAD_KEYS));
	else
		fprintf(out, "%s", names[move - BAD_ONLINE]);
}
