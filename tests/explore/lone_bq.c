/* SPDX-License-Identifier: MIT */
/*
 * A back's queues against a front that sends anything in any order, and a host
 * controller that completes what it has in any order and way.
 */
#include "lone_bq.h"

#include <stdlib.h>
#include <string.h>

const struct lone_bq_params *lone_bq_params;
static const char *broken;
static FILE *trace;

void lone_bq_fail(const char *what)
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
	HEAR,
};

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
	if (usbif_queue_is_control(lone_bq_params->queues[i]))
		return USBIF_XFER_CTRL;
	return iso ? USBIF_XFER_ISO : USBIF_XFER_BULK;
}

static void set_endpoints(struct world *w)
{
	unsigned int i;

	for (i = 0; i < lone_bq_params->nr_queues; i++)
		usbif_bq_set_endpoint(&w->bq, lone_bq_params->queues[i],
				      type_of(i, false), PACKET, 0);
}

static void init(void *state)
{
	struct world *w = state;
	struct usbif_bq_config config;

	memset(w, 0, sizeof(*w));
	memset(&config, 0, sizeof(config));
	config.slots = 4;
	config.hc_depth = lone_bq_params->hc_depth;
	config.extended = lone_bq_params->extended;
	if (usbif_bq_init(&w->bq, &config) != USBIF_OK)
		abort();
	set_endpoints(w);
}

static unsigned int admits(const struct world *w, search_move *to)
{
	unsigned int n = 0, i, what, id;

	for (i = 0; i < lone_bq_params->nr_queues; i++)
		for (what = 0; what < 4u * 8; what++)
			for (id = 0; id < lone_bq_params->ids; id++)
				if (lone_bq_params->lengths & (1u << what / 8) &&
				    (lone_bq_params->refuses || !(what & 1)))
					to[n++] = move(ADMIT, lone_bq_params->queues[i],
						       id << 8 | what);
	to[n++] = move(ADMIT, NOBODY, 0);
	(void)w;
	return n;
}

static unsigned int front_moves(const struct world *w, search_move *to)
{
	unsigned int n = 0, i, used = 0;

	for (i = 0; i < lone_bq_params->requests; i++)
		used += w->ghost[i].where != NOWHERE;
	if (used < lone_bq_params->requests && lone_bq_params->stages)
		to[n++] = move(STAGE, 0, 0);
	if (w->staged_n > 0 || (!lone_bq_params->stages && used < lone_bq_params->requests))
		n += admits(w, to + n);
	for (i = 0; i < lone_bq_params->nr_queues * lone_bq_params->ids; i++)
		to[n++] = move(UNLINK, lone_bq_params->queues[i / lone_bq_params->ids],
			       i % lone_bq_params->ids);
	return n;
}

