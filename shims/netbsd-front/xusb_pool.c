/* SPDX-License-Identifier: MIT */
/*
 * Pages that the backend may read and write.  They are granted once, for the
 * whole connection: an xfer costs a copy and no grant operation, no page of a
 * driver is ever exposed, and a backend that keeps a page keeps one of these.
 */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include <sys/proc.h>

#include <uvm/uvm.h>

#include "xusbvar.h"

/*
 * How often, and how far apart in ms, detach looks again at what the backend
 * still maps: one that has been told to close unmaps it a moment later.
 */
#define	LEAK_LOOKS	20
#define	LEAK_MS		50

#define	SLOT_OCTETS	(USBIF_WIRE_MAX_SEGS * USBIF_WIRE_PAGE_OCTETS)

/* A page of the machine is a page of the protocol, on each that has Xen. */
CTASSERT(PAGE_SIZE == USBIF_WIRE_PAGE_OCTETS);

static int
xusb_grant_page(struct xusb_softc *sc, struct xusb_region *rg, unsigned int i)
{
	paddr_t ma;
	int error;

	if (!pmap_extract_ma(pmap_kernel(), rg->rg_va + i * PAGE_SIZE, &ma))
		return EFAULT;
	error = xengnt_grant_access(sc->sc_xbusd->xbusd_otherend_id, ma, 0,
	    &rg->rg_ref[i]);
	rg->rg_granted[i] = error == 0;
	return error;
}

static void
xusb_region_free(struct xusb_region *rg)
{
	if (rg->rg_va != 0)
		uvm_km_free(kernel_map, rg->rg_va, rg->rg_pages * PAGE_SIZE,
		    UVM_KMF_WIRED);
	kmem_free(rg->rg_ref, rg->rg_pages * sizeof(rg->rg_ref[0]));
	kmem_free(rg->rg_granted, rg->rg_pages * sizeof(rg->rg_granted[0]));
	kmem_free(rg, sizeof(*rg));
}

/*
 * End the grants that can be ended: to revoke one that is mapped would be a
 * panic, or hand its reference to somebody else.  Returns how many remain.
 */
static unsigned int
xusb_region_revoke(struct xusb_region *rg)
{
	unsigned int i, kept = 0;

	for (i = 0; i < rg->rg_pages; i++) {
		if (!rg->rg_granted[i])
			continue;
		if (xengnt_status(rg->rg_ref[i]) != 0) {
			kept++;
			continue;
		}
		xengnt_revoke_access(rg->rg_ref[i]);
		rg->rg_granted[i] = false;
	}
	return kept;
}

struct xusb_region *
xusb_region_get(struct xusb_softc *sc, unsigned int pages)
{
	struct xusb_region *rg = kmem_zalloc(sizeof(*rg), KM_SLEEP);
	unsigned int i;
	int error = 0;

	rg->rg_pages = pages;
	rg->rg_ref = kmem_zalloc(pages * sizeof(rg->rg_ref[0]), KM_SLEEP);
	rg->rg_granted = kmem_zalloc(pages * sizeof(rg->rg_granted[0]),
	    KM_SLEEP);
	rg->rg_va = uvm_km_alloc(kernel_map, pages * PAGE_SIZE, PAGE_SIZE,
	    UVM_KMF_WIRED | UVM_KMF_ZERO | UVM_KMF_CANFAIL);
	if (rg->rg_va == 0)
		error = ENOMEM;
	for (i = 0; i < pages && error == 0; i++)
		error = xusb_grant_page(sc, rg, i);
	if (error == 0)
		return rg;
	xusb_region_put(sc, rg);
	return NULL;
}

void
xusb_region_put(struct xusb_softc *sc, struct xusb_region *rg)
{
	unsigned int kept;

	if (rg == NULL)
		return;
	kept = xusb_region_revoke(rg);
	if (kept == 0) {
		xusb_region_free(rg);
		return;
	}
	aprint_error_dev(sc->sc_dev, "backend keeps %u granted pages: "
	    "leaving %u behind\n", kept, rg->rg_pages);
	SLIST_INSERT_HEAD(&sc->sc_aside, rg, rg_next);
}

void
xusb_region_void(struct xusb_region *rg)
{
	if (rg != NULL)
		memset(rg->rg_granted, 0,
		    rg->rg_pages * sizeof(rg->rg_granted[0]));
}

void
xusb_aside_retry(struct xusb_softc *sc)
{
	SLIST_HEAD(, xusb_region) kept = SLIST_HEAD_INITIALIZER(kept);
	struct xusb_region *rg;

	while ((rg = SLIST_FIRST(&sc->sc_aside)) != NULL) {
		SLIST_REMOVE_HEAD(&sc->sc_aside, rg_next);
		if (xusb_region_revoke(rg) == 0)
			xusb_region_free(rg);
		else
			SLIST_INSERT_HEAD(&kept, rg, rg_next);
	}
	while ((rg = SLIST_FIRST(&kept)) != NULL) {
		SLIST_REMOVE_HEAD(&kept, rg_next);
		SLIST_INSERT_HEAD(&sc->sc_aside, rg, rg_next);
	}
}

/* The pages stay where they are; only the knowledge of them goes. */
void
xusb_aside_leak(struct xusb_softc *sc)
{
	struct xusb_region *rg;
	unsigned int pages = 0, look;

	xusb_aside_retry(sc);
	for (look = 0; look < LEAK_LOOKS && !SLIST_EMPTY(&sc->sc_aside);
	    look++) {
		(void)kpause("xusbpage", false, mstohz(LEAK_MS) + 1, NULL);
		xusb_aside_retry(sc);
	}
	while ((rg = SLIST_FIRST(&sc->sc_aside)) != NULL) {
		SLIST_REMOVE_HEAD(&sc->sc_aside, rg_next);
		pages += rg->rg_pages;
		rg->rg_va = 0;
		xusb_region_free(rg);
	}
	if (pages != 0)
		aprint_error_dev(sc->sc_dev, "%u pages are lost: the backend "
		    "never let go of them\n", pages);
}

void *
xusb_slot_octets(struct xusb_softc *sc, uint16_t id)
{
	return (uint8_t *)sc->sc_pool->rg_va + (size_t)id * SLOT_OCTETS;
}

/*
 * Describe octets of slot id, from one of its pages on, in seg[].  Returns
 * the number of segments.
 */
uint8_t
xusb_slot_segs(struct xusb_softc *sc, uint16_t id, uint32_t first_page,
    uint32_t octets, struct usbif_msg_seg *seg)
{
	const grant_ref_t *ref = &sc->sc_pool->rg_ref[
	    id * USBIF_WIRE_MAX_SEGS + first_page];
	uint8_t n;

	for (n = 0; octets != 0; n++) {
		uint32_t length = MIN(octets, PAGE_SIZE);

		seg[n].gref = ref[n];
		seg[n].offset = 0;
		seg[n].length = length;
		octets -= length;
	}
	return n;
}
