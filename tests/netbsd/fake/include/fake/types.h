/* SPDX-License-Identifier: MIT */
/* NetBSD's basic types and macros, as far as a host controller needs them. */
#ifndef FAKE_TYPES_H
#define FAKE_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
#define NULL		((void *)0)
#define offsetof(t, f)	__builtin_offsetof(t, f)

typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef uint8_t u_int8_t;
typedef uint16_t u_int16_t;
typedef uint32_t u_int32_t;
typedef uint64_t u_int64_t;
typedef char *caddr_t;
typedef long ssize_t;
typedef int64_t time_t;
typedef long suseconds_t;
typedef uintptr_t vaddr_t;
typedef uintptr_t vsize_t;
typedef uint64_t paddr_t;
typedef uint64_t psize_t;
typedef uint64_t bus_addr_t;
typedef uint64_t bus_size_t;
typedef int pri_t;
typedef int dev_t;

struct bus_dma_tag;
typedef struct bus_dma_tag *bus_dma_tag_t;

struct timeval {
	time_t tv_sec;
	suseconds_t tv_usec;
};

struct timespec {
	time_t tv_sec;
	long tv_nsec;
};

#define __packed		__attribute__((__packed__))
#define __aligned(x)		__attribute__((__aligned__(x)))
#define __unused		__attribute__((__unused__))
#define __used			__attribute__((__used__))
#define __diagused
#define __debugused
#define __dead			__attribute__((__noreturn__))
#define __printflike(f, a)	__attribute__((__format__(__printf__, f, a)))
#define __predict_true(e)	__builtin_expect((e) != 0, 1)
#define __predict_false(e)	__builtin_expect((e) != 0, 0)
#define __CONCAT(a, b)		a ## b
#define __STRING(a)		#a
#define ___STRING(a)		__STRING(a)
#define __UNCONST(a)		((void *)(uintptr_t)(const void *)(a))
#define __UNVOLATILE(a)		((void *)(uintptr_t)(volatile void *)(a))
#define __FALLTHROUGH		__attribute__((__fallthrough__))
#define __USE(a)		((void)(a))
#define __read_mostly
#define __cacheline_aligned
#define __BIT(n)		((uintmax_t)1 << (n))
#define __KERNEL_RCSID(n, s)	struct fake_rcsid_##n
#define __arraycount(a)		(sizeof(a) / sizeof((a)[0]))
#define __type_max(t)		((t)127)
#define __CTASSERT(e)		_Static_assert(e, #e)
#define CTASSERT(e)		__CTASSERT(e)
#define __containerof(p, t, f)	((t *)(void *)((char *)(p) - offsetof(t, f)))
#define container_of(p, t, f)	__containerof(p, t, f)

#define MIN(a, b)		((a) < (b) ? (a) : (b))
#define MAX(a, b)		((a) > (b) ? (a) : (b))
#define howmany(x, y)		(((x) + ((y) - 1)) / (y))
#define roundup(x, y)		(howmany(x, y) * (y))
#define rounddown(x, y)		(((x) / (y)) * (y))
#define roundup2(x, m)		(((x) + (m) - 1) & ~((m) - 1))

#define PAGE_SHIFT		12
#define PAGE_SIZE		(1 << PAGE_SHIFT)
#define PAGE_MASK		(PAGE_SIZE - 1)
#define round_page(x)		(((x) + PAGE_MASK) & ~(vaddr_t)PAGE_MASK)
#define trunc_page(x)		((x) & ~(vaddr_t)PAGE_MASK)
#define btop(x)			((x) >> PAGE_SHIFT)
#define ptoa(x)			((vaddr_t)(x) << PAGE_SHIFT)
#define MAXPHYS			65536
#define __NetBSD_Version__	1099001200

#define ENOENT		2
#define EINTR		4
#define EIO		5
#define ENXIO		6
#define ENOMEM		12
#define EFAULT		14
#define EBUSY		16
#define EEXIST		17
#define ENODEV		19
#define EINVAL		22
#define ENOSPC		28
#define EAGAIN		35
#define EWOULDBLOCK	EAGAIN
#define EOPNOTSUPP	45
#define ETIMEDOUT	60
#define ENAMETOOLONG	63
#define ENOTTY		25
#define EFTYPE		79
#define EPROTO		96

#endif
