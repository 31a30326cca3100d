/* SPDX-License-Identifier: MIT */
/*
 * Requests as a hostile front makes them: lawful in most fields, so that they
 * come far, and spoiled in some.
 */
#ifndef FUZZ_REQUEST_H
#define FUZZ_REQUEST_H

#include "tape.h"

#include "usbif/msg.h"

/* USBIF_WIRE_URB_OCTETS octets, for ports 1..ports and endpoints 0..epnum. */
void request_make(struct tape *t, uint8_t ports, uint8_t epnum,
		  uint8_t *entry);

#endif
