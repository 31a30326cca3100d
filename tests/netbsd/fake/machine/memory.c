/* SPDX-License-Identifier: MIT */
/*
 * Memory.  What is freed is poisoned, and looked at again before it is used
 * again.  Pages have machine addresses that are not in order, and other
 * domains see them elsewhere.
 */
#define _GNU_SOURCE
#include "machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES		8192u
#define PAGE		4096u
#define MACHINE_BASE	0x100000000u
#define STRIDE		5u	/* odd: a permutation of the pages */
#define STRIDE_INVERSE	3277u	/* 5 * 3277 = 2 * 8192 + 1 */
#define POISON		0xdb
#define MAGIC		0x4b4d454du
#define KEPT		256u	/* freed blocks before they are used again */

struct block {
	uint64_t octets;
	uint32_t magic;
	uint32_t zero;
};

static const char *const kind_names[NB_KINDS] = {
	[NB_KMEM] = "kmem blocks", [NB_MUTEX] = "mutexes",
	[NB_CV] = "condition variables", [NB_CALLOUT] = "callouts",
	[NB_SOFTINTS] = "soft interrupts", [NB_THREADS] = "kernel threads",
	[NB_HANDLER] = "event handlers", [NB_PORT] = "event channels",
	[NB_PAGE] = "pages", [NB_GRANT] = "grants", [NB_DEVICE] = "devices",
	[NB_PMF] = "power handlers", [NB_TRANSACTION] = "transactions",
	[NB_XFER] = "xfers", [NB_PIPE] = "pipes",
};

static unsigned int held[NB_KINDS];
static struct block *kept[KEPT];
static uint32_t next_page;
static uint8_t *guest_view, *machine_view;
static int file = -1;
static uint8_t used[PAGES];
static int grants[PAGES];	/* of a page of machine_view */

void nb_count(enum nb_kind kind, int change)
{
	held[kind] += (unsigned int)change;
	if (held[kind] > 0x7fffffff)
		nb_panic("%s given back twice", kind_names[kind]);
}

unsigned int nb_held(enum nb_kind kind)
{
	return held[kind];
}

bool nb_fails(const char *what)
{
	bool fails = world_fails(nb_world, what);

	if (fails)
		nb_log("(%s fails)\n", what);
	return fails;
}

static void check_poison(const struct block *b)
{
	const uint8_t *at = (const uint8_t *)(b + 1);
	uint64_t i;

	for (i = 0; i < b->octets; i++)
		if (at[i] != POISON)
			nb_panic("freed memory of %llu octets was written to",
				 (unsigned long long)b->octets);
}

static void let_go(struct block *b)
{
	if (!b)
		return;
	check_poison(b);
	free(b);
}

/* The address sanitizer keeps what is freed itself, and sees reads too. */
static void keep(struct block *b)
{
#if defined(__SANITIZE_ADDRESS__)
	let_go(b);
#else
	static uint32_t next;

	let_go(kept[next]);
	kept[next] = b;
	next = (next + 1) % KEPT;
#endif
}

void *nb_alloc(size_t octets)
{
	struct block *b = malloc(sizeof(*b) + octets);

	if (!b)
		abort();
	if (octets == 0)
		nb_panic("allocation of nothing");
	b->octets = octets;
	b->magic = MAGIC;
	memset(b + 1, 0xa5, octets);
	nb_count(NB_KMEM, 1);
	return b + 1;
}

void nb_free(void *at, size_t octets)
{
	struct block *b = (struct block *)at - 1;

	if (b->magic != MAGIC)
		nb_panic("%p is freed and was not allocated", at);
	if (b->octets != octets)
		nb_panic("%p has %llu octets, and is freed as %zu", at,
			 (unsigned long long)b->octets, octets);
	nb_count(NB_KMEM, -1);
	b->magic = 0;
	memset(at, POISON, octets);
	keep(b);
}

void *nb_malloc(size_t octets)
{
	return nb_alloc(octets);
}

void nb_mfree(void *at)
{
	if (at)
		nb_free(at, ((struct block *)at - 1)->octets);
}

static void *view(void)
{
	void *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
			file, 0);

	if (at == MAP_FAILED)
		abort();
	return at;
}

