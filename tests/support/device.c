/* SPDX-License-Identifier: MIT */
#include "support/device.h"

#include <stdlib.h>
#include <string.h>

#include "support/disk.h"
#include "usbif/wire.h"

/* bmRequestType << 8 | bRequest, USB 2.0 tables 9-3 and 9-4 */
#define GET_STATUS_DEVICE	0x8000
#define GET_STATUS_EP		0x8200
#define SET_ADDRESS		0x0005
#define GET_DESCRIPTOR		0x8006
#define GET_CONFIGURATION	0x8008
#define SET_CONFIGURATION	0x0009
#define GET_INTERFACE		0x810a
#define SET_INTERFACE		0x010b
#define CLEAR_EP_FEATURE	0x0201
#define CLEAR_DEVICE_FEATURE	0x0001
#define SET_DEVICE_FEATURE	0x0003
#define SET_EP_FEATURE		0x0203
#define VENDOR_OUT		0x4000
#define VENDOR_IN		0xc000
#define DISK_RESET		0x21ff

#define DESC_DEVICE		1
#define DESC_CONFIG		2
#define DESC_INTERFACE		4
#define DESC_ENDPOINT		5

static void *allocate(size_t octets)
{
	void *at = calloc(1, octets);

	if (!at)
		abort();
	return at;
}

struct device *device_new(uint8_t speed)
{
	struct device *d = allocate(sizeof(*d));

	d->speed = speed;
	d->scratch = allocate(DEVICE_SCRATCH);
	return d;
}

void device_free(struct device *d)
{
	int i;

	if (!d)
		return;
	for (i = 0; i < DEVICE_EPS; i++) {
		octets_free(&d->in[i].log);
		octets_free(&d->out[i].log);
	}
	free(d->disk);
	free(d->scratch);
	free(d);
}

struct device_ep *device_ep(struct device *d, uint8_t ep, bool in)
{
	return in ? &d->in[ep] : &d->out[ep];
}

static void add_ep(struct device *d, uint8_t ep, bool in, uint8_t kind,
		   uint8_t type, uint16_t max_packet)
{
	struct device_ep *e = device_ep(d, ep, in);

	e->kind = kind;
	e->type = type;
	e->max_packet = max_packet;
	e->limit = UINT64_MAX;
}

struct device *device_stick(bool no_stall)
{
	struct device *d = device_new(USBIF_WIRE_SPEED_HIGH);

	d->disk = allocate(sizeof(*d->disk));
	disk_init(d->disk, no_stall);
	add_ep(d, 1, true, DEVICE_EP_DISK, USBIF_XFER_BULK, 512);
	add_ep(d, 2, false, DEVICE_EP_DISK, USBIF_XFER_BULK, 512);
	return d;
}

struct device *device_messages(void)
{
	struct device *d = device_new(USBIF_WIRE_SPEED_HIGH);

	add_ep(d, 1, true, DEVICE_EP_MESSAGES, USBIF_XFER_BULK, 512);
	return d;
}

struct device *device_keyboard(void)
{
	struct device *d = device_new(USBIF_WIRE_SPEED_LOW);

	add_ep(d, 1, true, DEVICE_EP_MESSAGES, USBIF_XFER_INT, 8);
	return d;
}

struct device *device_source_sink(void)
{
	struct device *d = device_new(USBIF_WIRE_SPEED_HIGH);

	add_ep(d, 1, true, DEVICE_EP_STREAM, USBIF_XFER_BULK, 512);
	add_ep(d, 2, false, DEVICE_EP_STREAM, USBIF_XFER_BULK, 512);
	add_ep(d, 3, true, DEVICE_EP_STREAM, USBIF_XFER_BULK, 512);
	d->composite = true;
	d->in[3].iface = 1;
	return d;
}

struct device *device_audio(void)
{
	struct device *d = device_new(USBIF_WIRE_SPEED_FULL);

