/* SPDX-License-Identifier: MIT */
/*
 * One end of a world's connection in the hands of an attacker: raw access to
 * the rings, while the other end is the victim that the tests watch.
 */
#ifndef HOSTILE_LIAR_H
#define HOSTILE_LIAR_H

#include "support/drivers.h"
#include "support/entry.h"
#include "support/test.h"

struct liar {
	struct world *w;
	struct usb_dev *dev;	/* that the guest uses, or null */
	struct usbif_ring urb, conn;
	bool is_back;
};

/* Faults that any victim has found. */
extern bool fault_seen[USBIF_FAULT_N];

/*
 * A world in which a device has been enumerated; then the back, or the front,
 * is taken over.
 */
struct liar *lying_back(struct device *d, bool old);
struct liar *lying_front(struct device *d, bool old);

/*
 * The victim must have found that fault: it winds down, everything is given
 * back once, and a fresh connection on the same devices works.  Frees all.
 */
void victim_found(struct liar *l, enum usbif_fault fault);

/* The victim found nothing; it goes on working after a new connection. */
void victim_found_nothing(struct liar *l);

/* A lying back. */
bool liar_take(struct liar *l, struct usbif_msg_req *req);
void liar_answer(struct liar *l, uint16_t id, int32_t status, uint32_t actual);
/* As raw octets, whether there is a request for it or not. */
void liar_answer_raw(struct liar *l, const uint8_t *octets);
void liar_tell(struct liar *l, uint16_t id, uint8_t port, uint8_t speed);

/* A lying front: a raw entry in the next slot, published. */
void liar_request(struct liar *l, const uint8_t *entry);
/* Its answers; false: there is none. */
bool liar_take_answer(struct liar *l, struct usbif_msg_rsp *rsp);

/* A shared index that belongs to the liar. */
void liar_set_index(struct liar *l, bool conn, uint32_t value);

/* Let the victim run until it has nothing to do. */
void victim_runs(struct liar *l);

#endif
