/* SPDX-License-Identifier: MIT */
#include "device.h"

#include <string.h>

#include "frame.h"
#include "usbif/wire.h"

bool device_has(uint8_t ep)
{
	return ep == MESSAGES || ep == KEEPER || ep == KEPT || ep == SILENT;
}

static bool next_message(struct device *d, uint32_t *octets)
{
	if (d->messages == DEVICE_MESSAGES)
		return false;
	*octets = DEVICE_MESSAGE;
	memset(d->packet, (int)++d->messages, *octets);
	return true;
}

static bool next_kept(struct device *d, uint32_t *octets)
{
	*octets = d->kept - d->read;
	if (*octets > DEVICE_PACKET)
		*octets = DEVICE_PACKET;
	memcpy(d->packet, d->log + d->read, *octets);
	d->read += *octets;
	return true;
}

static bool next_full(struct device *d, uint32_t *octets)
{
	if (d->packets == 2)
		return false;
	*octets = DEVICE_PACKET;
	memset(d->packet, (int)++d->packets, *octets);
	return true;
}

const uint8_t *device_in(struct device *d, uint8_t ep, uint32_t *octets)
{
	bool has = ep == MESSAGES ? next_message(d, octets) :
		   ep == KEPT ? next_kept(d, octets) : next_full(d, octets);

	return has ? d->packet : NULL;
}

int32_t device_out(struct device *d, const uint8_t *packet, uint32_t octets)
{
	if (++d->arrivals == 2)
		return USBIF_WIRE_ST_IOERROR;
	if (octets > DEVICE_KEEPS - d->kept)
		return USBIF_WIRE_ST_STALL;
	memcpy(d->log + d->kept, packet, octets);
	d->kept += octets;
	return USBIF_WIRE_ST_OK;
}
