// SPDX-License-Identifier: MIT
/*
 * Long requests: their segments are in an array of the guest's, which is
 * fetched once and judged by the library; and what the slots need for so many
 * pages, allocated with the connection, so that no request can fail for it.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "xub.h"

/* How many segments a request counts for in a batch. */
unsigned int xub_req_segs(const struct usbif_msg_req *req)
{
	return req->indirect ? req->indirect : req->nr_segs + req->nr_desc_segs;
}

/* Copies of a batch at most; its last request may begin just below the bound. */
static unsigned int most_copies(const struct xub_conn *conn)
{
	return 2 * (XUB_BATCH_SEGS - 1 + conn->request_pages);
}

static void slot_init(struct xub_conn *conn, unsigned int i)
{
	unsigned int first = i * conn->request_pages;
	struct xub_slot *s = &conn->slot[i];

	s->conn = conn;
	s->data.page = conn->page + first;
	s->desc.page = s->desc_page;
	s->sg = conn->sg + first;
	if (conn->seg)
		s->seg = conn->seg + first;
}

/* After a failure, too, xub_slots_exit() is to follow. */
int xub_slots_init(struct xub_conn *conn)
{
	unsigned int n = conn->slots * conn->request_pages, i;

	/* The segments of a batch, as an array, fit into its page. */
	BUILD_BUG_ON((XUB_BATCH_SEGS - 1 + USBIF_WIRE_MAX_DATA_SEGS) *
		     USBIF_WIRE_SEG_OCTETS > PAGE_SIZE);
	conn->copy = kvcalloc(most_copies(conn), sizeof(*conn->copy),
			      GFP_KERNEL);
	conn->page = kvcalloc(n, sizeof(*conn->page), GFP_KERNEL);
	conn->sg = kvcalloc(n, sizeof(*conn->sg), GFP_KERNEL);
	if (!conn->copy || !conn->page || !conn->sg)
		return -ENOMEM;
	if (conn->request_pages > USBIF_WIRE_MAX_SEGS) {
		conn->seg = kvcalloc(n, sizeof(*conn->seg), GFP_KERNEL);
		conn->array = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!conn->seg || !conn->array)
			return -ENOMEM;
	}
	for (i = 0; i < conn->slots; i++)
		slot_init(conn, i);
	return 0;
}

void xub_slots_exit(struct xub_conn *conn)
{
	if (conn->array)
		__free_page(conn->array);
	kvfree(conn->seg);
	kvfree(conn->sg);
	kvfree(conn->page);
	kvfree(conn->copy);
}

/* Queue the copies of a request's array, behind those of its batch. */
void xub_array_fetch(struct xub_conn *conn, struct xub_slot *s,
		     const struct usbif_msg_req *req)
{
	const struct xub_area a = { .page = &conn->array, .pages = 1 };
	u32 octets = req->indirect * USBIF_WIRE_SEG_OCTETS;

	s->array_at = conn->array_octets;
	xub_copy(conn, &a, s->array_at, req->seg, octets, false);
	conn->array_octets += octets;
	conn->fetching = true;
}

/* The copies are here: nothing reads the guest's array any more. */
enum usbif_fault xub_array_decode(struct xub_conn *conn, struct xub_slot *s,
				  const struct usbif_msg_req *req)
{
	return usbif_msg_decode_segs(page_address(conn->array) + s->array_at,
				     req->indirect, req->length, s->seg);
}
