/* SPDX-License-Identifier: MIT */
/*
 * What became of the requests of an endpoint's queue, in numbers, and a line
 * of a debug file that shows it.  Counters only grow, and begin anew with the
 * next device at the port.
 */
#ifndef QUEUE_COUNTS_H
#define QUEUE_COUNTS_H

#include <linux/seq_file.h>
#include <linux/string.h>

#include "usbif/fq.h"
#include "usbif/msg.h"

struct queue_counts {
	u64 octets[2];		/* that moved: out of the guest, into it */
	u32 requests;		/* on the ring, without unlinks */
	u32 stops, restarts;
	u32 bounced;		/* arrived at the back while it was stopped */
	u32 returned;		/* answered NOT_EXECUTED, with those that bounced */
	u32 unlinks;		/* unlink requests */
	u32 errors;		/* answered with a stop status */
	s32 last_error;		/* that of the last one */
	u8 type;		/* enum usbif_xfer */
	bool stopped;		/* as it was when last looked at */
};

/* An answer of the queue: 0 is no error, and so is being returned. */
static inline void queue_counts_answer(struct queue_counts *n, bool in,
				       s32 status, u32 actual)
{
	n->octets[in] += actual;
	if (status == USBIF_WIRE_ST_OK)
		return;
	if (status == USBIF_WIRE_ST_NOT_EXECUTED) {
		n->returned++;
		return;
	}
	n->errors++;
	n->last_error = status;
}

static inline void queue_counts_head(struct seq_file *s)
{
	seq_puts(s, "  endpoint type        state     waiting under-way requests   octets-in  octets-out stops restarts bounced returned unlinks errors last-error\n");
}

static inline void queue_counts_row(struct seq_file *s, u16 queue,
				    const struct usbif_queue_look *look,
				    const struct queue_counts *n)
{
	u8 ep = usbif_queue_ep(queue);

	seq_printf(s, "  %2u %-5s %-11s %-9s %7u %9u %8u %11llu %11llu %5u %8u %7u %8u %7u %6u %s\n",
		   ep, ep == 0 ? "" : usbif_queue_is_in(queue) ? "in" : "out",
		   usbif_xfer_name(n->type),
		   usbif_queue_state_name(look->state), look->waiting,
		   look->under_way, n->requests, n->octets[1], n->octets[0],
		   n->stops, n->restarts, n->bounced, n->returned, n->unlinks,
		   n->errors,
		   n->errors ? usbif_status_name(n->last_error) : "-");
}

#endif
