/* SPDX-License-Identifier: MIT */
#include "usbif/msg.h"

#define MAX_DATA_OCTETS	(USBIF_WIRE_MAX_SEGS * USBIF_WIRE_PAGE_OCTETS)
#define MAX_PACKETS	(MAX_DATA_OCTETS / USBIF_WIRE_ISO_DESC_OCTETS)

/* setup packet, USB 2.0 table 9-2 */
#define SETUP_TYPE	0
#define SETUP_TYPE_IN	0x80u
#define SETUP_LENGTH	6

/* an isochronous frame descriptor */
#define DESC_OFFSET	0
#define DESC_LENGTH	4
#define DESC_ACTUAL	8
#define DESC_STATUS	12

USBIF_STATIC_ASSERT(USBIF_WIRE_REQ_SEG + USBIF_WIRE_MAX_SEGS *
		    USBIF_WIRE_SEG_OCTETS == USBIF_WIRE_URB_OCTETS,
		    segments_end_the_request);
USBIF_STATIC_ASSERT(sizeof(struct usbif_msg_seg) == USBIF_WIRE_SEG_OCTETS &&
		    offsetof(struct usbif_msg_seg, offset) == 4 &&
		    offsetof(struct usbif_msg_seg, length) == 6,
		    a_segment_is_laid_out_as_on_the_wire);
USBIF_STATIC_ASSERT(MAX_PACKETS <= 0xffff, packets_fit_their_field);

/* The compiler makes a load or a store of each: they are its idiom for that. */
static uint16_t get16(const uint8_t *from)
{
	return (uint16_t)(from[0] | from[1] << 8);
}

static uint32_t get32(const uint8_t *from)
{
	return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
	       (uint32_t)from[3] << 24;
}

static void put16(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *to, uint32_t value)
{
	to[0] = (uint8_t)value;
	to[1] = (uint8_t)(value >> 8);
	to[2] = (uint8_t)(value >> 16);
	to[3] = (uint8_t)(value >> 24);
}

static enum usbif_fault decode_pipe(uint32_t pipe,
				    const struct usbif_msg_limits *limits,
				    struct usbif_msg_req *req)
{
	req->port = pipe & USBIF_WIRE_PIPE_PORT;
	req->unlink = (pipe & USBIF_WIRE_PIPE_UNLINK) != 0;
	req->in = (pipe & USBIF_WIRE_PIPE_IN) != 0;
	req->addr = (pipe >> USBIF_WIRE_PIPE_ADDR_SHIFT) & 0x7f;
	req->ep = (pipe >> USBIF_WIRE_PIPE_EP_SHIFT) & 0xf;
	req->type = (uint8_t)(pipe >> USBIF_WIRE_PIPE_TYPE_SHIFT);
	if (limits->extended && (pipe & USBIF_WIRE_PIPE_RESERVED) != 0)
		return USBIF_FAULT_REQ_PIPE_BITS;
	if (req->port == 0 || req->port > limits->num_ports)
		return USBIF_FAULT_REQ_PORT;
	if ((req->type == USBIF_XFER_CTRL) != (req->ep == 0))
		return USBIF_FAULT_REQ_TYPE_EP;
	return USBIF_FAULT_NONE;
}

static bool may_be_indirect(const struct usbif_msg_limits *limits,
			    const struct usbif_msg_req *req)
{
	return limits->request_pages > USBIF_WIRE_MAX_SEGS && !req->unlink &&
	       req->type == USBIF_XFER_BULK;
}

static enum usbif_fault decode_flags(uint16_t flags,
				     const struct usbif_msg_limits *limits,
				     struct usbif_msg_req *req)
{
	if (!limits->extended) {
		req->flags = flags & USBIF_WIRE_FLAG_SHORT_NOT_OK;
		return USBIF_FAULT_NONE;
	}
	req->flags = flags;
	if (may_be_indirect(limits, req)) {
		req->flags &= (uint16_t)~USBIF_WIRE_FLAG_INDIRECT;
		/* How many there are is decode_indirect()'s. */
		req->indirect = req->flags != flags;
	}
	if ((req->flags & ~(USBIF_WIRE_FLAG_SHORT_NOT_OK |
			    USBIF_WIRE_FLAG_RESTART)) != 0)
		return USBIF_FAULT_REQ_FLAGS;
	return USBIF_FAULT_NONE;
}

