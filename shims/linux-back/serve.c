// SPDX-License-Identifier: MIT
/*
 * The thread of a connection: takes requests off the ring, gives answers, and
 * tells of ports.  Each pass does a bounded amount of work, with one hypercall
 * for the octets of all its requests and one for those of its answers.
 */
#include <xen/events.h>

#include "xub.h"

/* Can the port's host controller take octets in scattered pages? */
static bool takes_scattered(struct xub_conn *conn,
			    const struct usbif_msg_req *req)
{
	u8 nr = req->addr ? conn->back.port_of_addr[req->addr] : req->port;
	struct usb_device *udev;

	if (!nr)
		return false;
	udev = conn->ctrl->port[nr - 1].udev;
	return udev && udev->bus->sg_tablesize >= USBIF_WIRE_MAX_SEGS;
}

/* Take a batch off the ring.  Returns how many, or USBIF_E_PEER. */
static int take(struct xub_conn *conn)
{
	bool restart = false;
	int n = 0, err = 0;

	spin_lock_irq(&conn->lock);
	while (n < XUB_BATCH) {
		const struct usbif_msg_req *req;
		struct xub_slot *s;

		err = usbif_back_take(&conn->back, conn->urb_ring,
				      &conn->batch[n]);
		if (err <= 0)
			break;
		s = &conn->slot[conn->batch[n]];
		req = usbif_back_req(&conn->back, conn->batch[n]);
		/* What is behind a restart may run, whatever it looks now. */
		restart = restart || req->flags & USBIF_WIRE_FLAG_RESTART;
		s->futile = !restart && usbif_back_is_futile(&conn->back,
							     conn->batch[n]);
		s->scattered = takes_scattered(conn, req);
		n++;
	}
	spin_unlock_irq(&conn->lock);
	conn->taken += n;
	return err < 0 ? err : n;
}

static int accuse_grant(struct xub_conn *conn)
{
	spin_lock_irq(&conn->lock);
	usbif_back_accuse(&conn->back, USBIF_FAULT_REQ_GRANT);
	spin_unlock_irq(&conn->lock);
	return USBIF_E_PEER;
}

/* Allocate for n requests and fetch the octets that go out. */
static int prepare(struct xub_conn *conn, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		u16 nr = conn->batch[i];
		struct xub_slot *s = &conn->slot[nr];

		conn->refuse[i] = USBIF_WIRE_ST_OK;
		if (!s->futile)
			conn->refuse[i] = xub_slot_prepare(conn, s,
					usbif_back_req(&conn->back, nr));
	}
	return xub_copy_flush(conn) ? accuse_grant(conn) : USBIF_OK;
}

static int admit(struct xub_conn *conn, int n)
{
	int i, err = USBIF_OK;
	unsigned long flags;

	spin_lock_irqsave(&conn->lock, flags);
	for (i = 0; i < n && err == USBIF_OK; i++) {
		u16 nr = conn->batch[i];

		if (conn->slot[nr].futile &&
		    !usbif_back_is_futile(&conn->back, nr))
			conn->refuse[i] = USBIF_WIRE_ST_IOERROR;
		err = usbif_back_admit(&conn->back, nr, conn->refuse[i]);
	}
	xub_drain_unlock(conn, flags);
	return err;
}

static int collect(struct xub_conn *conn)
{
	int n = 0;

	spin_lock_irq(&conn->lock);
	while (n < XUB_BATCH &&
	       usbif_back_next_answer(&conn->back, &conn->answer[n]))
		n++;
	spin_unlock_irq(&conn->lock);
	return n;
}

/* Copy what came in to the guest: what moved, and nothing more. */
static int deliver(struct xub_conn *conn, int n)
{
	int i, err;

	for (i = 0; i < n; i++) {
		const struct usbif_bq_answer *a = &conn->answer[i];

		if (a->in && a->actual)
			xub_slot_deliver(conn, &conn->slot[a->slot],
					 usbif_back_req(&conn->back, a->slot),
					 a->actual);
	}
	err = xub_copy_flush(conn);
	for (i = 0; i < n; i++)
		xub_slot_free(conn, &conn->slot[conn->answer[i].slot]);
	return err ? accuse_grant(conn) : USBIF_OK;
}

/* Give a batch of answers.  Returns how many, or USBIF_E_PEER. */
static int give_answers(struct xub_conn *conn, bool *notify)
{
	int i, n = collect(conn), err = USBIF_OK;
	unsigned long flags;

	if (n == 0)
		return 0;
	if (deliver(conn, n))
		return USBIF_E_PEER;
	spin_lock_irqsave(&conn->lock, flags);
	for (i = 0; i < n && err == USBIF_OK; i++)
		err = usbif_back_put_answer(&conn->back, conn->urb_ring,
					    &conn->answer[i], 0, 0);
	if (usbif_back_push(&conn->back, conn->urb_ring))
		*notify = true;
	if (conn->replug)
		queue_work(xub_wq, &conn->ctrl->settle);
	xub_drain_unlock(conn, flags);
	return err ? err : n;
}

static int tell_ports(struct xub_conn *conn, bool *notify)
{
	int err;

	spin_lock_irq(&conn->lock);
	err = usbif_back_tell_ports(&conn->back, conn->conn_ring, notify);
	spin_unlock_irq(&conn->lock);
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
 * sleep) or USBIF_E_PEER.
 */
static int serve(struct xub_conn *conn)
{
	bool notify = false;
	int took, gave, err;

	took = take(conn);
	err = took;
	if (took > 0)
		err = prepare(conn, took);
	if (took > 0 && err == USBIF_OK)
		err = admit(conn, took);
	if (err < 0)
		return err;
	gave = give_answers(conn, &notify);
	err = gave < 0 ? gave : tell_ports(conn, &notify);
	if (notify)
		notify_remote_via_irq(conn->irq);
	if (err < 0)
		return err;
	return took || gave ? 1 : may_sleep(conn);
}

/* Let the next event come; late, if the last ones were for nothing. */
static void acknowledge(struct xub_conn *conn)
{
	if (!READ_ONCE(conn->eoi_due))
		return;
	WRITE_ONCE(conn->eoi_due, false);
	xen_irq_lateeoi(conn->irq,
			conn->taken ? 0 : XEN_EOI_FLAG_SPURIOUS);
	conn->taken = 0;
}

static void serve_all(struct xub_conn *conn)
{
	int more;

	if (conn->broken)
		return;
	do {
		WRITE_ONCE(conn->kicked, false);
		/* before looking: pairs with the wake-up in xub_kick() */
		smp_mb();
		more = serve(conn);
		cond_resched();
	} while (more > 0);
	if (more == 0) {
		acknowledge(conn);
		return;
	}
	/* Its events stay unacknowledged, so that it cannot storm us. */
	WRITE_ONCE(conn->broken, true);
	queue_work(xub_wq, &conn->ctrl->fault);
}

int xub_serve_thread(void *data)
{
	struct xub_conn *conn = data;

	while (!kthread_should_stop()) {
		wait_event_interruptible(conn->wake,
					 READ_ONCE(conn->kicked) ||
					 kthread_should_stop());
		serve_all(conn);
	}
	return 0;
}
