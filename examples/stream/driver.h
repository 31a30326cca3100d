/* SPDX-License-Identifier: MIT */
/* A driver in the client: four URBs for one endpoint of the device. */
#ifndef STREAM_DRIVER_H
#define STREAM_DRIVER_H

#include "client.h"
#include "device.h"

#define URBS	4
#define ROOM	4096u

struct driver {
	struct client *c;
	struct urb urb[URBS];
	uint8_t buffer[URBS][ROOM];
};

/* New URBs of that length, at most ROOM. */
void driver_prepare(struct driver *d, struct client *c, uint8_t ep,
		    uint32_t length, void (*complete)(struct urb *));
bool driver_submit_all(struct driver *d);
/* Unlink all that were submitted after this one. */
void driver_unlink_behind(struct driver *d, const struct urb *urb);

/* Print how each came back. */
void driver_say_urbs(const struct driver *d);
void urb_say_message(const struct urb *urb);

/* Does it have the whole message of that number (0: nothing at all)? */
bool urb_has_message(const struct urb *urb, uint32_t number);

#endif