void memory_open(void)
{
	memset(held, 0, sizeof(held));
	memset(used, 0, sizeof(used));
	memset(grants, 0, sizeof(grants));
	if (file >= 0)
		return;
	file = memfd_create("machine", MFD_CLOEXEC);
	if (file < 0 || ftruncate(file, PAGES * PAGE) != 0)
		abort();
	guest_view = view();
	machine_view = view();
}

static bool is_free_run(uint32_t first, unsigned int pages)
{
	unsigned int i;

	if (first + pages > PAGES)
		return false;
	for (i = 0; i < pages; i++)
		if (used[first + i])
			return false;
	return true;
}

/* A page beside each run stays free, so that a write beyond it is seen. */
void *nb_pages(unsigned int pages)
{
	uint32_t tried;

	for (tried = 0; tried < PAGES; tried++) {
		uint32_t first = (next_page + tried) % PAGES;
		uint8_t *at = guest_view + (size_t)first * PAGE;

		if (!is_free_run(first, pages + 1))
			continue;
		memset(used + first, 1, pages);
		next_page = first + pages + 1;
		if (mprotect(at, (size_t)pages * PAGE,
			     PROT_READ | PROT_WRITE) != 0 ||
		    mprotect(at + (size_t)pages * PAGE, PAGE, PROT_NONE) != 0)
			abort();
		memset(at, 0xa5, (size_t)pages * PAGE);
		nb_count(NB_PAGE, (int)pages);
		return at;
	}
	return NULL;
}

void nb_free_pages(void *at, unsigned int pages)
{
	uint32_t first = (uint32_t)(((uint8_t *)at - guest_view) / PAGE);
	unsigned int i;

	if ((uint8_t *)at < guest_view || first + pages > PAGES)
		nb_panic("%p is no page", at);
	for (i = 0; i < pages; i++) {
		if (!used[first + i])
			nb_panic("page freed twice");
		used[first + i] = 0;
		if (grants[first + i] != 0)
			nb_panic("a page is freed while it is granted");
	}
	memset(at, POISON, (size_t)pages * PAGE);
	mprotect(at, (size_t)pages * PAGE, PROT_NONE);
	nb_count(NB_PAGE, -(int)pages);
}

/* The page of the guest's view at a place in machine memory, and back. */
static uint32_t scatter(uint32_t page)
{
	return (page * STRIDE + 3) % PAGES;
}

bool nb_machine_address(const void *at, uint64_t *ma)
{
	size_t octets = (size_t)((const uint8_t *)at - guest_view);
	uint32_t page = (uint32_t)(octets / PAGE);

	if ((const uint8_t *)at < guest_view || page >= PAGES || !used[page])
		return false;
	*ma = MACHINE_BASE + (uint64_t)scatter(page) * PAGE + octets % PAGE;
	return true;
}

int64_t memory_place(uint64_t ma)
{
	uint32_t page;

	if (ma < MACHINE_BASE || ma >= MACHINE_BASE + PAGES * PAGE ||
	    ma % PAGE != 0)
		return -1;
	page = (uint32_t)((ma - MACHINE_BASE) / PAGE);
	page = (page + PAGES - 3) * STRIDE_INVERSE % PAGES;
	return used[page] ? (int64_t)page * PAGE : -1;
}

uint8_t *memory_of(uint64_t ma)
{
	int64_t place = memory_place(ma);

	return place < 0 ? NULL : machine_view + place;
}

void memory_granted(const uint8_t *page, int change)
{
	grants[(size_t)(page - machine_view) / PAGE] += change;
}

int memory_file(void)
{
	return file;
}

void memory_close(unsigned int lost_grants, unsigned int lost_pages)
{
	unsigned int kind, i;

	if (held[NB_GRANT] != lost_grants || held[NB_PAGE] != lost_pages)
		nb_panic("%u grants and %u pages left, not %u and %u",
			 held[NB_GRANT], held[NB_PAGE], lost_grants,
			 lost_pages);
	for (kind = 0; kind < NB_KINDS; kind++)
		if (kind != NB_GRANT && kind != NB_PAGE && held[kind] != 0)
			nb_panic("%u %s left", held[kind], kind_names[kind]);
	for (i = 0; i < KEPT; i++) {
		let_go(kept[i]);
		kept[i] = NULL;
	}
}
