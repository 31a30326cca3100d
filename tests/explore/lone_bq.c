/* SPDX-License-Identifier: MIT */
/*
 * A back's queues against a front that sends anything in any order, and a host
 * controller that completes what it has in any order and way.
 */
#include "lone_bq.h"
#include "usbif/bq.h"
#include "usbif/msg.h"

#include <stdlib.h>
#include <string.h>

#define PACKET		1024u
#define SHORT_PACKET	512u
#define IN		2
#define SLOTS		USBIF_MAX_SLOTS

static const struct lone_bq_params *params;

enum where {
	NOWHERE,
	STAGED,
	QUEUED,			/* admitted; not in the HC, not answered */
	IN_HC,
	ANSWERED,
};

/* What the world knows of a slot. */
struct ghost {
	uint8_t where;		/* enum where */
	uint8_t queue;		/* or 0xff */
	uint8_t order;		/* of admission, from 1, among those in use */
	uint8_t cancelled;	/* the HC was told */
	uint8_t packets;
	uint8_t iso;
	uint8_t pad[2];
};

struct world {
	struct usbif_bq bq;
	struct ghost ghost[SLOTS];
	uint8_t staged[SLOTS];	/* slots in ring order */
	uint8_t staged_n;
	uint8_t gone;		/* port 1 */
	uint8_t faulty;
} __attribute__((aligned(8)));

static const char *broken;
static FILE *trace;

static void fail(const char *what)
{
	if (broken == NULL)
		broken = what;
}

static void say(const char *what, unsigned int slot)
{
	if (trace != NULL)
		fprintf(trace, "        %s slot %u\n", what, slot);
}

enum move_kind {
	STAGE,
	ADMIT,			/* queue or NOBODY, packets * 8 + flags * 2 + refuse */
	UNLINK,			/* queue, id */
	DONE,			/* slot, status * 8 + length */
	AGAIN,			/* slot */
	ANSWER,
	HOLD,			/* queue */
	RELEASE,		/* queue */
	RETYPE,			/* queue */
	GONE,
	FRESH,
};

#define NOBODY		0xffu

static const int32_t statuses[] = {
	USBIF_WIRE_ST_OK,
	USBIF_WIRE_ST_CANCELLED,
	USBIF_WIRE_ST_STALL,
};
#define NR_STATUSES	(sizeof(statuses) / sizeof(statuses[0]))
#define NR_LENGTHS	4u

static uint32_t actual_of(uint32_t length, unsigned int which)
{
	const uint32_t lengths[NR_LENGTHS] = {
		0, length, PACKET, SHORT_PACKET,
	};

	return lengths[which];
}

static search_move move(enum move_kind kind, uint32_t a, uint32_t b)
{
	return (search_move)kind << 20 | a << 12 | b;
}

static uint8_t type_of(unsigned int i, bool iso)
{
	if (usbif_queue_is_control(params->queues[i]))
		return USBIF_XFER_CTRL;
	return iso ? USBIF_XFER_ISO : USBIF_XFER_BULK;
}

static void set_endpoints(struct world *w)
{
	unsigned int i;

	for (i = 0; i < params->nr_queues; i++)
		usbif_bq_set_endpoint(&w->bq, params->queues[i],
				      type_of(i, false), PACKET, 0);
}

static void init(void *state)
{
	struct world *w = state;
	struct usbif_bq_config config;

	memset(w, 0, sizeof(*w));
	memset(&config, 0, sizeof(config));
	config.slots = 4;
	config.hc_depth = params->hc_depth;
	config.extended = params->extended;
	if (usbif_bq_init(&w->bq, &config) != USBIF_OK)
		abort();
	set_endpoints(w);
}

static unsigned int admits(const struct world *w, search_move *to)
{
	unsigned int n = 0, i, what, id;

	for (i = 0; i < params->nr_queues; i++)
		for (what = 0; what < 4u * 8; what++)
			for (id = 0; id < params->ids; id++)
				if (params->lengths & (1u << what / 8) &&
				    (params->refuses || !(what & 1)))
					to[n++] = move(ADMIT, params->queues[i],
						       id << 8 | what);
	to[n++] = move(ADMIT, NOBODY, 0);
	(void)w;
	return n;
}

