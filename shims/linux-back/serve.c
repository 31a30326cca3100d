// SPDX-License-Identifier: MIT
/*
 * Serving a connection: requests are taken off the ring, answers given, and
 * ports told of.  Each pass does a bounded amount of work, with one hypercall
 * for the octets of all its requests and one for those of its answers.
 *
 * One serves at a time.  That is the tasklet, which costs no switch to a
 * thread and back for each request; but when it would have to sleep, or has
 * done its share, it hands over to a work item, as conn->slowed says, which
 * goes on where it stopped and hands back when there is nothing left to do.
 */
#include <xen/events.h>

#include "xub.h"

/* Passes of the tasklet before the work item has to go on. */
#define PASSES		8
/*
 * And how much of the time it may have, in all.  Tasklets come before every
 * process of their processor; a work item is a thread, which the scheduler
 * lets wait as any other: so a guest that floods us keeps no processor.
 */
#define WINDOW_NS	(10 * NSEC_PER_MSEC)
#define SHARE_NS	(WINDOW_NS / 4)
/* Passes that end a connection: enough for all that can be on a ring. */
#define LAST_PASSES	(4 * USBIF_MAX_SLOTS / XUB_BATCH)

/* Can the port's host controller take octets in scattered pages? */
static bool takes_scattered(struct xub_conn *conn,
			    const struct usbif_msg_req *req)
{
	u8 nr = req->addr ? conn->back.port_of_addr[req->addr] : req->port;
	struct usb_device *udev;

	if (!nr)
		return false;
	udev = conn->ctrl->port[nr - 1].udev;
	return udev && udev->bus->sg_tablesize >=
		       DIV_ROUND_UP(req->length, PAGE_SIZE);
}

/* A request is in the batch: what must be known of it before its octets. */
static void look_at(struct xub_conn *conn, u16 nr, bool *restart)
{
	const struct usbif_msg_req *req = usbif_back_req(&conn->back, nr);
	struct xub_slot *s = &conn->slot[nr];

	/* What is behind a restart may run, whatever it looks now. */
	*restart = *restart || req->flags & USBIF_WIRE_FLAG_RESTART;
	s->futile = !*restart && usbif_back_is_futile(&conn->back, nr);
	s->scattered = takes_scattered(conn, req);
	if (req->indirect && !s->futile)
		xub_array_fetch(conn, s, req);
}

/* It is this request that broke a rule. */
static void suspect(struct xub_conn *conn, u16 nr)
{
	conn->suspect = usbif_back_req(&conn->back, nr)->id;
}

/* Take a batch off the ring.  Returns 0 or USBIF_E_PEER. */
static int take(struct xub_conn *conn)
{
	bool restart = false;
	unsigned int n = 0, segs = 0;
	int err = 0;

	conn->array_octets = 0;
	spin_lock_irq(&conn->lock);
	while (n < XUB_BATCH && segs < XUB_BATCH_SEGS) {
		u16 *nr = &conn->batch[n];

		*nr = USBIF_NONE;
		err = usbif_back_take(&conn->back, conn->urb_ring, nr);
		if (err <= 0)
			break;
		xub_note_taken(conn, *nr);
		look_at(conn, *nr, &restart);
		segs += xub_req_segs(usbif_back_req(&conn->back, *nr));
		n++;
	}
	if (err < 0 && conn->batch[n] != USBIF_NONE)
		suspect(conn, conn->batch[n]);
	spin_unlock_irq(&conn->lock);
	conn->taken = n;
	conn->prepared = 0;
	conn->since_eoi += n;
	return err < 0 ? err : 0;
}

static int accuse(struct xub_conn *conn, enum usbif_fault fault)
{
	spin_lock_irq(&conn->lock);
	usbif_back_accuse(&conn->back, fault);
	spin_unlock_irq(&conn->lock);
	return USBIF_E_PEER;
}

