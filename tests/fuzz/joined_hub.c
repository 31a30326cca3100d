/* SPDX-License-Identifier: MIT */
/*
 * The guest's hub driver: it resets the port of a device that came, or that a
 * driver wants reset, and addresses the device; all by what the root hub says.
 */
#include "joined.h"

#include "usbif/hub.h"

#define TO_PORT		0x23u
#define FROM_PORT	0xa3u
#define CLEAR_FEATURE	1u
#define SET_FEATURE	3u
#define PORT_RESET	4u
#define PORT_POWER	8u
#define C_PORT_CONNECTION	16u
#define C_PORT_RESET	20u
#define SET_ADDRESS	5u

static void feature(uint8_t request, uint16_t which)
{
	must(usbif_hub_control(&w.front.hub, TO_PORT, request, which, PORT, 0,
			       w.guest.now_ms, NULL, 0) == 0);
}

/* Status and, above it, change bits. */
static uint32_t port_status(void)
{
	uint8_t buf[4];

	must(usbif_hub_control(&w.front.hub, FROM_PORT, 0, 0, PORT, 4,
			       w.guest.now_ms, buf, 4) == 4);
	return buf[0] | (uint32_t)buf[1] << 8 | (uint32_t)buf[2] << 16;
}

void hub_begin(void)
{
	memset(&w.guest, 0, sizeof(w.guest));
	w.guest.own = NOBODY;
	feature(SET_FEATURE, PORT_POWER);
}

/* usbcore has every URB of a device back before it looks for the next one. */
void hub_port_changed(uint16_t device)
{
	uint32_t status = port_status();

	must(status >> 16 & USBIF_PORT_C_CONNECTION);
	feature(CLEAR_FEATURE, C_PORT_CONNECTION);
	w.guest.state = NO_DEVICE;
	if (!(status & USBIF_PORT_CONNECTION))
		return;
	w.guest.state = TO_RESET;
	w.guest.device = device;
	w.guest.addressed = false;
	w.guest.flush = w.peers == REF_OLD_FRONT;
}

static void start_reset(void)
{
	if (w.guest.own != NOBODY)
		return;
	if (w.guest.flush && !guest_is_idle()) {
		guest_unlink_all();
		return;
	}
	w.guest.flush = false;
	feature(SET_FEATURE, PORT_RESET);
	must(port_status() & USBIF_PORT_RESET);
	w.guest.state = RESETTING;
}

static void end_reset(void)
{
	uint32_t status;

	w.guest.now_ms = usbif_hub_deadline(&w.front.hub);
	must(w.guest.now_ms != USBIF_HUB_NEVER);
	must(usbif_hub_tick(&w.front.hub, w.guest.now_ms));
	status = port_status();
	must(status & USBIF_PORT_ENABLE);
	must(status >> 16 & USBIF_PORT_C_RESET);
	feature(CLEAR_FEATURE, C_PORT_RESET);
	w.guest.state = ADDRESSING;
}

static void set_address(void)
{
	struct usbif_front_urb u;
	int entry;

	if (w.guest.own != NOBODY)
		return;
	memset(&u, 0, sizeof(u));
	u.port = PORT;
	u.type = USBIF_XFER_CTRL;
	u.max_packet = PACKET;
	u.setup[1] = SET_ADDRESS;
	w.guest.next_addr = (uint8_t)(1 + tape_pick(&w.tape, 2));
	u.setup[2] = w.guest.next_addr;
	entry = guest_send(&u, NOBODY);
	if (entry < 0)
		return;
	w.guest.own = (uint16_t)entry;
	guest_drain();
}

/* A device that had an address is reset before it gets another. */
static void check_reset(void)
{
	if (w.device != w.guest.device || w.peers == REF_OLD_BACK)
		return;
	if (w.guest.addressed)
		must(w.resets != w.guest.resets);
	if (w.what & 2)
		must(w.resets != 0);
}

void hub_own_is_back(int32_t status)
{
	w.guest.own = NOBODY;
	if (w.guest.state != ADDRESSING)
		return;
	w.guest.state = TO_RESET;
	if (status != USBIF_WIRE_ST_OK)
		return;
	check_reset();
	w.guest.addressed = true;
	w.guest.resets = w.resets;
	w.guest.state = READY;
	w.guest.addr = w.guest.next_addr;
}

/* A driver has its device reset, which nothing else may use meanwhile. */
void hub_wants_reset(void)
{
	if (w.guest.state != READY)
		return;
	w.guest.state = TO_RESET;
	w.guest.flush = true;
}

void hub_step(void)
{
	switch (w.guest.state) {
	case TO_RESET:
		start_reset();
		break;
	case RESETTING:
		end_reset();
		break;
	case ADDRESSING:
		set_address();
		break;
	case NO_DEVICE:
	case READY:
		break;
	}
}
