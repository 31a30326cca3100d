/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include "usbif/wire.h"

enum { WITH_DRIVER, SUBMITTED, GIVEN_BACK };

struct ref_urb {
	uint16_t device;
	uint32_t endpoint;
	uint32_t length;
	uint32_t moved;		/* by the device */
	int32_t status;		/* how the device ended it */
	bool short_not_ok;
	bool unlinked;
	bool discarded;		/* while an error before it was dealt with */
	bool ended;		/* by the device */
	bool lost;		/* its connection was, before it was given back */
	bool failed;		/* given back with an error */
	int where;
	uint32_t packets, packets_done;		/* isochronous */
	struct {
		int32_t status;
		uint32_t octets;
	} packet[REF_PACKETS];
};

static struct ref_urb list[REF_URBS];	/* in the order of submission */
static uint16_t count;
static uint16_t gone;			/* the last device that left */
static uint16_t latest[REF_ENDPOINTS];	/* isochronous: the last that moved */
static enum ref_peers peers;

void ref_begin(enum ref_peers with)
{
	count = 0;
	gone = 0;
	memset(latest, 0, sizeof(latest));
	peers = with;
}

bool ref_is_full(void)
{
	return count == REF_URBS;
}

uint16_t ref_submit(uint16_t device, uint32_t endpoint, uint32_t length,
		    bool short_not_ok, uint32_t packets)
{
	struct ref_urb *u = &list[count];

	memset(u, 0, sizeof(*u));
	u->device = device;
	u->endpoint = endpoint;
	u->length = length;
	u->short_not_ok = short_not_ok;
	u->packets = packets;
	u->where = SUBMITTED;
	return count++;
}

/* G1: what is unlinked while an error before it is dealt with never moves. */
void ref_unlink(uint16_t urb)
{
	struct ref_urb *u = &list[urb];
	uint16_t i;

	must(u->where == SUBMITTED && !u->unlinked);
	u->unlinked = true;
	for (i = 0; i < urb; i++)
		if (list[i].endpoint == u->endpoint && list[i].failed &&
		    list[i].where == GIVEN_BACK && u->packets == 0)
			u->discarded = true;
}

/* How the driver is to be told of what the device did. */
static int32_t end_of(const struct ref_urb *u)
{
	if (u->status == USBIF_WIRE_ST_OK && u->moved < u->length &&
	    u->short_not_ok && u->packets == 0)
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

/* Isochronous: the device sees them in order, and that is all. */
static void check_order(uint16_t urb)
{
	uint16_t *last = &latest[list[urb].endpoint];

	must(urb >= *last);
	*last = urb;
}

static void check_executed(uint16_t urb)
{
	const struct ref_urb *u = &list[urb];

	must(u->where == SUBMITTED && !u->ended);	/* G3 */
	must(!u->discarded);
	if (u->packets != 0)
		check_order(urb);
	else
		check_turn(urb);
}

void ref_moved(uint16_t urb, uint16_t device, uint32_t offset,
	       uint32_t octets)
{
	struct ref_urb *u = &list[urb];

	must(device == u->device);
	if (u->lost)
		return;
	check_executed(urb);
	must(offset == u->moved && octets <= u->length - u->moved);
	u->moved += octets;
}

void ref_packet(uint16_t urb, uint16_t device, int32_t status,
		uint32_t octets)
{
	struct ref_urb *u = &list[urb];

	must(u->packets_done < u->packets);
	u->packet[u->packets_done].status = status;
	u->packet[u->packets_done++].octets = octets;
	ref_moved(urb, device, u->moved, octets);
}

void ref_ended(uint16_t urb, int32_t status)
{
	struct ref_urb *u = &list[urb];

	if (u->lost)
		return;
	check_executed(urb);
	u->ended = true;
	u->status = status;
}

void ref_gone(uint16_t device)
{
	gone = device;
}

void ref_lost(void)
{
	uint16_t i;

	for (i = 0; i < count; i++)
		if (list[i].where == SUBMITTED)
			list[i].lost = true;
}

/* G1: nothing behind it has been touched, and nothing will be until it is. */
static void check_stop(uint16_t urb)
{
	uint16_t i;

	for (i = (uint16_t)(urb + 1); i < count; i++)
		if (list[i].endpoint == list[urb].endpoint)
			must(!list[i].ended && list[i].moved == 0);
}

/* An old end has no words for "short", "cancelled" and, often, "gone". */
static bool is_true(const struct ref_urb *u, int32_t status)
{
	int32_t end = end_of(u), cancelled = USBIF_WIRE_ST_CANCELLED;

	if (peers == REF_OLD_FRONT) {
		end = u->status;
		cancelled = USBIF_WIRE_ST_IOERROR;
	}
	if (u->ended && status == end)
		return true;
	if (u->unlinked && status == cancelled)
		return !u->ended || peers != REF_BOTH_NEW;
	if (u->device > gone && !u->lost)
		return false;
	return status == USBIF_WIRE_ST_SHUTDOWN ||
	       status == USBIF_WIRE_ST_NODEV ||
	       (status == USBIF_WIRE_ST_IOERROR && peers != REF_BOTH_NEW);
}

void ref_given_back(uint16_t urb, int32_t status, uint32_t length)
{
	struct ref_urb *u = &list[urb];

	must(u->where == SUBMITTED);	/* G3: once */
	must(length <= u->moved);
	/* What an old back does not know, or nobody could say any more. */
	if (!u->lost && !(u->unlinked && peers == REF_OLD_BACK))
		must(length == u->moved);
	must(is_true(u, status));
	u->failed = status != USBIF_WIRE_ST_OK;
	if (u->failed && !u->lost && u->packets == 0)
		check_stop(urb);
	u->where = GIVEN_BACK;
}

void ref_packet_given(uint16_t urb, uint32_t packet, int32_t status,
		      uint32_t octets)
{
	const struct ref_urb *u = &list[urb];

	if (u->lost)
		return;
	must(octets == u->packet[packet].octets);
	must(status == u->packet[packet].status);
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
