/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_again(): of whatever slot.
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
	uint16_t slot = nondet_u16();
	int result;

	any_valid();
	/* Its contract: alone of its queue. */
	assume(slot >= USBIF_MAX_SLOTS ||
	       was.req[slot].state != USBIF_BQ_IN_HC ||
	       was.queue[was.req[slot].queue].in_hc == 1);
	result = usbif_bq_again(&bq, slot);
	claim(usbif_bq_valid(&bq), "valid");
	if (result != USBIF_OK) {
		claim(result == USBIF_E_STATE, "as the header says");
		claim(same(), "unchanged");
		reach(slot == USBIF_MAX_SLOTS);
		return;
	}
	claim(was.req[slot].state == USBIF_BQ_IN_HC, "it was there");
	claim(BQ_REQ(slot).state == USBIF_BQ_ANSWERED ||
	      BQ_REQ(slot).state == USBIF_BQ_PARKED, "never lost");
	reach(BQ_REQ(slot).state == USBIF_BQ_PARKED);
	reach(BQ_REQ(slot).state == USBIF_BQ_ANSWERED &&
	      was.req[slot].cancel == USBIF_BQ_KEEP);
}
