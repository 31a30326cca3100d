/* SPDX-License-Identifier: MIT */
/*
 * The joined world: a host controller and the devices behind it.  It runs the
 * requests of a queue in the order of hand-over and reports them in the order
 * in which they ended; nothing else is to be relied upon.
 */
#include "joint.h"

#include <string.h>

static const char *end_name(enum hc_end end)
{
	static const char *const names[] = {
		"active", "done", "failed", "cancelled", "dead",
	};

	return names[end];
}

static struct ghost *ghost_of(struct joint *w, const struct hc_entry *e)
{
	return &w->ghost[w->taken[e->slot].ghost];
}

void hc_submit(struct joint *w, uint8_t slot)
{
	struct hc_queue *hc = &w->hc[w->bq.req[slot].queue];
	uint8_t g = w->taken[slot].ghost;

	joint_say("back hands request %u (u%u) to the HC",
		  w->bq.req[slot].id, g);
	if (hc->n == MAX_HC) {
		joint_fail("too many requests in the HC");
		return;
	}
	check_handover(w, g);
	memset(&hc->entry[hc->n], 0, sizeof(hc->entry[0]));
	hc->entry[hc->n++].slot = slot;
}

void hc_cancel(struct joint *w, uint8_t slot)
{
	struct hc_queue *hc = &w->hc[w->bq.req[slot].queue];
	uint8_t i;

	joint_say("back cancels request %u (u%u)", w->bq.req[slot].id,
		  w->taken[slot].ghost);
	for (i = 0; i < hc->n; i++) {
		if (hc->entry[i].slot != slot)
			continue;
		if (hc->entry[i].cancel)
			joint_fail("a request is cancelled twice");
		hc->entry[i].cancel = 1;
		return;
	}
	joint_fail("the back cancels what is not in the HC");
}

int hc_runner(const struct joint *w, uint8_t queue)
{
	const struct hc_queue *hc = &w->hc[queue];
	uint8_t i;

	for (i = 0; i < hc->n; i++)
		if (hc->entry[i].end == HC_ACTIVE)
			return hc->halted ? -1 : i;
	return -1;
}

int hc_ended(const struct joint *w, uint8_t queue)
{
	const struct hc_queue *hc = &w->hc[queue];
	uint8_t i;

	for (i = 0; i < hc->n; i++)
		if (hc->entry[i].order == 1)
			return i;
	return -1;
}

void hc_end(struct joint *w, uint8_t queue, uint8_t entry, enum hc_end end)
{
	struct hc_queue *hc = &w->hc[queue];
	struct hc_entry *e = &hc->entry[entry];
	uint8_t g = w->taken[e->slot].ghost, i, last = 0;

	for (i = 0; i < hc->n; i++)
		if (hc->entry[i].order > last)
			last = hc->entry[i].order;
	e->order = (uint8_t)(last + 1);
	e->end = (uint8_t)end;
	joint_say("HC: request of u%u %s after %u octets", g, end_name(end),
		  e->moved);
	if (end == HC_CANCELLED &&
	    w->bq.req[e->slot].cancel == USBIF_BQ_BY_UNLINK)
		note_end(w, g, END_CANCELLED);
	if (end == HC_DEAD)
		note_end(w, g, END_FAILED);
}

void hc_packet(struct joint *w, uint8_t queue)
{
	uint8_t i = (uint8_t)hc_runner(w, queue);
	struct hc_entry *e = &w->hc[queue].entry[i];
	const struct usbif_bq_req *r = &w->bq.req[e->slot];
	struct ghost *ghost = ghost_of(w, e);
	bool control = usbif_queue_is_control(queue);

	check_packet(w, w->taken[e->slot].ghost,
		     w->taken[e->slot].offset + e->moved);
	if (r->length == 0)
		ghost->empty = 0;
	if (e->moved < r->length) {
		e->moved = (uint16_t)(e->moved + PACKET);
		ghost->moved = (uint16_t)(ghost->moved + PACKET);
		if (control || e->moved < r->length)
			return;
	}
	hc_end(w, queue, i, HC_GOOD);
	if (ghost->moved == ghost->length && !ghost->empty)
		note_end(w, w->taken[e->slot].ghost, END_GOOD);
}

void hc_short(struct joint *w, uint8_t queue, bool empty)
{
	uint8_t i = (uint8_t)hc_runner(w, queue);
	struct hc_entry *e = &w->hc[queue].entry[i];
	struct ghost *ghost = ghost_of(w, e);
	uint16_t n = empty ? 0 : SHORT_PACKET;

	w->shorts--;
	check_packet(w, w->taken[e->slot].ghost,
		     w->taken[e->slot].offset + e->moved);
	e->moved = (uint16_t)(e->moved + n);
	ghost->moved = (uint16_t)(ghost->moved + n);
	hc_end(w, queue, i, HC_GOOD);
	note_end(w, w->taken[e->slot].ghost,
		 ghost->short_not_ok && !queue_is_iso(queue) ? END_SHORT :
							       END_GOOD);
}

void hc_error(struct joint *w, uint8_t queue)
{
	uint8_t i = (uint8_t)hc_runner(w, queue);
	struct hc_entry *e = &w->hc[queue].entry[i];

	w->errors--;
	hc_end(w, queue, i, HC_ERROR);
	/* It may never be seen if a cancel hides it: back_report(). */
	if (!e->cancel || joint_params->hides == 0)
		note_end(w, w->taken[e->slot].ghost, END_FAILED);
	if (!joint_params->goes_on && !queue_is_iso(queue))
		w->hc[queue].halted = 1;
}

void hc_remove(struct joint *w, uint8_t queue, uint8_t entry)
{
	struct hc_queue *hc = &w->hc[queue];
	uint8_t i;

	hc->n--;
	memmove(&hc->entry[entry], &hc->entry[entry + 1],
		(hc->n - entry) * sizeof(hc->entry[0]));
	memset(&hc->entry[hc->n], 0, sizeof(hc->entry[0]));
	for (i = 0; i < hc->n; i++)
		if (hc->entry[i].order != 0)
			hc->entry[i].order--;
}

void hc_resume(struct joint *w, uint8_t queue)
{
	struct hc_queue *hc = &w->hc[queue];
	uint8_t i;

	for (i = 0; i < hc->n; i++)
		if (hc->entry[i].cancel || hc->entry[i].end == HC_ERROR)
			return;
	hc->halted = 0;
}
