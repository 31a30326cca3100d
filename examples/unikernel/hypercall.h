/* SPDX-License-Identifier: MIT */
/* Xen's public headers, and the hypercalls that are made of them. */
#ifndef HYPERCALL_H
#define HYPERCALL_H

#include <stdint.h>

#define __XEN_INTERFACE_VERSION__	0x00040400
#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>

/* Filled by Xen, see events.c: 32 octets of code for each hypercall. */
extern uint8_t hypercall_page[4096];

static inline long hypercall(uint32_t number, unsigned long a, void *b,
			     unsigned long c)
{
	long result;

	__asm__ __volatile__("call *%[code]"
		: "=a"(result), "+D"(a), "+S"(b), "+d"(c)
		: [code] "r"(hypercall_page + 32 * number)
		: "memory", "rcx", "r8", "r9", "r10", "r11");
	return result;
}

static inline long event_channel_op(unsigned int command, void *argument)
{
	return hypercall(__HYPERVISOR_event_channel_op, command, argument, 0);
}

static inline long sched_op(unsigned int command, void *argument)
{
	return hypercall(__HYPERVISOR_sched_op, command, argument, 0);
}

/* Where Xen has put a page of the console's or xenstore's, or an event channel. */
static inline uint64_t hvm_param(uint32_t index)
{
	struct xen_hvm_param param = { .domid = DOMID_SELF, .index = index };

	hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, &param, 0);
	return param.value;
}

/* Have a page of Xen's stand where this page of ours was. */
static inline long map_xen_page(unsigned int space, void *page)
{
	struct xen_add_to_physmap map = {
		.domid = DOMID_SELF, .space = space,
		.gpfn = (unsigned long)page >> 12 };

	return hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map,
			 0);
}

#endif
