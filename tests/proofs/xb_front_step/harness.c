/* SPDX-License-Identifier: MIT */
/*
 * usbif_xb_front_step(): any event in any valid state.
 *
 * for: any state, any event
 * sources: xenbus xenbus_front
 * defines: XB_ROOM=8
 * apart: xb
 * unwind: 7
 * unwindset: enter.0:4 usbif_xb_walk.0:5 read_grid.0:27 read_grid.1:18
 * flags: --no-array-field-sensitivity
 */
#include "../xbstep.h"

void harness(void)
{
	struct usbif_xb_front x, was;
	int result;

	read_grid(&usbif_xb_front_grid);
	any_event();
	any(x);
	assume(usbif_xb_front_valid(&x));
	was = x;
	result = usbif_xb_front_step(&x, &ev, &acts);
	claim(usbif_xb_front_valid(&x), "valid");
	if (result != USBIF_OK)
		check_refused(result, &was.m, &x.m);
	else
		check_taken(&was.m, &x.m);
	reach(result == USBIF_OK && acts.n == XB_ROOM);
	reach(result == USBIF_E_STATE && ev.kind == USBIF_XB_EV_SUSPEND);
	reach(result == USBIF_E_ARG && ev.kind == USBIF_XB_EV_PEER);
	reach(was.m.state == USBIF_XB_F_OFFERED && x.m.state == USBIF_XB_F_UP);
	reach(was.m.state == USBIF_XB_F_LOST &&
	      x.m.state == USBIF_XB_F_CONNECTING);
	reach(x.m.state == USBIF_XB_F_CLOSED && acts.n == 3 &&
	      ev.kind == USBIF_XB_EV_TICK);
}
