/* SPDX-License-Identifier: MIT */
/*
 * A whole back in the hands of a lying front, with a host controller that
 * completes what it has in any order and way.  The state is valid after each
 * event; the duties of an event come to an end; what is submitted is completed
 * once, each slot answered once; and when all is over nothing is held.
 */
#include "request.h"
#include "shared.h"

#include "usbif/back.h"

#define MOST_DUTIES	(4 * USBIF_MAX_SLOTS + USBIF_MAX_PORTS)

enum slot_state { FREE, TAKEN, IN, AT_HC, AT_SHIM };

static struct usbif_back back;
static struct tape tape;
static uint8_t slot_is[USBIF_MAX_SLOTS];	/* enum slot_state */
static bool resetting[USBIF_MAX_PORTS + 1];
static uint32_t req_prod, conn_prod;		/* the front's */

static void begin(void)
{
	const struct usbif_back_config config = {
		.num_ports = USBIF_MAX_PORTS,
		.ring_pages = RING_PAGES,
		.hc_depth = (uint16_t)(1 + tape_pick(&tape, 3)),
		.request_pages = tape_pick(&tape, 2) ? 16 : 256,
		.extended = tape_pick(&tape, 4) != 0,
	};
	shared_init(&tape);
	memset(slot_is, FREE, sizeof(slot_is));
	memset(resetting, 0, sizeof(resetting));
	req_prod = 0;
	conn_prod = 0;
	must(usbif_back_init(&back, &config) == USBIF_OK);
}

static void describe(uint8_t port)
{
	uint8_t ep;

	for (ep = 1; ep <= USBIF_MAX_EPNUM; ep++) {
		uint8_t type = ep == 3 ? tape_pick(&tape, 2) : USBIF_XFER_BULK;

		usbif_back_set_endpoint(&back, port, ep, false, type, 64,
					ep & 1);
		usbif_back_set_endpoint(&back, port, ep, true, type, 64, 0);
	}
}

static void plug(uint8_t port)
{
	if (usbif_back_plug(&back, port, USBIF_WIRE_SPEED_HIGH) == USBIF_OK &&
	    !back.port[port - 1].leaving)
		describe(port);
}

static void done(uint16_t slot)
{
	static const int32_t statuses[] = {
		0, 0, 0, -32, -71, -75, -108, -104, -121, -19,
	};
	uint32_t asked = usbif_back_req(&back, slot)->length;
	uint32_t actual = tape_pick(&tape, 3) ? asked : tape_u8(&tape);

	slot_is[slot] = IN;
	must(usbif_back_done(&back, slot, statuses[tape_pick(&tape, 10)],
			     actual) == USBIF_OK);
}

/* A CANCEL may end its request inside the call. */
static void perform(const struct usbif_back_duty *duty)
{
	switch (duty->kind) {
	case USBIF_BACK_CANCEL:
		must(slot_is[duty->slot] == AT_HC);
		if (tape_pick(&tape, 2))
			done(duty->slot);
		break;
	case USBIF_BACK_RESET:
		must(!resetting[duty->port]);
		resetting[duty->port] = true;
		break;
	case USBIF_BACK_SUBMIT:
	case USBIF_BACK_SET_CONFIGURATION:
	case USBIF_BACK_SET_INTERFACE:
	case USBIF_BACK_CLEAR_HALT:
		must(slot_is[duty->slot] == IN);
		slot_is[duty->slot] = duty->kind == USBIF_BACK_SUBMIT ?
					      AT_HC : AT_SHIM;
		break;
	}
}

static void drain(void)
{
	struct usbif_back_duty duty;
	uint32_t n = 0;

	while (usbif_back_next(&back, &duty)) {
		must(++n <= MOST_DUTIES);
		perform(&duty);
	}
}

static void answers(void)
{
	struct usbif_bq_answer a;
	uint32_t n = 0;

	while (usbif_back_next_answer(&back, &a)) {
		must(++n <= USBIF_MAX_SLOTS && slot_is[a.slot] == IN);
		must(a.actual <= usbif_back_req(&back, a.slot)->length);
		slot_is[a.slot] = FREE;
		usbif_back_put_answer(&back, urb_pages, &a, 0, 0);
	}
	usbif_back_push(&back, urb_pages);
}

static void admit(uint16_t slot)
{
	must(slot_is[slot] == TAKEN);
	slot_is[slot] = IN;
	must(usbif_back_queue_of(&back, slot) < USBIF_MAX_QUEUES ||
	     usbif_back_queue_of(&back, slot) == USBIF_NONE);
	usbif_back_is_futile(&back, slot);
	/* Of a front that was found at fault nothing is let in any more. */
	if (usbif_back_fault(&back) != USBIF_FAULT_NONE)
		slot_is[slot] = TAKEN;
	if (usbif_back_admit(&back, slot, tape_once_in(&tape, 8) ?
			     USBIF_WIRE_ST_IOERROR : USBIF_WIRE_ST_OK) ==
	    USBIF_E_PEER)
		usbif_back_close(&back);
}

