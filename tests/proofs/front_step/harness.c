/* SPDX-License-Identifier: MIT */
/*
 * usbif_front_submit() and all other steps of a front, from any valid state;
 * the steps of fq, hub and ring, and what decodes, are what their headers say.
 *
 * for: 4 URBs, 2 ports; parts by their contracts
 * sources: front
 * defines: USBIF_MAX_URBS=4 USBIF_MAX_SLOTS=16 USBIF_MAX_PORTS=2 USBIF_MAX_EPNUM=2
 * calls: ring_slot:slot_as_proved ring_filled:filled_as_proved
 * unwind: 9
 */
#include "../fq_part.h"

/* A step, by number; *result is its own, or 0. */
static int step(uint8_t what)
{
	struct usbif_front_received got;
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_SEGS];
	uint8_t port = 0, segs = nondet_u8(), descs = nondet_u8();
	bool notify = nondet_bool(), notified = notify;
	int result = 0;

	if (what == 0) {
		result = submit_any();
	} else if (what == 1) {
		result = usbif_front_unlink(&front, nondet_u16());
	} else if (what == 2) {
		result = usbif_front_retired(&front, nondet_u16());
	} else if (what == 3) {
		send_any(seg, segs, descs);
	} else if (what == 4) {
		result = usbif_front_take(&front, pages, &got);
		claim(result != 1 || got.part.urb < USBIF_MAX_URBS ||
		      got.part.urb == USBIF_NONE, "whose octets");
	} else if (what == 5) {
		result = usbif_front_take_conn(&front, pages, &port, &notify);
		claim(result != 1 || (port >= 1 && port <=
		      front.config.num_ports), "a port");
		claim(notify || !notified, "left alone or set");
	} else if (what == 6) {
		result = usbif_front_sleep(&front, pages, pages);
	} else if (what == 7) {
		result = usbif_front_tick(&front);
	} else if (what == 8) {
		usbif_front_push(&front, pages);
	} else {
		usbif_front_shutdown(&front);
	}
	return result;
}

void harness(void)
{
	uint8_t what = nondet_u8();
	enum usbif_fault was;
	int result;

	any_front();
	was = usbif_front_fault(&front);
	/* then nothing but these may be called, for nothing is known of fq */
	if (front.fq.fault != USBIF_FAULT_NONE)
		assume(what > 8 || (what >= 4 && what <= 6));
	result = step(what);
	claim(!slot_is_due, "what was handed out is counted");
	if (front.fq.fault == USBIF_FAULT_NONE)
		claim(usbif_front_valid(&front), "valid");
	claim(result != USBIF_E_PEER || usbif_front_fault(&front) !=
	      USBIF_FAULT_NONE, "a reason for the log");
	claim(was == USBIF_FAULT_NONE || front.fault != USBIF_FAULT_NONE ||
	      usbif_front_fault(&front) == was, "the first fault stays");
	claim(was == USBIF_FAULT_NONE || what < 4 || what > 6 ||
	      (result == USBIF_E_PEER && steps == 0), "all is over");
	reach(what == 0 && result == 3 && hub_steps == 1);
	reach(what == 3 && steps == 1 && front.urb_ring.slots == 16);
	reach(what == 4 && result == 1);
	reach(what == 4 && result == USBIF_E_PEER && was == USBIF_FAULT_NONE &&
	      front.fq.fault == USBIF_FAULT_NONE);
	reach(what == 5 && result == 1 && steps == 2);
	reach(what == 6 && result == 1);
	reach(what > 8 && was != USBIF_FAULT_NONE);
}
