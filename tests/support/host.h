/* SPDX-License-Identifier: MIT */
/* The host's end: a shim around struct usbif_back as back.h describes it. */
#ifndef SUPPORT_HOST_H
#define SUPPORT_HOST_H

#include "support/device.h"
#include "usbif/back.h"

struct world;

#define HOST_BATCH	32u
/* Looks at whether an old front has heard of a failure, before it is late. */
#define HOST_MOST_LOOKS	200u

/* A request between take and answer. */
struct host_slot {
	uint8_t *data;
	struct usbif_msg_iso *iso;
	struct usbif_msg_seg *seg;	/* of an indirect request */
	bool in_hc;
	bool futile;		/* was not prepared */
	int32_t refuse;
	uint32_t errors;
};

enum host_phase {
	HOST_TAKE,
	HOST_ADMIT,
	HOST_COLLECT,
	HOST_PUT,
	HOST_TELL,
};

struct host {
	struct usbif_back back;
	enum host_phase phase;
	struct host_slot slot[USBIF_MAX_SLOTS];
	uint16_t batch[HOST_BATCH];
	uint32_t batched;
	struct usbif_bq_answer answer[HOST_BATCH];
	uint32_t answers;
	bool is_open;		/* the rings are served */
	bool busy;		/* this round has found something */
	bool kicked;		/* its thread is to run */
	bool broken;		/* the connection is over */
	bool complained;	/* it was the front's fault */
	struct usbif_back_duty work[USBIF_MAX_PORTS];
	uint32_t works;
	uint16_t cancel[USBIF_MAX_SLOTS];
	uint32_t cancels;
	struct device *device[USBIF_MAX_PORTS + 1];
	struct device *next_device[USBIF_MAX_PORTS + 1];
	uint32_t prepared, freed;
	uint32_t unlinks_taken;
	uint32_t looks;		/* since it last asked for an event */
};

void host_open(struct world *w);
/* The connection is over: everything is cancelled. */
void host_close(struct world *w);
bool host_is_quiet(const struct world *w);
void host_free(struct world *w);

/* Returns what usbif_back_plug() says. */
int host_plug(struct world *w, uint8_t port, struct device *d);
void host_unplug(struct world *w, uint8_t port);

bool host_is_runnable(const struct world *w);
/* One phase of its thread's round. */
void host_step(struct world *w);
/* Completion handlers of the host controller, one.  False: there is none. */
bool host_interrupt(struct world *w);
/* A worker executes one duty.  False: there is none. */
bool host_work(struct world *w);

#endif
