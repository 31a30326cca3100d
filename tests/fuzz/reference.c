/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include "usbif/wire.h"

enum { WITH_DRIVER, SUBMITTED, GIVEN_BACK };

struct ref_urb {
	uint32_t endpoint;
	uint32_t length;
	uint32_t moved;		/* by the device */
	int32_t status;		/* how the device ended it */
	bool short_not_ok;
	bool unlinked;
	bool ended;		/* by the device */
	int where;
};

static struct ref_urb list[REF_URBS];	/* in the order of submission */
static uint16_t count;

void ref_begin(void)
{
	count = 0;
}

bool ref_is_full(void)
{
	return count == REF_URBS;
}

uint16_t ref_submit(uint32_t endpoint, uint32_t length, bool short_not_ok)
{
	struct ref_urb *u = &list[count];

	memset(u, 0, sizeof(*u));
	u->endpoint = endpoint;
	u->length = length;
	u->short_not_ok = short_not_ok;
	u->where = SUBMITTED;
	return count++;
}

void ref_unlink(uint16_t urb)
{
	must(list[urb].where == SUBMITTED && !list[urb].unlinked);
	list[urb].unlinked = true;
}

/* How the driver is told of what the device did. */
static int32_t end_of(const struct ref_urb *u)
{
	if (u->status == USBIF_WIRE_ST_OK && u->moved < u->length &&
	    u->short_not_ok)
		return USBIF_WIRE_ST_SHORT;
	return u->status;
}

/* G1, G2: is everything before it dealt with, by the device or the driver? */
static void check_turn(uint16_t urb)
{
	uint16_t i;

	for (i = 0; i < urb; i++) {
		const struct ref_urb *u = &list[i];

		if (u->endpoint != list[urb].endpoint ||
		    u->where == WITH_DRIVER)
			continue;
		must(u->ended && end_of(u) == USBIF_WIRE_ST_OK);
	}
}

void ref_moved(uint16_t urb, uint32_t offset, uint32_t octets)
{
	struct ref_urb *u = &list[urb];

	must(u->where == SUBMITTED && !u->ended);
	check_turn(urb);
	must(offset == u->moved && octets <= u->length - u->moved);
	u->moved += octets;
}

void ref_ended(uint16_t urb, int32_t status)
{
	struct ref_urb *u = &list[urb];

	must(u->where == SUBMITTED && !u->ended);
	check_turn(urb);
	u->ended = true;
	u->status = status;
}

/* G1: nothing behind it has been touched, and nothing will be until it is. */
static void check_stop(uint16_t urb)
{
	uint16_t i;

	for (i = (uint16_t)(urb + 1); i < count; i++)
		if (list[i].endpoint == list[urb].endpoint)
			must(!list[i].ended && list[i].moved == 0);
}

void ref_given_back(uint16_t urb, int32_t status, uint32_t length)
{
	struct ref_urb *u = &list[urb];

	must(u->where == SUBMITTED);	/* G3: once */
	must(length == u->moved);
	if (u->ended)
		must(status == end_of(u));
	else
		must(u->unlinked && status == USBIF_WIRE_ST_CANCELLED);
	if (status != USBIF_WIRE_ST_OK)
		check_stop(urb);
	u->where = GIVEN_BACK;
}

void ref_retired(uint16_t urb)
{
	must(list[urb].where == GIVEN_BACK);
	list[urb].where = WITH_DRIVER;
}

void ref_end(void)
{
	uint16_t i;

	for (i = 0; i < count; i++)
		must(list[i].where == WITH_DRIVER);
}
