/* SPDX-License-Identifier: MIT */
/*
 * usbif_xb_negotiate_back(): any texts in all keys, for a ring of up to 4
 * pages; what is agreed on is within both ends' bounds, and trouble changes
 * nothing.
 *
 * for: any texts, 4 ring pages
 * sources: xenbus_keys
 * unwind: 25
 * unwindset: read_number.0:13 read_refs.0:5 check_distinct.0:5 check_distinct.1:5
 */
#include "../proof.h"
#include "usbif/xenbus.h"

static char text[USBIF_XB_KEY_N][12];

void harness(void)
{
	struct usbif_xb_config config, before;
	struct usbif_xb_offer offer;
	struct usbif_xb_texts texts;
	struct usbif_xb_bad bad;
	uint32_t i, n = nondet_u32(), m = nondet_u32();
	int rc;

	any(text);
	any(config);
	any(offer);
	for (i = 0; i < USBIF_XB_KEY_N; i++)
		texts.text[i] = nondet_bool() ? text[i] : (char *)0;
	assume(offer.ring_pages >= 1 && offer.ring_pages <= 4);
	assume(offer.request_pages >= 16 && offer.request_pages <= 256);
	before = config;
	rc = usbif_xb_negotiate_back(&texts, &offer, &config, &bad);
	assume(n < USBIF_WIRE_MAX_RING_PAGES && m < USBIF_WIRE_MAX_RING_PAGES);
	if (rc == USBIF_XB_KEYS_OK) {
		claim(config.ring_pages >= 1 &&
		      config.ring_pages <= offer.ring_pages, "ring pages");
		claim(config.queues_rev <= offer.queues_rev, "revision");
		claim(config.request_pages >= 16 && config.request_pages <=
		      offer.request_pages, "request pages");
		claim(config.queues_rev != 0 || config.request_pages == 16,
		      "no indirect requests without the queues");
		claim(config.conn_ring_ref != 0 && config.event_channel != 0 &&
		      config.event_channel <= 0x1ffff, "page and channel");
		claim((config.urb_ring_ref[n] != 0) ==
		      (n < config.ring_pages), "as many pages as said");
		claim(config.urb_ring_ref[n] != config.conn_ring_ref,
		      "no page twice");
		claim(n == m || n >= config.ring_pages ||
		      config.urb_ring_ref[n] != config.urb_ring_ref[m],
		      "no page twice");
	} else {
		claim(config.num_ports == before.num_ports &&
		      config.ring_pages == before.ring_pages &&
		      config.event_channel == before.event_channel &&
		      config.urb_ring_ref[n] == before.urb_ring_ref[n],
		      "unchanged");
		claim(bad.key < USBIF_XB_KEY_N && bad.min <= bad.max, "why");
	}
	reach(rc == USBIF_XB_KEYS_OK && config.ring_pages == 4);
	reach(rc == USBIF_XB_KEYS_OK && config.request_pages == 256);
	reach(rc == USBIF_XB_KEYS_BAD);
	reach(rc == USBIF_XB_KEYS_ABSENT);
}
