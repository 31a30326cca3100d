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
#define REMAINDER(of, by)	any_remainder(of, by)
#define ONLY_WORD(index) ({ \
	__CPROVER_assert((index) == 0, "word within its bitmap"); 0; })

/* The same one when it is asked for again. */
static inline uint32_t any_remainder(uint32_t of, uint32_t by)
{
	static uint32_t last_of, last_by, last;
	uint32_t rest = nondet_u32();

	__CPROVER_assert(by != 0, "division by zero");
	if (of == last_of && by == last_by)
		return last;
	assume(rest < by && rest <= of);
	last_of = of;
	last_by = by;
	last = rest;
	return rest;
}

#endif
