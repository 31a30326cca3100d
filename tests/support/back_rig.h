/* SPDX-License-Identifier: MIT */
/*
 * A back alone, with a front's end of its rings.  What the back wants and
 * answers is told as text; a request is called by its id.
 */
#ifndef SUPPORT_BACK_RIG_H
#define SUPPORT_BACK_RIG_H

#include "support/shared.h"
#include "support/test.h"
#include "usbif/back.h"

struct back_rig {
	struct usbif_back b;
	struct shared urb, conn;
	struct usbif_ring urb_front, conn_front;
	char told[512];
};

/* Two ports; a full-speed device with address 5 on port 1: bulk 1 IN of
 * interface 0, bulk 2 OUT of interface 1, isochronous 3 IN of interface 0. */
void back_rig_open(struct back_rig *r, bool extended);
void back_rig_close(struct back_rig *r);

/* Fixtures; *state is the rig. */
int back_rig_set_up(void **state);
int back_rig_set_up_old(void **state);
int back_rig_tear_down(void **state);

/* Put a request on the ring; take and admit one.  Returns admit's result. */
void rig_put(struct back_rig *r, const struct usbif_msg_req *req);
int rig_take(struct back_rig *r);
/* Both. */
int rig_request(struct back_rig *r, const struct usbif_msg_req *req);
int rig_bulk(struct back_rig *r, uint16_t id, uint16_t flags);	/* 1 IN, 512 */
int rig_write(struct back_rig *r, uint16_t id);			/* 2 OUT, 512 */
int rig_unlink(struct back_rig *r, uint16_t id, uint8_t ep, bool in,
	       uint16_t target);
/* Without data.  addr: of the device. */
int rig_control(struct back_rig *r, uint16_t id, uint8_t addr, uint8_t type,
		uint8_t request, uint16_t value, uint16_t index);

/* The slot of a request that has not been answered. */
uint16_t rig_slot(const struct back_rig *r, uint16_t id);
/* The HC, or the shim, is done with it. */
void rig_done(struct back_rig *r, uint16_t id, int32_t status, uint32_t actual);

/* The front asks for an event: an old one has heard of every failure then. */
void rig_hear(struct back_rig *r);

/*
 * All duties, then all answers, which are put on the ring: for instance
 * "submit 3, cancel 2, answer 7 -32 0".
 */
const char *rig_told(struct back_rig *r);

#define assert_told(r, text) assert_string_equal(rig_told(r), text)

#endif
