/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * xen-usbfront: a USB host controller driver on xenbus "vusb".
 *
 * main.c    module and its parameters
 * xenbus.c  xenbus events in, actions of usbif/xenbus.h out
 * link.c    one connection: rings, event channel, the tasklet that serves them
 * iso.c     frame descriptors of isochronous URBs
 * pool.c    the pages that the backend may read and write
 * hcd.c     usbcore's side: URBs and the root hub
 * note.c    counters and tracepoints
 * show.c    files in debugfs
 */
#ifndef USBFRONT_H
#define USBFRONT_H

#include <linux/interrupt.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/usb.h>
#include <linux/usb/hcd.h>
#include <linux/workqueue.h>
#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "queue_counts.h"
#include "usbif/front.h"
#include "usbif/xenbus.h"

/*
 * Pages that belong to this connection alone and that the backend may copy
 * from and to: one run for each slot of the ring, and behind all runs, which
 * it may only read, room for an array of segments for each slot.  They are
 * zeroed when allocated and never hold anything but transfers of this
 * controller.
 */
struct usbfront_pool {
	void *octets;		/* virtually contiguous */
	grant_ref_t *ref;	/* one for each page */
	unsigned int pages;	/* granted */
	unsigned int run;	/* pages of a slot */
	unsigned int runs;	/* pages of all slots */
	unsigned int array;	/* octets of an array; none crosses a page */
};

/*
 * What an entry of the front is of its URB: all of it, but for isochronous
 * ones that are too long for one request.  Those are several entries.
 */
struct usbfront_part {
	struct urb *urb;	/* null once it has come back */
	u32 base, length;	/* octets of the buffer */
	u16 packet, packets;	/* isochronous: the first, how many */
	u16 next;		/* the entry with the next part, or NONE */
	s32 status;		/* first entry: the first that is not OK */
};

/*
 * Pages that backends may keep, and this domain lose, before no other pool is
 * granted: 16 MiB.  An honest backend keeps none.
 */
#define USBFRONT_MAX_KEPT	4096u

struct usbfront {
	struct xenbus_device *xbdev;
	struct mutex xb_lock;		/* serialises xenbus events */
	struct usbif_xb_front xb;
	struct delayed_work xb_tick;	/* the deadline of xb */

	struct usbif_front_config agreed;	/* with the backend as it is now */
	struct usbif_front_config config;	/* of the connection */
	struct usb_hcd *hcd;		/* while connected */
	spinlock_t lock;		/* all below */
	struct usbif_front *front;
	struct usbfront_part part[USBIF_MAX_URBS];	/* by the front's entry */
	void *urb_ring, *conn_ring;
	grant_ref_t urb_ref[USBIF_WIRE_MAX_RING_PAGES], conn_ref;
	evtchn_port_t evtchn;
	int irq;
	struct usbfront_pool pool;
	unsigned int left_behind;	/* pages of earlier pools */
	struct usbif_msg_iso *iso;	/* scratch: one URB's packets */
	u8 *descs;			/* same: a copy of its descriptors */
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_DATA_SEGS];	/* a request's */
	struct delayed_work tick;	/* port resets */
	struct delayed_work unlink_tick;	/* overdue unlinks, each second */
	struct work_struct fault_work;
	struct work_struct quiesce_work;
	struct completion gone;
	struct tasklet_struct serve;	/* takes answers and gives back */
	bool event;			/* an event waits to be acknowledged */
	bool serving;			/* serve is running */
	bool open;			/* the backend is connected too */
	bool broken;			/* the connection is over */
	bool bus_suspended;		/* the root hub sleeps */

	/* What people see; the first three under xb_lock. */
	char why[128];			/* of the next FATAL */
	int why_err;
	struct ratelimit_state complaints;
	unsigned int nr;		/* of the controller in this domain */
	int busnum;
	struct dentry *shown;
	bool linked;			/* front is there; this and what follows
					 * under lock */
	u16 suspect;			/* id whose answer broke a rule, or NONE */
	struct usbif_xb seen;		/* a copy of xb's */
	u32 faults[USBIF_FAULT_N];
	struct queue_counts counts[USBIF_MAX_QUEUES];
};

/* Most packets of an isochronous URB: one page of descriptors. */
#define USBFRONT_MAX_PACKETS	(XEN_PAGE_SIZE / USBIF_WIRE_ISO_DESC_OCTETS)

/* main.c */
unsigned int usbfront_ring_pages(void);
unsigned int usbfront_request_pages(void);

/* xenbus.c */
int usbfront_xenbus_register(void);
void usbfront_xenbus_unregister(void);

/* link.c */
int usbfront_link_up(struct usbfront *uf);
void usbfront_link_open(struct usbfront *uf);
void usbfront_link_down(struct usbfront *uf);
/* The backend will not answer any more: everything comes back now. */
void usbfront_link_cut(struct usbfront *uf);
/* Send what may be sent now; uf->lock held. */
void usbfront_send(struct usbfront *uf);

/* iso.c */
/*
 * The part that begins with a packet, as long as one request can be.  False if
 * there is none: the packet is too long, or those behind it are before it.
 */
bool usbfront_iso_part(struct urb *urb, u16 packet, struct usbfront_part *part);
/* Fill the descriptor page of a slot; returns its segments behind seg[]. */
u8 usbfront_iso_out(struct usbfront *uf, const struct usbfront_part *part,
		    u16 id, struct usbif_msg_seg *seg);
/* Take packets, their status and (IN) octets out of a slot. */
void usbfront_iso_in(struct usbfront *uf, const struct usbfront_part *part,
		     u16 id, u16 start_frame);

/* pool.c */
int usbfront_pool_init(struct usbfront *uf, unsigned int slots);
void usbfront_pool_exit(struct usbfront *uf);
void *usbfront_pool_octets(struct usbfront *uf, u16 id);
/* Describe octets of a slot, from a page border on.  Returns the number. */
u16 usbfront_pool_segs(struct usbfront *uf, u16 id, u32 first_page, u32 octets,
		       struct usbif_msg_seg *seg);
/* Write a slot's array of segments, and say where it is. */
void usbfront_pool_array(struct usbfront *uf, u16 id,
			 const struct usbif_msg_seg *seg, u16 segs,
			 struct usbif_msg_seg *array);

/* note.c */
void usbfront_note_request(struct usbfront *uf,
			   const struct usbif_fq_duty *duty);
void usbfront_note_answer(struct usbfront *uf,
			  const struct usbif_front_received *got);
void usbfront_note_port(struct usbfront *uf, u8 port);
void usbfront_note_fault(struct usbfront *uf);
void usbfront_note_state(struct usbfront *uf, u8 event);

/* show.c */
void usbfront_show_init(void);
void usbfront_show_exit(void);
void usbfront_show_add(struct usbfront *uf);
void usbfront_show_remove(struct usbfront *uf);

/* hcd.c */
struct usbfront *usbfront_of(struct xenbus_device *xbdev);
int usbfront_hcd_add(struct usbfront *uf);
void usbfront_hcd_remove(struct usbfront *uf);
void usbfront_hcd_poll(struct usbfront *uf);
/* Octets between an URB's buffer and a slot's pages; uf->lock held. */
void usbfront_copy_out(struct urb *urb, u32 offset, void *to, u32 octets);
void usbfront_copy_in(struct urb *urb, u32 offset, const void *from,
		      u32 octets);
/* End an URB with what the front says; uf->lock held, dropped meanwhile. */
void usbfront_giveback(struct usbfront *uf, const struct usbif_fq_duty *duty);

#endif