static unsigned int front_moves(const struct world *w, search_move *to)
{
	unsigned int n = 0, i, used = 0;

	for (i = 0; i < params->requests; i++)
		used += w->ghost[i].where != NOWHERE;
	if (used < params->requests && params->stages)
		to[n++] = move(STAGE, 0, 0);
	if (w->staged_n > 0 || (!params->stages && used < params->requests))
		n += admits(w, to + n);
	for (i = 0; i < params->nr_queues * params->ids; i++)
		to[n++] = move(UNLINK, params->queues[i / params->ids],
			       i % params->ids);
	return n;
}

static unsigned int hc_moves(const struct world *w, search_move *to)
{
	unsigned int n = 0, i, s, l;

	for (i = 0; i < params->requests; i++) {
		if (w->ghost[i].where != IN_HC)
			continue;
		for (s = 0; s < NR_STATUSES; s++)
			for (l = 0; l < NR_LENGTHS; l++)
				to[n++] = move(DONE, i, s * 8 + l);
		if (params->again &&
		    w->bq.queue[w->ghost[i].queue].in_hc == 1)
			to[n++] = move(AGAIN, i, 0);
	}
	return n;
}

static unsigned int moves(const void *state, search_move *to)
{
	const struct world *w = state;
	unsigned int n = front_moves(w, to), i;

	n += hc_moves(w, to + n);
	if (w->bq.answer_head != USBIF_NONE)
		to[n++] = move(ANSWER, 0, 0);
	for (i = 0; i < params->nr_queues && params->holds; i++) {
		uint8_t q = params->queues[i];
		bool drained = usbif_bq_is_drained(&w->bq, q);

		if (!w->bq.queue[q].held)
			to[n++] = move(HOLD, q, 0);
		else if (drained)
			to[n++] = move(RELEASE, q, 0);
		if (params->iso && w->bq.queue[q].held &&
		    w->bq.queue[q].head == USBIF_NONE &&
		    !usbif_queue_is_control(q))
			to[n++] = move(RETYPE, q, 0);
	}
	if (params->ports && !w->gone)
		to[n++] = move(GONE, 0, 0);
	if (params->ports && w->gone && usbif_bq_port_is_idle(&w->bq, 1))
		to[n++] = move(FRESH, 0, 0);
	return n;
}

static bool is_iso(const struct world *w, uint8_t queue)
{
	return w->bq.queue[queue].type == USBIF_XFER_ISO;
}

static void check_submit(const struct world *w, uint8_t slot)
{
	const struct ghost *g = &w->ghost[slot];
	const struct usbif_bq_queue *q = &w->bq.queue[g->queue];
	unsigned int i, in_hc = 0;

	if (g->where != QUEUED)
		fail("handed over what is not waiting");
	if (q->held || q->stopped || (w->gone && g->queue < USBIF_EPS))
		fail("handed over while the queue stands still");
	for (i = 0; i < params->requests; i++) {
		const struct ghost *o = &w->ghost[i];

		if (o->queue != g->queue || i == slot)
			continue;
		if (o->where == QUEUED && o->order < g->order)
			fail("B1: handed over before an earlier one");
		if (o->where != IN_HC)
			continue;
		in_hc++;
		if (!is_iso(w, g->queue) &&
		    (o->packets == 0 || g->packets == 0 ||
		     w->bq.req[i].flags & USBIF_BQ_SHORT_NOT_OK ||
		     usbif_queue_is_control(g->queue)))
			fail("handed over behind one that must be alone");
	}
	if (!is_iso(w, g->queue) && in_hc >= params->hc_depth)
		fail("handed over more than the HC may have");
}