/* Returns 0, -EAGAIN (must sleep) or USBIF_E_PEER. */
static int copy(struct xub_conn *conn)
{
	int err = xub_copy_flush(conn);

	return err == -EFAULT ? accuse(conn, USBIF_FAULT_REQ_GRANT) : err;
}

/* The segment arrays of the batch, with one hypercall.  Same results. */
static int fetch(struct xub_conn *conn)
{
	unsigned int i;
	int err;

	if (!conn->fetching)
		return 0;
	err = copy(conn);
	if (err)
		return err;
	conn->fetching = false;
	for (i = 0; i < conn->taken; i++) {
		u16 nr = conn->batch[i];
		struct xub_slot *s = &conn->slot[nr];
		const struct usbif_msg_req *req =
			usbif_back_req(&conn->back, nr);
		enum usbif_fault fault = USBIF_FAULT_NONE;

		if (req->indirect && !s->futile)
			fault = xub_array_decode(conn, s, req);
		if (fault != USBIF_FAULT_NONE) {
			suspect(conn, nr);
			return accuse(conn, fault);
		}
	}
	return 0;
}

/* Allocate for the batch and fetch the octets that go out.  Same results. */
static int prepare(struct xub_conn *conn)
{
	for (; conn->prepared < conn->taken; conn->prepared++) {
		u16 nr = conn->batch[conn->prepared];
		struct xub_slot *s = &conn->slot[nr];
		int err = 0;

		if (!s->futile)
			err = xub_slot_prepare(conn, s,
					       usbif_back_req(&conn->back, nr));
		if (err == -ENOMEM && conn->gfp == GFP_ATOMIC)
			return -EAGAIN;
		conn->refuse[conn->prepared] = err == 0 ? USBIF_WIRE_ST_OK :
			err == -EINVAL ? USBIF_WIRE_ST_INVAL :
					 USBIF_WIRE_ST_IOERROR;
	}
	return copy(conn);
}

/* The octets of the batch are here: the last checks. */
static int finish(struct xub_conn *conn)
{
	unsigned int i;

	for (i = 0; i < conn->taken; i++) {
		u16 nr = conn->batch[i];
		enum usbif_fault fault =
			xub_slot_finish(&conn->slot[nr],
					usbif_back_req(&conn->back, nr));

		if (fault != USBIF_FAULT_NONE) {
			suspect(conn, nr);
			return accuse(conn, fault);
		}
	}
	return 0;
}

static int admit(struct xub_conn *conn)
{
	unsigned int i;
	unsigned long flags;
	int err = USBIF_OK;
	u16 queue;

	spin_lock_irqsave(&conn->lock, flags);
	for (i = 0; i < conn->taken && err == USBIF_OK; i++) {
		u16 nr = conn->batch[i];

		if (conn->slot[nr].futile &&
		    !usbif_back_is_futile(&conn->back, nr))
			conn->refuse[i] = USBIF_WIRE_ST_IOERROR;
		queue = xub_note_admitting(conn, nr);
		err = usbif_back_admit(&conn->back, nr, conn->refuse[i]);
		xub_note_admitted(conn, nr, queue);
		if (err != USBIF_OK)
			suspect(conn, nr);
	}
	conn->taken = 0;
	xub_drain_unlock(conn, flags);
	return err;
}

static void collect(struct xub_conn *conn)
{
	unsigned int n = 0, segs = 0;

	spin_lock_irq(&conn->lock);
	while (n < XUB_BATCH && segs < XUB_BATCH_SEGS &&
	       usbif_back_next_answer(&conn->back, &conn->answer[n])) {
		u16 nr = conn->answer[n++].slot;

		segs += xub_req_segs(usbif_back_req(&conn->back, nr));
	}
	spin_unlock_irq(&conn->lock);
	conn->collected = n;
	conn->delivered = false;
}

/*
 * Copy what came in to the guest: what moved, and nothing more.  Then nothing
 * of the requests is needed any more.
 * Returns 0, -EAGAIN (must sleep) or USBIF_E_PEER.
 */
