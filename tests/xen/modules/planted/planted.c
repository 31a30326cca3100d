// SPDX-License-Identifier: MIT
/*
 * Leaks one thing of the kind that is written to its parameter "leak", to
 * show that the tests' books see it.
 */
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/interface/event_channel.h>
#include <xen/page.h>
#include <xen/xenbus.h>
#include <asm/xen/hypercall.h>

/* What was leaked last; a compiler may not drop an unused allocation. */
static void *lost;

static int leak_kmalloc(void)
{
	lost = kmalloc(100, GFP_KERNEL);
	return lost ? 0 : -ENOMEM;
}

static int leak_page(void)
{
	lost = alloc_page(GFP_KERNEL);
	return lost ? 0 : -ENOMEM;
}

static int leak_vmalloc(void)
{
	lost = vmalloc(PAGE_SIZE);
	return lost ? 0 : -ENOMEM;
}

static int leak_grant(void)
{
	static unsigned long page;
	int ref;

	if (!page)
		page = get_zeroed_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	ref = gnttab_grant_foreign_access(0, virt_to_gfn((void *)page), 1);
	return ref < 0 ? ref : 0;
}

static int leak_event_channel(void)
{
	struct evtchn_alloc_unbound alloc = {
		.dom = DOMID_SELF, .remote_dom = 0,
	};

	return HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &alloc);
}

static int sleeper(void *data)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int leak_thread(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(sleeper, NULL, "planted"));
}

static void ignore(struct xenbus_watch *watch, const char *path,
		   const char *token)
{
}

static int leak_watch(void)
{
	struct xenbus_watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);

	if (!watch)
		return -ENOMEM;
	watch->node = "device";
	watch->callback = ignore;
	return register_xenbus_watch(watch);
}

static const struct {
	const char *name;
	int (*leak)(void);
} kinds[] = {
	{ "kmalloc", leak_kmalloc },
	{ "page", leak_page },
	{ "vmalloc", leak_vmalloc },
	{ "grant", leak_grant },
	{ "event-channel", leak_event_channel },
	{ "thread", leak_thread },
	{ "watch", leak_watch },
};

static int set(const char *text, const struct kernel_param *param)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (sysfs_streq(text, kinds[i].name))
			return kinds[i].leak();
	return -EINVAL;
}

static const struct kernel_param_ops leak_ops = { .set = set };

module_param_cb(leak, &leak_ops, NULL, 0200);
MODULE_PARM_DESC(leak, "leak one: kmalloc, page, vmalloc, grant, event-channel, thread or watch");

/* Never unloaded: what it leaked would stay behind all the same. */
static int __init planted_init(void)
{
	return 0;
}

module_init(planted_init);
MODULE_DESCRIPTION("Test: leaks, one at a time");
MODULE_LICENSE("Dual MIT/GPL");
