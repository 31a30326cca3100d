/* SPDX-License-Identifier: MIT */
#include <fake/device.h>
