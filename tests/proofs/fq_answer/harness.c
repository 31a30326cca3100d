/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_answer(): whatever the back says, of whatever id.
 *
 * for: 2 URBs, 4 slots, 3 queues
 * cases: 5
 * longer
 */
#include "../fqueues.h"

void harness(void)
{
	struct usbif_fq_received got;
	uint16_t id = nondet_u16();
	int32_t status = (int32_t)nondet_u32();
	int result;

#ifdef CASE
	if (CASE < USBIF_MAX_SLOTS)
		id = CASE;
	else
		assume(id >= USBIF_MAX_SLOTS);
#endif
	any_valid();
	result = usbif_fq_answer(&fq, id, status, nondet_u32(), &got);
	claim(usbif_fq_valid(&fq), "valid");
	if (result != USBIF_OK) {
		claim(result == USBIF_E_PEER, "as the header says");
		claim(fq.dead || fq.fault != USBIF_FAULT_NONE, "why");
		claim(same(), "unchanged");
		reach(fq.fault == USBIF_FAULT_RSP_PARTIAL &&
		      was.fq.fault == USBIF_FAULT_NONE);
		reach(fq.fault == USBIF_FAULT_RSP_ORDER &&
		      was.fq.fault == USBIF_FAULT_NONE);
		return;
	}
	claim(fq.ids.in_flight == was.fq.ids.in_flight - 1, "answered once");
	if (got.urb == USBIF_NONE) {
		reach(fq.ids.unlinks_in_flight == 1);
		return;
	}
	claim(got.urb == was.req[id].urb, "whose");
	claim(got.offset == was.urb[got.urb].done || got.length == 0,
	      "without a hole");
	claim(got.offset <= was.urb[got.urb].length -
	      was.urb[got.urb].empty && got.length <=
	      was.urb[got.urb].length - was.urb[got.urb].empty - got.offset,
	      "within its buffer");
	reach(FQ_URB(got.urb).state == USBIF_FQ_HELD &&
	      FQ_QUEUE(FQ_URB(got.urb).queue).head != got.urb);
	reach(FQ_URB(got.urb).state == USBIF_FQ_SENT);
	reach(FQ_URB(got.urb).state == USBIF_FQ_ENDED &&
	      FQ_URB(got.urb).status == USBIF_WIRE_ST_CANCELLED);
	reach(fq.gone[0] != was.fq.gone[0] && fq.ended_head != fq.ended_tail);
}
