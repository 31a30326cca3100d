/* SPDX-License-Identifier: MIT */
/* URBs that are submitted again from their completion routines. */
#ifndef SUPPORT_TRAFFIC_H
#define SUPPORT_TRAFFIC_H

#include "support/drivers.h"

/*
 * Keep a device of any kind busy on all its endpoints: some URBs for each, and
 * a control request, until one ends with an error or is unlinked.
 */
void traffic_start(struct world *w, struct usb_dev *dev);

#endif
