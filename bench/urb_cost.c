/* SPDX-License-Identifier: MIT */
/*
 * What one URB costs in the library: front, ring and back, from submit to
 * retired, and the same octets merely copied.  Run under callgrind by
 * bench/run, which counts the instructions inside round_trips() and
 * floor_copies().
 *
 * usage: urb_cost TYPE OCTETS COUNT DEPTH REQUEST_PAGES DEVICES
 *	TYPE is control, bulk, interrupt or iso; DEPTH is URBs that each
 *	device has submitted; REQUEST_PAGES is what was negotiated, 16 or more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "usbif/back.h"
#include "usbif/front.h"

#define PAGES	USBIF_WIRE_MAX_RING_PAGES

static struct usbif_front front;
static struct usbif_back back;
static uint32_t urb_ring[PAGES * 1024], conn_ring[1024];
static struct usbif_front_urb model;
static uint16_t request_pages;
static uint8_t devices;
static uint32_t waiting[USBIF_MAX_PORTS];	/* URBs, by port - 1 */
/* The page of a segment array as the guest has it, and the back's copy. */
static uint8_t array[USBIF_WIRE_MAX_DATA_SEGS * USBIF_WIRE_SEG_OCTETS];
static uint8_t fetched[sizeof(array)];
static struct usbif_msg_seg decoded[USBIF_WIRE_MAX_DATA_SEGS];

static void die(const char *what)
{
	fprintf(stderr, "urb_cost: %s\n", what);
	exit(2);
}

static uint16_t segments(uint32_t octets, struct usbif_msg_seg *seg)
{
	uint16_t n = 0;

	while (octets != 0) {
		uint32_t length = octets < 4096 ? octets : 4096;

		seg[n].gref = 8u + n;
		seg[n].offset = 0;
		seg[n].length = (uint16_t)length;
		octets -= length;
		n++;
	}
	return n;
}

static void put(const struct usbif_fq_duty *duty)
{
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_DATA_SEGS], at = { .gref = 7 };
	uint16_t n = segments(duty->length, seg);
	uint8_t descs = model.packets != 0;

	if (n > USBIF_WIRE_MAX_SEGS) {
		usbif_msg_encode_segs(seg, n, array);
		at.length = (uint16_t)(n * USBIF_WIRE_SEG_OCTETS);
		usbif_front_put_indirect(&front, urb_ring, duty, &at, 1, n);
		return;
	}
	if (descs != 0)
		seg[n] = (struct usbif_msg_seg){ 1, 0,
			(uint16_t)(model.packets * 16) };
	usbif_front_put(&front, urb_ring, duty, seg, (uint8_t)n, descs);
}

static uint32_t front_duties(void)
{
	struct usbif_fq_duty duty;
	uint32_t given_back = 0;

	while (usbif_front_next(&front, &duty)) {
		if (duty.kind == USBIF_FQ_GIVEBACK) {
			waiting[front.urb[duty.urb].port - 1]--;
			usbif_front_retired(&front, duty.urb);
			given_back++;
		} else {
			put(&duty);
		}
	}
	usbif_front_push(&front, urb_ring);
	return given_back;
}

/* What the back does with an indirect request, beside the data. */
static void fetch(const struct usbif_msg_req *req)
{
	if (req->indirect == 0)
		return;
	memcpy(fetched, array, req->indirect * USBIF_WIRE_SEG_OCTETS);
	if (usbif_msg_decode_segs(fetched, req->indirect, req->length,
				  decoded) != USBIF_FAULT_NONE)
		die("a segment array was refused");
}

static void back_duties(void)
{
	struct usbif_back_duty duty;
	struct usbif_bq_answer answer;
	uint16_t slot;

	while (usbif_back_take(&back, urb_ring, &slot) == 1) {
		fetch(usbif_back_req(&back, slot));
		usbif_back_admit(&back, slot, USBIF_WIRE_ST_OK);
	}
	while (usbif_back_next(&back, &duty))
		usbif_back_done(&back, duty.slot, USBIF_WIRE_ST_OK,
				usbif_back_req(&back, duty.slot)->length);
	while (usbif_back_next_answer(&back, &answer))
		usbif_back_put_answer(&back, urb_ring, &answer, 0, 0);
	usbif_back_push(&back, urb_ring);
}

