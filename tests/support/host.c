/* SPDX-License-Identifier: MIT */
#include "support/host.h"

#include <stdlib.h>
#include <string.h>

#include "support/world.h"

void host_open(struct world *w)
{
	struct host *h = &w->host;
	const struct usbif_back_config config = {
		.num_ports = w->config.num_ports,
		.ring_pages = w->config.ring_pages,
		.hc_depth = w->config.hc_depth,
		.request_pages = w->config.request_pages,
		.extended = !w->config.old,
	};

	memset(h, 0, sizeof(*h));
	h->is_open = true;
	world_assert(w, usbif_back_init(&h->back, &config) == USBIF_OK);
}

static void free_slot(struct host *h, struct host_slot *s)
{
	if (s->data)
		h->freed++;
	free(s->data);
	free(s->iso);
	free(s->seg);
	memset(s, 0, sizeof(*s));
}

static void accuse(struct host *h, enum usbif_fault fault)
{
	usbif_back_accuse(&h->back, fault);
	h->broken = true;
	h->complained = true;
}

/* Copy between a buffer and the guest's pages.  False: a copy was refused. */
static bool copy(struct world *w, const struct usbif_msg_seg *seg,
		 uint8_t *data, uint32_t octets, bool to_guest)
{
	while (octets != 0) {
		uint32_t n = octets < seg->length ? octets : seg->length;
		bool ok = !world_fails(w, "grant copy");

		if (ok && to_guest)
			ok = grants_copy_to(&w->grants, seg->gref, seg->offset,
					    data, n);
		else if (ok)
			ok = grants_copy_from(&w->grants, seg->gref,
					      seg->offset, data, n);
		if (!ok)
			return false;
		data += n;
		octets -= n;
		seg++;
	}
	return true;
}

/* The data segments of a request. */
static const struct usbif_msg_seg *segs_of(const struct host_slot *s,
					   const struct usbif_msg_req *req)
{
	return s->seg ? s->seg : req->seg;
}

/* Fetch the array of an indirect request, once. */
static bool fetch_array(struct world *w, struct host_slot *s,
			const struct usbif_msg_req *req)
{
	uint32_t octets = req->indirect * USBIF_WIRE_SEG_OCTETS;
	uint8_t *array = malloc(octets);
	enum usbif_fault fault = USBIF_FAULT_REQ_GRANT;

	s->seg = calloc(req->indirect, sizeof(*s->seg));
	if (!array || !s->seg)
		abort();
	if (copy(w, req->seg, array, octets, false))
		fault = usbif_msg_decode_segs(array, req->indirect,
					      req->length, s->seg);
	free(array);
	if (fault != USBIF_FAULT_NONE)
		accuse(&w->host, fault);
	return fault == USBIF_FAULT_NONE;
}

static uint32_t desc_octets(const struct usbif_msg_req *req)
{
	return req->packets * USBIF_WIRE_ISO_DESC_OCTETS;
}

static bool prepare_iso(struct world *w, struct host_slot *s,
			const struct usbif_msg_req *req)
{
	uint8_t *descs = calloc(1, desc_octets(req));
	enum usbif_fault fault = USBIF_FAULT_REQ_GRANT;

	s->iso = calloc(req->packets, sizeof(*s->iso));
	if (!descs || !s->iso)
		abort();
	if (copy(w, req->seg + req->nr_segs, descs, desc_octets(req), false))
		fault = usbif_msg_decode_iso(descs, req->packets, req->length,
					     s->iso);
	free(descs);
	if (fault != USBIF_FAULT_NONE)
		accuse(&w->host, fault);
	return fault == USBIF_FAULT_NONE;
}

/* Allocate for a request and fetch its octets.  False: the guest is at fault. */
static bool prepare(struct world *w, uint16_t slot)
{
	const struct usbif_msg_req *req = usbif_back_req(&w->host.back, slot);
	struct host_slot *s = &w->host.slot[slot];

	s->refuse = USBIF_WIRE_ST_OK;
	if (s->futile || req->unlink)
		return true;
	if (req->indirect != 0 && !fetch_array(w, s, req))
		return false;
	if (world_fails(w, "memory for a request")) {
		s->refuse = USBIF_WIRE_ST_IOERROR;
		return true;
	}
	w->host.prepared++;
	s->data = malloc(req->length ? req->length : 1);
	if (!s->data)
		abort();
	if (!req->in &&
	    !copy(w, segs_of(s, req), s->data, req->length, false)) {
		accuse(&w->host, USBIF_FAULT_REQ_GRANT);
		return false;
	}
	return req->type != USBIF_XFER_ISO || prepare_iso(w, s, req);
}

