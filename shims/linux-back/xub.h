/* SPDX-License-Identifier: MIT */
/*
 * xen-usbback: what its files share.  The decisions are libusbif's; here they
 * are carried out.
 *
 * Locks, outermost first:
 *   usb_lock_device()	held by the USB core around probe and disconnect
 *   ctrl->handshake	the state machine of a controller and its actions; never
 *			taken inside the others but by nobody
 *   xub_mutex		controllers, devices, and which device is where; not
 *			held while waiting for a special request, which may
 *			need it
 *   conn->lock		a connection's struct usbif_back; taken in interrupts
 */
#ifndef XUB_H
#define XUB_H

#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>
#include <linux/usb.h>
#include <linux/workqueue.h>
#include <xen/interface/grant_table.h>
#include <xen/xenbus.h>

#include "compat.h"
#include "queue_counts.h"
#include "usbif/back.h"
#include "usbif/xenbus.h"

#define XUB_NAME	"xen-usbback"

/* Requests that are taken, or answers that are given, in one go. */
#define XUB_BATCH	16
/*
 * Segments after which a batch is closed: 1 MiB in whole pages.  So one
 * hypercall, and the memory for what is in it, stay bounded however long a
 * request may be; and the arrays of a batch fit into one page.
 */
#define XUB_BATCH_SEGS	256
/* Packets of an isochronous request; drivers use some tens. */
#define XUB_PACKETS	512
/* Pages that a connection keeps for its next requests: 1 MiB of 4 KiB pages. */
#define XUB_SPARE	256
/* Octets that are contiguous at most: what a host controller gets as one. */
#define XUB_PIECE	65536u
/* Cancels that are performed in one go; more only when a port is emptied. */
#define XUB_CANCELS	16
/* How long an old frontend may take to hear of a failure. */
#define XUB_HEAR_BOUND	HZ
/* How long a frontend waits whose connections have failed again and again. */
#define XUB_BARRED	(10 * HZ)

/* Octets of a transfer, in pages that need not be contiguous. */
struct xub_area {
	struct page **page;	/* room for as many as a request can have */
	u16 pages;
	bool block;		/* contiguous by pieces of XUB_PIECE octets */
};

/* A request between take and answer, beside what the library has of it. */
struct xub_slot {
	struct xub_conn *conn;
	struct urb *urb;
	u8 *setup;		/* control: a private copy, for the HC */
	bool in_hc;		/* under conn->lock */
	bool ran;		/* the HC has had it */
	bool futile;		/* was not prepared; nothing will run it */
	bool scattered;		/* its HC takes pages that are not contiguous */
	bool cancelled;		/* no further piece; under conn->lock */
	u8 port;		/* where it is executed */
	u32 moved;		/* by its pieces that have ended */
	struct xub_area data;
	struct scatterlist *sg;
	/* indirect */
	u16 array_at;		/* in the connection's page */
	struct usbif_msg_seg *seg;
	/* isochronous */
	u16 start_frame;
	u32 errors;
	struct xub_area desc;
	struct page *desc_page[DIV_ROUND_UP(XUB_PACKETS *
					    USBIF_WIRE_ISO_DESC_OCTETS,
					    PAGE_SIZE)];
	struct usbif_msg_iso *iso;
};

/* One connection to a frontend: rings, event channel, requests. */
struct xub_conn {
	struct xub_ctrl *ctrl;
	domid_t domid;
	void *urb_ring;
	void *conn_ring;
	int irq;
	struct tasklet_struct bh;
	struct work_struct slow;	/* what the tasklet may not do */
	bool slowed;		/* it has the baton, not the tasklet */
	bool kicked;		/* since the last pass of the work item */
	bool eoi_due;		/* an event came and is not acknowledged */
	bool open;		/* devices may be plugged; under xub_mutex */
	bool stopped;		/* no tasklet any more */
	bool broken;		/* the frontend broke a rule: not served any more */
	bool replug;		/* a port waits for its last device to leave */
	u16 suspect;		/* id of the request that broke a rule, or NONE */
	u32 bad_ref;		/* the grant that could not be copied */
	atomic_t completing;	/* handlers that may still look at this */
	struct timer_list hear;	/* an old frontend has yet to hear of a failure */

	spinlock_t lock;	/* back, slot[].in_hc, port[].udev */
	struct usbif_back back;

