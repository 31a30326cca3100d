/* SPDX-License-Identifier: MIT */
/*
 * hostile: an end of a connection that breaks rules on command.
 *
 * main.c            the module: an attack is ordered through its parameters
 * front.c           a frontend by hand: connects, sends, takes, closes
 * front_requests.c  its attacks by a request with one field that is wrong
 * front_attacks.c   its attacks by rings, grants, events and keys
 * front_iso.c       ... by isochronous requests
 * front_arrays.c    ... by arrays of segments
 * back.c            a backend by hand
 * back_attacks.c    its attacks
 * back_device.c     its device whose user is a program that reports
 * back_iso.c        its attacks on what that program asks for
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <linux/types.h>
#include <linux/wait.h>
#include <xen/grant_table.h>
#include <xen/xenbus.h>

#include "usbif/msg.h"

#define HOSTILE_SLOTS	16u	/* of the URB ring: it has one page */
#define HOSTILE_CONNS	512u	/* of the connection ring */
#define HOSTILE_PAGES	4u	/* for the octets of requests */

#define HOSTILE_KEPT	16u	/* pages that are kept at most */

/* What an attack may say itself; else it is what the other end did. */
#define HOSTILE_CLOSED	"closed"
#define HOSTILE_SILENT	"nothing"

struct hostile {
	struct xenbus_device *xdev;
	wait_queue_head_t changed;
	enum xenbus_state other;	/* the other end's */
	unsigned int changes;		/* how often it was written */
	void *urb_ring, *conn_ring;
	grant_ref_t urb_ref, conn_ref;
	evtchn_port_t evtchn;
	int irq;
	void *page[HOSTILE_PAGES];
	grant_ref_t page_ref[HOSTILE_PAGES];
	bool granted[HOSTILE_PAGES];
	void *kept[HOSTILE_KEPT];	/* pages that the other end wants */
	unsigned int keeps;
	u32 sent, taken;		/* on the URB ring */
	u32 posted, told;		/* on the connection ring */
	char outcome[40];
};

/* One 32-bit word of a lawful request that is changed. */
struct hostile_spoil {
	struct usbif_msg_req (*make)(struct hostile *h, u16 id);
	unsigned int at;	/* octets */
	u32 clear, set;
};

/* An attack, and what becomes of the connection that it is made on. */
struct hostile_attack {
	const char *group, *name;
	/* HOSTILE_CLOSED; or what an answer said; or what .run() found */
	const char *outcome;
	const char *reason;	/* in the victim's one line; "-": no line */
	bool bare;		/* without lawful traffic before it */
	void (*run)(struct hostile *h);
	struct hostile_spoil spoil;	/* without .run() */
};

/* main.c */
void hostile_say(struct hostile *h, const char *outcome);
int hostile_set_state(struct hostile *h, enum xenbus_state state);
/* True if the other end leaves the state, or gets there, in half a minute. */
bool hostile_leaves(struct hostile *h, enum xenbus_state state);
bool hostile_reaches(struct hostile *h, enum xenbus_state state);
u32 *hostile_word(void *ring, unsigned int offset);
u8 *hostile_slot(struct hostile *h, u32 index);
void hostile_notify(struct hostile *h);
/* Close the event channel. */
void hostile_deaf(struct hostile *h);

/* front.c */
int hostile_front_open(struct hostile *h, bool bare);
void hostile_front_close(struct hostile *h);
void hostile_put(struct hostile *h, const struct usbif_msg_req *req);
void hostile_push(struct hostile *h);
/* False if the backend leaves, or is silent. */
bool hostile_answer(struct hostile *h, struct usbif_msg_rsp *rsp);
int hostile_grant(struct hostile *h, unsigned int page, domid_t domid,
		  bool readonly);
