/* SPDX-License-Identifier: MIT */
/*
 * Both handshakes: any events in any order.  Valid after each, a step that
 * fails changes nothing, and no step orders more than there is room for.
 */
#include "tape.h"

#include "usbif/xenbus.h"

static struct usbif_xb_ev event_of(struct tape *t, uint64_t *now_ms)
{
	struct usbif_xb_ev ev;

	memset(&ev, 0, sizeof(ev));
	*now_ms += tape_once_in(t, 4) ? tape_u16(t) : tape_pick(t, 4);
	ev.now_ms = *now_ms;
	ev.kind = tape_pick(t, USBIF_XB_EV_N + 1);
	ev.peer = tape_pick(t, 10);
	ev.own = tape_pick(t, 10);
	ev.keys = tape_pick(t, USBIF_XB_KEYS_N + 1);
	ev.online = tape_pick(t, 4) != 0;
	return ev;
}

static void check_acts(const struct usbif_xb_acts *acts)
{
	uint32_t i;

	must(acts->n <= USBIF_XB_MAX_ACTS);
	for (i = 0; i < acts->n; i++) {
		must(acts->v[i].kind < USBIF_XB_ACT_N);
		must(acts->v[i].state <= USBIF_XB_CLOSED);
		must(acts->v[i].why < USBIF_XB_WHY_N);
	}
}

static void check_result(int rc, const struct usbif_xb *before,
			 const struct usbif_xb *after)
{
	must(rc == USBIF_OK || rc == USBIF_E_STATE || rc == USBIF_E_ARG);
	if (rc != USBIF_OK)
		must(memcmp(before, after, sizeof(*before)) == 0);
	must(usbif_xb_end_name(after) != NULL);
}

static void fuzz_front(struct tape *t)
{
	struct usbif_xb_front f, before;
	uint64_t now_ms = 0;

	usbif_xb_front_init(&f);
	while (t->left > 0) {
		struct usbif_xb_ev ev = event_of(t, &now_ms);
		struct usbif_xb_acts acts = { .n = 0 };

		before = f;
		check_result(usbif_xb_front_step(&f, &ev, &acts), &before.m,
			     &f.m);
		check_acts(&acts);
		must(usbif_xb_front_valid(&f));
	}
}

static void fuzz_back(struct tape *t)
{
	struct usbif_xb_back b, before;
	uint64_t now_ms = 0;

	usbif_xb_back_init(&b);
	while (t->left > 0) {
		struct usbif_xb_ev ev = event_of(t, &now_ms);
		struct usbif_xb_acts acts = { .n = 0 };

		before = b;
		check_result(usbif_xb_back_step(&b, &ev, &acts), &before.m,
			     &b.m);
		check_acts(&acts);
		must(usbif_xb_back_valid(&b));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets)
{
	struct tape tape = { data, octets };

	if (tape_pick(&tape, 2))
		fuzz_front(&tape);
	else
		fuzz_back(&tape);
	return 0;
}