/* Put what an isochronous transfer did into the guest's descriptors. */
static bool deliver_iso(struct world *w, struct host_slot *s,
			const struct usbif_msg_req *req, uint32_t actual)
{
	uint8_t *descs = calloc(1, desc_octets(req));
	bool ok;

	if (!descs)
		abort();
	usbif_msg_encode_iso(s->iso, req->packets, descs);
	ok = copy(w, req->seg + req->nr_segs, descs, desc_octets(req), true);
	free(descs);
	/* Packets lie apart, so the whole buffer goes. */
	return ok && (actual == 0 || !req->in ||
		      copy(w, req->seg, s->data, req->length, true));
}

static bool deliver(struct world *w, const struct usbif_bq_answer *a)
{
	struct host_slot *s = &w->host.slot[a->slot];
	const struct usbif_msg_req *req = usbif_back_req(&w->host.back,
							 a->slot);

	if (!s->data)
		return true;
	if (req->type == USBIF_XFER_ISO)
		return deliver_iso(w, s, req, a->actual);
	return !a->in || copy(w, segs_of(s, req), s->data, a->actual, true);
}

/* The URB of a request has failed; its driver will be told. */
static void mark_failed(struct world *w, uint16_t slot)
{
	struct urb *urb = guest_urb_of(w, usbif_back_req(&w->host.back,
							 slot)->id);

	if (urb)
		urb->ended_badly = true;
}

static void submit(struct world *w, const struct usbif_back_duty *duty)
{
	struct host *h = &w->host;
	const struct usbif_msg_req *req = usbif_back_req(&h->back, duty->slot);
	struct host_slot *s = &h->slot[duty->slot];
	struct hc_transfer t = {
		.ep = req->ep, .type = req->type, .in = req->in,
		.queue = usbif_queue_index(duty->port, req->ep, req->in),
		.data = s->data, .length = req->length,
		.device = h->device[duty->port], .setup = req->setup,
		.iso = s->iso, .packets = req->packets,
	};

	world_assert(w, s->data && !s->in_hc && t.device);
	/* A new configuration may have taken the endpoint away meanwhile. */
	if (!device_has_ep(t.device, req->ep, req->in)) {
		mark_failed(w, duty->slot);
		usbif_back_done(&h->back, duty->slot, USBIF_WIRE_ST_INVAL, 0);
		return;
	}
	if (world_fails(w, "submit to the HC")) {
		mark_failed(w, duty->slot);
		usbif_back_done(&h->back, duty->slot, USBIF_WIRE_ST_IOERROR,
				0);
		return;
	}
	s->in_hc = true;
	hc_queue(&w->hc, duty->slot, &t);
}

/* The handler of the next transfer that ended. */
static void complete(struct world *w, uint16_t slot)
{
	struct host *h = &w->host;
	const struct hc_transfer *t = &w->hc.transfer[slot];
	struct urb *urb = guest_urb_of(w, usbif_back_req(&h->back, slot)->id);
	bool is_short = t->status == USBIF_WIRE_ST_OK && t->actual < t->length;

	world_assert(w, h->slot[slot].in_hc);
	h->slot[slot].in_hc = false;
	if (urb && t->type != USBIF_XFER_ISO &&
	    (t->status == USBIF_WIRE_ST_STALL ||
	     t->status == USBIF_WIRE_ST_IOERROR ||
	     t->status == USBIF_WIRE_ST_BABBLE ||
	     (is_short && urb->u.short_not_ok)))
		mark_failed(w, slot);
	usbif_back_done(&h->back, slot, t->status, t->actual);
}

static void pull_duties(struct world *w)
{
	struct host *h = &w->host;
	struct usbif_back_duty duty;

	while (usbif_back_next(&h->back, &duty)) {
		if (duty.kind == USBIF_BACK_SUBMIT)
			submit(w, &duty);
		else if (duty.kind == USBIF_BACK_CANCEL)
			h->cancel[h->cancels++] = duty.slot;
		else
			h->work[h->works++] = duty;
		world_check_step(w);
	}
}

/* Cancels come after the lock is dropped; each may lead to more. */
static void drain(struct world *w)
{
	struct host *h = &w->host;

	pull_duties(w);
	while (h->cancels != 0) {
		uint16_t slot = h->cancel[--h->cancels];

		if (hc_cancel(&w->hc, slot))
			while (h->slot[slot].in_hc)
				host_interrupt(w);
	}
}

/* Something happened outside the thread, which may have made answers. */
static void drain_and_wake(struct world *w)
{
	drain(w);
	w->host.kicked = true;
}

