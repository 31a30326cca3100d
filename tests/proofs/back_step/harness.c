/* SPDX-License-Identifier: MIT */
/*
 * usbif_back_next() and all other steps of a back but those that describe
 * endpoints, from any valid state; the steps of bq and ring, and what decodes,
 * are what their headers say.
 *
 * for: 4 slots, 2 ports; parts by their contracts
 * sources: back back_port back_special
 * defines: USBIF_MAX_SLOTS=4 USBIF_MAX_PORTS=2 USBIF_MAX_EPNUM=1
 * calls: ring_slot:slot_as_proved ring_filled:filled_as_proved addrs_are_valid:addrs_as_asked
 * apart: back
 * unwind: 9
 */
#include "../backs.h"

/* A duty, for the shim: one that it can do. */
static void next_any(void)
{
	struct usbif_back_duty duty;
	const struct usbif_bq_req *r;

	if (!usbif_back_next(&back, &duty))
		return;
	claim(duty.kind <= USBIF_BACK_CLEAR_HALT, "a duty");
	claim(duty.slot < USBIF_MAX_SLOTS && duty.port >= 1 &&
	      duty.port <= back.config.num_ports, "whose");
	r = &BACK_BQ_REQ(duty.slot);
	claim(r->state == USBIF_BQ_IN_HC && r->port == duty.port,
	      "of a request that the HC has");
	claim(duty.kind < USBIF_BACK_RESET ||
	      (BACK_PORT(duty.port - 1).special == USBIF_BACK_EXECUTING &&
	       BACK_PORT(duty.port - 1).special_slot == duty.slot),
	      "one at a time");
	reach(duty.kind == USBIF_BACK_SUBMIT);
	reach(duty.kind == USBIF_BACK_CANCEL);
	reach(duty.kind == USBIF_BACK_SET_INTERFACE);
}

/* The shim is done with what it got: a request, or a reset. */
static int done_any(void)
{
	uint8_t port = any_of_ports();
	uint16_t slot = slot_in(USBIF_BQ_IN_HC);
	struct usbif_back_port *p = &BACK_PORT(BACK_BQ_REQ(slot).port - 1);

	if (nondet_bool()) {
		p = &BACK_PORT(port - 1);
		assume(p->special == USBIF_BACK_EXECUTING &&
		       p->duty.kind == USBIF_BACK_RESET);
		usbif_back_reset_done(&back, port, nondet_bool());
		return USBIF_OK;
	}
	/* what waits, and a reset, are not the shim's to end so */
	assume(p->special == USBIF_BACK_PLAIN || p->special_slot != slot ||
	       (p->special == USBIF_BACK_EXECUTING &&
		p->duty.kind != USBIF_BACK_RESET));
	return usbif_back_done(&back, slot, (int32_t)nondet_u32(),
			       nondet_u32());
}

static int put_any(void)
{
	struct usbif_bq_answer a;

	any(a);
	a.in = nondet_bool();
	a.slot = slot_in(USBIF_BQ_ANSWERING);
	return usbif_back_put_answer(&back, pages, &a, nondet_u16(),
				     nondet_u32());
}

/* Whose device comes, goes or changes. */
static int port_any(uint8_t what)
{
	uint8_t port = any_of_ports();

	if (what == 0)
		return usbif_back_plug(&back, nondet_u8(), nondet_u8());
	if (what == 1)
		usbif_back_unplug(&back, port);
	else if (what == 2)
		usbif_back_close(&back);
	else if (what == 3)
		usbif_back_reset_first(&back, port);
	else if (what == 4)
		usbif_back_rest(&back, port);
	else if (what == 5)
		usbif_back_rested(&back, port);
	else
		usbif_back_set_depth(&back, port, 1);
	return USBIF_OK;
}

static int rings_any(uint8_t what)
{
	struct usbif_bq_answer a;
	bool notify = false;
	uint16_t slot;
	int result = USBIF_OK;

	if (what == 0) {
		result = usbif_back_take(&back, pages, &slot);
		claim(result != 1 || BACK_BQ_REQ(slot).state ==
		      USBIF_BQ_STAGED, "staged");
	} else if (what == 1) {
		result = usbif_back_admit(&back, slot_in(USBIF_BQ_STAGED),
					  (int32_t)nondet_u32());
	} else if (what == 2) {
		usbif_back_next_answer(&back, &a);
	} else if (what == 3) {
		usbif_back_push(&back, pages);
	} else if (what == 4) {
		result = usbif_back_hear(&back, pages, nondet_bool());
	} else if (what == 5) {
		result = usbif_back_sleep(&back, pages, pages);
	} else if (what == 6) {
		result = usbif_back_tell_ports(&back, pages, &notify);
	} else {
		usbif_back_accuse(&back, USBIF_FAULT_REQ_GRANT);
	}
	return result;
}

static int step(uint8_t what)
{
	if (what == 0) {
		next_any();
		return USBIF_OK;
	}
	if (what == 1)
		return done_any();
	if (what == 2)
		return put_any();
	if (what == 3)
		return rings_any(nondet_u8());
	return port_any(nondet_u8());
}

void harness(void)
{
	uint8_t what = nondet_u8();
	enum usbif_fault was;
	int result;

	any_back();
	was = usbif_back_fault(&back);
	result = step(what);
	claim(!slot_is_due, "what was handed out is counted");
	claim(places_are_valid() && counts_are_valid(), "counts");
	claim(usbif_back_valid(&back), "valid");
	claim(result != USBIF_E_PEER || usbif_back_fault(&back) !=
	      USBIF_FAULT_NONE, "a reason for the log");
	claim(was == USBIF_FAULT_NONE || back.fault == was ||
	      back.bq.fault == was, "the first fault stays");
	reach(what == 1 && result == USBIF_OK && back.specials == 1);
	reach(what == 2 && !BACK_PORT(0).present && steps == 1);
	reach(what == 2 && BACK_PORT(0).present && steps > 2);
	reach(what == 3 && result == 1);
	reach(what > 3 && result == USBIF_E_STATE);
}