static void decode_union(const uint8_t *u, struct usbif_msg_req *req)
{
	switch (req->type) {
	case USBIF_XFER_ISO:
		req->interval = get16(u + USBIF_WIRE_U_INTERVAL);
		req->start_frame = get16(u + USBIF_WIRE_U_START_FRAME);
		req->packets = get16(u + USBIF_WIRE_U_PACKETS);
		break;
	case USBIF_XFER_INT:
		req->interval = get16(u + USBIF_WIRE_U_INTERVAL);
		break;
	case USBIF_XFER_CTRL:
		memcpy(req->setup, u + USBIF_WIRE_U_SETUP, sizeof(req->setup));
		break;
	default:	/* bulk has nothing here */
		break;
	}
}

/* Where the wire's order of octets is the machine's, a segment is its image. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static void get_seg(const uint8_t *from, struct usbif_msg_seg *seg)
{
	memcpy(seg, from, USBIF_WIRE_SEG_OCTETS);
}

static void put_seg(uint8_t *to, const struct usbif_msg_seg *seg)
{
	memcpy(to, seg, USBIF_WIRE_SEG_OCTETS);
}
#else
static void get_seg(const uint8_t *from, struct usbif_msg_seg *seg)
{
	seg->gref = get32(from);
	seg->offset = get16(from + 4);
	seg->length = get16(from + 6);
}

static void put_seg(uint8_t *to, const struct usbif_msg_seg *seg)
{
	put32(to, seg->gref);
	put16(to + 4, seg->offset);
	put16(to + 6, seg->length);
}
#endif

/* Decode count segments and add their lengths up; false if one is no such. */
static bool decode_row(const uint8_t *from, uint32_t count,
		       struct usbif_msg_seg *seg, uint32_t *octets)
{
	const struct usbif_msg_seg *end = seg + count;
	uint32_t sum = 0;

	for (; seg != end; seg++, from += USBIF_WIRE_SEG_OCTETS) {
		get_seg(from, seg);
		if (seg->length == 0 || (uint32_t)seg->offset + seg->length >
					USBIF_WIRE_PAGE_OCTETS)
			return false;
		sum += seg->length;
	}
	*octets = sum;
	return true;
}

/* What the segments of a request hold, in octets. */
struct held {
	uint32_t data;
	uint32_t descs;
};

static enum usbif_fault decode_segs(const uint8_t *entry,
				    struct usbif_msg_req *req,
				    struct held *held)
{
	const uint8_t *from = entry + USBIF_WIRE_REQ_SEG;
	uint32_t segs = get16(entry + USBIF_WIRE_REQ_NR_SEGS);
	uint32_t descs = 0;

	held->descs = 0;
	if (req->type == USBIF_XFER_ISO)
		descs = get16(entry + USBIF_WIRE_REQ_UNION +
			      USBIF_WIRE_U_DESC_SEGS);
	if (segs + descs > USBIF_WIRE_MAX_SEGS)
		return USBIF_FAULT_REQ_SEGS;
	req->nr_segs = (uint8_t)segs;
	req->nr_desc_segs = (uint8_t)descs;
	if (!decode_row(from, segs, req->seg, &held->data))
		return USBIF_FAULT_REQ_SEG_BOUNDS;
	if (descs != 0 &&
	    !decode_row(from + segs * USBIF_WIRE_SEG_OCTETS, descs,
			req->seg + segs, &held->descs))
		return USBIF_FAULT_REQ_SEG_BOUNDS;
	return USBIF_FAULT_NONE;
}

static enum usbif_fault decode_length(uint16_t length, uint32_t sum,
				      struct usbif_msg_req *req)
{
	req->length = length;
	/* 65536 does not fit the field: today's frontends send it as 0. */
	if (length == 0 && sum == MAX_DATA_OCTETS)
		req->length = sum;
	return req->length == sum ? USBIF_FAULT_NONE : USBIF_FAULT_REQ_LENGTH;
}

/* The array must be there as a whole, and able to describe such data. */
static enum usbif_fault decode_indirect(const uint8_t *entry,
					const struct usbif_msg_limits *limits,
					uint32_t sum, struct usbif_msg_req *req)
{
	const uint8_t *u = entry + USBIF_WIRE_REQ_UNION;
	uint32_t count = get16(u + USBIF_WIRE_U_DATA_SEGS);

	if (get16(entry + USBIF_WIRE_REQ_LENGTH) != 0 ||
	    get16(u + USBIF_WIRE_U_RESERVED) != 0)
		return USBIF_FAULT_REQ_INDIRECT;
	req->length = get32(u + USBIF_WIRE_U_DATA_OCTETS);
	if (count == 0 || count > limits->request_pages ||
	    req->length < count ||
	    req->length > count * USBIF_WIRE_PAGE_OCTETS)
		return USBIF_FAULT_REQ_INDIRECT;
	req->indirect = (uint16_t)count;
	return sum == count * USBIF_WIRE_SEG_OCTETS ? USBIF_FAULT_NONE :
						      USBIF_FAULT_REQ_INDIRECT;
}

