/* SPDX-License-Identifier: MIT */
/*
 * The endpoint queues of a front: rules F1 to F8 of docs/PROTOCOL.md.
 *
 * A queue keeps the URBs that the guest's drivers submitted, in order, from
 * submit until their completion routine has returned.  It decides what may go
 * on the ring and when, what a returned URB resumes at, and when an URB is
 * given back and with what.
 *
 * Use: call a step (submit, unlink, answer, retired, gone, fresh, tick,
 * shutdown); then, before anything else happens to the object, pull duties
 * with usbif_fq_next() until it returns false.  Steps never fail for want of
 * room for their duties, as those are found in the state itself.  While a
 * GIVEBACK is performed its routine may submit and unlink; whoever pulls goes
 * on afterwards.
 *
 * "The ring" may be any transport that keeps requests in order: config.slots
 * is how many may be unanswered, and ids are below it.  examples/stream has
 * one.
 */
#ifndef USBIF_FQ_H
#define USBIF_FQ_H

#include "usbif/port.h"
#include "usbif/err.h"
#include "usbif/limits.h"
#include "usbif/wire.h"
#include "usbif/ids.h"

/* Seconds that an unlink or its target may stay unanswered: rule F6. */
#define USBIF_FQ_UNLINK_BOUND_S	10u

/* URBs that a queue may have however many others there are. */
#define USBIF_FQ_SHARE	32u

enum usbif_fq_urb_state {
	USBIF_FQ_FREE,		/* the entry is unused */
	USBIF_FQ_WAITING,	/* nothing of it is unanswered, nothing came back unexecuted */
	USBIF_FQ_SENT,		/* a request of it is unanswered */
	USBIF_FQ_HELD,		/* came back not executed, waits to be resent */
	USBIF_FQ_ENDED,		/* its end is known, usbif_fq_next() has yet to say so */
	USBIF_FQ_DONE,		/* given back; its completion routine has not returned */
};

/* struct usbif_fq_urb.flags */
#define USBIF_FQ_SHORT_NOT_OK	0x01u	/* the driver calls a short transfer an error */
#define USBIF_FQ_IN		0x02u	/* device to host */
#define USBIF_FQ_UNLINKED	0x04u	/* the driver has unlinked it */
#define USBIF_FQ_ENDING		0x08u	/* status is its end */
#define USBIF_FQ_BLOCKER	0x10u	/* counted in its queue's blockers */
#define USBIF_FQ_RETURNED	0x20u	/* a request of it came back not executed */
#define USBIF_FQ_ORPHAN		0x40u	/* its device left while it was SENT */
#define USBIF_FQ_BULK		0x80u	/* bulk: its requests may be longer */

struct usbif_fq_urb {
	uint8_t state;		/* enum usbif_fq_urb_state */
	uint8_t flags;		/* USBIF_FQ_* */
	uint16_t queue;		/* queue index, 0..USBIF_MAX_QUEUES-1 */
	uint16_t next;		/* behind it: in its queue, or among the ended */
	uint16_t next_unlink;	/* behind it among those with unlinks to send */
	uint16_t first_req;	/* its unanswered requests, first to last */
	uint16_t max_packet;	/* octets, 1 or more, and a request's at most */
	int16_t status;		/* USBIF_WIRE_ST_*, valid if ENDING */
	uint8_t empty;		/* 1: an empty packet ends it, which counts as one octet
				 * behind the data in length, done and sent */
	uint32_t ends_at;	/* offset of the request that said so */
	uint32_t length;	/* octets to move, and its empty packet */
	uint32_t done;		/* octets moved, without hole, from the start */
	uint32_t sent;		/* octets put on the ring, done <= sent <= length */
};

/* A request on the ring, by its id. */
struct usbif_fq_req {
	uint16_t urb;		/* whose it is; of an unlink: USBIF_NONE */
	uint16_t next;		/* the same URB's next unanswered request */
	uint8_t unlinked;	/* an unlink for it was sent */
	uint8_t age_s;		/* ticks since that, or since an unlink was sent */
	uint32_t offset;	/* in the URB */
	uint32_t length;
};

struct usbif_fq_queue {
	uint16_t head, tail;	/* URBs WAITING, SENT or HELD in submission order */
	uint16_t unsent;	/* the first of them with something to send */
	uint16_t next_ready;	/* behind it among the ready queues */
	uint16_t unanswered;	/* its transfer requests on the ring */
	uint16_t blockers;	/* unlinked or failed URBs whose routine has not returned */
	uint8_t holders;	/* URBs that hold up all behind them: fq_private.h;
				 * on the ring, hence less than half of its slots */
	bool needs_restart;	/* the back's queue is stopped, as far as is known */
	bool iso;		/* never stops */
	bool ready;		/* linked among the ready queues */
};

