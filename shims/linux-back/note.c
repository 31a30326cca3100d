// SPDX-License-Identifier: MIT
/*
 * What people can see of a connection while it goes on: counters for each
 * queue, and tracepoints.  All functions but xub_note_state() need conn->lock.
 *
 * The library does not tell of a queue's stops and restarts; they are seen by
 * looking.  As each restart comes with a request, or when an old frontend has
 * heard of a failure, looking before and after those misses none.
 */
#include "xub.h"

#define CREATE_TRACE_POINTS
#include "usbif_trace.h"

static struct queue_counts *counts_of(struct xub_conn *conn, u16 queue)
{
	return &conn->ctrl->counts[queue];
}

static struct usbif_trace trace_of(const struct xub_conn *conn, u16 queue)
{
	const struct usbif_trace t = {
		.domid = conn->domid,
		.controller = conn->ctrl->nr,
		.port = queue == USBIF_NONE ? 0 : usbif_queue_port(queue),
		.ep = queue == USBIF_NONE ? 0 : usbif_queue_ep(queue),
		.in = queue != USBIF_NONE && usbif_queue_is_in(queue),
	};

	return t;
}

/* What a request says of itself, where its queue does not. */
static void describe(struct usbif_trace *t, const struct usbif_msg_req *req)
{
	if (!t->port)
		t->port = req->port;
	t->ep = req->ep;
	t->in = req->in;
	t->id = req->id;
}

static void note_change(struct xub_conn *conn, u16 queue, bool stopped)
{
	struct queue_counts *n = counts_of(conn, queue);
	struct usbif_trace t = trace_of(conn, queue);

	n->stopped = stopped;
	if (stopped) {
		n->stops++;
		trace_usbif_stop(&t);
	} else {
		n->restarts++;
		trace_usbif_restart(&t);
	}
}

/* Has the queue stopped, or been restarted, since it was last looked at? */
static void look(struct xub_conn *conn, u16 queue)
{
	bool stopped;

	if (queue == USBIF_NONE)
		return;
	stopped = conn->back.bq.queue[queue].stopped;
	if (unlikely(stopped != counts_of(conn, queue)->stopped))
		note_change(conn, queue, stopped);
}

/* A request is off the ring. */
void xub_note_taken(struct xub_conn *conn, u16 nr)
{
	const struct usbif_msg_req *req = usbif_back_req(&conn->back, nr);
	struct usbif_trace t;

	if (!trace_usbif_request_enabled() && !trace_usbif_unlink_enabled())
		return;
	t = trace_of(conn, usbif_back_queue_of(&conn->back, nr));
	describe(&t, req);
	if (req->unlink) {
		t.target = req->unlink_id;
		trace_usbif_unlink(&t);
		return;
	}
	t.type = req->type;
	t.length = req->length;
	t.flags = req->flags;
	t.setup = req->setup;
	trace_usbif_request(&t);
}

/* A request is about to be admitted.  Returns its queue for what follows. */
u16 xub_note_admitting(struct xub_conn *conn, u16 nr)
{
	u16 queue = usbif_back_queue_of(&conn->back, nr);

	look(conn, queue);
	return queue;
}

void xub_note_admitted(struct xub_conn *conn, u16 nr, u16 queue)
{
	const struct usbif_msg_req *req = usbif_back_req(&conn->back, nr);
	const struct usbif_bq_req *r = &conn->back.bq.req[nr];
	struct queue_counts *n;

	if (queue == USBIF_NONE)
		return;
	look(conn, queue);
	n = counts_of(conn, queue);
	if (req->unlink) {
		n->unlinks++;
		return;
	}
	n->requests++;
	n->type = req->type;
	if (r->state == USBIF_BQ_ANSWERED &&
	    r->status == USBIF_WIRE_ST_NOT_EXECUTED)
		n->bounced++;
}

/* The host is done with a request, or could not begin with it. */
void xub_note_done(struct xub_conn *conn, u16 nr)
{
	look(conn, conn->back.bq.req[nr].queue);
}

/* The host is to execute a request itself, and queues were quiesced for it. */
void xub_note_special(struct xub_conn *conn, u8 port)
{
	u16 first = usbif_queue_index(port, 0, false), i;

	for (i = first; i < first + USBIF_EPS; i++)
		look(conn, i);
}

/* An answer is about to be given. */
void xub_note_answer(struct xub_conn *conn, const struct usbif_bq_answer *a)
{
	const struct usbif_msg_req *req =
		usbif_back_req(&conn->back, a->slot);
	u16 queue = conn->back.bq.req[a->slot].queue;

	look(conn, queue);
	if (queue != USBIF_NONE)
		queue_counts_answer(counts_of(conn, queue), a->in, a->status,
				    a->actual);
	if (trace_usbif_answer_enabled()) {
		struct usbif_trace t = trace_of(conn, queue);

		describe(&t, req);
		t.status = a->status;
		t.length = a->actual;
		trace_usbif_answer(&t);
	}
}

/* An old frontend has heard of its failures: queues go on. */
void xub_note_heard(struct xub_conn *conn)
{
	u16 i;

	for (i = 0; i < conn->back.config.num_ports * USBIF_EPS; i++)
		look(conn, i);
}

/* Another device is at the port. */
void xub_note_plugged(struct xub_conn *conn, u8 port)
{
	memset(counts_of(conn, usbif_queue_index(port, 0, false)), 0,
	       USBIF_EPS * sizeof(struct queue_counts));
}

/* What the frontend knows of the ports, if anybody wants to see what is new. */
bool xub_note_telling(struct xub_conn *conn, struct xub_told *told)
{
	unsigned int i;

	if (!trace_usbif_port_enabled())
		return false;
	for (i = 0; i < conn->back.config.num_ports; i++) {
		told[i].unplug_due = conn->back.port[i].unplug_due;
		told[i].speed = conn->back.port[i].told_speed;
	}
	return true;
}

/* It was told; a device's leaving comes before the next one's coming. */
void xub_note_told(struct xub_conn *conn, const struct xub_told *told)
{
	unsigned int i;

	for (i = 0; i < conn->back.config.num_ports; i++) {
		const struct usbif_back_port *p = &conn->back.port[i];
		bool left = told[i].unplug_due && !p->unplug_due;
		u8 before = left ? USBIF_WIRE_SPEED_NONE : told[i].speed;

		if (left)
			trace_usbif_port(conn->domid, conn->ctrl->nr, i + 1,
					 USBIF_WIRE_SPEED_NONE);
		if (p->told_speed != before)
			trace_usbif_port(conn->domid, conn->ctrl->nr, i + 1,
					 p->told_speed);
	}
}

/* The frontend broke a rule; conn->suspect is the request, if one did. */
void xub_note_fault(struct xub_conn *conn)
{
	enum usbif_fault fault = usbif_back_fault(&conn->back);

	conn->ctrl->faults[fault]++;
	trace_usbif_fault(conn->domid, conn->ctrl->nr, fault, conn->suspect);
}

/* A step of the handshake's state machine.  Under c->handshake. */
void xub_note_state(struct xub_ctrl *c, u8 event)
{
	const struct usbif_xb *m = &c->xb.m;
	bool same = m->state == c->seen.state && m->own == c->seen.own &&
		    m->peer == c->seen.peer;

	spin_lock(&c->seen_lock);
	c->seen = *m;
	spin_unlock(&c->seen_lock);
	if (!same)
		trace_usbif_state(c->xdev->otherend_id, c->nr,
				  usbif_xb_ev_name(event),
				  usbif_xb_back_state_name(m->state), m);
}
