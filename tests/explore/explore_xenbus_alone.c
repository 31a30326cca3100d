/* SPDX-License-Identifier: MIT */
/*
 * Each handshake machine alone, against everything: a peer and a toolstack
 * that write any state and any keys at any time, or nothing; a shim that
 * looks when it likes; every local event in every state; events that are none.
 *
 * In every state: valid; a refused event changes nothing; the rules of the
 * actions (xenbus_books.h).  And though the peer is silent: whatever is wanted
 * (USBIF_XB_WISH_*) comes to an end by answers and ticks alone.  The timer
 * goes off once for an ARM, and may be early.
 */
#include "graph_model.h"
#include "runs.h"
#include "xenbus_books.h"

#include <string.h>

#define DUE_MS		1u
#define EDGE_LOCAL	1u	/* answers and ticks */
#define EDGE_OTHER	2u
#define MOST_CELL_ACTS	3u	/* actions of one cell of a table */

struct params {
	struct run run;
	bool front;
};

static const struct params runs[] = {
	{ .run.name = "xenbus-front-alone", .front = true },
	{ .run.name = "xenbus-back-alone" },
};

struct alone {
	struct end e;
	uint8_t over;		/* GONE after UNLOAD: the driver is no more */
	uint8_t timer;		/* has been set and not gone off */
};

/* Events as one number, so that a trace can be printed. */
struct choice {
	uint8_t kind, state, keys;
	uint8_t online;		/* TICK: early */
};

static const char *broken;
static bool front;

static int step(struct usbif_xb *m, const struct usbif_xb_ev *ev,
		struct usbif_xb_acts *acts)
{
	struct usbif_xb_front f = { *m };
	struct usbif_xb_back b = { *m };
	int rc;

	if (front)
		rc = usbif_xb_front_step(&f, ev, acts);
	else
		rc = usbif_xb_back_step(&b, ev, acts);
	*m = front ? f.m : b.m;
	return rc;
}

static bool is_valid(const struct usbif_xb *m)
{
	struct usbif_xb_front f = { *m };
	struct usbif_xb_back b = { *m };

	return front ? usbif_xb_front_valid(&f) : usbif_xb_back_valid(&b);
}

static bool is_answer_due(const struct alone *a, uint8_t kind)
{
	if (kind == USBIF_XB_EV_QUIESCED)
		return a->e.quiescing;
	return a->e.connecting;
}

static bool is_answer(uint8_t kind)
{
	return kind == USBIF_XB_EV_CONNECT_OK ||
	       kind == USBIF_XB_EV_CONNECT_FAILED ||
	       kind == USBIF_XB_EV_QUIESCED;
}

/* What the event itself does to the books. */
static void enter_event(struct alone *a, uint8_t kind)
{
	if (kind == USBIF_XB_EV_CONNECT_OK)
		a->e.rings = 1;
	if (kind == USBIF_XB_EV_QUIESCED) {
		a->e.quiescing = 0;
		a->e.quiesced = 1;
	} else if (is_answer(kind)) {
		a->e.connecting = 0;
	}
	if (kind == USBIF_XB_EV_UNLOAD)
		a->e.leaving = 1;
}

static void perform(struct alone *a, const struct usbif_xb_acts *acts)
{
	uint32_t i;

	/* else the walk may have stopped for want of room */
	if (acts->n > USBIF_XB_MAX_ACTS - MOST_CELL_ACTS)
		broken = "a step has too little room for its actions";
	for (i = 0; i < acts->n && !broken; i++) {
		broken = books_enter(&a->e, (uint16_t)(acts->v[i].kind |
				     acts->v[i].state << 4), front);
		if (acts->v[i].kind == USBIF_XB_ACT_GONE && a->e.leaving)
			a->over = 1;
		if (acts->v[i].kind == USBIF_XB_ACT_ARM)
			a->timer = 1;
	}
}

/* Deliver an event that the machine has to take. */
static void deliver(struct alone *a, const struct choice *c)
{
	struct usbif_xb_ev ev = { 0, c->kind, c->state, c->state, c->keys,
		c->online };
	struct usbif_xb_acts acts;

	if (c->kind == USBIF_XB_EV_TICK) {
		ev.now_ms = c->online ? 0 : DUE_MS;
		a->timer = 0;
	}
	enter_event(a, c->kind);
	if (step(&a->e.m, &ev, &acts) != USBIF_OK)
		broken = "an event was refused";
	else if (!is_valid(&a->e.m))
		broken = "the machine is invalid";
	else
		perform(a, &acts);
	if (a->e.m.due_ms != USBIF_XB_NEVER)
		a->e.m.due_ms = DUE_MS;
	else
		a->timer = 0;
}

