/* SPDX-License-Identifier: MIT */
/*
 * Module parameters that are numbers with bounds.  A value that is not allowed
 * makes the load fail, and a line in the log names it and what is allowed.
 */
#ifndef NUMBER_PARAM_H
#define NUMBER_PARAM_H

#include <linux/kernel.h>
#include <linux/moduleparam.h>

struct number_param {
	unsigned int value;
	unsigned int min, max;
};

static inline int number_param_set(const char *text,
				   const struct kernel_param *kp)
{
	struct number_param *n = kp->arg;
	unsigned int value;

	if (!text || kstrtouint(text, 10, &value) || value < n->min ||
	    value > n->max) {
		pr_err("%s: %s=%s is not allowed: must be %u..%u\n",
		       KBUILD_MODNAME, kp->name, text ? text : "", n->min,
		       n->max);
		return -EINVAL;
	}
	n->value = value;
	return 0;
}

static inline int number_param_get(char *buffer, const struct kernel_param *kp)
{
	const struct number_param *n = kp->arg;

	return sysfs_emit(buffer, "%u\n", n->value);
}

static const struct kernel_param_ops number_param_ops = {
	.set = number_param_set,
	.get = number_param_get,
};

/* The type in front of the description is what modinfo shows. */
#define NUMBER_PARAM(name, variable, description)			\
	module_param_cb(name, &number_param_ops, &variable, 0444);	\
	MODULE_PARM_DESC(name, description)

#endif
