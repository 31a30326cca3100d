/* SPDX-License-Identifier: MIT */
/*
 * A guest: a driver that submits, unlinks and takes its time to return from
 * completion routines, and what is below it, our front or an old one.
 */
#include "joined.h"

static bool is_old(void)
{
	return w.peers == REF_OLD_FRONT;
}

/* A request is 16 pages, or 64 by an array of segments. */
void guest_begin(void)
{
	struct usbif_front_config f = {
		.num_ports = PORT, .usb_ver = 2, .ring_pages = RING_PAGES,
		.extended = w.peers == REF_BOTH_NEW,
	};

	f.depth = (uint16_t)(1 + tape_pick(&w.tape, 8));
	f.request_pages = tape_pick(&w.tape, 2) ? 16 : 64;
	memset(w.urb_pages, 0, sizeof(w.urb_pages));
	memset(w.conn_page, 0, sizeof(w.conn_page));
	memset(w.given, 0, sizeof(w.given));
	memset(w.piece, 0, sizeof(w.piece));
	must(!usbif_front_init(&w.front, &f, w.urb_pages, w.conn_page));
	old_begin();
	hub_begin();
}

/* What the guest puts into the pages of a request. */
void guest_fill(struct piece *piece, uint16_t number,
		const struct usbif_front_urb *u, uint32_t offset,
		uint32_t length)
{
	struct usbif_msg_iso iso[REF_PACKETS];
	uint32_t i;

	piece->urb = number;
	piece->endpoint = u->ep + (u->ep != 0 && u->in ? 3u : 0u);
	piece->offset = offset;
	piece->length = length;
	piece->is_last = offset + length == u->length;
	piece->packets = u->packets;
	memset(iso, 0, sizeof(iso));
	for (i = 0; i < piece->packets; i++) {
		iso[i].offset = i * PACKET;
		iso[i].length = PACKET;
	}
	usbif_msg_encode_iso(iso, (uint16_t)piece->packets, piece->descs);
}

/* A segment for each page, as many as fit; and one for descriptors. */
void guest_fill_segs(struct usbif_msg_seg *seg, uint32_t length,
		     uint32_t packets)
{
	uint32_t i;

	memset(seg, 0, USBIF_WIRE_MAX_SEGS * sizeof(*seg));
	for (i = 0; length > 0 && i < USBIF_WIRE_MAX_SEGS; i++) {
		seg[i].length = (uint16_t)(length < 4096 ? length : 4096);
		length -= seg[i].length;
	}
	if (packets != 0)
		seg[i].length = (uint16_t)(packets *
					   USBIF_WIRE_ISO_DESC_OCTETS);
}

/* Where there are too many segments, their array has its own. */
static void put(const struct usbif_fq_duty *duty)
{
	const struct usbif_front_urb *u = &w.front.urb[duty->urb];
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_SEGS];
	uint32_t pages = (duty->length + 4095) / 4096;

	guest_fill(&w.piece[duty->id], w.number[duty->urb], u, duty->offset,
		   duty->length);
	guest_fill_segs(seg, duty->length, u->packets);
	if (pages <= USBIF_WIRE_MAX_SEGS) {
		must(!usbif_front_put(&w.front, w.urb_pages, duty, seg,
				      (uint8_t)pages, u->packets != 0));
		return;
	}
	seg[0].length = (uint16_t)(pages * USBIF_WIRE_SEG_OCTETS);
	must(!usbif_front_put_indirect(&w.front, w.urb_pages, duty, seg, 1,
				       (uint16_t)pages));
}

static void check_packets(uint16_t entry)
{
	uint32_t i;

	for (i = 0; i < w.front.urb[entry].packets; i++)
		ref_packet_given(w.number[entry], i, w.iso[entry][i].status,
				 w.iso[entry][i].actual);
}

void guest_given_back(uint16_t entry, int32_t status, uint32_t length)
{
	must(!w.given[entry]);
	must(w.have[entry] == length);
	w.given[entry] = true;
	w.status[entry] = status;
	if (w.number[entry] == NOBODY)
		return;
	check_packets(entry);
	ref_given_back(w.number[entry], status, length);
}

void guest_drain(void)
{
	struct usbif_fq_duty duty;

	if (is_old()) {
		old_push();
		return;
	}
	while (usbif_front_next(&w.front, &duty)) {
		if (duty.kind == USBIF_FQ_SEND)
			put(&duty);
		else if (duty.kind == USBIF_FQ_UNLINK)
			must(!usbif_front_put(&w.front, w.urb_pages, &duty,
					      NULL, 0, 0));
		else
			guest_given_back(duty.urb, duty.status, duty.length);
	}
	usbif_front_push(&w.front, w.urb_pages);
	must(usbif_front_valid(&w.front));
}

/* Submit without duties; an entry, or why not. */
int guest_send(const struct usbif_front_urb *u, uint16_t number)
{
	int entry = is_old() ? old_submit(u) :
			       usbif_front_submit(&w.front, u);
	uint32_t i;

	if (entry < 0)
		return entry;
	w.number[entry] = number;
	w.given[entry] = false;
	w.have[entry] = 0;
	memset(w.iso[entry], 0, sizeof(w.iso[entry]));
	for (i = 0; i < u->packets; i++)
		w.iso[entry][i].length = PACKET;
	return entry;
}