/* The event channel: a batch is taken, and then let in, in order. */
static void event(void)
{
	uint16_t slot[USBIF_MAX_SLOTS], most = tape_pick(&tape, 8), n = 0, i;
	bool notify = false;
	int result;

	do {
		result = usbif_back_take(&back, urb_pages, &slot[n]);
		if (result != 1)
			break;
		must(slot_is[slot[n]] == FREE);
		slot_is[slot[n]] = TAKEN;
	} while (n++ < most);
	for (i = 0; i < n; i++)
		admit(slot[i]);
	if (result < 0 || usbif_back_tell_ports(&back, conn_page, &notify) < 0)
		usbif_back_close(&back);
	if (usbif_back_sleep(&back, urb_pages, conn_page) < 0)
		usbif_back_close(&back);
}

static void request(void)
{
	request_make(&tape, USBIF_MAX_PORTS, USBIF_MAX_EPNUM + 1,
		     shared_slot(urb_pages, req_prod, back.urb_ring.slots,
				 USBIF_WIRE_URB_OCTETS));
	req_prod++;
	*shared_word(urb_pages, USBIF_WIRE_REQ_PROD) = req_prod;
}

static void post_conn(void)
{
	conn_prod += tape_pick(&tape, 4);
	*shared_word(conn_page, USBIF_WIRE_REQ_PROD) = conn_prod;
}

/* The n-th slot from a place on that the HC, or the shim, has. */
static void complete(void)
{
	uint8_t from = tape_u8(&tape), i;

	for (i = 0; i < USBIF_MAX_SLOTS; i++) {
		uint16_t slot = (uint16_t)(from + i) % USBIF_MAX_SLOTS;

		if (slot_is[slot] == AT_HC || slot_is[slot] == AT_SHIM) {
			done(slot);
			return;
		}
	}
}

static void reset_done(uint8_t port)
{
	if (!resetting[port])
		return;
	resetting[port] = false;
	usbif_back_reset_done(&back, port, tape_pick(&tape, 4) != 0);
}

static void scribble(void)
{
	uint32_t *pages = tape_pick(&tape, 2) ? urb_pages : conn_page;

	*shared_word(pages, 4u * tape_pick(&tape, 4)) = tape_u32(&tape);
}

static void happen_to_port(uint8_t port)
{
	switch (tape_pick(&tape, 8)) {
	case 0: usbif_back_unplug(&back, port); break;
	case 1: plug(port); break;
	case 2: usbif_back_rest(&back, port); break;
	case 3: usbif_back_rested(&back, port); break;
	case 4: usbif_back_hear(&back, urb_pages, tape_pick(&tape, 2)); break;
	default: reset_done(port); break;
	}
}

static void happen(void)
{
	switch (tape_pick(&tape, 12)) {
	case 0: case 1: case 2: case 3:	request(); break;
	case 4: case 5: case 6:		event(); break;
	case 7: case 8:			complete(); break;
	case 9:				answers(); break;
	case 10:
		happen_to_port((uint8_t)(1 + tape_pick(&tape,
						       USBIF_MAX_PORTS)));
		break;
	default:
		if (tape_once_in(&tape, 16))
			scribble();
		else
			post_conn();
		break;
	}
}

/* The connection is over: what is under way comes back, and that is all. */
static void wind_down(void)
{
	uint16_t slot;
	uint8_t port;

	usbif_back_close(&back);
	drain();
	for (slot = 0; slot < USBIF_MAX_SLOTS; slot++) {
		for (port = 1; port <= USBIF_MAX_PORTS; port++)
			reset_done(port);
		if (slot_is[slot] == AT_HC || slot_is[slot] == AT_SHIM)
			done(slot);
		drain();
	}
	answers();
	for (port = 1; port <= USBIF_MAX_PORTS; port++) {
		must(usbif_back_in_hc(&back, port) == 0);
		must(!back.port[port - 1].present);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets)
{
	uint16_t slot;
	uint8_t port;

	tape = (struct tape){ data, octets };
	begin();
	for (port = 1; port <= USBIF_MAX_PORTS; port++)
		plug(port);
	while (tape.left > 0) {
		happen();
		drain();
		must(usbif_back_valid(&back));
	}
	shared_is_quiet();
	wind_down();
	must(usbif_back_valid(&back));
	for (slot = 0; slot < USBIF_MAX_SLOTS; slot++)
		must(slot_is[slot] == FREE || slot_is[slot] == TAKEN);
	return 0;
}
