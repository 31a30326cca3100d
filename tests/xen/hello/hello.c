// SPDX-License-Identifier: GPL-2.0
/* Shows that a module built against Debian's headers loads in dom0 and in the guest. */
#include <linux/module.h>

static int __init hello_init(void)
{
	pr_info("hello: loaded\n");
	return 0;
}

static void __exit hello_exit(void)
{
	pr_info("hello: unloaded\n");
}

module_init(hello_init);
module_exit(hello_exit);
MODULE_DESCRIPTION("Test bed: a module that does nothing");
MODULE_LICENSE("GPL");