static int deliver(struct xub_conn *conn)
{
	unsigned int i;
	int err;

	for (i = 0; i < conn->collected && !conn->delivered; i++) {
		const struct usbif_bq_answer *a = &conn->answer[i];

		xub_slot_deliver(conn, &conn->slot[a->slot],
				 usbif_back_req(&conn->back, a->slot),
				 a->actual);
	}
	conn->delivered = true;
	err = copy(conn);
	if (err == -EAGAIN)
		return err;
	for (i = 0; i < conn->collected; i++)
		xub_slot_free(conn, &conn->slot[conn->answer[i].slot]);
	return err;
}

static int put_answers(struct xub_conn *conn, bool *notify)
{
	unsigned long flags;
	unsigned int i;
	int err = USBIF_OK;

	spin_lock_irqsave(&conn->lock, flags);
	if (!usbif_back_is_waiting(&conn->back))
		conn->hear_by = jiffies + XUB_HEAR_BOUND;
	for (i = 0; i < conn->collected && err == USBIF_OK; i++) {
		const struct usbif_bq_answer *a = &conn->answer[i];
		struct xub_slot *s = &conn->slot[a->slot];

		xub_note_answer(conn, a);
		err = usbif_back_put_answer(&conn->back, conn->urb_ring, a,
					    s->start_frame, s->errors);
		s->start_frame = 0;
		s->errors = 0;
	}
	conn->collected = 0;
	if (usbif_back_push(&conn->back, conn->urb_ring))
		*notify = true;
	if (conn->replug)
		queue_work(xub_wq, &conn->ctrl->settle);
	xub_drain_unlock(conn, flags);
	return err;
}

/* The rest of a batch, or a new one. */
static int serve_requests(struct xub_conn *conn, bool *worked)
{
	int err = 0;

	if (!conn->taken)
		err = take(conn);
	if (err || !conn->taken)
		return err;
	*worked = true;
	err = fetch(conn);
	if (!err)
		err = prepare(conn);
	if (!err)
		err = finish(conn);
	return err ? err : admit(conn);
}

static int serve_answers(struct xub_conn *conn, bool *worked, bool *notify)
{
	int err;

	if (!conn->collected)
		collect(conn);
	if (!conn->collected)
		return 0;
	*worked = true;
	err = deliver(conn);
	return err ? err : put_answers(conn, notify);
}

static int tell_ports(struct xub_conn *conn, bool *notify)
{
	struct xub_told told[USBIF_MAX_PORTS];
	bool noted;
	int err;

	spin_lock_irq(&conn->lock);
	noted = xub_note_telling(conn, told);
	err = usbif_back_tell_ports(&conn->back, conn->conn_ring, notify);
	if (noted)
		xub_note_told(conn, told);
	spin_unlock_irq(&conn->lock);
	return err;
}

/*
 * An old frontend may have heard of a failure, which it does not notify of:
 * look again soon.  Needs: what was taken has been admitted.
 */
static int hear(struct xub_conn *conn)
{
	unsigned long flags;
	int err;

	/* Only the one that serves changes it. */
	if (!usbif_back_is_waiting(&conn->back))
		return 0;
	spin_lock_irqsave(&conn->lock, flags);
	err = usbif_back_hear(&conn->back, conn->urb_ring,
			      time_after(jiffies, conn->hear_by));
	if (!err && usbif_back_is_waiting(&conn->back))
		mod_timer(&conn->hear, jiffies + 1);
	else if (!err)
		xub_note_heard(conn);
	xub_drain_unlock(conn, flags);
	return err;
}

static int may_sleep(struct xub_conn *conn)
{
	int more;

	spin_lock_irq(&conn->lock);
	more = usbif_back_sleep(&conn->back, conn->urb_ring, conn->conn_ring);
	spin_unlock_irq(&conn->lock);
	return more;
}

