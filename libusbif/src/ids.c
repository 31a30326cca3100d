/* SPDX-License-Identifier: MIT */
#include "ids_private.h"

void usbif_ids_init(struct usbif_ids *ids, uint16_t slots)
{
	memset(ids, 0, sizeof(*ids));
	ids->slots = slots;
}

bool usbif_ids_valid(const struct usbif_ids *ids)
{
	uint32_t busy = 0, unlinks = 0;

	if (ids->slots == 0 || ids->slots > USBIF_MAX_SLOTS)
		return false;
	for (uint32_t id = 0; id < USBIF_IDS_WORDS * 32; id++) {
		bool is_busy = bits_test(ids->busy, id);
		bool is_unlink = bits_test(ids->unlinks, id);

		if (is_busy && id >= ids->slots)
			return false;
		if (is_unlink && !is_busy)
			return false;
		busy += is_busy;
		unlinks += is_unlink;
	}
	return busy == ids->in_flight && unlinks == ids->unlinks_in_flight &&
	       bits_room_is_valid(ids->busy, ids->room, ids->slots);
}

int usbif_ids_alloc(struct usbif_ids *ids, enum usbif_id_kind kind)
{
	return ids_alloc(ids, kind);
}

enum usbif_id_kind usbif_ids_kind(const struct usbif_ids *ids, uint16_t id)
{
	return ids_kind(ids, id);
}

enum usbif_id_kind usbif_ids_release(struct usbif_ids *ids, uint16_t id)
{
	enum usbif_id_kind kind = ids_kind(ids, id);

	if (kind != USBIF_ID_FREE)
		ids_release(ids, id, kind);
	return kind;
}
