/* SPDX-License-Identifier: MIT */
/*
 * All that shim.c and handshake.c need of what they run on, in the order in
 * which to write it: each function can be tried with those above it.
 * docs/PORTING.md says more of each; memory.c has them in one process, for the
 * tests, and examples/unikernel on bare Xen.
 *
 * There is one thread, and nothing here calls back.  A kernel with threads
 * holds a lock of its own around every call of shim.h.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "usbif/port.h"

#define PLATFORM_PAGE	4096u	/* octets of what one grant covers */

/*
 * 1. Something to see: a line for people, as printf() would write it.  Known:
 * %s, %u (unsigned int), %d (int), %x (unsigned int), %%, and a width with
 * leading zeros for %x, as in %04x.
 */
void platform_print(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* 2. A clock that never goes back, ms. */
uint64_t platform_now_ms(void);

/*
 * 3. Xenstore.  A path without a leading slash is below the own domain's.  tx:
 * 0, or a transaction.
 */
/* False: no such node, or longer than size - 1 octets.  text is NUL-terminated. */
bool platform_xs_read(uint32_t tx, const char *path, char *text, size_t size);
/* False: refused. */
bool platform_xs_write(uint32_t tx, const char *path, const char *text);
/* 0: refused. */
uint32_t platform_xs_begin(void);
/* Write all of a transaction, or forget it.  False: others came first, again. */
bool platform_xs_end(uint32_t tx, bool commit);
/* From now on PLATFORM_WATCH tells of each change at the path or below. */
void platform_xs_watch(const char *path);

/*
 * 4. Grants.  page: PLATFORM_PAGE octets, aligned to as many.
 * Returns a reference above 0, or -1: there are no more.
 */
int32_t platform_grant(uint16_t domid, void *page);
/* False, with nothing changed, while the other domain uses it. */
bool platform_ungrant(int32_t ref);

/* 5. An event channel that the other domain may bind to; -1: refused. */
int32_t platform_event_open(uint16_t domid);
void platform_event_notify(int32_t channel);
void platform_event_close(int32_t channel);

/* What platform_wait() returns, a set. */
#define PLATFORM_EVENT	0x1u	/* the event channel that is open */
#define PLATFORM_WATCH	0x2u

#define PLATFORM_NEVER	UINT64_MAX

/*
 * 6. Sleep until there is one of these, which then counts as told, or until
 * the clock says until_ms.
 */
uint32_t platform_wait(uint64_t until_ms);

#endif
