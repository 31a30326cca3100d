/* SPDX-License-Identifier: MIT */
/* The joined world: the back, as a shim drives bq. */
#include "joint.h"

#include <string.h>

static bool is_stop_status(int32_t status)
{
	return status != USBIF_WIRE_ST_OK &&
	       status != USBIF_WIRE_ST_NOT_EXECUTED &&
	       status != USBIF_WIRE_ST_SHUTDOWN;
}

static void put_answer(struct joint *w)
{
	struct usbif_bq_answer a;
	struct down_msg *m;

	if (!usbif_bq_next_answer(&w->bq, &a))
		return;
	joint_say("back answers request %u: status %d, %u octets", a.id,
		  (int)a.status, (unsigned int)a.actual);
	if (w->down_n == MAX_MSGS) {
		joint_fail("no room for an answer");
		return;
	}
	m = &w->down[w->down_n++];
	memset(m, 0, sizeof(*m));
	m->id = (uint8_t)a.id;
	if (a.actual != 0) {
		m->ghost = w->taken[a.slot].ghost;
		m->offset = w->taken[a.slot].offset;
	}
	m->actual = (uint16_t)a.actual;
	if (joint_params->forgets && a.status != USBIF_WIRE_ST_OK &&
	    w->bq.req[a.slot].cancel == USBIF_BQ_BY_UNLINK)
		m->actual = 0;
	m->status = (int16_t)a.status;
	check_release(w, a.slot);
	memset(&w->taken[a.slot], 0, sizeof(w->taken[0]));
	usbif_bq_answered(&w->bq, a.slot);
}

/* The front is told of an empty port once all of it is answered. */
static void settle_port(struct joint *w)
{
	if (w->plug != PLUG_LEAVING || !usbif_bq_port_is_idle(&w->bq, 1))
		return;
	check_port_is_quiet(w);
	w->plug = PLUG_TOLD;
	w->events[w->events_n++] = 0;
	joint_say("back reports the port empty");
}

static void hand_over(struct joint *w, uint8_t slot)
{
	if (!w->refuse) {
		hc_submit(w, slot);
		return;
	}
	w->refuse = 0;
	joint_say("HC refuses request %u", w->bq.req[slot].id);
	note_refusal(w, w->taken[slot].ghost, w->taken[slot].offset);
	if (usbif_bq_done(&w->bq, slot, USBIF_WIRE_ST_IOERROR, 0) != USBIF_OK)
		joint_fail("a request that was handed over is not in the HC");
}

bool back_is_silent(const struct joint *w)
{
	return w->silent && !w->front_dead;
}

static void pump(struct joint *w)
{
	struct usbif_bq_duty duty;

	while (joint_broken == NULL && usbif_bq_next(&w->bq, &duty)) {
		if (duty.kind == USBIF_BQ_SUBMIT)
			hand_over(w, (uint8_t)duty.slot);
		else
			hc_cancel(w, (uint8_t)duty.slot);
	}
	while (joint_broken == NULL && !joint_params->slow_answers &&
	       !back_is_silent(w) && w->bq.answer_head != USBIF_NONE)
		put_answer(w);
	settle_port(w);
}

void back_take(struct joint *w)
{
	struct up_msg m = w->up[0];
	int slot = usbif_bq_stage(&w->bq);

	w->up_n--;
	memmove(&w->up[0], &w->up[1], w->up_n * sizeof(m));
	memset(&w->up[w->up_n], 0, sizeof(m));
	if (slot < 0) {
		joint_fail("the back has no slot left");
		return;
	}
	w->staged[w->staged_n].msg = m;
	w->staged[w->staged_n].slot = (uint16_t)slot;
	w->staged_n++;
	w->taken[slot].ghost = m.ghost;
	w->taken[slot].offset = m.offset;
	if (!joint_params->slow_admits)
		back_admit(w, false);
}