/* An old front has no more than one request for an URB. */
static uint32_t some_length(uint32_t endpoint)
{
	if (endpoint == 0)
		return tape_pick(&w.tape, 5) * 32u;
	switch (tape_pick(&w.tape, 8)) {
	case 0:
		return 0;
	case 1:
		if (is_old())
			return 60000;
		return 60000 + tape_u8(&w.tape) * 512u;
	case 2:
		return tape_u8(&w.tape);
	default:
		return PACKET * (1u + tape_pick(&w.tape, 4));
	}
}

static void fill(struct usbif_front_urb *u, uint32_t endpoint)
{
	memset(u, 0, sizeof(*u));
	u->port = PORT;
	u->addr = w.guest.addr;
	u->ep = ep_of(endpoint);
	u->type = type_of(endpoint);
	u->in = endpoint > 3 || (endpoint == 0 && tape_pick(&w.tape, 2));
	u->max_packet = PACKET;
	if (is_iso(endpoint)) {
		u->packets = (uint16_t)(1 + tape_pick(&w.tape, REF_PACKETS));
		u->length = u->packets * PACKET;
		return;
	}
	u->short_not_ok = tape_pick(&w.tape, 2) != 0;
	u->length = some_length(endpoint);
	u->setup[0] = u->in ? 0xc0 : 0x40;
	u->setup[6] = (uint8_t)u->length;
	u->setup[7] = (uint8_t)(u->length >> 8);
}

void guest_submit(void)
{
	uint32_t endpoint = tape_pick(&w.tape, REF_ENDPOINTS);
	struct usbif_front_urb u;
	int entry;

	if (ref_is_full() || w.guest.dead || w.guest.state != READY)
		return;
	fill(&u, endpoint);
	entry = guest_send(&u, 0);
	if (entry < 0)
		return;
	w.number[entry] = ref_submit(w.guest.device, endpoint, u.length,
				     u.short_not_ok, u.packets);
	guest_drain();
}

void guest_unlink(uint16_t entry)
{
	int err = is_old() ? old_unlink(entry) :
			     usbif_front_unlink(&w.front, entry);

	if (err == USBIF_OK && w.number[entry] != NOBODY)
		ref_unlink(w.number[entry]);
	guest_drain();
}

void guest_unlink_all(void)
{
	uint16_t entry;

	for (entry = 0; entry < USBIF_MAX_URBS; entry++)
		guest_unlink(entry);
}

bool guest_is_idle(void)
{
	return is_old() ? old_is_idle() : usbif_fq_is_idle(&w.front.fq);
}

/* A completion routine returns. */
void guest_retire(uint16_t entry)
{
	if (!w.given[entry])
		return;
	w.given[entry] = false;
	if (w.number[entry] != NOBODY)
		ref_retired(w.number[entry]);
	if (is_old())
		old_retired(entry);
	else
		must(usbif_front_retired(&w.front, entry) == USBIF_OK);
	if (w.number[entry] == NOBODY)
		hub_own_is_back(w.status[entry]);
	guest_drain();
}

void guest_received(uint16_t entry, const struct piece *piece,
		    uint32_t actual)
{
	w.have[entry] += actual;
	usbif_msg_merge_iso(piece->descs, (uint16_t)piece->packets,
			    w.iso[entry]);
}

static void take(uint32_t most)
{
	struct usbif_front_received got;

	while (most-- > 0) {
		int result = usbif_front_take(&w.front, w.urb_pages, &got);
		uint16_t entry = got.part.urb;

		must(result >= 0);
		if (result == 0)
			break;
		if (entry == USBIF_NONE)
			continue;
		must(got.part.length == 0 ||
		     w.have[entry] == got.part.offset);
		guest_received(entry, &w.piece[got.id], got.part.length);
	}
}

static void take_ports(void)
{
	uint16_t slots = w.front.conn_ring.slots;
	bool notify = false;
	uint8_t port;
	int result;

	for (;;) {
		uint32_t seq = w.front.conn_ring.rsp_seq;

		result = usbif_front_take_conn(&w.front, w.conn_page, &port,
					       &notify);
		must(result >= 0);
		if (result == 0)
			break;
		hub_port_changed(w.told[seq % slots]);
	}
}

void guest_event(uint32_t answers)
{
	if (w.guest.dead)
		return;
	if (is_old()) {
		old_take(answers);
		take_ports();
	} else {
		take(answers);
		take_ports();
		guest_drain();
		must(usbif_front_sleep(&w.front, w.urb_pages,
				       w.conn_page) >= 0);
	}
}

void guest_shutdown(void)
{
	if (w.guest.dead)
		return;
	w.guest.dead = true;
	ref_lost();
	usbif_front_shutdown(&w.front);
	w.guest.state = NO_DEVICE;
	if (is_old())
		old_shutdown();
	else
		guest_drain();
}
