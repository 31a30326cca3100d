/* SPDX-License-Identifier: MIT */
#include "support/guest.h"

#include <stdlib.h>
#include <string.h>

#include "support/world.h"

#define PAGE	USBIF_WIRE_PAGE_OCTETS

void guest_open(struct world *w)
{
	struct guest *g = &w->guest;
	const struct usbif_front_config config = {
		.num_ports = w->config.num_ports,
		.usb_ver = 2,
		.ring_pages = w->config.ring_pages,
		.depth = w->config.depth,
		.request_pages = w->config.request_pages,
		.extended = !w->config.old,
	};

	memset(w->urb_mem.front, 0, w->urb_mem.octets);
	memset(w->conn_mem.front, 0, w->conn_mem.octets);
	memset(g->request, 0, sizeof(g->request));
	memset(g->urb, 0, sizeof(g->urb));
	g->is_open = true;
	g->broken = false;
	g->complained = false;
	g->sent = 0;
	g->answered = 0;
	g->unlinks_sent = 0;
	g->unlinks_answered = 0;
	world_assert(w, usbif_front_init(&g->front, &config, w->urb_mem.front,
					 w->conn_mem.front) == USBIF_OK);
	world_notify_host(w);
}

static void *allocate(size_t octets)
{
	void *at = calloc(1, octets ? octets : 1);

	if (!at)
		abort();
	return at;
}

struct urb *urb_new(struct world *w, struct usb_dev *dev, uint8_t ep, bool in,
		    uint8_t type, uint32_t length)
{
	struct urb *urb = allocate(sizeof(*urb));
	uint32_t i;

	urb->dev = dev;
	urb->u.port = dev->port;
	urb->u.addr = dev->addr;
	urb->u.ep = ep;
	urb->u.type = type;
	urb->u.in = in;
	urb->u.length = length;
	urb->u.interval = 8;
	urb->u.max_packet = dev->max_packet0;
	if (ep != 0)
		urb->u.max_packet = device_ep(dev->device, ep, in)->max_packet;
	urb->data = allocate(length);
	for (i = 0; !in && i < length; i++)
		urb->data[i] = device_pattern(ep, w->guest.next_seq + i);
	urb->next = w->guest.urbs;
	w->guest.urbs = urb;
	return urb;
}

void urb_set_packets(struct urb *urb, uint16_t packets)
{
	uint32_t each = urb->u.length / packets, i;

	urb->u.packets = packets;
	urb->iso = allocate(packets * sizeof(*urb->iso));
	for (i = 0; i < packets; i++) {
		urb->iso[i].offset = i * each;
		urb->iso[i].length = each;
	}
}

/* How many pages a request of the URB may have. */
static uint32_t most_pages(const struct guest *g, const struct urb *urb)
{
	if (urb->u.type == USBIF_XFER_BULK && g->front.config.extended &&
	    g->front.config.request_pages > USBIF_WIRE_MAX_SEGS)
		return g->front.config.request_pages;
	return USBIF_WIRE_MAX_SEGS;
}

/* Grant pages for the octets of a request, wherever in the first they fit. */
static void grant_octets(struct world *w, struct guest_request *r, uint16_t id,
			 uint32_t octets, struct usbif_msg_seg *seg)
{
	uint32_t offset = id * 192u % PAGE;

	if (offset + octets > (most_pages(&w->guest, r->urb) - 1) * PAGE)
		offset = 0;
	r->offset = (uint16_t)offset;
	while (octets != 0) {
		uint32_t n = octets < PAGE - offset ? octets : PAGE - offset;

		r->ref[r->segs] = grants_add(&w->grants, r->urb->u.in);
		seg[r->segs].gref = r->ref[r->segs];
		seg[r->segs].offset = (uint16_t)offset;
		seg[r->segs].length = (uint16_t)n;
		r->segs++;
		octets -= n;
		offset = 0;
	}
}

/* Octets between an URB's buffer and the pages of its request. */
static void copy(struct world *w, const struct guest_request *r, uint8_t *data,
		 uint32_t octets, bool to_pages)
{
	uint32_t offset = r->offset, i;

	for (i = 0; octets != 0; i++) {
		uint32_t n = octets < PAGE - offset ? octets : PAGE - offset;
		uint8_t *at = grants_page(&w->grants, r->ref[i]) + offset;

		if (to_pages)
			memcpy(at, data, n);
		else
			memcpy(data, at, n);
		data += n;
		octets -= n;
		offset = 0;
	}
}

