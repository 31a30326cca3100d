/* SPDX-License-Identifier: MIT */
/*
 * usbif_msg_decode_rsp(): any 16 octets; what is accepted is what the encoder
 * makes, but for an old peer's own statuses.
 *
 * for: any octets
 * sources: msg
 * unwind: 17
 */
#include "../proof.h"
#include "usbif/msg.h"

void harness(void)
{
	uint8_t entry[USBIF_WIRE_URB_RSP_OCTETS];
	uint8_t again[USBIF_WIRE_URB_RSP_OCTETS];
	bool extended = nondet_bool();
	struct usbif_msg_rsp rsp;
	enum usbif_fault fault;
	uint32_t i;

	any(entry);
	any(rsp);
	fault = usbif_msg_decode_rsp(entry, extended, &rsp);
	usbif_msg_encode_rsp(&rsp, again);
	if (fault == USBIF_FAULT_NONE) {
		claim(rsp.actual <= 0x7fffffff, "length");
		claim(usbif_msg_status_known(rsp.status, extended), "status");
	} else {
		claim(fault == USBIF_FAULT_RSP_LENGTH ||
		      (fault == USBIF_FAULT_RSP_STATUS && extended),
		      "an answer's fault");
	}
	for (i = 0; i < sizeof(entry); i++)
		claim(entry[i] == again[i] ||
		      rsp.status == USBIF_WIRE_ST_IOERROR, "the same again");
	reach(fault == USBIF_FAULT_NONE && extended && rsp.actual != 0);
	reach(fault == USBIF_FAULT_NONE && !extended);
	reach(fault == USBIF_FAULT_RSP_LENGTH);
	reach(fault == USBIF_FAULT_RSP_STATUS);
}
