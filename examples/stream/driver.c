/* SPDX-License-Identifier: MIT */
#include "driver.h"

#include <stdio.h>
#include <string.h>

void driver_prepare(struct driver *d, struct client *c, uint8_t ep,
		    uint32_t length, void (*complete)(struct urb *))
{
	uint32_t i;

	memset(d, 0, sizeof(*d));
	d->c = c;
	for (i = 0; i < URBS; i++)
		d->urb[i] = (struct urb){
			.ep = ep, .length = length, .buffer = d->buffer[i],
			.complete = complete, .context = d };
}

bool driver_submit_all(struct driver *d)
{
	uint32_t i;

	for (i = 0; i < URBS; i++)
		if (!client_submit(d->c, &d->urb[i]))
			return false;
	return true;
}

void driver_unlink_behind(struct driver *d, const struct urb *urb)
{
	uint32_t i;

	for (i = (uint32_t)(urb - d->urb) + 1; i < URBS; i++)
		client_unlink(d->c, &d->urb[i]);
}

void driver_say_urbs(const struct driver *d)
{
	uint32_t i;

	for (i = 0; i < URBS; i++) {
		const struct urb *urb = &d->urb[i];

		printf("    URB %u: status %4d, %4u octets", i + 1,
		       (int)urb->status, urb->actual);
		if (urb->ep == MESSAGES && urb->actual != 0)
			printf(" of message %u", urb->buffer[0]);
		printf("%s\n", urb->unlinked ? ", unlinked by the driver" : "");
	}
}

void urb_say_message(const struct urb *urb)
{
	if (urb->actual == 0)
		printf(" -");
	else
		printf(" message %u%s", urb->buffer[0],
		       urb->unlinked ? " (lost: unlinked)" : "");
}

bool urb_has_message(const struct urb *urb, uint32_t number)
{
	uint32_t i;

	if (urb->actual != (number ? DEVICE_MESSAGE : 0))
		return false;
	for (i = 0; i < urb->actual; i++)
		if (urb->buffer[i] != number)
			return false;
	return true;
}