/* What a front's queues must know of the connection; fixed while it lasts. */
struct usbif_fq_config {
	uint16_t slots;		/* of the URB ring, 4..USBIF_MAX_SLOTS */
	uint16_t depth;		/* most slots that one queue may hold, 1 or more */
	uint32_t max_octets;	/* most octets in one request */
	uint32_t bulk_octets;	/* same of a bulk one; 0: no more than that */
	bool extended;		/* both ends have feature-endpoint-queues */
};

struct usbif_fq {
	struct usbif_fq_config config;
	enum usbif_fault fault;		/* what the back did wrong; first one wins */
	bool dead;			/* shut down: nothing is sent any more */
	uint16_t others;		/* transfers in flight that are not control */
	uint16_t targets;		/* transfers in flight that an unlink was sent for */
	uint16_t ended_head, ended_tail;
	uint16_t unlink_head, unlink_tail;
	uint16_t ready_head[2], ready_tail[2];	/* [1]: control queues */
	uint32_t gone[(USBIF_MAX_PORTS + 31) / 32];	/* by port - 1: rule F6 */
	uint32_t used[(USBIF_MAX_URBS + 31) / 32];	/* entries not FREE */
	uint16_t room;			/* lowest word of used[] that is not full */
	struct usbif_ids ids;
	struct usbif_fq_queue queue[USBIF_MAX_QUEUES];
	struct usbif_fq_urb urb[USBIF_MAX_URBS];
	struct usbif_fq_req req[USBIF_MAX_SLOTS];
};

/* A new URB. */
struct usbif_fq_submit {
	uint16_t queue;		/* usbif_queue_index() */
	uint16_t max_packet;	/* of its endpoint, octets */
	uint32_t length;	/* octets */
	bool iso;
	bool bulk;
	bool in;
	bool short_not_ok;
	/* OUT: if the data fills its last packet, an empty one is to follow */
	bool zero_packet;
};

/* A duty that usbif_fq_next() hands out. */
enum usbif_fq_duty_kind {
	USBIF_FQ_GIVEBACK,	/* give the URB back, then call usbif_fq_retired() */
	USBIF_FQ_SEND,		/* put a transfer request on the ring */
	USBIF_FQ_UNLINK,	/* put an unlink request on the ring */
};

struct usbif_fq_duty {
	enum usbif_fq_duty_kind kind;
	uint16_t urb;
	uint16_t id;		/* SEND, UNLINK: the request's id */
	uint16_t target;	/* UNLINK: id to cancel */
	uint16_t flags;		/* SEND: USBIF_WIRE_FLAG_* */
	uint32_t offset;	/* SEND: in the URB's buffer */
	uint32_t length;	/* SEND: octets; GIVEBACK: octets that moved */
	int32_t status;		/* GIVEBACK: USBIF_WIRE_ST_*; CANCELLED if unlinked */
};

/* What an answer brought. */
struct usbif_fq_received {
	uint16_t urb;		/* USBIF_NONE: answer to an unlink */
	bool in;
	uint32_t offset;	/* where its octets belong in the URB's buffer */
	uint32_t length;	/* octets that moved */
};

/*
 * The index of a queue.  port 1..USBIF_MAX_PORTS, ep 0..USBIF_MAX_EPNUM; the
 * direction of endpoint 0 is ignored.
 */
static inline uint16_t usbif_queue_index(uint8_t port, uint8_t ep, bool in)
{
	uint32_t within = ep;

	if (ep != 0 && in)
		within += USBIF_MAX_EPNUM;
	return (uint16_t)((uint32_t)(port - 1) * USBIF_EPS + within);
}

/* The port, 1.., of a queue; and whether it is a control queue. */
static inline uint8_t usbif_queue_port(uint16_t queue)
{
	return (uint8_t)(queue / USBIF_EPS + 1);
}

static inline bool usbif_queue_is_control(uint16_t queue)
{
	return queue % USBIF_EPS == 0;
}

/* The endpoint's number and direction; a control queue's is 0, OUT. */
uint8_t usbif_queue_ep(uint16_t queue);
bool usbif_queue_is_in(uint16_t queue);

