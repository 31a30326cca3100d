/* SPDX-License-Identifier: MIT */
/*
 * usbif_ids_alloc(): from any valid set of up to 16 ids, the lowest free one,
 * and that alone changes.
 *
 * for: 16 ids
 * sources: ids
 * defines: USBIF_MAX_SLOTS=16
 * unwind: 34
 */
#include "../proof.h"
#include "usbif/ids.h"

void harness(void)
{
	enum usbif_id_kind kind = nondet_bool() ? USBIF_ID_TRANSFER :
						  USBIF_ID_UNLINK;
	uint16_t other = nondet_u16();
	struct usbif_ids ids, before;
	int id;

	any(ids);
	assume(usbif_ids_valid(&ids));
	before = ids;
	id = usbif_ids_alloc(&ids, kind);
	claim(usbif_ids_valid(&ids), "valid");
	if (id >= 0) {
		claim(id < ids.slots, "in range");
		claim(usbif_ids_kind(&before, (uint16_t)id) == USBIF_ID_FREE,
		      "it was free");
		claim(usbif_ids_kind(&ids, (uint16_t)id) == kind, "it is taken");
		claim(ids.in_flight == before.in_flight + 1, "counted");
		claim(other >= id || usbif_ids_kind(&before, other) !=
		      USBIF_ID_FREE, "the lowest");
		claim(other == id || usbif_ids_kind(&ids, other) ==
		      usbif_ids_kind(&before, other), "no other changed");
	} else {
		claim(id == USBIF_E_SPACE && ids.in_flight == ids.slots,
		      "none is free");
		claim(memcmp(&ids, &before, sizeof(ids)) == 0, "unchanged");
	}
	reach(id == 0);
	reach(id == 15 && kind == USBIF_ID_UNLINK);
	reach(id == USBIF_E_SPACE && ids.slots == 1);
}
