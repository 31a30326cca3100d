/* SPDX-License-Identifier: MIT */
/*
 * usbif_ring_sleep(): asks for an event and looks once more; takes nothing.
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
	result = usbif_ring_sleep(&r, pages);
	claim(usbif_ring_valid(&r), "valid");
	claim(result == 1 || result == 0 || result == USBIF_E_PEER,
	      "a result");
	claim((result == USBIF_E_PEER) == r.broken, "broken, exactly then");
	claim(stores == !before.broken, "one word, unless it was broken");
	before.broken = r.broken;
	claim(same(&r, &before), "nothing else changed");
	reach(result == 1 && r.front);
	reach(result == 0 && !r.front);
	reach(result == USBIF_E_PEER && stores == 1);
}
