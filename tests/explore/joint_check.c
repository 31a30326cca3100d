/* SPDX-License-Identifier: MIT */
/*
 * The joined world: what must be true.  G1 to G5 and the numbered invariants
 * are those of docs/PROTOCOL.md, section "Endpoint queues".
 */
#include "joint.h"

#include <string.h>

bool is_unretired(const struct ghost *g)
{
	return g->state == GHOST_LIVE || g->state == GHOST_DONE;
}

bool queue_is_iso(uint8_t queue)
{
	return queue < 32 && joint_params->iso_queues & (1u << queue);
}

bool errors_are_late(void)
{
	return joint_params->hc_depth > 1 && joint_params->goes_on;
}

static bool stops(uint8_t end)
{
	return end == END_SHORT || end == END_FAILED || end == END_CANCELLED;
}

void note_stop(struct joint *w, uint8_t g, bool seen)
{
	uint8_t queue = w->ghost[g].queue;

	if (queue_is_iso(queue))
		return;
	if (w->stop_from[queue] > g)
		w->stop_from[queue] = g;
	if (!seen)
		return;
	w->ghost[g].end_seen = 1;
	if (w->stop_seen[queue] > g)
		w->stop_seen[queue] = g;
}

void note_end(struct joint *w, uint8_t g, enum ghost_end end)
{
	bool failed = stops(w->ghost[g].end);

	w->ghost[g].end = (uint8_t)end;
	w->ghost[g].ends_at = w->ghost[g].moved;
	if (stops((uint8_t)end)) {
		note_stop(w, g, false);
	} else if (failed) {
		/* It ended well before the request that was refused. */
		w->ghost[g].end_seen = 0;
		note_retired(w, w->ghost[g].queue);
	}
}

void note_refusal(struct joint *w, uint8_t g, uint16_t offset)
{
	w->ghost[g].refused = (uint16_t)(offset + 1);
	if (w->ghost[g].end == END_GOOD)
		return;
	if (w->ghost[g].end == END_NONE) {
		note_end(w, g, END_FAILED);
		w->ghost[g].ends_at = offset;
	}
	note_stop(w, g, true);
}

/*
 * The stop that G1 speaks of is over when nobody is left who caused it; that
 * of the software, when nobody is of whom it knows.
 */
void note_retired(struct joint *w, uint8_t queue)
{
	bool stopped = false, seen = false;
	uint8_t g;

	for (g = 0; g < w->latest[queue]; g++)
		if (w->ghost[g].queue == queue && is_unretired(&w->ghost[g]))
			break;
	if (g == w->latest[queue])
		w->latest[queue] = 0;
	for (g = 0; g < w->submitted; g++) {
		const struct ghost *ghost = &w->ghost[g];

		if (ghost->queue != queue || !is_unretired(ghost))
			continue;
		seen |= ghost->unlinked || ghost->failed || ghost->end_seen;
		stopped |= seen || stops(ghost->end);
	}
	if (!stopped)
		w->stop_from[queue] = NOBODY;
	if (!seen)
		w->stop_seen[queue] = NOBODY;
}

void check_handover(const struct joint *w, uint8_t g)
{
	uint8_t queue = w->ghost[g].queue;

	if (w->front_dead)
		return;
	if (w->ghost[g].state != GHOST_LIVE)
		joint_fail("an URB that was given back goes to the HC");
	if (g > w->stop_seen[queue])
		joint_fail("G1: handed over while a stop is not over");
}

void check_packet(struct joint *w, uint8_t g, uint32_t offset)
{
	const struct ghost *ghost = &w->ghost[g];
	uint8_t queue = ghost->queue, e;

	if (w->front_dead)
		return;
	if (ghost->state != GHOST_LIVE)
		joint_fail("G3: an URB moves after it was given back");
	if (ghost->end != END_NONE && offset >= ghost->ends_at)
		joint_fail("G2: an URB moves after its end");
	if (offset != ghost->moved)
		joint_fail("G2: an URB repeats or skips a packet");
	if (queue < USBIF_EPS && ghost->device != w->device)
		joint_fail("an URB of the old device reaches the new one");
	if (queue_is_iso(queue))
		return;
	if (w->latest[queue] > g + 1)
		joint_fail("G2: an earlier URB moves after a later one");
	w->latest[queue] = (uint8_t)(g + 1);
	for (e = 0; e < g; e++) {
		const struct ghost *earlier = &w->ghost[e];

		if (earlier->queue != queue || !is_unretired(earlier) ||
		    earlier->end == END_GOOD)
			continue;
		if (earlier->end == END_FAILED && errors_are_late())
			continue;
		joint_fail(stops(earlier->end) ?
			   "G1: a later URB moves before the routine returned" :
			   "G2: a later URB moves first");
	}
	if (g > w->stop_from[queue] && !errors_are_late())
		joint_fail("G1: an URB moves while a stop is not over");
}

