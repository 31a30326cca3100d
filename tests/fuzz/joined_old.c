/* SPDX-License-Identifier: MIT */
/*
 * A front that does not know the extension, as Linux' is: it puts each URB on
 * the ring when there is room, gives it back when it is answered, and asks for
 * an event on the next answer when the completion routines have returned and
 * their unlinks are on the ring.
 */
#include "joined.h"

#define TRANSFERS	(USBIF_MAX_SLOTS / 2)	/* the rest is for unlinks */

enum { FREE, PENDING, SENT };

struct old_urb {
	int state;
	bool unlinked;
	struct usbif_front_urb u;
};

/* Transfers have ids below TRANSFERS; that of an unlink is so much more. */
struct old_request {
	bool sent, unlink_sent;
	uint16_t entry;
};

static struct old_urb list[USBIF_MAX_URBS];
static struct old_request request[TRANSFERS];
static uint16_t pending[USBIF_MAX_URBS], n_pending;	/* in order */

void old_begin(void)
{
	memset(list, 0, sizeof(list));
	memset(request, 0, sizeof(request));
	n_pending = 0;
}

bool old_is_idle(void)
{
	uint16_t i;

	for (i = 0; i < USBIF_MAX_URBS; i++)
		if (list[i].state != FREE)
			return false;
	return true;
}

int old_submit(const struct usbif_front_urb *u)
{
	uint16_t i;

	for (i = 0; i < USBIF_MAX_URBS; i++) {
		if (list[i].state != FREE || w.given[i])
			continue;
		list[i].state = PENDING;
		list[i].unlinked = false;
		list[i].u = *u;
		pending[n_pending++] = i;
		return i;
	}
	return USBIF_E_SPACE;
}

int old_unlink(uint16_t entry)
{
	if (list[entry].state == FREE || list[entry].unlinked ||
	    w.given[entry])
		return USBIF_E_STATE;
	list[entry].unlinked = true;
	return USBIF_OK;
}

void old_retired(uint16_t entry)
{
	list[entry].state = FREE;
}

/* Its completion routine runs, and may unlink others. */
static void give_back(uint16_t entry, int32_t status, uint32_t length)
{
	guest_given_back(entry, status, length);
	while (tape_once_in(&w.tape, 3))
		guest_unlink(tape_pick(&w.tape, USBIF_MAX_URBS));
	guest_retire(entry);
}

static void forget_pending(uint16_t n)
{
	n_pending--;
	memmove(&pending[n], &pending[n + 1],
		(n_pending - n) * sizeof(pending[0]));
}

static void put(const struct usbif_msg_req *req)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	usbif_msg_encode_req(req, entry);
	must(!usbif_ring_put(&w.front.urb_ring, w.urb_pages, entry,
			     sizeof(entry)));
}

static void fill(struct usbif_msg_req *req, const struct usbif_front_urb *u)
{
	memset(req, 0, sizeof(*req));
	req->port = u->port;
	req->addr = u->addr;
	req->ep = u->ep;
	req->type = u->type;
	req->in = u->in;
}

static void send(uint16_t id, uint16_t entry)
{
	const struct usbif_front_urb *u = &list[entry].u;
	struct usbif_msg_req req;

	fill(&req, u);
	req.id = id;
	req.length = u->length;
	req.flags = u->short_not_ok ? USBIF_WIRE_FLAG_SHORT_NOT_OK : 0;
	req.packets = u->packets;
	memcpy(req.setup, u->setup, sizeof(req.setup));
	req.nr_segs = (uint8_t)((u->length + 4095) / 4096);
	req.nr_desc_segs = u->packets != 0;
	guest_fill_segs(req.seg, u->length, u->packets);
	guest_fill(&w.piece[id], w.number[entry], u, 0, u->length);
	put(&req);
	request[id].sent = true;
	request[id].entry = entry;
	list[entry].state = SENT;
}

static void send_unlink(uint16_t target)
{
	struct usbif_msg_req req;

	fill(&req, &list[request[target].entry].u);
	req.id = (uint16_t)(TRANSFERS + target);
	req.unlink = true;
	req.unlink_id = target;
	put(&req);
	request[target].unlink_sent = true;
}

/* The first URB that was unlinked before it was sent. */
static bool give_up_pending(void)
{
	uint16_t n, entry;

	for (n = 0; n < n_pending; n++) {
		entry = pending[n];
		if (!list[entry].unlinked)
			continue;
		forget_pending(n);
		give_back(entry, USBIF_WIRE_ST_IOERROR, 0);
		return true;
	}
	return false;
}

static void send_unlinks(void)
{
	uint16_t id;

	for (id = 0; id < TRANSFERS; id++)
		if (request[id].sent && !request[id].unlink_sent &&
		    list[request[id].entry].unlinked)
			send_unlink(id);
}

static void send_pending(void)
{
	uint16_t id;

	for (id = 0; id < TRANSFERS && n_pending > 0; id++) {
		if (request[id].sent || request[id].unlink_sent)
			continue;
		send(id, pending[0]);
		forget_pending(0);
	}
}

void old_push(void)
{
	if (w.guest.dead)
		return;
	while (give_up_pending())
		;
	send_unlinks();
	send_pending();
	usbif_ring_push(&w.front.urb_ring, w.urb_pages);
}

static void answered(const struct usbif_msg_rsp *rsp)
{
	uint16_t entry;

	must(rsp->id < 2 * TRANSFERS);
	if (rsp->id >= TRANSFERS) {
		must(request[rsp->id - TRANSFERS].unlink_sent);
		request[rsp->id - TRANSFERS].unlink_sent = false;
		return;
	}
	must(request[rsp->id].sent);
	request[rsp->id].sent = false;
	entry = request[rsp->id].entry;
	guest_received(entry, &w.piece[rsp->id], rsp->actual);
	give_back(entry, rsp->status, rsp->actual);
}

void old_take(uint32_t answers)
{
	uint8_t entry[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_msg_rsp rsp;
	int more = 1;

	while (answers-- > 0) {
		more = usbif_ring_take(&w.front.urb_ring, w.urb_pages, entry,
				       sizeof(entry));
		must(more >= 0);
		if (more == 0)
			break;
		must(!usbif_msg_decode_rsp(entry, true, &rsp));
		must(usbif_msg_status_known(rsp.status, false) ||
		     rsp.status == USBIF_WIRE_ST_OK);
		answered(&rsp);
	}
	guest_drain();
	if (more == 0)
		must(usbif_ring_sleep(&w.front.urb_ring, w.urb_pages) >= 0);
}

void old_shutdown(void)
{
	uint16_t entry;

	n_pending = 0;
	memset(request, 0, sizeof(request));
	for (entry = 0; entry < USBIF_MAX_URBS; entry++)
		if (list[entry].state != FREE && !w.given[entry])
			give_back(entry, USBIF_WIRE_ST_SHUTDOWN, 0);
}
