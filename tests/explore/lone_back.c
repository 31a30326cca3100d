/* SPDX-License-Identifier: MIT */
/*
 * A whole back against a guest that asks for anything, a host controller that
 * completes in any order, and a shim that executes what it is told some time.
 *
 * Ring indices only grow, so a state would never come again: each entry goes
 * over a ring of its own.
 */
#include "lone_back.h"

#include <stdlib.h>
#include <string.h>

#define params	lone_back_params

const struct lone_back_params *lone_back_params;

static const char *broken;
static FILE *trace;
static uint8_t page[4096];

void lone_back_fail(const char *what)
{
	if (broken == NULL)
		broken = what;
}

static void say(const char *what, unsigned int slot)
{
	if (trace != NULL)
		fprintf(trace, "        %s slot %u\n", what, slot);
}

static const int32_t statuses[] = {
	USBIF_WIRE_ST_OK,
	USBIF_WIRE_ST_STALL,
	USBIF_WIRE_ST_CANCELLED,
};

static search_move move(enum lone_back_move kind, uint32_t a, uint32_t b)
{
	return (search_move)kind << 16 | a << 8 | b;
}

static uint8_t queue_of(uint8_t kind)
{
	if (kind == ASK_OUT)
		return OUT;
	return kind == ASK_IN ? IN : CTRL;
}

static void describe(struct world *w, uint8_t port, bool in)
{
	usbif_back_clear_endpoints(&w->b, port);
	usbif_back_set_endpoint(&w->b, port, 1, false, USBIF_XFER_BULK, PACKET,
				OUT_IFACE);
	if (in)
		usbif_back_set_endpoint(&w->b, port, 1, true, USBIF_XFER_BULK,
					PACKET, IN_IFACE);
	w->port[port - 1].described = 1;
}

static void tell(struct world *w)
{
	uint8_t entry[USBIF_WIRE_CONN_OCTETS] = { 0 };
	struct usbif_ring front;
	struct usbif_msg_conn conn;
	bool notify = false;
	unsigned int i;

	memset(page, 0, sizeof(page));
	usbif_ring_front_init(&front, page, 1, USBIF_WIRE_CONN_OCTETS);
	for (i = 0; i < 2 * PORTS; i++)
		usbif_ring_put(&front, page, entry, USBIF_WIRE_CONN_REQ_OCTETS);
	usbif_ring_push(&front, page);
	usbif_ring_back_init(&w->b.conn_ring, 1, USBIF_WIRE_CONN_OCTETS);
	if (usbif_back_tell_ports(&w->b, page, &notify) != USBIF_OK)
		lone_back_fail("a correct front is accused");
	while (usbif_ring_take(&front, page, entry, sizeof(entry)) == 1) {
		if (usbif_msg_decode_conn(entry, params->ports, &conn) !=
		    USBIF_FAULT_NONE)
			lone_back_fail("a hot-plug event that cannot be");
		check_back_told(w, conn.port, conn.speed);
	}
	usbif_ring_back_init(&w->b.conn_ring, 1, USBIF_WIRE_CONN_OCTETS);
}

/* The reset of a port is due, or is not; whom does that concern? */
static void owe(struct world *w, uint8_t port, bool due)
{
	unsigned int i;

	w->port[port - 1].owed = due;
	for (i = 0; i < SLOTS; i++)
		if (w->ghost[i].where != NOWHERE && w->ghost[i].port == port)
			w->ghost[i].waits = due && w->ghost[i].queue == CTRL;
}

