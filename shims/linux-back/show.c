// SPDX-License-Identifier: MIT
/*
 * Files in debugfs, a directory for each controller: "state", the connection,
 * and "ports", the devices with the queues of their endpoints.  A port's part
 * is of one moment; nothing is printed while a lock of the data path is held.
 */
#include <linux/debugfs.h>
#include <linux/slab.h>

#include "xub.h"

static struct dentry *root;

/* What is printed of a port. */
struct port_view {
	bool present, leaving, paused, reset_due;
	u8 speed, addr, special;
	enum usbif_back_duty_kind duty;
	struct {
		bool exists;
		struct usbif_queue_look look;
		struct queue_counts counts;
	} queue[USBIF_EPS];
};

static void show_requests(struct seq_file *s, struct xub_conn *conn)
{
	unsigned int i, used = 0, in_hc = 0;

	spin_lock_irq(&conn->lock);
	for (i = 0; i < conn->slots; i++) {
		used += conn->back.bq.req[i].state != USBIF_BQ_FREE;
		in_hc += conn->back.bq.req[i].state == USBIF_BQ_IN_HC;
	}
	spin_unlock_irq(&conn->lock);
	seq_printf(s, "requests: %u of %u unanswered, %u in host controllers\n",
		   used, conn->slots, in_hc);
}

static void show_conn(struct seq_file *s, struct xub_ctrl *c)
{
	struct xub_conn *conn = c->conn;

	if (!conn) {
		seq_puts(s, "connection: none\n");
		return;
	}
	seq_printf(s, "connection: USB %u, %u ports, requests of %u KiB, %s\n",
		   c->used.usb_ver, c->used.num_ports,
		   conn->request_pages * USBIF_WIRE_PAGE_OCTETS / 1024,
		   c->used.queues_rev ? "endpoint queues" :
					"no endpoint queues (old frontend)");
	seq_printf(s, "rings: %u + 1 pages mapped\n", c->used.ring_pages);
	show_requests(s, conn);
}

static int state_show(struct seq_file *s, void *unused)
{
	struct xub_ctrl *c = s->private;
	struct usbif_xb m;
	unsigned int i;

	spin_lock(&c->seen_lock);
	m = c->seen;
	spin_unlock(&c->seen_lock);
	seq_printf(s, "controller: %u of domain %u\n", c->nr,
		   c->xdev->otherend_id);
	seq_printf(s, "backend: %s (%s)\n", usbif_xb_state_name(m.own),
		   usbif_xb_back_state_name(m.state));
	seq_printf(s, "frontend: %s\n", usbif_xb_state_name(m.peer));
	if (mutex_lock_interruptible(&xub_mutex))
		return -EINTR;
	show_conn(s, c);
	mutex_unlock(&xub_mutex);
	seq_puts(s, "faults of the frontend:");
	for (i = 0; i < USBIF_FAULT_N; i++)
		if (READ_ONCE(c->faults[i]))
			seq_printf(s, " %s %u", usbif_fault_name(i),
				   READ_ONCE(c->faults[i]));
	seq_puts(s, "\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

/* Under xub_mutex. */
static void view_port(struct xub_port *p, struct port_view *v)
{
	struct xub_conn *conn = p->ctrl->conn;
	const struct usbif_back_port *b = &conn->back.port[p->nr - 1];
	u16 first = usbif_queue_index(p->nr, 0, false), i;

	spin_lock_irq(&conn->lock);
	v->present = b->present;
	v->leaving = b->leaving;
	v->paused = p->paused;
	v->reset_due = b->reset_due;
	v->speed = b->speed;
	v->addr = b->addr;
	v->special = b->special;
	v->duty = b->duty.kind;
	for (i = 0; i < USBIF_EPS; i++) {
		v->queue[i].exists = i == 0 ||
			conn->back.bq.queue[first + i].max_packet;
		usbif_bq_look(&conn->back.bq, first + i, &v->queue[i].look);
		v->queue[i].counts = p->ctrl->counts[first + i];
		/* Of one that nothing was asked of yet, too. */
		v->queue[i].counts.type = i == 0 ? USBIF_XFER_CTRL :
			conn->back.bq.queue[first + i].type;
	}
	spin_unlock_irq(&conn->lock);
}

static void show_device(struct seq_file *s, const struct xub_port *p)
{
	const struct usb_device *udev = p->dev->udev;

	seq_printf(s, "port %u: %s %04x:%04x", p->nr, dev_name(&udev->dev),
		   le16_to_cpu(udev->descriptor.idVendor),
		   le16_to_cpu(udev->descriptor.idProduct));
}

static void show_view(struct seq_file *s, const struct xub_port *p,
		      const struct port_view *v)
{
	u16 first = usbif_queue_index(p->nr, 0, false), i;

	seq_printf(s, ", %s speed, address %u, %s", usbif_speed_name(v->speed),
		   v->addr, v->leaving ? "leaving" : "plugged");
	if (v->paused)
		seq_puts(s, ", paused by the host");
	if (v->reset_due)
		seq_puts(s, ", to be reset");
	if (v->special == USBIF_BACK_DRAINING)
		seq_printf(s, ", quiescing for %s",
			   usbif_back_duty_name(v->duty));
	if (v->special == USBIF_BACK_EXECUTING)
		seq_printf(s, ", executing %s", usbif_back_duty_name(v->duty));
	seq_puts(s, "\n");
	queue_counts_head(s);
	for (i = 0; i < USBIF_EPS; i++) {
		if (!v->queue[i].exists && !v->queue[i].counts.requests)
			continue;
		queue_counts_row(s, first + i, &v->queue[i].look,
				 &v->queue[i].counts);
	}
}

/* A port with neither a device nor a bus id is left out.  Under xub_mutex. */
static void show_port(struct seq_file *s, struct xub_port *p,
		      struct port_view *v)
{
	if (p->ctrl->conn && p->dev) {
		view_port(p, v);
		show_device(s, p);
		show_view(s, p, v);
	} else if (p->busid[0]) {
		seq_printf(s, "port %u: %s, not plugged\n", p->nr, p->busid);
	}
}

static int ports_show(struct seq_file *s, void *unused)
{
	struct port_view *v = kmalloc(sizeof(*v), GFP_KERNEL);
	struct xub_ctrl *c = s->private;
	unsigned int i;

	if (!v)
		return -ENOMEM;
	if (mutex_lock_interruptible(&xub_mutex)) {
		kfree(v);
		return -EINTR;
	}
	for (i = 0; i < USBIF_MAX_PORTS; i++)
		show_port(s, &c->port[i], v);
	mutex_unlock(&xub_mutex);
	kfree(v);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ports);

void xub_show_add(struct xub_ctrl *c)
{
	char name[24];

	snprintf(name, sizeof(name), "%u-%u", c->xdev->otherend_id, c->nr);
	c->shown = debugfs_create_dir(name, root);
	debugfs_create_file("state", 0400, c->shown, c, &state_fops);
	debugfs_create_file("ports", 0400, c->shown, c, &ports_fops);
}

/* Returns when nobody reads any more. */
void xub_show_remove(struct xub_ctrl *c)
{
	debugfs_remove_recursive(c->shown);
}

void xub_show_init(void)
{
	root = debugfs_create_dir(XUB_NAME, NULL);
}

void xub_show_exit(void)
{
	debugfs_remove_recursive(root);
}
