// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Files in debugfs, a directory for each controller: "state", the connection,
 * and "ports", the root hub's ports with the queues of their endpoints.  What
 * is printed is first copied under uf->lock.
 */
#include <linux/debugfs.h>
#include <linux/slab.h>

#include "usbfront.h"

static struct dentry *root;

struct state_view {
	bool linked;
	struct usbif_xb m;
	unsigned int slots, used, unlinks;
	unsigned int granted;
	u32 faults[USBIF_FAULT_N];
};

struct port_view {
	u16 status;		/* USBIF_PORT_* */
	u8 speed;
	struct {
		struct usbif_queue_look look;
		struct queue_counts counts;
	} queue[USBIF_EPS];
};

static void view_state(struct usbfront *uf, struct state_view *v)
{
	spin_lock_irq(&uf->lock);
	v->m = uf->seen;
	v->linked = uf->linked;
	memcpy(v->faults, uf->faults, sizeof(v->faults));
	if (uf->linked) {
		v->slots = uf->front->fq.config.slots;
		v->used = uf->front->fq.ids.in_flight;
		v->unlinks = uf->front->fq.ids.unlinks_in_flight;
		v->granted = uf->pool.pages;
	}
	spin_unlock_irq(&uf->lock);
}

static void show_link(struct seq_file *s, const struct usbfront *uf,
		      const struct state_view *v)
{
	if (!v->linked) {
		seq_puts(s, "connection: none\n");
		return;
	}
	seq_printf(s, "connection: USB %u, %u ports, requests of %u KiB, endpoint queues %s\n",
		   uf->config.usb_ver, uf->config.num_ports,
		   uf->config.request_pages * USBIF_WIRE_PAGE_OCTETS / 1024,
		   uf->config.extended ? "guaranteed by both ends" :
					 "kept by this end alone");
	seq_printf(s, "rings: %u + 1 pages granted\n", uf->config.ring_pages);
	seq_printf(s, "buffers: %u pages granted\n", v->granted);
	seq_printf(s, "requests: %u of %u unanswered, %u of them unlinks\n",
		   v->used, v->slots, v->unlinks);
}

static int state_show(struct seq_file *s, void *unused)
{
	struct usbfront *uf = s->private;
	struct state_view v;
	unsigned int i;

	view_state(uf, &v);
	seq_printf(s, "controller: %u, from domain %u\n", uf->nr,
		   uf->xbdev->otherend_id);
	seq_printf(s, "frontend: %s (%s)\n", usbif_xb_state_name(v.m.own),
		   usbif_xb_front_state_name(v.m.state));
	seq_printf(s, "backend: %s\n", usbif_xb_state_name(v.m.peer));
	show_link(s, uf, &v);
	seq_puts(s, "faults of the backend:");
	for (i = 0; i < USBIF_FAULT_N; i++)
		if (v.faults[i])
			seq_printf(s, " %s %u", usbif_fault_name(i),
				   v.faults[i]);
	seq_puts(s, "\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

/* False if there is no such port. */
static bool view_port(struct usbfront *uf, u8 port, struct port_view *v)
{
	u16 first = usbif_queue_index(port, 0, false), i;
	bool exists;

	spin_lock_irq(&uf->lock);
	exists = uf->linked && port <= uf->front->config.num_ports;
	if (exists) {
		v->status = uf->front->hub.port[port - 1].status;
		v->speed = uf->front->hub.port[port - 1].speed;
		for (i = 0; i < USBIF_EPS; i++) {
			usbif_fq_look(&uf->front->fq, first + i,
				      &v->queue[i].look);
			v->queue[i].counts = uf->counts[first + i];
		}
	}
	spin_unlock_irq(&uf->lock);
	return exists;
}

static void show_port(struct seq_file *s, const struct usbfront *uf, u8 port,
		      const struct port_view *v)
{
	static const struct {
		u16 bit;
		const char *name;
	} words[] = {
		{ USBIF_PORT_ENABLE, "enabled" },
		{ USBIF_PORT_SUSPEND, "suspended" },
		{ USBIF_PORT_RESET, "in reset" },
	};
	u16 first = usbif_queue_index(port, 0, false), i;

	seq_printf(s, "port %u: %d-%u, %s speed", port,
		   READ_ONCE(uf->busnum), port,
		   usbif_speed_name(v->speed));
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (v->status & words[i].bit)
			seq_printf(s, ", %s", words[i].name);
	seq_puts(s, "\n");
	queue_counts_head(s);
	for (i = 0; i < USBIF_EPS; i++)
		if (v->queue[i].counts.requests)
			queue_counts_row(s, first + i, &v->queue[i].look,
					 &v->queue[i].counts);
}

static int ports_show(struct seq_file *s, void *unused)
{
	struct port_view *v = kmalloc(sizeof(*v), GFP_KERNEL);
	struct usbfront *uf = s->private;
	u8 port;

	if (!v)
		return -ENOMEM;
	for (port = 1; port <= USBIF_MAX_PORTS; port++)
		if (view_port(uf, port, v) &&
		    v->speed != USBIF_WIRE_SPEED_NONE)
			show_port(s, uf, port, v);
	kfree(v);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ports);

void usbfront_show_add(struct usbfront *uf)
{
	char name[24];

	snprintf(name, sizeof(name), "%u-%u", uf->xbdev->otherend_id, uf->nr);
	uf->shown = debugfs_create_dir(name, root);
	debugfs_create_file("state", 0400, uf->shown, uf, &state_fops);
	debugfs_create_file("ports", 0400, uf->shown, uf, &ports_fops);
}

/* Returns when nobody reads any more. */
void usbfront_show_remove(struct usbfront *uf)
{
	debugfs_remove_recursive(uf->shown);
}

void usbfront_show_init(void)
{
	root = debugfs_create_dir("xen-usbfront", NULL);
}

void usbfront_show_exit(void)
{
	debugfs_remove_recursive(root);
}
