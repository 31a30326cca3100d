/* SPDX-License-Identifier: MIT */
/* One step of a handshake, from any valid state. */
#ifndef PROOFS_XBSTEP_H
#define PROOFS_XBSTEP_H

#define PROOFS_HARNESS
#include "apart_xb.h"

static struct usbif_xb_ev ev;
static struct usbif_xb_acts acts;

static bool same_machine(const struct usbif_xb *a, const struct usbif_xb *b)
{
	return a->due_ms == b->due_ms && a->state == b->state &&
	       a->own == b->own && a->node == b->node && a->peer == b->peer &&
	       a->keys == b->keys && a->wishes == b->wishes;
}

static void any_event(void)
{
	any(ev);
	ev.online = nondet_bool();
	assume(ev.now_ms < USBIF_XB_NEVER / 2);
	/* so that one can tell if nothing was ordered */
	acts.n = 77;
	xb_act.kind = USBIF_XB_ACT_OPEN;
	xb_act.at_ms = 77;
}

static void check_refused(int result, const struct usbif_xb *was,
			  const struct usbif_xb *now)
{
	claim(result == USBIF_E_STATE || result == USBIF_E_ARG,
	      "as the header says");
	claim(result != USBIF_E_STATE ||
	      ev.kind == USBIF_XB_EV_PROBE || ev.kind == USBIF_XB_EV_SUSPEND ||
	      ev.kind == USBIF_XB_EV_CONNECT_OK ||
	      ev.kind == USBIF_XB_EV_CONNECT_FAILED ||
	      ev.kind == USBIF_XB_EV_QUIESCED, "refused where it may be");
	claim(same_machine(was, now), "the machine is unchanged");
	claim(acts.n == 77 && xb_act.at_ms == 77, "nothing is ordered");
}

static void check_taken(const struct usbif_xb *was, const struct usbif_xb *now)
{
	bool early = was->due_ms != USBIF_XB_NEVER && ev.now_ms < was->due_ms;

	check_act();
	claim(acts.n <= XB_ROOM, "room");
	if (ev.kind == USBIF_XB_EV_PEER)
		claim(now->peer == ev.peer, "the peer is noted");
	if (ev.kind == USBIF_XB_EV_UNLOAD)
		claim(now->wishes & USBIF_XB_WISH_UNLOAD, "not forgotten");
	if (acts.n > 0 && xb_act.kind == USBIF_XB_ACT_GONE)
		claim(now->wishes == USBIF_XB_WISH_UNLOAD, "gone when asked");
	if (acts.n > 0 && xb_act.kind == USBIF_XB_ACT_ARM)
		claim(now->due_ms == xb_act.at_ms ||
		      now->due_ms == USBIF_XB_NEVER, "the timer's deadline");
	if (ev.kind != USBIF_XB_EV_TICK)
		return;
	claim(now->due_ms == USBIF_XB_NEVER || now->due_ms > ev.now_ms,
	      "the deadline is over");
	if (early || was->due_ms == USBIF_XB_NEVER)
		claim(same_machine(was, now) && acts.n == early,
		      "a timer that is early is set again, no more");
}

#endif
