/* SPDX-License-Identifier: MIT */
/* Prints what an embedder's memory must hold: one line a structure. */
#include <stdio.h>

#include "usbif/back.h"
#include "usbif/front.h"
#include "usbif/hub.h"
#include "usbif/ids.h"
#include "usbif/msg.h"
#include "usbif/ring.h"

#define SIZE(type) printf("SIZE %-28s %7zu octets\n", #type, sizeof(type))

int main(void)
{
	printf("SIZE with %d ports, %d slots, %d URBs:\n", USBIF_MAX_PORTS,
	       USBIF_MAX_SLOTS, USBIF_MAX_URBS);
	SIZE(struct usbif_front);
	SIZE(struct usbif_back);
	SIZE(struct usbif_fq);
	SIZE(struct usbif_bq);
	SIZE(struct usbif_hub);
	SIZE(struct usbif_ids);
	SIZE(struct usbif_ring);
	SIZE(struct usbif_msg_req);
	return 0;
}
