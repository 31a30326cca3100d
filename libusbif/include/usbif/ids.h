/* SPDX-License-Identifier: MIT */
/*
 * The ids of a front's requests: free, in flight as a transfer, or in flight
 * as an unlink.  Bitmaps, so that a proof for all states is cheap.
 */
#ifndef USBIF_IDS_H
#define USBIF_IDS_H

#include "usbif/port.h"
#include "usbif/err.h"
#include "usbif/limits.h"

#define USBIF_IDS_WORDS ((USBIF_MAX_SLOTS + 31) / 32)

struct usbif_ids {
	uint32_t busy[USBIF_IDS_WORDS];		/* id is in flight */
	uint32_t unlinks[USBIF_IDS_WORDS];	/* of those, it is an unlink */
	uint16_t slots;				/* ids are 0..slots-1 */
	uint16_t room;				/* lowest word of busy[] that is not full */
	uint16_t in_flight;			/* number of busy ids */
	uint16_t unlinks_in_flight;
};

/* What an id that is in flight asks for. */
enum usbif_id_kind {
	USBIF_ID_FREE,
	USBIF_ID_TRANSFER,
	USBIF_ID_UNLINK,
};

/* All ids free.  slots: 1..USBIF_MAX_SLOTS. */
void usbif_ids_init(struct usbif_ids *ids, uint16_t slots);

/* True if counts and bitmaps agree and no id beyond slots is busy. */
bool usbif_ids_valid(const struct usbif_ids *ids);

/*
 * Take the lowest free id for a request of that kind (not FREE).
 * Returns the id, or USBIF_E_SPACE with nothing changed.
 */
int usbif_ids_alloc(struct usbif_ids *ids, enum usbif_id_kind kind);

/* What id is; USBIF_ID_FREE also for one beyond slots. */
enum usbif_id_kind usbif_ids_kind(const struct usbif_ids *ids, uint16_t id);

/*
 * An answer names id: release it.
 * Returns what it was, or USBIF_ID_FREE if it was not in flight (the peer's
 * fault: unknown, or answered twice), with nothing changed.
 */
enum usbif_id_kind usbif_ids_release(struct usbif_ids *ids, uint16_t id);

#endif