static void grant_descs(struct world *w, struct guest_request *r,
			struct usbif_msg_seg *seg)
{
	uint32_t octets = r->urb->u.packets * USBIF_WIRE_ISO_DESC_OCTETS;
	uint32_t ref = grants_add(&w->grants, true);

	usbif_msg_encode_iso(r->urb->iso, r->urb->u.packets,
			     grants_page(&w->grants, ref));
	r->ref[r->segs] = ref;
	seg[r->segs].gref = ref;
	seg[r->segs].offset = 0;
	seg[r->segs].length = (uint16_t)octets;
	r->descs = 1;
}

/* Where the array is cut in two, within a segment. */
#define FIRST_OCTETS	12u

/* Grant the array of segments, in two pages that it lies across. */
static void grant_array(struct world *w, struct guest_request *r,
			const struct usbif_msg_seg *seg,
			struct usbif_msg_seg *array)
{
	uint8_t octets[USBIF_WIRE_MAX_DATA_SEGS * USBIF_WIRE_SEG_OCTETS];
	uint32_t n = r->segs * USBIF_WIRE_SEG_OCTETS;
	uint32_t *ref = &r->ref[r->segs];

	usbif_msg_encode_segs(seg, r->segs, octets);
	ref[0] = grants_add(&w->grants, false);
	ref[1] = grants_add(&w->grants, false);
	memcpy(grants_page(&w->grants, ref[0]) + PAGE - FIRST_OCTETS, octets,
	       FIRST_OCTETS);
	memcpy(grants_page(&w->grants, ref[1]), octets + FIRST_OCTETS,
	       n - FIRST_OCTETS);
	array[0] = (struct usbif_msg_seg){ ref[0], PAGE - FIRST_OCTETS,
					   FIRST_OCTETS };
	array[1] = (struct usbif_msg_seg){ ref[1], 0,
					   (uint16_t)(n - FIRST_OCTETS) };
	r->descs = 2;
}

static int put_transfer(struct world *w, const struct usbif_fq_duty *duty,
			struct guest_request *r)
{
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_DATA_SEGS], array[2];

	grant_octets(w, r, duty->id, duty->length, seg);
	if (!r->urb->u.in)
		copy(w, r, r->urb->data + duty->offset, duty->length, true);
	if (r->segs > USBIF_WIRE_MAX_SEGS) {
		grant_array(w, r, seg, array);
		return usbif_front_put_indirect(&w->guest.front,
						w->urb_mem.front, duty, array,
						2, r->segs);
	}
	if (r->urb->u.type == USBIF_XFER_ISO)
		grant_descs(w, r, seg);
	return usbif_front_put(&w->guest.front, w->urb_mem.front, duty, seg,
			       (uint8_t)r->segs, r->descs);
}

static void put(struct world *w, const struct usbif_fq_duty *duty)
{
	struct guest *g = &w->guest;
	struct guest_request *r = &g->request[duty->id];
	int err;

	world_assert(w, !r->urb);
	memset(r, 0, sizeof(*r));
	r->urb = g->urb[duty->urb];
	r->unlink = duty->kind == USBIF_FQ_UNLINK;
	if (r->unlink) {
		g->unlinks_sent++;
		err = usbif_front_put(&g->front, w->urb_mem.front, duty, NULL,
				      0, 0);
	} else {
		g->sent++;
		err = put_transfer(w, duty, r);
	}
	if (err != USBIF_OK) {
		g->broken = true;
		g->complained = true;
		usbif_front_shutdown(&g->front);
	}
}

static void end_grants(struct world *w, struct guest_request *r)
{
	uint32_t i;

	for (i = 0; i < (uint32_t)r->segs + r->descs; i++)
		grants_end(&w->grants, r->ref[i]);
	memset(r, 0, sizeof(*r));
}

/* Remember what an URB moved, in the order of submission. */
static void record(struct world *w, const struct urb *urb)
{
	struct guest *g = &w->guest;
	struct chunk *c;

	if (urb->u.type != USBIF_XFER_BULK && urb->u.type != USBIF_XFER_INT)
		return;
	if (g->chunks == g->chunk_room) {
		g->chunk_room = 2 * g->chunk_room + 16;
		g->chunk = realloc(g->chunk, g->chunk_room * sizeof(*c));
		if (!g->chunk)
			abort();
	}
	c = &g->chunk[g->chunks++];
	c->dev = urb->dev;
	c->ep = urb->u.ep;
	c->in = urb->u.in;
	c->seq = urb->seq;
	c->at = g->moved.n;
	c->octets = urb->actual;
	octets_add(&g->moved, urb->data, urb->actual);
}

