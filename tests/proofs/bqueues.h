/* SPDX-License-Identifier: MIT */
/*
 * A back's queues in any state that is valid, and what they were before a
 * step.
 */
#ifndef PROOFS_BQUEUES_H
#define PROOFS_BQUEUES_H

#define PROOFS_HARNESS
#include "apart_bq.h"
#include "usbif/fq.h"

struct usbif_bq nondet_bq(void);
struct usbif_bq_req nondet_bq_req(void);
struct usbif_bq_queue nondet_bq_queue(void);

static struct usbif_bq bq;

static struct {
	struct usbif_bq bq;
	struct usbif_bq_req req[USBIF_MAX_SLOTS];
	struct usbif_bq_queue queue[USBIF_MAX_QUEUES];
} was;

/* A field of type bool has a value of its own, as any octet is none. */
static void any_queue(struct usbif_bq_queue *q)
{
	*q = nondet_bq_queue();
	q->stopped = nondet_bool();
	q->unheard = nondet_bool();
	q->held = nondet_bool();
	q->work = nondet_bool();
}

static void any_valid(void)
{
	uint32_t i;

	bq = nondet_bq();
	bq.config.extended = nondet_bool();
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		BQ_REQ(i) = nondet_bq_req();
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		any_queue(&BQ_QUEUE(i));
	assume(usbif_bq_valid(&bq));
	was.bq = bq;
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		was.req[i] = BQ_REQ(i);
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		was.queue[i] = BQ_QUEUE(i);
}

static bool same_req(const struct usbif_bq_req *a,
		     const struct usbif_bq_req *b)
{
	return a->state == b->state && a->cancel == b->cancel &&
	       a->flags == b->flags && a->port == b->port && a->id == b->id &&
	       a->queue == b->queue && a->next == b->next &&
	       a->length == b->length && a->actual == b->actual &&
	       a->status == b->status;
}

static bool same_queue(const struct usbif_bq_queue *a,
		       const struct usbif_bq_queue *b)
{
	return a->head == b->head && a->tail == b->tail &&
	       a->in_hc == b->in_hc && a->next_work == b->next_work &&
	       a->max_packet == b->max_packet && a->type == b->type &&
	       a->iface == b->iface && a->stopped == b->stopped &&
	       a->unheard == b->unheard && a->held == b->held &&
	       a->work == b->work;
}

/* Has nothing changed but, if it is one, that slot? */
static bool same_but(uint16_t slot)
{
	uint32_t i;
	bool same = bq.fault == was.bq.fault && bq.room == was.bq.room &&
		    bq.answer_head == was.bq.answer_head &&
		    bq.answer_tail == was.bq.answer_tail &&
		    bq.work_head == was.bq.work_head &&
		    bq.work_tail == was.bq.work_tail &&
		    bq.used[0] == was.bq.used[0] && bq.gone[0] == was.bq.gone[0];

	for (i = 0; i < USBIF_MAX_PORTS; i++)
		same &= bq.busy[i] == was.bq.busy[i] &&
			bq.hc_depth[i] == was.bq.hc_depth[i];
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		same &= i == slot || same_req(&BQ_REQ(i), &was.req[i]);
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		same &= same_queue(&BQ_QUEUE(i), &was.queue[i]);
	return same;
}

static bool same(void)
{
	return same_but(USBIF_NONE);
}

#endif
