/* SPDX-License-Identifier: MIT */
/* Stories of the handshake: events in, actions as text. */
#ifndef SUPPORT_HANDSHAKE_H
#define SUPPORT_HANDSHAKE_H

#include "usbif/xenbus.h"

/* When everything happens, unless an event says otherwise. */
#define HANDSHAKE_NOW	5000u

#define EV(event) \
	((struct usbif_xb_ev){ .kind = USBIF_XB_EV_##event })
#define AT(event, ms) \
	((struct usbif_xb_ev){ .kind = USBIF_XB_EV_##event, .now_ms = (ms) })
#define PEER(s, k) \
	((struct usbif_xb_ev){ .kind = USBIF_XB_EV_PEER, \
			       .peer = USBIF_XB_##s, \
			       .keys = USBIF_XB_KEYS_##k })
#define PROBE(s, k) \
	((struct usbif_xb_ev){ .kind = USBIF_XB_EV_PROBE, \
			       .own = USBIF_XB_##s, .online = true, \
			       .keys = USBIF_XB_KEYS_##k })
#define OWN(s, on) \
	((struct usbif_xb_ev){ .kind = USBIF_XB_EV_OWN, \
			       .own = USBIF_XB_##s, .online = (on), \
			       .keys = USBIF_XB_KEYS_OK })

/* A step that must succeed; the actions in words, ARM relative to now. */
const char *front_step(struct usbif_xb_front *f, struct usbif_xb_ev ev);
const char *back_step(struct usbif_xb_back *b, struct usbif_xb_ev ev);

#define front_does(f, ev, text) \
	assert_string_equal(front_step(f, ev), text)
#define back_does(b, ev, text) \
	assert_string_equal(back_step(b, ev), text)

/* A back that waits for its frontend to connect. */
void back_offers(struct usbif_xb_back *b);

/* A machine that has connected. */
void front_up(struct usbif_xb_front *f);
void back_up(struct usbif_xb_back *b);

#endif
