/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_next_answer(): each answer once.
 *
 * for: 4 slots, 2 queues
 * sources: bq bq_hand bq_valid
 * defines: USBIF_MAX_SLOTS=4 USBIF_MAX_PORTS=2 USBIF_MAX_EPNUM=0
 * apart: bq
 * unwind: 5
 */
#include "../bqueues.h"

void harness(void)
{
	struct usbif_bq_answer a;
	bool more;

	any_valid();
	more = usbif_bq_next_answer(&bq, &a);
	claim(usbif_bq_valid(&bq), "valid");
	if (!more) {
		claim(same(), "unchanged");
		reach(was.bq.work_head != USBIF_NONE);
		return;
	}
	claim(a.slot < bq.config.slots && was.req[a.slot].state ==
	      USBIF_BQ_ANSWERED, "known");
	claim(BQ_REQ(a.slot).state == USBIF_BQ_ANSWERING, "once");
	claim(bq.config.extended || (a.status != USBIF_WIRE_ST_CANCELLED &&
	      a.status != USBIF_WIRE_ST_SHORT), "in words that a front knows");
	reach(bq.answer_head != USBIF_NONE);
	reach(bq.answer_head == USBIF_NONE && !bq.config.extended);
}
