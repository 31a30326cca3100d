/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_retired(): any entry.
 *
 * for: 2 URBs, 4 slots, 3 queues
 * longer
 */
#include "../fqueues.h"

void harness(void)
{
	uint16_t urb = nondet_u16();
	int result;

	any_valid();
	result = usbif_fq_retired(&fq, urb);
	claim(usbif_fq_valid(&fq), "valid");
	if (result != USBIF_OK) {
		claim(result == USBIF_E_STATE, "as the header says");
		claim(same(), "unchanged");
		reach(urb == USBIF_MAX_URBS);
		return;
	}
	claim(was.urb[urb].state == USBIF_FQ_DONE, "it was given back");
	claim(FQ_URB(urb).state == USBIF_FQ_FREE, "free");
	reach(was.queue[was.urb[urb].queue].blockers == 1 &&
	      fq.ready_head[0] != was.fq.ready_head[0]);
}
