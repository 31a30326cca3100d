/* SPDX-License-Identifier: MIT */
/* A whole back, explored: what must be true. */
#include "lone_back.h"

#define params	lone_back_params

/* Which queues must be quiet while a duty is executed. */
uint8_t touched_by(enum usbif_back_duty_kind kind)
{
	return kind == USBIF_BACK_SET_INTERFACE ||
		       kind == USBIF_BACK_CLEAR_HALT ? ONLY_OUT : ALL_DATA;
}

static bool is_in_hc(const struct world *w, uint8_t port, uint8_t queue)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (w->ghost[i].where == IN_HC && w->ghost[i].port == port &&
		    w->ghost[i].queue == queue)
			return true;
	return false;
}

void check_back_submit(const struct world *w, const struct ghost *g)
{
	const struct ghost_port *p = &w->port[g->port - 1];

	if (g->where != QUEUED)
		lone_back_fail("handed over what is not waiting");
	if (g->kind != ASK_PLAIN && g->queue == CTRL)
		lone_back_fail("the device gets what the host must do");
	if (w->closed || w->b.port[g->port - 1].leaving)
		lone_back_fail("B7: handed over after the end");
	if (p->executing && (g->queue == CTRL ||
			     p->touched & (1u << g->queue)))
		lone_back_fail("handed over while the host changes the device");
	if (p->owed && g->waits)
		lone_back_fail("a request overtakes the reset of its port");
	if (params->stale && !p->fresh)
		lone_back_fail("a guest finds what the one before it left");
	if (g->queue == CTRL && is_in_hc(w, g->port, CTRL))
		lone_back_fail("two control requests of a device in the HC");
}

static bool suits(enum usbif_back_duty_kind duty, uint8_t kind)
{
	switch (duty) {
	case USBIF_BACK_SET_CONFIGURATION:
		return kind == ASK_CONFIGURATION;
	case USBIF_BACK_SET_INTERFACE:
		return kind == ASK_INTERFACE;
	case USBIF_BACK_CLEAR_HALT:
		return kind == ASK_CLEAR_HALT;
	case USBIF_BACK_RESET:
		return true;
	case USBIF_BACK_SUBMIT:
	case USBIF_BACK_CANCEL:
		break;
	}
	return false;
}

void check_back_execute(const struct world *w, const struct usbif_back_duty *d)
{
	const struct ghost *g = &w->ghost[d->slot];
	const struct ghost_port *p = &w->port[d->port - 1];
	uint8_t touched = touched_by(d->kind);
	unsigned int i;

	if (g->where != QUEUED || g->queue != CTRL || g->port != d->port ||
	    !suits(d->kind, g->kind))
		lone_back_fail("a duty that nobody asked for");
	if (p->executing || is_in_hc(w, d->port, CTRL))
		lone_back_fail("a duty beside another control request");
	if (d->kind == USBIF_BACK_RESET && p->resting)
		lone_back_fail("a reset too soon after another one");
	if (d->kind == USBIF_BACK_RESET ? !p->owed : p->owed && g->waits)
		lone_back_fail("a reset that nobody owes, or that comes late");
	for (i = 0; i < SLOTS; i++) {
		const struct ghost *o = &w->ghost[i];

		if (o->where == NOWHERE || o->port != d->port ||
		    !(touched & (1u << o->queue)))
			continue;
		if (o->where == IN_HC)
			lone_back_fail("a duty while its queues are in the HC");
		if (params->extended && o->where == QUEUED &&
		    o->order < g->order &&
		    w->b.bq.req[i].state == USBIF_BQ_PARKED)
			lone_back_fail("a duty overtakes a request that waits");
	}
}

void check_back_cancel(const struct ghost *g)
{
	if (g->where != IN_HC || g->cancelled)
		lone_back_fail("cancelled twice, or what is not in the HC");
}

/* An address is given to one device only; that of a device that left is free. */
static void note_address(struct world *w, const struct ghost *g, int32_t status)
{
	bool is_free = w->owner == 0 || w->owner == g->port;

	if (status != USBIF_WIRE_ST_OK && status != USBIF_WIRE_ST_STALL)
		return;
	if ((status == USBIF_WIRE_ST_OK) != is_free)
		lone_back_fail("an address is given twice, or not at all");
	if (status == USBIF_WIRE_ST_OK)
		w->owner = g->port;
}

void check_back_answer(struct world *w, const struct ghost *g,
		       const struct usbif_bq_answer *a)
{
	if (g->where != DONE)
		lone_back_fail("answered what is not at its end");
	if (g->well && a->status != USBIF_WIRE_ST_OK)
		lone_back_fail("executed, and answered as if not");
	if (g->unlink && params->extended &&
	    (a->status == USBIF_WIRE_ST_OK) != (g->unlink == 2))
		lone_back_fail("B6: an unlink misses, or finds what is not there");
	if (a->status == USBIF_WIRE_ST_INVAL && params->extended &&
	    !w->b.bq.queue[w->b.bq.req[a->slot].queue].stopped)
		lone_back_fail("B8: refused, and the queue goes on");
	if (!usbif_msg_status_known(a->status, params->extended))
		lone_back_fail("answered with a status that was not negotiated");
	if (g->kind == ASK_ADDRESS && !g->unlink)
		note_address(w, g, a->status);
}

/* The front learns that a device came or left. */
void check_back_told(struct world *w, uint8_t port, uint8_t speed)
{
	struct ghost_port *p = &w->port[port - 1];
	unsigned int i;

	if (p->told == (speed != USBIF_WIRE_SPEED_NONE))
		lone_back_fail("the front is told what it knows");
	p->told = speed != USBIF_WIRE_SPEED_NONE;
	if (p->told)
		return;
	for (i = 0; i < SLOTS; i++)
		if (w->ghost[i].where != NOWHERE && w->ghost[i].port == port &&
		    w->b.bq.req[i].queue != USBIF_NONE)
			lone_back_fail("B7: reported as left too early");
}

/* Whatever waits, waits for somebody. */
void check_back(const struct world *w)
{
	bool busy[PORTS] = { false };
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (w->ghost[i].where == IN_HC ||
		    w->ghost[i].where == EXECUTING)
			busy[w->ghost[i].port - 1] = true;
	for (i = 0; i < params->ports; i++)
		if (w->port[i].resting && w->port[i].owed)
			busy[i] = true;
	for (i = 0; i < SLOTS; i++) {
		if (w->ghost[i].where == QUEUED &&
		    !busy[w->ghost[i].port - 1] &&
		    !usbif_back_is_waiting(&w->b))
			lone_back_fail("a request waits for nobody");
		if (!params->slow_answers &&
		    (w->ghost[i].where == DONE || w->ghost[i].unlink))
			lone_back_fail("an answer is lost");
	}
	for (i = 0; i < params->ports; i++)
		if (w->b.port[i].addr != (w->owner == i + 1 ? ADDR : 0))
			lone_back_fail("the back is wrong about an address");
	if (!usbif_back_valid(&w->b))
		lone_back_fail("back is not valid");
}
