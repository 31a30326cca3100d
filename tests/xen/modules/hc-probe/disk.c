// SPDX-License-Identifier: MIT
/*
 * The length of an unlinked URB on a slow bulk-only disk, which hands out data
 * in pieces: the scripted device outside of the machine cannot be caught in
 * the middle of an URB.
 */
#include <linux/delay.h>
#include <linux/slab.h>

#include "probe.h"

#define DISK_OCTETS (192 << 10)
#define BLOCK 512
#define CBW_OCTETS 31
#define CSW_OCTETS 13
#define READ_10 0x28
#define BULK_ONLY_RESET 0xff
#define SLOW_MS 10000
/* The first piece comes at once, the next when the disk may go on. */
#define PIECE_MS 150
#define RECOVER_MS 1500

struct disk {
	struct probe *probe;
	unsigned int in, out;  /* pipes */
	u8 *data, *content;    /* DISK_OCTETS each */
	u8 *small;             /* a CBW or CSW */
	dma_addr_t dma;
};

static int command(struct disk *disk)
{
	int moved;

	memset(disk->small, 0, CBW_OCTETS);
	memcpy(disk->small, "USBC", 4);
	disk->small[8] = DISK_OCTETS & 0xff;
	disk->small[9] = DISK_OCTETS >> 8 & 0xff;
	disk->small[10] = DISK_OCTETS >> 16;
	disk->small[12] = USB_DIR_IN;
	disk->small[14] = 10;
	disk->small[15] = READ_10;
	disk->small[22] = DISK_OCTETS / BLOCK >> 8;
	disk->small[23] = DISK_OCTETS / BLOCK & 0xff;
	return usb_bulk_msg(disk->probe->udev, disk->out, disk->small,
			    CBW_OCTETS, &moved, SLOW_MS);
}

static int start(struct disk *disk)
{
	struct urb *urb = disk->probe->slots[0].urb;
	int ret = command(disk);

	if (ret)
		return ret;
	usb_fill_bulk_urb(urb, disk->probe->udev, disk->in, disk->data,
			  DISK_OCTETS, probe_given_back,
			  &disk->probe->slots[0]);
	urb->transfer_dma = disk->dma;
	urb->transfer_flags = URB_NO_TRANSFER_DMA_MAP;
	probe_start(disk->probe);
	atomic_inc(&disk->probe->pending);
	ret = usb_submit_urb(urb, GFP_KERNEL);
	if (ret)
		atomic_dec(&disk->probe->pending);
	return ret;
}

/* What the disk has there, to compare with. */
static int read_content(struct disk *disk)
{
	int i, moved, ret = start(disk);

	if (ret)
		return ret;
	for (i = 0; i < SLOW_MS / 20; i++) {
		if (atomic_read(&disk->probe->pending) == 1)
			break;
		msleep(20);
	}
	probe_end(disk->probe);
	if (disk->probe->slots[0].length != DISK_OCTETS)
		return -EIO;
	memcpy(disk->content, disk->data, DISK_OCTETS);
	return usb_bulk_msg(disk->probe->udev, disk->in, disk->small,
			    CSW_OCTETS, &moved, SLOW_MS);
}

static int recover(struct disk *disk)
{
	struct usb_device *udev = disk->probe->udev;
	int ret = usb_control_msg_send(udev, 0, BULK_ONLY_RESET,
				       USB_TYPE_CLASS | USB_RECIP_INTERFACE, 0,
				       0, NULL, 0, SLOW_MS, GFP_KERNEL);

	if (!ret)
		ret = usb_clear_halt(udev, disk->in);
	if (!ret)
		ret = usb_clear_halt(udev, disk->out);
	/* Until the disk is allowed to go fast again. */
	msleep(RECOVER_MS);
	return ret;
}

static int length_run(struct disk *disk, unsigned int *partial,
		      unsigned int *violations)
{
	u32 i, moved;
	int ret;

	for (i = 0; i < DISK_OCTETS; i++)
		disk->data[i] = ~disk->content[i];
	ret = start(disk);
	if (ret)
		return ret;
	msleep(PIECE_MS);
	probe_end(disk->probe);
	for (moved = 0; moved < DISK_OCTETS; moved++)
		if (disk->data[moved] != disk->content[moved])
			break;
	*partial += moved > 0 && moved < DISK_OCTETS;
	*violations += disk->probe->slots[0].length != moved;
	scnprintf(disk->probe->result, sizeof(disk->probe->result),
		  "last: %u reported, %u moved", disk->probe->slots[0].length,
		  moved);
	return recover(disk);
}

static int run_all(struct disk *disk, unsigned int runs)
{
	unsigned int run, partial = 0, violations = 0;
	char last[64];
	int ret = read_content(disk);

	for (run = 0; run < runs && !ret; run++)
		ret = length_run(disk, &partial, &violations);
	strscpy(last, disk->probe->result, sizeof(last));
	scnprintf(disk->probe->result, sizeof(disk->probe->result),
		  "length-disk: runs %u partial %u violations %u (%s)", run,
		  partial, violations, last);
	return ret;
}

int probe_test_length_disk(struct probe *probe, const struct probe_args *args)
{
	struct usb_device *udev = probe->udev;
	struct disk disk = {
		.probe = probe,
		.in = usb_rcvbulkpipe(udev, probe->in1),
		.out = usb_sndbulkpipe(udev, probe->out1),
	};
	int ret = -ENOMEM;

	disk.data = usb_alloc_coherent(udev, DISK_OCTETS, GFP_KERNEL, &disk.dma);
	disk.content = kvmalloc(DISK_OCTETS, GFP_KERNEL);
	disk.small = kmalloc(CBW_OCTETS, GFP_KERNEL);
	if (disk.data && disk.content && disk.small)
		ret = run_all(&disk, args->runs);
	if (disk.data)
		usb_free_coherent(udev, DISK_OCTETS, disk.data, disk.dma);
	kvfree(disk.content);
	kfree(disk.small);
	return ret;
}
