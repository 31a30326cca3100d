/* SPDX-License-Identifier: MIT */
/*
 * Explore a front's queues against a back that answers anything to any id at
 * any time, or nothing; and against a driver that does whatever it may.
 */
#include "runs.h"
#include "usbif/fq.h"

#include <stdlib.h>
#include <string.h>

#define PACKET		1024u
#define SHORT_PACKET	512u
#define CTRL		0
#define OUT		1
#define IN		2

struct params {
	struct run run;
	uint8_t queues[2];
	uint8_t nr_queues;
	bool iso;		/* the last of them is isochronous */
	uint8_t urbs;		/* most at one time, 1..USBIF_MAX_URBS */
	uint8_t slots;
	uint8_t depth;
	uint16_t max_octets;
	uint8_t lengths;	/* bit n: URBs of n packets */
	uint8_t short_not_ok;	/* bit 0: URBs without, bit 1: with it */
	bool extended;
	bool ports;		/* devices leave and come */
};

static const struct params *params;

enum phase {
	LIVE,
	FAULTY,			/* an answer or a tick said so */
	DEAD,			/* shut down */
};

/* What the driver knows of an entry. */
struct ghost {
	uint8_t state;		/* 0: none, 1: submitted, 2: given back */
	uint8_t queue;
	uint8_t unlinked;
	uint8_t failed;
	uint16_t length;
	uint16_t received;	/* octets that answers brought, in order */
};

struct world {
	struct usbif_fq fq;
	struct ghost ghost[USBIF_MAX_URBS];
	uint8_t phase;
	uint8_t gone;		/* port 1 */
} __attribute__((aligned(8)));

static const char *broken;
static FILE *trace;

static void fail(const char *what)
{
	if (broken == NULL)
		broken = what;
}

enum move_kind {
	SUBMIT,			/* queue, packets * 2 + SHORT_NOT_OK */
	UNLINK,			/* entry */
	RETIRE,			/* entry */
	ANSWER,			/* id, status * 8 + length */
	TICKS,
	GONE,
	FRESH,
	SHUTDOWN,
};

static const int32_t statuses[] = {
	USBIF_WIRE_ST_OK,
	USBIF_WIRE_ST_NOT_EXECUTED,
	USBIF_WIRE_ST_STALL,	/* as every other stop status */
	USBIF_WIRE_ST_SHORT,
	USBIF_WIRE_ST_SHUTDOWN,
	12345,
};
#define NR_STATUSES	(sizeof(statuses) / sizeof(statuses[0]))
#define NR_LENGTHS	5u

static uint32_t actual_of(const struct world *w, uint8_t id, unsigned int which)
{
	uint32_t length = w->fq.req[id].length;
	const uint32_t lengths[NR_LENGTHS] = {
		0, length, length + 1, PACKET, SHORT_PACKET,
	};

	return lengths[which];
}

static search_move move(enum move_kind kind, uint32_t a, uint32_t b)
{
	return (search_move)kind << 16 | a << 8 | b;
}

static void init(void *state)
{
	struct world *w = state;
	struct usbif_fq_config config;

	memset(w, 0, sizeof(*w));
	memset(&config, 0, sizeof(config));
	config.slots = params->slots;
	config.depth = params->depth;
	config.max_octets = params->max_octets;
	config.extended = params->extended;
	if (usbif_fq_init(&w->fq, &config) != USBIF_OK)
		abort();
}

static bool is_iso(unsigned int i)
{
	return params->iso && i + 1 == params->nr_queues;
}

static unsigned int submits(const struct world *w, search_move *to)
{
	unsigned int n = 0, live = 0, i, p;

	for (i = 0; i < USBIF_MAX_URBS; i++)
		live += w->ghost[i].state != 0;
	if (live == params->urbs)
		return 0;
	for (i = 0; i < params->nr_queues; i++)
		for (p = 0; p < 8; p++)
			if (params->lengths & (1u << p / 2) &&
			    params->short_not_ok & (1u << p % 2))
				to[n++] = move(SUBMIT, i, p);
	return n;
}

