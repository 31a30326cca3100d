/* SPDX-License-Identifier: MIT */
/* What must be true of a back's queues alone, see lone_bq.c. */
#include "lone_bq.h"
#include "usbif/msg.h"

bool is_iso(const struct world *w, uint8_t queue)
{
	return w->bq.queue[queue].type == USBIF_XFER_ISO;
}

/* Does an old front have to hear of the answer? */
bool is_news(const struct world *w, uint8_t slot)
{
	return !lone_bq_params->extended && !w->ghost[slot].iso &&
	       w->ghost[slot].queue != NOBODY &&
	       w->bq.req[slot].status != USBIF_WIRE_ST_OK &&
	       w->bq.req[slot].status != USBIF_WIRE_ST_SHUTDOWN;
}

void check_submit(const struct world *w, uint8_t slot)
{
	const struct ghost *g = &w->ghost[slot];
	const struct usbif_bq_queue *q = &w->bq.queue[g->queue];
	unsigned int i, in_hc = 0;

	if (g->where != QUEUED)
		lone_bq_fail("handed over what is not waiting");
	if (q->held || q->stopped || (w->gone && g->queue < USBIF_EPS))
		lone_bq_fail("handed over while the queue stands still");
	for (i = 0; i < lone_bq_params->nr_queues; i++)
		if (w->deaf & 1u << i && lone_bq_params->queues[i] == g->queue)
			lone_bq_fail("handed over before its front has heard of a failure");
	for (i = 0; i < lone_bq_params->requests; i++) {
		const struct ghost *o = &w->ghost[i];

		if (o->queue != g->queue || i == slot)
			continue;
		if (o->where == ANSWERED && is_news(w, (uint8_t)i))
			lone_bq_fail("handed over before a failure is answered");
		if (o->where == QUEUED && o->order < g->order)
			lone_bq_fail("B1: handed over before an earlier one");
		if (o->where != IN_HC)
			continue;
		in_hc++;
		if (!is_iso(w, g->queue) &&
		    (o->packets == 0 || g->packets == 0 ||
		     w->bq.req[i].flags & USBIF_BQ_SHORT_NOT_OK ||
		     usbif_queue_is_control(g->queue)))
			lone_bq_fail("handed over behind one that must be alone");
	}
	if (!is_iso(w, g->queue) && in_hc >= lone_bq_params->hc_depth)
		lone_bq_fail("handed over more than the HC may have");
}

void check_cancel(const struct world *w, uint8_t slot)
{
	const struct ghost *g = &w->ghost[slot];
	unsigned int i;

	if (g->where != IN_HC || g->cancelled)
		lone_bq_fail("cancelled twice, or what is not in the HC");
	if (!lone_bq_params->extended || is_iso(w, g->queue))
		return;
	for (i = 0; i < lone_bq_params->requests; i++)
		if (w->ghost[i].where == IN_HC &&
		    w->ghost[i].queue == g->queue &&
		    w->ghost[i].order > g->order)
			lone_bq_fail("B2: cancelled before one behind it");
}

void check_ghosts(const struct world *w)
{
	static const uint8_t where[] = {
		[USBIF_BQ_FREE] = NOWHERE, [USBIF_BQ_STAGED] = STAGED,
		[USBIF_BQ_PARKED] = QUEUED, [USBIF_BQ_IN_HC] = IN_HC,
		[USBIF_BQ_ANSWERED] = ANSWERED,
	};
	unsigned int i;

	for (i = 0; i < lone_bq_params->requests; i++)
		if (where[w->bq.req[i].state] != w->ghost[i].where)
			lone_bq_fail("a request is not where it should be");
}

/* Of those admitted and not in the HC, some may be answered now. */
void check_admitted(struct world *w, uint8_t slot, bool stopped,
			   bool restart, int32_t refuse, bool alone)
{
	const struct usbif_bq_req *r = &w->bq.req[slot];
	bool answered = r->state == USBIF_BQ_ANSWERED;

	if (r->queue == USBIF_NONE || (w->gone && r->queue < USBIF_EPS))
		return;
	if (stopped && lone_bq_params->extended && !restart &&
	    (!answered || r->status != USBIF_WIRE_ST_NOT_EXECUTED))
		lone_bq_fail("B4: not bounced off a stopped queue");
	if (stopped && lone_bq_params->extended && restart && !alone &&
	    w->bq.fault != USBIF_FAULT_RESTART_BUSY)
		lone_bq_fail("B5: a restart that finds something in flight");
	if ((!stopped || !lone_bq_params->extended) && refuse != USBIF_WIRE_ST_OK &&
	    (!answered || r->status != refuse))
		lone_bq_fail("B8: refused, but not so answered");
	if ((!stopped || !lone_bq_params->extended) && refuse == USBIF_WIRE_ST_OK &&
	    answered && !w->faulty)
		lone_bq_fail("a good request is answered at once");
}

void check_answer(const struct world *w, const struct usbif_bq_answer *a)
{
	const struct usbif_bq_req *r = &w->bq.req[a->slot];

	if (a->actual > r->length)
		lone_bq_fail("answered with more octets than asked for");
	if (!usbif_msg_status_known(a->status, lone_bq_params->extended))
		lone_bq_fail("answered with a status that was not negotiated");
	if (a->status == USBIF_WIRE_ST_NOT_EXECUTED && a->actual != 0 &&
	    (a->actual >= r->length || a->actual % PACKET != 0 ||
	     usbif_queue_is_control(r->queue)))
		lone_bq_fail("B3: not executed, with a length that cannot be");
	if (a->status == USBIF_WIRE_ST_NOT_EXECUTED && w->ghost[a->slot].iso)
		lone_bq_fail("B4: an isochronous queue stops");
}
