/* SPDX-License-Identifier: MIT */
/*
 * Compile-time bounds.  They size the state of a front and a back, so both
 * stay plain data without pointers.  The defaults are the protocol's own
 * maxima; an embedder who needs less, and the state explorer, define smaller
 * ones for the whole build.
 */
#ifndef USBIF_LIMITS_H
#define USBIF_LIMITS_H

/* Root-hub ports of one controller: usbif.h USBIF_MAX_PORTNR. */
#ifndef USBIF_MAX_PORTS
#define USBIF_MAX_PORTS		31
#endif

/* Highest endpoint number, USB 2.0 section 9.6.6. */
#ifndef USBIF_MAX_EPNUM
#define USBIF_MAX_EPNUM		15
#endif

/* Slots of the URB ring: 16 pages (wire.h). */
#ifndef USBIF_MAX_SLOTS
#define USBIF_MAX_SLOTS		256
#endif

/* URBs that a front can hold between submit and retire, sent or not. */
#ifndef USBIF_MAX_URBS
#define USBIF_MAX_URBS		1024
#endif

/*
 * Endpoint queues.  A queue is (port, endpoint number, direction); endpoint 0
 * is one queue for both directions.  Within a port: 0 is control, 1..EPNUM
 * are OUT, EPNUM+1..2*EPNUM are IN.
 */
#define USBIF_EPS		(1 + 2 * USBIF_MAX_EPNUM)
#define USBIF_MAX_QUEUES	(USBIF_MAX_PORTS * USBIF_EPS)

/* "No index", in every table. */
#define USBIF_NONE		0xffffu

#endif
