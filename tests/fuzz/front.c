/* SPDX-License-Identifier: MIT */
/*
 * A whole front in the hands of a lying back, which knows what a good answer
 * is and often gives one.  The state is valid after each event, each URB is
 * given back once, with no more octets than it asked for, and the duties of an
 * event come to an end.
 */
#include "shared.h"

#include "usbif/front.h"

#define MOST_DUTIES	(USBIF_MAX_URBS + 2 * USBIF_MAX_SLOTS)

enum entry_state { FREE, HELD, GIVEN };

static struct usbif_front front;
static struct tape tape;
static uint8_t entry[USBIF_MAX_URBS];	/* enum entry_state */
static uint32_t urb_prod, conn_prod;	/* the back's */
static bool over;

static void begin(void)
{
	const struct usbif_front_config config = {
		.num_ports = USBIF_MAX_PORTS,
		.usb_ver = (uint8_t)(1 + tape_pick(&tape, 2)),
		.ring_pages = RING_PAGES,
		.depth = (uint16_t)(1 + tape_pick(&tape, 8)),
		.request_pages = tape_pick(&tape, 2) ? 16 : 64,
		.extended = tape_pick(&tape, 4) != 0,
	};

	shared_init(&tape);
	memset(entry, FREE, sizeof(entry));
	urb_prod = 0;
	conn_prod = 0;
	over = false;
	must(usbif_front_init(&front, &config, urb_pages, conn_page) ==
	     USBIF_OK);
}

static void plug_all(void)
{
	uint8_t port;

	for (port = 1; port <= USBIF_MAX_PORTS; port++) {
		usbif_fq_fresh(&front.fq, port);
		usbif_hub_connect(&front.hub, port, USBIF_WIRE_SPEED_HIGH);
	}
}

static void put(const struct usbif_fq_duty *duty)
{
	static const struct usbif_msg_seg seg[USBIF_WIRE_MAX_SEGS];
	uint32_t pages = (duty->length + 4095) / 4096;

	if (duty->kind == USBIF_FQ_UNLINK) {
		usbif_front_put(&front, urb_pages, duty, NULL, 0, 0);
		return;
	}
	must(duty->length <= front.urb[duty->urb].length);
	if (pages <= USBIF_WIRE_MAX_SEGS)
		usbif_front_put(&front, urb_pages, duty, seg, (uint8_t)pages,
				0);
	else
		usbif_front_put_indirect(&front, urb_pages, duty, seg, 1,
					 (uint16_t)pages);
}

/* A driver may take its time to return from a completion routine. */
static void drain(void)
{
	struct usbif_fq_duty duty;
	uint32_t n = 0;

	while (usbif_front_next(&front, &duty)) {
		must(++n <= MOST_DUTIES);
		if (duty.kind != USBIF_FQ_GIVEBACK) {
			must(!over);
			put(&duty);
			continue;
		}
		must(entry[duty.urb] == HELD);
		must(duty.length <= front.urb[duty.urb].length);
		entry[duty.urb] = GIVEN;
	}
	usbif_front_push(&front, urb_pages);
}

static void end(void)
{
	over = true;
	usbif_front_shutdown(&front);
	drain();
}

static void heed(int result)
{
	if (result == USBIF_E_PEER && !over)
		end();
}

static void submit(void)
{
	struct usbif_front_urb u;
	int urb;

	memset(&u, 0, sizeof(u));
	u.port = (uint8_t)(1 + tape_pick(&tape, USBIF_MAX_PORTS + 1));
	u.ep = tape_pick(&tape, USBIF_MAX_EPNUM + 2);
	u.type = u.ep == 0 ? USBIF_XFER_CTRL : tape_pick(&tape, 4);
	u.addr = tape_pick(&tape, 4);
	u.in = tape_pick(&tape, 2) != 0;
	u.short_not_ok = tape_pick(&tape, 2) != 0;
	u.max_packet = (uint16_t)(8 << tape_pick(&tape, 7));
	u.length = tape_once_in(&tape, 8) ? tape_u32(&tape) % 1000000 :
					    tape_u8(&tape);
	u.packets = 1;
	u.setup[0] = u.in ? 0x80 : 0;
	u.setup[6] = (uint8_t)u.length;
	u.setup[7] = (uint8_t)(u.length >> 8);
	urb = usbif_front_submit(&front, &u);
	must(urb < USBIF_MAX_URBS);
	if (urb < 0)
		return;
	must(!over && entry[urb] == FREE);
	entry[urb] = HELD;
}

static void unlink_some(void)
{
	uint16_t urb = tape_pick(&tape, USBIF_MAX_URBS + 1);

	if (usbif_front_unlink(&front, urb) == USBIF_OK)
		must(entry[urb] == HELD);
}

static void retire_some(void)
{
	uint16_t urb = tape_pick(&tape, USBIF_MAX_URBS + 1);
	int result = usbif_front_retired(&front, urb);

	must((result == USBIF_OK) == (urb < USBIF_MAX_URBS &&
				      entry[urb] == GIVEN));
	if (result == USBIF_OK)
		entry[urb] = FREE;
}

