/* SPDX-License-Identifier: MIT */
/*
 * usbif_ring_take(): whatever the peer wrote, an entry is taken only where the
 * peer can have put one, from inside the pages, and the ring stays valid.
 *
 * for: rings of all lengths
 * hook
 * unwind: 10
 */
#include "../shared.h"

void harness(void)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	uint32_t octets = nondet_u32(), one = 1;
	struct usbif_ring r, before;
	int result;

	any_ring(&r);
	assume(octets <= sizeof(entry));
	before = r;
	result = usbif_ring_take(&r, pages, entry, octets);
	claim(usbif_ring_valid(&r), "valid");
	claim(same_but_counters(&r, &before), "what is fixed is fixed");
	claim(result == 1 || r.req_seq == before.req_seq, "nothing taken");
	claim(result == 1 || r.rsp_seq == before.rsp_seq, "nothing taken");
	claim(r.told_seq == before.told_seq, "nothing published");
	claim(copies_in == (result == 1 ? one : 0), "one copy for each entry");
	claim(stores == 0 && copies_out == 0, "nothing written");
	if (result == 1) {
		claim(!before.broken && octets <= r.entry_octets, "may take");
		claim(r.req_seq + r.rsp_seq ==
		      before.req_seq + before.rsp_seq + 1, "one entry");
	} else if (result == USBIF_E_PEER) {
		claim(r.broken, "latched");
	} else {
		claim(result == 0 || result == USBIF_E_ARG, "a result");
		claim(same(&r, &before), "nothing changed");
	}
	reach(result == 1 && r.front);
	reach(result == 1 && !r.front && r.req_seq == 0);
	reach(result == 0);
	reach(result == USBIF_E_PEER && !before.broken);
	reach(result == USBIF_E_ARG);
}
