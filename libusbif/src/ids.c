/* SPDX-License-Identifier: MIT */
#include "usbif/ids.h"

static uint32_t bit_of(uint32_t id)
{
	return (uint32_t)1 << (id % 32);
}

static bool is_set(const uint32_t *map, uint32_t id)
{
	return (map[id / 32] & bit_of(id)) != 0;
}

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
		bool is_busy = is_set(ids->busy, id);
		bool is_unlink = is_set(ids->unlinks, id);

		if (is_busy && id >= ids->slots)
			return false;
		if (is_unlink && !is_busy)
			return false;
		busy += is_busy;
		unlinks += is_unlink;
	}
	return busy == ids->in_flight && unlinks == ids->unlinks_in_flight;
}

/* The lowest free id, or slots when there is none. */
static uint32_t lowest_free(const struct usbif_ids *ids)
{
	uint32_t id = 0;

	while (id < ids->slots) {
		if (ids->busy[id / 32] == 0xffffffffu)
			id += 32;
		else if (is_set(ids->busy, id))
			id++;
		else
			return id;
	}
	return ids->slots;
}

int usbif_ids_alloc(struct usbif_ids *ids, enum usbif_id_kind kind)
{
	uint32_t id = lowest_free(ids);

	if (id == ids->slots)
		return USBIF_E_SPACE;
	ids->busy[id / 32] |= bit_of(id);
	ids->in_flight++;
	if (kind == USBIF_ID_UNLINK) {
		ids->unlinks[id / 32] |= bit_of(id);
		ids->unlinks_in_flight++;
	}
	return (int)id;
}

enum usbif_id_kind usbif_ids_kind(const struct usbif_ids *ids, uint16_t id)
{
	if (id >= ids->slots || !is_set(ids->busy, id))
		return USBIF_ID_FREE;
	return is_set(ids->unlinks, id) ? USBIF_ID_UNLINK : USBIF_ID_TRANSFER;
}

enum usbif_id_kind usbif_ids_release(struct usbif_ids *ids, uint16_t id)
{
	enum usbif_id_kind kind = usbif_ids_kind(ids, id);

	if (kind == USBIF_ID_FREE)
		return kind;
	ids->busy[id / 32] &= ~bit_of(id);
	ids->in_flight--;
	if (kind == USBIF_ID_UNLINK) {
		ids->unlinks[id / 32] &= ~bit_of(id);
		ids->unlinks_in_flight--;
	}
	return kind;
}
