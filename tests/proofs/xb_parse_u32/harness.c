/* SPDX-License-Identifier: MIT */
/*
 * usbif_xb_parse_u32(): any text, however long: it stops reading at the first
 * digit too many, so 12 octets are all it sees.  Same for a state node.
 *
 * for: any text
 * sources: xenbus_keys
 * unwind: 13
 */
#include "../proof.h"
#include "usbif/xenbus.h"

void harness(void)
{
	uint32_t min = nondet_u32(), max = nondet_u32(), out = nondet_u32();
	uint32_t before = out;
	bool null = nondet_bool();
	char text[12];
	int rc;

	any(text);
	rc = usbif_xb_parse_u32(null ? (char *)0 : text, min, max, &out);
	claim((rc == USBIF_XB_KEYS_ABSENT) == null, "absent");
	if (rc == USBIF_XB_KEYS_OK) {
		claim(out >= min && out <= max, "in range");
		claim(text[0] >= '0' && text[0] <= '9', "digits");
		claim(text[0] != '0' || text[1] == 0, "no leading zero");
		claim(text[1] != 0 || out == (uint32_t)(text[0] - '0'),
		      "value of one digit");
	} else {
		claim(out == before, "unchanged");
	}
	claim(usbif_xb_parse_state(null ? (char *)0 : text) <= USBIF_XB_RECONFIGURED,
	      "a state");
	reach(rc == USBIF_XB_KEYS_OK && out == UINT32_MAX);
	reach(rc == USBIF_XB_KEYS_OK && out == 0);
	reach(rc == USBIF_XB_KEYS_BAD && text[0] == '7');
	reach(rc == USBIF_XB_KEYS_ABSENT);
}
