/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_next(): the ends, and when the others have their turn.
 *
 * for: 2 URBs, 4 slots, 3 queues; parts by their contracts
 * calls: usbif_fq_next_unlink:unlink_part usbif_fq_next_send:send_part
 * longer
 */
#include "../fqueues.h"
#include "fq_private.h"

static struct usbif_fq_duty d;
static bool is_theirs;			/* parts were called */
static bool is_unlinked;

/* What proofs of the two need: nobody waits to be given back. */
static void claim_their_turn(const struct usbif_fq *f,
			     const struct usbif_fq_duty *duty)
{
	claim(f == &fq && duty == &d, "what they work on");
	claim(is_theirs || same(), "valid");
	claim(fq.ended_head == USBIF_NONE && !fq.dead &&
	      fq.fault == USBIF_FAULT_NONE, "their turn");
	is_theirs = true;
	fq.ready_tail[0] = nondet_u16();
	fq.ready_tail[1] = nondet_u16();
}

bool unlink_part(struct usbif_fq *f, struct usbif_fq_duty *duty)
{
	claim(f->unlink_head != USBIF_NONE, "an unlink");
	claim_their_turn(f, duty);
	is_unlinked = true;
	return nondet_bool();
}

bool send_part(struct usbif_fq *f, uint32_t class, struct usbif_fq_duty *duty)
{
	claim(class <= 1 && f->ready_tail[class] != USBIF_NONE, "one is ready");
	claim_their_turn(f, duty);
	return nondet_bool();
}

void harness(void)
{
	const struct usbif_fq_urb *u;
	bool more;

	any_valid();
	more = usbif_fq_next(&fq, &d);
	claim(fq.fault == was.fq.fault, "nobody is accused");
	if (is_theirs) {
		reach(is_unlinked && !more);
		return;
	}
	claim(usbif_fq_valid(&fq), "valid");
	if (!more) {
		claim(fq.ended_head == USBIF_NONE, "each end is told");
		reach(fq.dead && fq.queue[0].unanswered != 0);
		return;
	}
	claim(d.kind == USBIF_FQ_GIVEBACK && d.urb < USBIF_MAX_URBS, "whose");
	u = &was.urb[d.urb];
	claim(u->state == USBIF_FQ_ENDED &&
	      FQ_URB(d.urb).state == USBIF_FQ_DONE, "once");
	claim(d.length <= u->length - u->empty, "no more than it has");
	reach(u->empty == 1 && d.length == u->length - 1);
}
