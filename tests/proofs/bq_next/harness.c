/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_next(): what a slot still owes gets less with each duty, so there
 * is an end to them: two for each slot, at most.
 *
 * for: 4 slots, 2 queues
 * sources: bq bq_hand bq_valid
 * defines: USBIF_MAX_SLOTS=4 USBIF_MAX_PORTS=2 USBIF_MAX_EPNUM=0
 * apart: bq
 * unwind: 5
 * longer
 */
#include "../bqueues.h"

/* Duties that a request may still have, as far as it alone can tell. */
static uint32_t owed(const struct usbif_bq_req *r)
{
	if (r->state == USBIF_BQ_PARKED)
		return 2;
	return r->state == USBIF_BQ_IN_HC &&
	       !(r->flags & USBIF_BQ_CANCEL_ISSUED);
}

void harness(void)
{
	struct usbif_bq_duty d;
	uint32_t before = 0, after = 0, i;
	bool more;

	any_valid();
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		before += owed(&was.req[i]);
	more = usbif_bq_next(&bq, &d);
	claim(usbif_bq_valid(&bq), "valid");
	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		after += owed(&BQ_REQ(i));
	if (!more) {
		claim(bq.work_head == USBIF_NONE, "no work is left");
		claim(after == before, "nothing is handed out");
		reach(was.bq.work_head != was.bq.work_tail);
		return;
	}
	claim(after < before, "a duty is handed out once");
	claim(d.slot < bq.config.slots && BQ_REQ(d.slot).state ==
	      USBIF_BQ_IN_HC, "of a request in the HC");
	claim(was.req[d.slot].state == (d.kind == USBIF_BQ_SUBMIT ?
	      USBIF_BQ_PARKED : USBIF_BQ_IN_HC), "handed over once");
	claim(d.kind == USBIF_BQ_SUBMIT || BQ_REQ(d.slot).cancel !=
	      USBIF_BQ_KEEP, "nobody is cancelled without a reason");
	claim(d.kind == USBIF_BQ_CANCEL ||
	      !BQ_QUEUE(BQ_REQ(d.slot).queue).held, "not while held");
	claim(d.kind == USBIF_BQ_CANCEL ||
	      BQ_REQ(d.slot).flags & USBIF_BQ_ISO ||
	      !BQ_QUEUE(BQ_REQ(d.slot).queue).stopped, "not while stopped");
	reach(d.kind == USBIF_BQ_CANCEL && bq.config.extended &&
	      BQ_REQ(d.slot).cancel == USBIF_BQ_BY_STOP);
	reach(d.kind == USBIF_BQ_SUBMIT &&
	      BQ_QUEUE(BQ_REQ(d.slot).queue).in_hc == 3);
}
