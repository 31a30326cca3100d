/* SPDX-License-Identifier: MIT */
#include <fake/usbdi.h>
