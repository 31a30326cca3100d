/* SPDX-License-Identifier: MIT */
/*
 * Every decoder of msg.h, on octets that have no more room than they should.
 * What is accepted keeps the header's bounds, and is encoded to what is
 * decoded as the same again.
 */
#include "request.h"

/* A copy with nothing behind it, so that a read too far is seen. */
static uint8_t *entry_of(struct tape *t, size_t octets)
{
	uint8_t *entry = malloc(octets ? octets : 1);

	must(entry != NULL);
	tape_octets(t, entry, octets);
	return entry;
}

static uint32_t sum_of(const struct usbif_msg_seg *seg, uint32_t count)
{
	uint32_t sum = 0, i;

	for (i = 0; i < count; i++) {
		must(seg[i].length >= 1);
		must(seg[i].offset + seg[i].length <= USBIF_WIRE_PAGE_OCTETS);
		sum += seg[i].length;
	}
	return sum;
}

static void check_transfer(const struct usbif_msg_req *req,
			   const struct usbif_msg_limits *limits)
{
	uint32_t sum = sum_of(req->seg, req->nr_segs);
	uint32_t descs = sum_of(req->seg + req->nr_segs, req->nr_desc_segs);

	must(req->nr_segs + req->nr_desc_segs <= USBIF_WIRE_MAX_SEGS);
	if (req->indirect != 0) {
		must(limits->extended && req->type == USBIF_XFER_BULK);
		must(req->indirect <= limits->request_pages);
		must(sum == req->indirect * USBIF_WIRE_SEG_OCTETS);
		must(req->length >= req->indirect && req->length <=
		     req->indirect * USBIF_WIRE_PAGE_OCTETS);
	} else {
		must(sum == req->length && req->length <= 65536);
	}
	if (req->type == USBIF_XFER_ISO)
		must(descs == req->packets * USBIF_WIRE_ISO_DESC_OCTETS &&
		     req->packets != 0);
	if (req->type == USBIF_XFER_CTRL)
		must((req->setup[6] | req->setup[7] << 8) == (int)req->length);
}

static void round_trip(const struct usbif_msg_req *req,
		       const struct usbif_msg_limits *limits)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS], same[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req again;

	usbif_msg_encode_req(req, entry);
	must(usbif_msg_decode_req(entry, limits, &again) == USBIF_FAULT_NONE);
	usbif_msg_encode_req(&again, same);
	must(memcmp(entry, same, sizeof(same)) == 0);
}

static void fuzz_req(struct tape *t)
{
	struct usbif_msg_limits limits = {
		.num_ports = (uint8_t)(1 + tape_pick(t, USBIF_WIRE_MAX_PORTS)),
		.extended = tape_pick(t, 2) != 0,
		.request_pages = (uint16_t)(16 + tape_pick(t, 241)),
	};
	bool plausible = tape_pick(t, 2) != 0;
	uint8_t *entry = entry_of(t, plausible ? 0 : USBIF_WIRE_URB_OCTETS);
	struct usbif_msg_req req;
	enum usbif_fault fault;

	if (plausible) {
		entry = realloc(entry, USBIF_WIRE_URB_OCTETS);
		must(entry != NULL);
		request_make(t, limits.num_ports, 15, entry);
	}
	fault = usbif_msg_decode_req(entry, &limits, &req);
	must(req.id == (entry[0] | entry[1] << 8));
	if (fault == USBIF_FAULT_NONE) {
		must(req.port >= 1 && req.port <= limits.num_ports);
		must(req.addr <= USBIF_WIRE_MAX_ADDR && req.ep <= 15);
		must((req.ep == 0) == (req.type == USBIF_XFER_CTRL));
		must(req.flags <= (limits.extended ? 3 : 1));
		if (!req.unlink)
			check_transfer(&req, &limits);
		round_trip(&req, &limits);
	} else {
		must(fault >= USBIF_FAULT_REQ_PORT &&
		     fault <= USBIF_FAULT_REQ_ISO_DESCS);
	}
	free(entry);
}

