/* SPDX-License-Identifier: MIT */
/* Control transfers without end: a device is asked for its descriptor, which must always be the same. */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PATIENCE_MS 5000
#define PAUSE_US 20000

static void ask(int fd, unsigned char descriptor[USB_DT_DEVICE_SIZE])
{
    struct usbdevfs_ctrltransfer transfer = {
        .bRequestType = USB_DIR_IN,
        .bRequest = USB_REQ_GET_DESCRIPTOR,
        .wValue = USB_DT_DEVICE << 8,
        .wLength = USB_DT_DEVICE_SIZE,
        .timeout = PATIENCE_MS,
        .data = descriptor,
    };
    int n = ioctl(fd, USBDEVFS_CONTROL, &transfer);

    if (n >= 0 && n != USB_DT_DEVICE_SIZE) {
        errno = EREMOTEIO;
        n = -1;
    }
    if (n < 0)
        die("the device's descriptor");
}

/* control USBFS_DEVICE STOP_FILE: until the file is there; prints how often. Status 1 when one fails or differs. */
int cmd_control(int argc, char **argv)
{
    unsigned char first[USB_DT_DEVICE_SIZE], next[USB_DT_DEVICE_SIZE];
    unsigned long count = 1;
    int fd;

    if (argc != 3)
        return 2;
    fd = open(argv[1], O_RDWR | O_CLOEXEC);
    if (fd < 0)
        die("%s", argv[1]);
    ask(fd, first);
    while (access(argv[2], F_OK)) {
        memset(next, 0, sizeof(next));
        ask(fd, next);
        if (memcmp(first, next, sizeof(first)) != 0) {
            printf("descriptor %lu differs\n", count);
            return 1;
        }
        count++;
        usleep(PAUSE_US);
    }
    printf("%lu\n", count);
    return 0;
}
