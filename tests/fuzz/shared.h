/* SPDX-License-Identifier: MIT */
/*
 * The shared pages of a connection, in the hands of a peer who may change any
 * of them between two looks: each load of the victim comes by here.
 */
#ifndef FUZZ_SHARED_H
#define FUZZ_SHARED_H

#include "tape.h"

#include "usbif/wire.h"

#define RING_PAGES	2u	/* of the URB ring: 32 slots */

extern uint32_t urb_pages[RING_PAGES * 1024];
extern uint32_t conn_page[1024];

/* Zeroed pages; what follows is read off that tape. */
void shared_init(struct tape *t);

/* A word of the header: USBIF_WIRE_REQ_PROD, .. */
uint32_t *shared_word(uint32_t *pages, uint32_t offset);

/* Slot seq of a ring with so many slots, of so many octets each. */
uint8_t *shared_slot(uint32_t *pages, uint32_t seq, uint32_t slots,
		     uint32_t octets);

/* From now on nothing is changed behind the victim's back. */
void shared_is_quiet(void);

#endif
