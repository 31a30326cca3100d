/* SPDX-License-Identifier: MIT */
/*
 * usbif_hub_connect(): any device comes or leaves in any valid state; 3 ports.
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
	uint8_t port = nondet_u8(), speed = nondet_u8(), map[4];
	struct usbif_hub h, before;
	bool changed;
	int n;

	any(h);
	for (i = 0; i < USBIF_MAX_PORTS; i++) {
		h.port[i].wakeup = nondet_bool();
		h.port[i].by_bus = nondet_bool();
	}
	assume(usbif_hub_valid(&h));
	assume(port >= 1 && port <= h.num_ports);
	assume(speed <= USBIF_WIRE_SPEED_HIGH);
	before = h;
	changed = usbif_hub_connect(&h, port, speed);
	claim(usbif_hub_valid(&h), "valid");
	claim(changed || (h.port[port - 1].status ==
			  before.port[port - 1].status), "no news, no change");
	n = usbif_hub_changes(&h, map);
	claim(n == 0 || n == 1 + h.num_ports / 8, "octets of the bitmap");
	reach(changed && speed == USBIF_WIRE_SPEED_NONE);
	reach(changed && speed == USBIF_WIRE_SPEED_HIGH && port == 3);
	reach(!changed);
}