/* The n-th id in flight from a place on; any at all if there is none. */
static uint16_t some_id(void)
{
	uint16_t from = tape_u8(&tape), i;

	for (i = 0; i < USBIF_MAX_SLOTS; i++) {
		uint16_t id = (uint16_t)(from + i) % USBIF_MAX_SLOTS;

		if (usbif_ids_kind(&front.fq.ids, id) != USBIF_ID_FREE)
			return id;
	}
	return from;
}

static uint32_t some_length(uint16_t id)
{
	uint32_t asked = id < USBIF_MAX_SLOTS ? front.fq.req[id].length : 0;

	switch (tape_pick(&tape, 6)) {
	case 0:
		return 0;
	case 1:
		return asked / 2 & ~511u;
	case 2:
		return asked / 2;
	case 3:
		return tape_once_in(&tape, 8) ? tape_u32(&tape) : asked;
	default:
		return asked;
	}
}

static void answer(void)
{
	static const int32_t statuses[] = {
		0, 0, 0, -19, -22, -32, -71, -75, -108, -2, -11, -11, -104,
		-121, 5,
	};
	struct usbif_msg_rsp rsp;
	uint8_t *slot = shared_slot(urb_pages, urb_prod, front.urb_ring.slots,
				    USBIF_WIRE_URB_OCTETS);

	memset(&rsp, 0, sizeof(rsp));
	rsp.id = tape_once_in(&tape, 16) ? tape_u16(&tape) : some_id();
	rsp.status = statuses[tape_pick(&tape, 15)];
	rsp.actual = some_length(rsp.id);
	usbif_msg_encode_rsp(&rsp, slot);
	urb_prod++;
	*shared_word(urb_pages, USBIF_WIRE_RSP_PROD) = urb_prod;
}

static void tell_port(void)
{
	struct usbif_msg_conn conn = {
		.id = tape_once_in(&tape, 16) ? tape_u16(&tape) :
			(uint16_t)(conn_prod % front.conn_ring.slots),
		.port = (uint8_t)(1 + tape_pick(&tape, USBIF_MAX_PORTS)),
		.speed = tape_pick(&tape, 4),
	};

	if (tape_once_in(&tape, 32))
		conn.port = tape_u8(&tape);
	usbif_msg_encode_conn(&conn, shared_slot(conn_page, conn_prod,
						 front.conn_ring.slots,
						 USBIF_WIRE_CONN_OCTETS));
	conn_prod++;
	*shared_word(conn_page, USBIF_WIRE_RSP_PROD) = conn_prod;
}

static void scribble(void)
{
	uint32_t *pages = tape_pick(&tape, 2) ? urb_pages : conn_page;
	uint32_t word = 4u * tape_pick(&tape, 4);

	*shared_word(pages, word) = tape_u32(&tape);
}

/* The event channel. */
static void event(void)
{
	struct usbif_front_received got;
	bool notify = false;
	uint32_t n = 0;
	uint8_t port = 0;
	int result;

	do {
		while ((result = usbif_front_take(&front, urb_pages, &got)) ==
		       1) {
			must(++n <= USBIF_MAX_SLOTS);
			if (got.part.urb != USBIF_NONE)
				must(got.part.offset + got.part.length <=
				     front.urb[got.part.urb].length);
		}
		heed(result);
		while ((result = usbif_front_take_conn(&front, conn_page, &port,
						       &notify)) == 1)
			must(port >= 1 && port <= USBIF_MAX_PORTS);
		heed(result);
		drain();
	} while (usbif_front_sleep(&front, urb_pages, conn_page) == 1 &&
		 tape.left > 0);
}

static void hub(void)
{
	uint8_t buf[16], cap = tape_pick(&tape, sizeof(buf) + 1);
	uint8_t type = tape_u8(&tape), request = tape_u8(&tape);
	uint16_t value = tape_pick(&tape, 32), index = tape_pick(&tape, 6);
	uint64_t now_ms = tape_u8(&tape);
	int n = usbif_hub_control(&front.hub, type, request, value, index,
				  tape_u8(&tape), now_ms, buf, cap);

	must(n == USBIF_E_ARG || (n >= 0 && n <= cap));
	usbif_hub_tick(&front.hub, now_ms + tape_u8(&tape));
	must(usbif_hub_valid(&front.hub));
}

static void happen(void)
{
	switch (tape_pick(&tape, 16)) {
	case 0: case 1: case 2:	submit(); break;
	case 3: case 4:		unlink_some(); break;
	case 5: case 6: case 7:	answer(); break;
	case 8: case 9:		retire_some(); break;
	case 10: case 11:	event(); break;
	case 12:		tell_port(); break;
	case 13:		heed(usbif_front_tick(&front)); break;
	case 14:		hub(); break;
	default:
		if (tape_once_in(&tape, 8))
			scribble();
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets)
{
	uint16_t urb;

	tape = (struct tape){ data, octets };
	begin();
	if (tape_pick(&tape, 8) != 0)
		plug_all();
	while (tape.left > 0) {
		happen();
		if (!over)
			drain();
		if (usbif_front_fault(&front) == USBIF_FAULT_NONE)
			must(usbif_front_valid(&front));
	}
	shared_is_quiet();
	end();
	for (urb = 0; urb < USBIF_MAX_URBS; urb++) {
		must(entry[urb] != HELD);
		if (entry[urb] == GIVEN)
			must(usbif_front_retired(&front, urb) == USBIF_OK);
	}
	must(usbif_fq_is_idle(&front.fq));
	return 0;
}