static void fuzz_segs(struct tape *t)
{
	uint16_t count = (uint16_t)(1 + tape_u8(t));
	uint32_t length = tape_u32(t);
	uint8_t *copy = entry_of(t, count * USBIF_WIRE_SEG_OCTETS);
	uint8_t *again = entry_of(t, count * USBIF_WIRE_SEG_OCTETS);
	struct usbif_msg_seg *seg = calloc(count, sizeof(*seg));

	must(seg != NULL);
	if (usbif_msg_decode_segs(copy, count, length, seg) ==
	    USBIF_FAULT_NONE) {
		must(sum_of(seg, count) == length);
		usbif_msg_encode_segs(seg, count, again);
		must(memcmp(copy, again, count * USBIF_WIRE_SEG_OCTETS) == 0);
	}
	free(seg);
	free(again);
	free(copy);
}

static void fuzz_rsp(struct tape *t)
{
	bool extended = tape_pick(t, 2) != 0;
	uint8_t *entry = entry_of(t, USBIF_WIRE_URB_RSP_OCTETS);
	uint8_t again[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_msg_rsp rsp;

	if (usbif_msg_decode_rsp(entry, extended, &rsp) == USBIF_FAULT_NONE) {
		must(rsp.actual <= 0x7fffffff);
		must(usbif_msg_status_known(rsp.status, extended));
		must(usbif_status_name(rsp.status) != NULL);
		usbif_msg_encode_rsp(&rsp, again);
		/* An old peer's own statuses are not kept. */
		if (rsp.status != USBIF_WIRE_ST_IOERROR)
			must(memcmp(entry, again, sizeof(again)) == 0);
	}
	free(entry);
}

static void fuzz_conn(struct tape *t)
{
	uint8_t num_ports = (uint8_t)(1 + tape_pick(t, USBIF_WIRE_MAX_PORTS));
	uint8_t *entry = entry_of(t, USBIF_WIRE_CONN_OCTETS);
	uint8_t again[USBIF_WIRE_CONN_OCTETS];
	struct usbif_msg_conn conn;

	if (usbif_msg_decode_conn(entry, num_ports, &conn) ==
	    USBIF_FAULT_NONE) {
		must(conn.port >= 1 && conn.port <= num_ports);
		must(conn.speed <= USBIF_WIRE_SPEED_HIGH);
		usbif_msg_encode_conn(&conn, again);
		must(memcmp(entry, again, sizeof(again)) == 0);
	}
	must(usbif_msg_decode_conn_req(entry) == conn.id);
	free(entry);
}

/* The back decodes what a front wrote; the front merges what a back did. */
static void fuzz_iso(struct tape *t)
{
	uint16_t count = tape_u8(t), i;
	uint32_t length = tape_pick(t, 2) ? tape_u32(t) : tape_u16(t);
	size_t octets = (size_t)count * USBIF_WIRE_ISO_DESC_OCTETS;
	uint8_t *copy = entry_of(t, octets), *back = entry_of(t, octets);
	struct usbif_msg_iso *iso = calloc(count + 1u, sizeof(*iso));
	uint64_t sum = 0;

	must(iso != NULL);
	if (usbif_msg_decode_iso(copy, count, length, iso) ==
	    USBIF_FAULT_NONE) {
		for (i = 0; i < count; i++) {
			must((uint64_t)iso[i].offset + iso[i].length <= length);
			must(iso[i].actual == 0 && iso[i].status == 0);
			sum += iso[i].length;
		}
		must(sum <= length);
		usbif_msg_merge_iso(back, count, iso);
		for (i = 0; i < count; i++)
			must(iso[i].actual <= iso[i].length);
		usbif_msg_encode_iso(iso, count, back);
		must(octets == 0 || memcmp(copy, back, 8) == 0);
	}
	free(iso);
	free(back);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets)
{
	static void (*const fuzz[])(struct tape *) = {
		fuzz_req, fuzz_segs, fuzz_rsp, fuzz_conn, fuzz_iso,
	};
	struct tape tape = { data, octets };

	fuzz[tape_pick(&tape, sizeof(fuzz) / sizeof(fuzz[0]))](&tape);
	return 0;
}
