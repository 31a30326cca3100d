/* SPDX-License-Identifier: MIT */
/* A back alone: see explore_back.c. */
#ifndef LONE_BACK_H
#define LONE_BACK_H

#include "runs.h"
#include "usbif/back.h"

/* What a guest may ask for. */
enum lone_back_kind {
	ASK_PLAIN,		/* control, for the device itself */
	ASK_ADDRESS,
	ASK_CONFIGURATION,
	ASK_INTERFACE,		/* that of OUT */
	ASK_CLEAR_HALT,		/* of OUT */
	ASK_OUT,
	ASK_IN,
	NR_KINDS,
};

struct lone_back_params {
	struct run run;
	uint8_t kinds;		/* bit n: enum lone_back_kind */
	uint8_t ports;		/* 1 or 2; control only on the second */
	uint8_t requests;	/* most at one time, 1..MOST_REQUESTS */
	uint8_t hc_depth;
	bool extended;
	bool no_address;	/* the guest also asks address 0 */
	bool bare;		/* no endpoints before a configuration */
	bool unlinks;
	bool slow_answers;	/* they wait for a worker; without ADDRESS */
	bool stale;		/* devices come in the state of another use */
	bool rests;		/* a reset is put off for some time after one */
	bool unplugs;		/* devices leave, come and are replaced */
	bool closes;
};

#define MOST_REQUESTS	4

#define PACKET		1024u
#define SLOTS		(MOST_REQUESTS + 1)	/* and an unlink */
#define UNLINK_ID	99u
#define PORTS		2
#define ADDR		1		/* the only one that a guest gives */
#define OUT_IFACE	1
#define IN_IFACE	2
/* Queues of a port, and sets of them. */
#define CTRL		0
#define OUT		1
#define IN		2
#define ONLY_OUT	(1u << OUT)
#define ALL_DATA	(1u << OUT | 1u << IN)

enum where {
	NOWHERE,
	QUEUED,			/* admitted; waits, or is answered in this step */
	IN_HC,
	EXECUTING,		/* by the shim */
	DONE,			/* its answer is known, and waits */
};

/* What the world knows of a slot. */
struct ghost {
	uint8_t where;		/* enum where */
	uint8_t kind;		/* enum lone_back_kind */
	uint8_t port;
	uint8_t queue;		/* within the port */
	uint8_t order;		/* of admission, from 1, among those in use */
	uint8_t cancelled;	/* the HC was told */
	uint8_t unlink;		/* it is one; 2: its target was there */
	uint8_t well;		/* the shim executed it */
	uint8_t waits;		/* for the reset that its port owes */
	uint8_t pad[7];
};

/* And of a port. */
struct ghost_port {
	uint8_t executing;	/* a duty is with the shim */
	uint8_t duty;		/* enum usbif_back_duty_kind */
	uint8_t slot;
	uint8_t touched;	/* queues that the duty touches */
	uint8_t owed;		/* the guest has reset the port, or is new */
	uint8_t told;		/* the front knows of the device */
	uint8_t described;	/* its endpoints are */
	uint8_t resting;	/* it was reset lately */
	uint8_t fresh;		/* it was reset since it came */
	uint8_t pad[7];
};

struct world {
	struct usbif_back b;
	struct ghost ghost[SLOTS];
	struct ghost_port port[PORTS];
	uint8_t owner;		/* port whose device has the address */
	uint8_t closed;
} __attribute__((aligned(8)));

/* What happens next. */
enum lone_back_move {
	ASK,			/* port, kind * 4 + address * 2 + restart */
	UNLINK,			/* slot of the target */
	COMPLETE,		/* slot, enum usbif_wire_status */
	EXECUTED,		/* port, how */
	UNPLUG,			/* port */
	PLUG,			/* port */
	CLOSE,
	ANSWER,
	HEAR,
	RESTED,			/* port */
};

/* How the shim ends a duty. */
enum lone_back_outcome {
	WELL,
	WELL_WITHOUT_IN,	/* the new configuration has no such endpoint */
	BADLY,
};

extern const struct lone_back_params *lone_back_params;
extern const struct search_model lone_back_model;

/* Explore with these. */
void lone_back_choose(const void *params);
/* Note that something is wrong; the first one counts. */
void lone_back_fail(const char *what);

/* lone_back_print.c: a move in words. */
void lone_back_print(FILE *out, search_move m);

/* lone_back_check.c: what must be true, */
/* of a duty towards the HC or the shim, */
void check_back_submit(const struct world *w, const struct ghost *g);
void check_back_cancel(const struct ghost *g);
void check_back_execute(const struct world *w, const struct usbif_back_duty *d);
/* of an answer, */
void check_back_answer(struct world *w, const struct ghost *g,
		       const struct usbif_bq_answer *a);
/* of what the front is told of a port, */
void check_back_told(struct world *w, uint8_t port, uint8_t speed);
/* and after each step. */
void check_back(const struct world *w);
/* Which queues must be quiet while a duty is executed. */
uint8_t touched_by(enum usbif_back_duty_kind kind);

#endif
