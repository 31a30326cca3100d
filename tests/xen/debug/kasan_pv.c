// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * KASAN in a PV domain, which Linux by itself does not set up.  Built into the
 * kernels of scripts/debug-kernel, as arch/x86/xen/kasan_pv.c.
 *
 * Xen wants each table of pages read-only before it is used as one, and takes
 * no root of which it has not been told.  So kasan_init() is run here while the
 * operations on tables are those of early boot, and its two changes of root are
 * left out: it makes them to have the shadow's first, coarse tables replaced
 * while they are in use, and here nothing uses them, because nothing is checked
 * before kasan_arch_is_ready() says so.
 */
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <asm/paravirt.h>
#include <asm/xen/page.h>
#include <xen/xen.h>

bool kasan_shadow_ready;

static void __init table_read_only(struct mm_struct *mm, unsigned long pfn)
{
	make_lowmem_page_readonly(__va(PFN_PHYS(pfn)));
}

static void __init root_stays(unsigned long root)
{
}

/* The tables for what has no shadow of its own: all of it in one page. */
static void __init fill_shared_tables(void)
{
	unsigned long page = PFN_DOWN(__pa_symbol(kasan_early_shadow_page));
	unsigned long pte = __pa_symbol(kasan_early_shadow_pte);
	unsigned long pmd = __pa_symbol(kasan_early_shadow_pmd);
	int i;

	for (i = 0; i < PTRS_PER_PTE; i++) {
		kasan_early_shadow_pte[i] = pfn_pte(page, PAGE_KERNEL_RO);
		kasan_early_shadow_pmd[i] = __pmd(pte | _KERNPG_TABLE);
		kasan_early_shadow_pud[i] = __pud(pmd | _KERNPG_TABLE);
	}
	make_lowmem_page_readonly(lm_alias(kasan_early_shadow_pte));
	make_lowmem_page_readonly(lm_alias(kasan_early_shadow_pmd));
	make_lowmem_page_readonly(lm_alias(kasan_early_shadow_pud));
}

/* Called from xen_pagetable_init(), between paging_init() and what follows. */
void __init xen_kasan_init(void)
{
	struct pv_mmu_ops saved = pv_ops.mmu;

	fill_shared_tables();
	pv_ops.mmu.alloc_pte = table_read_only;
	pv_ops.mmu.alloc_pmd = table_read_only;
	pv_ops.mmu.alloc_pud = table_read_only;
	pv_ops.mmu.write_cr3 = root_stays;
	kasan_init();
	pv_ops.mmu = saved;
}

/* Called from setup_arch(), instead of kasan_init(). */
void __init kasan_init_here(void)
{
	if (!xen_pv_domain())
		kasan_init();
	kasan_shadow_ready = true;
}
