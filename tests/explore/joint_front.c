/* SPDX-License-Identifier: MIT */
/* The joined world: a guest's driver and the front. */
#include "joint.h"

#include <string.h>

static uint8_t ghost_of(const struct joint *w, uint16_t entry)
{
	uint8_t g;

	for (g = 0; g < w->submitted; g++)
		if (w->ghost[g].state == GHOST_LIVE &&
		    w->ghost[g].entry == entry)
			return g;
	joint_fail("a duty names an URB that is not the front's");
	return NOBODY;
}

static bool is_stop_status(int32_t status)
{
	return status != USBIF_WIRE_ST_OK;
}

static void give_back(struct joint *w, const struct usbif_fq_duty *duty)
{
	uint8_t g = ghost_of(w, duty->urb);
	struct ghost *ghost;

	if (g == NOBODY)
		return;
	ghost = &w->ghost[g];
	joint_say("front gives back u%u: status %d, %u octets", g,
		  (int)duty->status, (unsigned int)duty->length);
	check_giveback(w, g, duty->status, duty->length);
	ghost->state = GHOST_DONE;
	ghost->failed = is_stop_status(duty->status);
	if (ghost->failed)
		note_stop(w, g, true);
}

static void put(struct joint *w, const struct usbif_fq_duty *duty)
{
	uint8_t g = ghost_of(w, duty->urb);
	struct up_msg *m;

	if (g == NOBODY)
		return;
	if (w->front_dead)
		joint_fail("a dead front sends");
	if (w->up_n == MAX_MSGS) {
		joint_fail("no room on the ring");
		return;
	}
	m = &w->up[w->up_n++];
	memset(m, 0, sizeof(*m));
	m->unlink = duty->kind == USBIF_FQ_UNLINK;
	m->id = (uint8_t)duty->id;
	m->ghost = g;
	m->queue = w->ghost[g].queue;
	m->device = joint_params->same_addr && m->queue < USBIF_EPS ?
			    w->front_device : w->ghost[g].device;
	if (m->unlink) {
		m->target = (uint8_t)duty->target;
		w->waited[m->id] = 1;
		w->waited[m->target] = 1;
		check_unlink(w, m);
		joint_say("front sends unlink %u of request %u (u%u)", m->id,
			  m->target, g);
		return;
	}
	m->flags = (uint8_t)duty->flags;
	m->offset = (uint16_t)duty->offset;
	m->length = (uint16_t)duty->length;
	joint_say("front sends request %u: u%u from %u, %u octets%s%s", m->id,
		  g, m->offset, m->length,
		  m->flags & USBIF_WIRE_FLAG_RESTART ? ", restart" : "",
		  m->flags & USBIF_WIRE_FLAG_SHORT_NOT_OK ? ", barrier" : "");
	check_sent(w, duty, g);
}

static void pump(struct joint *w)
{
	struct usbif_fq_duty duty;

	while (joint_broken == NULL && usbif_fq_next(&w->fq, &duty)) {
		if (duty.kind == USBIF_FQ_GIVEBACK)
			give_back(w, &duty);
		else
			put(w, &duty);
	}
}

void front_submit(struct joint *w, uint8_t queue, uint32_t packets, bool snok)
{
	uint8_t g = w->submitted++;
	struct ghost *ghost = &w->ghost[g];
	struct usbif_fq_submit s;
	int entry;

	memset(&s, 0, sizeof(s));
	s.queue = queue;
	s.max_packet = PACKET;
	s.length = packets * PACKET;
	s.iso = queue_is_iso(queue);
	s.bulk = !s.iso && !usbif_queue_is_control(queue);
	s.in = queue % USBIF_EPS != 1;
	s.short_not_ok = snok;
	s.zero_packet = joint_params->zero_packets;
	entry = usbif_fq_submit(&w->fq, &s);
	if (entry < 0) {
		joint_fail("the front refuses an URB");
		return;
	}
	ghost->state = GHOST_LIVE;
	ghost->entry = (uint8_t)entry;
	ghost->queue = queue;
	ghost->device = queue < USBIF_EPS ? w->front_device : 0;
	ghost->short_not_ok = snok;
	ghost->length = (uint16_t)s.length;
	ghost->empty = s.zero_packet && !s.in && s.length != 0;
	pump(w);
}

void front_unlink(struct joint *w, uint8_t g)
{
	struct ghost *ghost = &w->ghost[g];

	ghost->unlinked = 1;
	w->unlinks--;
	if (usbif_fq_unlink(&w->fq, ghost->entry) != USBIF_OK)
		joint_fail("the front refuses an unlink");
	pump(w);
}

void front_retire(struct joint *w, uint8_t g)
{
	struct ghost *ghost = &w->ghost[g];
	uint8_t queue = ghost->queue, entry = ghost->entry;

	memset(ghost, 0, sizeof(*ghost));
	ghost->state = GHOST_RETIRED;
	ghost->queue = queue;
	note_retired(w, queue);
	if (usbif_fq_retired(&w->fq, entry) != USBIF_OK)
		joint_fail("the front does not know the URB it gave back");
	pump(w);
}

void front_take(struct joint *w)
{
	struct down_msg m = w->down[0];
	struct usbif_fq_received got;

	w->down_n--;
	memmove(&w->down[0], &w->down[1], w->down_n * sizeof(m));
	memset(&w->down[w->down_n], 0, sizeof(m));
	w->waited[m.id] = 0;
	if (w->front_dead)
		return;
	if (usbif_fq_answer(&w->fq, m.id, m.status, m.actual, &got) !=
	    USBIF_OK)
		joint_fail("the front accuses a correct back");
	check_octets(w, &m, &got);
	pump(w);
}

void front_take_event(struct joint *w)
{
	uint8_t plugged = w->events[0];

	w->events_n--;
	memmove(&w->events[0], &w->events[1], w->events_n);
	w->events[w->events_n] = 0;
	if (w->front_dead)
		return;
	usbif_fq_gone(&w->fq, 1);
	if (plugged) {
		usbif_fq_fresh(&w->fq, 1);
		w->front_device++;
	}
	pump(w);
}

void front_die(struct joint *w)
{
	usbif_fq_shutdown(&w->fq);
	w->front_dead = 1;
	pump(w);
}

/* So many seconds pass at a time. */
#define SECONDS	4u

/*
 * Time passes.  Rule F6: the front puts up with an unlink, or its target, that
 * is unanswered for 10 seconds, and not for 11.
 */
void front_wait(struct joint *w)
{
	bool late = false, accused = false;
	unsigned int second, id;

	for (second = 0; second < SECONDS && !late; second++) {
		for (id = 0; id < USBIF_MAX_SLOTS; id++) {
			if (w->waited[id] != 0)
				w->waited[id]++;
			late |= w->waited[id] > USBIF_FQ_UNLINK_BOUND_S + 1;
		}
		accused = usbif_fq_tick(&w->fq) != USBIF_OK;
		if (accused != late)
			joint_fail(late ? "F6: the front waits for ever" :
					  "F6: accused too early");
	}
	if (late)
		front_die(w);
}
