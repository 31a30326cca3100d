/* SPDX-License-Identifier: MIT */
/*
 * ring.c between two threads, for ThreadSanitizer.  That knows no fences, so
 * here a store is a release if a write barrier came before it, and a read
 * barrier makes an acquire of the load before it: then the entries, which are
 * plain memory, are in order exactly if the barriers are there.
 *
 * usage: race [W|R]	without the write, or the read barriers: a race
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "usbif/wire.h"

static void barrier(char kind);
#define USBIF_MB()	barrier('M')
#define USBIF_RMB()	barrier('R')
#define USBIF_WMB()	barrier('W')
#define USBIF_LOAD_HOOK

#include "usbif/ring.h"

static void hook_store32(volatile uint32_t *to, uint32_t value);
static void hook_copy_out(volatile void *to, const void *from, size_t octets);
#define usbif_store32	hook_store32
#define usbif_copy_out	hook_copy_out

#include "../../libusbif/src/ring.c"

#define REQUESTS	20000u
#define WORDS		(USBIF_WIRE_URB_OCTETS / 4)

static uint32_t page[1024];
static struct usbif_ring front, back;
static char left_out;
static __thread bool writes_are_done;
static __thread const volatile uint32_t *loaded;
static uint32_t nothing;

static void barrier(char kind)
{
	if (kind == left_out)
		return;
	if (kind != 'R')
		writes_are_done = true;
	if (kind != 'W')
		__atomic_load_n(loaded ? loaded : &nothing, __ATOMIC_ACQUIRE);
}

static void hook_store32(volatile uint32_t *to, uint32_t value)
{
	if (writes_are_done)
		__atomic_store_n(to, value, __ATOMIC_RELEASE);
	else
		__atomic_store_n(to, value, __ATOMIC_RELAXED);
	writes_are_done = false;
}

uint32_t usbif_load32(const volatile uint32_t *from)
{
	loaded = from;
	return __atomic_load_n(from, __ATOMIC_RELAXED);
}

/* Word by word, as the sanitizer does not look into memcpy(). */
static void copy(uint32_t *to, const uint32_t *from, size_t octets)
{
	for (size_t i = 0; i < octets / 4; i++)
		to[i] = from[i];
}

void usbif_copy_in(void *to, const volatile void *from, size_t octets)
{
	copy(to, (const uint32_t *)(uintptr_t)from, octets);
	writes_are_done = false;
}

static void hook_copy_out(volatile void *to, const void *from, size_t octets)
{
	copy((uint32_t *)(uintptr_t)to, from, octets);
	writes_are_done = false;
}

/* Both look all the time: that there is an event loses nothing here. */
static void *run_back(void *unused)
{
	uint32_t entry[WORDS], n = 0;

	(void)unused;
	while (n < REQUESTS) {
		if (usbif_ring_take(&back, page, entry, sizeof(entry)) != 1) {
			sched_yield();
			continue;
		}
		entry[0]++;
		usbif_ring_put(&back, page, entry, USBIF_WIRE_URB_RSP_OCTETS);
		usbif_ring_push(&back, page);
		n++;
	}
	return NULL;
}

static uint32_t run_front(void)
{
	uint32_t entry[WORDS], sent = 0, n = 0, wrong = 0;

	while (n < REQUESTS) {
		while (sent < REQUESTS && usbif_ring_front_room(&front) > 0) {
			memset(entry, (int)sent, sizeof(entry));
			entry[0] = 2 * sent++;
			usbif_ring_put(&front, page, entry, sizeof(entry));
		}
		usbif_ring_push(&front, page);
		while (usbif_ring_take(&front, page, entry,
				       USBIF_WIRE_URB_RSP_OCTETS) == 1)
			wrong += entry[0] != 2 * n++ + 1;
		sched_yield();
	}
	return wrong;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	uint32_t wrong;

	if (argc > 1)
		left_out = argv[1][0];
	usbif_ring_front_init(&front, page, 1, USBIF_WIRE_URB_OCTETS);
	usbif_ring_back_init(&back, 1, USBIF_WIRE_URB_OCTETS);
	if (pthread_create(&thread, NULL, run_back, NULL) != 0)
		return 2;
	wrong = run_front();
	pthread_join(thread, NULL);
	printf("%u requests, %u wrong answers\n", REQUESTS, wrong);
	return wrong != 0;
}
