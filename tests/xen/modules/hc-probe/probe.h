/* SPDX-License-Identifier: MIT */
/*
 * Shows what a host controller and its driver do with an endpoint's queue
 * when URBs end and are unlinked, with a scripted device (tools/scripted.h).
 * The unlink must come from inside a completion handler, or in the moment in
 * which an URB has ended and is not yet given back: no program can do that.
 */
#ifndef HC_PROBE_H
#define HC_PROBE_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/usb.h>

#define PROBE_URBS 8
#define PROBE_BUFFER 49152 /* three times what an EHCI qTD has at least */

/* Of the scripted device, in the order of its descriptors. */
enum { PROBE_IN1, PROBE_OUT1 };

struct probe;

/* One URB of a test. */
struct probe_slot {
	struct probe *probe;
	struct urb *urb;
	u8 *data;
	dma_addr_t dma;
	int place;  /* in the order of givebacks, from 1; 0: not given back */
	int status; /* as given back */
	u32 length;
};

struct probe {
	struct usb_interface *intf;
	struct usb_device *udev;
	struct mutex lock; /* one test at a time */
	u8 in1, out1;      /* endpoint addresses */
	struct probe_slot slots[PROBE_URBS];
	atomic_t places, pending;
	struct completion all_back;
	/* What the completion handler of slot 0 does with the next ones. */
	int unlink_count;
	bool unlink_tail_first;
	char result[256];
};

/* The arguments of a test. */
struct probe_args {
	unsigned int runs;
	char how[16];
	unsigned int number;
};

/* urbs.c */
int probe_alloc(struct probe *probe);
void probe_free(struct probe *probe);
/* Give the device a command, and wait until it has begun with it; 0, or -errno. */
int probe_tell(struct probe *probe, const char *format, ...)
	__printf(2, 3);
/* How many orders of an endpoint of the device are not done; or -errno. */
int probe_left(struct probe *probe, int endpoint);
/* Forget the last run: all slots are free. */
void probe_start(struct probe *probe);
/* The same, and the scripted device is reset. */
int probe_begin(struct probe *probe);
/* Submit the slot's URB with so many octets; 0, or -errno. */
int probe_submit(struct probe *probe, int slot, u8 address, u32 length,
		 unsigned int flags);
/* The completion handler of an URB with a slot for its context. */
void probe_given_back(struct urb *urb);
/* Unlink what is left, last first, and wait until all URBs are given back. */
void probe_end(struct probe *probe);
/* The octet at this place of the endpoint's stream. */
u8 probe_octet(int endpoint, u32 at);
/* The place in the stream that an octet sequence begins with. */
u32 probe_place(const u8 *data);

/* tests.c: 0 with a line in probe->result, or -errno. */
int probe_test_order(struct probe *probe, const struct probe_args *args);
int probe_test_sequence(struct probe *probe, const struct probe_args *args);
int probe_test_stop(struct probe *probe, const struct probe_args *args);
int probe_test_length_in(struct probe *probe, const struct probe_args *args);
int probe_test_length_out(struct probe *probe, const struct probe_args *args);
/* disk.c, the same on a bulk-only disk */
int probe_test_length_disk(struct probe *probe, const struct probe_args *args);

#endif
