/* SPDX-License-Identifier: MIT */
/* NetBSD's kernel services: locks, sleep, clocks, memory, devices. */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <fake/types.h>
#include <fake/queue.h>

/* systm.h, libkern.h */
extern int hz;
extern int cold;
#define mstohz(ms)	((int)(((uint64_t)(ms) * (unsigned int)hz + 999) / 1000))
#define hztoms(t)	((uint64_t)(t) * 1000 / (unsigned int)hz)

void panic(const char *, ...) __dead __printflike(1, 2);
void kern_assert(const char *, ...) __dead __printflike(1, 2);
int printf(const char *, ...) __printflike(1, 2);
int snprintf(char *, size_t, const char *, ...) __printflike(3, 4);
int vsnprintf(char *, size_t, const char *, va_list);
void *memcpy(void *, const void *, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t);
int strcmp(const char *, const char *);
int strncmp(const char *, const char *, size_t);
size_t strlen(const char *);
size_t strlcpy(char *, const char *, size_t);
unsigned long strtoul(const char *, char **, int);
void delay(unsigned int);
#define DELAY(us)	delay(us)
int ratecheck(struct timeval *, const struct timeval *);
int ppsratecheck(struct timeval *, int *, int);

static inline u_int uimin(u_int a, u_int b)
{
	return a < b ? a : b;
}

