/* SPDX-License-Identifier: MIT */
/*
 * What a harness is made of.  A variable that any() has filled is any value at
 * all; claim() must hold for all of them; reach() must hold for some of them,
 * else the proof is about nothing.
 */
#ifndef PROOFS_PROOF_H
#define PROOFS_PROOF_H

#include "usbif/port.h"

#ifdef REACH
#define claim(condition, text)	((void)(condition))
#define reach(condition)	__CPROVER_cover(condition)
#else
#define claim(condition, text)	__CPROVER_assert(condition, text)
#define reach(condition)	((void)(condition))
#endif

#define assume(condition)	__CPROVER_assume(condition)
/* Its fields of type bool need values of their own: any octet is none. */
#define any(variable)		__CPROVER_havoc_object(&(variable))

uint8_t nondet_u8(void);
uint16_t nondet_u16(void);
uint32_t nondet_u32(void);

static inline bool nondet_bool(void)
{
	return nondet_u8() & 1;
}

#endif