	add_ep(d, 1, true, DEVICE_EP_ISO, USBIF_XFER_ISO, 200);
	add_ep(d, 2, false, DEVICE_EP_ISO, USBIF_XFER_ISO, 200);
	add_ep(d, 3, true, DEVICE_EP_STREAM, USBIF_XFER_BULK, 64);
	return d;
}

struct device *device_serial(void)
{
	struct device *d = device_new(USBIF_WIRE_SPEED_HIGH);

	add_ep(d, 3, true, DEVICE_EP_MESSAGES, USBIF_XFER_INT, 16);
	add_ep(d, 1, true, DEVICE_EP_MESSAGES, USBIF_XFER_BULK, 512);
	add_ep(d, 1, false, DEVICE_EP_STREAM, USBIF_XFER_BULK, 512);
	return d;
}

void device_say(struct device *d, uint8_t ep, uint32_t octets)
{
	struct device_ep *e = &d->in[ep];

	if (e->messages == DEVICE_MESSAGES)
		abort();
	e->message[e->messages++] = octets;
}

/* How far the endpoint may go: to its limit, or to its next failure. */
static uint64_t room_before(const struct device_ep *e, uint64_t stop,
			    uint32_t octets)
{
	uint64_t left = stop > e->log.n ? stop - e->log.n : 0;

	return left < octets ? left : octets;
}

/* A failure that is due now, or 0. */
static int fail_now(struct device_ep *e)
{
	int fail = e->fail;

	if (fail == 0 || e->log.n < e->fail_at)
		return 0;
	e->fail = 0;
	if (fail == DEVICE_STALL)
		e->halted = true;
	return fail;
}

static int give(struct device_ep *e, uint8_t ep, uint8_t *to, uint32_t octets)
{
	uint32_t i;

	for (i = 0; i < octets; i++)
		to[i] = device_pattern(ep, e->log.n + i);
	octets_add(&e->log, to, octets);
	return (int)octets;
}

static void drop_message(struct device_ep *e)
{
	e->messages--;
	memmove(e->message, e->message + 1,
		e->messages * sizeof(e->message[0]));
}

static int give_message(struct device_ep *e, uint8_t ep, uint8_t *to,
			uint32_t room)
{
	uint32_t octets;

	if (e->messages == 0)
		return DEVICE_NAK;
	octets = e->message[0] < e->max_packet ? e->message[0] : e->max_packet;
	if (octets > room) {
		drop_message(e);
		return DEVICE_BABBLE;
	}
	e->message[0] -= octets;
	/* A report fits a packet; other messages end with a short one. */
	if (octets < e->max_packet || e->type == USBIF_XFER_INT)
		drop_message(e);
	return give(e, ep, to, octets);
}

int device_in(struct device *d, uint8_t ep, uint8_t *to, uint32_t room)
{
	struct device_ep *e = &d->in[ep];
	int n;

	if (d->broken)
		return DEVICE_ERROR;
	if (d->config == 0 || e->kind == DEVICE_EP_NONE) {
		d->misuse++;
		return DEVICE_ERROR;
	}
	if (e->halted)
		return DEVICE_STALL;
	n = fail_now(e);
	if (n != 0)
		return n;
	if (room > e->max_packet)
		room = e->max_packet;
	if (e->fail != 0)
		room = (uint32_t)room_before(e, e->fail_at, room);
	if (e->kind == DEVICE_EP_MESSAGES)
		return give_message(e, ep, to, room);
	if (e->kind == DEVICE_EP_DISK) {
		n = disk_in(d->disk, to, room);
		e->halted = n == DEVICE_STALL;
		if (n > 0)
			octets_add(&e->log, to, (uint32_t)n);
		return n;
	}
	if (room != 0 && room_before(e, e->limit, room) < room)
		return DEVICE_NAK;
	return give(e, ep, to, room);
}

