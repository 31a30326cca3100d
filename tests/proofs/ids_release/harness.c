/* SPDX-License-Identifier: MIT */
/*
 * usbif_ids_release(): whatever id an answer names; only one in flight is
 * released, and no other changes.  Up to 16 ids.
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
	uint16_t id = nondet_u16(), other = nondet_u16();
	struct usbif_ids ids, before;
	enum usbif_id_kind kind;

	any(ids);
	assume(usbif_ids_valid(&ids));
	before = ids;
	kind = usbif_ids_release(&ids, id);
	claim(usbif_ids_valid(&ids), "valid");
	claim(kind == usbif_ids_kind(&before, id), "what it was");
	claim(usbif_ids_kind(&ids, id) == USBIF_ID_FREE, "free now");
	claim(other == id || usbif_ids_kind(&ids, other) ==
	      usbif_ids_kind(&before, other), "no other changed");
	claim(kind != USBIF_ID_FREE ||
	      memcmp(&ids, &before, sizeof(ids)) == 0, "unchanged");
	reach(kind == USBIF_ID_FREE && id > 16);
	reach(kind == USBIF_ID_UNLINK);
	reach(kind == USBIF_ID_TRANSFER && id == 15);
}
