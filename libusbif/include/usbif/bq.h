/* SPDX-License-Identifier: MIT */
/*
 * The endpoint queues of a back: rules B0 to B8 of docs/PROTOCOL.md.
 *
 * A queue keeps the requests that were taken off the ring, in ring order,
 * until they are answered.  It decides which of them the host controller (HC)
 * may have, stops when one of them fails, and answers what was behind it as
 * not executed.
 *
 * Use: under one lock, call a step, then pull duties with usbif_bq_next()
 * until it returns false and perform each SUBMIT before the lock is dropped.
 * A CANCEL may be performed after the lock is dropped, but before the HC's
 * completion handler that led to it returns.  Answers are pulled apart, with
 * usbif_bq_next_answer(), by whoever writes to the ring.
 *
 * "The ring" may be any transport that keeps requests in order: config.slots
 * is how many may be unanswered.  A slot is the back's own; the front's id is
 * only repeated in the answer and looked for by an unlink, so that a front
 * which uses one twice harms itself alone.  Queues are numbered by
 * usbif_queue_index() of fq.h.  examples/stream has a back without Xen.
 */
#ifndef USBIF_BQ_H
#define USBIF_BQ_H

#include "usbif/port.h"
#include "usbif/err.h"
#include "usbif/limits.h"
#include "usbif/wire.h"

struct usbif_queue_look;	/* fq.h */

enum usbif_bq_req_state {
	USBIF_BQ_FREE,
	USBIF_BQ_STAGED,	/* taken off the ring, not yet in its queue */
	USBIF_BQ_PARKED,	/* in its queue, not in the HC */
	USBIF_BQ_IN_HC,		/* handed to the HC, which has not completed it */
	USBIF_BQ_ANSWERED,	/* its answer is known and waits to be pulled */
	USBIF_BQ_ANSWERING,	/* pulled; usbif_bq_answered() is to follow */
};

/* Why a request in the HC is to be cancelled; the larger one wins. */
enum usbif_bq_cancel {
	USBIF_BQ_KEEP,
	USBIF_BQ_BY_STOP,	/* it is behind one that ended: rule B2 */
	USBIF_BQ_BY_UNLINK,	/* the guest's driver unlinked it: rule B6 */
	USBIF_BQ_BY_REMOVAL,	/* its device or the connection ends: rule B7 */
};

/* struct usbif_bq_req.flags */
#define USBIF_BQ_SHORT_NOT_OK	0x01u
#define USBIF_BQ_IN		0x02u
#define USBIF_BQ_CANCEL_ISSUED	0x04u	/* the CANCEL duty was handed out */
#define USBIF_BQ_RESTARTS	0x08u	/* the queue waits until its answer is heard */
#define USBIF_BQ_ISO		0x10u	/* isochronous: neither stops nor is stopped */

struct usbif_bq_req {
	uint8_t state;		/* enum usbif_bq_req_state */
	uint8_t cancel;		/* enum usbif_bq_cancel */
	uint8_t flags;
	uint8_t port;		/* of its queue; 0 if there is none */
	uint16_t id;		/* the front's */
	uint16_t queue;		/* or USBIF_NONE: unlink, or unknown device */
	uint16_t next;		/* behind it: in its queue, or among the answers */
	uint32_t length;	/* octets asked for */
	uint32_t actual;	/* ANSWERED: octets that moved */
	int32_t status;		/* ANSWERED: USBIF_WIRE_ST_* */
};

struct usbif_bq_queue {
	uint16_t head, tail;	/* requests in ring order: IN_HC, then PARKED */
	uint16_t in_hc;
	uint16_t next_work;	/* behind it among the queues with work */
	uint16_t max_packet;	/* octets; 0: there is no such endpoint */
	uint8_t type;		/* enum usbif_xfer */
	uint8_t iface;		/* the interface it belongs to */
	bool stopped;
	bool unheard;		/* stopped until usbif_bq_heard(): old fronts */
	bool held;		/* nothing is handed over until usbif_bq_release() */
	bool work;		/* linked among the queues with work */
};

struct usbif_bq_config {
	uint16_t slots;		/* of the URB ring, 4..USBIF_MAX_SLOTS */
	uint16_t hc_depth;	/* most requests of a queue in the HC; 1: strict.
				 * Of ports without a number of their own */
	bool extended;		/* both ends have feature-endpoint-queues */
};

struct usbif_bq {
	struct usbif_bq_config config;
	enum usbif_fault fault;		/* what the front did wrong; first one wins */
	uint16_t answer_head, answer_tail;
	uint16_t work_head, work_tail;
	uint16_t busy[USBIF_MAX_PORTS];	/* requests not yet answered, by port - 1 */
	uint16_t hc_depth[USBIF_MAX_PORTS];	/* see config, by port - 1 */
	uint32_t gone[(USBIF_MAX_PORTS + 31) / 32];	/* by port - 1: rule B7 */
	uint32_t used[(USBIF_MAX_SLOTS + 31) / 32];	/* requests not FREE */
	uint16_t room;			/* lowest word of used[] that is not full */
	struct usbif_bq_queue queue[USBIF_MAX_QUEUES];
	struct usbif_bq_req req[USBIF_MAX_SLOTS];
};

/* A request as it enters its queue. */
struct usbif_bq_admit {
	uint16_t id;
	uint16_t queue;		/* usbif_queue_index(), or USBIF_NONE: answer refuse */
	uint16_t flags;		/* USBIF_WIRE_FLAG_* */
	bool in;		/* device to host */
	bool iso;		/* isochronous, whatever its endpoint is */
	uint32_t length;
	int32_t refuse;		/* USBIF_WIRE_ST_OK, or why it can't be executed: B8 */
};

