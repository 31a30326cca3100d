/* SPDX-License-Identifier: MIT */
/*
 * usbif_xb_parse_port(): any text, however long: of one that is a busid all
 * but at most 28 octets are never looked at.  What is copied fits.
 *
 * for: any text
 * sources: xenbus_keys
 * unwind: 9
 * unwindset: read_number.0:6
 */
#include "../proof.h"
#include "usbif/xenbus.h"

void harness(void)
{
	char text[30], busid[USBIF_XB_BUSID_OCTETS];
	bool null = nondet_bool();
	uint32_t n;
	int rc;

	any(text);
	any(busid);
	rc = usbif_xb_parse_port(null ? (char *)0 : text, busid);
	claim((rc == USBIF_XB_KEYS_ABSENT) == (null || text[0] == 0), "absent");
	claim(rc == USBIF_XB_KEYS_OK || busid[0] == 0, "empty otherwise");
	n = nondet_u32();
	assume(n < USBIF_XB_BUSID_OCTETS);
	claim(rc != USBIF_XB_KEYS_OK || n > 2 || busid[n] == text[n],
	      "a copy");
	claim(rc != USBIF_XB_KEYS_OK || busid[0] != '0', "bus 1 and up");
	reach(rc == USBIF_XB_KEYS_OK && busid[19] == 0 && busid[18] == '5');
	reach(rc == USBIF_XB_KEYS_OK && busid[3] == 0);
	reach(rc == USBIF_XB_KEYS_BAD);
}