static void perform_duty(struct world *w, const struct usbif_back_duty *d)
{
	struct ghost *g = &w->ghost[d->slot];
	struct ghost_port *p = &w->port[d->port - 1];

	if (d->kind == USBIF_BACK_SUBMIT) {
		say("submit", d->slot);
		check_back_submit(w, g);
		g->where = IN_HC;
	} else if (d->kind == USBIF_BACK_CANCEL) {
		say("cancel", d->slot);
		check_back_cancel(g);
		g->cancelled = 1;
	} else {
		say(d->kind == USBIF_BACK_RESET ? "reset for" : "execute",
		    d->slot);
		check_back_execute(w, d);
		g->where = EXECUTING;
		p->executing = 1;
		p->duty = (uint8_t)d->kind;
		p->slot = (uint8_t)d->slot;
		p->touched = touched_by(d->kind);
		if (d->kind == USBIF_BACK_RESET)
			owe(w, d->port, false);
	}
}

static void put_answer(struct world *w, const struct usbif_bq_answer *a)
{
	struct ghost *g = &w->ghost[a->slot];
	uint8_t entry[USBIF_WIRE_URB_OCTETS] = { 0 };
	struct usbif_ring front;
	unsigned int i;

	check_back_answer(w, g, a);
	for (i = 0; i < SLOTS; i++)
		if (w->ghost[i].order > g->order)
			w->ghost[i].order--;
	memset(g, 0, sizeof(*g));
	memset(page, 0, sizeof(page));
	usbif_ring_front_init(&front, page, 1, USBIF_WIRE_URB_OCTETS);
	usbif_ring_put(&front, page, entry, sizeof(entry));
	usbif_ring_push(&front, page);
	usbif_ring_take(&w->b.urb_ring, page, entry, sizeof(entry));
	if (usbif_back_put_answer(&w->b, page, a, 0, 0) != USBIF_OK)
		lone_back_fail("no room for an answer");
	usbif_ring_back_init(&w->b.urb_ring, 1, USBIF_WIRE_URB_OCTETS);
	memset(&w->b.req[a->slot], 0, sizeof(w->b.req[0]));
}

static void note_answers(struct world *w)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (w->ghost[i].where == QUEUED &&
		    w->b.bq.req[i].state == USBIF_BQ_ANSWERED)
			w->ghost[i].where = DONE;
}

static void answer(struct world *w)
{
	struct usbif_bq_answer a;

	if (usbif_back_next_answer(&w->b, &a))
		put_answer(w, &a);
}

static void drain(struct world *w)
{
	struct usbif_back_duty d;
	struct usbif_bq_answer a;
	bool more = true;

	while (broken == NULL && more) {
		more = usbif_back_next(&w->b, &d);
		if (more)
			perform_duty(w, &d);
		note_answers(w);
		while (broken == NULL && !params->slow_answers &&
		       usbif_back_next_answer(&w->b, &a)) {
			put_answer(w, &a);
			more = true;
		}
	}
}

/* A device is there, and the shim has looked at it. */
static void arrived(struct world *w, uint8_t port)
{
	if (params->stale) {
		usbif_back_reset_first(&w->b, port);
		owe(w, port, true);
		w->port[port - 1].described = 1;
	} else {
		describe(w, port, true);
	}
}

static void settle_ports(struct world *w)
{
	uint8_t port;

	for (port = 1; port <= params->ports; port++) {
		struct ghost_port *p = &w->port[port - 1];
		const struct usbif_back_port *real = &w->b.port[port - 1];

		/* The next one may be there already. */
		if (p->told && (!real->present || real->unplug_due)) {
			p->described = 0;
			p->owed = 0;
			p->fresh = 0;
			if (w->owner == port)
				w->owner = 0;
		}
		if (real->present && !real->leaving && !p->described &&
		    !params->bare)
			arrived(w, port);
	}
	tell(w);
	for (port = 1; port <= params->ports; port++)
		if (!w->closed &&
		    w->port[port - 1].told != w->b.port[port - 1].present)
			lone_back_fail("the front is not told of a device");
}

static uint8_t in_use(const struct world *w)
{
	uint8_t n = 0, i;

	for (i = 0; i < SLOTS; i++)
		n = (uint8_t)(n + (w->ghost[i].where != NOWHERE));
	return n;
}

