/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_done(): whatever the HC says, of whatever slot.
 *
 * for: 4 slots, 2 queues
 * sources: bq bq_hand bq_valid
 * defines: USBIF_MAX_SLOTS=4 USBIF_MAX_PORTS=2 USBIF_MAX_EPNUM=0
 * apart: bq
 * unwind: 5
 * longer
 */
#include "../bqueues.h"

void harness(void)
{
	uint16_t slot = nondet_u16(), queue;
	int32_t status = (int32_t)nondet_u32();
	int result;

	any_valid();
	result = usbif_bq_done(&bq, slot, status, nondet_u32());
	claim(usbif_bq_valid(&bq), "valid");
	if (result != USBIF_OK) {
		claim(result == USBIF_E_STATE, "as the header says");
		claim(same(), "unchanged");
		reach(slot == USBIF_MAX_SLOTS);
		return;
	}
	claim(was.req[slot].state == USBIF_BQ_IN_HC, "it was there");
	claim(BQ_REQ(slot).state == USBIF_BQ_ANSWERED, "answered");
	claim(BQ_REQ(slot).actual <= BQ_REQ(slot).length,
	      "no more than asked for");
	queue = BQ_REQ(slot).queue;
	claim(BQ_QUEUE(queue).in_hc == was.queue[queue].in_hc - 1, "one less");
	reach(bq.config.extended && was.queue[queue].in_hc == 3 &&
	      was.queue[queue].head == slot && BQ_QUEUE(queue).stopped);
	reach(!bq.config.extended && BQ_QUEUE(queue).stopped &&
	      BQ_QUEUE(queue).head != USBIF_NONE);
	reach(BQ_REQ(slot).status == USBIF_WIRE_ST_NOT_EXECUTED);
}