/* Does the address of a request still name somebody? */
static bool is_known(const struct joint *w, const struct up_msg *m)
{
	if (m->queue >= USBIF_EPS)
		return true;
	return w->plug != PLUG_TOLD && m->device == w->device;
}

/* Requests of earlier URBs of the queue that are to be cancelled. */
static unsigned int cancels_before(const struct joint *w,
				   const struct up_msg *m)
{
	const struct hc_queue *hc = &w->hc[m->queue];
	unsigned int n = 0, i;

	for (i = 0; i < hc->n; i++) {
		uint8_t slot = hc->entry[i].slot;

		n += w->taken[slot].ghost < m->ghost &&
		     w->bq.req[slot].cancel != USBIF_BQ_KEEP;
	}
	return n;
}

static void admit_unlink(struct joint *w, const struct up_msg *m,
			 struct usbif_bq_admit *a)
{
	uint16_t queue = is_known(w, m) ? m->queue : USBIF_NONE;
	unsigned int before = cancels_before(w, m);
	bool found = usbif_bq_unlink(&w->bq, queue, m->target);

	a->queue = USBIF_NONE;
	a->refuse = found || !joint_params->extended ?
			    USBIF_WIRE_ST_OK : USBIF_WIRE_ST_NOT_FOUND;
	if (cancels_before(w, m) != before)
		joint_fail("B6: an unlink cancels what is before its target");
}

static void admit_transfer(struct joint *w, const struct up_msg *m,
			   bool refuse, struct usbif_bq_admit *a)
{
	a->queue = is_known(w, m) ? m->queue : USBIF_NONE;
	a->flags = m->flags;
	a->in = m->queue % USBIF_EPS != 1;
	a->iso = queue_is_iso(m->queue);
	a->length = m->length;
	if (a->queue == USBIF_NONE)
		a->refuse = USBIF_WIRE_ST_NODEV;
	else if (refuse)
		a->refuse = USBIF_WIRE_ST_IOERROR;
}

void back_admit(struct joint *w, bool refuse)
{
	struct staged s = w->staged[0];
	const struct usbif_bq_req *r = &w->bq.req[s.slot];
	struct usbif_bq_admit a;

	w->staged_n--;
	memmove(&w->staged[0], &w->staged[1], w->staged_n * sizeof(s));
	memset(&w->staged[w->staged_n], 0, sizeof(s));
	memset(&a, 0, sizeof(a));
	a.id = s.msg.id;
	w->errors = (uint8_t)(w->errors - refuse);
	if (s.msg.unlink)
		admit_unlink(w, &s.msg, &a);
	else
		admit_transfer(w, &s.msg, refuse, &a);
	if (usbif_bq_admit(&w->bq, s.slot, &a) != USBIF_OK)
		joint_fail("the back accuses a correct front");
	if (!s.msg.unlink && r->state == USBIF_BQ_ANSWERED &&
	    is_stop_status(r->status)) {
		joint_say("back refuses request %u (u%u)", s.msg.id,
			  s.msg.ghost);
		note_refusal(w, s.msg.ghost, s.msg.offset);
	}
	pump(w);
}

void back_answer(struct joint *w)
{
	put_answer(w);
	pump(w);
}

/* What the host's USB stack shows of an end. */
static int32_t shown(const struct hc_entry *e, bool hide)
{
	if (e->cancel && hide)
		return USBIF_WIRE_ST_CANCELLED;
	switch ((enum hc_end)e->end) {
	case HC_GOOD:
		return USBIF_WIRE_ST_OK;
	case HC_ERROR:
		return USBIF_WIRE_ST_STALL;
	case HC_CANCELLED:
		return USBIF_WIRE_ST_CANCELLED;
	case HC_ACTIVE:
	case HC_DEAD:
		break;
	}
	return USBIF_WIRE_ST_IOERROR;
}

/*
 * A request ended; what does that mean for its URB?  An error that a cancel
 * hid is no error: the request comes back as not executed and is tried again,
 * a limit of pipelined mode and of holds that PROTOCOL.md states.  So is that
 * a hold turns an end that nobody can see into an error.  The barrier of a
 * fragment is not the driver's SHORT_NOT_OK.
 */