	/* Of the one that serves: serve.c. */
	gfp_t gfp;		/* GFP_ATOMIC: it may not sleep */
	unsigned int taken;	/* batch[]: to be prepared and admitted */
	bool fetching;		/* their segment arrays come first */
	unsigned int prepared;
	u16 batch[XUB_BATCH];
	int32_t refuse[XUB_BATCH];
	unsigned int collected;	/* answer[]: to be delivered and given */
	bool delivered;
	struct usbif_bq_answer answer[XUB_BATCH];
	/* Neither side of a copy crosses a page: two for each segment. */
	struct gnttab_copy *copy;
	unsigned int copies;
	bool copied;		/* but for those that are to be tried again */
	unsigned int since_eoi;	/* requests taken */
	unsigned long hear_by;	/* in jiffies: when that is too late */
	u64 window, spent;	/* of the tasklet, in ns: when it began, its time */
	struct page *spare[XUB_SPARE];
	unsigned int spares;

	struct page *array;	/* private copies of a batch's segment arrays */
	unsigned int array_octets;

	/* What the slots point into: request_pages entries for each. */
	unsigned int request_pages;
	struct page **page;
	struct scatterlist *sg;
	struct usbif_msg_seg *seg;
	unsigned int slots;
	struct xub_slot slot[];
};

/* A USB device with interfaces that are bound to us; under xub_mutex. */
struct xub_dev {
	struct list_head list;
	struct usb_device *udev;	/* referenced */
	unsigned int bound;		/* its interfaces that are ours */
	bool moving;			/* we change its configuration ourselves */
	bool used;			/* a guest has had it */
	bool refreshing;		/* for its next user: fresh.c */
	struct xub_port *port;		/* where the guest has it, or null */
	int config;			/* as it was when it became ours */
	u64 rested;			/* jiffies when it may be reset again */
	struct work_struct restore;
};

/* A port of a controller's root hub. */
struct xub_port {
	struct xub_ctrl *ctrl;
	u8 nr;				/* 1.. */
	char busid[USBIF_XB_BUSID_OCTETS];	/* as its node says */
	struct xub_dev *dev;		/* what is plugged, or is leaving */
	struct usb_device *udev;	/* dev's; under conn->lock */
	bool leaving;			/* written under conn->lock */
	bool paused;			/* being reset or suspended, not by us */
	bool resetting;			/* we reset it */
	bool bad;			/* its node has rubbish, which was logged */
	struct usbif_back_duty duty;
	struct work_struct special;
	struct delayed_work rest;
};

/* What the frontend was last told of a port, and has yet to be told. */
struct xub_told {
	u8 speed;
	bool unplug_due;
};

/* A controller: one xenbus device. */
struct xub_ctrl {
	struct xenbus_device *xdev;
	unsigned int nr;		/* its number in the guest's domain */
	struct list_head list;
	char *otherend;
	struct xub_conn *conn;		/* under xub_mutex */
	struct xub_port port[USBIF_MAX_PORTS];
	unsigned int beyond;	/* a port that there is not; under xub_mutex */

	struct mutex handshake;
	struct usbif_xb_back xb;
	struct usbif_xb_config agreed;	/* of the last PEER event */
	struct usbif_xb_config used;	/* of the connection */
	struct usbif_xb_bad bad;
	char why[128];			/* what is wrong with a key */
	bool gone;
	struct xenbus_watch watch;
	struct delayed_work tick;
	struct work_struct look;
	unsigned long ports_changed;	/* bit 0 */
	struct work_struct fault;
	struct work_struct settle;
	u64 barred;	/* until then, in jiffies, no connection is tried */
	struct ratelimit_state complaints;	/* a guest can cause both */
	struct ratelimit_state news;

	/* What people see, beside the log. */
	struct dentry *shown;
	spinlock_t seen_lock;
	struct usbif_xb seen;		/* a copy of xb's; under seen_lock */
	struct queue_counts *counts;	/* of each queue; under conn->lock */
	u32 faults[USBIF_FAULT_N];	/* same */
};

/* A line of a controller's log that a guest can cause again and again. */
#define xub_news(c, ...)						\
	do {								\
		if (__ratelimit(&(c)->news))				\
			dev_info(&(c)->xdev->dev, __VA_ARGS__);		\
	} while (0)

/* main.c */
extern char *xub_pipelined;
extern struct workqueue_struct *xub_wq;
unsigned int xub_max_ring_pages(void);
unsigned int xub_max_request_pages(void);
unsigned int xub_hc_depth(void);

/* hc.c */
bool xub_hc_list_is_valid(const char *list);
u16 xub_hc_depth_of(const struct usb_device *udev, unsigned int request_pages);

/* keys.c */
int xub_keys_announce(struct xub_ctrl *c);
u8 xub_keys_own(struct xub_ctrl *c, u8 *state, bool *online);
u8 xub_keys_peer(struct xub_ctrl *c, u8 *state);
void xub_keys_ports(struct xub_ctrl *c);
void xub_keys_free_port(struct xub_ctrl *c, u8 port);

