// SPDX-License-Identifier: MIT
/*
 * The module: a driver of xenbus "vusb" that does nothing by itself; a
 * frontend, or with parameter "back" a backend.  Who writes the name of an
 * attack to parameter "attack" is kept until it is over; then "outcome" says
 * what came of it.  "list" names all of the group in parameter "group".
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/xen.h>

#include "hostile.h"

/* How long the other end may take for anything. */
#define PATIENCE	(30 * HZ)

static bool back;
module_param(back, bool, 0444);
static char group[16];
module_param_string(group, group, sizeof(group), 0600);

static DEFINE_MUTEX(one);
static struct hostile *the;	/* under one */
static char last[sizeof(the->outcome)] = "-";

void hostile_say(struct hostile *h, const char *outcome)
{
	strscpy(h->outcome, outcome, sizeof(h->outcome));
}

u32 *hostile_word(void *ring, unsigned int offset)
{
	return ring + offset;
}

u8 *hostile_slot(struct hostile *h, u32 index)
{
	return h->urb_ring + USBIF_WIRE_RING_HEADER_OCTETS +
	       index % HOSTILE_SLOTS * USBIF_WIRE_URB_OCTETS;
}

void hostile_notify(struct hostile *h)
{
	if (h->irq)
		notify_remote_via_irq(h->irq);
}

void hostile_deaf(struct hostile *h)
{
	if (h->irq)
		unbind_from_irqhandler(h->irq, h);
	h->irq = 0;
}

/* Not xenbus_switch_state(): that writes only what is new. */
int hostile_set_state(struct hostile *h, enum xenbus_state state)
{
	return xenbus_printf(XBT_NIL, h->xdev->nodename, "state", "%d", state);
}

bool hostile_leaves(struct hostile *h, enum xenbus_state state)
{
	return wait_event_timeout(h->changed, READ_ONCE(h->other) != state,
				  PATIENCE) > 0;
}

bool hostile_reaches(struct hostile *h, enum xenbus_state state)
{
	return wait_event_timeout(h->changed, READ_ONCE(h->other) == state,
				  PATIENCE) > 0;
}

static const struct hostile_attack *const tables[] = {
	hostile_front_requests, hostile_front_attacks, hostile_front_iso,
	hostile_front_arrays, hostile_back_attacks, hostile_back_iso,
};

/* Those of this end: the last two tables are the backend's. */
static bool is_ours(unsigned int table)
{
	return back == (table >= ARRAY_SIZE(tables) - 2);
}

static const struct hostile_attack *find(const char *name)
{
	const struct hostile_attack *a;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (a = tables[i]; is_ours(i) && a->name; a++)
			if (sysfs_streq(name, a->name))
				return a;
	return NULL;
}

static int open(struct hostile *h, bool bare)
{
	return back ? hostile_back_open(h) : hostile_front_open(h, bare);
}

static void close(struct hostile *h)
{
	if (back)
		hostile_back_close(h);
	else
		hostile_front_close(h);
}

static void attack(struct hostile *h, const struct hostile_attack *a)
{
	h->outcome[0] = 0;
	if (open(h, a->bare)) {
		if (!h->outcome[0])
			hostile_say(h, "cannot connect");
	} else {
		if (a->run)
			a->run(h);
		else
			hostile_spoil(h, &a->spoil);
		if (!h->outcome[0])
			hostile_say(h, hostile_leaves(h, XenbusStateConnected) ?
					       HOSTILE_CLOSED : HOSTILE_SILENT);
	}
	close(h);
}

static int set_attack(const char *name, const struct kernel_param *kp)
{
	const struct hostile_attack *a = find(name);
	int err = -ENODEV;

	if (!a)
		return -EINVAL;
	mutex_lock(&one);
	if (the) {
		attack(the, a);
		strscpy(last, the->outcome, sizeof(last));
		err = 0;
	}
	mutex_unlock(&one);
	return err;
}

static int get_outcome(char *to, const struct kernel_param *kp)
{
	return sysfs_emit(to, "%s\n", last);
}

static int get_list(char *to, const struct kernel_param *kp)
{
	const struct hostile_attack *a;
	unsigned int i;
	int n = 0;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (a = tables[i]; is_ours(i) && a->name; a++)
			if (sysfs_streq(group, a->group))
				n += sysfs_emit_at(to, n, "%s %s %s\n",
						   a->name, a->outcome,
						   a->reason);
	return n;
}

static const struct kernel_param_ops attack_ops = { .set = set_attack };
static const struct kernel_param_ops outcome_ops = { .get = get_outcome };
static const struct kernel_param_ops list_ops = { .get = get_list };

module_param_cb(attack, &attack_ops, NULL, 0200);
module_param_cb(outcome, &outcome_ops, NULL, 0400);
module_param_cb(list, &list_ops, NULL, 0400);

static void other_changed(struct xenbus_device *xdev, enum xenbus_state state)
{
	struct hostile *h = dev_get_drvdata(&xdev->dev);

	WRITE_ONCE(h->other, state);
	WRITE_ONCE(h->changes, h->changes + 1);
	wake_up_all(&h->changed);
}

static int probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct hostile *h = kzalloc(sizeof(*h), GFP_KERNEL);

	if (!h)
		return -ENOMEM;
	h->xdev = xdev;
	init_waitqueue_head(&h->changed);
	h->other = xenbus_read_driver_state(xdev->otherend);
	dev_set_drvdata(&xdev->dev, h);
	/* Or who loads this waits for a connection, which nobody makes yet. */
	xdev->state = XenbusStateConnected;
	mutex_lock(&one);
	the = h;
	mutex_unlock(&one);
	/* A backend begins when it is told to. */
	return back ? 0 : hostile_set_state(h, XenbusStateInitialising);
}

static void hostile_remove(struct xenbus_device *xdev)
{
	struct hostile *h = dev_get_drvdata(&xdev->dev);

	mutex_lock(&one);
	if (the == h)
		the = NULL;
	mutex_unlock(&one);
	while (h->keeps)
		xenbus_unmap_ring_vfree(xdev, h->kept[--h->keeps]);
	/* Who comes next begins anew. */
	hostile_set_state(h, XenbusStateInitialising);
	dev_set_drvdata(&xdev->dev, NULL);
	kfree(h);
}

static const struct xenbus_device_id ids[] = {
	{ "vusb" },
	{ "" }
};

static struct xenbus_driver driver = {
	.name = "hostile",
	.ids = ids,
	.probe = probe,
	.remove = hostile_remove,
	.otherend_changed = other_changed,
	.not_essential = true,
};

static int __init hostile_init(void)
{
	if (!xen_domain())
		return -ENODEV;
	/* Without an owner, so that it can be removed while it is bound. */
	if (back)
		return __xenbus_register_backend(&driver, NULL, KBUILD_MODNAME);
	return __xenbus_register_frontend(&driver, NULL, KBUILD_MODNAME);
}

static void __exit hostile_exit(void)
{
	xenbus_unregister_driver(&driver);
}

module_init(hostile_init);
module_exit(hostile_exit);
MODULE_DESCRIPTION("Attacks the other end of a USB connection, for tests");
MODULE_LICENSE("Dual MIT/GPL");