/* How a queue stands, for people; either end. */
enum usbif_queue_state {
	USBIF_QUEUE_RUNNING,
	USBIF_QUEUE_QUIESCING,	/* stopping: what is under way has to come back */
	USBIF_QUEUE_STOPPED,	/* until the restart, which comes from the front */
	USBIF_QUEUE_HELD,	/* front: until completion routines have returned;
				 * back: until the host has executed a request
				 * that touches the queue */
	USBIF_QUEUE_STATE_N
};

struct usbif_queue_look {
	enum usbif_queue_state state;
	uint16_t waiting;	/* front: URBs with nothing on the ring;
				 * back: requests that the HC has not got */
	uint16_t under_way;	/* front: requests on the ring; back: in the HC */
};

/* For log lines and debug files; "?" for a value that is not defined. */
const char *usbif_queue_state_name(int state);

/*
 * Start with empty, running queues.
 * Returns USBIF_OK, or USBIF_E_ARG (a bound of config is broken).
 */
int usbif_fq_init(struct usbif_fq *fq, const struct usbif_fq_config *config);

/* True if every count, list and state agrees with the others.  O(everything). */
bool usbif_fq_valid(const struct usbif_fq *fq);

/* How the queue stands.  As long as the queue; changes nothing. */
void usbif_fq_look(const struct usbif_fq *fq, uint16_t queue,
		   struct usbif_queue_look *look);

/*
 * Take an URB into its queue.  The entry stays the caller's until
 * usbif_fq_retired().
 * Returns its entry, 0..USBIF_MAX_URBS-1; or, with nothing changed:
 * USBIF_E_STATE (device gone or connection dead), USBIF_E_SPACE (no entry
 * free; or half of them are in use, and USBIF_FQ_SHARE by this queue),
 * USBIF_E_ARG (isochronous or control and longer than one request, as with an
 * empty packet; or isochronous behind others that are not, or the reverse; or a
 * queue that there is not, a packet larger than a request or of no octets, or
 * 2^32 - 1 octets).
 */
int usbif_fq_submit(struct usbif_fq *fq, const struct usbif_fq_submit *s);

/*
 * The driver unlinks an URB: rule F4.
 * Returns USBIF_OK, or USBIF_E_STATE with nothing changed: it has ended
 * already or was unlinked before.
 */
int usbif_fq_unlink(struct usbif_fq *fq, uint16_t urb);

/*
 * The ring brought an answer: rules F2 and F3.  The caller copies the octets
 * that *got names out of the request's pages before its next call here.  A
 * transport where octets can be missing checks that before it calls: they
 * count as moved from here on.
 * Returns USBIF_OK, or USBIF_E_PEER: the back broke fq->fault; nothing but
 * fq->fault is meaningful then, and usbif_fq_shutdown() must follow.
 */
int usbif_fq_answer(struct usbif_fq *fq, uint16_t id, int32_t status,
		    uint32_t actual, struct usbif_fq_received *got);

/*
 * The completion routine of an URB that was given back has returned; its
 * entry is free.  Returns USBIF_OK or USBIF_E_STATE (not given back).
 */
int usbif_fq_retired(struct usbif_fq *fq, uint16_t urb);

/* The device at port left: rule F6.  Refuses new URBs until usbif_fq_fresh(). */
void usbif_fq_gone(struct usbif_fq *fq, uint8_t port);
/*
 * A new device is at port: its queues begin running.  URBs of the device
 * before it that the back still holds end when it answers, and are never sent
 * again; what is new on their queues waits for that.
 */
void usbif_fq_fresh(struct usbif_fq *fq, uint8_t port);

/*
 * A second has passed: to be called each second while
 * usbif_fq_has_unlinks() is true.  Returns USBIF_OK, or USBIF_E_PEER
 * (USBIF_FAULT_RSP_OVERDUE): rule F6's bound.
 */
int usbif_fq_tick(struct usbif_fq *fq);
bool usbif_fq_has_unlinks(const struct usbif_fq *fq);

/*
 * The connection is over, for whatever reason: every URB ends, once.  What the
 * back still owes is never taken; the caller must not reuse the pages of a
 * request whose grant the back has not released.
 */
void usbif_fq_shutdown(struct usbif_fq *fq);

/* True if no URB is held: submitted equals given back and retired. */
bool usbif_fq_is_idle(const struct usbif_fq *fq);

/*
 * The next duty, in this order: givebacks, unlinks, transfers in turn between
 * the queues.  A SEND or UNLINK counts as done: it must be put on the ring,
 * which has room for it as long as every request goes through here.
 * Returns false if there is none now.
 */
bool usbif_fq_next(struct usbif_fq *fq, struct usbif_fq_duty *duty);

#endif