bool host_interrupt(struct world *w)
{
	int slot = hc_next_ended(&w->hc);

	if (slot < 0)
		return false;
	complete(w, (uint16_t)slot);
	world_check_step(w);
	drain_and_wake(w);
	hc_told(&w->hc, (uint16_t)slot);
	return true;
}

static void describe_endpoints(struct host *h, uint8_t port)
{
	struct device *d = h->device[port];
	uint8_t ep;
	int in;

	usbif_back_clear_endpoints(&h->back, port);
	for (ep = 1; d->config != 0 && ep < DEVICE_EPS; ep++)
		for (in = 0; in < 2; in++) {
			const struct device_ep *e = device_ep(d, ep, in);

			if (e->kind != DEVICE_EP_NONE)
				usbif_back_set_endpoint(&h->back, port, ep, in,
							e->type, e->max_packet,
							e->iface);
		}
}

static bool execute(struct world *w, const struct usbif_back_duty *duty)
{
	struct device *d = w->host.device[duty->port];

	if (world_fails(w, "a duty of the host's stack") || d->broken)
		return false;
	switch (duty->kind) {
	case USBIF_BACK_RESET:
		device_reset(d);
		return true;
	case USBIF_BACK_SET_CONFIGURATION:
		return device_configure(d, (uint8_t)duty->value);
	case USBIF_BACK_SET_INTERFACE:
		return device_set_interface(d, duty->index, duty->value);
	case USBIF_BACK_CLEAR_HALT:
		return device_clear_halt(d, duty->index);
	case USBIF_BACK_SUBMIT:
	case USBIF_BACK_CANCEL:
		break;
	}
	return false;
}

bool host_work(struct world *w)
{
	struct host *h = &w->host;
	struct usbif_back_duty duty;
	bool ok;

	if (h->works == 0)
		return false;
	duty = h->work[0];
	h->works--;
	memmove(h->work, h->work + 1, h->works * sizeof(duty));
	ok = execute(w, &duty);
	if (duty.kind == USBIF_BACK_RESET) {
		usbif_back_reset_done(&h->back, duty.port, ok);
		/* There is no clock here. */
		usbif_back_rested(&h->back, duty.port);
	} else {
		if (duty.kind != USBIF_BACK_CLEAR_HALT)
			describe_endpoints(h, duty.port);
		usbif_back_done(&h->back, duty.slot,
				ok ? USBIF_WIRE_ST_OK : USBIF_WIRE_ST_STALL, 0);
	}
	world_check_step(w);
	drain_and_wake(w);
	return true;
}

/* The device that waited for its port is there once the old one has left. */
static void swap_devices(struct host *h)
{
	uint8_t port;

	for (port = 1; port <= h->back.config.num_ports; port++) {
		if (h->back.port[port - 1].leaving)
			continue;
		if (h->next_device[port])
			h->device[port] = h->next_device[port];
		h->next_device[port] = NULL;
		if (!h->back.port[port - 1].present)
			h->device[port] = NULL;
	}
}

int host_plug(struct world *w, uint8_t port, struct device *d)
{
	struct host *h = &w->host;
	int err = usbif_back_plug(&h->back, port, d->speed);

	if (err == USBIF_OK) {
		d->config = 0;
		h->next_device[port] = d;
	}
	swap_devices(h);
	drain_and_wake(w);
	return err;
}

void host_unplug(struct world *w, uint8_t port)
{
	struct host *h = &w->host;

	if (h->device[port])
		h->device[port]->cut = true;
	h->next_device[port] = NULL;
	usbif_back_unplug(&h->back, port);
	swap_devices(h);
	world_check_step(w);
	drain_and_wake(w);
}

static bool take(struct world *w)
{
	struct host *h = &w->host;
	uint32_t most = world_host_batch(w);
	int n = 1;

	for (h->batched = 0; h->batched < most && h->batched < HOST_BATCH;
	     h->batched++) {
		uint16_t slot;

		n = usbif_back_take(&h->back, w->urb_mem.back, &slot);
		if (n <= 0)
			break;
		h->unlinks_taken += usbif_back_req(&h->back, slot)->unlink;
		h->batch[h->batched] = slot;
		h->slot[slot].futile = usbif_back_is_futile(&h->back, slot);
		world_check_step(w);
	}
	if (h->batched != 0)
		h->busy = true;
	return n >= 0;
}

