/* SPDX-License-Identifier: MIT */
/*
 * A scripted USB device outside of the emulated machine: QEMU's usb-redir shows it to the machine's host
 * controller. It obeys the commands of tools/device.c (the gadget), and some more, since it may do what no
 * gadget can: errors on the bus, babble, isochronous streams.
 *
 *   EP send COUNT SIZE [MS]   messages for the host; with a pause before each but the first
 *   EP read COUNT SIZE [MS]   take transfers of at most SIZE octets
 *   EP halt [N]               stall from now on; the transfer that meets it has moved N octets before
 *   EP fail COUNT [N]         COUNT transactions time out; the last time N octets have moved before
 *   EP babble [N]             the device sends more than the host wants, after N octets
 *   EP wait MS                do nothing
 *   EP hold MS                how long requests that the host has queued behind one that ended short or
 *                             with an error are left alone, so that it can cancel them (default 20)
 *   EP vanish                 unplug the device
 *   reset                     all endpoints: forget all that, streams start at 0
 *   mute, speak               from now on no control request is answered; all are again
 *   iso fail COUNT FIRST      so many isochronous IN packets since the reset have an error, from that one on
 */
#ifndef REDIR_H
#define REDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <usbredirparser.h>

#include "../tools/scripted.h"

#define ORDERS 16
/* Octets in a packet at low speed. */
#define LOW_PACKET 8
/* Isochronous packets: one a millisecond; the octets of this many endpoints' patterns are theirs. */
#define ISO_SIZE 192
#define ISO_IN_PATTERN SCRIPTED_ENDPOINTS
#define ISO_OUT_PATTERN (SCRIPTED_ENDPOINTS + 1)
#define ISO_IN_ADDRESS 0x86
#define ISO_OUT_ADDRESS 0x07

/* What QEMU has asked for: a TD of xHCI or a qTD of EHCI. Only the oldest of an endpoint is on the bus. */
struct request {
	struct request *next;
	uint64_t id;
	uint32_t stream;
	uint32_t length, done;
	uint8_t *data;
	double not_before;
};

struct order {
	enum { SEND, READ, HALT, FAIL, BABBLE, WAIT, VANISH } kind;
	unsigned int count, size, ms;
};

struct endpoint {
	int number; /* in scripted_endpoints */
	FILE *log;
	long log_shown; /* up to there */
	struct request *requests;
	struct order orders[ORDERS];
	int first, used;       /* the first of them is being done */
	unsigned int finished; /* transfers of the first order */
	unsigned int at;       /* octets of its current transfer */
	size_t position;       /* where the stream goes on */
	double due;            /* no earlier than this; 0: not started */
	double hold;           /* seconds */
	bool halted;
	bool receiving; /* interrupt: QEMU wants packets */
};

struct device {
	struct usbredirparser *parser;
	struct endpoint endpoints[SCRIPTED_ENDPOINTS];
	bool plugged, shown;      /* wanted, and seen by QEMU */
	bool low;                 /* at low speed, with endpoint int1 only */
	bool mute;                /* answers no control request */
	uint8_t configuration, alt; /* alt: of interface 1 */
	/* iso.c */
	double iso_due; /* of the next IN packet; 0: none are wanted */
	unsigned long iso_sent, iso_received, iso_wrong;
	unsigned int iso_fail, iso_fail_first; /* how many, from which one */
	FILE *log;
};

double now(void);
void die(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* endpoint.c: bulk and interrupt endpoints. */
/* Obey a command; 0, or -1 when it makes no sense. */
int device_tell(struct device *device, const char *text);
/* Transfers and other orders that are not done, at most 255. */
int device_left(const struct endpoint *endpoint);
/* Do what can be done now; the seconds until there is more to do. */
double device_work(struct device *device);
/* Forget what QEMU has asked for, without an answer. */
void device_drop_requests(struct device *device);
void bulk_request(struct device *device, uint64_t id,
		  struct usb_redir_bulk_packet_header *header, uint8_t *data);
void cancel_request(struct device *device, uint64_t id);
struct endpoint *endpoint_at(struct device *device, uint8_t address);

/* iso.c */
double iso_work(struct device *device);
void iso_start(struct device *device, bool in);
void iso_stop(struct device *device, bool in);
void iso_received(struct device *device, const uint8_t *data, int length);

/* usb.c: what usb-redir asks for, descriptors, control requests. */
void usb_set_up(struct device *device);
/* Tell QEMU that the device has come, or gone. */
void usb_connect(struct device *device);
void usb_disconnect(struct device *device);
/* Answer a control request that is never answered (see usb.c) as cancelled. */
bool usb_cancel_control(struct device *device, uint64_t id);
/* How many control requests wait for an answer that will not come. */
int usb_unanswered(void);

#endif