/* A restart that finds requests in the HC breaks the connection: lone_bq.c. */
static bool may_restart(const struct world *w, uint8_t port, uint8_t kind)
{
	const struct usbif_bq_queue *q =
		&w->b.bq.queue[(port - 1) * USBIF_EPS + queue_of(kind)];

	return params->extended && q->stopped && q->in_hc == 0;
}

static unsigned int asks(const struct world *w, search_move *to)
{
	unsigned int n = 0, port, kind, addr;

	if (in_use(w) >= params->requests)
		return 0;
	for (port = 1; port <= params->ports; port++) {
		for (kind = 0; kind < NR_KINDS; kind++) {
			if (!(params->kinds & (1u << kind)) ||
			    (port == 2 && queue_of((uint8_t)kind) != CTRL))
				continue;
			for (addr = !params->no_address; addr < 2; addr++) {
				to[n++] = move(ASK, port, kind * 4 + addr * 2);
				if (may_restart(w, (uint8_t)port,
						(uint8_t)kind))
					to[n++] = move(ASK, port, kind * 4 +
							addr * 2 + 1);
			}
		}
	}
	return n;
}

static unsigned int slot_moves(const struct world *w, search_move *to)
{
	unsigned int n = 0, i;

	for (i = 0; i < SLOTS; i++) {
		const struct ghost *g = &w->ghost[i];

		if (g->where != NOWHERE && !g->unlink && params->unlinks &&
		    in_use(w) <= params->requests)
			to[n++] = move(UNLINK, i, 0);
		if (g->where != IN_HC)
			continue;
		to[n++] = move(COMPLETE, i, 0);
		to[n++] = move(COMPLETE, i, 1);
		if (g->cancelled)
			to[n++] = move(COMPLETE, i, 2);
	}
	return n;
}

static unsigned int moves(const void *state, search_move *to)
{
	const struct world *w = state;
	unsigned int n = asks(w, to), port;

	n += slot_moves(w, to + n);
	for (port = 1; port <= params->ports; port++) {
		const struct ghost_port *p = &w->port[port - 1];
		const struct usbif_back_port *real = &w->b.port[port - 1];

		if (p->executing) {
			to[n++] = move(EXECUTED, port, WELL);
			to[n++] = move(EXECUTED, port, BADLY);
		}
		if (p->executing && p->duty == USBIF_BACK_SET_CONFIGURATION)
			to[n++] = move(EXECUTED, port, WELL_WITHOUT_IN);
		if (p->resting)
			to[n++] = move(RESTED, port, 0);
		if (!params->unplugs || w->closed)
			continue;
		if (real->present && !real->leaving)
			to[n++] = move(UNPLUG, port, 0);
		else if (real->next_speed == USBIF_WIRE_SPEED_NONE)
			to[n++] = move(PLUG, port, 0);
	}
	if (params->closes && !w->closed)
		to[n++] = move(CLOSE, 0, 0);
	if (w->b.bq.answer_head != USBIF_NONE)
		to[n++] = move(ANSWER, 0, 0);
	if (usbif_back_is_waiting(&w->b))
		to[n++] = move(HEAR, 0, 0);
	return n;
}

static void set_up(uint8_t *setup, uint8_t kind)
{
	static const uint8_t setups[][8] = {
		[ASK_PLAIN] = { 0x80, 0x00 },
		[ASK_ADDRESS] = { 0x00, 0x05, ADDR },
		[ASK_CONFIGURATION] = { 0x00, 0x09, 1 },
		[ASK_INTERFACE] = { 0x01, 0x0b, 0, 0, OUT_IFACE },
		[ASK_CLEAR_HALT] = { 0x02, 0x01, 0, 0, 1 },
	};

	memcpy(setup, setups[kind], 8);
}

