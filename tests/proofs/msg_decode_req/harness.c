/* SPDX-License-Identifier: MIT */
/*
 * usbif_msg_decode_req(): any 148 octets, whatever was negotiated.  What is
 * accepted is within the header's bounds.  What is in a row of segments is
 * msg_decode_row's; here: which rows there are, and what their sums mean.
 *
 * for: any octets, any limits
 * sources: msg
 * calls: decode_row:row_as_proved
 * unwind: 2
 */
#include "../proof.h"
#include "usbif/msg.h"

static uint8_t entry[USBIF_WIRE_URB_OCTETS];
static struct usbif_msg_req req;
static struct {
	uint32_t count, sum;
} row[2];		/* of data, of an isochronous request's descriptors */
static uint32_t rows;

/* In the place of decode_row(): what is proved of it. */
bool row_as_proved(const uint8_t *from, uint32_t count,
		   struct usbif_msg_seg *seg, uint32_t *octets)
{
	uint32_t before = rows > 0 ? row[0].count : 0;

	claim(rows < 2, "two rows");
	claim(before + count <= USBIF_WIRE_MAX_SEGS, "room");
	claim(from == entry + USBIF_WIRE_REQ_SEG +
		      before * USBIF_WIRE_SEG_OCTETS, "they follow each other");
	claim(seg == req.seg + before, "in the same order");
	row[rows].count = count;
	row[rows].sum = nondet_u32();
	assume(row[rows].sum >= count &&
	       row[rows].sum <= count * USBIF_WIRE_PAGE_OCTETS);
	if (nondet_bool())
		return false;
	*octets = row[rows++].sum;
	return true;
}

static void check_transfer(const struct usbif_msg_limits *limits)
{
	uint32_t sum = row[0].sum, descs = row[1].sum;

	claim(rows == (req.nr_desc_segs != 0 ? 2 : 1), "all segments");
	claim(row[0].count == req.nr_segs && row[1].count == req.nr_desc_segs,
	      "their numbers");
	if (req.indirect != 0) {
		claim(limits->extended && req.type == USBIF_XFER_BULK &&
		      req.indirect <= limits->request_pages, "indirect");
		claim(sum == req.indirect * USBIF_WIRE_SEG_OCTETS, "array");
		claim(req.length >= req.indirect && req.length <=
		      req.indirect * USBIF_WIRE_PAGE_OCTETS, "data");
	} else {
		claim(sum == req.length && req.length <= 65536, "length");
	}
	claim(req.type != USBIF_XFER_ISO ||
	      (req.packets != 0 && descs == req.packets *
				    USBIF_WIRE_ISO_DESC_OCTETS), "packets");
	claim(req.type != USBIF_XFER_CTRL ||
	      (uint32_t)(req.setup[6] | req.setup[7] << 8) == req.length,
	      "setup");
}

void harness(void)
{
	struct usbif_msg_limits limits;
	enum usbif_fault fault;

	any(entry);
	any(req);
	limits.num_ports = nondet_u8();
	limits.extended = nondet_bool();
	limits.request_pages = nondet_u16();
	assume(limits.num_ports >= 1 && limits.num_ports <= 31);
	assume(limits.request_pages <= USBIF_WIRE_MAX_DATA_SEGS);
	fault = usbif_msg_decode_req(entry, &limits, &req);
	claim(req.id == (entry[0] | entry[1] << 8), "id");
	if (fault == USBIF_FAULT_NONE) {
		claim(req.port >= 1 && req.port <= limits.num_ports, "port");
		claim(req.addr <= USBIF_WIRE_MAX_ADDR && req.ep <= 15, "pipe");
		claim((req.ep == 0) == (req.type == USBIF_XFER_CTRL), "type");
		claim(req.flags <= (limits.extended ? 3 : 1), "flags");
		claim(req.nr_segs + req.nr_desc_segs <= USBIF_WIRE_MAX_SEGS,
		      "segments");
		if (!req.unlink)
			check_transfer(&limits);
	} else {
		claim(fault >= USBIF_FAULT_REQ_PORT &&
		      fault <= USBIF_FAULT_REQ_ISO_DESCS, "a request's fault");
	}
	reach(fault == USBIF_FAULT_NONE && req.unlink);
	reach(fault == USBIF_FAULT_NONE && req.type == USBIF_XFER_ISO);
	reach(fault == USBIF_FAULT_NONE && req.indirect == 256);
	reach(fault == USBIF_FAULT_NONE && req.length == 65536 &&
	      req.nr_segs == 16);
	reach(fault == USBIF_FAULT_REQ_SETUP_DIR);
	reach(fault == USBIF_FAULT_REQ_ISO_DESCS);
	reach(fault == USBIF_FAULT_REQ_INDIRECT);
}
