/* SPDX-License-Identifier: MIT */
/*
 * The shim of a back with one port: devices come and leave, are reset when the
 * back says so, and are described when it may have them.
 */
#include "joined.h"

static bool is_old(void)
{
	return w.peers == REF_OLD_BACK;
}

void back_begin(uint16_t depth)
{
	struct usbif_back_config b = {
		.num_ports = PORT, .ring_pages = RING_PAGES,
		.request_pages = 64, .hc_depth = depth,
		.extended = w.peers == REF_BOTH_NEW,
	};

	must(!usbif_back_init(&w.back, &b));
	old_back_begin();
	hc_begin();
	w.closed = false;
	w.resetting = false;
	w.resting = false;
	w.described = false;
}

static void describe(void)
{
	static const uint8_t types[] = {
		USBIF_XFER_BULK, USBIF_XFER_INT, USBIF_XFER_ISO,
	};
	uint8_t ep;

	for (ep = 1; ep <= 3; ep++) {
		usbif_back_set_endpoint(&w.back, PORT, ep, false,
					types[ep - 1], PACKET, 0);
		usbif_back_set_endpoint(&w.back, PORT, ep, true,
					types[ep - 1], PACKET, 0);
	}
}

/*
 * A device may be used, on a host controller that stops by itself or gets one
 * request at a time; its last user may have left it in any state.  An old
 * front has G1 only if the controller gets one at a time.
 */
static void look_who_came(void)
{
	const struct usbif_back_port *p = &w.back.port[PORT - 1];

	if (w.described || !p->present || p->leaving)
		return;
	w.described = true;
	w.resets = 0;
	w.depth = w.what & 4 && w.peers != REF_OLD_FRONT ? 3 : 1;
	w.goes_on = w.what & 8 && w.depth == 1;
	usbif_back_set_depth(&w.back, PORT, w.depth);
	if (w.what & 2)
		usbif_back_reset_first(&w.back, PORT);
	else
		describe();
}

void back_drain(void)
{
	struct usbif_back_duty duty;

	if (is_old())
		return;
	while (usbif_back_next(&w.back, &duty)) {
		if (duty.kind == USBIF_BACK_CANCEL) {
			w.transfer[duty.slot].cancelled = true;
		} else if (duty.kind == USBIF_BACK_RESET) {
			must(!w.resetting && !w.resting);
			w.resetting = true;
		} else {
			must(duty.kind == USBIF_BACK_SUBMIT);
			must(!w.back.port[PORT - 1].leaving);
			hc_submit(duty.slot);
		}
	}
	look_who_came();
	must(usbif_back_valid(&w.back));
}

static void admit(uint16_t slot)
{
	const struct usbif_msg_req *req = usbif_back_req(&w.back, slot);
	struct transfer *t = &w.transfer[slot];

	memset(t, 0, sizeof(*t));
	t->piece = w.piece[req->id];
	t->in = req->in;
	if (!req->unlink)
		must(t->piece.length == req->length);
	must(usbif_back_admit(&w.back, slot, USBIF_WIRE_ST_OK) == USBIF_OK);
	back_drain();
}

void back_event(uint32_t requests)
{
	uint16_t slot;
	int more = 1;

	if (is_old()) {
		old_back_event(requests);
		return;
	}
	while (requests-- > 0) {
		more = usbif_back_take(&w.back, w.urb_pages, &slot);
		must(more >= 0);
		if (more == 0)
			break;
		admit(slot);
	}
	must(!usbif_back_hear(&w.back, w.urb_pages, false));
	back_drain();
	if (more == 0)
		must(usbif_back_sleep(&w.back, w.urb_pages, w.conn_page) >= 0);
	must(usbif_back_fault(&w.back) == USBIF_FAULT_NONE);
}

void back_answers(void)
{
	struct usbif_bq_answer a;

	if (is_old()) {
		old_back_answers();
		return;
	}
	while (usbif_back_next_answer(&w.back, &a)) {
		const struct transfer *t = &w.transfer[a.slot];

		if (t->packets_done != 0)
			usbif_msg_encode_iso(t->iso, (uint16_t)t->piece.packets,
					     w.piece[a.id].descs);
		must(!usbif_back_put_answer(&w.back, w.urb_pages, &a, 0,
					    t->errors));
	}
	usbif_back_push(&w.back, w.urb_pages);
	back_drain();
}

void back_done(uint16_t slot, int32_t status)
{
	if (is_old())
		old_back_done(slot, status);
	else
		must(usbif_back_done(&w.back, slot, status,
				     w.transfer[slot].actual) == USBIF_OK);
}

void back_tell(void)
{
	uint16_t slots = w.back.conn_ring.slots;
	uint32_t seq = w.back.conn_ring.rsp_seq;
	bool notify = false;

	must(!usbif_back_tell_ports(&w.back, w.conn_page, &notify));
	for (; seq != w.back.conn_ring.rsp_seq; seq++)
		w.told[seq % slots] = w.device;
}

void back_plug(void)
{
	uint8_t what = tape_u8(&w.tape);

	if (usbif_back_plug(&w.back, PORT, what & 1 ? USBIF_WIRE_SPEED_FULL :
						      USBIF_WIRE_SPEED_HIGH))
		return;
	w.device++;
	w.described = false;
	w.what = what;
	look_who_came();
}

void back_unplug(void)
{
	if (is_old())
		return;
	ref_gone(w.device);
	usbif_back_unplug(&w.back, PORT);
	back_drain();
}

void back_reset_done(bool ok)
{
	if (!w.resetting)
		return;
	w.resetting = false;
	w.resting = true;
	w.resets += ok;
	usbif_back_reset_done(&w.back, PORT, ok);
	if (ok)
		describe();
	back_drain();
}

void back_rested(void)
{
	w.resting = false;
	usbif_back_rested(&w.back, PORT);
	back_drain();
}

/* Its domain is gone, and nobody reads or writes the pages any more. */
void back_die(void)
{
	ref_gone(w.device);
	memset(w.urb_pages, 0, sizeof(w.urb_pages));
	memset(w.conn_page, 0, sizeof(w.conn_page));
	back_begin(1);
	w.closed = true;
}

/* An old one only leaves with its domain. */
void back_close(void)
{
	if (w.closed)
		return;
	if (is_old()) {
		guest_shutdown();
		back_die();
		return;
	}
	w.closed = true;
	ref_gone(w.device);
	usbif_back_close(&w.back);
	back_drain();
}

/* No page of the front is used any more. */
bool back_is_closed(void)
{
	return w.closed && usbif_back_in_hc(&w.back, PORT) == 0;
}
