/* SPDX-License-Identifier: MIT */
#include <fake/kernel.h>
