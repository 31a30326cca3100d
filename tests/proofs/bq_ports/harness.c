/* SPDX-License-Identifier: MIT */
/*
 * usbif_bq_gone(): of any port; also usbif_bq_fresh(), usbif_bq_hold(),
 * usbif_bq_release(), usbif_bq_heard(), usbif_bq_set_endpoint() and
 * usbif_bq_set_depth().
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
	uint8_t what = nondet_u8(), port = nondet_u8();
	uint16_t queue = nondet_u16();

	any_valid();
	assume(port >= 1 && port <= USBIF_MAX_PORTS);
	assume(queue < USBIF_MAX_QUEUES);
	if (what == 0) {
		usbif_bq_gone(&bq, port);
	} else if (what == 1) {
		assume(usbif_bq_port_is_idle(&bq, port));
		usbif_bq_fresh(&bq, port);
	} else if (what == 2) {
		usbif_bq_hold(&bq, queue);
	} else if (what == 3) {
		usbif_bq_release(&bq, queue);
	} else if (what == 4) {
		usbif_bq_heard(&bq);
	} else if (what == 5) {
		assume(usbif_bq_is_drained(&bq, queue));
		usbif_bq_set_endpoint(&bq, queue, nondet_u8(), nondet_u16(),
				      nondet_u8());
	} else {
		usbif_bq_set_depth(&bq, port, nondet_u16());
	}
	claim(usbif_bq_valid(&bq), "valid");
	reach(what == 0 && bq.busy[port - 1] == 4 &&
	      BQ_QUEUE(port - 1).in_hc == 2);
	reach(what == 1 && was.queue[port - 1].stopped);
	reach(what == 2 && bq.config.extended && BQ_QUEUE(queue).in_hc == 1 &&
	      bq.answer_head != was.bq.answer_head);
	reach(what == 3 && bq.work_head != was.bq.work_head);
	reach(what == 4 && bq.work_head != was.bq.work_head);
	reach(what == 5 && was.queue[queue].unheard && !BQ_QUEUE(queue).unheard);
}
