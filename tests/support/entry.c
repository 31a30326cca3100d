/* SPDX-License-Identifier: MIT */
#include "support/entry.h"

#include <string.h>

#include "usbif/msg.h"

void set16(uint8_t *entry, uint32_t at, uint32_t value)
{
	entry[at] = (uint8_t)value;
	entry[at + 1] = (uint8_t)(value >> 8);
}

void set32(uint8_t *entry, uint32_t at, uint32_t value)
{
	set16(entry, at, value & 0xffff);
	set16(entry, at + 2, value >> 16);
}

void set_seg(uint8_t *entry, uint32_t i, uint32_t offset, uint32_t length)
{
	uint32_t at = USBIF_WIRE_REQ_SEG + i * USBIF_WIRE_SEG_OCTETS;

	set32(entry, at, 0x1000 + i);
	set16(entry, at + 4, offset);
	set16(entry, at + 6, length);
}

void set_union(uint8_t *entry, uint32_t at, uint32_t value)
{
	set16(entry, USBIF_WIRE_REQ_UNION + at, value);
}

uint32_t pipe_of(uint32_t port, uint32_t addr, uint32_t ep, uint32_t type)
{
	return port | addr << USBIF_WIRE_PIPE_ADDR_SHIFT |
	       ep << USBIF_WIRE_PIPE_EP_SHIFT |
	       type << USBIF_WIRE_PIPE_TYPE_SHIFT;
}

void bulk_entry(uint8_t *entry)
{
	memset(entry, 0, USBIF_WIRE_URB_OCTETS);
	set16(entry, USBIF_WIRE_REQ_ID, 0x1234);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 1);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(3, 5, 2, USBIF_XFER_BULK) | USBIF_WIRE_PIPE_IN);
	set16(entry, USBIF_WIRE_REQ_LENGTH, 512);
	set_seg(entry, 0, 0, 512);
}

void control_entry(uint8_t *entry)
{
	static const uint8_t setup[8] = { 0x80, 6, 0, 1, 0, 0, 18, 0 };

	bulk_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(3, 5, 0, USBIF_XFER_CTRL) | USBIF_WIRE_PIPE_IN);
	memcpy(entry + USBIF_WIRE_REQ_UNION, setup, sizeof(setup));
	set16(entry, USBIF_WIRE_REQ_LENGTH, 18);
	set_seg(entry, 0, 0, 18);
}

void indirect_entry(uint8_t *entry)
{
	bulk_entry(entry);
	set16(entry, USBIF_WIRE_REQ_FLAGS, USBIF_WIRE_FLAG_INDIRECT);
	set16(entry, USBIF_WIRE_REQ_LENGTH, 0);
	set_union(entry, USBIF_WIRE_U_DATA_OCTETS, 20 * 4096 & 0xffff);
	set_union(entry, USBIF_WIRE_U_DATA_OCTETS + 2, 20 * 4096 >> 16);
	set_union(entry, USBIF_WIRE_U_DATA_SEGS, 20);
	set_seg(entry, 0, 32, 20 * USBIF_WIRE_SEG_OCTETS);
}

void iso_entry(uint8_t *entry)
{
	bulk_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_of(3, 5, 2, USBIF_XFER_ISO));
	set_union(entry, USBIF_WIRE_U_INTERVAL, 8);
	set_union(entry, USBIF_WIRE_U_START_FRAME, 99);
	set_union(entry, USBIF_WIRE_U_PACKETS, 2);
	set_union(entry, USBIF_WIRE_U_DESC_SEGS, 1);
	set_seg(entry, 1, 64, 2 * USBIF_WIRE_ISO_DESC_OCTETS);
}
