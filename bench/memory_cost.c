/* SPDX-License-Identifier: MIT */
/*
 * The memory of a controller at each end: the library's state, the rings, and
 * what the Linux modules hold for octets, by the formulas of their READMEs.
 */
#include <stdio.h>

#include "usbif/back.h"
#include "usbif/front.h"

#define PAGE	USBIF_WIRE_PAGE_OCTETS

/* shims/linux-back: for each page of a request, and kept for later ones. */
#define BACK_ENTRY	48u
#define BACK_SPARE	(1024u * 1024u)
/* shims/linux-front: a grant reference for each page. */
#define FRONT_ENTRY	4u

static uint32_t round_up(uint32_t octets)
{
	return (octets + PAGE - 1) / PAGE * PAGE;
}

static void line(const char *what, uint32_t idle, uint32_t busy)
{
	printf("COST memory: %-56s idle %8.1f KiB, busy %8.1f KiB\n", what,
	       idle / 1024.0, busy / 1024.0);
}

/* A front has all of it from connection on; a back while requests run. */
static void linux_modules(uint32_t ring_pages, uint32_t request_pages)
{
	uint32_t slots = usbif_ring_slots(ring_pages, USBIF_WIRE_URB_OCTETS);
	uint32_t pages = slots * request_pages, arrays = 0;
	uint32_t rings = (ring_pages + 1) * PAGE;
	char what[80];

	if (request_pages > USBIF_WIRE_MAX_SEGS)
		arrays = round_up(pages * USBIF_WIRE_SEG_OCTETS);
	snprintf(what, sizeof(what), "front, %u requests of %u KiB, with rings",
		 slots, request_pages * 4);
	line(what, rings + pages * (PAGE + FRONT_ENTRY) + arrays,
	     rings + pages * (PAGE + FRONT_ENTRY) + arrays);
	snprintf(what, sizeof(what), "back, %u requests of %u KiB", slots,
		 request_pages * 4);
	line(what, pages * BACK_ENTRY + (pages * PAGE < BACK_SPARE ?
					 pages * PAGE : BACK_SPARE),
	     pages * BACK_ENTRY + pages * PAGE);
}

int main(void)
{
	line("library, front", sizeof(struct usbif_front),
	     sizeof(struct usbif_front));
	line("library, back", sizeof(struct usbif_back),
	     sizeof(struct usbif_back));
	linux_modules(2, 32);	/* 8 ports */
	linux_modules(4, 32);	/* more */
	linux_modules(16, 256);	/* all that may be asked for */
	return 0;
}
