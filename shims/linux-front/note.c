// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What people can see of a connection while it goes on: counters for each
 * queue, and tracepoints.  All functions but usbfront_note_state() need
 * uf->lock.
 */
#include "usbfront.h"

#define CREATE_TRACE_POINTS
#include "usbif_trace.h"

/* An answer to an unlink is of no queue. */
static struct usbif_trace trace_of(const struct usbfront *uf, u16 queue)
{
	bool known = queue != USBIF_NONE;
	const struct usbif_trace t = {
		.domid = uf->xbdev->otherend_id,
		.controller = uf->nr,
		.port = known ? usbif_queue_port(queue) : 0,
		.ep = known ? usbif_queue_ep(queue) : 0,
		.in = known && usbif_queue_is_in(queue),
	};

	return t;
}

/* Has the queue been found stopped, or been restarted, since the last look? */
static void look(struct usbfront *uf, u16 queue)
{
	bool stopped = uf->front->fq.queue[queue].needs_restart;
	struct queue_counts *n = &uf->counts[queue];
	struct usbif_trace t;

	if (likely(stopped == n->stopped))
		return;
	n->stopped = stopped;
	t = trace_of(uf, queue);
	if (stopped) {
		n->stops++;
		trace_usbif_stop(&t);
	} else {
		n->restarts++;
		trace_usbif_restart(&t);
	}
}

static void trace_request(struct usbfront *uf, u16 queue,
			  const struct usbif_fq_duty *duty)
{
	const struct usbif_front_urb *u = &uf->front->urb[duty->urb];
	struct usbif_trace t = trace_of(uf, queue);

	t.in = u->in;
	t.id = duty->id;
	if (duty->kind == USBIF_FQ_UNLINK) {
		t.target = duty->target;
		trace_usbif_unlink(&t);
		return;
	}
	t.type = u->type;
	t.length = duty->length;
	t.flags = duty->flags;
	t.setup = u->setup;
	trace_usbif_request(&t);
}

static void trace_answer(struct usbfront *uf, u16 queue,
			 const struct usbif_front_received *got)
{
	struct usbif_trace t = trace_of(uf, queue);

	t.in = got->part.in;
	t.id = got->id;
	t.status = got->status;
	t.length = got->part.length;
	trace_usbif_answer(&t);
}

/* A request goes on the ring. */
void usbfront_note_request(struct usbfront *uf,
			   const struct usbif_fq_duty *duty)
{
	u16 queue = uf->front->fq.urb[duty->urb].queue;
	struct queue_counts *n = &uf->counts[queue];

	look(uf, queue);
	if (duty->kind == USBIF_FQ_UNLINK) {
		n->unlinks++;
	} else {
		n->requests++;
		n->type = uf->front->urb[duty->urb].type;
	}
	if (trace_usbif_request_enabled() || trace_usbif_unlink_enabled())
		trace_request(uf, queue, duty);
}

/* An answer was taken, and understood. */
void usbfront_note_answer(struct usbfront *uf,
			  const struct usbif_front_received *got)
{
	u16 queue = USBIF_NONE;

	if (got->part.urb != USBIF_NONE)
		queue = uf->front->fq.urb[got->part.urb].queue;
	if (trace_usbif_answer_enabled())
		trace_answer(uf, queue, got);
	if (queue == USBIF_NONE)
		return;
	queue_counts_answer(&uf->counts[queue], got->part.in, got->status,
			    got->part.length);
	look(uf, queue);
}

/* The backend told of a port.  A new device's counters begin with it. */
void usbfront_note_port(struct usbfront *uf, u8 port)
{
	u8 speed = uf->front->hub.port[port - 1].speed;
	u16 first = usbif_queue_index(port, 0, false), i;

	trace_usbif_port(uf->xbdev->otherend_id, uf->nr, port, speed);
	if (speed == USBIF_WIRE_SPEED_NONE)
		return;
	memset(&uf->counts[first], 0, USBIF_EPS * sizeof(uf->counts[0]));
	/* What is unanswered of the device before it may keep a queue so. */
	for (i = first; i < first + USBIF_EPS; i++)
		uf->counts[i].stopped = uf->front->fq.queue[i].needs_restart;
}

/* The backend broke a rule; uf->suspect is the request, if it answered one. */
void usbfront_note_fault(struct usbfront *uf)
{
	enum usbif_fault fault = usbif_front_fault(uf->front);

	uf->faults[fault]++;
	trace_usbif_fault(uf->xbdev->otherend_id, uf->nr, fault, uf->suspect);
}

/* A step of the handshake's state machine.  Under uf->xb_lock. */
void usbfront_note_state(struct usbfront *uf, u8 event)
{
	const struct usbif_xb *m = &uf->xb.m;
	bool same = m->state == uf->seen.state && m->own == uf->seen.own &&
		    m->peer == uf->seen.peer;
	unsigned long flags;

	spin_lock_irqsave(&uf->lock, flags);
	uf->seen = *m;
	spin_unlock_irqrestore(&uf->lock, flags);
	if (!same)
		trace_usbif_state(uf->xbdev->otherend_id, uf->nr,
				  usbif_xb_ev_name(event),
				  usbif_xb_front_state_name(m->state), m);
}