/* Deliver one that it must refuse. */
static void try_refused(const struct alone *a, const struct usbif_xb_ev *ev,
			int result)
{
	struct usbif_xb m = a->e.m;
	struct usbif_xb_acts acts, before;

	memset(&acts, 0x5a, sizeof(acts));
	before = acts;
	if (step(&m, ev, &acts) != result)
		broken = "the wrong result";
	if (memcmp(&m, &a->e.m, sizeof(m)) || memcmp(&acts, &before,
						     sizeof(acts)))
		broken = "a refused event changed something";
}

static void try_all_refused(const struct alone *a)
{
	static const struct usbif_xb_ev bad[] = {
		{ .kind = USBIF_XB_EV_N },
		{ .kind = 255 },
		{ .kind = USBIF_XB_EV_PEER, .peer = USBIF_XB_UNSEEN },
		{ .kind = USBIF_XB_EV_PEER, .peer = 255 },
		{ .kind = USBIF_XB_EV_PEER, .keys = USBIF_XB_KEYS_N },
		{ .kind = USBIF_XB_EV_OWN, .own = 9 },
		{ .kind = USBIF_XB_EV_PROBE, .own = 9 },
	};
	struct usbif_xb_ev ev = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		try_refused(a, &bad[i], USBIF_E_ARG);
	for (ev.kind = 0; ev.kind < USBIF_XB_EV_N; ev.kind++)
		if (is_answer(ev.kind) && !is_answer_due(a, ev.kind))
			try_refused(a, &ev, USBIF_E_STATE);
	ev.kind = USBIF_XB_EV_PROBE;
	if (a->e.bound)
		try_refused(a, &ev, USBIF_E_STATE);
	ev.kind = USBIF_XB_EV_SUSPEND;
	if (front && a->e.m.wishes & USBIF_XB_WISH_SUSPEND)
		try_refused(a, &ev, USBIF_E_STATE);
	if (!front)
		try_refused(a, &ev, USBIF_E_ARG);
	ev.kind = front ? USBIF_XB_EV_PORTS : USBIF_XB_EV_RESUMED;
	try_refused(a, &ev, USBIF_E_ARG);
}

/* Does a choice of values make sense for the kind of event? */
static bool is_possible(const struct alone *a, const struct choice *c)
{
	bool states = c->kind == USBIF_XB_EV_PEER ||
		c->kind == USBIF_XB_EV_OWN || c->kind == USBIF_XB_EV_PROBE;

	if (c->kind == USBIF_XB_EV_TICK)
		return a->timer && !c->state && !c->keys;
	if (!states && (c->state || c->keys || c->online))
		return false;
	if (c->online && (front || c->kind == USBIF_XB_EV_PEER))
		return false;
	if (c->keys && front && c->kind != USBIF_XB_EV_PEER)
		return false;
	switch ((enum usbif_xb_ev_kind)c->kind) {
	case USBIF_XB_EV_PROBE:
		return !a->e.bound;
	case USBIF_XB_EV_CONNECT_OK:
	case USBIF_XB_EV_CONNECT_FAILED:
	case USBIF_XB_EV_QUIESCED:
		return is_answer_due(a, c->kind);
	case USBIF_XB_EV_SUSPEND:
		return front && a->e.bound &&
		       !(a->e.m.wishes & USBIF_XB_WISH_SUSPEND);
	case USBIF_XB_EV_RESUMED:
	case USBIF_XB_EV_RESTORED:
		return front;
	case USBIF_XB_EV_PORTS:
		return !front;
	case USBIF_XB_EV_TICK:
	case USBIF_XB_EV_PEER:
	case USBIF_XB_EV_OWN:
	case USBIF_XB_EV_FAULT:
	case USBIF_XB_EV_UNLOAD:
	case USBIF_XB_EV_N:
		break;
	}
	return true;
}

static struct choice unpack(uint32_t i)
{
	/* as many as there are combinations */
	struct choice c;

	c.online = i % 2;
	c.keys = (uint8_t)(i / 2 % USBIF_XB_KEYS_N);
	c.state = (uint8_t)(i / 2 / USBIF_XB_KEYS_N % 9);
	c.kind = (uint8_t)(i / 2 / USBIF_XB_KEYS_N / 9);
	return c;
}

#define CHOICES		(2u * USBIF_XB_KEYS_N * 9u * USBIF_XB_EV_N)

static void init(void *state)
{
	struct alone *a = state;
	struct usbif_xb_front f;
	struct usbif_xb_back b;

	usbif_xb_front_init(&f);
	usbif_xb_back_init(&b);
	memset(a, 0, sizeof(*a));
	a->e.m = front ? f.m : b.m;
}

static bool can(const void *state, uint32_t move)
{
	const struct alone *a = state;
	struct choice c = unpack(move);

	return !a->over && is_possible(a, &c);
}

