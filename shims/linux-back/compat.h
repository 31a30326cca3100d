/* SPDX-License-Identifier: MIT */
/* What differs between the kernels that the module is built for: 6.1 to 6.12. */
#ifndef XUB_COMPAT_H
#define XUB_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "xen-usbback needs Linux 6.1 or newer"
#endif

#endif