/* Over a ring of its own, into the back.  Returns the slot. */
static uint16_t send(struct world *w, const struct usbif_msg_req *req)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_ring front;
	uint16_t slot = 0;

	memset(page, 0, sizeof(page));
	usbif_ring_front_init(&front, page, 1, USBIF_WIRE_URB_OCTETS);
	usbif_msg_encode_req(req, entry);
	usbif_ring_put(&front, page, entry, sizeof(entry));
	usbif_ring_push(&front, page);
	usbif_ring_back_init(&w->b.urb_ring, 1, USBIF_WIRE_URB_OCTETS);
	if (usbif_back_take(&w->b, page, &slot) != 1 || slot >= SLOTS ||
	    w->ghost[slot].where != NOWHERE)
		lone_back_fail("a request is not taken, or into a slot that is in use");
	usbif_ring_back_init(&w->b.urb_ring, 1, USBIF_WIRE_URB_OCTETS);
	return slot < SLOTS ? slot : 0;
}

static void admit(struct world *w, uint16_t slot, const struct ghost *what)
{
	struct ghost *g = &w->ghost[slot];
	unsigned int i;

	*g = *what;
	g->where = QUEUED;
	g->order = 1;
	for (i = 0; i < SLOTS; i++)
		if (i != slot && w->ghost[i].order >= g->order)
			g->order = (uint8_t)(w->ghost[i].order + 1);
	if (usbif_back_admit(&w->b, slot, USBIF_WIRE_ST_OK) != USBIF_OK)
		lone_back_fail("a correct front is accused");
}

static uint8_t free_id(const struct world *w)
{
	uint8_t i = 0;

	while (w->ghost[i].where != NOWHERE)
		i++;
	return i;
}

static void ask(struct world *w, uint8_t port, uint8_t what)
{
	struct ghost g = { .kind = what / 4, .port = port };
	bool present = w->b.port[port - 1].present;
	struct usbif_msg_req req;

	memset(&req, 0, sizeof(req));
	g.queue = queue_of(g.kind);
	req.id = free_id(w);
	req.port = port;
	req.addr = what & 2 ? ADDR : 0;
	req.flags = what & 1 ? USBIF_WIRE_FLAG_RESTART : 0;
	req.type = g.queue == CTRL ? USBIF_XFER_CTRL : USBIF_XFER_BULK;
	req.ep = g.queue != CTRL;
	req.in = g.queue == IN;
	if (g.queue == CTRL) {
		set_up(req.setup, g.kind);
	} else {
		req.length = PACKET;
		req.nr_segs = 1;
		req.seg[0].gref = 1;
		req.seg[0].length = PACKET;
	}
	/* An address counts more than a port. */
	if (req.addr != 0 && w->owner != 0)
		g.port = w->owner;
	if (req.addr == 0 && present && w->owner == port) {
		w->owner = 0;
		w->port[port - 1].owed = 1;
	}
	g.waits = g.queue == CTRL && w->port[g.port - 1].owed;
	admit(w, send(w, &req), &g);
}

static void init(void *state)
{
	struct world *w = state;
	struct usbif_back_config config;
	uint8_t port;

	memset(w, 0, sizeof(*w));
	memset(&config, 0, sizeof(config));
	config.num_ports = params->ports;
	config.ring_pages = 1;
	config.hc_depth = params->hc_depth;
	config.extended = params->extended;
	broken = NULL;
	if (usbif_back_init(&w->b, &config) != USBIF_OK)
		abort();
	for (port = 1; port <= params->ports; port++)
		usbif_back_plug(&w->b, port, USBIF_WIRE_SPEED_HIGH);
	settle_ports(w);
	if (!params->no_address) {
		ask(w, 1, ASK_ADDRESS * 4);
		drain(w);
		answer(w);
	}
}

static void unlink_slot(struct world *w, uint8_t target)
{
	const struct ghost *t = &w->ghost[target];
	struct ghost g = { .unlink = 2, .port = t->port };
	struct usbif_msg_req req;

	if (t->where == DONE)
		g.unlink = 1;
	memset(&req, 0, sizeof(req));
	req.unlink = true;
	req.id = UNLINK_ID;
	req.unlink_id = target;
	req.port = t->port;
	req.addr = w->owner == t->port ? ADDR : 0;
	req.type = t->queue == CTRL ? USBIF_XFER_CTRL : USBIF_XFER_BULK;
	req.ep = t->queue != CTRL;
	req.in = t->queue == IN;
	admit(w, send(w, &req), &g);
}

