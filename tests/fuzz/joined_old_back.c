/* SPDX-License-Identifier: MIT */
/*
 * A back that does not know the extension, as QEMU's is: it hands over what
 * arrives, whatever became of the request before, answers in the order in
 * which they end, has few words for an end, and forgets what moved of a
 * request that was unlinked.
 */
#include "joined.h"

#define SET_ADDRESS	5u
#define ST_TIMEDOUT	(-110)	/* no status of the protocol's */

struct answer {
	uint16_t id;
	uint16_t slot;		/* or NOBODY: of an unlink */
	int32_t status;
	uint32_t actual;
};

static bool used[USBIF_MAX_SLOTS];
static uint16_t id_of[USBIF_MAX_SLOTS];
static struct answer answer[USBIF_MAX_SLOTS];
static uint16_t n_answers;

void old_back_begin(void)
{
	memset(used, 0, sizeof(used));
	n_answers = 0;
}

static void add_answer(uint16_t id, uint16_t slot, int32_t status,
		       uint32_t actual)
{
	struct answer *a = &answer[n_answers++];

	a->id = id;
	a->slot = slot;
	a->status = status;
	a->actual = actual;
}

static void unlink_request(const struct usbif_msg_req *req)
{
	uint16_t slot;

	add_answer(req->id, NOBODY, USBIF_WIRE_ST_OK, 0);
	for (slot = 0; slot < USBIF_MAX_SLOTS; slot++)
		if (used[slot] && id_of[slot] == req->unlink_id)
			w.transfer[slot].cancelled = true;
}

static void admit(const struct usbif_msg_req *req)
{
	uint16_t slot = 0;

	if (req->unlink) {
		unlink_request(req);
		return;
	}
	must(req->flags == 0);
	while (used[slot])
		slot++;
	used[slot] = true;
	id_of[slot] = req->id;
	memset(&w.transfer[slot], 0, sizeof(w.transfer[slot]));
	w.transfer[slot].piece = w.piece[req->id];
	w.transfer[slot].in = req->in;
	if (req->ep == 0 && req->setup[0] == 0 && req->setup[1] == SET_ADDRESS)
		add_answer(req->id, slot, USBIF_WIRE_ST_OK, 0);
	else
		hc_submit(slot);
}

void old_back_event(uint32_t requests)
{
	struct usbif_msg_limits limits = { .num_ports = 1 };
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	while (requests-- > 0 &&
	       usbif_ring_take(&w.back.urb_ring, w.urb_pages, entry,
			       sizeof(entry)) == 1) {
		must(!usbif_msg_decode_req(entry, &limits, &req));
		admit(&req);
	}
}

void old_back_done(uint16_t slot, int32_t status)
{
	static const int32_t vague[] = {
		USBIF_WIRE_ST_IOERROR, USBIF_WIRE_ST_SHUTDOWN, ST_TIMEDOUT,
	};
	const struct transfer *t = &w.transfer[slot];
	uint32_t actual = t->actual;

	if (status == USBIF_WIRE_ST_CANCELLED && tape_pick(&w.tape, 2))
		actual = 0;
	if (status == USBIF_WIRE_ST_CANCELLED ||
	    status == USBIF_WIRE_ST_IOERROR)
		status = vague[tape_pick(&w.tape, 3)];
	add_answer(id_of[slot], slot, status, actual);
}

static void put(const struct answer *a)
{
	uint8_t entry[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_msg_rsp rsp = {
		.id = a->id, .status = a->status, .actual = a->actual,
	};

	if (a->slot != NOBODY) {
		const struct transfer *t = &w.transfer[a->slot];

		rsp.errors = t->errors;
		usbif_msg_encode_iso(t->iso, (uint16_t)t->piece.packets,
				     w.piece[a->id].descs);
		used[a->slot] = false;
	}
	usbif_msg_encode_rsp(&rsp, entry);
	must(!usbif_ring_put(&w.back.urb_ring, w.urb_pages, entry,
			     sizeof(entry)));
}

void old_back_answers(void)
{
	uint16_t i;

	for (i = 0; i < n_answers; i++)
		put(&answer[i]);
	n_answers = 0;
	usbif_ring_push(&w.back.urb_ring, w.urb_pages);
}
