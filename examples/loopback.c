/* SPDX-License-Identifier: MIT */
/*
 * A front, a back and a made-up device in one process: the life of one
 * control transfer.  A real shim has pages that Xen grants where this has
 * one array, and threads where this has straight code.
 */
#include <stdio.h>

#include "usbif/back.h"
#include "usbif/front.h"

static struct usbif_front front;
static struct usbif_back back;
static uint32_t urb_ring[1024], conn_ring[1024];	/* the shared pages */
static uint8_t page[4096];		/* a granted page */

/* What a driver in the guest does with its URB. */
static void complete(const struct usbif_fq_duty *end)
{
	printf("URB %u: status %d, %u octets, vendor %02x%02x\n", end->urb,
	       (int)end->status, end->length, page[9], page[8]);
}

/* What the device does with a request: it has a vendor. */
static void execute(void)
{
	page[8] = 0x09;
	page[9] = 0x12;
}

/* The guest's end: put what may be sent on the ring, give back what ended. */
static void front_duties(void)
{
	struct usbif_msg_seg seg = { .gref = 1, .offset = 0, .length = 18 };
	struct usbif_fq_duty duty;

	while (usbif_front_next(&front, &duty)) {
		if (duty.kind == USBIF_FQ_SEND)
			usbif_front_put(&front, urb_ring, &duty, &seg, 1, 0);
		if (duty.kind == USBIF_FQ_GIVEBACK) {
			complete(&duty);	/* it may submit and unlink */
			usbif_front_retired(&front, duty.urb);
		}
	}
	usbif_front_push(&front, urb_ring);
}

/* The device's end: execute the requests on the ring, answer them. */
static void back_duties(void)
{
	struct usbif_back_duty duty;
	struct usbif_bq_answer answer;
	uint16_t slot;

	while (usbif_back_take(&back, urb_ring, &slot) == 1)
		usbif_back_admit(&back, slot, USBIF_WIRE_ST_OK);
	while (usbif_back_next(&back, &duty)) {
		execute();		/* in a shim: some time later */
		usbif_back_done(&back, duty.slot, USBIF_WIRE_ST_OK, 18);
	}
	while (usbif_back_next_answer(&back, &answer))
		usbif_back_put_answer(&back, urb_ring, &answer, 0, 0);
	usbif_back_push(&back, urb_ring);
}

int main(void)
{
	struct usbif_front_config front_config = {
		.num_ports = 1, .usb_ver = 2, .ring_pages = 1,
		.depth = USBIF_FRONT_DEPTH, .extended = true };
	struct usbif_back_config back_config = {
		.num_ports = 1, .ring_pages = 1, .hc_depth = 1,
		.extended = true };
	struct usbif_front_urb get_descriptor = {
		.port = 1, .type = USBIF_XFER_CTRL, .in = true,
		.max_packet = 64, .length = 18,
		.setup = { 0x80, 0x06, 0x00, 0x01, 0, 0, 18, 0 } };
	struct usbif_front_received got;
	bool notify = false;
	uint8_t port = 0;

	if (usbif_front_init(&front, &front_config, urb_ring, conn_ring) ||
	    usbif_back_init(&back, &back_config))
		return 1;

	usbif_back_plug(&back, 1, USBIF_WIRE_SPEED_HIGH);
	usbif_back_tell_ports(&back, conn_ring, &notify);
	usbif_front_take_conn(&front, conn_ring, &port, &notify);
	printf("port %u: a device\n", port);

	usbif_front_submit(&front, &get_descriptor);
	front_duties();			/* the request goes out */
	back_duties();			/* it is executed and answered */
	while (usbif_front_take(&front, urb_ring, &got) == 1)
		;			/* its octets are in the page */
	front_duties();			/* the URB is given back */
	return usbif_fq_is_idle(&front.fq) ? 0 : 1;
}