/* Invariant 3. */
void check_sent(const struct joint *w, const struct usbif_fq_duty *duty,
		uint8_t g)
{
	const struct ghost *ghost = &w->ghost[g];
	uint8_t queue = ghost->queue, e;

	if (duty->flags & USBIF_WIRE_FLAG_RESTART && !joint_params->extended)
		joint_fail("an old back is sent a restart");
	if (queue_is_iso(queue))
		return;
	if (!joint_params->extended && w->fq.queue[queue].unanswered > 1)
		joint_fail("an old back is sent two requests of a queue");
	for (e = 0; e < w->submitted; e++) {
		const struct ghost *other = &w->ghost[e];
		const struct usbif_fq_urb *u = &w->fq.urb[other->entry];

		if (other->queue != queue || !is_unretired(other))
			continue;
		if (other->unlinked || other->failed)
			joint_fail("sent while a blocker has not returned");
		if (other->state == GHOST_LIVE && e < g &&
		    (u->state != USBIF_FQ_SENT || u->sent != u->length))
			joint_fail("sent behind an unsent one");
	}
}

/* Rule F4: one for each request, and only of URBs that were unlinked. */
void check_unlink(const struct joint *w, const struct up_msg *m)
{
	const struct up_msg *o;

	if (!w->ghost[m->ghost].unlinked)
		joint_fail("F4: nobody asked for that unlink");
	for (o = w->up; o < m; o++)
		if (o->unlink && o->target == m->target &&
		    o->ghost == m->ghost)
			joint_fail("F4: a request is unlinked twice");
}

/* G3, of an IN: exactly those octets, in their place. */
void check_octets(const struct joint *w, const struct down_msg *m,
		  const struct usbif_fq_received *got)
{
	const struct ghost *ghost = &w->ghost[m->ghost];

	if (joint_broken != NULL || m->actual == 0)
		return;
	if (ghost->state != GHOST_LIVE || ghost->entry != got->urb)
		joint_fail("G3: an URB gets the octets of another one");
	if (got->length != m->actual || got->offset != m->offset)
		joint_fail("G3: octets are put where they do not belong");
}

/* Rule B7: the pages of a request stay while the HC may write to them. */
void check_release(const struct joint *w, uint16_t slot)
{
	uint16_t queue = w->bq.req[slot].queue;
	uint8_t i;

	for (i = 0; queue != USBIF_NONE && i < w->hc[queue].n; i++)
		if (w->hc[queue].entry[i].slot == slot)
			joint_fail("B7: a page is released that is in the HC");
}

void check_port_is_quiet(const struct joint *w)
{
	uint8_t queue;

	for (queue = 0; queue < USBIF_EPS; queue++)
		if (w->hc[queue].n != 0)
			joint_fail("B7: a port is reported empty too early");
}

static bool is_removed(const struct joint *w, uint8_t queue)
{
	return w->front_dead || w->closed ||
	       (queue < USBIF_EPS && w->unplugs != joint_params->unplugs);
}

static bool status_is_true(const struct joint *w, const struct ghost *ghost,
			   int32_t status)
{
	bool removed = is_removed(w, ghost->queue);

	switch (status) {
	case USBIF_WIRE_ST_OK:
		return ghost->end == END_GOOD;
	case USBIF_WIRE_ST_SHORT:
		return ghost->end == END_SHORT;
	case USBIF_WIRE_ST_CANCELLED:
		return ghost->unlinked;
	case USBIF_WIRE_ST_STALL:
	case USBIF_WIRE_ST_IOERROR:
		return ghost->end == END_FAILED;
	case USBIF_WIRE_ST_SHUTDOWN:
	case USBIF_WIRE_ST_NODEV:
		return removed;
	default:
		return false;
	}
}

void check_giveback(const struct joint *w, uint8_t g, int32_t status,
		    uint32_t length)
{
	const struct ghost *ghost = &w->ghost[g];

	if (!status_is_true(w, ghost, status))
		joint_fail("G3: given back with a status that is not true");
	if (length > ghost->moved ||
	    (length != ghost->moved && !w->front_dead &&
	     !(joint_params->forgets && ghost->unlinked)))
		joint_fail("G2: an URB reports what the device did not see");
}