static void check_cancel(const struct world *w, uint8_t slot)
{
	const struct ghost *g = &w->ghost[slot];
	unsigned int i;

	if (g->where != IN_HC || g->cancelled)
		fail("cancelled twice, or what is not in the HC");
	if (!params->extended || is_iso(w, g->queue))
		return;
	for (i = 0; i < params->requests; i++)
		if (w->ghost[i].where == IN_HC &&
		    w->ghost[i].queue == g->queue &&
		    w->ghost[i].order > g->order)
			fail("B2: cancelled before one behind it");
}

static void drain(struct world *w)
{
	struct usbif_bq_duty d;

	while (broken == NULL && usbif_bq_next(&w->bq, &d)) {
		struct ghost *g = &w->ghost[d.slot];

		if (d.kind == USBIF_BQ_SUBMIT) {
			say("submit", d.slot);
			check_submit(w, (uint8_t)d.slot);
			g->where = IN_HC;
		} else {
			say("cancel", d.slot);
			check_cancel(w, (uint8_t)d.slot);
			g->cancelled = 1;
		}
	}
}

/* What bq knows of a slot must be what the world knows. */
static void check_ghosts(const struct world *w)
{
	static const uint8_t where[] = {
		[USBIF_BQ_FREE] = NOWHERE, [USBIF_BQ_STAGED] = STAGED,
		[USBIF_BQ_PARKED] = QUEUED, [USBIF_BQ_IN_HC] = IN_HC,
		[USBIF_BQ_ANSWERED] = ANSWERED,
	};
	unsigned int i;

	for (i = 0; i < params->requests; i++)
		if (where[w->bq.req[i].state] != w->ghost[i].where)
			fail("a request is not where it should be");
}

/* Of those admitted and not in the HC, some may be answered now. */
static void note_answers(struct world *w)
{
	unsigned int i;

	for (i = 0; i < params->requests; i++)
		if (w->ghost[i].where == QUEUED &&
		    w->bq.req[i].state == USBIF_BQ_ANSWERED)
			w->ghost[i].where = ANSWERED;
}

static uint8_t stage(struct world *w)
{
	int slot = usbif_bq_stage(&w->bq);

	if (slot < 0 || w->ghost[slot].where != NOWHERE) {
		fail("a slot is used twice");
		return 0;
	}
	w->ghost[slot].where = STAGED;
	w->staged[w->staged_n++] = (uint8_t)slot;
	return (uint8_t)slot;
}

static void check_admitted(struct world *w, uint8_t slot, bool stopped,
			   bool restart, int32_t refuse, bool alone)
{
	const struct usbif_bq_req *r = &w->bq.req[slot];
	bool answered = r->state == USBIF_BQ_ANSWERED;

	if (r->queue == USBIF_NONE || (w->gone && r->queue < USBIF_EPS))
		return;
	if (stopped && params->extended && !restart &&
	    (!answered || r->status != USBIF_WIRE_ST_NOT_EXECUTED))
		fail("B4: not bounced off a stopped queue");
	if (stopped && params->extended && restart && !alone &&
	    w->bq.fault != USBIF_FAULT_RESTART_BUSY)
		fail("B5: a restart that finds something in flight");
	if ((!stopped || !params->extended) && refuse != USBIF_WIRE_ST_OK &&
	    (!answered || r->status != refuse))
		fail("B8: refused, but not so answered");
	if ((!stopped || !params->extended) && refuse == USBIF_WIRE_ST_OK &&
	    answered && !w->faulty)
		fail("a good request is answered at once");
}

