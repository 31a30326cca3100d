/* SPDX-License-Identifier: MIT */
/*
 * usbif_msg_decode_conn(): any event; and the id of any posted request.
 *
 * for: any octets
 * sources: msg
 * unwind: 5
 */
#include "../proof.h"
#include "usbif/msg.h"

void harness(void)
{
	uint8_t entry[USBIF_WIRE_CONN_OCTETS], again[USBIF_WIRE_CONN_OCTETS];
	uint8_t num_ports = nondet_u8();
	struct usbif_msg_conn conn;
	enum usbif_fault fault;
	uint32_t i;

	any(entry);
	any(conn);
	fault = usbif_msg_decode_conn(entry, num_ports, &conn);
	claim(usbif_msg_decode_conn_req(entry) == conn.id, "id");
	usbif_msg_encode_conn(&conn, again);
	for (i = 0; i < sizeof(entry); i++)
		claim(entry[i] == again[i], "the same again");
	usbif_msg_encode_conn_req(conn.id, again);
	claim(entry[0] == again[0] && entry[1] == again[1], "request");
	claim(fault != USBIF_FAULT_NONE ||
	      (conn.port >= 1 && conn.port <= num_ports &&
	       conn.speed <= USBIF_WIRE_SPEED_HIGH), "port and speed");
	reach(fault == USBIF_FAULT_NONE);
	reach(fault == USBIF_FAULT_CONN_PORT);
	reach(fault == USBIF_FAULT_CONN_SPEED);
}
