/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_gone(): also usbif_fq_fresh() and usbif_fq_shutdown().
 *
 * for: 2 URBs, 4 slots, 3 queues
 * cases: 3
 * longer
 */
#include "../fqueues.h"

void harness(void)
{
	uint8_t what = nondet_u8();

#ifdef CASE
	what = CASE;
#endif
	any_valid();
	if (what == 0)
		usbif_fq_gone(&fq, 1);
	else if (what == 1)
		usbif_fq_fresh(&fq, 1);
	else
		usbif_fq_shutdown(&fq);
	claim(usbif_fq_valid(&fq), "valid");
	claim(fq.fault == was.fq.fault, "nobody is accused");
	reach(what == 0 && fq.ended_head != was.fq.ended_head &&
	      FQ_QUEUE(1).holders == 1 && was.queue[1].holders == 0);
	reach(what == 1 && was.queue[1].needs_restart &&
	      !FQ_QUEUE(1).needs_restart && FQ_QUEUE(0).needs_restart);
	reach(what == 2 && was.queue[2].unanswered == 2 && !was.fq.dead);
}
