/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_answered(): of a slot whose answer was pulled.
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
	uint16_t slot = nondet_u16();
	bool unheard;

	any_valid();
	assume(slot < USBIF_MAX_SLOTS &&
	       was.req[slot].state == USBIF_BQ_ANSWERING);
	unheard = usbif_bq_answered(&bq, slot);
	claim(usbif_bq_valid(&bq), "valid");
	claim(BQ_REQ(slot).state == USBIF_BQ_FREE, "free");
	claim(!unheard || (!bq.config.extended &&
	      BQ_QUEUE(was.req[slot].queue).unheard), "waits to be heard");
	reach(unheard);
	reach(!unheard && was.req[slot].port != 0 && !bq.config.extended);
}