int device_out(struct device *d, uint8_t ep, const uint8_t *from,
	       uint32_t octets)
{
	struct device_ep *e = &d->out[ep];
	int n;

	if (d->broken)
		return DEVICE_ERROR;
	if (d->config == 0 || e->kind == DEVICE_EP_NONE) {
		d->misuse++;
		return DEVICE_ERROR;
	}
	if (e->halted)
		return DEVICE_STALL;
	n = fail_now(e);
	if (n != 0)
		return n;
	if (octets != 0 && room_before(e, e->limit, octets) < octets)
		return DEVICE_NAK;
	if (e->kind == DEVICE_EP_DISK) {
		n = disk_out(d->disk, from, octets);
		e->halted = n == DEVICE_STALL;
		if (n < 0)
			return n;
	}
	octets_add(&e->log, from, octets);
	return 0;
}

static int device_descriptor(const struct device *d, uint8_t *to)
{
	static const uint8_t desc[18] = { 18, DESC_DEVICE, 0, 2, 0, 0, 0, 64,
					  0x09, 0x12, 0x01, 0x00, 0, 0, 0, 0,
					  0, 1 };

	memcpy(to, desc, sizeof(desc));
	to[7] = d->speed == USBIF_WIRE_SPEED_LOW ? 8 : 64;
	to[12] = (uint8_t)d->instance;
	to[13] = (uint8_t)(d->instance >> 8);
	return sizeof(desc);
}

static uint32_t describe_eps(const struct device_ep *eps, bool in,
			     uint8_t iface, uint8_t *to)
{
	/* bmAttributes by enum usbif_xfer */
	static const uint8_t attributes[] = { 1, 3, 0, 2 };
	uint32_t n = 0;
	uint8_t i;

	for (i = 1; i < DEVICE_EPS; i++) {
		if (eps[i].kind == DEVICE_EP_NONE || eps[i].iface != iface)
			continue;
		to[n] = 7;
		to[n + 1] = DESC_ENDPOINT;
		to[n + 2] = in ? 0x80 | i : i;
		to[n + 3] = attributes[eps[i].type];
		to[n + 4] = (uint8_t)eps[i].max_packet;
		to[n + 5] = (uint8_t)(eps[i].max_packet >> 8);
		to[n + 6] = 1;
		n += 7;
	}
	return n;
}

static int config_descriptor(const struct device *d, uint8_t *to)
{
	uint32_t n = 9;
	uint8_t iface;

	for (iface = 0; iface <= d->composite; iface++) {
		uint8_t *head = to + n;

		memset(head, 0, 9);
		head[0] = 9;
		head[1] = DESC_INTERFACE;
		head[2] = iface;
		head[5] = 0xff;
		n += 9;
		n += describe_eps(d->in, true, iface, to + n);
		n += describe_eps(d->out, false, iface, to + n);
	}
	memset(to, 0, 9);
	to[0] = 9;
	to[1] = DESC_CONFIG;
	to[2] = (uint8_t)n;
	to[3] = (uint8_t)(n >> 8);
	to[4] = d->composite ? 2 : 1;
	to[5] = 1;
	to[7] = 0x80;
	return (int)n;
}

static int vendor(struct device *d, uint8_t request, uint8_t *data,
		  uint32_t length)
{
	switch (request) {
	case DEVICE_REQ_WRITE:
		memcpy(d->scratch, data, length);
		return 0;
	case DEVICE_REQ_READ:
		memcpy(data, d->scratch, length);
		return (int)length;
	case DEVICE_REQ_SILENT:
		return DEVICE_NAK;
	case DEVICE_REQ_SHORT:
		memcpy(data, d->scratch, length / 2);
		return (int)(length / 2);
	default:
		return DEVICE_STALL;
	}
}

static int copy_reply(uint8_t *data, uint32_t room, const uint8_t *reply,
		      int octets)
{
	if ((uint32_t)octets > room)
		octets = (int)room;
	memcpy(data, reply, (size_t)octets);
	return octets;
}

