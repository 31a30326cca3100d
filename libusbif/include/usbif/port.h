/* SPDX-License-Identifier: MIT */
/*
 * The only header of libusbif that knows where it is compiled.
 *
 * A platform block must define, and nothing else may be asked of a platform:
 *   1. uint8_t .. uint64_t, int32_t, uintptr_t, bool, size_t, UINT32_MAX,
 *      UINT64_MAX
 *   2. memcpy, memmove, memset, memcmp, offsetof, NULL
 *   3. USBIF_MB(), USBIF_RMB(), USBIF_WMB(): barriers against a peer on
 *      another CPU.  They exist in every build: a guest with one virtual CPU
 *      still shares memory with a backend on another.
 *   4. USBIF_STATIC_ASSERT(condition, identifier)
 *
 * Loads of shared memory go through usbif_load32() and usbif_copy_in(), stores
 * through usbif_store32() and usbif_copy_out(); only ring.c calls them.
 */
#ifndef USBIF_PORT_H
#define USBIF_PORT_H

#if defined(__linux__) && defined(__KERNEL__)
#include <linux/limits.h>
#include <linux/types.h>
#include <linux/string.h>
#include <asm/barrier.h>
#ifndef UINT32_MAX
#define UINT32_MAX	U32_MAX
#endif
#ifndef UINT64_MAX
#define UINT64_MAX	U64_MAX
#endif
#define USBIF_MB()	virt_mb()
#define USBIF_RMB()	virt_rmb()
#define USBIF_WMB()	virt_wmb()
#elif defined(__NetBSD__) && defined(_KERNEL)
#include <sys/types.h>
#include <sys/stdbool.h>
#include <sys/stdint.h>
#include <sys/systm.h>
/*
 * Not membar_sync(): on one CPU the kernel patches its lock prefix away, and
 * then it no longer orders a store before a load.
 */
#define USBIF_MB()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define USBIF_RMB()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define USBIF_WMB()	__atomic_thread_fence(__ATOMIC_RELEASE)
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef USBIF_FREESTANDING
void *memcpy(void *to, const void *from, size_t octets);
void *memmove(void *to, const void *from, size_t octets);
void *memset(void *to, int octet, size_t octets);
int memcmp(const void *a, const void *b, size_t octets);
#else
#include <string.h>
#endif
#ifndef USBIF_MB	/* a test may count barriers by defining its own */
#define USBIF_MB()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define USBIF_RMB()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define USBIF_WMB()	__atomic_thread_fence(__ATOMIC_RELEASE)
#endif
#endif

#define USBIF_STATIC_ASSERT(condition, name) \
	typedef char usbif_static_assert_##name[(condition) ? 1 : -1] \
		__attribute__((unused))

#ifdef USBIF_LOAD_HOOK
/*
 * A proof or a fuzzer defines USBIF_LOAD_HOOK and supplies these two, so that
 * each read of shared memory may yield any value.
 */
uint32_t usbif_load32(const volatile uint32_t *from);
void usbif_copy_in(void *to, const volatile void *from, size_t octets);
#else
/* Fetch one aligned 32-bit word of shared memory, exactly once. */
static inline uint32_t usbif_load32(const volatile uint32_t *from)
{
	return *from;
}

/*
 * Copy octets out of shared memory.  The compiler barrier behind the copy
 * keeps it from being repeated when the copy is used.
 */
static inline void usbif_copy_in(void *to, const volatile void *from,
				 size_t octets)
{
	/* By way of an integer: some kernels warn of a cast that drops volatile. */
	memcpy(to, (const void *)(uintptr_t)from, octets);
	__asm__ __volatile__("" : : : "memory");
}
#endif

/* Store one aligned 32-bit word into shared memory, exactly once. */
static inline void usbif_store32(volatile uint32_t *to, uint32_t value)
{
	*to = value;
}

/* Copy octets into shared memory. */
static inline void usbif_copy_out(volatile void *to, const void *from,
				  size_t octets)
{
	memcpy((void *)(uintptr_t)to, from, octets);
}

#endif
