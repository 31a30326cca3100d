/* SPDX-License-Identifier: MIT */
/*
 * A simulated host controller: a queue of transfers for each endpoint, moved
 * packet by packet.  It can be told how it behaves where real ones differ.
 */
#ifndef SUPPORT_HC_H
#define SUPPORT_HC_H

#include "support/device.h"
#include "usbif/limits.h"
#include "usbif/msg.h"

enum hc_cancel_mode {
	HC_CANCEL_SOON,		/* at the next opportunity, as it is then */
	HC_CANCEL_INSIDE,	/* completed inside the call */
	HC_CANCEL_LATE,		/* goes on for a while */
	HC_CANCEL_NEVER,	/* ends by itself if it can, and only else so */
};

struct hc_config {
	enum hc_cancel_mode cancel;
	bool stops;		/* after an error, until its handler returned */
	uint32_t packets;	/* that one step moves at most */
	uint16_t queues;	/* that are in use: the lowest */
};

enum hc_state {
	HC_UNUSED,
	HC_QUEUED,
	HC_ENDED,		/* its handler has not been called */
};

struct hc_transfer {
	uint8_t state;		/* enum hc_state */
	uint8_t ep;
	uint8_t type;		/* enum usbif_xfer */
	bool in;
	bool cancelled;
	uint16_t queue;
	uint16_t next;		/* in its queue, or among the ended */
	uint32_t patience;	/* steps until a late cancel takes effect */
	uint8_t *data;
	uint32_t length;
	uint32_t actual;
	int32_t status;		/* USBIF_WIRE_ST_* */
	struct device *device;
	const uint8_t *setup;
	struct usbif_msg_iso *iso;
	uint16_t packets;
};

struct hc_queue {
	uint16_t head, tail;
	bool halted;		/* until the handler of its last end returned */
};

struct hc {
	struct hc_config config;
	struct hc_transfer transfer[USBIF_MAX_SLOTS];	/* by slot */
	struct hc_queue queue[USBIF_MAX_QUEUES];
	uint16_t ended_head, ended_tail;
	uint16_t turn;			/* queue to look at first */
	uint32_t queued, completed;
	uint32_t in_queues;		/* transfers */
};

void hc_init(struct hc *hc, const struct hc_config *config);

/* Queue a transfer as described; queue, device, data and so on are set. */
void hc_queue(struct hc *hc, uint16_t slot, const struct hc_transfer *t);

/* Cancel it.  True: it ended inside the call. */
bool hc_cancel(struct hc *hc, uint16_t slot);

/*
 * Move some packets of one transfer.  Returns the slot of the transfer that
 * was looked at, or -1 if no device has anything to say.
 */
int hc_step(struct hc *hc);

/* The next transfer that ended and is to be told; -1: none. */
int hc_next_ended(struct hc *hc);

/* Its handler has returned. */
void hc_told(struct hc *hc, uint16_t slot);

bool hc_is_idle(const struct hc *hc);

#endif
