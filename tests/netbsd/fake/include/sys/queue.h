/* SPDX-License-Identifier: MIT */
#include <fake/queue.h>
