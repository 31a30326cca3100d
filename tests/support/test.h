/* SPDX-License-Identifier: MIT */
/* What every unit test includes first. */
#ifndef SUPPORT_TEST_H
#define SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* CMocka's assert_int_equal() shows values in hex, cut to 64 bits: enough. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Fails unless both objects, of one type, are equal octet by octet. */
#define assert_same(a, b) assert_memory_equal(a, b, sizeof(*(a)))

#endif
