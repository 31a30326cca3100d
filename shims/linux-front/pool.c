// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The pages that the backend may read and write.  They are granted once, for
 * the whole connection: an URB costs a copy and no grant operation, no page of
 * a driver is ever exposed, and a backend that keeps a page keeps one of
 * these.
 */
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen/page.h>

#include "usbfront.h"

static unsigned long gfn_of(void *octets)
{
	return xen_page_to_gfn(vmalloc_to_page(octets)) +
	       (offset_in_page(octets) >> XEN_PAGE_SHIFT);
}

static int grant_pages(struct usbfront *uf, unsigned int pages)
{
	struct usbfront_pool *pool = &uf->pool;
	domid_t domid = uf->xbdev->otherend_id;

	for (pool->pages = 0; pool->pages < pages; pool->pages++) {
		void *octets = pool->octets + pool->pages * XEN_PAGE_SIZE;
		bool readonly = pool->pages >= pool->runs;
		int ref = gnttab_grant_foreign_access(domid, gfn_of(octets),
						      readonly);

		if (ref < 0)
			return ref;
		pool->ref[pool->pages] = ref;
	}
	return 0;
}

int usbfront_pool_init(struct usbfront *uf, unsigned int slots)
{
	struct usbfront_pool *pool = &uf->pool;
	unsigned int pages;
	int err = -ENOMEM;

	memset(pool, 0, sizeof(*pool));
	if (uf->left_behind >= USBFRONT_MAX_KEPT)
		return -EDQUOT;
	pool->run = uf->config.request_pages;
	pool->runs = slots * pool->run;
	pages = pool->runs;
	if (pool->run > USBIF_WIRE_MAX_SEGS) {
		pool->array = roundup_pow_of_two(pool->run *
						 USBIF_WIRE_SEG_OCTETS);
		pages += DIV_ROUND_UP(slots * pool->array, XEN_PAGE_SIZE);
	}
	/* That there is not so much is told in a line of ours. */
	pool->octets = __vmalloc((size_t)pages * XEN_PAGE_SIZE,
				 GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	pool->ref = kvcalloc(pages, sizeof(*pool->ref), GFP_KERNEL);
	if (pool->octets && pool->ref)
		err = grant_pages(uf, pages);
	if (err)
		usbfront_pool_exit(uf);
	return err;
}

/*
 * A grant that the backend still uses cannot be ended, and its page may be
 * written at any time: the whole pool is left behind then.
 */
void usbfront_pool_exit(struct usbfront *uf)
{
	struct usbfront_pool *pool = &uf->pool;
	unsigned int i, kept = 0;

	for (i = 0; i < pool->pages; i++)
		if (!gnttab_try_end_foreign_access(pool->ref[i]))
			kept++;
	if (kept) {
		dev_warn(&uf->xbdev->dev,
			 "backend keeps %u granted pages: leaving %u behind\n",
			 kept, pool->pages);
		uf->left_behind += pool->pages;
		/* Nobody knows of it any more, on purpose. */
		kmemleak_ignore(pool->octets);
	} else {
		vfree(pool->octets);
	}
	kvfree(pool->ref);
	memset(pool, 0, sizeof(*pool));
}

void *usbfront_pool_octets(struct usbfront *uf, u16 id)
{
	return uf->pool.octets + (size_t)id * uf->pool.run * XEN_PAGE_SIZE;
}

u16 usbfront_pool_segs(struct usbfront *uf, u16 id, u32 first_page, u32 octets,
		       struct usbif_msg_seg *seg)
{
	const grant_ref_t *ref = uf->pool.ref + id * uf->pool.run + first_page;
	u16 n = 0;

	for (; octets; n++) {
		u32 length = min_t(u32, octets, XEN_PAGE_SIZE);

		seg[n].gref = ref[n];
		seg[n].offset = 0;
		seg[n].length = length;
		octets -= length;
	}
	return n;
}

void usbfront_pool_array(struct usbfront *uf, u16 id,
			 const struct usbif_msg_seg *seg, u16 segs,
			 struct usbif_msg_seg *array)
{
	const struct usbfront_pool *pool = &uf->pool;
	u32 at = pool->runs * XEN_PAGE_SIZE + id * pool->array;

	usbif_msg_encode_segs(seg, segs, pool->octets + at);
	array->gref = pool->ref[at / XEN_PAGE_SIZE];
	array->offset = at % XEN_PAGE_SIZE;
	array->length = segs * USBIF_WIRE_SEG_OCTETS;
}
