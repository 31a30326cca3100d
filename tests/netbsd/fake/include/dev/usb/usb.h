/* SPDX-License-Identifier: MIT */
#include <fake/usb.h>
