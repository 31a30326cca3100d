/* SPDX-License-Identifier: MIT */
/*
 * What a driver is promised of its endpoints, said as plainly as can be: G1 to
 * G3 of docs/PROTOCOL.md section 8, B7 and F6 for devices that leave, and what
 * section 10 leaves of that with an old peer.  An endpoint is a list of URBs,
 * in the order of their submission, and what the device did with each.  The
 * reference knows nothing of rings, requests, ends and rules.
 *
 * It is told what driver and device see, and traps when that cannot be.
 */
#ifndef FUZZ_REFERENCE_H
#define FUZZ_REFERENCE_H

#include "tape.h"

#define REF_ENDPOINTS	7u
#define REF_URBS	512u	/* in one run */
#define REF_PACKETS	4u	/* most of an isochronous URB */

enum ref_peers {
	REF_BOTH_NEW,		/* with the extension */
	REF_BOTH_OLD,		/* our two ends, without it */
	REF_OLD_FRONT,		/* someone else's front, our back */
	REF_OLD_BACK,		/* our front, someone else's back */
	REF_PEERS_N
};

/* No submission is left, no endpoint has any, no device is there. */
void ref_begin(enum ref_peers peers);

/*
 * The driver submits an URB to the device that the guest sees, which has a
 * number, more than those before it; returns the number that the URB has from
 * now on.  packets: of an isochronous one, else 0.
 */
uint16_t ref_submit(uint16_t device, uint32_t endpoint, uint32_t length,
		    bool short_not_ok, uint32_t packets);
bool ref_is_full(void);

/* The driver unlinks it. */
void ref_unlink(uint16_t urb);

/* The device moved octets of it: those from offset on. */
void ref_moved(uint16_t urb, uint16_t device, uint32_t offset,
	       uint32_t octets);
/* Same of an isochronous one: its next packet, and how that ended. */
void ref_packet(uint16_t urb, uint16_t device, int32_t status,
		uint32_t octets);

/* The device ended it: with what it has moved (0), or with an error. */
void ref_ended(uint16_t urb, int32_t status);

/* The devices up to that one are taken away; the connection is lost. */
void ref_gone(uint16_t device);
void ref_lost(void);

/* The driver gets it back; and its completion routine returns. */
void ref_given_back(uint16_t urb, int32_t status, uint32_t length);
void ref_retired(uint16_t urb);
/* What the driver reads of a packet of one that it got back. */
void ref_packet_given(uint16_t urb, uint32_t packet, int32_t status,
		      uint32_t octets);

/* Nothing is left: every URB was given back and retired. */
void ref_end(void);

#endif
