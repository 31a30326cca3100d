/* SPDX-License-Identifier: MIT */
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