/* Unlinks and unused ids are answered in one way only: nothing else counts. */
static unsigned int answers(const struct world *w, search_move *to)
{
	unsigned int n = 0, id, s, l;

	for (id = 0; id <= params->slots; id++) {
		if (id < params->slots &&
		    usbif_ids_kind(&w->fq.ids, (uint16_t)id) ==
			    USBIF_ID_TRANSFER) {
			for (s = 0; s < NR_STATUSES; s++)
				for (l = 0; l < NR_LENGTHS; l++)
					to[n++] = move(ANSWER, id, s * 8 + l);
		} else {
			to[n++] = move(ANSWER, id, 0);
		}
	}
	return n;
}

static unsigned int moves(const void *state, search_move *to)
{
	const struct world *w = state;
	unsigned int n = 0, i;

	for (i = 0; i < USBIF_MAX_URBS; i++) {
		if (w->ghost[i].state == 1)
			to[n++] = move(UNLINK, i, 0);
		if (w->ghost[i].state == 2)
			to[n++] = move(RETIRE, i, 0);
	}
	if (w->phase != DEAD) {
		n += submits(w, to + n);
		n += answers(w, to + n);
		to[n++] = move(SHUTDOWN, 0, 0);
		to[n++] = move(TICKS, 0, 0);
	}
	if (params->ports && w->phase == LIVE)
		to[n++] = move(w->gone ? FRESH : GONE, 0, 0);
	return n;
}

static void check_sent(const struct world *w, const struct usbif_fq_duty *d)
{
	const struct ghost *g = &w->ghost[d->urb];
	const struct usbif_fq_queue *q = &w->fq.queue[g->queue];
	unsigned int i;

	if (w->phase != LIVE)
		fail("sent after the connection ended");
	if (g->state != 1 || d->offset + d->length > g->length)
		fail("sent what is not the URB's");
	if (d->offset + d->length != g->length && d->length % PACKET != 0)
		fail("a fragment ends within a packet");
	if (d->flags & USBIF_WIRE_FLAG_RESTART && q->unanswered != 1)
		fail("F1: a restart behind something unanswered");
	if (g->queue < USBIF_EPS && w->gone)
		fail("F6: sent to a device that is gone");
	if (q->iso)
		return;
	for (i = 0; i < USBIF_MAX_URBS; i++)
		if (w->ghost[i].state != 0 && w->ghost[i].queue == g->queue &&
		    (w->ghost[i].unlinked || w->ghost[i].failed))
			fail("F1: sent while a blocker has not returned");
}

static void give_back(struct world *w, const struct usbif_fq_duty *d)
{
	struct ghost *g = &w->ghost[d->urb];

	if (trace != NULL)
		fprintf(trace, "        gives back entry %u: %d, %u octets\n",
			d->urb, (int)d->status, (unsigned int)d->length);
	if (g->state != 1)
		fail("G3: given back twice");
	if (d->length > g->length || d->length != g->received)
		fail("G3: given back with octets that did not come");
	g->state = 2;
	g->failed = d->status != USBIF_WIRE_ST_OK;
}

static void drain(struct world *w)
{
	struct usbif_fq_duty d;

	while (broken == NULL && usbif_fq_next(&w->fq, &d)) {
		if (d.kind == USBIF_FQ_GIVEBACK) {
			give_back(w, &d);
			continue;
		}
		if (trace != NULL)
			fprintf(trace, "        %s %u: entry %u\n",
				d.kind == USBIF_FQ_SEND ? "sends" : "unlink",
				d.id, d.urb);
		if (d.kind == USBIF_FQ_SEND)
			check_sent(w, &d);
		else if (w->phase != LIVE)
			fail("an unlink after the connection ended");
	}
}

