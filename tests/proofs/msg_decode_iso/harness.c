/* SPDX-License-Identifier: MIT */
/*
 * usbif_msg_decode_iso(): any descriptors of up to 4 packets, of a buffer of
 * any length.  (A request may have 4096; each turn of the loop is alike.)
 *
 * for: 4 packets
 * sources: msg
 * unwind: 6
 */
#include "../proof.h"
#include "usbif/msg.h"

#define PACKETS	4u

static uint8_t copy[PACKETS * USBIF_WIRE_ISO_DESC_OCTETS];
static struct usbif_msg_iso iso[PACKETS];

void harness(void)
{
	uint16_t count = nondet_u16(), n = nondet_u16(), i;
	uint32_t length = nondet_u32();
	enum usbif_fault fault;
	uint64_t sum = 0;

	any(copy);
	assume(count <= PACKETS);
	fault = usbif_msg_decode_iso(copy, count, length, iso);
	claim(fault == USBIF_FAULT_NONE || fault == USBIF_FAULT_ISO_BOUNDS,
	      "a fault of descriptors");
	for (i = 0; i < PACKETS; i++)
		if (i < count)
			sum += iso[i].length;
	if (fault == USBIF_FAULT_NONE) {
		assume(n < count);
		claim((uint64_t)iso[n].offset + iso[n].length <= length,
		      "in the buffer");
		claim(iso[n].actual == 0 && iso[n].status == 0, "results");
		claim(sum <= length, "together no more than the buffer");
	}
	reach(fault == USBIF_FAULT_NONE && count == PACKETS && sum > 1000);
	reach(fault == USBIF_FAULT_ISO_BOUNDS);
}