static void remove_pending(struct guest *g, struct urb *urb)
{
	struct urb **at = &g->first_pending;

	while (*at != urb)
		at = &(*at)->next_pending;
	*at = urb->next_pending;
}

static void give_back(struct world *w, const struct usbif_fq_duty *duty)
{
	struct guest *g = &w->guest;
	struct urb *urb = g->urb[duty->urb];

	world_assert(w, urb && urb->pending);
	world_assert(w, duty->length <= urb->u.length);
	urb->status = duty->status;
	urb->actual = duty->length;
	urb->pending = false;
	urb->completions++;
	g->given_back++;
	record(w, urb);
	g->urb[duty->urb] = NULL;
	remove_pending(g, urb);
	g->in_routine = *urb;
	g->in_routine.ended_badly = urb->unlinked ||
				    urb->status != USBIF_WIRE_ST_OK;
	if (urb->complete)
		urb->complete(w, urb);
	g->in_routine.dev = NULL;
	world_assert(w, usbif_front_retired(&g->front, duty->urb) == USBIF_OK);
}

static void publish(struct world *w)
{
	if (usbif_front_push(&w->guest.front, w->urb_mem.front))
		world_notify_host(w);
}

/* Outside the thread: send, but give nothing back. */
static void send(struct world *w)
{
	struct guest *g = &w->guest;
	struct usbif_fq_duty duty;

	if (g->serving)
		return;
	while (!usbif_front_has_giveback(&g->front) &&
	       usbif_front_next(&g->front, &duty)) {
		put(w, &duty);
		world_check_step(w);
	}
	if (usbif_front_has_giveback(&g->front))
		g->kicked = true;
	publish(w);
	world_check_step(w);
}

int guest_submit(struct world *w, struct urb *urb)
{
	struct guest *g = &w->guest;
	int entry;

	world_assert(w, !urb->pending);
	entry = usbif_front_submit(&g->front, &urb->u);
	if (entry < 0)
		return entry;
	g->submitted++;
	g->urb[entry] = urb;
	urb->entry = (uint16_t)entry;
	urb->pending = true;
	urb->unlinked = false;
	urb->ended_badly = false;
	urb->seq = ++g->next_seq;
	urb->next_pending = g->first_pending;
	g->first_pending = urb;
	send(w);
	return USBIF_OK;
}

int guest_unlink(struct world *w, struct urb *urb)
{
	int err;

	if (!urb->pending)
		return USBIF_E_STATE;
	err = usbif_front_unlink(&w->guest.front, urb->entry);
	if (err == USBIF_OK)
		urb->unlinked = true;
	send(w);
	return err;
}

void guest_unlink_all(struct world *w)
{
	struct urb *urb;

	for (urb = w->guest.urbs; urb; urb = urb->next) {
		urb->complete = NULL;
		guest_unlink(w, urb);
	}
}

static void take_iso(struct world *w, struct guest_request *r)
{
	struct urb *urb = r->urb;
	uint32_t i;

	usbif_msg_merge_iso(grants_page(&w->grants, r->ref[r->segs]),
			    urb->u.packets, urb->iso);
	copy(w, r, urb->data, urb->u.length, !urb->u.in);
	for (i = 0; i < urb->u.packets; i++)
		urb->errors += urb->iso[i].status != 0;
}

static void take_octets(struct world *w, const struct usbif_front_received *got)
{
	struct guest_request *r = &w->guest.request[got->id];
	struct urb *urb = r->urb;

	world_assert(w, urb);
	if (got->part.urb == USBIF_NONE) {
		world_assert(w, r->unlink);
		w->guest.unlinks_answered++;
		memset(r, 0, sizeof(*r));
		return;
	}
	world_assert(w, !r->unlink);
	w->guest.answered++;
	if (urb->u.type == USBIF_XFER_ISO)
		take_iso(w, r);
	else if (got->part.in)
		copy(w, r, urb->data + got->part.offset, got->part.length,
		     false);
	end_grants(w, r);
}

static void fail(struct guest *g)
{
	g->broken = true;
	g->complained = true;
	usbif_front_shutdown(&g->front);
}

