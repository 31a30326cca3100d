/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_next_send(): either class of queues.
 *
 * for: 2 URBs, 4 slots, 3 queues
 * cases: 2
 * longer
 */
#include "../fqueues.h"
#include "fq_private.h"

static void claim_lawful(const struct usbif_fq_duty *d)
{
	const struct usbif_fq_urb *u = &was.urb[d->urb];
	const struct usbif_fq_queue *q = &was.queue[u->queue];

	claim(d->kind == USBIF_FQ_SEND, "sends");
	claim(d->id < fq.config.slots && was.fq.ids.in_flight <
	      fq.config.slots, "there is a slot");
	claim(q->blockers == 0 && q->holders == 0 && q->unsent == d->urb,
	      "rule F1");
	claim(d->offset == u->sent && d->offset <= u->length - u->empty &&
	      d->length <= u->length - u->empty - d->offset, "octets it has");
	claim(FQ_URB(d->urb).sent > u->sent || u->length == 0, "gets on");
	claim(!(d->flags & USBIF_WIRE_FLAG_RESTART) || q->unanswered == 0,
	      "nothing is overtaken by a restart");
	reach(d->flags & USBIF_WIRE_FLAG_RESTART &&
	      u->state == USBIF_FQ_HELD && u->sent != 0);
}

void harness(void)
{
	struct usbif_fq_duty d;
	uint32_t class = nondet_bool();

#ifdef CASE
	class = CASE;
#endif
	any_state();
	fq.dead = false;
	fq.fault = USBIF_FAULT_NONE;
	fq.ended_head = USBIF_NONE;
	begin();
	assume(fq.ready_tail[class] != USBIF_NONE);
	if (usbif_fq_next_send(&fq, class, &d)) {
		claim(d.urb < USBIF_MAX_URBS, "whose");
		claim_lawful(&d);
	} else {
		claim(fq.ids.in_flight == was.fq.ids.in_flight, "none");
		reach(fq.ready_head[class] == USBIF_NONE);
		reach(fq.ids.in_flight == 3 && fq.ready_head[1] != USBIF_NONE);
	}
	claim(usbif_fq_valid(&fq), "valid");
	claim(fq.fault == USBIF_FAULT_NONE && fq.ended_head == USBIF_NONE &&
	      !fq.dead, "nobody is accused or ended");
}
