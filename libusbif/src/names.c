/* SPDX-License-Identifier: MIT */
#include "usbif/back.h"
#include "usbif/err.h"

static const char *const err_names[] = {
	[-USBIF_OK] = "OK",
	[-USBIF_E_ARG] = "ARG",
	[-USBIF_E_STATE] = "STATE",
	[-USBIF_E_SPACE] = "SPACE",
	[-USBIF_E_PEER] = "PEER",
};

#define FAULT(name) [USBIF_FAULT_##name] = #name
static const char *const fault_names[USBIF_FAULT_N] = {
	FAULT(NONE),
	FAULT(RING_INDEX),
	FAULT(REQ_PORT),
	FAULT(REQ_PIPE_BITS),
	FAULT(REQ_TYPE_EP),
	FAULT(REQ_SEGS),
	FAULT(REQ_SEG_BOUNDS),
	FAULT(REQ_LENGTH),
	FAULT(REQ_FLAGS),
	FAULT(REQ_INDIRECT),
	FAULT(REQ_SETUP_LENGTH),
	FAULT(REQ_SETUP_DIR),
	FAULT(REQ_ISO_PACKETS),
	FAULT(REQ_ISO_DESCS),
	FAULT(ISO_BOUNDS),
	FAULT(RESTART_BUSY),
	FAULT(REQ_GRANT),
	FAULT(RSP_ID),
	FAULT(RSP_LENGTH),
	FAULT(RSP_PARTIAL),
	FAULT(RSP_ORDER),
	FAULT(RSP_STATUS),
	FAULT(RSP_OVERDUE),
	FAULT(CONN_ID),
	FAULT(CONN_PORT),
	FAULT(CONN_SPEED),
};
#undef FAULT

const char *usbif_err_name(int err)
{
	if (err > USBIF_OK || err < USBIF_E_PEER)
		return "?";
	return err_names[-err];
}

const char *usbif_fault_name(int fault)
{
	if (fault < 0 || fault >= USBIF_FAULT_N)
		return "?";
	return fault_names[fault];
}

const char *usbif_status_name(int32_t status)
{
	switch (status) {
	case USBIF_WIRE_ST_OK:
		return "OK";
	case USBIF_WIRE_ST_NODEV:
		return "NODEV";
	case USBIF_WIRE_ST_INVAL:
		return "INVAL";
	case USBIF_WIRE_ST_STALL:
		return "STALL";
	case USBIF_WIRE_ST_IOERROR:
		return "IOERROR";
	case USBIF_WIRE_ST_BABBLE:
		return "BABBLE";
	case USBIF_WIRE_ST_SHUTDOWN:
		return "SHUTDOWN";
	case USBIF_WIRE_ST_NOT_FOUND:
		return "NOT_FOUND";
	case USBIF_WIRE_ST_NOT_EXECUTED:
		return "NOT_EXECUTED";
	case USBIF_WIRE_ST_CANCELLED:
		return "CANCELLED";
	case USBIF_WIRE_ST_SHORT:
		return "SHORT";
	default:
		return "?";
	}
}

/* Tables without holes, by enum. */
#define LOOK_UP(names, i) \
	((i) < 0 || (size_t)(i) >= sizeof(names) / sizeof((names)[0]) ? \
	 "?" : (names)[i])

const char *usbif_xfer_name(int type)
{
	static const char *const names[] = {
		[USBIF_XFER_ISO] = "isochronous",
		[USBIF_XFER_INT] = "interrupt",
		[USBIF_XFER_CTRL] = "control",
		[USBIF_XFER_BULK] = "bulk",
	};

	return LOOK_UP(names, type);
}

const char *usbif_speed_name(int speed)
{
	static const char *const names[] = {
		[USBIF_WIRE_SPEED_NONE] = "none",
		[USBIF_WIRE_SPEED_LOW] = "low",
		[USBIF_WIRE_SPEED_FULL] = "full",
		[USBIF_WIRE_SPEED_HIGH] = "high",
	};

	return LOOK_UP(names, speed);
}

const char *usbif_queue_state_name(int state)
{
	static const char *const names[USBIF_QUEUE_STATE_N] = {
		[USBIF_QUEUE_RUNNING] = "running",
		[USBIF_QUEUE_QUIESCING] = "quiescing",
		[USBIF_QUEUE_STOPPED] = "stopped",
		[USBIF_QUEUE_HELD] = "held",
	};

	return LOOK_UP(names, state);
}

const char *usbif_back_duty_name(int kind)
{
	static const char *const names[] = {
		[USBIF_BACK_SUBMIT] = "SUBMIT",
		[USBIF_BACK_CANCEL] = "CANCEL",
		[USBIF_BACK_RESET] = "RESET",
		[USBIF_BACK_SET_CONFIGURATION] = "SET_CONFIGURATION",
		[USBIF_BACK_SET_INTERFACE] = "SET_INTERFACE",
		[USBIF_BACK_CLEAR_HALT] = "CLEAR_HALT",
	};

	return LOOK_UP(names, kind);
}
