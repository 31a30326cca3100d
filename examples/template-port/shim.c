/* SPDX-License-Identifier: MIT */
/*
 * One connection: its pages, the duties of usbif/front.h, and the one context
 * that takes answers and runs completion routines.
 */
#include "shim.h"

/*
 * All that the backend may ever read or write, in this file and nowhere else:
 * URBs are copied to and from it.
 */
static uint8_t pages[SHIM_PAGES][PLATFORM_PAGE]
	__attribute__((aligned(PLATFORM_PAGE)));
#define URB_RING	(pages[0])
#define CONN_RING	(pages[1])

static uint32_t first_page(uint16_t id)
{
	return 2 + id * SHIM_SLOT_PAGES;
}

/* The segments of a request's pages.  Returns how many. */
static uint8_t describe(const struct shim *s, uint16_t id, uint32_t octets,
			struct usbif_msg_seg *seg)
{
	const int32_t *ref = s->ref + first_page(id);
	uint8_t n = 0;

	for (; octets > 0; n++) {
		seg[n].gref = (uint32_t)ref[n];
		seg[n].offset = 0;
		seg[n].length = octets < PLATFORM_PAGE ? (uint16_t)octets :
							 PLATFORM_PAGE;
		octets -= seg[n].length;
	}
	return n;
}

static int put_transfer(struct shim *s, const struct usbif_fq_duty *duty)
{
	struct usbif_msg_seg seg[SHIM_SLOT_PAGES];
	struct shim_urb *urb = s->urb[duty->urb];

	if (!urb->what.in && duty->length > 0)
		memcpy(pages[first_page(duty->id)], urb->buffer + duty->offset,
		       duty->length);
	s->count.requests++;
	urb->requests++;
	if (duty->flags & USBIF_WIRE_FLAG_RESTART) {
		s->count.restarts++;
		urb->restarts++;
	}
	return usbif_front_put(&s->front, URB_RING, duty, seg,
			       describe(s, duty->id, duty->length, seg), 0);
}

/* The backend broke a rule: all ends here, and the handshake is told. */
static void break_off(struct shim *s)
{
	if (s->broken)
		return;
	s->broken = true;
	s->fault = true;
	s->count.faults++;
	usbif_front_shutdown(&s->front);
}

static void put_request(struct shim *s, const struct usbif_fq_duty *duty)
{
	int err;

	if (duty->kind == USBIF_FQ_SEND)
		err = put_transfer(s, duty);
	else
		err = usbif_front_put(&s->front, URB_RING, duty, 0, 0, 0);
	if (err < 0)
		break_off(s);
}

static void publish(struct shim *s)
{
	if (usbif_front_push(&s->front, URB_RING))
		platform_event_notify(s->channel);
	if (!usbif_fq_has_unlinks(&s->front.fq))
		s->tick_ms = PLATFORM_NEVER;
	else if (s->tick_ms == PLATFORM_NEVER)
		s->tick_ms = platform_now_ms() + 1000;
}

static void give_back(struct shim *s, const struct usbif_fq_duty *duty)
{
	struct shim_urb *urb = s->urb[duty->urb];

	s->urb[duty->urb] = 0;
	urb->status = duty->status;
	urb->actual = duty->length;
	urb->busy = false;
	if (urb->complete)
		urb->complete(urb);
	/* Only now may what is behind a failed one move. */
	usbif_front_retired(&s->front, duty->urb);
}

static void drain(struct shim *s)
{
	struct usbif_fq_duty duty;

	while (usbif_front_next(&s->front, &duty)) {
		if (duty.kind == USBIF_FQ_GIVEBACK)
			give_back(s, &duty);
		else
			put_request(s, &duty);
	}
	publish(s);
}

/*
 * What a submitter may do itself: all but running completion routines, which
 * would surprise it.
 */
static void send(struct shim *s)
{
	struct usbif_fq_duty duty;

	if (s->serving)
		return;
	while (!usbif_front_has_giveback(&s->front) &&
	       usbif_front_next(&s->front, &duty))
		put_request(s, &duty);
	s->again |= usbif_front_has_giveback(&s->front);
	publish(s);
}

/* The octets of an answer, before the next duty can use the same pages. */
static void take_octets(struct shim *s, const struct usbif_front_received *got)
{
	struct shim_urb *urb;

	if (got->part.urb == USBIF_NONE)
		return;
	urb = s->urb[got->part.urb];
	if (got->status == USBIF_WIRE_ST_NOT_EXECUTED) {
		s->count.returned++;
		urb->returned++;
	}
	if (got->part.in && got->part.length > 0)
		memcpy(urb->buffer + got->part.offset,
		       pages[first_page(got->id)], got->part.length);
}

/* Returns 1 (more may come), 0, or negative: the backend is at fault. */
static int take(struct shim *s)
{
	struct usbif_front_received got;
	bool notify = false;
	uint8_t port;
	int n;

	while ((n = usbif_front_take(&s->front, URB_RING, &got)) > 0)
		take_octets(s, &got);
	while (n == 0 && (n = usbif_front_take_conn(&s->front, CONN_RING, &port,
						    &notify)) > 0)
		n = 0;
	if (notify)
		platform_event_notify(s->channel);
	return n;
}