/* False if the backend has it in use: a page is lost. */
bool hostile_revoke(struct hostile *h, unsigned int page);
/* Requests that are lawful; segments are in page 0, or as the name says. */
struct usbif_msg_req hostile_control(u16 id, const u8 *setup);
struct usbif_msg_req hostile_descriptor(struct hostile *h, u16 id);
struct usbif_msg_req hostile_interrupt(struct hostile *h, u16 id);
struct usbif_msg_req hostile_unlink(u16 id, u16 target);
/* Send one and have its answer; false if there is none. */
bool hostile_do(struct hostile *h, const struct usbif_msg_req *req,
		struct usbif_msg_rsp *rsp);
/* The device is asked who it is, and says so: into page 0. */
bool hostile_lawful(struct hostile *h);
/* The keyboard is told to report every 40 ms, whether a key is pressed. */
void hostile_reports(struct hostile *h, u16 id);

/* True if an answer waits to be taken. */
bool hostile_answered(struct hostile *h);

/* Have a request answered; what the answer says is the outcome. */
void hostile_say_answer(struct hostile *h, const struct usbif_msg_req *req);
void hostile_spoil(struct hostile *h, const struct hostile_spoil *s);

/* front_arrays.c: bulk IN of 5096 octets, to pages 2 and 3; array in page 1. */
struct usbif_msg_req hostile_array(struct hostile *h, u16 id);

/* back.c */
int hostile_back_open(struct hostile *h);
void hostile_back_close(struct hostile *h);
/* Map what the frontend, now Connected, says; connect, too. */
int hostile_back_connect(struct hostile *h);
int hostile_offer(struct hostile *h, const char *key, const char *value);
/* The next request; false if the frontend leaves, or asks for nothing. */
bool hostile_request(struct hostile *h, struct usbif_msg_req *req);
void hostile_put_answer(struct hostile *h, u16 id, s32 status, u32 actual);
void hostile_push_answers(struct hostile *h);
void hostile_reply(struct hostile *h, u16 id, s32 status, u32 actual);
/* An event for a port; more is added to the id of what it answers. */
bool hostile_tell(struct hostile *h, u8 port, u8 speed, u16 more);
/*
 * Plug a device into port 1 and answer what it is asked first, as it should
 * be.  The next request, for its descriptor, is the attack's.
 */
bool hostile_device(struct hostile *h, struct usbif_msg_req *req);
/*
 * Copy octets, of one page of ours, to one page of a request's; "at" counts
 * from its first segment, and all but the last are whole pages.  False if the
 * frontend has not granted that.
 */
bool hostile_write(struct hostile *h, const struct usbif_msg_seg *seg, u32 at,
		   const void *from, u32 octets);

/* back_device.c */

/* What the device's program is to do with one URB; tools/report.c. */
struct hostile_order {
	u8 endpoint;	/* its address */
	u8 bulk;
	__le16 packets;	/* bulk: 1 */
	__le32 size;	/* of each */
} __packed;

/* What it says about the URB. */
struct hostile_packet {
	__le32 actual;
	__le32 status;
	u8 first, last;	/* of the octets that came */
	__le16 odd;	/* how many octets are not the first's */
} __packed;

#define HOSTILE_PACKETS	40u

struct hostile_report {
	__le32 status;
	__le32 actual;
	__le32 errors;
	struct hostile_packet packet[HOSTILE_PACKETS];
} __packed;

#define HOSTILE_IN	0x81u	/* isochronous */
#define HOSTILE_OUT	0x02u
#define HOSTILE_BULK	0x83u	/* IN */

/*
 * Plug the device in, and have its program submit an URB.  False, with the
 * outcome said, if that does not come about.
 */
bool hostile_order(struct hostile *h, u8 endpoint, u16 packets, u32 size);
/* Another one of the same device. */
bool hostile_order_again(struct hostile *h, u8 endpoint, u16 packets, u32 size);
/* What became of it; null, with the outcome said, if there is no report. */
const struct hostile_report *hostile_report(struct hostile *h);

/* Each ends with one that has no name. */
extern const struct hostile_attack hostile_front_requests[];
extern const struct hostile_attack hostile_front_attacks[];
extern const struct hostile_attack hostile_front_iso[];
extern const struct hostile_attack hostile_front_arrays[];
extern const struct hostile_attack hostile_back_attacks[];
extern const struct hostile_attack hostile_back_iso[];

#endif