static void take_answers(struct world *w, uint32_t most)
{
	struct guest *g = &w->guest;
	struct usbif_front_received got;
	int n = 1;

	while (most-- > 0 && n > 0) {
		n = usbif_front_take(&g->front, w->urb_mem.front, &got);
		if (n > 0)
			take_octets(w, &got);
		world_check_step(w);
	}
	if (n < 0 && n != USBIF_E_PEER)
		abort();	/* the header knows no other */
	if (n < 0)
		fail(g);
}

static void take_ports(struct world *w, uint32_t most)
{
	struct guest *g = &w->guest;
	bool notify = false;
	uint8_t port;
	int n = 1;

	while (most-- > 0 && n > 0) {
		n = usbif_front_take_conn(&g->front, w->conn_mem.front, &port,
					  &notify);
		world_check_step(w);
	}
	if (n < 0)
		fail(g);
	if (notify)
		world_notify_host(w);
}

static void drain(struct world *w)
{
	struct usbif_fq_duty duty;

	while (usbif_front_next(&w->guest.front, &duty)) {
		if (duty.kind == USBIF_FQ_GIVEBACK)
			give_back(w, &duty);
		else
			put(w, &duty);
		world_check_step(w);
	}
	publish(w);
}

bool guest_is_runnable(const struct world *w)
{
	const struct guest *g = &w->guest;

	return g->kicked || (w->to_guest.pending && w->turn >= w->to_guest.due);
}

void guest_serve(struct world *w)
{
	struct guest *g = &w->guest;
	int more = 0;

	/* There has been no connection yet. */
	if (g->front.config.num_ports == 0)
		return;
	g->kicked = false;
	if (w->turn >= w->to_guest.due)
		w->to_guest.pending = false;
	g->serving = true;
	if (!g->broken && g->is_open)
		take_answers(w, world_guest_batch(w));
	if (!g->broken && g->is_open)
		take_ports(w, world_guest_batch(w));
	drain(w);
	if (!g->broken && g->is_open)
		more = usbif_front_sleep(&g->front, w->urb_mem.front,
					 w->conn_mem.front);
	if (more < 0)
		fail(g);
	g->serving = false;
	g->kicked = more != 0 || usbif_front_has_giveback(&g->front);
	world_check_step(w);
}

void guest_tick(struct world *w)
{
	struct guest *g = &w->guest;

	usbif_hub_tick(&g->front.hub, w->now_ms);
	if (g->broken || !usbif_fq_has_unlinks(&g->front.fq))
		return;
	if (usbif_front_tick(&g->front) < 0) {
		fail(g);
		g->kicked = true;
	}
}

void guest_cut(struct world *w)
{
	struct guest *g = &w->guest;

	if (g->broken)
		return;
	if (g->is_open)
		take_answers(w, USBIF_MAX_SLOTS);
	g->broken = true;
	usbif_front_shutdown(&g->front);
	g->kicked = true;
}

void guest_release(struct world *w)
{
	uint32_t i;

	for (i = 0; i < USBIF_MAX_SLOTS; i++)
		end_grants(w, &w->guest.request[i]);
}

void guest_free(struct world *w)
{
	struct guest *g = &w->guest;

	while (g->urbs) {
		struct urb *urb = g->urbs;

		g->urbs = urb->next;
		free(urb->data);
		free(urb->iso);
		free(urb);
	}
	free(g->chunk);
	octets_free(&g->moved);
	memset(g, 0, sizeof(*g));
}

struct urb *guest_urb_of(const struct world *w, uint16_t id)
{
	if (id >= USBIF_MAX_SLOTS || w->guest.request[id].unlink)
		return NULL;
	return w->guest.request[id].urb;
}

static bool same_queue(const struct urb *a, const struct urb *b)
{
	return a->u.port == b->u.port && a->u.ep == b->u.ep &&
	       (a->u.in == b->u.in || a->u.ep == 0);
}

static bool holds_up(const struct urb *earlier, const struct urb *urb)
{
	return earlier->ended_badly && earlier->seq < urb->seq &&
	       earlier->dev == urb->dev && same_queue(earlier, urb);
}

bool guest_is_held_up(const struct world *w, const struct urb *urb)
{
	const struct urb *u;

	if (urb->u.type == USBIF_XFER_ISO)
		return false;
	for (u = w->guest.first_pending; u; u = u->next_pending)
		if (holds_up(u, urb))
			return true;
	return holds_up(&w->guest.in_routine, urb);
}
