/* SPDX-License-Identifier: MIT */
/*
 * usbif_hub_tick(): at any time, in any valid state of 3 ports; also the bus's suspend
 * and resume, and a device's leave to wake the guest.
 *
 * for: 3 ports
 * sources: hub
 * defines: USBIF_MAX_PORTS=3
 * unwind: 5
 */
#include "../proof.h"
#include "usbif/hub.h"

void harness(void)
{
	uint32_t i;
	uint8_t port = nondet_u8(), what = nondet_u8();
	struct usbif_hub h, before;
	uint64_t now_ms;
	bool changed = false;

	any(h);
	any(now_ms);
	for (i = 0; i < USBIF_MAX_PORTS; i++) {
		h.port[i].wakeup = nondet_bool();
		h.port[i].by_bus = nondet_bool();
	}
	assume(usbif_hub_valid(&h));
	assume(port >= 1 && port <= h.num_ports);
	before = h;
	if (what == 0)
		changed = usbif_hub_tick(&h, now_ms);
	else if (what == 1)
		changed = usbif_hub_bus_suspend(&h);
	else if (what == 2)
		changed = usbif_hub_bus_resume(&h);
	else if (what == 3)
		changed = usbif_hub_disconnect_all(&h);
	else
		usbif_hub_arm_wakeup(&h, port, nondet_bool());
	claim(usbif_hub_valid(&h), "valid");
	claim(changed || what > 2 || h.port[port - 1].status ==
	      before.port[port - 1].status, "no news, no change");
	reach(changed && what == 0);
	reach(changed && what == 1);
	reach(changed && what == 2);
	reach(changed && what == 3);
}
