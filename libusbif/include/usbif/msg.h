/* SPDX-License-Identifier: MIT */
/*
 * Messages of the URB ring and the connection ring in host order.  A decoder
 * takes the private copy of a ring entry, checks everything that can be
 * checked without knowing the device, and says which rule was broken; an
 * encoder takes a message that its caller built and cannot fail.
 */
#ifndef USBIF_MSG_H
#define USBIF_MSG_H

#include "usbif/port.h"
#include "usbif/err.h"
#include "usbif/wire.h"

/* One piece of a transfer's data, inside one granted page. */
struct usbif_msg_seg {
	uint32_t gref;
	uint16_t offset;	/* octets, 0..4095 */
	uint16_t length;	/* octets, 1..4096 - offset */
};

/* A request of the URB ring. */
struct usbif_msg_req {
	uint16_t id;		/* the front's choice, returned in the answer */
	bool unlink;		/* cancel unlink_id; type and data unused */
	bool in;		/* device to host */
	uint8_t port;		/* 1..31 */
	uint8_t addr;		/* 0..127, as the guest assigned it */
	uint8_t ep;		/* endpoint number 0..15 */
	uint8_t type;		/* enum usbif_xfer */
	uint8_t nr_segs;	/* segments of the data, or of its array, 0..16 */
	uint8_t nr_desc_segs;	/* iso: descriptor segments behind them */
	uint16_t indirect;	/* data segments in an array; 0: they are seg[] */
	uint16_t flags;		/* USBIF_WIRE_FLAG_* but INDIRECT */
	uint16_t unlink_id;
	uint16_t interval;	/* interrupt, iso: as the front gave it */
	uint16_t start_frame;	/* iso */
	uint16_t packets;	/* iso: number of frame descriptors */
	uint32_t length;	/* octets of data, 0..65536; indirect: 1..1048576 */
	uint8_t setup[8];	/* control, USB 2.0 section 9.3 */
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_SEGS];
};

/* An answer on the URB ring. */
struct usbif_msg_rsp {
	uint16_t id;
	uint16_t start_frame;	/* iso */
	int32_t status;		/* USBIF_WIRE_ST_* */
	uint32_t actual;	/* octets moved */
	uint32_t errors;	/* iso: packets that failed */
};

/* A hot-plug event of the connection ring. */
struct usbif_msg_conn {
	uint16_t id;
	uint8_t port;		/* 1..num-ports */
	uint8_t speed;		/* USBIF_WIRE_SPEED_*; NONE: unplugged */
};

/* One isochronous packet; PROTOCOL.md section "Isochronous". */
struct usbif_msg_iso {
	uint32_t offset;	/* in the buffer, octets */
	uint32_t length;
	uint32_t actual;
	int32_t status;
};

/* What a decoder must know of the connection. */
struct usbif_msg_limits {
	uint8_t num_ports;	/* 1..31 */
	bool extended;		/* peer has feature-endpoint-queues */
	/* most data segments of a request; above 16: indirect requests */
	uint16_t request_pages;
};

/*
 * Decode the private copy of an URB request.
 *
 * entry: USBIF_WIRE_URB_OCTETS octets that no peer can change.
 * Returns USBIF_FAULT_NONE and fills *req, but for segments that the request
 * does not have; or the rule that the request broke (a USBIF_FAULT_REQ_*), with
 * *req unspecified but for its id.
 * Checked: port, type against endpoint number, number, bounds and sum of the
 * segments, setup direction and wLength, isochronous counts; for an extended
 * peer also reserved pipe bits and undefined flags, which are ignored for
 * others, as today's frontends send stale octets there.
 * Of an unlink only pipe and flags are checked, and nothing else is read but
 * unlink_id.  The direction of a setup packet counts only with a data stage.
 * An old peer's flags are reduced to SHORT_NOT_OK, the only one that it has.
 * A buffer_length of 0 with 65536 octets of segments is 65536: today's
 * frontends express that size so (the field has 16 bits).
 * The data segments of an indirect request are not seen here, only where their
 * array is: seg[0..nr_segs-1], exactly indirect * USBIF_WIRE_SEG_OCTETS octets,
 * 2048 at most.  They are usbif_msg_decode_segs()'s.
 */
enum usbif_fault usbif_msg_decode_req(const uint8_t *entry,
				      const struct usbif_msg_limits *limits,
				      struct usbif_msg_req *req);

