/* SPDX-License-Identifier: MIT */
/* A back's queues alone: see explore_bq.c. */
#ifndef LONE_BQ_H
#define LONE_BQ_H

#include "runs.h"
#include "usbif/bq.h"
#include "usbif/fq.h"

struct lone_bq_params {
	struct run run;
	uint8_t queues[2];
	uint8_t nr_queues;
	bool iso;		/* the last of them may be isochronous */
	uint8_t requests;	/* most at one time, 4 slots */
	uint8_t ids;		/* different ones */
	uint8_t lengths;	/* bit n: requests of n packets */
	uint8_t hc_depth;
	bool extended;
	bool refuses;		/* rule B8 */
	bool stages;		/* requests are staged before they are admitted */
	bool holds;
	bool ports;		/* devices leave and come */
	bool again;		/* hand-overs that did not happen */
	bool slow_answers;	/* answers wait for a worker of their own */
};

#define PACKET		1024u
#define SHORT_PACKET	512u
#define IN		2
#define SLOTS		USBIF_MAX_SLOTS

#define NOBODY		0xffu

enum where {
	NOWHERE,
	STAGED,
	QUEUED,			/* admitted; not in the HC, not answered */
	IN_HC,
	ANSWERED,
};

/* What the world knows of a slot. */
struct ghost {
	uint8_t where;		/* enum where */
	uint8_t queue;		/* or 0xff */
	uint8_t order;		/* of admission, from 1, among those in use */
	uint8_t cancelled;	/* the HC was told */
	uint8_t packets;
	uint8_t iso;
	uint8_t pad[2];
};

struct world {
	struct usbif_bq bq;
	struct ghost ghost[SLOTS];
	uint8_t staged[SLOTS];	/* slots in ring order */
	uint8_t staged_n;
	uint8_t gone;		/* port 1 */
	uint8_t faulty;
	uint8_t deaf;		/* old front: bit i, it has not heard of a failure
				 * of params->queues[i] */
} __attribute__((aligned(8)));

extern const struct lone_bq_params *lone_bq_params;
extern const struct search_model lone_bq_model;

/* Note that something is wrong; the first one counts. */
void lone_bq_fail(const char *what);

/* lone_bq_check.c */
bool is_iso(const struct world *w, uint8_t queue);
/* Does an old front have to hear of the slot's answer? */
bool is_news(const struct world *w, uint8_t slot);
void check_submit(const struct world *w, uint8_t slot);
void check_cancel(const struct world *w, uint8_t slot);
void check_ghosts(const struct world *w);
void check_admitted(struct world *w, uint8_t slot, bool stopped, bool restart,
		    int32_t refuse, bool alone);
void check_answer(const struct world *w, const struct usbif_bq_answer *a);

/* Explore with these. */
void lone_bq_choose(const void *params);

#endif
