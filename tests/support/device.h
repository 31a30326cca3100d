/* SPDX-License-Identifier: MIT */
/*
 * Simulated USB devices.  A device answers packets, remembers each octet that
 * it took or gave on its bulk and interrupt endpoints, and objects to what a
 * host's stack keeps to itself.
 */
#ifndef SUPPORT_DEVICE_H
#define SUPPORT_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "support/octets.h"

#define DEVICE_EPS		16
#define DEVICE_MESSAGES		64
#define DEVICE_SECTOR		512u
#define DEVICE_SECTORS		512u
#define DEVICE_SCRATCH		65536u

/* What an endpoint answers to a packet instead of octets. */
enum device_result {
	DEVICE_NAK = -1,
	DEVICE_STALL = -2,
	DEVICE_ERROR = -3,	/* three transaction errors: no handshake */
	DEVICE_BABBLE = -4,
};

enum device_ep_kind {
	DEVICE_EP_NONE,
	DEVICE_EP_STREAM,	/* IN: octets without end; OUT: takes all */
	DEVICE_EP_MESSAGES,	/* IN: one message per short packet */
	DEVICE_EP_DISK,		/* bulk-only transport */
	DEVICE_EP_ISO,
};

/*
 * An endpoint of the configuration.  The octets that a STREAM or MESSAGES
 * endpoint gives are device_pattern() of their position.
 */
struct device_ep {
	uint8_t kind;		/* enum device_ep_kind */
	uint8_t type;		/* enum usbif_xfer */
	uint8_t iface;
	bool halted;
	uint16_t max_packet;
	uint64_t limit;		/* octets until it only answers NAK */
	uint64_t fail_at;	/* position of the next failure */
	int fail;		/* enum device_result, 0: none */
	uint32_t message[DEVICE_MESSAGES];	/* octets left of each */
	uint32_t messages;
	struct octets log;
};

enum disk_state {
	DISK_COMMAND,
	DISK_IN,
	DISK_OUT,
	DISK_STATUS,
};

struct disk {
	enum disk_state state;
	bool no_stall;		/* ends short data with a short packet only */
	uint32_t tag;
	uint32_t asked;		/* octets that the host expects */
	uint32_t at;		/* octet of the medium, or of the inquiry data */
	uint32_t left;		/* octets that the device has or wants */
	uint32_t residue;
	bool inquiry, capacity;
	uint8_t result;		/* 0 good, 1 failed */
	uint8_t medium[DEVICE_SECTORS * DEVICE_SECTOR];
};

struct device {
	uint16_t instance;	/* which one, of all in a world */
	uint8_t speed;		/* USBIF_WIRE_SPEED_* */
	bool composite;		/* has an interface 1 too */
	uint8_t config;		/* 0: not configured */
	uint8_t alt;		/* of interface 0 */
	bool broken;		/* every packet fails: pulled, nobody knows yet */
	bool cut;		/* its octets were not all reported */
	unsigned int resets;
	unsigned int clear_halts;
	unsigned int misuse;	/* requests that must not reach a device */
	struct device_ep in[DEVICE_EPS];
	struct device_ep out[DEVICE_EPS];
	struct disk *disk;
	const uint8_t *lie;	/* instead of its configuration, if not null */
	int lie_octets;
	uint8_t *scratch;	/* DEVICE_SCRATCH octets, vendor requests */
};

/* Vendor requests: write and read the scratch octets; one that never ends. */
#define DEVICE_REQ_WRITE	1
#define DEVICE_REQ_READ		2
#define DEVICE_REQ_SILENT	3
#define DEVICE_REQ_SHORT	4	/* IN: half of what was asked */

/* A new device without endpoints, to be given back with device_free(). */
struct device *device_new(uint8_t speed);
void device_free(struct device *d);

/* Ready-made ones. */
struct device *device_stick(bool no_stall);	/* bulk 1 IN, 2 OUT */
struct device *device_messages(void);		/* bulk 1 IN */
struct device *device_keyboard(void);		/* interrupt 1 IN, low speed */
struct device *device_source_sink(void);	/* bulk 1 IN, 2 OUT, 3 IN */
struct device *device_audio(void);		/* iso 1 IN, 2 OUT; bulk 3 IN */
struct device *device_serial(void);		/* interrupt 3 IN, bulk 1 IN and OUT */

struct device_ep *device_ep(struct device *d, uint8_t ep, bool in);

/* Octet number at of an endpoint's stream. */
static inline uint8_t device_pattern(uint8_t ep, uint64_t at)
{
	return (uint8_t)(at ^ at >> 8 ^ at >> 15 ^ ep * 37u);
}

/* Queue a message (or a key) of that many octets. */
void device_say(struct device *d, uint8_t ep, uint32_t octets);

/* A packet.  IN: returns octets given; OUT: 0; or enum device_result. */
int device_in(struct device *d, uint8_t ep, uint8_t *to, uint32_t room);
int device_out(struct device *d, uint8_t ep, const uint8_t *from,
	       uint32_t octets);

/* A control request with up to length octets of data.  As device_in(). */
int device_control(struct device *d, const uint8_t *setup, uint8_t *data,
		   uint32_t length);

/* Does it have that endpoint, as it is configured now? */
bool device_has_ep(const struct device *d, uint8_t ep, bool in);

/* What the host's stack does of its own.  False: the device refused. */
void device_reset(struct device *d);
bool device_configure(struct device *d, uint8_t value);
bool device_set_interface(struct device *d, uint16_t iface, uint16_t alt);
bool device_clear_halt(struct device *d, uint16_t ep_addr);

#endif