static void complete(struct world *w, uint8_t slot, int32_t status)
{
	w->ghost[slot].where = DONE;
	if (usbif_back_done(&w->b, slot, status,
			    status == USBIF_WIRE_ST_OK ?
				    w->b.req[slot].length : 0) != USBIF_OK)
		lone_back_fail("a request in the HC is not known");
}

/* The shim has executed a duty, and describes the device anew. */
static void executed(struct world *w, uint8_t port, enum lone_back_outcome how)
{
	struct ghost_port *p = &w->port[port - 1];
	struct ghost *g = &w->ghost[p->slot];
	bool ok = how != BADLY;

	p->executing = 0;
	if (ok && p->duty != USBIF_BACK_CLEAR_HALT &&
	    !w->b.port[port - 1].leaving)
		describe(w, port, how != WELL_WITHOUT_IN);
	if (p->duty == USBIF_BACK_RESET) {
		g->where = QUEUED;
		owe(w, port, !ok);
		p->resting = params->rests;
		p->fresh |= params->stale && ok;
		usbif_back_reset_done(&w->b, port, ok);
		if (!params->rests)
			usbif_back_rested(&w->b, port);
	} else {
		g->well = ok;
		complete(w, p->slot,
			 ok ? USBIF_WIRE_ST_OK : USBIF_WIRE_ST_STALL);
	}
	p->duty = 0;
	p->slot = 0;
	p->touched = 0;
}

static const char *perform(void *state, search_move m)
{
	struct world *w = state;
	uint8_t a = (uint8_t)(m >> 8), b = (uint8_t)m;

	broken = NULL;
	switch ((enum lone_back_move)(m >> 16)) {
	case ASK:
		ask(w, a, b);
		break;
	case UNLINK:
		unlink_slot(w, a);
		break;
	case COMPLETE:
		complete(w, a, statuses[b]);
		break;
	case EXECUTED:
		executed(w, a, (enum lone_back_outcome)b);
		break;
	case UNPLUG:
		usbif_back_unplug(&w->b, a);
		break;
	case PLUG:
		if (usbif_back_plug(&w->b, a, USBIF_WIRE_SPEED_HIGH) !=
		    USBIF_OK)
			lone_back_fail("a device is refused");
		break;
	case CLOSE:
		w->closed = 1;
		usbif_back_close(&w->b);
		break;
	case ANSWER:
		answer(w);
		break;
	case HEAR:
		memset(page, 0, sizeof(page));
		usbif_back_hear(&w->b, page, true);
		break;
	case RESTED:
		w->port[a - 1].resting = 0;
		usbif_back_rested(&w->b, a);
		break;
	}
	drain(w);
	settle_ports(w);
	drain(w);
	if (m >> 16 == UNLINK && w->ghost[a].where == QUEUED)
		lone_back_fail("B6: an unlinked request waits");
	check_back(w);
	return broken;
}

/* The HC and the shim come to an end of all that they have, some time. */
static bool is_internal(search_move m)
{
	(void)m;
	return false;
}

static const char *at_rest(const void *state, bool stuck)
{
	(void)state;
	return stuck && params->requests != 0 ? "nothing moves" : NULL;
}

static void print(FILE *out, const void *state, search_move m)
{
	(void)state;
	trace = out;
	lone_back_print(out, m);
}

const struct search_model lone_back_model = {
	.octets = sizeof(struct world),
	.init = init,
	.moves = moves,
	.perform = perform,
	.is_internal = is_internal,
	.at_rest = at_rest,
	.print = print,
};

void lone_back_choose(const void *which)
{
	params = which;
	trace = NULL;
}