static void serve(struct shim *s)
{
	int more = 1;

	s->serving = true;
	while (more > 0) {
		more = s->open && !s->broken ? take(s) : 0;
		if (more < 0)
			break_off(s);
		drain(s);
		if (s->open && !s->broken)
			more = usbif_front_sleep(&s->front, URB_RING,
						 CONN_RING);
		if (more < 0)
			break_off(s);
	}
	s->serving = false;
	s->again |= usbif_front_has_giveback(&s->front);
}

static void timers(struct shim *s)
{
	uint64_t now = platform_now_ms();

	usbif_hub_tick(&s->front.hub, now);
	if (now < s->tick_ms)
		return;
	s->tick_ms = PLATFORM_NEVER;
	if (usbif_front_tick(&s->front) < 0)
		break_off(s);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t deadline(const struct shim *s)
{
	uint64_t until = s->xb.m.due_ms;

	if (s->linked)
		until = earlier(until,
				earlier(s->tick_ms,
					usbif_hub_deadline(&s->front.hub)));
	return until;
}

void shim_round(struct shim *s, uint64_t until_ms)
{
	uint32_t what = platform_wait(s->again ? 0 : earlier(until_ms,
							     deadline(s)));

	s->again = false;
	if (what & PLATFORM_WATCH)
		shim_look_for_nodes(s);
	if (platform_now_ms() >= s->xb.m.due_ms)
		shim_handshake(s, USBIF_XB_EV_TICK);
	if (s->linked) {
		timers(s);
		serve(s);
	}
	if (s->fault) {
		s->fault = false;
		shim_handshake(s, USBIF_XB_EV_FAULT);
	}
	if (s->quiescing && (!s->linked || usbif_fq_is_idle(&s->front.fq))) {
		s->quiescing = false;
		shim_handshake(s, USBIF_XB_EV_QUIESCED);
	}
}

bool shim_submit(struct shim *s, struct shim_urb *urb)
{
	int entry;

	urb->requests = urb->returned = urb->restarts = 0;
	urb->actual = 0;
	urb->status = USBIF_WIRE_ST_SHUTDOWN;
	if (!s->linked || !s->open || s->broken || s->quiescing)
		return false;
	entry = usbif_front_submit(&s->front, &urb->what);
	if (entry < 0)
		return false;
	s->count.urbs++;
	s->urb[entry] = urb;
	urb->entry = (uint16_t)entry;
	urb->busy = true;
	send(s);
	return true;
}

void shim_unlink(struct shim *s, struct shim_urb *urb)
{
	if (!urb->busy)
		return;
	usbif_front_unlink(&s->front, urb->entry);
	send(s);
}

int shim_hub(struct shim *s, uint8_t type, uint8_t request, uint16_t value,
	     uint16_t index, void *buf, uint16_t octets)
{
	int n = -1;

	if (s->linked)
		n = usbif_hub_control(&s->front.hub, type, request, value,
				      index, octets, platform_now_ms(), buf,
				      octets);
	return n < 0 ? -1 : n;
}

/* False: the backend still uses a page, or there are no more grants. */
static bool grant_pages(struct shim *s)
{
	uint32_t i;

	for (i = 0; i < SHIM_PAGES; i++) {
		if (s->ref[i] != 0)
			return false;
		memset(pages[i], 0, sizeof(pages[i]));
		s->ref[i] = platform_grant(s->backend_id, pages[i]);
		if (s->ref[i] < 0) {
			s->ref[i] = 0;
			return false;
		}
	}
	return true;
}

/*
 * A page that the backend keeps stays granted, and so is not used again: the
 * next connection fails unless it has let go by then.
 */
static void end_grants(struct shim *s)
{
	uint32_t i, kept = 0;

	for (i = 0; i < SHIM_PAGES; i++) {
		if (s->ref[i] != 0 && platform_ungrant(s->ref[i]))
			s->ref[i] = 0;
		kept += s->ref[i] != 0;
	}
	if (kept > 0)
		platform_print("usb: the backend keeps %u pages\n", kept);
}

bool shim_connect(struct shim *s)
{
	s->config = s->agreed;
	s->open = s->broken = s->fault = false;
	s->tick_ms = PLATFORM_NEVER;
	end_grants(s);
	s->channel = platform_event_open(s->backend_id);
	s->linked = s->channel >= 0 && grant_pages(s) &&
		    usbif_front_init(&s->front, &s->config, URB_RING,
				     CONN_RING) == USBIF_OK;
	if (!s->linked)
		shim_release(s);
	return s->linked;
}

void shim_open(struct shim *s)
{
	s->open = true;
	s->again = true;
}

/* With the backend's help: it answers what is unlinked. */
void shim_quiesce(struct shim *s)
{
	uint16_t i;

	s->quiescing = true;
	s->again = true;
	for (i = 0; s->linked && i < USBIF_MAX_URBS; i++)
		if (s->urb[i])
			usbif_front_unlink(&s->front, i);
}

/* Without. */
void shim_cut(struct shim *s)
{
	s->again = true;
	if (s->linked && !s->broken) {
		s->broken = true;
		usbif_front_shutdown(&s->front);
	}
}

void shim_release(struct shim *s)
{
	s->linked = s->open = false;
	if (s->channel >= 0)
		platform_event_close(s->channel);
	s->channel = -1;
	end_grants(s);
}
