/* SPDX-License-Identifier: MIT */
/* Isochronous streams: numbered packets, one a millisecond. */
#include "redir.h"

#include <string.h>

#define INTERVAL 0.001

static void send_iso(struct device *device)
{
	uint8_t data[ISO_SIZE];
	struct usb_redir_iso_packet_header header = {
		.endpoint = ISO_IN_ADDRESS,
		.length = sizeof(data),
	};

	/* A packet that fails has its number, too. */
	if (device->iso_fail > 0 && device->iso_sent >= device->iso_fail_first) {
		device->iso_fail--;
		header.status = usb_redir_ioerror;
		header.length = 0;
	}
	pattern_fill(ISO_IN_PATTERN, device->iso_sent * ISO_SIZE, data,
		     sizeof(data));
	usbredirparser_send_iso_packet(device->parser, 0, &header, data,
				       header.length);
	device->iso_sent++;
}

double iso_work(struct device *device)
{
	double wait;

	if (device->iso_due == 0)
		return 60;
	while (now() >= device->iso_due) {
		send_iso(device);
		device->iso_due += INTERVAL;
	}
	wait = device->iso_due - now();
	return wait > 0 ? wait : 0;
}

static void report(struct device *device, bool in)
{
	struct usb_redir_iso_stream_status_header status = {
		.endpoint = in ? ISO_IN_ADDRESS : ISO_OUT_ADDRESS,
	};

	usbredirparser_send_iso_stream_status(device->parser, 0, &status);
}

void iso_start(struct device *device, bool in)
{
	fprintf(device->log, "%.4f iso %s starts\n", now(), in ? "in" : "out");
	if (in)
		device->iso_due = now() + INTERVAL;
	report(device, in);
}

void iso_stop(struct device *device, bool in)
{
	fprintf(device->log, "%.4f iso %s stops, %lu sent, %lu received\n",
		now(), in ? "in" : "out", device->iso_sent,
		device->iso_received);
	if (in)
		device->iso_due = 0;
	report(device, in);
}

void iso_received(struct device *device, const uint8_t *data, int length)
{
	uint8_t wanted[ISO_SIZE];

	pattern_fill(ISO_OUT_PATTERN, device->iso_received * ISO_SIZE, wanted,
		     sizeof(wanted));
	if (length != ISO_SIZE || memcmp(data, wanted, sizeof(wanted))) {
		char octets[256];

		pattern_name(ISO_OUT_PATTERN, device->iso_received * ISO_SIZE,
			     data, (size_t)length, octets, sizeof(octets));
		fprintf(device->log, "%.4f iso packet %lu has %d octets: %s\n",
			now(), device->iso_received, length, octets);
		device->iso_wrong++;
	}
	device->iso_received++;
}