static void admit(struct world *w, uint8_t queue, uint32_t what)
{
	uint8_t slot = w->staged_n == 0 ? stage(w) : w->staged[0], i;
	struct ghost *g = &w->ghost[slot];
	struct usbif_bq_admit a;
	bool stopped = false, alone = true;
	int err;

	memmove(&w->staged[0], &w->staged[1], --w->staged_n);
	w->staged[w->staged_n] = 0;
	memset(&a, 0, sizeof(a));
	a.id = (uint16_t)(what >> 8);
	a.queue = queue == NOBODY ? USBIF_NONE : queue;
	a.flags = (what >> 1) & 3;
	a.in = queue == IN;
	a.iso = queue != NOBODY && is_iso(w, queue);
	a.length = ((what & 0xff) / 8) * PACKET;
	a.refuse = what & 1 ? USBIF_WIRE_ST_INVAL : USBIF_WIRE_ST_OK;
	g->where = QUEUED;
	g->queue = queue;
	g->packets = (uint8_t)((what & 0xff) / 8);
	g->iso = queue != NOBODY && is_iso(w, queue);
	for (i = 0; i < params->requests; i++)
		if (i != slot && w->ghost[i].order >= g->order)
			g->order = (uint8_t)(w->ghost[i].order + 1);
	if (g->order == 0)
		g->order = 1;
	if (queue != NOBODY) {
		stopped = w->bq.queue[queue].stopped;
		alone = w->bq.queue[queue].in_hc == 0;
	}
	err = usbif_bq_admit(&w->bq, slot, &a);
	if ((err == USBIF_OK) != (w->bq.fault == USBIF_FAULT_NONE))
		fail("the result and the fault disagree");
	if (!w->faulty)
		check_admitted(w, slot, stopped,
			       a.flags & USBIF_WIRE_FLAG_RESTART, a.refuse,
			       alone);
	w->faulty = w->bq.fault != USBIF_FAULT_NONE;
}

static void unlink_id(struct world *w, uint8_t queue, uint8_t id)
{
	bool there = false, found;
	unsigned int i;

	for (i = 0; i < params->requests; i++)
		if ((w->ghost[i].where == QUEUED ||
		     w->ghost[i].where == IN_HC) && w->bq.req[i].id == id &&
		    (w->ghost[i].queue == queue || !params->extended))
			there = true;
	found = usbif_bq_unlink(&w->bq, queue, id);
	if (found != there)
		fail("B6: an unlink misses, or hits too much");
	if (found && params->extended && !is_iso(w, queue) &&
	    !w->bq.queue[queue].stopped)
		fail("B6: an unlink that does not stop the queue");
}

static void done(struct world *w, uint8_t slot, uint8_t what)
{
	w->ghost[slot].where = ANSWERED;
	if (usbif_bq_done(&w->bq, slot, statuses[what / 8],
			  actual_of(w->bq.req[slot].length, what % 8)) !=
	    USBIF_OK)
		fail("a request in the HC is not known");
	if (usbif_bq_done(&w->bq, slot, USBIF_WIRE_ST_OK, 0) != USBIF_E_STATE)
		fail("a request is done twice");
}

static void again(struct world *w, uint8_t slot)
{
	w->ghost[slot].where = QUEUED;
	w->ghost[slot].cancelled = 0;
	if (usbif_bq_again(&w->bq, slot) != USBIF_OK)
		fail("a request in the HC is not known");
}

static void check_answer(const struct world *w, const struct usbif_bq_answer *a)
{
	const struct usbif_bq_req *r = &w->bq.req[a->slot];

	if (a->actual > r->length)
		fail("answered with more octets than asked for");
	if (!usbif_msg_status_known(a->status, params->extended))
		fail("answered with a status that was not negotiated");
	if (a->status == USBIF_WIRE_ST_NOT_EXECUTED && a->actual != 0 &&
	    (a->actual >= r->length || a->actual % PACKET != 0 ||
	     usbif_queue_is_control(r->queue)))
		fail("B3: not executed, with a length that cannot be");
	if (a->status == USBIF_WIRE_ST_NOT_EXECUTED && w->ghost[a->slot].iso)
		fail("B4: an isochronous queue stops");
}

static void answer(struct world *w)
{
	struct usbif_bq_answer a;
	struct ghost *g;
	unsigned int i;

	if (!usbif_bq_next_answer(&w->bq, &a)) {
		fail("an answer is lost");
		return;
	}
	g = &w->ghost[a.slot];
	if (g->where != ANSWERED)
		fail("answered what is not at its end");
	check_answer(w, &a);
	for (i = 0; i < params->requests; i++)
		if (w->ghost[i].order > g->order)
			w->ghost[i].order--;
	memset(g, 0, sizeof(*g));
	usbif_bq_answered(&w->bq, a.slot);
}

