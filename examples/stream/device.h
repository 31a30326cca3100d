/* SPDX-License-Identifier: MIT */
/*
 * A small device: bulk endpoints with packets of 512 octets.
 *
 *	1 IN	sends messages of 100 octets, all of them the message's number;
 *		four are waiting, then it has nothing to say
 *	2 OUT	keeps what it gets; the second packet is lost on the bus, once
 *	2 IN	sends what 2 OUT has kept and was not read yet
 *	3 IN	sends two full packets, then falls silent
 */
#ifndef STREAM_DEVICE_H
#define STREAM_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/* as in a frame */
#define MESSAGES		0x81u
#define KEEPER			0x02u
#define KEPT			0x82u
#define SILENT			0x83u

#define DEVICE_PACKET		512u
#define DEVICE_MESSAGE		100u
#define DEVICE_MESSAGES		4u
#define DEVICE_KEEPS		8192u

struct device {
	uint32_t messages;	/* sent on 1 IN */
	uint32_t packets;	/* sent on 3 IN */
	uint32_t arrivals;	/* packets that came to 2 OUT */
	uint32_t kept, read;	/* octets */
	uint8_t packet[DEVICE_PACKET];
	uint8_t log[DEVICE_KEEPS];
};

/* Is there such an endpoint? */
bool device_has(uint8_t ep);

/* The next packet of an IN endpoint, and its octets; null: NAK. */
const uint8_t *device_in(struct device *d, uint8_t ep, uint32_t *octets);

/* A packet arrives at 2 OUT.  Returns USBIF_WIRE_ST_*. */
int32_t device_out(struct device *d, const uint8_t *packet, uint32_t octets);

#endif