static void submit(struct world *w, uint8_t i, uint8_t what)
{
	bool refuse = w->phase == DEAD || (w->gone && params->queues[i] < USBIF_EPS);
	struct usbif_fq_submit s;
	int entry;

	memset(&s, 0, sizeof(s));
	s.queue = params->queues[i];
	s.max_packet = PACKET;
	s.length = what / 2 * PACKET;
	s.short_not_ok = what & 1;
	s.in = s.queue % USBIF_EPS == IN;
	s.iso = is_iso(i);
	/* An answer may have said that the device is gone. */
	refuse |= w->fq.gone[0] & (1u << (usbif_queue_port(s.queue) - 1));
	entry = usbif_fq_submit(&w->fq, &s);
	if ((entry < 0) != refuse || (refuse && entry != USBIF_E_STATE))
		fail("an URB is refused, or taken, without a reason");
	if (entry < 0)
		return;
	if (w->ghost[entry].state != 0)
		fail("an entry is used twice");
	memset(&w->ghost[entry], 0, sizeof(w->ghost[0]));
	w->ghost[entry].state = 1;
	w->ghost[entry].queue = (uint8_t)s.queue;
	w->ghost[entry].length = (uint16_t)s.length;
}

static void answer(struct world *w, uint8_t id, uint8_t what)
{
	bool known = usbif_ids_kind(&w->fq.ids, id) != USBIF_ID_FREE;
	struct usbif_fq_received got;
	struct ghost *g;
	int err = usbif_fq_answer(&w->fq, id, statuses[what / 8],
				  actual_of(w, id, what % 8), &got);

	if ((err == USBIF_OK) != (w->phase == LIVE &&
				  w->fq.fault == USBIF_FAULT_NONE))
		fail("an answer's result and the fault disagree");
	if (err == USBIF_OK && !known)
		fail("an answer to nothing is taken");
	if (err != USBIF_OK) {
		w->phase = w->phase == LIVE ? FAULTY : w->phase;
		return;
	}
	if (got.urb == USBIF_NONE)
		return;
	g = &w->ghost[got.urb];
	if (g->state != 1 || (got.length != 0 && got.offset != g->received))
		fail("G3: octets with a hole before them");
	g->received = (uint16_t)(g->received + got.length);
}

/* Rule F6's bound: a silent back is found out, and nobody else is. */
static void ticks(struct world *w)
{
	bool waiting = w->fq.targets != 0 || w->fq.ids.unlinks_in_flight != 0;
	int err = USBIF_OK, i;

	if (w->phase != LIVE)
		return;
	for (i = 0; i <= (int)USBIF_FQ_UNLINK_BOUND_S; i++) {
		if (err != USBIF_OK)
			fail("F6: accused too early");
		err = usbif_fq_tick(&w->fq);
	}
	if (waiting != (err == USBIF_E_PEER))
		fail("F6: the bound is not kept");
	if (usbif_fq_has_unlinks(&w->fq) != waiting)
		fail("F6: unlinks that are not on their way");
	if (err != USBIF_OK)
		w->phase = FAULTY;
}

static void end(struct world *w)
{
	unsigned int i;

	usbif_fq_shutdown(&w->fq);
	w->phase = DEAD;
	drain(w);
	for (i = 0; i < USBIF_MAX_URBS; i++)
		if (w->ghost[i].state == 1)
			fail("F6: not given back at the end");
}

static void note_unlinked(struct world *w, uint8_t entry)
{
	bool ended = w->ghost[entry].unlinked;

	if ((usbif_fq_unlink(&w->fq, entry) == USBIF_OK) == ended)
		fail("F4: an unlink is refused, or taken twice");
	w->ghost[entry].unlinked = 1;
}

static void retire(struct world *w, uint8_t entry)
{
	memset(&w->ghost[entry], 0, sizeof(w->ghost[0]));
	if (usbif_fq_retired(&w->fq, entry) != USBIF_OK)
		fail("an URB that was given back is unknown");
	if (usbif_fq_retired(&w->fq, entry) != USBIF_E_STATE)
		fail("an URB is retired twice");
}

static const char *perform(void *state, search_move m)
{
	struct world *w = state;
	uint8_t a = (uint8_t)(m >> 8), b = (uint8_t)m;

	broken = NULL;
	switch ((enum move_kind)(m >> 16)) {
	case SUBMIT:
		submit(w, a, b);
		break;
	case UNLINK:
		note_unlinked(w, a);
		break;
	case RETIRE:
		retire(w, a);
		break;
	case ANSWER:
		answer(w, a, b);
		break;
	case TICKS:
		ticks(w);
		break;
	case GONE:
		usbif_fq_gone(&w->fq, 1);
		w->gone = 1;
		break;
	case FRESH:
		usbif_fq_fresh(&w->fq, 1);
		w->gone = 0;
		break;
	case SHUTDOWN:
		end(w);
		break;
	}
	drain(w);
	if (!usbif_fq_valid(&w->fq))
		fail("fq is not valid");
	return broken;
}

