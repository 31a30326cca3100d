/* SPDX-License-Identifier: MIT */
#include <fake/xen.h>
