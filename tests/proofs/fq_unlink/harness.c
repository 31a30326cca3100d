/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_unlink(): any entry; also usbif_fq_retired() and usbif_fq_tick().
 *
 * for: 2 URBs, 4 slots, 3 queues
 * longer
 */
#include "../fqueues.h"

void harness(void)
{
	uint16_t urb = nondet_u16();
	uint8_t what = nondet_u8();
	int result;

	any_valid();
	if (what == 0)
		result = usbif_fq_unlink(&fq, urb);
	else if (what == 1)
		result = usbif_fq_retired(&fq, urb);
	else
		result = usbif_fq_tick(&fq);
	claim(usbif_fq_valid(&fq), "valid");
	claim(what < 2 || result == USBIF_OK || result == USBIF_E_PEER,
	      "as the header says");
	claim(what >= 2 || result == USBIF_OK || result == USBIF_E_STATE,
	      "as the header says");
	claim(result != USBIF_E_STATE || same(), "unchanged");
	claim(result != USBIF_E_PEER || fq.fault != USBIF_FAULT_NONE, "why");
	claim(what != 0 || result != USBIF_OK ||
	      FQ_URB(urb).flags & USBIF_FQ_UNLINKED, "unlinked");
	reach(what == 0 && result == USBIF_OK &&
	      FQ_URB(urb).state == USBIF_FQ_ENDED &&
	      fq.ended_head != fq.ended_tail);
	reach(what == 0 && result == USBIF_OK &&
	      fq.unlink_head != fq.unlink_tail);
	reach(what == 0 && result == USBIF_E_STATE && urb == 4);
	reach(what == 1 && result == USBIF_OK &&
	      was.queue[was.urb[urb].queue].blockers == 1 &&
	      fq.ready_head[0] != was.fq.ready_head[0]);
	reach(what == 2 && result == USBIF_E_PEER);
}