static unsigned int hc_moves(const struct world *w, search_move *to)
{
	unsigned int n = 0, i, s, l;

	for (i = 0; i < lone_bq_params->requests; i++) {
		if (w->ghost[i].where != IN_HC)
			continue;
		for (s = 0; s < NR_STATUSES; s++)
			for (l = 0; l < NR_LENGTHS; l++)
				to[n++] = move(DONE, i, s * 8 + l);
		if (lone_bq_params->again &&
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
	for (i = 0; i < lone_bq_params->nr_queues && lone_bq_params->holds; i++) {
		uint8_t q = lone_bq_params->queues[i];
		bool drained = usbif_bq_is_drained(&w->bq, q);

		if (!w->bq.queue[q].held)
			to[n++] = move(HOLD, q, 0);
		else if (drained)
			to[n++] = move(RELEASE, q, 0);
		if (lone_bq_params->iso && w->bq.queue[q].held &&
		    w->bq.queue[q].head == USBIF_NONE &&
		    !usbif_queue_is_control(q))
			to[n++] = move(RETYPE, q, 0);
	}
	for (i = 0; i < lone_bq_params->nr_queues; i++)
		if (w->bq.queue[lone_bq_params->queues[i]].unheard)
			break;
	if (i < lone_bq_params->nr_queues)
		to[n++] = move(HEAR, 0, 0);
	if (lone_bq_params->ports && !w->gone)
		to[n++] = move(GONE, 0, 0);
	if (lone_bq_params->ports && w->gone && usbif_bq_port_is_idle(&w->bq, 1))
		to[n++] = move(FRESH, 0, 0);
	return n;
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
static void note_answers(struct world *w)
{
	unsigned int i;

	for (i = 0; i < lone_bq_params->requests; i++)
		if (w->ghost[i].where == QUEUED &&
		    w->bq.req[i].state == USBIF_BQ_ANSWERED)
			w->ghost[i].where = ANSWERED;
}

static uint8_t stage(struct world *w)
{
	int slot = usbif_bq_stage(&w->bq);

	if (slot < 0 || w->ghost[slot].where != NOWHERE) {
		lone_bq_fail("a slot is used twice");
		return 0;
	}
	w->ghost[slot].where = STAGED;
	w->staged[w->staged_n++] = (uint8_t)slot;
	return (uint8_t)slot;
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
	for (i = 0; i < lone_bq_params->requests; i++)
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
		lone_bq_fail("the result and the fault disagree");
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

	for (i = 0; i < lone_bq_params->requests; i++)
		if ((w->ghost[i].where == QUEUED ||
		     w->ghost[i].where == IN_HC) && w->bq.req[i].id == id &&
		    (w->ghost[i].queue == queue || !lone_bq_params->extended))
			there = true;
	found = usbif_bq_unlink(&w->bq, queue, id);
	if (found != there)
		lone_bq_fail("B6: an unlink misses, or hits too much");
	if (found && lone_bq_params->extended && !is_iso(w, queue) &&
	    !w->bq.queue[queue].stopped)
		lone_bq_fail("B6: an unlink that does not stop the queue");
}

static void done(struct world *w, uint8_t slot, uint8_t what)
{
	w->ghost[slot].where = ANSWERED;
	if (usbif_bq_done(&w->bq, slot, statuses[what / 8],
			  actual_of(w->bq.req[slot].length, what % 8)) !=
	    USBIF_OK)
		lone_bq_fail("a request in the HC is not known");
	if (usbif_bq_done(&w->bq, slot, USBIF_WIRE_ST_OK, 0) != USBIF_E_STATE)
		lone_bq_fail("a request is done twice");
}

static void again(struct world *w, uint8_t slot)
{
	w->ghost[slot].where = QUEUED;
	w->ghost[slot].cancelled = 0;
	if (usbif_bq_again(&w->bq, slot) != USBIF_OK)
		lone_bq_fail("a request in the HC is not known");
}

static void answer(struct world *w)
{
	struct usbif_bq_answer a;
	struct ghost *g;
	unsigned int i;

	if (!usbif_bq_next_answer(&w->bq, &a)) {
		lone_bq_fail("an answer is lost");
		return;
	}
	g = &w->ghost[a.slot];
	if (g->where != ANSWERED)
		lone_bq_fail("answered what is not at its end");
	for (i = 0; i < lone_bq_params->nr_queues; i++)
		if (lone_bq_params->queues[i] == g->queue && is_news(w, (uint8_t)a.slot))
			w->deaf |= (uint8_t)(1u << i);
	check_answer(w, &a);
	for (i = 0; i < lone_bq_params->requests; i++)
		if (w->ghost[i].order > g->order)
			w->ghost[i].order--;
	memset(g, 0, sizeof(*g));
	usbif_bq_answered(&w->bq, a.slot);
}

static void fresh(struct world *w)
{
	unsigned int i;

	usbif_bq_fresh(&w->bq, 1);
	for (i = 0; i < lone_bq_params->nr_queues; i++)
		if (w->bq.queue[lone_bq_params->queues[i]].stopped ||
		    w->bq.queue[lone_bq_params->queues[i]].held)
			lone_bq_fail("B7: a new device's queue does not run");
	set_endpoints(w);
	w->gone = 0;
	w->deaf = 0;
}

/* There is one such queue: another type, another endpoint. */
static void retype(struct world *w, uint8_t queue)
{
	bool iso = is_iso(w, queue);

	if (!iso)
		w->deaf = 0;
	usbif_bq_set_endpoint(&w->bq, queue,
			      iso ? USBIF_XFER_BULK : USBIF_XFER_ISO, PACKET,
			      0);
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
		retype(w, a);
		break;
	case GONE:
		usbif_bq_gone(&w->bq, 1);
		w->gone = 1;
		break;
	case FRESH:
		fresh(w);
		break;
	case HEAR:
		w->deaf = 0;
		usbif_bq_heard(&w->bq);
		break;
	}
	note_answers(w);
	drain(w);
	check_ghosts(w);
	while (broken == NULL && !lone_bq_params->slow_answers &&
	       w->bq.answer_head != USBIF_NONE) {
		answer(w);
		drain(w);
	}
	if (!usbif_bq_valid(&w->bq))
		lone_bq_fail("bq is not valid");
	return broken;
}

/* The HC's completions count: it completes all that it has, some time. */
static bool is_internal(search_move m)
{
	return m >> 20 == ANSWER || m >> 20 == HEAR;
}

static const char *at_rest(const void *state, bool stuck)
{
	const struct world *w = state;
	unsigned int i;

	(void)stuck;
	for (i = 0; i < lone_bq_params->requests; i++) {
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
		"front has heard",
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
	lone_bq_params = which;
	trace = NULL;
}
