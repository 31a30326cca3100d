/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_unlink(): any id on any queue.
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
	uint16_t queue = nondet_u16(), id = nondet_u16();
	bool found;

	any_valid();
	assume(queue < USBIF_MAX_QUEUES || queue == USBIF_NONE);
	found = usbif_bq_unlink(&bq, queue, id);
	claim(usbif_bq_valid(&bq), "valid");
	claim(found || same(), "unchanged");
	claim(!found || queue != USBIF_NONE, "somewhere");
	reach(!found && queue != USBIF_NONE && was.queue[queue].in_hc == 1);
	reach(found && bq.config.extended && BQ_QUEUE(queue).in_hc == 2 &&
	      was.queue[queue].tail != BQ_QUEUE(queue).tail);
	reach(found && !bq.config.extended && BQ_QUEUE(queue).stopped &&
	      !was.queue[queue].stopped);
}
