/* SPDX-License-Identifier: MIT */
/*
 * usbif_msg_decode_req(): any 148 octets, whatever was negotiated.  What is
 * accepted is within the header's bounds.
 *
 * for: any octets, any limits
 * sources: msg
 * unwind: 18
 */
#include "../proof.h"
#include "usbif/msg.h"

static uint32_t sum_of(const struct usbif_msg_req *req, uint32_t from,
		       uint32_t n)
{
	uint32_t sum = 0, i;

	for (i = 0; i < USBIF_WIRE_MAX_SEGS; i++) {
		const struct usbif_msg_seg *seg = &req->seg[i];

		if (i < from || i >= from + n)
			continue;
		claim(seg->length >= 1, "no empty segment");
		claim((uint32_t)seg->offset + seg->length <=
		      USBIF_WIRE_PAGE_OCTETS, "a segment is in its page");
		sum += seg->length;
	}
	return sum;
}

static void check_transfer(const struct usbif_msg_req *req,
			   const struct usbif_msg_limits *limits)
{
	uint32_t sum = sum_of(req, 0, req->nr_segs);
	uint32_t descs = sum_of(req, req->nr_segs, req->nr_desc_segs);

	if (req->indirect != 0) {
		claim(limits->extended && req->type == USBIF_XFER_BULK &&
		      req->indirect <= limits->request_pages, "indirect");
		claim(sum == req->indirect * USBIF_WIRE_SEG_OCTETS, "array");
		claim(req->length >= req->indirect && req->length <=
		      req->indirect * USBIF_WIRE_PAGE_OCTETS, "data");
	} else {
		claim(sum == req->length && req->length <= 65536, "length");
	}
	claim(req->type != USBIF_XFER_ISO ||
	      (req->packets != 0 && descs == req->packets *
				    USBIF_WIRE_ISO_DESC_OCTETS), "packets");
	claim(req->type != USBIF_XFER_CTRL ||
	      (uint32_t)(req->setup[6] | req->setup[7] << 8) == req->length,
	      "setup");
}

void harness(void)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_limits limits;
	struct usbif_msg_req req;
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
			check_transfer(&req, &limits);
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
