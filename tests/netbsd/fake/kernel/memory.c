/* SPDX-License-Identifier: MIT */
/* Kernel memory: kmem(9), malloc(9), uvm_km(9), and machine addresses. */
#include "fake.h"

struct vm_map *kernel_map;
struct pmap *const kernel_pmap_ptr;
struct malloc_type *const M_DEVBUF;
struct malloc_type *const M_USBDEV;

static void may_allocate(bool sleeps)
{
	if (nb_context() == NB_INTERRUPT)
		nb_panic("allocation in an interrupt handler");
	if (sleeps)
		assert_sleepable();
}

/* As in NetBSD, what may sleep never fails. */
void *kmem_alloc(size_t octets, km_flag_t flags)
{
	bool sleeps = flags & KM_SLEEP;

	may_allocate(sleeps);
	if (!sleeps && nb_fails("kmem_alloc(KM_NOSLEEP)"))
		return NULL;
	return nb_alloc(octets);
}

void *kmem_zalloc(size_t octets, km_flag_t flags)
{
	void *at = kmem_alloc(octets, flags);

	return at ? memset(at, 0, octets) : NULL;
}

void kmem_free(void *at, size_t octets)
{
	may_allocate(false);
	nb_free(at, octets);
}

void *kern_malloc(unsigned long octets, int flags)
{
	void *at;

	may_allocate(!(flags & M_NOWAIT));
	if ((flags & M_NOWAIT) && nb_fails("malloc(M_NOWAIT)"))
		return NULL;
	at = nb_malloc(octets);
	return flags & M_ZERO ? memset(at, 0, octets) : at;
}

void kern_free(void *at)
{
	nb_mfree(at);
}

vaddr_t uvm_km_alloc(struct vm_map *map, vsize_t octets, vsize_t align,
		     int flags)
{
	void *at;

	(void)map;
	(void)align;
	may_allocate(!(flags & UVM_KMF_NOWAIT));
	if (octets == 0 || (octets & PAGE_MASK) != 0)
		nb_panic("uvm_km_alloc of %zu octets", (size_t)octets);
	if (flags & (UVM_KMF_PAGEABLE | UVM_KMF_VAONLY))
		nb_panic("pages that are granted must be wired");
	if (nb_fails("uvm_km_alloc"))
		return 0;
	at = nb_pages((unsigned int)(octets / PAGE_SIZE));
	if (at && (flags & UVM_KMF_ZERO))
		memset(at, 0, octets);
	return (vaddr_t)at;
}

void uvm_km_free(struct vm_map *map, vaddr_t at, vsize_t octets, int flags)
{
	(void)map;
	(void)flags;
	nb_free_pages((void *)at, (unsigned int)(octets / PAGE_SIZE));
}

bool pmap_extract_ma(struct pmap *pmap, vaddr_t at, paddr_t *ma)
{
	(void)pmap;
	return nb_machine_address((const void *)at, ma);
}

bool pmap_extract(struct pmap *pmap, vaddr_t at, paddr_t *pa)
{
	return pmap_extract_ma(pmap, at, pa);
}
