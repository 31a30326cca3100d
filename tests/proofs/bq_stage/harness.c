/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_stage()
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
	int slot;

	any_valid();
	slot = usbif_bq_stage(&bq);
	claim(usbif_bq_valid(&bq), "valid");
	if (slot < 0) {
		claim(slot == USBIF_E_SPACE && same(), "unchanged");
		reach(was.bq.work_head != USBIF_NONE);
		return;
	}
	claim(slot < bq.config.slots && was.req[slot].state == USBIF_BQ_FREE,
	      "was free");
	claim(BQ_REQ(slot).state == USBIF_BQ_STAGED, "staged");
	reach(slot == 3);
}