static void fresh(struct world *w)
{
	unsigned int i;

	usbif_bq_fresh(&w->bq, 1);
	for (i = 0; i < params->nr_queues; i++)
		if (w->bq.queue[params->queues[i]].stopped ||
		    w->bq.queue[params->queues[i]].held)
			fail("B7: a new device's queue does not run");
	set_endpoints(w);
	w->gone = 0;
}

static const char *perform(void *state, search_move m)
{
	struct world *w = state;
	uint8_t a = (uint8_t)(m >> 12);
	uint32_t b = m & 0xfff;

	broken = NULL;
	switch ((enum move_kind)(m >> 20)) {
	case STAGE:
		stage(w);
		break;
	case ADMIT:
		admit(w, a, b);
		break;
	case UNLINK:
		unlink_id(w, a, (uint8_t)b);
		break;
	case DONE:
		done(w, a, (uint8_t)b);
		break;
	case AGAIN:
		again(w, a);
		break;
	case ANSWER:
		answer(w);
		break;
	case HOLD:
		usbif_bq_hold(&w->bq, a);
		break;
	case RELEASE:
		usbif_bq_release(&w->bq, a);
		break;
	case RETYPE:
		usbif_bq_set_endpoint(&w->bq, a,
				      is_iso(w, a) ? USBIF_XFER_BULK :
						     USBIF_XFER_ISO,
				      PACKET, 0);
		break;
	case GONE:
		usbif_bq_gone(&w->bq, 1);
		w->gone = 1;
		break;
	case FRESH:
		fresh(w);
		break;
	}
	note_answers(w);
	drain(w);
	check_ghosts(w);
	while (broken == NULL && !params->slow_answers &&
	       w->bq.answer_head != USBIF_NONE) {
		answer(w);
		drain(w);
	}
	if (!usbif_bq_valid(&w->bq))
		fail("bq is not valid");
	return broken;
}

/* The HC's completions count: it completes all that it has, some time. */
static bool is_internal(search_move m)
{
	return m >> 20 == ANSWER;
}

static const char *at_rest(const void *state, bool stuck)
{
	const struct world *w = state;
	unsigned int i;

	(void)stuck;
	for (i = 0; i < params->requests; i++) {
		const struct ghost *g = &w->ghost[i];
		const struct usbif_bq_queue *q = &w->bq.queue[g->queue];

		if (g->where == IN_HC && !g->cancelled && w->gone &&
		    g->queue < USBIF_EPS && q->in_hc == 1)
			return "B7: left in the HC";
		if (g->where == QUEUED && q->in_hc == 0 && !q->held)
			return "a request waits for nobody";
	}
	return NULL;
}

static void print(FILE *out, const void *state, search_move m)
{
	static const char *const words[] = {
		"stage", "admit", "unlink", "done", "not handed over", "answer",
		"hold", "release", "other type", "device gone", "new device",
	};
	const struct world *w = state;
	uint8_t a = (uint8_t)(m >> 12);
	uint32_t b = m & 0xfff;

	trace = out;
	fprintf(out, "%s", words[m >> 20]);
	if (m >> 20 == ADMIT)
		fprintf(out, " to queue %u: id %u, %u packets%s%s%s", a, b >> 8,
			(b & 0xff) / 8, b & 2 ? ", barrier" : "",
			b & 4 ? ", restart" : "", b & 1 ? ", refused" : "");
	else if (m >> 20 == DONE)
		fprintf(out, ": slot %u, status %d, %u octets", a,
			(int)statuses[b / 8],
			(unsigned int)actual_of(w->bq.req[a].length, b % 8));
	else
		fprintf(out, " %u %u", a, b);
	fprintf(out, "\n");
}

const struct search_model lone_bq_model = {
	.octets = sizeof(struct world),
	.init = init,
	.moves = moves,
	.perform = perform,
	.is_internal = is_internal,
	.at_rest = at_rest,
	.print = print,
};

void lone_bq_choose(const void *which)
{
	params = which;
	trace = NULL;
}
