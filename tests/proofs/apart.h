/* SPDX-License-Identifier: MIT */
/* What apart.py makes of tables and bitmaps. */
#ifndef PROOFS_APART_H
#define PROOFS_APART_H

#include "usbif/port.h"
#include "proof.h"

/* Octets of an object become fields of an object. */
#undef memset
#define memset(to, zero, octets) \
	((void)(*(to) = (__typeof__(*(to))){ 0 }))

#define PICK(name, count, n, others) \
	((n) < (count) && i_ == (n) ? &name##n : (others))
#define ENTRY(name, count, index) (*({ \
	unsigned int i_ = (index); \
	__CPROVER_assert(i_ < (count), "index within its table"); \
	PICK(name, count, 1, PICK(name, count, 2, PICK(name, count, 3, \
	PICK(name, count, 4, PICK(name, count, 5, PICK(name, count, 6, \
	PICK(name, count, 7, &name##0))))))); }))
#define ENTRIES(type, name) \
	type name##0, name##1, name##2, name##3, name##4, name##5, name##6, \
	     name##7
#define ONLY_WORD(index) ({ \
	__CPROVER_assert((index) == 0, "word within its bitmap"); 0; })

#endif
