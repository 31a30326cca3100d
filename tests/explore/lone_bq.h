/* SPDX-License-Identifier: MIT */
/* A back's queues alone: see explore_bq.c. */
#ifndef LONE_BQ_H
#define LONE_BQ_H

#include "runs.h"
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

extern const struct search_model lone_bq_model;

/* Explore with these. */
void lone_bq_choose(const void *params);

#endif