static enum usbif_fault check_setup(const struct usbif_msg_req *req)
{
	bool in = (req->setup[SETUP_TYPE] & SETUP_TYPE_IN) != 0;

	if (get16(req->setup + SETUP_LENGTH) != req->length)
		return USBIF_FAULT_REQ_SETUP_LENGTH;
	/* Without a data stage the direction means nothing. */
	if (req->length != 0 && in != req->in)
		return USBIF_FAULT_REQ_SETUP_DIR;
	return USBIF_FAULT_NONE;
}

static enum usbif_fault check_iso(const struct usbif_msg_req *req,
				  uint32_t sum)
{
	if (req->packets == 0 || req->packets > MAX_PACKETS)
		return USBIF_FAULT_REQ_ISO_PACKETS;
	if (sum != req->packets * USBIF_WIRE_ISO_DESC_OCTETS)
		return USBIF_FAULT_REQ_ISO_DESCS;
	return USBIF_FAULT_NONE;
}

static enum usbif_fault decode_transfer(const uint8_t *entry,
					const struct usbif_msg_limits *limits,
					struct usbif_msg_req *req)
{
	enum usbif_fault fault;
	struct held held;

	decode_union(entry + USBIF_WIRE_REQ_UNION, req);
	fault = decode_segs(entry, req, &held);
	if (fault != USBIF_FAULT_NONE)
		return fault;
	if (req->indirect != 0)
		return decode_indirect(entry, limits, held.data, req);
	fault = decode_length(get16(entry + USBIF_WIRE_REQ_LENGTH), held.data,
			      req);
	if (fault != USBIF_FAULT_NONE)
		return fault;
	if (req->type == USBIF_XFER_CTRL)
		return check_setup(req);
	if (req->type == USBIF_XFER_ISO)
		return check_iso(req, held.descs);
	return USBIF_FAULT_NONE;
}

enum usbif_fault usbif_msg_decode_req(const uint8_t *entry,
				      const struct usbif_msg_limits *limits,
				      struct usbif_msg_req *req)
{
	enum usbif_fault fault;

	memset(req, 0, offsetof(struct usbif_msg_req, seg));
	req->id = get16(entry + USBIF_WIRE_REQ_ID);
	fault = decode_pipe(get32(entry + USBIF_WIRE_REQ_PIPE), limits, req);
	if (fault != USBIF_FAULT_NONE)
		return fault;
	fault = decode_flags(get16(entry + USBIF_WIRE_REQ_FLAGS), limits, req);
	if (fault != USBIF_FAULT_NONE)
		return fault;
	if (!req->unlink)
		return decode_transfer(entry, limits, req);
	/* Today's frontends leave stale octets in the rest of an unlink. */
	req->unlink_id = get16(entry + USBIF_WIRE_REQ_UNION +
			       USBIF_WIRE_U_UNLINK_ID);
	return USBIF_FAULT_NONE;
}

static uint32_t encode_pipe(const struct usbif_msg_req *req)
{
	uint32_t pipe = req->port;

	if (req->unlink)
		pipe |= USBIF_WIRE_PIPE_UNLINK;
	if (req->in)
		pipe |= USBIF_WIRE_PIPE_IN;
	pipe |= (uint32_t)req->addr << USBIF_WIRE_PIPE_ADDR_SHIFT;
	pipe |= (uint32_t)req->ep << USBIF_WIRE_PIPE_EP_SHIFT;
	return pipe | (uint32_t)req->type << USBIF_WIRE_PIPE_TYPE_SHIFT;
}

static void encode_union(const struct usbif_msg_req *req, uint8_t *u)
{
	switch (req->type) {
	case USBIF_XFER_ISO:
		put16(u + USBIF_WIRE_U_INTERVAL, req->interval);
		put16(u + USBIF_WIRE_U_START_FRAME, req->start_frame);
		put16(u + USBIF_WIRE_U_PACKETS, req->packets);
		put16(u + USBIF_WIRE_U_DESC_SEGS, req->nr_desc_segs);
		break;
	case USBIF_XFER_INT:
		put16(u + USBIF_WIRE_U_INTERVAL, req->interval);
		break;
	case USBIF_XFER_CTRL:
		memcpy(u + USBIF_WIRE_U_SETUP, req->setup, sizeof(req->setup));
		break;
	default:	/* bulk has nothing here */
		break;
	}
}

