/* SPDX-License-Identifier: MIT */
#include "support/books.h"

#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static int by_seq(const void *a, const void *b)
{
	const struct chunk *x = a, *y = b;

	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/*
 * PROTOCOL.md, invariant 6: an endpoint saw what its URBs report, in the
 * order of their submission.  Where the connection or the device went away it
 * may have seen more.
 */
static void check_endpoint(struct world *w, const struct device *d, uint8_t ep,
			   bool in)
{
	const struct octets *log = in ? &d->in[ep].log : &d->out[ep].log;
	const struct guest *g = &w->guest;
	uint32_t i, at = 0;

	for (i = 0; i < g->chunks; i++) {
		const struct chunk *c = &g->chunk[i];

		if (c->dev->device != d || c->ep != ep || c->in != in ||
		    c->octets == 0)
			continue;
		world_assert(w, c->octets <= log->n - at);
		world_assert(w, memcmp(log->at + at, g->moved.at + c->at,
				       c->octets) == 0);
		at += c->octets;
	}
	world_assert(w, d->cut || at == log->n);
}

static void check_octets(struct world *w)
{
	uint16_t i;
	uint8_t ep;

	if (w->guest.chunks != 0)
		qsort(w->guest.chunk, w->guest.chunks, sizeof(struct chunk),
		      by_seq);
	for (i = 0; i < w->devices; i++) {
		world_assert(w, w->device[i]->misuse == 0);
		for (ep = 1; ep < DEVICE_EPS; ep++) {
			check_endpoint(w, w->device[i], ep, true);
			check_endpoint(w, w->device[i], ep, false);
		}
	}
}

/* Drivers let go of a connection that works: everything comes back. */
static void check_working(struct world *w)
{
	const struct guest *g = &w->guest;
	const struct host *h = &w->host;

	guest_unlink_all(w);
	world_settle(w);
	world_assert(w, !g->first_pending);
	if (g->broken || h->broken)
		return;
	world_assert(w, g->sent == g->answered);
	world_assert(w, g->unlinks_sent == g->unlinks_answered);
	world_assert(w, g->unlinks_sent == h->unlinks_taken);
	world_assert(w, g->front.fq.ids.in_flight == 0);
	world_assert(w, g->front.urb_ring.req_seq == g->front.urb_ring.rsp_seq);
	world_assert(w, h->back.urb_ring.req_seq == h->back.urb_ring.rsp_seq);
	world_assert(w, usbif_bq_is_idle(&h->back.bq));
	world_assert(w, grants_held(&w->grants) == 0);
	world_assert(w, h->prepared == h->freed);
}

/* What the device did for requests that were never answered, nobody knows. */
static void mark_cut(struct world *w)
{
	const struct guest *g = &w->guest;
	uint32_t i;

	if (g->sent == g->answered)
		return;
	for (i = 0; i < g->devs; i++)
		g->dev[i].device->cut = true;
}

void books_end_connection(struct world *w)
{
	const struct guest *g = &w->guest;
	struct host *h = &w->host;

	w->fail_nth = w->failed ? w->fail_nth : 0;
	if (!g->broken && !h->broken && !h->back.closing)
		check_working(w);
	world_settle(w);
	guest_cut(w);
	mark_cut(w);
	if (!h->back.closing)
		host_close(w);
	world_settle(w);
	world_assert(w, !g->first_pending);
	world_assert(w, g->submitted == g->given_back);
	world_assert(w, usbif_fq_is_idle(&g->front.fq));
	world_assert(w, host_is_quiet(w));
	world_assert(w, hc_is_idle(&w->hc));
	world_assert(w, w->hc.queued == w->hc.completed);
	guest_release(w);
	world_assert(w, grants_held(&w->grants) == 0);
	host_free(w);
	world_assert(w, h->prepared == h->freed);
	if (!w->octets_are_lies)
		check_octets(w);
	w->octets_are_lies = false;
}
