/* SPDX-License-Identifier: MIT */
/*
 * Front, ring, back, a host controller's queues and its devices, joined: a
 * driver that submits, unlinks and takes its time to return from completion
 * routines; devices that move packets, end short, fail, leave and come again;
 * a connection that is lost and made anew; either end also without the
 * extension.  All in any order.  What driver and devices see is compared with
 * reference.c.
 */
#include "joined.h"

struct world w;

static void connect(void)
{
	guest_begin();
	back_begin((uint16_t)(1 + 2 * tape_pick(&w.tape, 2)));
	back_plug();
	back_tell();
}

/* Everybody does what is due; a device that is asked answers. */
static void turn(void)
{
	uint32_t endpoint;
	uint16_t entry;

	for (entry = 0; entry < USBIF_MAX_URBS; entry++)
		guest_retire(entry);
	hub_step();
	back_event(USBIF_MAX_SLOTS);
	back_reset_done(true);
	back_rested();
	for (endpoint = 0; endpoint < REF_ENDPOINTS; endpoint++)
		hc_step(endpoint, 4);
	back_answers();
	back_tell();
	guest_event(USBIF_MAX_SLOTS);
}

/* Mostly, the device is ready when the story begins. */
static void begin(void)
{
	static const enum ref_peers peers[] = {
		REF_BOTH_NEW, REF_BOTH_NEW, REF_BOTH_NEW, REF_BOTH_OLD,
		REF_OLD_FRONT, REF_OLD_BACK,
	};
	uint32_t turns;

	w.peers = peers[tape_pick(&w.tape, 6)];
	ref_begin(w.peers);
	connect();
	turns = tape_once_in(&w.tape, 4) ? 0 : 8;
	while (turns-- > 0 && w.guest.state != READY)
		turn();
}

/* One end leaves, then the other; or the back's domain dies. */
static void cut(void)
{
	switch (tape_pick(&w.tape, 3)) {
	case 0:
		guest_shutdown();
		break;
	case 1:
		back_close();
		break;
	default:
		guest_shutdown();
		back_die();
		break;
	}
}

/* Devices, ports and the connection. */
static void happen_seldom(void)
{
	switch (tape_pick(&w.tape, 10)) {
	case 0:
		back_unplug();
		break;
	case 1:
		back_plug();
		break;
	case 8:
		back_unplug();
		back_plug();
		break;
	case 2:
		back_tell();
		break;
	case 3:
		back_reset_done(tape_pick(&w.tape, 4) != 3);
		break;
	case 4:
		back_rested();
		break;
	case 5:
		hub_step();
		break;
	case 6:
		hub_wants_reset();
		break;
	case 7:
		turn();
		break;
	default:
		if (!w.guest.dead || !back_is_closed())
			cut();
		else if (guest_is_idle())
			connect();
		break;
	}
}

static void happen(void)
{
	uint32_t endpoint;

	switch (tape_pick(&w.tape, 16)) {
	case 0: case 1: case 2:
		guest_submit();
		break;
	case 3:
		guest_unlink(tape_pick(&w.tape, USBIF_MAX_URBS));
		break;
	case 4:
		guest_retire(tape_pick(&w.tape, USBIF_MAX_URBS));
		break;
	case 5: case 6:
		guest_event(tape_pick(&w.tape, 9));
		break;
	case 7: case 8:
		back_event(tape_pick(&w.tape, 9));
		break;
	case 9:
		back_answers();
		break;
	case 10: case 11:
		happen_seldom();
		break;
	case 12:
		guest_event(0);
		break;
	default:
		endpoint = tape_pick(&w.tape, REF_ENDPOINTS);
		hc_step(endpoint, tape_pick(&w.tape, 6));
		break;
	}
}

/* What the guest sees at the end is what is there. */
static bool is_settled(void)
{
	if (!guest_is_idle())
		return false;
	if (w.guest.dead)
		return back_is_closed();
	if (!w.back.port[PORT - 1].present)
		return w.guest.state == NO_DEVICE;
	return w.guest.state == READY && w.guest.device == w.device;
}

/* G4: devices that answer, and a driver that returns, bring all to an end. */
static void settle(void)
{
	uint32_t round;

	if (w.guest.dead || w.closed) {
		guest_shutdown();
		back_close();
	}
	for (round = 0; !is_settled(); round++) {
		must(round < 40 * USBIF_MAX_URBS);
		turn();
	}
	ref_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets)
{
	memset(&w, 0, sizeof(w));
	w.tape = (struct tape){ data, octets };
	begin();
	while (w.tape.left > 0)
		happen();
	settle();
	return 0;
}
