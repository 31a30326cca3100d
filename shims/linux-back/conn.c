// SPDX-License-Identifier: MIT
/* A connection to a frontend: its rings, and its event channel. */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <xen/events.h>

#include "xub.h"

/* Have the connection served soon; from any context. */
void xub_kick(struct xub_conn *conn)
{
	if (READ_ONCE(conn->stopped))
		return;
	WRITE_ONCE(conn->kicked, true);
	tasklet_schedule(&conn->bh);
}

/* Has an old frontend heard of a failure?  See serve.c. */
static void hear_again(struct timer_list *timer)
{
	struct xub_conn *conn = container_of(timer, struct xub_conn, hear);

	xub_kick(conn);
}

static irqreturn_t on_event(int irq, void *data)
{
	struct xub_conn *conn = data;

	WRITE_ONCE(conn->eoi_due, true);
	xub_kick(conn);
	return IRQ_HANDLED;
}

static int map_rings(struct xub_conn *conn)
{
	struct xub_ctrl *c = conn->ctrl;
	int err;

	/* On failure the xenbus core has logged it and told the toolstack. */
	err = xenbus_map_ring_valloc(c->xdev, c->used.urb_ring_ref,
				     c->used.ring_pages, &conn->urb_ring);
	if (err)
		return err;
	return xenbus_map_ring_valloc(c->xdev, &c->used.conn_ring_ref, 1,
				      &conn->conn_ring);
}

static int bind_event(struct xub_conn *conn)
{
	struct xub_ctrl *c = conn->ctrl;
	int irq;

	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(c->xdev,
			c->used.event_channel, on_event, 0, XUB_NAME, conn);
	if (irq < 0) {
		xenbus_dev_error(c->xdev, irq,
				 "event-channel %u of the frontend cannot be bound",
				 c->used.event_channel);
		return irq;
	}
	conn->irq = irq;
	return 0;
}

static struct xub_conn *conn_new(struct xub_ctrl *c)
{
	unsigned int slots = usbif_ring_slots(c->used.ring_pages,
					      USBIF_WIRE_URB_OCTETS);
	const struct usbif_back_config config = {
		.num_ports = c->used.num_ports,
		.ring_pages = c->used.ring_pages,
		.hc_depth = 1,
		.request_pages = c->used.request_pages,
		.extended = c->used.queues_rev > 0,
	};
	struct xub_conn *conn;

	conn = kvzalloc(struct_size(conn, slot, slots), GFP_KERNEL);
	if (!conn)
		return NULL;
	if (usbif_back_init(&conn->back, &config) != USBIF_OK) {
		kvfree(conn);
		return NULL;
	}
	conn->ctrl = c;
	conn->domid = c->xdev->otherend_id;
	conn->suspect = USBIF_NONE;
	conn->slots = slots;
	conn->request_pages = c->used.request_pages;
	if (xub_slots_init(conn)) {
		xub_slots_exit(conn);
		kvfree(conn);
		return NULL;
	}
	spin_lock_init(&conn->lock);
	tasklet_setup(&conn->bh, xub_serve_bh);
	INIT_WORK(&conn->slow, xub_serve_slow);
	timer_setup(&conn->hear, hear_again, 0);
	conn->stopped = true;
	atomic_set(&conn->completing, 0);
	return conn;
}

static void conn_free(struct xub_conn *conn)
{
	struct xenbus_device *xdev = conn->ctrl->xdev;
	unsigned int i;

	if (conn->irq)
		unbind_from_irqhandler(conn->irq, conn);
	if (conn->conn_ring)
		xenbus_unmap_ring_vfree(xdev, conn->conn_ring);
	if (conn->urb_ring)
		xenbus_unmap_ring_vfree(xdev, conn->urb_ring);
	for (i = 0; i < conn->slots; i++)
		xub_slot_free(conn, &conn->slot[i]);
	xub_spares_free(conn);
	xub_slots_exit(conn);
	kvfree(conn);
}

static int try_connect(struct xub_ctrl *c, struct xub_conn **conn)
{
	int err;

	*conn = conn_new(c);
	if (!*conn) {
		xenbus_dev_error(c->xdev, -ENOMEM,
				 "no memory for a connection");
		return -ENOMEM;
	}
	err = map_rings(*conn);
	if (!err)
		err = bind_event(*conn);
	if (err)
		conn_free(*conn);
	return err;
}

/*
 * Map the rings of the last PEER event and bind its event channel.  Each
 * failure is logged, by the xenbus core as well: who fails as often as may be
 * logged is not tried again for a while, as it could go on for ever.
 */
int xub_conn_connect(struct xub_ctrl *c)
{
	struct xub_conn *conn;
	int err;

	if (time_before64(get_jiffies_64(), c->barred))
		return -EBUSY;
	c->used = c->agreed;
	err = try_connect(c, &conn);
	if (err) {
		if (!__ratelimit(&c->complaints))
			c->barred = get_jiffies_64() + XUB_BARRED;
		return err;
	}
	mutex_lock(&xub_mutex);
	c->conn = conn;
	mutex_unlock(&xub_mutex);
	return 0;
}

void xub_conn_open(struct xub_ctrl *c)
{
	struct xub_conn *conn = c->conn;

	xub_news(c, "connected to domain %u: %u ports, USB %u, %u requests of %u KiB, %s\n",
		 conn->domid, c->used.num_ports, c->used.usb_ver, conn->slots,
		 conn->request_pages * USBIF_WIRE_PAGE_OCTETS / 1024,
		 c->used.queues_rev ? "endpoint queues" :
				      "no endpoint queues (old frontend)");
	mutex_lock(&xub_mutex);
	conn->open = true;
	mutex_unlock(&xub_mutex);
	WRITE_ONCE(conn->stopped, false);
	xub_kick(conn);
}

/* One line for what was connected, with the reason. */
static void log_end(struct xub_ctrl *c)
{
	const char *why = usbif_xb_end_name(&c->xb.m);

	if (READ_ONCE(c->conn->broken))
		why = "after a fault";
	if (*why)
		xub_news(c, "disconnected from domain %u: %s\n",
			 c->conn->domid, why);
	else
		xub_news(c, "disconnected from domain %u: the frontend is %s\n",
			 c->conn->domid, usbif_xb_state_name(c->xb.m.peer));
}

/* Take everything back from the host controllers and answer it. */
void xub_conn_quiesce(struct xub_ctrl *c)
{
	struct xub_conn *conn = c->conn;
	bool was_open = conn->open;
	unsigned long flags;

	mutex_lock(&xub_mutex);
	conn->open = false;
	mutex_unlock(&xub_mutex);
	xub_close_ports(c);
	xub_rest_stop(c);
	spin_lock_irqsave(&conn->lock, flags);
	usbif_back_close(&conn->back);
	xub_drain_unlock(conn, flags);
	while (atomic_read(&conn->completing))
		usleep_range(100, 500);
	WRITE_ONCE(conn->stopped, true);
	synchronize_irq(conn->irq);
	/* Each may still have set off the other. */
	tasklet_kill(&conn->bh);
	cancel_work_sync(&conn->slow);
	tasklet_kill(&conn->bh);
	xub_serve_last(conn);
	del_timer_sync(&conn->hear);
	if (was_open)
		log_end(c);
}

void xub_conn_release(struct xub_ctrl *c)
{
	struct xub_conn *conn = c->conn;

	mutex_lock(&xub_mutex);
	c->conn = NULL;
	mutex_unlock(&xub_mutex);
	conn_free(conn);
}