static const char *make(void *state, uint32_t move)
{
	struct alone *a = state;
	struct choice c = unpack(move);

	broken = NULL;
	if (c.kind == USBIF_XB_EV_PROBE)
		a->e.bound = 1;
	deliver(a, &c);
	return broken;
}

static uint8_t kind(const void *state, uint32_t move)
{
	struct choice c = unpack(move);

	(void)state;
	return is_answer(c.kind) || c.kind == USBIF_XB_EV_TICK ? EDGE_LOCAL :
		EDGE_OTHER;
}

static uint32_t seen;		/* states of the machine, a set */

static const char *check(const void *state)
{
	const struct alone *a = state;

	broken = NULL;
	if (!a->over)
		try_all_refused(a);
	seen |= 1u << a->e.m.state;
	return broken;
}

static void print(FILE *out, const void *state)
{
	const struct alone *a = state;

	fprintf(out, "      %s own=%u node=%u wishes=%x%s%s%s%s%s\n", front ?
		usbif_xb_front_state_name(a->e.m.state) :
		usbif_xb_back_state_name(a->e.m.state), a->e.m.own,
		a->e.m.node, a->e.m.wishes, a->e.rings ? " rings" : "",
		a->e.open ? " open" : "", a->e.connecting ? " connecting" : "",
		a->e.quiescing ? " quiescing" : "",
		a->e.quiesced ? " quiesced" : "");
}

static void print_move(FILE *out, uint32_t move)
{
	struct choice c = unpack(move);

	fprintf(out, "%s(%u, keys %u, online %u)", usbif_xb_ev_name(c.kind),
		c.state, c.keys, c.online);
}

static const struct graph_model model;

static uint8_t wish;

/* A wish has come to its end. */
static bool is_done(const void *state)
{
	const struct alone *a = state;
	uint8_t at = a->e.m.state;

	if (!(a->e.m.wishes & wish) || a->over)
		return true;
	if (wish == USBIF_XB_WISH_SUSPEND)
		return at == USBIF_XB_F_HELD || at == USBIF_XB_F_ASLEEP;
	return at == (front ? USBIF_XB_F_GONE : USBIF_XB_B_GONE);
}

/* By answers and ticks alone, each does. */
static const char *judge_wishes(const struct graph *g, FILE *out)
{
	static const struct {
		uint8_t wish;
		const char *never;
	} wishes[] = {
		{ USBIF_XB_WISH_UNLOAD, "an unload never ends" },
		{ USBIF_XB_WISH_OFFLINE, "a detach never ends" },
		{ USBIF_XB_WISH_SUSPEND, "a suspend never ends" },
		{ USBIF_XB_WISH_CLOSE, "a close never ends" },
		{ USBIF_XB_WISH_RESTART, "a restart never ends" },
		{ USBIF_XB_WISH_UNFIT, "bad keys never matter" },
	};
	const char *what = NULL;
	size_t i;

	for (i = 0; i < sizeof(wishes) / sizeof(wishes[0]) && !what; i++) {
		wish = wishes[i].wish;
		what = graph_reaches(g, &model, is_done, EDGE_LOCAL,
				     wishes[i].never, out);
	}
	return what;
}

/* Every state that can last is reached. */
static const char *judge_states(FILE *out)
{
	uint32_t n = front ? USBIF_XB_F_N : USBIF_XB_B_N;
	uint32_t passing = front ?
		1u << USBIF_XB_F_LINKED | 1u << USBIF_XB_F_QUIET :
		1u << USBIF_XB_B_LINKED | 1u << USBIF_XB_B_UNLINKED |
		1u << USBIF_XB_B_UNDONE | 1u << USBIF_XB_B_QUIET;

	if ((seen | passing) == (1u << n) - 1)
		return NULL;
	fprintf(out, "      VIOLATION: a state is never reached (%x)\n", seen);
	return "a state is never reached";
}

static const char *judge(const struct graph *g, FILE *out)
{
	const char *what = judge_states(out);

	return what ? what : judge_wishes(g, out);
}

static const struct graph_model model = {
	.octets = sizeof(struct alone),
	.moves = CHOICES,
	.init = init,
	.can = can,
	.make = make,
	.kind = kind,
	.check = check,
	.judge = judge,
	.print = print,
	.print_move = print_move,
};

static void explore(uint64_t most_states, FILE *out, struct search_result *r)
{
	graph_explore(&model, most_states, out, r);
}

static void choose(const void *which)
{
	const struct params *params = which;

	front = params->front;
	seen = 0;
}

int main(int argc, char **argv)
{
	struct run_list list = {
		RUN_LIST(runs),
		.choose = choose,
		.explore = explore,
	};

	return run_all(argc, argv, &list);
}
