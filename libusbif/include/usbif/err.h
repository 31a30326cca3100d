/* SPDX-License-Identifier: MIT */
/*
 * Three vocabularies that never mix: enum usbif_err is what a function of
 * this library returns; USBIF_WIRE_ST_* (wire.h) are the numbers on the ring;
 * enum usbif_fault says which rule of the protocol the other domain broke.
 */
#ifndef USBIF_ERR_H
#define USBIF_ERR_H

enum usbif_err {
	USBIF_OK = 0,
	USBIF_E_ARG = -1,	/* the caller's bug; nothing changed */
	USBIF_E_STATE = -2,	/* not now; nothing changed */
	USBIF_E_SPACE = -3,	/* full; nothing changed; try again later */
	USBIF_E_PEER = -4,	/* the other domain broke a rule; see the fault */
};

/*
 * Why a peer is no longer trusted.  The first one is kept; an object with a
 * fault answers every further call with USBIF_E_PEER and only winds down.
 * usbif_fault_name() gives the text for the log line.
 */
enum usbif_fault {
	USBIF_FAULT_NONE,
	/* both roles: ring.c */
	USBIF_FAULT_RING_INDEX,		/* producer index further than the ring is long */
	/* request that a back decodes: msg.c */
	USBIF_FAULT_REQ_PORT,		/* port 0 or above num-ports */
	USBIF_FAULT_REQ_PIPE_BITS,	/* reserved pipe bits set, extension peers only */
	USBIF_FAULT_REQ_TYPE_EP,	/* endpoint 0 that is not control, or control on another */
	USBIF_FAULT_REQ_SEGS,		/* more than 16 segments */
	USBIF_FAULT_REQ_SEG_BOUNDS,	/* segment empty or beyond its page */
	USBIF_FAULT_REQ_LENGTH,		/* segments do not add up to buffer_length */
	USBIF_FAULT_REQ_FLAGS,		/* undefined transfer_flags, extension peers only */
	USBIF_FAULT_REQ_INDIRECT,	/* size of the segment array, or of the data it is for */
	USBIF_FAULT_REQ_SETUP_LENGTH,	/* wLength differs from buffer_length */
	USBIF_FAULT_REQ_SETUP_DIR,	/* setup packet and pipe disagree on direction */
	USBIF_FAULT_REQ_ISO_PACKETS,	/* no packets, or more than segments can describe */
	USBIF_FAULT_REQ_ISO_DESCS,	/* descriptor segments do not cover the packets */
	USBIF_FAULT_ISO_BOUNDS,		/* a frame descriptor points outside the buffer */
	USBIF_FAULT_RESTART_BUSY,	/* restart flag while the queue has requests in flight */
	USBIF_FAULT_REQ_GRANT,		/* a granted page could not be copied */
	/* response that a front takes: ids.c, fq.c, msg.c */
	USBIF_FAULT_RSP_ID,		/* id not in flight: unknown, or answered twice */
	USBIF_FAULT_RSP_LENGTH,		/* more bytes than asked for, or a negative count */
	USBIF_FAULT_RSP_PARTIAL,	/* not executed, with a length that rule B3 excludes */
	USBIF_FAULT_RSP_ORDER,		/* bytes moved behind a hole of the same URB */
	USBIF_FAULT_RSP_STATUS,		/* a status that was not negotiated */
	USBIF_FAULT_RSP_OVERDUE,	/* unlink or its target unanswered for 10 s */
	/* hot-plug events: msg.c, front.c */
	USBIF_FAULT_CONN_ID,		/* event for an id that was not posted */
	USBIF_FAULT_CONN_PORT,		/* port 0 or above num-ports */
	USBIF_FAULT_CONN_SPEED,		/* undefined speed */
	USBIF_FAULT_N
};

/*
 * The name of an error or a fault for a log line, for instance
 * "RSP_LENGTH".  Never null; "?" for a value that is not defined.
 */
const char *usbif_err_name(int err);
const char *usbif_fault_name(int fault);

#endif