void usbif_msg_encode_segs(const struct usbif_msg_seg *seg, uint16_t count,
			   uint8_t *to)
{
	for (uint32_t i = 0; i < count; i++, seg++) {
		put_seg(to, seg);
		to += USBIF_WIRE_SEG_OCTETS;
	}
}

enum usbif_fault usbif_msg_decode_segs(const uint8_t *copy, uint16_t count,
				       uint32_t length,
				       struct usbif_msg_seg *seg)
{
	uint32_t sum;

	if (!decode_row(copy, count, seg, &sum))
		return USBIF_FAULT_REQ_SEG_BOUNDS;
	return sum == length ? USBIF_FAULT_NONE : USBIF_FAULT_REQ_LENGTH;
}

/* An indirect request: what buffer_length and the union say of its data. */
static void encode_indirect(const struct usbif_msg_req *req, uint8_t *entry)
{
	uint8_t *u = entry + USBIF_WIRE_REQ_UNION;

	put16(entry + USBIF_WIRE_REQ_FLAGS,
	      req->flags | USBIF_WIRE_FLAG_INDIRECT);
	put32(u + USBIF_WIRE_U_DATA_OCTETS, req->length);
	put16(u + USBIF_WIRE_U_DATA_SEGS, req->indirect);
}

void usbif_msg_encode_head(const struct usbif_msg_req *req, uint8_t *entry)
{
	uint8_t *u = entry + USBIF_WIRE_REQ_UNION;
	bool whole = !req->unlink && req->indirect == 0;

	put16(entry + USBIF_WIRE_REQ_ID, req->id);
	put16(entry + USBIF_WIRE_REQ_NR_SEGS, req->unlink ? 0 : req->nr_segs);
	put32(entry + USBIF_WIRE_REQ_PIPE, encode_pipe(req));
	put16(entry + USBIF_WIRE_REQ_FLAGS, req->flags);
	/* 65536 becomes 0, as decode_length() expects. */
	put16(entry + USBIF_WIRE_REQ_LENGTH, whole ? req->length : 0);
	memset(u, 0, USBIF_WIRE_REQ_SEG - USBIF_WIRE_REQ_UNION);
	if (whole)
		encode_union(req, u);
	else if (req->unlink)
		put16(u + USBIF_WIRE_U_UNLINK_ID, req->unlink_id);
	else
		encode_indirect(req, entry);
}

void usbif_msg_encode_req(const struct usbif_msg_req *req, uint8_t *entry)
{
	uint32_t segs = (uint32_t)req->nr_segs + req->nr_desc_segs;

	if (req->unlink)
		segs = 0;
	if (segs > USBIF_WIRE_MAX_SEGS)
		segs = USBIF_WIRE_MAX_SEGS;
	usbif_msg_encode_head(req, entry);
	usbif_msg_encode_segs(req->seg, (uint16_t)segs,
			      entry + USBIF_WIRE_REQ_SEG);
	memset(entry + USBIF_WIRE_REQ_SEG + segs * USBIF_WIRE_SEG_OCTETS, 0,
	       (USBIF_WIRE_MAX_SEGS - segs) * USBIF_WIRE_SEG_OCTETS);
}

bool usbif_msg_status_known(int32_t status, bool extended)
{
	switch (status) {
	case USBIF_WIRE_ST_OK:
	case USBIF_WIRE_ST_NODEV:
	case USBIF_WIRE_ST_INVAL:
	case USBIF_WIRE_ST_STALL:
	case USBIF_WIRE_ST_IOERROR:
	case USBIF_WIRE_ST_BABBLE:
	case USBIF_WIRE_ST_SHUTDOWN:
		return true;
	case USBIF_WIRE_ST_NOT_FOUND:
	case USBIF_WIRE_ST_NOT_EXECUTED:
	case USBIF_WIRE_ST_CANCELLED:
	case USBIF_WIRE_ST_SHORT:
		return extended;
	default:
		return false;
	}
}

