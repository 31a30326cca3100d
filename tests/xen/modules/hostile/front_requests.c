// SPDX-License-Identifier: MIT
/* Requests with one field that is wrong. */
#include <linux/string.h>

#include "hostile.h"

static struct usbif_msg_req control(struct hostile *h, u16 id)
{
	return hostile_descriptor(h, id);
}

static struct usbif_msg_req no_data(struct hostile *h, u16 id)
{
	static const u8 setup[8];

	return hostile_control(id, setup);
}

static struct usbif_msg_req unlink(struct hostile *h, u16 id)
{
	return hostile_unlink(id, 99);
}

/* The array itself is wrong. */
static struct usbif_msg_req beyond(struct hostile *h, u16 id)
{
	struct usbif_msg_req req = hostile_array(h, id);

	((u16 *)h->page[1])[2] = 1;	/* offset of 4096 octets */
	return req;
}

static struct usbif_msg_req sum(struct hostile *h, u16 id)
{
	struct usbif_msg_req req = hostile_array(h, id);

	((u16 *)h->page[1])[7] = 1001;
	return req;
}

/* 65535 and 2 are more than 4096, and as 16 bits they are 1. */
static struct usbif_msg_req wraps(struct hostile *h, u16 id)
{
	struct usbif_msg_req req = hostile_array(h, id);

	((u16 *)h->page[1])[6] = 65535;
	((u16 *)h->page[1])[7] = 2;
	return req;
}

static struct usbif_msg_req empty(struct hostile *h, u16 id)
{
	struct usbif_msg_req req = hostile_array(h, id);

	((u16 *)h->page[1])[3] = 0;
	return req;
}

/* Two packets in page 0, described in page 1. */
static struct usbif_msg_req iso(struct hostile *h, u16 id)
{
	const struct usbif_msg_iso packet[2] = {
		{ .offset = 0, .length = 500 },
		{ .offset = 500, .length = 500 },
	};
	struct usbif_msg_req req = {
		.id = id, .port = 1, .type = USBIF_XFER_ISO, .ep = 1,
		.in = true, .nr_segs = 1, .nr_desc_segs = 1, .packets = 2,
		.interval = 1, .length = 1000,
	};

	req.seg[0].gref = h->page_ref[0];
	req.seg[0].length = 1000;
	req.seg[1].gref = h->page_ref[1];
	req.seg[1].length = 2 * USBIF_WIRE_ISO_DESC_OCTETS;
	usbif_msg_encode_iso(packet, 2, h->page[1]);
	return req;
}

static struct usbif_msg_req iso_beyond(struct hostile *h, u16 id)
{
	struct usbif_msg_req req = iso(h, id);

	((u32 *)h->page[1])[4] = 501;
	return req;
}

static struct usbif_msg_req iso_wraps(struct hostile *h, u16 id)
{
	struct usbif_msg_req req = iso(h, id);

	((u32 *)h->page[1])[4] = 0xffffffff;
	((u32 *)h->page[1])[5] = 2;
	return req;
}

static struct usbif_msg_req iso_overlaps(struct hostile *h, u16 id)
{
	struct usbif_msg_req req = iso(h, id);

	((u32 *)h->page[1])[4] = 0;
	((u32 *)h->page[1])[5] = 1000;
	return req;
}

/* Words of a request: docs/PROTOCOL.md section 4. */
#define COUNTS		0	/* id; number of segments */
#define PIPE		4
#define FLAGS		8	/* flags; buffer_length */
#define UNION0		12
#define UNION4		16
#define REF		20	/* of the first segment */
#define SEG		24	/* its offset; its length */
#define LOW		0xffffu
#define HIGH		0xffff0000u
#define ALL		0xffffffffu

#define CLOSES(_name, _reason, _make, _at, _clear, _set)		\
	{ .group = "request", .name = (_name), .outcome = HOSTILE_CLOSED, \
	  .reason = (_reason),						\
	  .spoil = { .make = (_make), .at = (_at), .clear = (_clear),	\
		     .set = (_set) } }

/* A rule of the connection is kept, but the device has no such thing. */
#define REFUSED(_name, _status, _make, _at, _clear, _set)		\
	{ .group = "refused", .name = (_name), .outcome = (_status),	\
	  .reason = "-",						\
	  .spoil = { .make = (_make), .at = (_at), .clear = (_clear),	\
		     .set = (_set) } }

