/* SPDX-License-Identifier: MIT */
/*
 * A simulated host controller and its stack, of the kind that makes it easy:
 * the queue of an endpoint stands still until the completion handler of a
 * transfer that ended has returned, and a transfer that this handler cancels
 * does not run.  Then the queue goes on.
 */
#ifndef STREAM_HC_H
#define STREAM_HC_H

#include "conn.h"
#include "device.h"

/* status: USBIF_WIRE_ST_*; actual: octets that moved. */
typedef void hc_handler(void *context, uint16_t slot, int32_t status,
			uint32_t actual);

struct hc_transfer {
	bool used;
	bool cancelled;
	uint8_t ep;
	uint32_t turn;		/* order of submission */
	uint8_t *data;
	uint32_t length, actual;
};

struct hc {
	struct device *device;
	hc_handler *handler;
	void *context;		/* the handler's */
	uint32_t turns;
	struct hc_transfer transfer[STREAM_SLOTS];
};

/* Queue a transfer; the handler is called for it once, by hc_run(). */
void hc_submit(struct hc *hc, uint16_t slot, uint8_t ep, uint8_t *data,
	       uint32_t length);

/* Take it out of the queue; its handler is called by hc_run() all the same. */
void hc_cancel(struct hc *hc, uint16_t slot);

/* Move packets until no device has anything more to say. */
void hc_run(struct hc *hc);

bool hc_is_idle(const struct hc *hc);

#endif