enum usbif_fault usbif_msg_decode_rsp(const uint8_t *entry, bool extended,
				      struct usbif_msg_rsp *rsp)
{
	rsp->id = get16(entry + USBIF_WIRE_RSP_ID);
	rsp->start_frame = get16(entry + USBIF_WIRE_RSP_START_FRAME);
	rsp->status = (int32_t)get32(entry + USBIF_WIRE_RSP_STATUS);
	rsp->actual = get32(entry + USBIF_WIRE_RSP_ACTUAL);
	rsp->errors = get32(entry + USBIF_WIRE_RSP_ERRORS);
	if (rsp->actual > 0x7fffffff)
		return USBIF_FAULT_RSP_LENGTH;
	if (rsp->status == USBIF_WIRE_ST_OK ||
	    usbif_msg_status_known(rsp->status, extended))
		return USBIF_FAULT_NONE;
	if (extended)
		return USBIF_FAULT_RSP_STATUS;
	rsp->status = USBIF_WIRE_ST_IOERROR;
	return USBIF_FAULT_NONE;
}

void usbif_msg_encode_rsp(const struct usbif_msg_rsp *rsp, uint8_t *entry)
{
	put16(entry + USBIF_WIRE_RSP_ID, rsp->id);
	put16(entry + USBIF_WIRE_RSP_START_FRAME, rsp->start_frame);
	put32(entry + USBIF_WIRE_RSP_STATUS, (uint32_t)rsp->status);
	put32(entry + USBIF_WIRE_RSP_ACTUAL, rsp->actual);
	put32(entry + USBIF_WIRE_RSP_ERRORS, rsp->errors);
}

enum usbif_fault usbif_msg_decode_conn(const uint8_t *entry, uint8_t num_ports,
				       struct usbif_msg_conn *conn)
{
	conn->id = get16(entry + USBIF_WIRE_CONN_ID);
	conn->port = entry[USBIF_WIRE_CONN_PORT];
	conn->speed = entry[USBIF_WIRE_CONN_SPEED];
	if (conn->port == 0 || conn->port > num_ports)
		return USBIF_FAULT_CONN_PORT;
	if (conn->speed > USBIF_WIRE_SPEED_HIGH)
		return USBIF_FAULT_CONN_SPEED;
	return USBIF_FAULT_NONE;
}

void usbif_msg_encode_conn(const struct usbif_msg_conn *conn, uint8_t *entry)
{
	put16(entry + USBIF_WIRE_CONN_ID, conn->id);
	entry[USBIF_WIRE_CONN_PORT] = conn->port;
	entry[USBIF_WIRE_CONN_SPEED] = conn->speed;
}

uint16_t usbif_msg_decode_conn_req(const uint8_t *entry)
{
	return get16(entry);
}

void usbif_msg_encode_conn_req(uint16_t id, uint8_t *entry)
{
	put16(entry, id);
}

enum usbif_fault usbif_msg_decode_iso(const uint8_t *copy, uint16_t count,
				      uint32_t length,
				      struct usbif_msg_iso *iso)
{
	uint32_t left = length;

	memset(iso, 0, count * sizeof(*iso));
	for (uint32_t i = 0; i < count; i++, iso++) {
		iso->offset = get32(copy + DESC_OFFSET);
		iso->length = get32(copy + DESC_LENGTH);
		if (iso->offset > length || iso->length > length - iso->offset)
			return USBIF_FAULT_ISO_BOUNDS;
		if (iso->length > left)
			return USBIF_FAULT_ISO_BOUNDS;
		left -= iso->length;
		copy += USBIF_WIRE_ISO_DESC_OCTETS;
	}
	return USBIF_FAULT_NONE;
}

void usbif_msg_merge_iso(const uint8_t *copy, uint16_t count,
			 struct usbif_msg_iso *iso)
{
	for (uint32_t i = 0; i < count; i++, iso++) {
		iso->actual = get32(copy + DESC_ACTUAL);
		if (iso->actual > iso->length)
			iso->actual = iso->length;
		iso->status = (int32_t)get32(copy + DESC_STATUS);
		copy += USBIF_WIRE_ISO_DESC_OCTETS;
	}
}

void usbif_msg_encode_iso(const struct usbif_msg_iso *iso, uint16_t count,
			  uint8_t *copy)
{
	for (uint32_t i = 0; i < count; i++, iso++) {
		put32(copy + DESC_OFFSET, iso->offset);
		put32(copy + DESC_LENGTH, iso->length);
		put32(copy + DESC_ACTUAL, iso->actual);
		put32(copy + DESC_STATUS, (uint32_t)iso->status);
		copy += USBIF_WIRE_ISO_DESC_OCTETS;
	}
}
