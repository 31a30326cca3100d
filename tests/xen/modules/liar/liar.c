// SPDX-License-Identifier: MIT
/*
 * Makes the driver of ours that is loaded here break the protocol, as often as
 * is written to its parameter "lies": a frontend's next request is for port 0,
 * a backend's next answer of a length that nobody asked for.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

/* Offsets in a ring's entry: docs/PROTOCOL.md sections 4 and 5. */
#define REQ_PIPE	4
#define PIPE_PORT	0x1f
#define RSP_ACTUAL	8

static int lies;
module_param(lies, int, 0600);
MODULE_PARM_DESC(lies, "how many of the next messages are wrong");

/* The entry is the second argument of both functions. */
static int remember(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*(u8 **)ri->data = (u8 *)regs->si;
	return 0;
}

static bool is_due(void)
{
	if (lies <= 0)
		return false;
	lies--;
	return true;
}

static int lie_about_port(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	u8 *entry = *(u8 **)ri->data;

	if (is_due())
		entry[REQ_PIPE] &= ~PIPE_PORT;
	return 0;
}

static int lie_about_length(struct kretprobe_instance *ri,
			    struct pt_regs *regs)
{
	u8 *entry = *(u8 **)ri->data;

	if (is_due())
		entry[RSP_ACTUAL + 2] = 0xff;
	return 0;
}

static struct kretprobe probes[] = {
	{
		.kp.symbol_name = "usbif_msg_encode_head",
		.entry_handler = remember,
		.handler = lie_about_port,
		.data_size = sizeof(u8 *),
	},
	{
		.kp.symbol_name = "usbif_msg_encode_rsp",
		.entry_handler = remember,
		.handler = lie_about_length,
		.data_size = sizeof(u8 *),
	},
};

static struct kretprobe *all[] = { &probes[0], &probes[1] };

static int __init liar_init(void)
{
	return register_kretprobes(all, ARRAY_SIZE(all));
}

static void __exit liar_exit(void)
{
	unregister_kretprobes(all, ARRAY_SIZE(all));
}

module_init(liar_init);
module_exit(liar_exit);
MODULE_DESCRIPTION("Test: our drivers break the protocol");
MODULE_LICENSE("Dual MIT/GPL");
