// SPDX-License-Identifier: MIT
/* URBs of a test: submitted, unlinked, their ends written down. */
#include <linux/slab.h>

#include "probe.h"

/* Vendor requests of the scripted device, see tools/scripted.h. */
#define TELL 1
#define STATE 2
#define ENDPOINTS 5
#define COMMAND_MAX 128

#define CONTROL_MS 3000
#define BACK_MS 1000

u8 probe_octet(int endpoint, u32 at)
{
	u32 number = at / 4 | (0xa0u + endpoint) << 24;

	return (u8)(number >> 8 * (at % 4));
}

u32 probe_place(const u8 *data)
{
	return 4 * (data[0] | data[1] << 8 | data[2] << 16);
}

int probe_left(struct probe *probe, int endpoint)
{
	u8 left[ENDPOINTS];
	int ret = usb_control_msg_recv(probe->udev, 0, STATE,
				       USB_DIR_IN | USB_TYPE_VENDOR |
					       USB_RECIP_INTERFACE,
				       0, 0, left, sizeof(left), CONTROL_MS,
				       GFP_KERNEL);

	return ret ? ret : left[endpoint];
}

int probe_tell(struct probe *probe, const char *format, ...)
{
	char text[COMMAND_MAX];
	va_list arguments;
	int length, ret;

	va_start(arguments, format);
	length = vscnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	ret = usb_control_msg_send(probe->udev, 0, TELL,
				   USB_DIR_OUT | USB_TYPE_VENDOR |
					   USB_RECIP_INTERFACE,
				   0, 0, text, length, CONTROL_MS, GFP_KERNEL);
	if (ret)
		return ret;
	/* The device serves one request after the other. */
	ret = probe_left(probe, 0);
	return ret < 0 ? ret : 0;
}

static void unlink_followers(struct probe *probe)
{
	int i;

	for (i = 1; i <= probe->unlink_count; i++) {
		int at = probe->unlink_tail_first ?
			 probe->unlink_count + 1 - i : i;

		usb_unlink_urb(probe->slots[at].urb);
	}
}

void probe_given_back(struct urb *urb)
{
	struct probe_slot *slot = urb->context;
	struct probe *probe = slot->probe;

	slot->status = urb->status;
	slot->length = urb->actual_length;
	WRITE_ONCE(slot->place, atomic_inc_return(&probe->places));
	if (slot == &probe->slots[0])
		unlink_followers(probe);
	if (atomic_dec_and_test(&probe->pending))
		complete(&probe->all_back);
}

int probe_submit(struct probe *probe, int number, u8 address, u32 length,
		 unsigned int flags)
{
	struct probe_slot *slot = &probe->slots[number];
	int endpoint = address & USB_DIR_IN ? PROBE_IN1 : PROBE_OUT1;
	unsigned int pipe;
	u32 i;
	int ret;

	if (endpoint == PROBE_IN1) {
		pipe = usb_rcvbulkpipe(probe->udev, address);
		/* No octet of the pattern is that of its own complement. */
		for (i = 0; i < length; i++)
			slot->data[i] = ~probe_octet(endpoint, i);
	} else {
		pipe = usb_sndbulkpipe(probe->udev, address);
	}
	usb_fill_bulk_urb(slot->urb, probe->udev, pipe, slot->data, length,
			  probe_given_back, slot);
	slot->urb->transfer_dma = slot->dma;
	slot->urb->transfer_flags = flags | URB_NO_TRANSFER_DMA_MAP;
	slot->place = 0;
	slot->status = 0;
	slot->length = 0;
	atomic_inc(&probe->pending);
	ret = usb_submit_urb(slot->urb, GFP_KERNEL);
	/* The test holds one count itself, so this is never the last. */
	if (ret)
		atomic_dec(&probe->pending);
	return ret;
}

void probe_start(struct probe *probe)
{
	atomic_set(&probe->places, 0);
	atomic_set(&probe->pending, 1);
	reinit_completion(&probe->all_back);
	probe->unlink_count = 0;
}

int probe_begin(struct probe *probe)
{
	int ret;

	probe_start(probe);
	ret = probe_tell(probe, "reset");
	if (ret)
		return ret;
	/* An endpoint that the last run has halted. */
	ret = usb_clear_halt(probe->udev,
			     usb_rcvbulkpipe(probe->udev, probe->in1));
	if (ret)
		return ret;
	return usb_clear_halt(probe->udev,
			      usb_sndbulkpipe(probe->udev, probe->out1));
}

void probe_end(struct probe *probe)
{
	int i;

	for (i = PROBE_URBS - 1; i >= 0; i--)
		usb_unlink_urb(probe->slots[i].urb);
	if (atomic_dec_and_test(&probe->pending))
		return;
	if (!wait_for_completion_timeout(&probe->all_back,
					 msecs_to_jiffies(BACK_MS)))
		for (i = PROBE_URBS - 1; i >= 0; i--)
			usb_kill_urb(probe->slots[i].urb);
}

int probe_alloc(struct probe *probe)
{
	int i;

	for (i = 0; i < PROBE_URBS; i++) {
		struct probe_slot *slot = &probe->slots[i];

		slot->probe = probe;
		slot->urb = usb_alloc_urb(0, GFP_KERNEL);
		/* Seen by the processor while the controller writes to it. */
		slot->data = usb_alloc_coherent(probe->udev, PROBE_BUFFER,
						GFP_KERNEL, &slot->dma);
		if (!slot->urb || !slot->data)
			return -ENOMEM;
	}
	return 0;
}

void probe_free(struct probe *probe)
{
	int i;

	for (i = 0; i < PROBE_URBS; i++) {
		struct probe_slot *slot = &probe->slots[i];

		usb_kill_urb(slot->urb);
		usb_free_urb(slot->urb);
		if (slot->data)
			usb_free_coherent(probe->udev, PROBE_BUFFER, slot->data,
					  slot->dma);
	}
}
