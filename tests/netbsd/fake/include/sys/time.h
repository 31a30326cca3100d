/* SPDX-License-Identifier: MIT */
#include <fake/types.h>
