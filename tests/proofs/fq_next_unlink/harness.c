/* SPDX-License-Identifier: MIT */
/*
 * usbif_fq_next_unlink(): one for each request of an URB.
 *
 * for: 2 URBs, 4 slots, 3 queues
 * longer
 */
#include "../fqueues.h"
#include "fq_private.h"

void harness(void)
{
	struct usbif_fq_duty d;
	bool more;

	any_state();
	fq.dead = false;
	fq.fault = USBIF_FAULT_NONE;
	fq.ended_head = USBIF_NONE;
	begin();
	more = usbif_fq_next_unlink(&fq, &d);
	claim(usbif_fq_valid(&fq), "valid");
	claim(fq.fault == USBIF_FAULT_NONE && fq.ended_head == USBIF_NONE &&
	      !fq.dead, "nobody is accused or ended");
	if (!more) {
		claim(fq.ids.in_flight == was.fq.ids.in_flight, "none");
		reach(fq.unlink_head == USBIF_NONE &&
		      was.fq.unlink_head != USBIF_NONE);
		return;
	}
	claim(d.kind == USBIF_FQ_UNLINK && d.urb < USBIF_MAX_URBS, "whose");
	claim(d.id < fq.config.slots && was.fq.ids.in_flight <
	      fq.config.slots, "there is a slot");
	claim(d.target < fq.config.slots && d.target != d.id &&
	      was.req[d.target].urb == d.urb && !was.req[d.target].unlinked,
	      "one for each request");
	claim(FQ_REQ(d.target).unlinked, "once");
	reach(fq.targets == 2);
}
