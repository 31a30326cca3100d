/* SPDX-License-Identifier: MIT */
/* Not the compiler's: that one wants a C library of NetBSD beside it. */
#include <fake/types.h>