static bool is_internal(search_move m)
{
	(void)m;
	return false;
}

static const char *at_rest(const void *state, bool stuck)
{
	const struct world *w = state;

	if (stuck && !usbif_fq_is_idle(&w->fq))
		return "something is left at the end";
	if (stuck && w->phase != DEAD)
		return "stuck without an end";
	return NULL;
}

static void print(FILE *out, const void *state, search_move m)
{
	static const char *const words[] = {
		"submit", "unlink", "retired", "answer", "11 seconds pass",
		"device gone", "new device", "shutdown",
	};
	uint8_t a = (uint8_t)(m >> 8), b = (uint8_t)m;

	trace = out;
	fprintf(out, "%s", words[m >> 16]);
	if (m >> 16 == ANSWER)
		fprintf(out, " %u: status %d, %u octets", a,
			(int)statuses[b / 8],
			(unsigned int)actual_of(state, a, b % 8));
	else if (m >> 16 == SUBMIT)
		fprintf(out, " to queue %u: %u packets%s", params->queues[a],
			b / 2, b & 1 ? ", SHORT_NOT_OK" : "");
	else if (m >> 16 <= RETIRE)
		fprintf(out, " entry %u", a);
	fprintf(out, "\n");
}

static const struct params runs[] = {
	{
		.run.name = "fq-bulk", .queues = { IN }, .nr_queues = 1, .urbs = 2,
		.slots = 4, .depth = 3, .max_octets = 1024, .lengths = 4,
		.short_not_ok = 3, .extended = true, .ports = true,
	}, {
		.run.name = "fq-fragments", .queues = { OUT }, .nr_queues = 1,
		.urbs = 1, .slots = 7, .depth = 3, .max_octets = 1024,
		.lengths = 4, .short_not_ok = 1, .extended = true,
		.ports = true,
	}, {
		.run.name = "fq-odd-fragments", .queues = { OUT }, .nr_queues = 1,
		.urbs = 1, .slots = 7, .depth = 2, .max_octets = 1500,
		.lengths = 4, .short_not_ok = 1, .extended = true,
	}, {
		.run.name = "fq-deep", .queues = { IN }, .nr_queues = 1,
		.urbs = 2, .slots = 7, .depth = 3, .max_octets = 1024,
		.lengths = 2, .short_not_ok = 1, .extended = true,
	}, {
		.run.name = "fq-control", .queues = { CTRL }, .nr_queues = 1,
		.urbs = 2, .slots = 4, .depth = 2, .max_octets = 1024,
		.lengths = 3, .short_not_ok = 1, .extended = true,
		.ports = true,
	}, {
		.run.name = "fq-control-bulk", .queues = { CTRL, OUT },
		.nr_queues = 2, .urbs = 2, .slots = 4, .depth = 2,
		.max_octets = 1024, .lengths = 2, .short_not_ok = 1,
		.extended = true, .ports = true,
	}, {
		.run.name = "fq-iso", .queues = { CTRL, IN }, .nr_queues = 2,
		.iso = true, .urbs = 2, .slots = 4, .depth = 3,
		.max_octets = 1024, .lengths = 2, .short_not_ok = 1,
		.extended = true, .ports = true,
	}, {
		.run.name = "fq-old-back", .queues = { OUT }, .nr_queues = 1,
		.urbs = 2, .slots = 4, .depth = 2, .max_octets = 1024,
		.lengths = 6, .short_not_ok = 3, .ports = true,
	},
};

static const struct search_model model = {
	.octets = sizeof(struct world),
	.init = init,
	.moves = moves,
	.perform = perform,
	.is_internal = is_internal,
	.at_rest = at_rest,
	.print = print,
};

static void choose(const void *which)
{
	params = which;
	trace = NULL;
}

int main(int argc, char **argv)
{
	struct run_list list = {
		RUN_LIST(runs),
		.model = &model,
		.choose = choose,
	};

	return run_all(argc, argv, &list);
}
