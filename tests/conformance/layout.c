/* SPDX-License-Identifier: MIT */
/*
 * Xen's own headers and ours, in one file: every size, offset and constant
 * that both have.  It compiles or it does not; there is nothing to run, so a
 * cross compiler is enough for another machine.
 */
#include <stddef.h>
#include <stdint.h>
#include <xen/xen.h>
#include <xen/io/ring.h>
#include <xen/io/usbif.h>

#include "usbif/port.h"
#include "usbif/limits.h"
#include "usbif/wire.h"

#define SAME(name, ours, theirs) \
	USBIF_STATIC_ASSERT((long)(ours) == (long)(theirs), name)
#define AT(name, ours, type, field) \
	SAME(name, ours, offsetof(struct type, field))

/* sizes */
SAME(urb_octets, USBIF_WIRE_URB_OCTETS, sizeof(struct usbif_urb_request));
SAME(urb_entry, USBIF_WIRE_URB_OCTETS, sizeof(union usbif_urb_sring_entry));
SAME(rsp_octets, USBIF_WIRE_URB_RSP_OCTETS,
     sizeof(struct usbif_urb_response));
SAME(conn_octets, USBIF_WIRE_CONN_OCTETS, sizeof(struct usbif_conn_response));
SAME(conn_entry, USBIF_WIRE_CONN_OCTETS,
     sizeof(union usbif_conn_sring_entry));
SAME(conn_req_octets, USBIF_WIRE_CONN_REQ_OCTETS,
     sizeof(struct usbif_conn_request));
SAME(seg_octets, USBIF_WIRE_SEG_OCTETS,
     sizeof(struct usbif_request_segment));
SAME(page_octets, USBIF_WIRE_PAGE_OCTETS, USBIF_RING_SIZE);

/* ring header */
AT(req_prod, USBIF_WIRE_REQ_PROD, usbif_urb_sring, req_prod);
AT(req_event, USBIF_WIRE_REQ_EVENT, usbif_urb_sring, req_event);
AT(rsp_prod, USBIF_WIRE_RSP_PROD, usbif_urb_sring, rsp_prod);
AT(rsp_event, USBIF_WIRE_RSP_EVENT, usbif_urb_sring, rsp_event);
AT(urb_slots, USBIF_WIRE_RING_HEADER_OCTETS, usbif_urb_sring, ring);
AT(conn_slots, USBIF_WIRE_RING_HEADER_OCTETS, usbif_conn_sring, ring);

/* URB request */
AT(req_id, USBIF_WIRE_REQ_ID, usbif_urb_request, id);
AT(req_segs, USBIF_WIRE_REQ_NR_SEGS, usbif_urb_request, nr_buffer_segs);
AT(req_pipe, USBIF_WIRE_REQ_PIPE, usbif_urb_request, pipe);
AT(req_flags, USBIF_WIRE_REQ_FLAGS, usbif_urb_request, transfer_flags);
AT(req_length, USBIF_WIRE_REQ_LENGTH, usbif_urb_request, buffer_length);
AT(req_union, USBIF_WIRE_REQ_UNION, usbif_urb_request, u);
AT(req_seg, USBIF_WIRE_REQ_SEG, usbif_urb_request, seg);
AT(u_setup, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_SETUP, usbif_urb_request,
   u.ctrl);
AT(u_int_interval, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_INTERVAL,
   usbif_urb_request, u.intr.interval);
AT(u_iso_interval, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_INTERVAL,
   usbif_urb_request, u.isoc.interval);
AT(u_start_frame, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_START_FRAME,
   usbif_urb_request, u.isoc.start_frame);
AT(u_packets, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_PACKETS, usbif_urb_request,
   u.isoc.number_of_packets);
AT(u_desc_segs, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_DESC_SEGS,
   usbif_urb_request, u.isoc.nr_frame_desc_segs);
AT(u_unlink_id, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_UNLINK_ID,
   usbif_urb_request, u.unlink.unlink_id);
/* Ours lies in the same union, and ends with it. */
SAME(u_end, USBIF_WIRE_U_RESERVED + 2,
     sizeof(((struct usbif_urb_request *)0)->u));
AT(seg_gref, 0, usbif_request_segment, gref);
AT(seg_offset, 4, usbif_request_segment, offset);
AT(seg_length, 6, usbif_request_segment, length);

