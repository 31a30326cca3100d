// SPDX-License-Identifier: MIT
/*
 * Octets of transfers: pages, and grant copies between them and the guest's.
 * The host controller works on the same pages, so that nothing is copied
 * twice.  Pages are zeroed when they are new and serve one guest only, so
 * that no octet of the host's can reach it.
 */
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <xen/grant_table.h>
#include <xen/page.h>

#include "xub.h"

static struct page *page_get(struct xub_conn *conn)
{
	if (conn->spares)
		return conn->spare[--conn->spares];
	return alloc_page(conn->gfp | __GFP_ZERO | __GFP_NOWARN);
}

static void page_put(struct xub_conn *conn, struct page *page)
{
	if (conn->spares < XUB_SPARE)
		conn->spare[conn->spares++] = page;
	else
		__free_page(page);
}

void xub_spares_free(struct xub_conn *conn)
{
	while (conn->spares)
		__free_page(conn->spare[--conn->spares]);
}

static bool block_get(struct xub_area *a, u32 octets, gfp_t gfp)
{
	u32 left = octets;

	a->block = true;
	while (left) {
		u32 n = min_t(u32, left, XUB_PIECE), i;
		struct page *page = alloc_pages(gfp | __GFP_ZERO | __GFP_NOWARN,
						get_order(n));

		if (!page)
			return false;
		for (i = 0; i < DIV_ROUND_UP(n, PAGE_SIZE); i++)
			a->page[a->pages++] = page + i;
		left -= n;
	}
	return true;
}

static void block_put(struct xub_area *a)
{
	const unsigned int piece = DIV_ROUND_UP(XUB_PIECE, PAGE_SIZE);
	unsigned int i;

	for (i = 0; i < a->pages; i += piece)
		__free_pages(a->page[i], get_order(min(a->pages - i, piece) *
						   PAGE_SIZE));
	a->pages = 0;
}

/*
 * Pages for that many octets, as many as a->page has room for; contiguous by
 * pieces if asked for.
 * Called by the one that serves only, as is xub_area_put().
 */
bool xub_area_get(struct xub_conn *conn, struct xub_area *a, u32 octets,
		  bool block)
{
	unsigned int pages = DIV_ROUND_UP(octets, PAGE_SIZE);

	if (block && pages > 1) {
		if (block_get(a, octets, conn->gfp))
			return true;
		xub_area_put(conn, a);
		return false;
	}
	a->block = false;
	for (a->pages = 0; a->pages < pages; a->pages++) {
		a->page[a->pages] = page_get(conn);
		if (!a->page[a->pages]) {
			xub_area_put(conn, a);
			return false;
		}
	}
	return true;
}

void xub_area_put(struct xub_conn *conn, struct xub_area *a)
{
	if (a->block)
		block_put(a);
	while (a->pages)
		page_put(conn, a->page[--a->pages]);
	a->block = false;
}

/* One hypercall; a function of its own, so that a kprobe can count them. */
static noinline int xub_copy_hypercall(struct xub_conn *conn, unsigned int n)
{
	return HYPERVISOR_grant_table_op(GNTTABOP_copy, conn->copy, n);
}

static u32 guest_ref(const struct gnttab_copy *op)
{
	return op->flags & GNTCOPY_source_gref ? op->source.u.ref :
						 op->dest.u.ref;
}

/*
 * Perform the copies that were queued.  Returns 0; -EAGAIN: a page of the
 * guest is paged out, and it takes sleep to wait for it; or -EFAULT: the guest
 * did not grant what it said.
 */
int xub_copy_flush(struct xub_conn *conn)
{
	unsigned int i, n = conn->copies;
	int err = 0;

	if (n && !conn->copied && xub_copy_hypercall(conn, n))
		return -EFAULT;
	conn->copied = true;
	for (i = 0; i < n; i++) {
		if (conn->copy[i].status == GNTST_eagain) {
			if (conn->gfp == GFP_ATOMIC)
				return -EAGAIN;
			gnttab_batch_copy(&conn->copy[i], 1);
		}
		if (conn->copy[i].status != GNTST_okay) {
			conn->bad_ref = guest_ref(&conn->copy[i]);
			err = -EFAULT;
		}
	}
	conn->copied = false;
	conn->copies = 0;
	return err;
}

static void queue_copy(struct xub_conn *conn, struct page *page, u32 offset,
		       u32 gref, u32 goffset, u32 octets, bool to_guest)
{
	struct gnttab_copy *op = &conn->copy[conn->copies++];
	unsigned long gfn = xen_page_to_gfn(page) + offset / XEN_PAGE_SIZE;
	u16 at = offset % XEN_PAGE_SIZE;

	memset(op, 0, sizeof(*op));
	op->len = octets;
	if (to_guest) {
		op->source.domid = DOMID_SELF;
		op->source.u.gmfn = gfn;
		op->source.offset = at;
		op->dest.domid = conn->domid;
		op->dest.u.ref = gref;
		op->dest.offset = goffset;
		op->flags = GNTCOPY_dest_gref;
	} else {
		op->source.domid = conn->domid;
		op->source.u.ref = gref;
		op->source.offset = goffset;
		op->dest.domid = DOMID_SELF;
		op->dest.u.gmfn = gfn;
		op->dest.offset = at;
		op->flags = GNTCOPY_source_gref;
	}
}

/*
 * Queue the copies between the octets of an area, from at on, and those of the
 * guest's segments; neither side of one crosses a page.  xub_copy_flush()
 * performs them and tells the outcome.
 */
void xub_copy(struct xub_conn *conn, const struct xub_area *a, u32 at,
	      const struct usbif_msg_seg *seg, u32 octets, bool to_guest)
{
	u32 end = at + octets, done = 0;

	while (at < end) {
		u32 n = min_t(u32, seg->length - done, end - at);

		n = min_t(u32, n, XEN_PAGE_SIZE - at % XEN_PAGE_SIZE);
		queue_copy(conn, a->page[at / PAGE_SIZE], at % PAGE_SIZE,
			   seg->gref, seg->offset + done, n, to_guest);
		at += n;
		done += n;
		if (done == seg->length) {
			seg++;
			done = 0;
		}
	}
}