enum usbif_bq_duty_kind {
	USBIF_BQ_SUBMIT,	/* hand to the HC; usbif_bq_done() is to follow, once */
	USBIF_BQ_CANCEL,	/* cancel in the HC; its usbif_bq_done() still comes */
};

struct usbif_bq_duty {
	enum usbif_bq_duty_kind kind;
	uint16_t slot;
};

/* An answer to put on the ring. */
struct usbif_bq_answer {
	uint16_t slot;
	uint16_t id;
	int32_t status;		/* as negotiated: an old front gets old statuses */
	uint32_t actual;	/* octets; IN: to be copied to the guest first */
	bool in;
};

/*
 * Start with running queues and no endpoints.
 * Returns USBIF_OK, or USBIF_E_ARG (a bound of config is broken).
 */
int usbif_bq_init(struct usbif_bq *bq, const struct usbif_bq_config *config);

/* True if every count, list and state agrees with the others. */
bool usbif_bq_valid(const struct usbif_bq *bq);

/* How the queue stands.  As long as the queue; changes nothing. */
void usbif_bq_look(const struct usbif_bq *bq, uint16_t queue,
		   struct usbif_queue_look *look);

/*
 * Describe the endpoint of a queue; max_packet 0 removes it.  Requests that
 * are in the queue stay.  Nothing of it may be in the HC.
 */
void usbif_bq_set_endpoint(struct usbif_bq *bq, uint16_t queue, uint8_t type,
			   uint16_t max_packet, uint8_t iface);

/*
 * Most requests of each queue of a port that the HC may have at a time, 1 or
 * more: a property of the host controller that the port's device is on.
 * Holds until usbif_bq_fresh(); what is in the HC already stays there.
 */
void usbif_bq_set_depth(struct usbif_bq *bq, uint8_t port, uint16_t depth);

/*
 * Take a slot for a request that was taken off the ring.
 * Returns the slot, or USBIF_E_SPACE (the ring is longer than config.slots).
 */
int usbif_bq_stage(struct usbif_bq *bq);

/*
 * Let a staged request into its queue: rules B1, B4, B5, B7 and B8.  Requests
 * must come here in ring order.
 * Returns USBIF_OK, or USBIF_E_PEER: a restart flag while the queue has
 * requests in flight (bq->fault), now or earlier; its answer is shutdown then.
 */
int usbif_bq_admit(struct usbif_bq *bq, uint16_t slot,
		   const struct usbif_bq_admit *a);

/*
 * Unlink the request that the front calls id: rule B6.  Of an old front any
 * queue of the same port is searched.
 * Returns true if it was in its queue; the unlink is to be answered at once
 * either way.
 */
bool usbif_bq_unlink(struct usbif_bq *bq, uint16_t queue, uint16_t id);

/*
 * The HC completed a request, or refused it at submit: rules B2, B3 and B8.
 * status: USBIF_WIRE_ST_*; CANCELLED where the HC says that it was cancelled.
 * actual: octets that moved, at most the request's length.
 * Returns USBIF_OK or USBIF_E_STATE (slot not in the HC; nothing changed).
 */
int usbif_bq_done(struct usbif_bq *bq, uint16_t slot, int32_t status,
		  uint32_t actual);

/*
 * A request that was to be handed to the HC, alone of its queue, did not get
 * there and is to be handed over again, unless the queue has stopped meanwhile.
 * Returns USBIF_OK or USBIF_E_STATE (slot not in the HC; nothing changed).
 */
int usbif_bq_again(struct usbif_bq *bq, uint16_t slot);

/*
 * The answer of a slot is on the ring; the slot is free.
 * Returns true if its queue stands still until the front has heard the answer,
 * which usbif_bq_heard() is to tell: it failed, and the front is an old one.
 */
bool usbif_bq_answered(struct usbif_bq *bq, uint16_t slot);

/*
 * An old front has heard every answer that usbif_bq_answered() returned true
 * for: its completion routines have run, and what they unlinked came first.
 * Queues without such an answer on its way go on.
 */
void usbif_bq_heard(struct usbif_bq *bq);

/*
 * The device at port left, or is to be given up: rule B7.  Everything of it is
 * cancelled and answered with shutdown, also what still arrives, until
 * usbif_bq_fresh().
 */
void usbif_bq_gone(struct usbif_bq *bq, uint8_t port);
/*
 * A new device is at port: its queues begin running, without endpoints, and
 * with config.hc_depth.
 * Needs usbif_bq_port_is_idle(); requests that are staged do no harm.
 */
void usbif_bq_fresh(struct usbif_bq *bq, uint8_t port);
/* True if every request of the port has been answered. */
bool usbif_bq_port_is_idle(const struct usbif_bq *bq, uint8_t port);
/* True if no slot is in use. */
bool usbif_bq_is_idle(const struct usbif_bq *bq);

/*
 * Hold a queue while something outside it must not be overtaken (a new
 * configuration, clear halt, a device reset).  What is in the HC is cancelled
 * and comes back as by a stop, or as an error if nobody can say what it did
 * (control, isochronous, zero octets, an old front), but the queue is not left
 * stopped for an old front.  usbif_bq_is_drained() tells when nothing of it is
 * in the HC.
 */
void usbif_bq_hold(struct usbif_bq *bq, uint16_t queue);
bool usbif_bq_is_drained(const struct usbif_bq *bq, uint16_t queue);
void usbif_bq_release(struct usbif_bq *bq, uint16_t queue);

/* The next duty towards the HC; false if there is none now. */
bool usbif_bq_next(struct usbif_bq *bq, struct usbif_bq_duty *duty);

/*
 * The next answer; false if there is none now.  When it is on the ring,
 * usbif_bq_answered() must be called.
 */
bool usbif_bq_next_answer(struct usbif_bq *bq, struct usbif_bq_answer *answer);

#endif