/* xen.c */
int xub_xen_register(void);
void xub_xen_unregister(void);

/* conn.c */
int xub_conn_connect(struct xub_ctrl *c);
void xub_conn_open(struct xub_ctrl *c);
void xub_conn_quiesce(struct xub_ctrl *c);
void xub_conn_release(struct xub_ctrl *c);
void xub_kick(struct xub_conn *conn);

/* serve.c */
void xub_serve_bh(struct tasklet_struct *bh);
void xub_serve_slow(struct work_struct *work);
void xub_serve_last(struct xub_conn *conn);

/* data.c */
bool xub_area_get(struct xub_conn *conn, struct xub_area *a, u32 octets,
		  bool block);
void xub_area_put(struct xub_conn *conn, struct xub_area *a);
void xub_spares_free(struct xub_conn *conn);
void xub_copy(struct xub_conn *conn, const struct xub_area *a, u32 at,
	      const struct usbif_msg_seg *seg, u32 octets, bool to_guest);
int xub_copy_flush(struct xub_conn *conn);

/* urb.c */
int xub_slot_prepare(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req);
void xub_slot_deliver(struct xub_conn *conn, struct xub_slot *s,
		      const struct usbif_msg_req *req, u32 actual);
enum usbif_fault xub_slot_finish(struct xub_slot *s,
				 const struct usbif_msg_req *req);
void xub_slot_free(struct xub_conn *conn, struct xub_slot *s);
void xub_drain_unlock(struct xub_conn *conn, unsigned long flags)
	__releases(&conn->lock);
void xub_kill_urbs(struct xub_conn *conn, struct usb_device *udev);
int32_t xub_wire_status(int err, const struct usb_device *udev);

/* indirect.c */
int xub_slots_init(struct xub_conn *conn);
void xub_slots_exit(struct xub_conn *conn);
unsigned int xub_req_segs(const struct usbif_msg_req *req);
void xub_array_fetch(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req);
enum usbif_fault xub_array_decode(struct xub_conn *conn, struct xub_slot *s,
				  const struct usbif_msg_req *req);

/* iso.c */
bool xub_iso_prepare(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req);
enum usbif_fault xub_iso_fill(struct xub_slot *s,
			      const struct usbif_msg_req *req);
void xub_iso_deliver(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req);
void xub_iso_free(struct xub_conn *conn, struct xub_slot *s);

/* special.c */
void xub_special_work(struct work_struct *work);

/* fresh.c */
void xub_rest_init(struct xub_port *p);
void xub_rest_stop(struct xub_ctrl *c);
void xub_fresh_init(struct xub_dev *d);
void xub_fresh_plug(struct xub_conn *conn, struct xub_port *p);
void xub_fresh_reset_done(struct xub_conn *conn, struct xub_port *p, bool ok);
void xub_fresh_leave(struct xub_dev *d);

/* note.c */
void xub_note_taken(struct xub_conn *conn, u16 nr);
u16 xub_note_admitting(struct xub_conn *conn, u16 nr);
void xub_note_admitted(struct xub_conn *conn, u16 nr, u16 queue);
void xub_note_done(struct xub_conn *conn, u16 nr);
void xub_note_special(struct xub_conn *conn, u8 port);
void xub_note_answer(struct xub_conn *conn, const struct usbif_bq_answer *a);
void xub_note_heard(struct xub_conn *conn);
void xub_note_plugged(struct xub_conn *conn, u8 port);
bool xub_note_telling(struct xub_conn *conn, struct xub_told *told);
void xub_note_told(struct xub_conn *conn, const struct xub_told *told);
void xub_note_fault(struct xub_conn *conn);
void xub_note_state(struct xub_ctrl *c, u8 event);

/* show.c */
void xub_show_init(void);
void xub_show_exit(void);
void xub_show_add(struct xub_ctrl *c);
void xub_show_remove(struct xub_ctrl *c);

/* port.c */
extern struct mutex xub_mutex;
void xub_ctrl_add(struct xub_ctrl *c);
void xub_ctrl_remove(struct xub_ctrl *c);
void xub_settle(struct xub_ctrl *c);
void xub_settle_work(struct work_struct *work);
void xub_close_ports(struct xub_ctrl *c);
void xub_tell_missing(void);
int xub_dev_bind(struct usb_interface *intf);
void xub_dev_unbind(struct usb_interface *intf);
void xub_dev_moved(struct xub_dev *d);
void xub_dev_left(struct xub_dev *d);
void xub_dev_pause(struct usb_interface *intf, bool paused);
void xub_describe(struct xub_conn *conn, struct xub_port *p);

/* usb.c */
extern struct usb_driver xub_usb_driver;

#endif
