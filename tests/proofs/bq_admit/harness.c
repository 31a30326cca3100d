/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_admit(): any request, of a slot that is staged.
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
	struct usbif_bq_admit a;
	int result;

	any(a);
	a.in = nondet_bool();
	a.iso = nondet_bool();
	any_valid();
	assume(slot < USBIF_MAX_SLOTS && was.req[slot].state ==
	       USBIF_BQ_STAGED);
	assume(a.queue < USBIF_MAX_QUEUES || a.queue == USBIF_NONE);
	result = usbif_bq_admit(&bq, slot, &a);
	claim(usbif_bq_valid(&bq), "valid");
	claim(result == USBIF_OK || result == USBIF_E_PEER, "as the header says");
	claim((result == USBIF_OK) == (bq.fault == USBIF_FAULT_NONE), "why");
	claim(result == USBIF_OK || BQ_REQ(slot).state == USBIF_BQ_ANSWERED,
	      "nothing runs for a front at fault");
	claim(BQ_REQ(slot).state == USBIF_BQ_PARKED ||
	      BQ_REQ(slot).state == USBIF_BQ_ANSWERED, "never lost");
	claim(BQ_REQ(slot).state != USBIF_BQ_PARKED ||
	      (a.refuse == USBIF_WIRE_ST_OK &&
	       BQ_QUEUE(a.queue).tail == slot), "behind the others");
	reach(BQ_REQ(slot).state == USBIF_BQ_PARKED &&
	      was.queue[a.queue].stopped && bq.config.extended);
	reach(result == USBIF_E_PEER && was.bq.fault == USBIF_FAULT_NONE);
	reach(BQ_REQ(slot).status == USBIF_WIRE_ST_NOT_EXECUTED);
	reach(a.refuse != USBIF_WIRE_ST_OK && result == USBIF_OK &&
	      a.queue != USBIF_NONE && was.queue[a.queue].in_hc == 1 &&
	      BQ_QUEUE(a.queue).tail != was.queue[a.queue].tail);
}
