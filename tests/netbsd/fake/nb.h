/* SPDX-License-Identifier: MIT */
/*
 * The seam between the halves of the fake NetBSD.
 *
 *	kernel/	  NetBSD's programming interfaces.  Compiled as the driver is:
 *		  against fake/include alone, without a C library.
 *	machine/  What lies below and beside a kernel: threads and the clock,
 *		  memory, the hypervisor, xenstore and the backend's domain.
 *		  An ordinary program, on the world of tests/support/.
 *
 * Neither half can include the other's headers; both include this one.
 */
#ifndef NB_H
#define NB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device_end;

/* How events, threads and the backend take turns. */
enum nb_schedule {
	NB_CALM,	/* interrupts and the backend when all threads sleep */
	NB_EAGER,	/* interrupts at once, the backend before any thread */
	NB_NOISE,	/* anybody, at each lock and unlock; by seed */
	NB_SCHEDULES
};

enum nb_context {
	NB_THREAD,
	NB_SOFTINT,	/* must not sleep but for a lock */
	NB_INTERRUPT,	/* must not take a lock that sleeps */
};

/* A thread; what the kernel half keeps of it. */
struct lwp {
	const char *name;
	unsigned int biglocks;	/* of the kernel lock */
	unsigned int spins;	/* spin mutexes held: no interrupts */
	unsigned int mutexes;	/* adaptive ones held */
};

#define NB_FOREVER	UINT64_MAX

/* ---- machine/sched.c */
extern struct lwp *curlwp;
/* A new thread, runnable; it ends when run() returns or by nb_exit(). */
struct lwp *nb_thread(const char *name, void (*run)(void *), void *arg,
		      enum nb_context context);
void nb_exit(void) __attribute__((__noreturn__));
/* Sleep until woken (true) or until that time (false). */
bool nb_sleep(const void *channel, uint64_t until_ms);
void nb_wake(const void *channel);
void nb_wake_one(const void *channel);
/* Here an interrupt may come, or another thread run. */
void nb_point(void);
enum nb_context nb_context(void);
void nb_in_interrupt(bool is);
/* The only thing that runs is the caller: a debugger's prompt. */
void nb_freeze_threads(bool are);
uint64_t nb_now_ms(void);
void nb_spend_ms(uint64_t ms);

/* ---- machine/log.c */
/* The kernel is dead, and so is the test. */
void nb_panic(const char *format, ...)
	__attribute__((__noreturn__, __format__(__printf__, 1, 2)));
void nb_vpanic(const char *format, va_list args)
	__attribute__((__noreturn__));
/* A piece of the console; the tests look for text in it. */
void nb_vlog(const char *format, va_list args);
void nb_log(const char *format, ...)
	__attribute__((__format__(__printf__, 1, 2)));
bool nb_log_has(const char *text);
unsigned int nb_log_count(const char *text);
void nb_log_forget(void);
int nb_vformat(char *to, size_t room, const char *format, va_list args);

/* ---- machine/memory.c */
enum nb_kind {
	NB_KMEM,
	NB_MUTEX,
	NB_CV,
	NB_CALLOUT,
	NB_SOFTINTS,
	NB_THREADS,
	NB_HANDLER,
	NB_PORT,
	NB_PAGE,
	NB_GRANT,
	NB_DEVICE,
	NB_PMF,
	NB_TRANSACTION,
	NB_XFER,
	NB_PIPE,
	NB_KINDS
};
/* Count something that must be given back. */
void nb_count(enum nb_kind kind, int change);
unsigned int nb_held(enum nb_kind kind);
/* One step that may fail; true if it is to fail now. */
bool nb_fails(const char *what);
/* Octets that are poisoned when freed; size must be the one allocated. */
void *nb_alloc(size_t octets);
void nb_free(void *at, size_t octets);
void *nb_malloc(size_t octets);
void nb_mfree(void *at);
/* Pages, and where the machine has them. */
void *nb_pages(unsigned int pages);
void nb_free_pages(void *at, unsigned int pages);
bool nb_machine_address(const void *at, uint64_t *ma);

/* ---- machine/hyper.c */
/* A grant of the page at ma to domain; its reference, or -1. */
int nb_grant(unsigned int domain, uint64_t ma, bool readonly);
/* Is the backend using it?  Panics if it was never granted. */
bool nb_grant_in_use(uint32_t ref);
void nb_grant_end(uint32_t ref);
int nb_port_alloc(unsigned int domain);
void nb_port_close(unsigned int port);
void nb_port_mask(unsigned int port, bool masked);
void nb_port_clear(unsigned int port);
void nb_port_notify(unsigned int port);
void nb_port_bind(unsigned int port, int (*handler)(void *), void *arg);
void nb_port_unbind(unsigned int port);
/* Pending events that are not masked: call their handlers. */
bool nb_deliver_events(void);

/* ---- machine/store.c */
/* A node's text, or null. */
const char *nb_store_read(const char *dir, const char *node);
void nb_store_write(const char *dir, const char *node, const char *text);
void nb_store_remove(const char *dir, const char *node);
/* Counts every change. */
unsigned int nb_store_changes(void);
void nb_store_watched(const void *channel);

#endif
