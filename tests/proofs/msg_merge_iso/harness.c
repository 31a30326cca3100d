/* SPDX-License-Identifier: MIT */
/*
 * usbif_msg_merge_iso(): whatever a backend wrote, offsets and lengths stay
 * the front's own, and no packet is longer than it was; 16 packets.
 *
 * for: 16 packets
 * sources: msg
 * unwind: 18
 */
#include "../proof.h"
#include "usbif/msg.h"

#define PACKETS	16u

static uint8_t copy[PACKETS * USBIF_WIRE_ISO_DESC_OCTETS];
static struct usbif_msg_iso iso[PACKETS], before[PACKETS];

void harness(void)
{
	uint16_t count = nondet_u16(), i = nondet_u16();

	any(copy);
	any(iso);
	memcpy(before, iso, sizeof(iso));
	assume(count <= PACKETS && i < PACKETS);
	usbif_msg_merge_iso(copy, count, iso);
	claim(iso[i].offset == before[i].offset, "offset");
	claim(iso[i].length == before[i].length, "length");
	claim(i >= count || iso[i].actual <= iso[i].length, "clamped");
	claim(i < count || iso[i].actual == before[i].actual, "only those");
	usbif_msg_encode_iso(iso, count, copy);
	reach(i < count && iso[i].actual == 7);
	reach(i < count && iso[i].actual == iso[i].length && i == 15);
}