/* answers */
AT(rsp_id, USBIF_WIRE_RSP_ID, usbif_urb_response, id);
AT(rsp_start, USBIF_WIRE_RSP_START_FRAME, usbif_urb_response, start_frame);
AT(rsp_status, USBIF_WIRE_RSP_STATUS, usbif_urb_response, status);
AT(rsp_actual, USBIF_WIRE_RSP_ACTUAL, usbif_urb_response, actual_length);
AT(rsp_errors, USBIF_WIRE_RSP_ERRORS, usbif_urb_response, error_count);
AT(conn_id, USBIF_WIRE_CONN_ID, usbif_conn_response, id);
AT(conn_port, USBIF_WIRE_CONN_PORT, usbif_conn_response, portnum);
AT(conn_speed, USBIF_WIRE_CONN_SPEED, usbif_conn_response, speed);
AT(conn_req_id, 0, usbif_conn_request, id);

/* pipe */
SAME(pipe_port, USBIF_WIRE_PIPE_PORT, USBIF_PIPE_PORT_MASK);
SAME(pipe_unlink, USBIF_WIRE_PIPE_UNLINK, USBIF_PIPE_UNLINK);
SAME(pipe_in, USBIF_WIRE_PIPE_IN, USBIF_PIPE_DIR);
SAME(pipe_addr, USBIF_WIRE_PIPE_ADDR_SHIFT, USBIF_PIPE_DEV_SHIFT);
SAME(pipe_max_addr, USBIF_WIRE_MAX_ADDR, USBIF_PIPE_DEV_MASK);
SAME(pipe_ep, USBIF_WIRE_PIPE_EP_SHIFT, USBIF_PIPE_EP_SHIFT);
SAME(pipe_max_ep, USBIF_MAX_EPNUM, USBIF_PIPE_EP_MASK);
SAME(pipe_type, USBIF_WIRE_PIPE_TYPE_SHIFT, USBIF_PIPE_TYPE_SHIFT);
SAME(pipe_iso, USBIF_XFER_ISO, USBIF_PIPE_TYPE_ISOC);
SAME(pipe_int, USBIF_XFER_INT, USBIF_PIPE_TYPE_INT);
SAME(pipe_ctrl, USBIF_XFER_CTRL, USBIF_PIPE_TYPE_CTRL);
SAME(pipe_bulk, USBIF_XFER_BULK, USBIF_PIPE_TYPE_BULK);
/* Together, the fields that Xen defines and our reserved bits are all bits. */
USBIF_STATIC_ASSERT(
	(USBIF_WIRE_PIPE_RESERVED | USBIF_PIPE_PORT_MASK |
	 USBIF_PIPE_UNLINK | USBIF_PIPE_DIR |
	 (uint32_t)USBIF_PIPE_DEV_MASK << USBIF_PIPE_DEV_SHIFT |
	 (uint32_t)USBIF_PIPE_EP_MASK << USBIF_PIPE_EP_SHIFT |
	 (uint32_t)USBIF_PIPE_TYPE_MASK << USBIF_PIPE_TYPE_SHIFT) ==
	0xffffffffu, pipe_has_no_other_bits);

/* limits, flags, statuses, speeds */
SAME(max_segs, USBIF_WIRE_MAX_SEGS, USBIF_MAX_SEGMENTS_PER_REQUEST);
SAME(max_ports, USBIF_WIRE_MAX_PORTS, USBIF_MAX_PORTNR);
SAME(short_not_ok, USBIF_WIRE_FLAG_SHORT_NOT_OK, USBIF_SHORT_NOT_OK);
/* Our flags are no other's. */
USBIF_STATIC_ASSERT(((USBIF_WIRE_FLAG_RESTART | USBIF_WIRE_FLAG_INDIRECT) &
		     USBIF_SHORT_NOT_OK) == 0, flags_are_apart);
SAME(st_ok, USBIF_WIRE_ST_OK, USBIF_STATUS_OK);
SAME(st_nodev, USBIF_WIRE_ST_NODEV, USBIF_STATUS_NODEV);
SAME(st_inval, USBIF_WIRE_ST_INVAL, USBIF_STATUS_INVAL);
SAME(st_stall, USBIF_WIRE_ST_STALL, USBIF_STATUS_STALL);
SAME(st_ioerror, USBIF_WIRE_ST_IOERROR, USBIF_STATUS_IOERROR);
SAME(st_babble, USBIF_WIRE_ST_BABBLE, USBIF_STATUS_BABBLE);
SAME(st_shutdown, USBIF_WIRE_ST_SHUTDOWN, USBIF_STATUS_SHUTDOWN);
SAME(speed_none, USBIF_WIRE_SPEED_NONE, USBIF_SPEED_NONE);
SAME(speed_low, USBIF_WIRE_SPEED_LOW, USBIF_SPEED_LOW);
SAME(speed_full, USBIF_WIRE_SPEED_FULL, USBIF_SPEED_FULL);
SAME(speed_high, USBIF_WIRE_SPEED_HIGH, USBIF_SPEED_HIGH);
