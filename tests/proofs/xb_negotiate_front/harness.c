/* SPDX-License-Identifier: MIT */
/*
 * usbif_xb_negotiate_front(): any texts in all keys; what is agreed on is
 * within both ends' bounds, and trouble changes nothing.
 *
 * for: any texts
 * sources: xenbus_keys
 * unwind: 25
 * unwindset: read_number.0:13
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
	uint32_t i, n = nondet_u32();
	int rc;

	any(text);
	any(config);
	any(offer);
	for (i = 0; i < USBIF_XB_KEY_N; i++)
		texts.text[i] = nondet_bool() ? text[i] : (char *)0;
	assume(offer.ring_pages >= 1 && offer.ring_pages <= 16);
	assume(offer.request_pages >= 16 && offer.request_pages <= 256);
	before = config;
	rc = usbif_xb_negotiate_front(&texts, &offer, &config, &bad);
	assume(n < USBIF_WIRE_MAX_RING_PAGES);
	if (rc == USBIF_XB_KEYS_OK) {
		claim(config.ring_pages >= 1 &&
		      config.ring_pages <= offer.ring_pages, "ring pages");
		claim(config.queues_rev <= offer.queues_rev, "revision");
		claim(config.request_pages >= 16 && config.request_pages <=
		      offer.request_pages, "request pages");
		claim(config.queues_rev != 0 || config.request_pages == 16,
		      "no indirect requests without the queues");
		claim(config.num_ports >= 1 && config.num_ports <= 31 &&
		      config.usb_ver >= 1 && config.usb_ver <= 2, "ports");
	} else {
		claim(config.num_ports == before.num_ports &&
		      config.ring_pages == before.ring_pages &&
		      config.event_channel == before.event_channel &&
		      config.urb_ring_ref[n] == before.urb_ring_ref[n],
		      "unchanged");
		claim(bad.key < USBIF_XB_KEY_N && bad.min <= bad.max, "why");
	}
	reach(rc == USBIF_XB_KEYS_OK && config.ring_pages == 16);
	reach(rc == USBIF_XB_KEYS_OK && config.request_pages == 256);
	reach(rc == USBIF_XB_KEYS_BAD);
	reach(rc == USBIF_XB_KEYS_ABSENT);
}