/* Every device has as many URBs as its driver likes; at most count in all. */
static uint32_t submit(uint32_t count, uint32_t depth)
{
	uint32_t submitted = 0;

	for (model.port = 1; model.port <= devices; model.port++) {
		model.addr = model.port;
		while (submitted < count && waiting[model.port - 1] < depth) {
			if (usbif_front_submit(&front, &model) < 0)
				die("an URB was refused");
			waiting[model.port - 1]++;
			submitted++;
		}
	}
	return submitted;
}

/* Instructions in here, divided by count, are the cost of an URB. */
__attribute__((noinline)) static uint32_t round_trips(uint32_t count,
						      uint32_t depth)
{
	struct usbif_front_received got;
	uint32_t done = 0, submitted = 0;

	while (done < count) {
		submitted += submit(count - submitted, depth);
		front_duties();
		back_duties();
		while (usbif_front_take(&front, urb_ring, &got) == 1)
			;
		done += front_duties();
	}
	return done;
}

/* The octets of a request and an answer, copied in and out of the ring. */
__attribute__((noinline)) static void floor_copies(uint32_t count)
{
	static uint8_t a[USBIF_WIRE_URB_OCTETS], b[USBIF_WIRE_URB_OCTETS];

	while (count--) {
		memcpy(urb_ring, a, sizeof(a));
		memcpy(b, urb_ring, sizeof(b));
		memcpy(urb_ring, b, USBIF_WIRE_URB_RSP_OCTETS);
		memcpy(a, urb_ring, USBIF_WIRE_URB_RSP_OCTETS);
		__asm__ __volatile__("" : : : "memory");
	}
}

static void choose_type(const char *type)
{
	if (!strcmp(type, "control"))
		model.type = USBIF_XFER_CTRL;
	else if (!strcmp(type, "bulk"))
		model.type = USBIF_XFER_BULK;
	else if (!strcmp(type, "interrupt"))
		model.type = USBIF_XFER_INT;
	else if (!strcmp(type, "iso"))
		model.type = USBIF_XFER_ISO;
	else
		die("TYPE must be control, bulk, interrupt or iso");
}

static void describe(const char *type, uint32_t octets)
{
	choose_type(type);
	model.in = true;
	model.length = octets;
	model.max_packet = model.type == USBIF_XFER_CTRL ? 64 : 512;
	model.ep = model.type != USBIF_XFER_CTRL;
	model.packets = model.type == USBIF_XFER_ISO ? 8 : 0;
	model.setup[0] = 0x80;
	model.setup[6] = (uint8_t)octets;
	model.setup[7] = (uint8_t)(octets >> 8);
}

/* A device with one endpoint, which has been given its address. */
static void plug(uint8_t port)
{
	usbif_back_plug(&back, port, USBIF_WIRE_SPEED_HIGH);
	usbif_back_set_endpoint(&back, port, 1, true, model.type, 512, 0);
	back.port[port - 1].addr = port;
	back.port_of_addr[port] = port;
}

static void connect(void)
{
	const struct usbif_front_config f = { .num_ports = USBIF_MAX_PORTS,
		.usb_ver = 2, .ring_pages = PAGES, .depth = USBIF_MAX_SLOTS,
		.extended = true, .request_pages = request_pages };
	const struct usbif_back_config b = { .num_ports = USBIF_MAX_PORTS,
		.ring_pages = PAGES, .hc_depth = 1, .extended = true,
		.request_pages = request_pages };
	bool notify = false;
	uint8_t port;

	if (usbif_front_init(&front, &f, urb_ring, conn_ring) ||
	    usbif_back_init(&back, &b))
		die("cannot connect");
	for (port = 1; port <= devices; port++)
		plug(port);
	usbif_back_tell_ports(&back, conn_ring, &notify);
	while (usbif_front_take_conn(&front, conn_ring, &port, &notify) == 1)
		;
	if (!usbif_front_valid(&front) || !usbif_back_valid(&back))
		die("this is no connection");
}

int main(int argc, char **argv)
{
	uint32_t count;

	if (argc != 7)
		die("usage: urb_cost TYPE OCTETS COUNT DEPTH REQUEST_PAGES "
		    "DEVICES");
	devices = (uint8_t)strtoul(argv[6], NULL, 10);
	request_pages = (uint16_t)strtoul(argv[5], NULL, 10);
	count = (uint32_t)strtoul(argv[3], NULL, 10);
	describe(argv[1], (uint32_t)strtoul(argv[2], NULL, 10));
	connect();
	if (round_trips(count, (uint32_t)strtoul(argv[4], NULL, 10)) != count)
		die("URBs were lost");
	floor_copies(count);
	printf("%u URBs\n", count);
	return 0;
}
