/* SPDX-License-Identifier: MIT */
/*
 * What a driver is promised of its endpoints, said as plainly as can be: G1 to
 * G3 of docs/PROTOCOL.md section 8.  An endpoint is a list of URBs, in the
 * order of their submission, and what the device did with each.  The
 * reference knows nothing of rings, requests, ends and rules.
 *
 * It is told what driver and device see, and traps when that cannot be.
 */
#ifndef FUZZ_REFERENCE_H
#define FUZZ_REFERENCE_H

#include "tape.h"

#define REF_ENDPOINTS	5u
#define REF_URBS	512u	/* in one run */

/* No submission is left, no endpoint has any. */
void ref_begin(void);

/* The driver submits an URB; returns the number it has from now on. */
uint16_t ref_submit(uint32_t endpoint, uint32_t length, bool short_not_ok);
bool ref_is_full(void);

/* The driver unlinks it. */
void ref_unlink(uint16_t urb);

/* The device moved octets of it: those from offset on. */
void ref_moved(uint16_t urb, uint32_t offset, uint32_t octets);

/* The device ended it: with what it has moved (0), or with an error. */
void ref_ended(uint16_t urb, int32_t status);

/* The driver gets it back; and its completion routine returns. */
void ref_given_back(uint16_t urb, int32_t status, uint32_t length);
void ref_retired(uint16_t urb);

/* Nothing is left: every URB was given back and retired. */
void ref_end(void);

#endif
