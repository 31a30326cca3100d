/* SPDX-License-Identifier: MIT */
/*
 * usbif_msg_decode_segs(): any array of an indirect request, of
 * up to 32 segments.  (A request may have 256; each turn of the loop is alike.)
 *
 * for: 32 segments
 * sources: msg
 * unwind: 34
 */
#include "../proof.h"
#include "usbif/msg.h"

#define SEGS	32u

static uint8_t copy[SEGS * USBIF_WIRE_SEG_OCTETS];
static struct usbif_msg_seg seg[SEGS];

void harness(void)
{
	uint16_t count = nondet_u16(), i = nondet_u16();
	uint32_t length = nondet_u32();
	enum usbif_fault fault;

	any(copy);
	assume(count >= 1 && count <= SEGS);
	fault = usbif_msg_decode_segs(copy, count, length, seg);
	if (fault == USBIF_FAULT_NONE) {
		assume(i < count);
		claim(seg[i].length >= 1, "no empty segment");
		claim((uint32_t)seg[i].offset + seg[i].length <=
		      USBIF_WIRE_PAGE_OCTETS, "a segment is in its page");
		claim(length >= count && length <= count *
		      USBIF_WIRE_PAGE_OCTETS, "length");
	} else {
		claim(fault == USBIF_FAULT_REQ_SEG_BOUNDS ||
		      fault == USBIF_FAULT_REQ_LENGTH, "a fault of segments");
	}
	reach(fault == USBIF_FAULT_NONE && count == SEGS);
	reach(fault == USBIF_FAULT_REQ_SEG_BOUNDS);
	reach(fault == USBIF_FAULT_REQ_LENGTH);
}
