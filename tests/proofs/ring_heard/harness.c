/* SPDX-License-Identifier: MIT */
/*
 * usbif_ring_heard(): writes nothing, takes nothing, and says yes only when
 * there is nothing to take.
 *
 * for: rings of all lengths
 * hook
 * unwind: 10
 */
#include "../shared.h"

void harness(void)
{
	struct usbif_ring r, before;
	int result;

	any_ring(&r);
	before = r;
	result = usbif_ring_heard(&r, pages, nondet_u32());
	claim(usbif_ring_valid(&r), "valid");
	claim(result == 1 || result == 0 || result == USBIF_E_PEER,
	      "a result");
	claim((result == USBIF_E_PEER) == r.broken, "broken, exactly then");
	claim(stores + copies_in + copies_out == 0, "only looks");
	before.broken = r.broken;
	claim(same(&r, &before), "nothing else changed");
	reach(result == 1);
	reach(result == 0);
	reach(result == USBIF_E_PEER);
}
