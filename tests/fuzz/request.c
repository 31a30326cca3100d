/* SPDX-License-Identifier: MIT */
#include "request.h"

static uint32_t add_segs(struct tape *t, struct usbif_msg_req *req,
			 uint32_t from, uint32_t n)
{
	uint32_t sum = 0, i;

	for (i = from; i < from + n; i++) {
		struct usbif_msg_seg *seg = &req->seg[i];

		seg->gref = tape_u8(t);
		seg->offset = tape_once_in(t, 4) ? tape_u8(t) * 16u : 0;
		seg->length = tape_once_in(t, 4) ? 1u + tape_u8(t) :
						   4096u - seg->offset;
		if (seg->offset + seg->length > 4096)
			seg->length = (uint16_t)(4096 - seg->offset);
		sum += seg->length;
	}
	return sum;
}

/* What a back executes itself, or absorbs; or a read of anything. */
static void fill_setup(struct tape *t, struct usbif_msg_req *req)
{
	static const uint8_t kinds[][2] = {
		{ 0x00, 5 }, { 0x00, 9 }, { 0x01, 11 }, { 0x02, 1 },
		{ 0x80, 6 }, { 0x40, 1 },
	};
	const uint8_t *kind = kinds[tape_pick(t, 6)];

	req->setup[0] = kind[0];
	req->setup[1] = kind[1];
	req->setup[2] = tape_pick(t, 4);
	req->setup[4] = tape_pick(t, 4) | (tape_pick(t, 2) ? 0x80 : 0);
	req->setup[6] = (uint8_t)req->length;
	req->setup[7] = (uint8_t)(req->length >> 8);
	req->in = (kind[0] & 0x80) != 0;
}

/* One segment with an array for as many data segments as it holds. */
static void make_indirect(struct tape *t, struct usbif_msg_req *req)
{
	req->indirect = (uint16_t)(1 + tape_u8(t));
	req->nr_segs = 1;
	req->seg[0].gref = tape_u8(t);
	req->seg[0].length = (uint16_t)(req->indirect * USBIF_WIRE_SEG_OCTETS);
	req->length = req->indirect * (1u + tape_pick(t, 256) * 16u);
}

static void make_transfer(struct tape *t, struct usbif_msg_req *req)
{
	req->nr_segs = tape_pick(t, 4);
	req->flags = tape_once_in(t, 3) ? USBIF_WIRE_FLAG_RESTART : 0;
	req->flags |= tape_pick(t, 2) ? USBIF_WIRE_FLAG_SHORT_NOT_OK : 0;
	if (req->type == USBIF_XFER_BULK && tape_once_in(t, 8)) {
		make_indirect(t, req);
		return;
	}
	req->length = add_segs(t, req, 0, req->nr_segs);
	if (req->type == USBIF_XFER_CTRL)
		fill_setup(t, req);
	if (req->type == USBIF_XFER_ISO) {
		req->nr_desc_segs = 1;
		req->packets = (uint16_t)(1 + tape_pick(t, 16));
		req->seg[req->nr_segs].length = (uint16_t)(req->packets * 16);
	}
}

void request_make(struct tape *t, uint8_t ports, uint8_t epnum,
		  uint8_t *entry)
{
	struct usbif_msg_req req;
	uint8_t spoiled;

	memset(&req, 0, sizeof(req));
	req.id = tape_pick(t, 40);
	req.port = (uint8_t)(1 + tape_pick(t, ports));
	req.addr = tape_pick(t, 4);
	req.ep = tape_pick(t, epnum + 1u);
	req.in = tape_pick(t, 2) != 0;
	req.type = USBIF_XFER_CTRL;
	if (req.ep != 0)	/* mostly what the endpoint is */
		req.type = tape_once_in(t, 8) ? tape_pick(t, 2) :
						USBIF_XFER_BULK;
	req.unlink = tape_once_in(t, 4);
	req.unlink_id = tape_pick(t, 40);
	if (!req.unlink)
		make_transfer(t, &req);
	usbif_msg_encode_req(&req, entry);
	for (spoiled = tape_u8(t); spoiled >= 0xf8; spoiled++) {
		uint8_t at = tape_pick(t, USBIF_WIRE_URB_OCTETS);

		entry[at] = tape_u8(t);
		if (spoiled == 0xff)
			break;
	}
}