/* Encode a request into USBIF_WIRE_URB_OCTETS octets; unused octets are 0. */
void usbif_msg_encode_req(const struct usbif_msg_req *req, uint8_t *entry);
/*
 * Encode all of a request that is before its segments: USBIF_WIRE_REQ_SEG
 * octets.  req->seg is not looked at.  entry is written, and never read.
 */
void usbif_msg_encode_head(const struct usbif_msg_req *req, uint8_t *entry);

/*
 * Decode the segment array of an indirect request from a private copy
 * (count * USBIF_WIRE_SEG_OCTETS octets) for data of length octets, count and
 * length as usbif_msg_decode_req() found them.
 * Returns USBIF_FAULT_NONE and fills seg[0..count-1], USBIF_FAULT_REQ_SEG_BOUNDS
 * or USBIF_FAULT_REQ_LENGTH (they do not add up to length).
 */
enum usbif_fault usbif_msg_decode_segs(const uint8_t *copy, uint16_t count,
				       uint32_t length,
				       struct usbif_msg_seg *seg);
/* Encode a segment array: count * USBIF_WIRE_SEG_OCTETS octets. */
void usbif_msg_encode_segs(const struct usbif_msg_seg *seg, uint16_t count,
			   uint8_t *to);

/*
 * Decode the private copy of an answer (USBIF_WIRE_URB_RSP_OCTETS octets).
 * Returns USBIF_FAULT_NONE, or USBIF_FAULT_RSP_LENGTH when actual_length is
 * negative as the header's signed field.  What the id and the length may be
 * is ids.h's and fq.h's question.  A status that is none of
 * USBIF_WIRE_ST_* becomes USBIF_WIRE_ST_IOERROR for an old peer and is
 * USBIF_FAULT_RSP_STATUS for an extended one.
 */
enum usbif_fault usbif_msg_decode_rsp(const uint8_t *entry, bool extended,
				      struct usbif_msg_rsp *rsp);
/* Encode an answer into USBIF_WIRE_URB_RSP_OCTETS octets. */
void usbif_msg_encode_rsp(const struct usbif_msg_rsp *rsp, uint8_t *entry);

/*
 * Decode a hot-plug event (USBIF_WIRE_CONN_OCTETS octets).  Returns
 * USBIF_FAULT_NONE, USBIF_FAULT_CONN_PORT or USBIF_FAULT_CONN_SPEED.
 */
enum usbif_fault usbif_msg_decode_conn(const uint8_t *entry, uint8_t num_ports,
				       struct usbif_msg_conn *conn);
void usbif_msg_encode_conn(const struct usbif_msg_conn *conn, uint8_t *entry);

/* The id of a posted connection request (2 octets), and its encoding. */
uint16_t usbif_msg_decode_conn_req(const uint8_t *entry);
void usbif_msg_encode_conn_req(uint16_t id, uint8_t *entry);

/*
 * Decode count isochronous frame descriptors from a private copy
 * (count * USBIF_WIRE_ISO_DESC_OCTETS octets) for a buffer of length octets.
 * Returns USBIF_FAULT_NONE or USBIF_FAULT_ISO_BOUNDS (a packet reaches beyond
 * the buffer, or the lengths add up to more than it holds).  The actual
 * length and status that a guest wrote are not used; both are set to 0.
 */
enum usbif_fault usbif_msg_decode_iso(const uint8_t *copy, uint16_t count,
				      uint32_t length,
				      struct usbif_msg_iso *iso);
/*
 * Take what a backend may change, actual length and status, from a private
 * copy of count descriptors into iso[], which holds the front's own offsets
 * and lengths.  An actual length is clamped to the packet's length.
 */
void usbif_msg_merge_iso(const uint8_t *copy, uint16_t count,
			 struct usbif_msg_iso *iso);
void usbif_msg_encode_iso(const struct usbif_msg_iso *iso, uint16_t count,
			  uint8_t *copy);

/*
 * Names for log lines and debug files, of a status ("NOT_EXECUTED"), a transfer
 * type ("bulk") and a speed ("high").  Never null; "?" for a value that is not
 * defined.
 */
const char *usbif_status_name(int32_t status);
const char *usbif_xfer_name(int type);
const char *usbif_speed_name(int speed);

/* True if status is one that an answer may carry, extended or not. */
bool usbif_msg_status_known(int32_t status, bool extended);

#endif
