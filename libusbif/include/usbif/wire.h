/* SPDX-License-Identifier: MIT */
/*
 * Octets on the shared rings: Xen's public usbif.h and ring.h, and our
 * extension.  docs/PROTOCOL.md has every octet in prose; tests/conformance
 * compares this file with Xen's own headers.
 *
 * All fields are little-endian in memory on x86 and Arm, which is every
 * machine that Xen runs on; msg.c encodes octet by octet, so the library's
 * own tests also pass on big-endian machines.
 */
#ifndef USBIF_WIRE_H
#define USBIF_WIRE_H

#define USBIF_WIRE_PAGE_OCTETS		4096u	/* grant granularity */
#define USBIF_WIRE_RING_HEADER_OCTETS	64u
#define USBIF_WIRE_URB_OCTETS		148u	/* ring entry: request */
#define USBIF_WIRE_URB_RSP_OCTETS	16u
#define USBIF_WIRE_CONN_OCTETS		4u	/* ring entry: event */
#define USBIF_WIRE_CONN_REQ_OCTETS	2u
#define USBIF_WIRE_MAX_RING_PAGES	16u
#define USBIF_WIRE_MAX_SEGS		16u	/* in the entry */
#define USBIF_WIRE_MAX_DATA_SEGS	256u	/* ours: in the array of a request */
#define USBIF_WIRE_MAX_PORTS		31u
#define USBIF_WIRE_MAX_ADDR		127u
#define USBIF_WIRE_ISO_DESC_OCTETS	16u

/* offsets in the ring header: ring.h */
#define USBIF_WIRE_REQ_PROD		0u
#define USBIF_WIRE_REQ_EVENT		4u
#define USBIF_WIRE_RSP_PROD		8u
#define USBIF_WIRE_RSP_EVENT		12u

/* offsets in an URB request: struct usbif_urb_request */
#define USBIF_WIRE_REQ_ID		0u
#define USBIF_WIRE_REQ_NR_SEGS		2u
#define USBIF_WIRE_REQ_PIPE		4u
#define USBIF_WIRE_REQ_FLAGS		8u
#define USBIF_WIRE_REQ_LENGTH		10u
#define USBIF_WIRE_REQ_UNION		12u
#define USBIF_WIRE_REQ_SEG		20u
#define USBIF_WIRE_SEG_OCTETS		8u

/* the union of an URB request, from USBIF_WIRE_REQ_UNION */
#define USBIF_WIRE_U_SETUP		0u	/* control: setup packet, 8 octets */
#define USBIF_WIRE_U_INTERVAL		0u	/* interrupt, isochronous */
#define USBIF_WIRE_U_START_FRAME	2u	/* isochronous */
#define USBIF_WIRE_U_PACKETS		4u
#define USBIF_WIRE_U_DESC_SEGS		6u
#define USBIF_WIRE_U_UNLINK_ID		0u	/* unlink */
#define USBIF_WIRE_U_DATA_OCTETS	0u	/* indirect (ours): 4 octets */
#define USBIF_WIRE_U_DATA_SEGS		4u
#define USBIF_WIRE_U_RESERVED		6u

/* offsets in an URB response: struct usbif_urb_response */
#define USBIF_WIRE_RSP_ID		0u
#define USBIF_WIRE_RSP_START_FRAME	2u
#define USBIF_WIRE_RSP_STATUS		4u
#define USBIF_WIRE_RSP_ACTUAL		8u
#define USBIF_WIRE_RSP_ERRORS		12u

/* offsets in a connection event: struct usbif_conn_response */
#define USBIF_WIRE_CONN_ID		0u
#define USBIF_WIRE_CONN_PORT		2u
#define USBIF_WIRE_CONN_SPEED		3u

/* bits of the pipe field */
#define USBIF_WIRE_PIPE_PORT		0x0000001fu
#define USBIF_WIRE_PIPE_UNLINK		0x00000020u
#define USBIF_WIRE_PIPE_IN		0x00000080u
#define USBIF_WIRE_PIPE_ADDR_SHIFT	8
#define USBIF_WIRE_PIPE_EP_SHIFT	15
#define USBIF_WIRE_PIPE_TYPE_SHIFT	30
#define USBIF_WIRE_PIPE_RESERVED	0x3ff80040u

/* transfer types, in the pipe's two top bits */
enum usbif_xfer {
	USBIF_XFER_ISO = 0,
	USBIF_XFER_INT = 1,
	USBIF_XFER_CTRL = 2,
	USBIF_XFER_BULK = 3,
};

/* transfer_flags.  Ours, with feature-endpoint-queues: all but the first. */
#define USBIF_WIRE_FLAG_SHORT_NOT_OK	0x0001u
#define USBIF_WIRE_FLAG_RESTART		0x0002u
#define USBIF_WIRE_FLAG_INDIRECT	0x0004u	/* also max-request-pages */

/* status of a response: usbif.h */
#define USBIF_WIRE_ST_OK		0
#define USBIF_WIRE_ST_NODEV		(-19)
#define USBIF_WIRE_ST_INVAL		(-22)
#define USBIF_WIRE_ST_STALL		(-32)
#define USBIF_WIRE_ST_IOERROR		(-71)
#define USBIF_WIRE_ST_BABBLE		(-75)
#define USBIF_WIRE_ST_SHUTDOWN		(-108)
/* ours, only between peers that both have feature-endpoint-queues */
#define USBIF_WIRE_ST_NOT_FOUND		(-2)	/* unlink: no such request */
#define USBIF_WIRE_ST_NOT_EXECUTED	(-11)	/* returned by a stop: resend the rest */
#define USBIF_WIRE_ST_CANCELLED		(-104)	/* ended by an unlink */
#define USBIF_WIRE_ST_SHORT		(-121)	/* short, with SHORT_NOT_OK */

/* speed of a connection event */
#define USBIF_WIRE_SPEED_NONE		0
#define USBIF_WIRE_SPEED_LOW		1
#define USBIF_WIRE_SPEED_FULL		2
#define USBIF_WIRE_SPEED_HIGH		3

/* xenstore keys; docs/PROTOCOL.md section "Keys" */
#define USBIF_KEY_NUM_PORTS		"num-ports"
#define USBIF_KEY_USB_VER		"usb-ver"
#define USBIF_KEY_URB_RING_REF		"urb-ring-ref"	/* page 0; N>0: urb-ring-ref-N */
#define USBIF_KEY_CONN_RING_REF		"conn-ring-ref"
#define USBIF_KEY_EVENT_CHANNEL		"event-channel"
#define USBIF_KEY_ENDPOINT_QUEUES	"feature-endpoint-queues"
#define USBIF_KEY_MAX_RING_PAGES	"max-urb-ring-pages"
#define USBIF_KEY_RING_PAGES		"urb-ring-pages"
#define USBIF_KEY_MAX_REQUEST_PAGES	"max-request-pages"

#endif
