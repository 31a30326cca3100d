/* SPDX-License-Identifier: MIT */
/*
 * usbif_ring_push(): publishes what was put, and asks for an event exactly if
 * the peer's event index is among the fresh entries.
 *
 * for: rings of all lengths
 * hook
 * unwind: 10
 */
#include "../shared.h"

void harness(void)
{
	struct usbif_ring r, before;
	uint32_t own;
	bool notify;

	any_ring(&r);
	before = r;
	own = r.front ? r.req_seq : r.rsp_seq;
	notify = usbif_ring_push(&r, pages);
	claim(usbif_ring_valid(&r), "valid");
	claim(same_but_counters(&r, &before), "what is fixed is fixed");
	claim(r.req_seq == before.req_seq && r.rsp_seq == before.rsp_seq,
	      "nothing put or taken");
	claim(r.broken || r.told_seq == own, "all is published");
	claim(stores == (r.told_seq != before.told_seq), "one index");
	claim(!notify || r.told_seq != before.told_seq, "news, if notified");
	reach(notify && r.front);
	reach(notify && !r.front);
	reach(!notify && stores == 1);
	reach(before.broken);
}
