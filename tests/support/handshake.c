/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include "support/handshake.h"

#include <stdio.h>

#define NOW	HANDSHAKE_NOW

static char story[400];

static const char *tell(const struct usbif_xb_acts *acts)
{
	size_t n = 0;

	story[0] = 0;
	for (uint32_t i = 0; i < acts->n; i++) {
		const struct usbif_xb_act *act = &acts->v[i];
		const char *name = usbif_xb_act_name(act->kind);
		char arg[40] = "";

		if (act->kind == USBIF_XB_ACT_SWITCH)
			name = usbif_xb_state_name(act->state);
		else if (act->kind == USBIF_XB_ACT_ARM)
			snprintf(arg, sizeof(arg), "+%u",
				 (unsigned int)(act->at_ms - NOW));
		else if (act->kind == USBIF_XB_ACT_FATAL)
			snprintf(arg, sizeof(arg), ":%s",
				 usbif_xb_why_name(act->why));
		n += (size_t)snprintf(story + n, sizeof(story) - n, "%s%s%s",
				      i ? " " : "", name, arg);
	}
	return story;
}

const char *front_step(struct usbif_xb_front *f, struct usbif_xb_ev ev)
{
	struct usbif_xb_acts acts;

	if (ev.now_ms == 0)
		ev.now_ms = NOW;
	assert_int_equal(usbif_xb_front_step(f, &ev, &acts), USBIF_OK);
	assert_true(usbif_xb_front_valid(f));
	return tell(&acts);
}

const char *back_step(struct usbif_xb_back *b, struct usbif_xb_ev ev)
{
	struct usbif_xb_acts acts;

	if (ev.now_ms == 0)
		ev.now_ms = NOW;
	assert_int_equal(usbif_xb_back_step(b, &ev, &acts), USBIF_OK);
	assert_true(usbif_xb_back_valid(b));
	return tell(&acts);
}

void front_up(struct usbif_xb_front *f)
{
	usbif_xb_front_init(f);
	front_step(f, PROBE(INITIALISING, OK));
	front_step(f, PEER(INITWAIT, OK));
	front_step(f, EV(CONNECT_OK));
	front_step(f, PEER(CONNECTED, OK));
	assert_int_equal(f->m.state, USBIF_XB_F_UP);
}

void back_offers(struct usbif_xb_back *b)
{
	usbif_xb_back_init(b);
	back_step(b, PROBE(INITIALISING, OK));
	back_step(b, PEER(INITIALISING, ABSENT));
	back_step(b, AT(TICK, NOW + USBIF_XB_DWELL_MS));
}

void back_up(struct usbif_xb_back *b)
{
	back_offers(b);
	back_step(b, PEER(CONNECTED, OK));
	back_step(b, EV(CONNECT_OK));
	assert_int_equal(b->m.state, USBIF_XB_B_UP);
}
