/* SPDX-License-Identifier: MIT */
/*
 * usbif_ring_put(): an entry goes into a slot of the ring that is free, or
 * nothing changes.
 *
 * for: rings of all lengths
 * hook
 * unwind: 10
 */
#include "../shared.h"

void harness(void)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	uint32_t octets = nondet_u32();
	struct usbif_ring r, before;
	int result;

	any_ring(&r);
	assume(octets <= sizeof(entry));
	before = r;
	result = usbif_ring_put(&r, pages, entry, octets);
	claim(usbif_ring_valid(&r), "valid");
	claim(same_but_counters(&r, &before), "what is fixed is fixed");
	claim(r.told_seq == before.told_seq && stores == 0, "not published");
	if (result == USBIF_OK) {
		claim(copies_out == 1, "one copy");
		claim(r.req_seq + r.rsp_seq ==
		      before.req_seq + before.rsp_seq + 1, "one entry");
		claim(r.front || usbif_ring_back_unanswered(&before) > 0,
		      "an answer to something");
		claim(!r.front || usbif_ring_front_room(&before) > 0, "room");
	} else {
		claim(same(&r, &before) && copies_out == 0, "nothing changed");
	}
	reach(result == USBIF_OK && r.front);
	reach(result == USBIF_OK && !r.front);
	reach(result == USBIF_E_SPACE);
	reach(result == USBIF_E_ARG);
	reach(result == USBIF_E_PEER);
}
