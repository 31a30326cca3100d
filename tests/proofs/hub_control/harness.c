/* SPDX-License-Identifier: MIT */
/*
 * usbif_hub_control(): any request of the guest's in any valid state; 3 ports.
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
	uint8_t type = nondet_u8(), request = nondet_u8(), buf[16];
	uint16_t value = nondet_u16(), index = nondet_u16();
	uint16_t length = nondet_u16();
	struct usbif_hub h, before;
	uint32_t cap = nondet_u32();
	uint64_t now_ms;
	int n;

	any(h);
	any(now_ms);
	for (i = 0; i < USBIF_MAX_PORTS; i++) {
		h.port[i].wakeup = nondet_bool();
		h.port[i].by_bus = nondet_bool();
	}
	assume(usbif_hub_valid(&h));
	assume(cap <= sizeof(buf) && now_ms < USBIF_HUB_NEVER / 2);
	before = h;
	n = usbif_hub_control(&h, type, request, value, index, length, now_ms,
			      buf, cap);
	claim(usbif_hub_valid(&h), "valid");
	claim(n == USBIF_E_ARG || (n >= 0 && (uint32_t)n <= cap &&
				   n <= length), "octets");
	claim(h.num_ports == before.num_ports, "fixed");
	reach(n == 4);
	reach(n == USBIF_E_ARG);
	reach(n == 0 && h.port[2].status != before.port[2].status);
}
