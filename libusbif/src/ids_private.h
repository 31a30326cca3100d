/* SPDX-License-Identifier: MIT */
/* What ids.c does, for fq*.c without a call: nobody else may use it. */
#ifndef USBIF_IDS_PRIVATE_H
#define USBIF_IDS_PRIVATE_H

#include "usbif/ids.h"
#include "bits.h"

static inline int ids_alloc(struct usbif_ids *ids, enum usbif_id_kind kind)
{
	uint32_t id = bits_take(ids->busy, &ids->room, ids->slots);

	if (id == ids->slots)
		return USBIF_E_SPACE;
	ids->in_flight++;
	if (kind == USBIF_ID_UNLINK) {
		bits_set(ids->unlinks, id);
		ids->unlinks_in_flight++;
	}
	return (int)id;
}

static inline enum usbif_id_kind ids_kind(const struct usbif_ids *ids,
					  uint16_t id)
{
	if (id >= ids->slots || !bits_test(ids->busy, id))
		return USBIF_ID_FREE;
	return bits_test(ids->unlinks, id) ? USBIF_ID_UNLINK :
					     USBIF_ID_TRANSFER;
}

/* Release an id that is of this kind, and not FREE. */
static inline void ids_release(struct usbif_ids *ids, uint16_t id,
			       enum usbif_id_kind kind)
{
	bits_give(ids->busy, &ids->room, id);
	ids->in_flight--;
	if (kind == USBIF_ID_UNLINK) {
		bits_clear(ids->unlinks, id);
		ids->unlinks_in_flight--;
	}
}

#endif