/*
 * One pass.  Returns 1 (there may be more to do), 0 (asked for an event, may
 * rest), -EAGAIN (must sleep to go on) or USBIF_E_PEER.
 */
static int serve(struct xub_conn *conn)
{
	bool notify = false, worked = false;
	int err;

	err = serve_requests(conn, &worked);
	if (!err)
		err = serve_answers(conn, &worked, &notify);
	if (!err)
		err = hear(conn);
	if (!err)
		err = tell_ports(conn, &notify);
	if (notify)
		notify_remote_via_irq(conn->irq);
	if (err)
		return err;
	return worked ? 1 : may_sleep(conn);
}

/* Let the next event come; late, if the last ones were for nothing. */
static void acknowledge(struct xub_conn *conn)
{
	if (!READ_ONCE(conn->eoi_due))
		return;
	WRITE_ONCE(conn->eoi_due, false);
	xen_irq_lateeoi(conn->irq,
			conn->since_eoi ? 0 : XEN_EOI_FLAG_SPURIOUS);
	conn->since_eoi = 0;
}

/* Its events stay unacknowledged, so that it cannot storm us. */
static void give_up(struct xub_conn *conn)
{
	spin_lock_irq(&conn->lock);
	xub_note_fault(conn);
	spin_unlock_irq(&conn->lock);
	WRITE_ONCE(conn->broken, true);
	queue_work(xub_wq, &conn->ctrl->fault);
}

static void hand_over(struct xub_conn *conn)
{
	WRITE_ONCE(conn->slowed, true);
	queue_work(xub_wq, &conn->slow);
}

/* Has the tasklet had its share of the time? */
static bool is_over(struct xub_conn *conn, u64 now)
{
	if (now - conn->window >= WINDOW_NS) {
		conn->window = now;
		conn->spent = 0;
	}
	return conn->spent >= SHARE_NS;
}

static int serve_a_while(struct xub_conn *conn)
{
	unsigned int passes = 0;
	u64 from = ktime_get_ns();
	int more;

	if (is_over(conn, from))
		return 1;
	do {
		more = serve(conn);
	} while (more == 1 && ++passes < PASSES);
	conn->spent += ktime_get_ns() - from;
	return more;
}

void xub_serve_bh(struct tasklet_struct *bh)
{
	struct xub_conn *conn = from_tasklet(conn, bh, bh);
	int more;

	/* Was kicked, then this; with the barrier in xub_serve_slow(). */
	smp_mb();
	if (smp_load_acquire(&conn->slowed) || conn->broken)
		return;
	conn->gfp = GFP_ATOMIC;
	more = serve_a_while(conn);
	if (more == 0)
		acknowledge(conn);
	else if (more == 1 || more == -EAGAIN)
		hand_over(conn);
	else
		give_up(conn);
}

void xub_serve_slow(struct work_struct *work)
{
	struct xub_conn *conn = container_of(work, struct xub_conn, slow);
	int more;

	conn->gfp = GFP_KERNEL;
	do {
		/* What comes before the pass is seen by it. */
		WRITE_ONCE(conn->kicked, false);
		smp_mb();
		more = serve(conn);
		cond_resched();
	} while (more == 1 && !READ_ONCE(conn->stopped));
	if (more < 0) {
		give_up(conn);
		return;
	}
	if (more == 0)
		acknowledge(conn);
	/* All before it was done by us: the tasklet may go on. */
	smp_store_release(&conn->slowed, false);
	/* It found us at work, or it finds the baton: so none is missed. */
	smp_mb();
	if (READ_ONCE(conn->kicked))
		xub_kick(conn);
}

/* The connection ends and all its requests are back: give the last answers. */
void xub_serve_last(struct xub_conn *conn)
{
	unsigned int passes = 0;

	conn->gfp = GFP_KERNEL;
	while (!conn->broken && passes++ < LAST_PASSES)
		if (serve(conn) != 1)
			break;
}
