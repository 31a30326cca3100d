/* SPDX-License-Identifier: MIT */
/* What fq*.c share; nobody else may use it. */
#ifndef USBIF_FQ_PRIVATE_H
#define USBIF_FQ_PRIVATE_H

#include "usbif/fq.h"
#include "usbif/msg.h"
#include "bits.h"
#include "ids_private.h"

/*
 * An URB that waits for answers only to be ended or resent: nothing behind it
 * may be sent.
 */
#define USBIF_FQ_HOLDS_UP \
	(USBIF_FQ_ENDING | USBIF_FQ_RETURNED | USBIF_FQ_ORPHAN)

/* Octets of data; the empty packet that may be behind them is not one. */
static inline uint32_t usbif_fq_data(const struct usbif_fq_urb *u)
{
	return u->length - u->empty;
}

/*
 * What a request of so many octets is of its URB's length: one of none is the
 * empty packet where the URB has one, as that follows data.
 */
static inline uint32_t usbif_fq_part(const struct usbif_fq_urb *u,
				     uint32_t octets)
{
	return octets != 0 ? octets : u->empty;
}

static inline bool usbif_fq_is_unsent(const struct usbif_fq_urb *u)
{
	return u->state != USBIF_FQ_SENT || u->sent < u->length;
}

/* The first URB of its queue, from this one on, with something to send. */
uint16_t usbif_fq_unsent_from(const struct usbif_fq *fq, uint16_t urb);

/* The URB's first unanswered request that no unlink was sent for. */
uint16_t usbif_fq_first_not_unlinked(const struct usbif_fq *fq, uint16_t urb);

/*
 * Rule F1 but for the slots: may the queue send anything at all now?  If not,
 * an answer or a retired URB makes it ready again.  Where something is behind
 * an URB that holds it up, that one is before it in the queue: what is returned
 * behind it was stopped, and then nothing is sent while anything is unanswered.
 */
bool usbif_fq_may_send(const struct usbif_fq *fq,
		       const struct usbif_fq_queue *q);

/* Link the queue behind the others that may have something to send. */
void usbif_fq_append_ready(struct usbif_fq *fq, uint16_t queue);

/* Queue the duty of sending, if the queue has something to send. */
static inline void usbif_fq_make_ready(struct usbif_fq *fq, uint16_t queue)
{
	const struct usbif_fq_queue *q = &fq->queue[queue];

	if (q->unsent != USBIF_NONE && !q->ready)
		usbif_fq_append_ready(fq, queue);
}

/* Queue or withdraw the duty of sending unlinks for an URB's requests. */
void usbif_fq_want_unlinks(struct usbif_fq *fq, uint16_t urb);
void usbif_fq_drop_unlinks(struct usbif_fq *fq, uint16_t urb);

/*
 * The next UNLINK or SEND, as usbif_fq_next().  class: 1 of control queues, 0
 * of others; there are ready ones of it.
 */
bool usbif_fq_next_unlink(struct usbif_fq *fq, struct usbif_fq_duty *duty);
bool usbif_fq_next_send(struct usbif_fq *fq, uint32_t class,
			struct usbif_fq_duty *duty);

#endif