#define KASSERTMSG(e, msg, ...)						\
	((e) ? (void)0 : kern_assert("KASSERT %s, %s:%d: " msg, #e,	\
				     __FILE__, __LINE__, ##__VA_ARGS__))
#define KASSERT(e)							\
	((e) ? (void)0 : kern_assert("KASSERT %s, %s:%d", #e,		\
				     __FILE__, __LINE__))
#define KDASSERT(e)	KASSERT(e)
void assert_sleepable(void);
#define ASSERT_SLEEPABLE()	assert_sleepable()

/* proc.h, lwp.h, kthread.h */
struct lwp;
struct cpu_info;
extern struct lwp *curlwp;
#define PRI_NONE	(-1)
#define PRI_SOFTSERIAL	160
#define KTHREAD_IDLE	0x01
#define KTHREAD_MPSAFE	0x02
#define KTHREAD_INTR	0x04
#define KTHREAD_TS	0x08
#define KTHREAD_MUSTJOIN 0x10
int kthread_create(pri_t, int, struct cpu_info *, void (*)(void *), void *,
    struct lwp **, const char *, ...) __printflike(7, 8);
void kthread_exit(int) __dead;
int kthread_join(struct lwp *);

void _kernel_lock(int);
void _kernel_unlock(int, int *);
bool _kernel_locked_p(void);
#define KERNEL_LOCK(n, l)		((void)(l), _kernel_lock(n))
#define KERNEL_UNLOCK_ONE(l)		((void)(l), _kernel_unlock(1, NULL))
#define KERNEL_UNLOCK_ALL(l, p)		((void)(l), _kernel_unlock(0, p))
#define KERNEL_LOCKED_P()		_kernel_locked_p()

/* intr.h */
#define IPL_NONE	0
#define IPL_SOFTCLOCK	1
#define IPL_SOFTBIO	2
#define IPL_SOFTNET	3
#define IPL_SOFTSERIAL	4
#define IPL_VM		6
#define IPL_SCHED	7
#define IPL_HIGH	8
#define SOFTINT_CLOCK	0x0000
#define SOFTINT_SERIAL	0x0003
#define SOFTINT_MPSAFE	0x0100
void *softint_establish(u_int, void (*)(void *), void *);
void softint_disestablish(void *);
void softint_schedule(void *);
bool cpu_intr_p(void);
void kpreempt_disable(void);
void kpreempt_enable(void);
bool cpu_softintr_p(void);

/* mutex.h, condvar.h */
typedef enum {
	MUTEX_SPIN,
	MUTEX_ADAPTIVE,
	MUTEX_DEFAULT,
	MUTEX_DRIVER,
	MUTEX_NODEBUG,
} kmutex_type_t;

typedef struct kmutex {
	struct lwp *owner;
	uint32_t magic;
	bool spin;
} kmutex_t;

void mutex_init(kmutex_t *, kmutex_type_t, int);
void mutex_destroy(kmutex_t *);
void mutex_enter(kmutex_t *);
int mutex_tryenter(kmutex_t *);
void mutex_exit(kmutex_t *);
void mutex_spin_enter(kmutex_t *);
void mutex_spin_exit(kmutex_t *);
int mutex_owned(const kmutex_t *);

typedef struct kcondvar {
	uint32_t magic;
	uint32_t waiters;
} kcondvar_t;

void cv_init(kcondvar_t *, const char *);
void cv_destroy(kcondvar_t *);
void cv_wait(kcondvar_t *, kmutex_t *);
int cv_wait_sig(kcondvar_t *, kmutex_t *);
int cv_timedwait(kcondvar_t *, kmutex_t *, int);
int cv_timedwait_sig(kcondvar_t *, kmutex_t *, int);
void cv_signal(kcondvar_t *);
void cv_broadcast(kcondvar_t *);
bool cv_has_waiters(kcondvar_t *);
int kpause(const char *, bool, int, kmutex_t *);

/* callout.h */
typedef struct callout {
	uint32_t magic;
	bool pending, invoking, fired;
	uint64_t due_ms;
	void (*func)(void *);
	void *arg;
	TAILQ_ENTRY(callout) next;
} callout_t;

#define CALLOUT_MPSAFE	0x0100
void callout_init(callout_t *, u_int);
void callout_destroy(callout_t *);
void callout_setfunc(callout_t *, void (*)(void *), void *);
void callout_reset(callout_t *, int, void (*)(void *), void *);
void callout_schedule(callout_t *, int);
bool callout_stop(callout_t *);
bool callout_halt(callout_t *, void *);
bool callout_pending(callout_t *);
bool callout_invoking(callout_t *);
bool callout_expired(callout_t *);
void callout_ack(callout_t *);

/* time.h, timetc.h */
void getmicrouptime(struct timeval *);
void microuptime(struct timeval *);
void getnanouptime(struct timespec *);
void nanouptime(struct timespec *);
u_int getticks(void);

/* kmem.h, malloc.h */
typedef unsigned int km_flag_t;
#define KM_SLEEP	0x1
#define KM_NOSLEEP	0x2
void *kmem_alloc(size_t, km_flag_t);
void *kmem_zalloc(size_t, km_flag_t);
void kmem_free(void *, size_t);

struct malloc_type;
extern struct malloc_type *const M_DEVBUF;
extern struct malloc_type *const M_USBDEV;
#define M_WAITOK	0x0000
#define M_NOWAIT	0x0001
#define M_ZERO		0x0008
void *kern_malloc(unsigned long, int);
void kern_free(void *);
#define malloc(size, type, flags)	kern_malloc(size, flags)
#define free(addr, type)		kern_free(addr)

/* uvm_extern.h, pmap.h */
struct vm_map;
struct pmap;
extern struct vm_map *kernel_map;
extern struct pmap *const kernel_pmap_ptr;
#define pmap_kernel()	kernel_pmap_ptr
#define UVM_KMF_WIRED	0x00
#define UVM_KMF_PAGEABLE 0x02
#define UVM_KMF_VAONLY	0x04
#define UVM_KMF_NOWAIT	0x08
#define UVM_KMF_CANFAIL	0x10
#define UVM_KMF_ZERO	0x20
#define UVM_KMF_WAITVA	0x40
vaddr_t uvm_km_alloc(struct vm_map *, vsize_t, vsize_t, int);
void uvm_km_free(struct vm_map *, vaddr_t, vsize_t, int);
bool pmap_extract(struct pmap *, vaddr_t, paddr_t *);
bool pmap_extract_ma(struct pmap *, vaddr_t, paddr_t *);

#include <fake/device.h>

#endif
