/* SPDX-License-Identifier: MIT */
/* Somebody else's program: takes a hot-plug event off the wire. */
#include <usbif/msg.h>

int main(void)
{
	struct usbif_msg_conn event = { .id = 7, .port = 2,
					.speed = USBIF_WIRE_SPEED_HIGH };
	struct usbif_msg_conn back;
	uint8_t entry[USBIF_WIRE_CONN_OCTETS];

	usbif_msg_encode_conn(&event, entry);
	if (usbif_msg_decode_conn(entry, 8, &back) != USBIF_FAULT_NONE)
		return 1;
	return back.port == 2 ? 0 : 1;
}