const struct hostile_attack hostile_front_requests[] = {
	CLOSES("port-0", "REQ_PORT", control, PIPE, 0x1f, 0),
	CLOSES("port-9", "REQ_PORT", control, PIPE, 0x1f, 9),
	CLOSES("pipe-bits", "REQ_PIPE_BITS", control, PIPE, 0, 0x40),
	CLOSES("control-on-1", "REQ_TYPE_EP", control, PIPE, 0, 1 << 15),
	CLOSES("bulk-on-0", "REQ_TYPE_EP", hostile_array, PIPE, 0xf << 15, 0),
	CLOSES("segs-17", "REQ_SEGS", control, COUNTS, HIGH, 17 << 16),
	CLOSES("segs-65535", "REQ_SEGS", control, COUNTS, 0, HIGH),
	CLOSES("iso-segs", "REQ_SEGS", iso, UNION4, HIGH, 16 << 16),
	CLOSES("seg-empty", "REQ_SEG_BOUNDS", control, SEG, HIGH, 0),
	CLOSES("seg-beyond", "REQ_SEG_BOUNDS", control, SEG, LOW, 4079),
	CLOSES("seg-wraps", "REQ_SEG_BOUNDS", control, SEG, LOW, 65535 - 17),
	CLOSES("length-more", "REQ_LENGTH", control, FLAGS, HIGH, 19 << 16),
	CLOSES("length-0", "REQ_LENGTH", control, FLAGS, HIGH, 0),
	CLOSES("flags", "REQ_FLAGS", control, FLAGS, 0, 0x8000),
	CLOSES("flags-unlink", "REQ_FLAGS", unlink, FLAGS, 0, 4),
	CLOSES("indirect-control", "REQ_FLAGS", control, FLAGS, 0, 4),
	CLOSES("indirect-0", "REQ_INDIRECT", hostile_array, UNION4, LOW, 0),
	CLOSES("indirect-33", "REQ_INDIRECT", hostile_array, UNION4, LOW, 33),
	CLOSES("indirect-max", "REQ_INDIRECT", hostile_array, UNION4, 0, LOW),
	CLOSES("indirect-more", "REQ_INDIRECT", hostile_array, UNION0, ALL, 8193),
	CLOSES("indirect-size", "REQ_INDIRECT", hostile_array, SEG, HIGH, 17 << 16),
	CLOSES("array-beyond", "REQ_SEG_BOUNDS", beyond, 0, 0, 0),
	CLOSES("array-sum", "REQ_LENGTH", sum, 0, 0, 0),
	CLOSES("array-wraps", "REQ_SEG_BOUNDS", wraps, 0, 0, 0),
	CLOSES("array-empty", "REQ_SEG_BOUNDS", empty, 0, 0, 0),
	CLOSES("array-off-page", "REQ_SEG_BOUNDS", hostile_array, SEG, LOW,
	       4081),
	CLOSES("array-segs", "REQ_SEGS", hostile_array, COUNTS, HIGH,
	       17 << 16),
	CLOSES("setup-length", "REQ_SETUP_LENGTH", control, UNION4, HIGH,
	       64 << 16),
	CLOSES("setup-direction", "REQ_SETUP_DIR", control, UNION0, 0x80, 0),
	CLOSES("iso-packets-0", "REQ_ISO_PACKETS", iso, UNION4, LOW, 0),
	CLOSES("iso-packets-max", "REQ_ISO_PACKETS", iso, UNION4, 0, LOW),
	CLOSES("iso-descs", "REQ_ISO_DESCS", iso, UNION4, LOW, 3),
	CLOSES("iso-beyond", "ISO_BOUNDS", iso_beyond, 0, 0, 0),
	CLOSES("iso-wraps", "ISO_BOUNDS", iso_wraps, 0, 0, 0),
	CLOSES("iso-overlaps", "ISO_BOUNDS", iso_overlaps, 0, 0, 0),
	REFUSED("address-nobody", "NODEV", control, PIPE, 0, 127 << 8),
	REFUSED("port-empty", "NODEV", control, PIPE, 0x1f, 2),
	REFUSED("endpoint-none", "INVAL", hostile_array, PIPE, 0, 15 << 15),
	REFUSED("type-differs", "INVAL", iso, 0, 0, 0),
	REFUSED("unlink-nothing", "NOT_FOUND", unlink, 0, 0, 0),
	/* SET_ADDRESS, SET_CONFIGURATION, SET_INTERFACE */
	REFUSED("address-128", "STALL", no_data, UNION0, ALL, 0x00800500),
	REFUSED("configuration-77", "STALL", no_data, UNION0, ALL, 0x004d0900),
	REFUSED("interface-77", "STALL", no_data, UNION0, ALL, 0x004d0b01),
	/* CLEAR_FEATURE(ENDPOINT_HALT) of endpoint 0 */
	REFUSED("halt-77", "STALL", no_data, UNION0, ALL, 0x004d0102),
	REFUSED("restart-running", "OK", control, FLAGS, 0, 2),
	{ }
};