/* Invariant 1: every id in flight is in exactly one place. */
static bool ids_agree(const struct joint *w)
{
	uint32_t seen = 0, twice = 0, i;

	for (i = 0; i < w->up_n; i++) {
		twice |= seen & (1u << w->up[i].id);
		seen |= 1u << w->up[i].id;
	}
	for (i = 0; i < w->down_n; i++) {
		twice |= seen & (1u << w->down[i].id);
		seen |= 1u << w->down[i].id;
	}
	for (i = 0; i < w->staged_n; i++) {
		twice |= seen & (1u << w->staged[i].msg.id);
		seen |= 1u << w->staged[i].msg.id;
	}
	for (i = 0; i < USBIF_MAX_SLOTS; i++) {
		if (w->bq.req[i].state == USBIF_BQ_FREE ||
		    w->bq.req[i].state == USBIF_BQ_STAGED)
			continue;
		twice |= seen & (1u << w->bq.req[i].id);
		seen |= 1u << w->bq.req[i].id;
	}
	return twice == 0 && seen == w->fq.ids.busy[0];
}

void check_state(const struct joint *w)
{
	uint16_t q;

	if (!usbif_fq_valid(&w->fq))
		joint_fail("fq is not valid");
	if (!usbif_bq_valid(&w->bq))
		joint_fail("bq is not valid");
	if (!w->front_dead && !ids_agree(w))
		joint_fail("the ids in flight are not those on the ring");
	for (q = 0; q < USBIF_MAX_QUEUES; q++) {
		if (w->bq.queue[q].in_hc != w->hc[q].n)
			joint_fail("bq does not know what is in the HC");
		if (w->hc[q].n > joint_params->hc_depth && !queue_is_iso((uint8_t)q))
			joint_fail("too many requests in the HC");
	}
}

/* Invariant 5, seen from one queue: somebody else has to move. */
static void check_queue_at_rest(const struct joint *w, uint8_t queue)
{
	bool live = false, blocked = false;
	uint8_t g;

	if (w->bq.queue[queue].held)
		joint_fail("a held queue does not leave the HC");
	for (g = 0; g < w->submitted; g++) {
		const struct ghost *ghost = &w->ghost[g];

		if (ghost->queue != queue || !is_unretired(ghost))
			continue;
		if (ghost->state == GHOST_LIVE && ghost->unlinked)
			joint_fail("G4: an unlinked URB does not come back");
		blocked |= ghost->unlinked || ghost->failed;
		live |= ghost->state == GHOST_LIVE;
	}
	if (!live || (blocked && !queue_is_iso(queue)) || back_is_silent(w))
		return;
	if (is_removed(w, queue) && (queue >= USBIF_EPS || w->closed ||
				     w->front_dead || w->plug != PLUG_IN))
		joint_fail("G4: the device is gone, its URB is not back");
	if (hc_runner(w, queue) < 0 && (!joint_params->crowded ||
					usbif_queue_is_control(queue)))
		joint_fail("G4: a queue is stuck");
}

/* What the front believes of the device, once all news has arrived. */
static void check_news(const struct joint *w)
{
	bool there = w->plug == PLUG_IN;

	if (!w->front_dead && w->plug != PLUG_OUT && !w->silent &&
	    there == (w->fq.gone[0] & 1))
		joint_fail("F6: the front is wrong about the device");
}

static void check_end(const struct joint *w)
{
	uint8_t g;

	for (g = 0; g < w->submitted; g++)
		if (w->ghost[g].state != GHOST_RETIRED)
			joint_fail("deadlock");
	if (!w->front_dead && w->fq.ids.in_flight != 0)
		joint_fail("invariant 4: something was never answered");
	if (!usbif_fq_is_idle(&w->fq) || !usbif_bq_is_idle(&w->bq))
		joint_fail("invariant 4: something is left at the end");
}

const char *joint_at_rest(const void *state, bool stuck)
{
	const struct joint *w = state;
	uint8_t i;

	joint_broken = NULL;
	for (i = 0; i < joint_params->nr_queues; i++)
		check_queue_at_rest(w, joint_params->queues[i]);
	if (!w->closed)
		check_news(w);
	if (!w->front_dead && usbif_fq_has_unlinks(&w->fq))
		joint_fail("invariant 4: an unlink is not answered");
	if (stuck)
		check_end(w);
	return joint_broken;
}