static void judge(struct joint *w, uint8_t g, bool hidden, int32_t status)
{
	struct ghost *ghost = &w->ghost[g];

	if (status == USBIF_WIRE_ST_NOT_EXECUTED &&
	    ghost->end == END_FAILED && ghost->ends_at == ghost->moved &&
	    hidden) {
		ghost->end = ghost->refused ? END_FAILED : END_NONE;
		ghost->ends_at = (uint16_t)(ghost->refused ?
						    ghost->refused - 1 : 0);
		note_retired(w, ghost->queue);
	} else if (status == USBIF_WIRE_ST_SHORT && ghost->end == END_GOOD) {
		return;
	} else if (is_stop_status(status)) {
		if (ghost->end == END_NONE ||
		    (ghost->end == END_GOOD && joint_params->holds != 0 &&
		     status == USBIF_WIRE_ST_IOERROR))
			note_end(w, g, END_FAILED);
		note_stop(w, g, true);
	}
}

void back_report(struct joint *w, uint8_t queue, bool hide)
{
	uint8_t i = (uint8_t)hc_ended(w, queue);
	struct hc_entry e = w->hc[queue].entry[i];
	uint8_t g = w->taken[e.slot].ghost;
	int32_t status = shown(&e, hide);

	joint_say("HC reports request of u%u: status %d, %u octets", g,
		  (int)status, e.moved);
	hc_remove(w, queue, i);
	if (usbif_bq_done(&w->bq, e.slot, status, e.moved) != USBIF_OK)
		joint_fail("the back does not know what it handed over");
	judge(w, g, e.cancel && hide, w->bq.req[e.slot].status);
	pump(w);
	hc_resume(w, queue);
}

bool back_is_waiting(const struct joint *w)
{
	unsigned int i;

	for (i = 0; i < joint_params->nr_queues; i++)
		if (w->bq.queue[joint_params->queues[i]].unheard)
			return true;
	return false;
}

void back_hear(struct joint *w)
{
	usbif_bq_heard(&w->bq);
	pump(w);
}

void back_unplug(struct joint *w)
{
	w->plug = PLUG_LEAVING;
	usbif_bq_gone(&w->bq, 1);
	pump(w);
}

static void set_endpoints(struct joint *w, uint8_t port)
{
	uint16_t first = usbif_queue_index(port, 0, false), i;

	usbif_bq_set_endpoint(&w->bq, first, USBIF_XFER_CTRL, PACKET, 0);
	for (i = 1; i < USBIF_EPS; i++)
		usbif_bq_set_endpoint(&w->bq, (uint16_t)(first + i),
				      queue_is_iso((uint8_t)(first + i)) ?
					      USBIF_XFER_ISO : USBIF_XFER_BULK,
				      PACKET, 0);
}

void back_begin(struct joint *w)
{
	uint8_t port;

	for (port = 1; port <= USBIF_MAX_PORTS; port++)
		set_endpoints(w, port);
}

void back_replug(struct joint *w)
{
	usbif_bq_fresh(&w->bq, 1);
	set_endpoints(w, 1);
	w->device++;
	w->absent = 0;
	w->plug = PLUG_IN;
	w->events[w->events_n++] = 1;
	pump(w);
}

void back_close(struct joint *w)
{
	uint8_t port;

	w->closed = 1;
	if (w->plug < PLUG_LEAVING)
		w->plug = PLUG_LEAVING;
	for (port = 1; port <= USBIF_MAX_PORTS; port++)
		usbif_bq_gone(&w->bq, port);
	pump(w);
}

void back_hold(struct joint *w, uint8_t queue, bool hold)
{
	if (hold) {
		w->holds--;
		usbif_bq_hold(&w->bq, queue);
	} else {
		usbif_bq_release(&w->bq, queue);
	}
	pump(w);
}
