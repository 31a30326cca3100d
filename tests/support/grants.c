/* SPDX-License-Identifier: MIT */
#include "support/grants.h"

#include <stdlib.h>
#include <string.h>

#include "usbif/wire.h"

uint32_t grants_add(struct grants *g, bool writable)
{
	uint32_t tried = 0, at;

	do {
		at = g->next++ % GRANTS;
		if (++tried > GRANTS)
			abort();
	} while (g->entry[at].page);
	g->entry[at].page = calloc(1, USBIF_WIRE_PAGE_OCTETS);
	if (!g->entry[at].page)
		abort();
	g->entry[at].writable = writable;
	g->granted++;
	return GRANT_FIRST_REF + at;
}

static const struct grant *find(const struct grants *g, uint32_t ref)
{
	uint32_t at = ref - GRANT_FIRST_REF;

	return at < GRANTS && g->entry[at].page ? &g->entry[at] : NULL;
}

uint8_t *grants_page(const struct grants *g, uint32_t ref)
{
	const struct grant *grant = find(g, ref);

	if (!grant)
		abort();
	return grant->page;
}

void grants_end(struct grants *g, uint32_t ref)
{
	free(grants_page(g, ref));
	g->entry[ref - GRANT_FIRST_REF].page = NULL;
	g->released++;
}

uint32_t grants_held(const struct grants *g)
{
	return g->granted - g->released;
}

static bool is_within_page(uint32_t offset, uint32_t octets)
{
	return offset <= USBIF_WIRE_PAGE_OCTETS &&
	       octets <= USBIF_WIRE_PAGE_OCTETS - offset;
}

bool grants_copy_from(const struct grants *g, uint32_t ref, uint32_t offset,
		      void *to, uint32_t octets)
{
	const struct grant *grant = find(g, ref);

	if (!grant || !is_within_page(offset, octets))
		return false;
	memcpy(to, grant->page + offset, octets);
	return true;
}

bool grants_copy_to(const struct grants *g, uint32_t ref, uint32_t offset,
		    const void *from, uint32_t octets)
{
	const struct grant *grant = find(g, ref);

	if (!grant || !grant->writable || !is_within_page(offset, octets))
		return false;
	memcpy(grant->page + offset, from, octets);
	return true;
}
