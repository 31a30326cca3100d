/* SPDX-License-Identifier: MIT */
/* The grant table, version 1: one page of entries. */
#include "hypercall.h"
#include "kernel.h"

#define ENTRIES	(4096 / sizeof(struct grant_entry_v1))

static struct grant_entry_v1 table[ENTRIES] __attribute__((aligned(4096)));

void grants_start(void)
{
	map_xen_page(XENMAPSPACE_grant_table, table);
}

int32_t platform_grant(uint16_t domid, void *page)
{
	uint32_t ref;

	/* The first ones are the toolstack's: console, xenstore. */
	for (ref = GNTTAB_NR_RESERVED_ENTRIES; ref < ENTRIES; ref++)
		if (__atomic_load_n(&table[ref].flags, __ATOMIC_ACQUIRE) == 0)
			break;
	if (ref == ENTRIES)
		return -1;
	table[ref].domid = domid;
	table[ref].frame = (uint32_t)((unsigned long)page >> 12);
	/* Only now, with all of it written, may the entry be used. */
	__atomic_store_n(&table[ref].flags, GTF_permit_access,
			 __ATOMIC_RELEASE);
	return (int32_t)ref;
}

bool platform_ungrant(int32_t ref)
{
	uint16_t unused = GTF_permit_access;

	/* Reading and writing are Xen's flags, while it is mapped or copied. */
	return __atomic_compare_exchange_n(&table[ref].flags, &unused, 0, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
