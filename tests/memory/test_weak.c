/* SPDX-License-Identifier: MIT */
/*
 * ring.c on a weak memory: its stores, loads and barriers go to weak.c, which
 * looks at every outcome of short programs.  Each barrier is then left out in
 * turn, and one of the scenes has to go wrong.
 */
#include "weak.h"

#include <stdio.h>
#include <string.h>

#define USBIF_MB()	weak_barrier(__func__, 'M')
#define USBIF_RMB()	weak_barrier(__func__, 'R')
#define USBIF_WMB()	weak_barrier(__func__, 'W')
#define USBIF_LOAD_HOOK

#include "usbif/ring.h"

static void hook_store32(volatile uint32_t *to, uint32_t value);
static void hook_copy_out(volatile void *to, const void *from, size_t octets);
#define usbif_store32	hook_store32
#define usbif_copy_out	hook_copy_out

#include "../../libusbif/src/ring.c"

/* Entries of two words: what an answer overwrites, and what it does not. */
#define ENTRY		8u
#define SLOTS		2u

static uint32_t page[16 + SLOTS * 2];
static struct usbif_ring front, back;
static const char *wrong;
static uint32_t got[2][4][2], taken[2], sent[2];
static bool asleep[2];

static uint32_t word_of(const volatile void *at)
{
	uint32_t index = (uint32_t)((const volatile uint32_t *)at - page);

	return index < 4 ? index : SLOT + index - 16;
}

static void hook_store32(volatile uint32_t *to, uint32_t value)
{
	weak_store(word_of(to), value);
}

static void hook_copy_out(volatile void *to, const void *from, size_t octets)
{
	const uint32_t *words = from;

	for (uint32_t i = 0; i < octets / 4; i++)
		weak_store(word_of((volatile uint32_t *)to + i), words[i]);
}

uint32_t usbif_load32(const volatile uint32_t *from)
{
	return weak_load(word_of(from));
}

void usbif_copy_in(void *to, const volatile void *from, size_t octets)
{
	for (uint32_t i = 0; i < octets / 4; i++)
		weak_load_late(word_of((const volatile uint32_t *)from + i),
			       (uint32_t *)to + i);
}

static void begin(void)
{
	memset(&front, 0, sizeof(front));
	front.slots = SLOTS;
	front.entry_octets = ENTRY;
	back = front;
	front.front = true;
	wrong = NULL;
	memset(got, 0, sizeof(got));
	memset(taken, 0, sizeof(taken));
	memset(sent, 0, sizeof(sent));
	memset(asleep, 0, sizeof(asleep));
	weak_preset(REQ_EVENT, 1);
	weak_preset(RSP_EVENT, 1);
}

static void claim(bool holds, const char *what)
{
	if (!holds && !wrong)
		wrong = what;
}

/* Entry n of a side: words that no other entry has. */
static uint32_t mark(int side, uint32_t n, uint32_t word)
{
	return (side ? 1000u : 2000u) + n * 10 + word;
}

static void put(int side, struct usbif_ring *r, uint32_t octets)
{
	uint32_t n = sent[side]++;
	uint32_t entry[2] = { mark(side, n, 0), mark(side, n, 1) };

	claim(usbif_ring_put(r, page, entry, octets) == USBIF_OK,
	      "no room for what there should be room for");
}

static void push(int side, struct usbif_ring *r)
{
	if (usbif_ring_push(r, page))
		weak_notify(!side);
}

/* side: whose entries are taken. */
static bool take(int side, struct usbif_ring *r, uint32_t octets)
{
	int result = usbif_ring_take(r, page, got[side][taken[side]], octets);

	claim(result >= 0, "an honest peer is found at fault");
	if (result == 1)
		taken[side]++;
	return result == 1;
}

/*
 * Each event: takes all, answers it if that is what is wanted, and looks
 * again, until no event will ever come.
 */
static void serve(int side, struct usbif_ring *r, uint32_t octets, bool answers)
{
	while (weak_wait()) {
		do {
			while (take(!side, r, octets))
				if (answers)
					put(side, r, 4);
			push(side, r);
		} while (usbif_ring_sleep(r, page) == 1);
	}
	asleep[side] = true;
}