static bool admit(struct world *w)
{
	struct host *h = &w->host;
	bool ok = true;
	uint32_t i;

	for (i = 0; i < h->batched && ok; i++)
		ok = prepare(w, h->batch[i]);
	for (i = 0; i < h->batched && ok; i++) {
		uint16_t slot = h->batch[i];
		int32_t refuse = h->slot[slot].refuse;

		if (h->slot[slot].futile &&
		    !usbif_back_is_futile(&h->back, slot))
			refuse = USBIF_WIRE_ST_IOERROR;
		ok = usbif_back_admit(&h->back, slot, refuse) == USBIF_OK;
		/* A stopped queue returns it instead. */
		if (refuse != USBIF_WIRE_ST_OK &&
		    h->back.bq.req[slot].status == refuse)
			mark_failed(w, slot);
		world_check_step(w);
	}
	h->batched = 0;
	drain(w);
	return ok;
}

static bool collect(struct world *w)
{
	struct host *h = &w->host;
	uint32_t most = world_host_batch(w);

	h->answers = 0;
	while (h->answers < most && h->answers < HOST_BATCH &&
	       usbif_back_next_answer(&h->back, &h->answer[h->answers]))
		h->answers++;
	if (h->answers != 0)
		h->busy = true;
	return true;
}

static bool put_answers(struct world *w)
{
	struct host *h = &w->host;
	bool ok = true;
	uint32_t i;

	for (i = 0; i < h->answers && ok; i++) {
		ok = deliver(w, &h->answer[i]);
		if (!ok)
			accuse(h, USBIF_FAULT_REQ_GRANT);
	}
	for (i = 0; i < h->answers; i++) {
		const struct usbif_bq_answer *a = &h->answer[i];

		if (ok && usbif_back_put_answer(&h->back, w->urb_mem.back, a,
						0, 0) != USBIF_OK)
			ok = false;
		free_slot(h, &h->slot[a->slot]);
		world_check_step(w);
	}
	h->answers = 0;
	swap_devices(h);
	if (usbif_back_push(&h->back, w->urb_mem.back))
		world_notify_guest(w);
	drain(w);
	return ok;
}

/* Nobody notifies when an old front has heard of a failure: look again. */
static bool hear(struct world *w)
{
	struct host *h = &w->host;
	int err;

	if (!usbif_back_is_waiting(&h->back)) {
		h->looks = 0;
		return true;
	}
	err = usbif_back_hear(&h->back, w->urb_mem.back,
			      ++h->looks > HOST_MOST_LOOKS);
	world_check_step(w);
	drain(w);
	if (usbif_back_is_waiting(&h->back))
		h->kicked = true;
	return err == USBIF_OK;
}

static bool tell(struct world *w)
{
	struct host *h = &w->host;
	bool notify = false;
	int more;

	if (!hear(w))
		return false;
	if (usbif_back_tell_ports(&h->back, w->conn_mem.back, &notify) < 0)
		return false;
	if (notify)
		world_notify_guest(w);
	if (h->busy)
		return true;
	more = usbif_back_sleep(&h->back, w->urb_mem.back, w->conn_mem.back);
	if (more > 0)
		h->kicked = true;
	return more >= 0;
}

static bool do_phase(struct world *w, enum host_phase phase)
{
	switch (phase) {
	case HOST_TAKE:
		w->host.kicked = false;
		w->host.busy = false;
		if (w->turn >= w->to_host.due)
			w->to_host.pending = false;
		return take(w);
	case HOST_ADMIT:
		return admit(w);
	case HOST_COLLECT:
		return collect(w);
	case HOST_PUT:
		return put_answers(w);
	case HOST_TELL:
		break;
	}
	return tell(w);
}

bool host_is_runnable(const struct world *w)
{
	const struct host *h = &w->host;

	if (h->broken || !h->is_open)
		return false;
	return h->kicked || h->busy || h->phase != HOST_TAKE ||
	       (w->to_host.pending && w->turn >= w->to_host.due);
}

void host_step(struct world *w)
{
	struct host *h = &w->host;

	if (h->broken || !h->is_open)
		return;
	if (!do_phase(w, h->phase)) {
		h->broken = true;
		h->complained = true;
	}
	h->phase = (h->phase + 1) % (HOST_TELL + 1);
	world_check_step(w);
}

bool host_is_quiet(const struct world *w)
{
	const struct host *h = &w->host;
	uint8_t port;

	for (port = 1; port <= h->back.config.num_ports; port++)
		if (usbif_back_in_hc(&h->back, port) != 0)
			return false;
	return h->works == 0;
}

void host_close(struct world *w)
{
	usbif_back_close(&w->host.back);
	world_check_step(w);
	drain_and_wake(w);
}

void host_free(struct world *w)
{
	uint32_t i;

	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		free_slot(&w->host, &w->host.slot[i]);
}