static int standard(struct device *d, uint32_t kind, const uint8_t *setup,
		    uint8_t *data, uint32_t length)
{
	uint8_t reply[512];
	struct device_ep *e = device_ep(d, setup[4] & 0x0f, setup[4] & 0x80);

	memset(reply, 0, 2);
	switch (kind) {
	case GET_STATUS_DEVICE:
		return copy_reply(data, length, reply, 2);
	case GET_STATUS_EP:
		reply[0] = e->halted;
		return copy_reply(data, length, reply, 2);
	case GET_DESCRIPTOR:
		if (setup[3] == DESC_DEVICE)
			return copy_reply(data, length, reply,
					  device_descriptor(d, reply));
		if (setup[3] == DESC_CONFIG && d->lie)
			return copy_reply(data, length, d->lie, d->lie_octets);
		if (setup[3] == DESC_CONFIG)
			return copy_reply(data, length, reply,
					  config_descriptor(d, reply));
		return DEVICE_STALL;
	case GET_CONFIGURATION:
		return copy_reply(data, length, &d->config, 1);
	case GET_INTERFACE:
		return copy_reply(data, length, &d->alt, 1);
	case SET_EP_FEATURE:
		e->halted = true;
		return 0;
	case SET_DEVICE_FEATURE:
	case CLEAR_DEVICE_FEATURE:
		/* 1: remote wake-up, the only one that devices here have */
		return setup[2] == 1 ? 0 : DEVICE_STALL;
	case SET_ADDRESS:
	case SET_CONFIGURATION:
	case SET_INTERFACE:
		d->misuse++;
		return DEVICE_STALL;
	case CLEAR_EP_FEATURE:
		if (setup[2] == 0 && (setup[4] & 0x0f) != 0)
			d->misuse++;
		return DEVICE_STALL;
	default:
		return DEVICE_STALL;
	}
}

int device_control(struct device *d, const uint8_t *setup, uint8_t *data,
		   uint32_t length)
{
	uint32_t kind = (uint32_t)setup[0] << 8 | setup[1];

	if (d->broken)
		return DEVICE_ERROR;
	if ((kind & 0xff00) == VENDOR_OUT || (kind & 0xff00) == VENDOR_IN)
		return vendor(d, setup[1], data, length);
	if (kind == DISK_RESET && d->disk) {
		d->disk->state = DISK_COMMAND;
		return 0;
	}
	return standard(d, kind, setup, data, length);
}

static void restart_eps(struct device *d)
{
	int i;

	for (i = 0; i < DEVICE_EPS; i++) {
		d->in[i].halted = false;
		d->out[i].halted = false;
	}
	if (d->disk)
		d->disk->state = DISK_COMMAND;
}

void device_reset(struct device *d)
{
	/* A host's stack restores the configuration after a reset. */
	restart_eps(d);
	d->resets++;
}

bool device_configure(struct device *d, uint8_t value)
{
	if (value > 1)
		return false;
	d->config = value;
	d->alt = 0;
	restart_eps(d);
	return true;
}

bool device_set_interface(struct device *d, uint16_t iface, uint16_t alt)
{
	if (iface > d->composite || alt > 1)
		return false;
	if (iface == 0)
		d->alt = (uint8_t)alt;
	return true;
}

bool device_has_ep(const struct device *d, uint8_t ep, bool in)
{
	const struct device_ep *e = in ? &d->in[ep] : &d->out[ep];

	return ep == 0 || (d->config != 0 && e->kind != DEVICE_EP_NONE);
}

bool device_clear_halt(struct device *d, uint16_t ep_addr)
{
	struct device_ep *e = device_ep(d, ep_addr & 0x0f, ep_addr & 0x80);

	if (e->kind == DEVICE_EP_NONE)
		return false;
	e->halted = false;
	d->clear_halts++;
	return true;
}