static void check_entries(int side, uint32_t words)
{
	for (uint32_t n = 0; n < taken[side]; n++)
		for (uint32_t word = 0; word < words; word++)
			claim(got[side][n][word] == mark(side, n, word),
			      "an entry is not what was put");
}

static const char *judge(void)
{
	for (int side = 0; side < 2; side++) {
		check_entries(side, side ? 1 : 2);
		if (asleep[!side])
			claim(taken[side] == sent[side],
			      "asleep, with an entry to take");
	}
	return wrong;
}

/* A, B: the front publishes twice, the back goes to sleep when it may. */
static void front_publishes(void)
{
	put(0, &front, ENTRY);
	push(0, &front);
	put(0, &front, ENTRY);
	push(0, &front);
}

static void back_serves(void)
{
	serve(1, &back, ENTRY, false);
}

/* All of it in both directions. */
static void front_asks(void)
{
	put(0, &front, ENTRY);
	push(0, &front);
	serve(0, &front, 4, false);
}

static void back_answers(void)
{
	serve(1, &back, ENTRY, true);
}

/* A, B in the other direction. */
static void some_sent(uint32_t n)
{
	begin();
	front.req_seq = n;
	front.told_seq = n;
	back.req_seq = n;
	weak_preset(REQ_PROD, n);
}

static void two_sent(void)
{
	some_sent(2);
}

static void front_serves(void)
{
	serve(0, &front, 4, false);
}

static void back_publishes(void)
{
	put(1, &back, 4);
	push(1, &back);
	put(1, &back, 4);
	push(1, &back);
}

/* C: the front puts a request where the one before it is being copied. */
static void front_reuses(void)
{
	put(0, &front, ENTRY);
	push(0, &front);
	while (!take(1, &front, 4) && weak_wait())
		;
	if (taken[1] == 0)
		return;
	put(0, &front, ENTRY);
	put(0, &front, ENTRY);
	push(0, &front);
}

static void back_answers_early(void)
{
	if (!take(0, &back, ENTRY))
		return;
	put(1, &back, 4);
	push(1, &back);
}

/* D: what the front put before it asked for an event. */
static void one_answered(void)
{
	some_sent(1);
	front.rsp_seq = 1;
	back.rsp_seq = 1;
	back.told_seq = 1;
	weak_preset(RSP_PROD, 1);
}

static void front_unlinks(void)
{
	put(0, &front, ENTRY);
	push(0, &front);
	usbif_ring_sleep(&front, page);
}

static void back_hears(void)
{
	/* Nothing has been taken that was put before. */
	if (usbif_ring_heard(&back, page, 1) == 1)
		claim(taken[0] == 1, "heard, before what came first was taken");
}

static const struct weak_scene scenes[] = {
	{ "requests", begin, { front_publishes, back_serves }, judge },
	{ "answers", two_sent, { front_serves, back_publishes }, judge },
	{ "round-trip", begin, { front_asks, back_answers }, judge },
	{ "reuse", begin, { front_reuses, back_answers_early }, judge },
	{ "heard", one_answered, { front_unlinks, back_hears }, judge },
};

#define SCENES	(sizeof(scenes) / sizeof(scenes[0]))

/* Which scene goes wrong without the barrier?  Returns false if none does. */
static bool leave_out(const char *site)
{
	uint64_t runs;

	for (uint32_t i = 0; i < SCENES; i++) {
		const char *what = weak_explore(&scenes[i], site, &runs);

		if (!what)
			continue;
		printf("PASS without %s: %s, run %llu: %s\n", site,
		       scenes[i].name, (unsigned long long)runs, what);
		return true;
	}
	printf("FAIL without %s: nothing goes wrong\n", site);
	return false;
}

int main(void)
{
	uint32_t bad = 0, i;
	uint64_t runs;

	for (i = 0; i < SCENES; i++) {
		const char *what = weak_explore(&scenes[i], NULL, &runs);

		printf("%s memory %s: %llu runs%s%s\n", what ? "FAIL" : "PASS",
		       scenes[i].name, (unsigned long long)runs,
		       what ? ": " : "", what ? what : "");
		bad += what != NULL;
	}
	for (i = 0; i < weak_site_count; i++)
		bad += !leave_out(weak_sites[i]);
	return bad || weak_site_count == 0;
}
