/* SPDX-License-Identifier: MIT */
#include "shared.h"

uint32_t urb_pages[RING_PAGES * 1024];
uint32_t conn_page[1024];

static struct tape *changes;

void shared_init(struct tape *t)
{
	memset(urb_pages, 0, sizeof(urb_pages));
	memset(conn_page, 0, sizeof(conn_page));
	changes = t;
}

void shared_is_quiet(void)
{
	changes = NULL;
}

uint32_t *shared_word(uint32_t *pages, uint32_t offset)
{
	return pages + offset / 4;
}

uint8_t *shared_slot(uint32_t *pages, uint32_t seq, uint32_t slots,
		     uint32_t octets)
{
	return (uint8_t *)pages + USBIF_WIRE_RING_HEADER_OCTETS +
	       (seq & (slots - 1)) * octets;
}

/* Seldom, as most changes of an index end the connection at once. */
static bool changes_now(void)
{
	return changes && changes->left > 0 && tape_u8(changes) == 0xee;
}

uint32_t usbif_load32(const volatile uint32_t *from)
{
	if (changes_now())
		return *from + (uint32_t)(int8_t)tape_u8(changes);
	return *from;
}

void usbif_copy_in(void *to, const volatile void *from, size_t octets)
{
	memcpy(to, (const void *)(uintptr_t)from, octets);
	if (changes_now())
		((uint8_t *)to)[tape_u8(changes) % octets] = tape_u8(changes);
}
