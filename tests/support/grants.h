/* SPDX-License-Identifier: MIT */
/*
 * A grant table: pages that one domain lets the other copy from and to, by
 * reference.  A reference is not used again for long, so that a stale one is
 * noticed; each page is an allocation of its own, so that a copy beyond it is
 * noticed too.
 */
#ifndef SUPPORT_GRANTS_H
#define SUPPORT_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#define GRANTS		8192u
#define GRANT_FIRST_REF	64u

struct grant {
	uint8_t *page;
	bool writable;
};

struct grants {
	struct grant entry[GRANTS];
	uint32_t next;
	uint32_t granted;
	uint32_t released;
};

/* Grant a zeroed page.  Returns its reference. */
uint32_t grants_add(struct grants *g, bool writable);

/* The page of a reference that is valid. */
uint8_t *grants_page(const struct grants *g, uint32_t ref);

/* End a grant; the page is freed. */
void grants_end(struct grants *g, uint32_t ref);

/* Number of grants that have not ended. */
uint32_t grants_held(const struct grants *g);

/* What a hypervisor does for the other domain.  False: refused. */
bool grants_copy_from(const struct grants *g, uint32_t ref, uint32_t offset,
		      void *to, uint32_t octets);
bool grants_copy_to(const struct grants *g, uint32_t ref, uint32_t offset,
		    const void *from, uint32_t octets);

#endif
