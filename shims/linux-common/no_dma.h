/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A host controller that copies every octet, and drivers that want memory for
 * its DMA, as uvcvideo does for all of its URBs.  They ask for it in the name
 * of the controller's device: without masks they get none, and with the
 * operations of the system what a bounce buffer holds may be put over what was
 * received.  So they get plain pages, and no address means anything.
 */
#ifndef NO_DMA_H
#define NO_DMA_H

#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/version.h>

static struct page *no_dma_alloc_pages(struct device *dev, size_t size,
				       dma_addr_t *handle,
				       enum dma_data_direction dir, gfp_t gfp)
{
	struct page *page = alloc_pages_node(dev_to_node(dev),
					     gfp | __GFP_ZERO,
					     get_order(size));

	if (page)
		*handle = page_to_phys(page);
	return page;
}

static void no_dma_free_pages(struct device *dev, size_t size,
			      struct page *page, dma_addr_t handle,
			      enum dma_data_direction dir)
{
	__free_pages(page, get_order(size));
}

static void *no_dma_alloc(struct device *dev, size_t size, dma_addr_t *handle,
			  gfp_t gfp, unsigned long attrs)
{
	struct page *page = no_dma_alloc_pages(dev, size, handle,
					       DMA_BIDIRECTIONAL, gfp);

	return page ? page_address(page) : NULL;
}

static void no_dma_free(struct device *dev, size_t size, void *octets,
			dma_addr_t handle, unsigned long attrs)
{
	free_pages((unsigned long)octets, get_order(size));
}

static dma_addr_t no_dma_map_page(struct device *dev, struct page *page,
				  unsigned long offset, size_t size,
				  enum dma_data_direction dir,
				  unsigned long attrs)
{
	return page_to_phys(page) + offset;
}

static int no_dma_map_sg(struct device *dev, struct scatterlist *list,
			 int count, enum dma_data_direction dir,
			 unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, count, i) {
		sg_dma_address(sg) = sg_phys(sg);
		sg_dma_len(sg) = sg->length;
	}
	return count;
}

static const struct dma_map_ops no_dma_ops = {
	.alloc = no_dma_alloc,
	.free = no_dma_free,
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	.alloc_pages = no_dma_alloc_pages,
#else
	.alloc_pages_op = no_dma_alloc_pages,
#endif
	.free_pages = no_dma_free_pages,
	.map_page = no_dma_map_page,
	.map_sg = no_dma_map_sg,
};

/* From now on drivers get such memory from the device. */
static inline int no_dma_begin(struct device *dev)
{
	set_dma_ops(dev, &no_dma_ops);
	return dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64));
}

/* The operations go with this module; what is still held is freed as pages. */
static inline void no_dma_end(struct device *dev)
{
	set_dma_ops(dev, NULL);
}

#endif
