/* SPDX-License-Identifier: MIT */
/*
 * A front's queues in any state that is valid, and what they were before a
 * step.  Of tables so small loops take few turns:
 *
 * sources: fq fq_send fq_valid ids msg
 * defines: USBIF_MAX_URBS=2 USBIF_MAX_SLOTS=4 USBIF_MAX_PORTS=1 USBIF_MAX_EPNUM=1
 * apart: fq
 * flags: --no-array-field-sensitivity
 * unwind: 5
 * unwindset: usbif_ids_valid.0:33 any_state.0:5 begin.0:5 reqs_are_known.0:5
 * unwindset: usbif_fq_valid.0:4 urbs_are_valid.0:3
 * unwindset: urbs_are_valid.1:4 queue_is_valid.0:4 ended_are_valid.0:4
 * unwindset: unlinks_are_valid.0:4 ready_are_valid.0:4 ready_are_valid.1:4
 * unwindset: slots_are_valid.0:4 count_reqs.0:4 reqs_are_valid.0:4
 * unwindset: blockers_of.0:3 usbif_fq_next_send.0:2 usbif_fq_next_unlink.0:3
 * unwindset: usbif_fq_first_not_unlinked.0:4 usbif_fq_unsent_from.0:3
 * unwindset: usbif_fq_drop_unlinks.0:3 chain_req.0:4
 */
#ifndef PROOFS_FQUEUES_H
#define PROOFS_FQUEUES_H

#define PROOFS_HARNESS
#include "apart_fq.h"

struct usbif_fq nondet_fq(void);
struct usbif_fq_req nondet_fq_req(void);
struct usbif_fq_queue nondet_fq_queue(void);
struct usbif_fq_urb nondet_fq_urb(void);

static struct usbif_fq fq;

static struct {
	struct usbif_fq fq;
	struct usbif_fq_req req[USBIF_MAX_SLOTS];
	struct usbif_fq_queue queue[USBIF_MAX_QUEUES];
	struct usbif_fq_urb urb[USBIF_MAX_URBS];
} was;

/* A field of type bool has a value of its own, as any octet is none. */
static void any_queue(struct usbif_fq_queue *q)
{
	*q = nondet_fq_queue();
	q->needs_restart = nondet_bool();
	q->iso = nondet_bool();
	q->ready = nondet_bool();
}

static bool same_req(const struct usbif_fq_req *a,
		     const struct usbif_fq_req *b)
{
	return a->urb == b->urb && a->next == b->next &&
	       a->unlinked == b->unlinked && a->age_s == b->age_s &&
	       a->offset == b->offset && a->length == b->length;
}

static bool step_is_done;		/* was is what was before it */

static bool is_transfer(const struct usbif_ids *ids, uint32_t id)
{
	return (ids->busy[0] & ~ids->unlinks[0]) >> id & 1;
}

/* Those on its list are transfers, and say that they are its. */
bool reqs_are_known(uint16_t urb)
{
	const struct usbif_fq_urb *a = &FQ_URB(urb), *b = &was.urb[urb];
	bool known = step_is_done && a->first_req == b->first_req &&
		     a->state == b->state && a->flags == b->flags &&
		     a->empty == b->empty && a->length == b->length &&
		     a->done == b->done && a->sent == b->sent;
	uint32_t id;

	for (id = 0; id < USBIF_MAX_SLOTS; id++)
		known &= !is_transfer(&was.fq.ids, id) ||
			 was.req[id].urb != urb ||
			 (is_transfer(&fq.ids, id) &&
			  same_req(&FQ_REQ(id), &was.req[id]));
	return known;
}

/*
 * Any state; of one that is valid its numbers of slots, as constants, and room:
 * that is 0 unless each bit is set that no entry belongs to, which no step does.
 */
static void any_state(void)
{
	uint32_t i;

	fq = nondet_fq();
	fq.config.extended = nondet_bool();
	fq.dead = nondet_bool();
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		FQ_REQ(i) = nondet_fq_req();
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		any_queue(&FQ_QUEUE(i));
	for (i = 0; i < USBIF_MAX_URBS; i++)
		FQ_URB(i) = nondet_fq_urb();
	fq.config.slots = USBIF_MAX_SLOTS;
	fq.ids.slots = USBIF_MAX_SLOTS;
	fq.ids.room = 0;
	fq.room = 0;
}

/* Only valid ones from here on. */
static void begin(void)
{
	uint32_t i;

	assume(usbif_fq_valid(&fq));
	was.fq = fq;
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		was.req[i] = FQ_REQ(i);
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		was.queue[i] = FQ_QUEUE(i);
	for (i = 0; i < USBIF_MAX_URBS; i++)
		was.urb[i] = FQ_URB(i);
	step_is_done = true;
}

static void any_valid(void)
{
	any_state();
	begin();
}

static bool same_queue(const struct usbif_fq_queue *a,
		       const struct usbif_fq_queue *b)
{
	return a->head == b->head && a->tail == b->tail &&
	       a->unsent == b->unsent && a->next_ready == b->next_ready &&
	       a->unanswered == b->unanswered && a->blockers == b->blockers &&
	       a->holders == b->holders &&
	       a->needs_restart == b->needs_restart && a->iso == b->iso &&
	       a->ready == b->ready;
}

static bool same_urb(const struct usbif_fq_urb *a,
		     const struct usbif_fq_urb *b)
{
	return a->state == b->state && a->flags == b->flags &&
	       a->queue == b->queue && a->next == b->next &&
	       a->next_unlink == b->next_unlink &&
	       a->first_req == b->first_req &&
	       a->max_packet == b->max_packet && a->status == b->status &&
	       a->empty == b->empty && a->ends_at == b->ends_at &&
	       a->length == b->length && a->done == b->done &&
	       a->sent == b->sent;
}

static bool same_ids(const struct usbif_ids *a, const struct usbif_ids *b)
{
	return a->busy[0] == b->busy[0] && a->unlinks[0] == b->unlinks[0] &&
	       a->room == b->room && a->in_flight == b->in_flight &&
	       a->unlinks_in_flight == b->unlinks_in_flight;
}

/* Has nothing changed but the fault? */
static bool same(void)
{
	uint32_t i;
	bool same = fq.dead == was.fq.dead && fq.others == was.fq.others &&
		    fq.targets == was.fq.targets && fq.room == was.fq.room &&
		    fq.ended_head == was.fq.ended_head &&
		    fq.ended_tail == was.fq.ended_tail &&
		    fq.unlink_head == was.fq.unlink_head &&
		    fq.unlink_tail == was.fq.unlink_tail &&
		    fq.used[0] == was.fq.used[0] &&
		    fq.gone[0] == was.fq.gone[0] &&
		    same_ids(&fq.ids, &was.fq.ids);

	for (i = 0; i < 2; i++)
		same &= fq.ready_head[i] == was.fq.ready_head[i] &&
			fq.ready_tail[i] == was.fq.ready_tail[i];
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		same &= same_req(&FQ_REQ(i), &was.req[i]);
	for (i = 0; i < USBIF_MAX_QUEUES; i++)
		same &= same_queue(&FQ_QUEUE(i), &was.queue[i]);
	for (i = 0; i < USBIF_MAX_URBS; i++)
		same &= same_urb(&FQ_URB(i), &was.urb[i]);
	return same;
}

#endif
