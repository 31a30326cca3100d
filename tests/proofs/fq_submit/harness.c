/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_submit(): any URB.
 *
 * for: 2 URBs, 4 slots, 3 queues
 * longer
 */
#include "../fqueues.h"

void harness(void)
{
	struct usbif_fq_submit s;
	int urb;

	any(s);
	s.iso = nondet_bool();
	s.bulk = nondet_bool();
	s.in = nondet_bool();
	s.short_not_ok = nondet_bool();
	s.zero_packet = nondet_bool();
	any_valid();
	urb = usbif_fq_submit(&fq, &s);
	claim(usbif_fq_valid(&fq), "valid");
	claim(fq.fault == was.fq.fault, "nobody is accused");
	if (urb < 0) {
		claim(urb == USBIF_E_ARG || urb == USBIF_E_STATE ||
		      urb == USBIF_E_SPACE, "as the header says");
		claim(same(), "unchanged");
		reach(urb == USBIF_E_SPACE);
		reach(urb == USBIF_E_STATE && !fq.dead);
		return;
	}
	claim(urb < USBIF_MAX_URBS && was.urb[urb].state == USBIF_FQ_FREE,
	      "was free");
	claim(FQ_URB(urb).state == USBIF_FQ_WAITING &&
	      FQ_QUEUE(s.queue).tail == urb, "behind the others");
	reach(was.queue[s.queue].blockers != 0);
	reach(FQ_URB(urb).empty == 1);
}
