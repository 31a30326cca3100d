/* SPDX-License-Identifier: MIT */
/*
 * decode_row(), which msg.c has to itself: any octets, as many as are asked for
 * and no more.  usbif_msg_decode_req() is proved by what is claimed here.
 *
 * for: 16 segments
 * unwind: 18
 */
#include "../proof.h"
#include "msg.c"
#include <stdlib.h>

void harness(void)
{
	uint32_t count = nondet_u8(), i, sum = 0, octets = 77;
	struct usbif_msg_seg *seg;
	uint8_t *from;
	bool good, all_good = true;

	assume(count <= USBIF_WIRE_MAX_SEGS);
	from = malloc(count * USBIF_WIRE_SEG_OCTETS);
	seg = malloc(count * sizeof(*seg));
	assume(from && seg);
	good = decode_row(from, count, seg, &octets);
	for (i = 0; i < count; i++) {
		struct usbif_msg_seg s;

		get_seg(from + i * USBIF_WIRE_SEG_OCTETS, &s);
		all_good &= s.length >= 1 && (uint32_t)s.offset + s.length <=
			    USBIF_WIRE_PAGE_OCTETS;
		sum += s.length;
		if (good)
			claim(s.gref == seg[i].gref && s.offset ==
			      seg[i].offset && s.length == seg[i].length,
			      "each as it is on the wire");
	}
	claim(good == all_good, "each is in its page, and none is empty");
	claim(octets == (good ? sum : 77), "their sum");
	claim(!good || (sum >= count && sum <= count * USBIF_WIRE_PAGE_OCTETS),
	      "bounds of the sum");
	reach(good && octets == 65536);
	reach(good && count == 0);
	reach(!good && count == 16);
}
