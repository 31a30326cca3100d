/* SPDX-License-Identifier: MIT */
/* Single control requests to a device, and resets of it, through usbfs. */
#include "bed.h"

#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TIMEOUT_MS 5000
#define LENGTH_MAX 255

static int open_node(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        die("%s", path);
    return fd;
}

/* request USBFS_DEVICE TYPE REQUEST VALUE INDEX [LENGTH]: numbers as in C; prints the octets that came in */
int cmd_request(int argc, char **argv)
{
    unsigned char data[LENGTH_MAX] = { 0 };
    struct usbdevfs_ctrltransfer transfer = { .timeout = TIMEOUT_MS, .data = data };
    int n;

    if (argc != 6 && argc != 7)
        return 2;
    transfer.bRequestType = (__u8)strtoul(argv[2], NULL, 0);
    transfer.bRequest = (__u8)strtoul(argv[3], NULL, 0);
    transfer.wValue = (__u16)strtoul(argv[4], NULL, 0);
    transfer.wIndex = (__u16)strtoul(argv[5], NULL, 0);
    transfer.wLength = (__u16)(argc == 7 ? strtoul(argv[6], NULL, 0) : 0);
    if (transfer.wLength > LENGTH_MAX)
        return 2;
    n = ioctl(open_node(argv[1]), USBDEVFS_CONTROL, &transfer);
    if (n < 0)
        die("request %s %s", argv[2], argv[3]);
    for (int i = 0; i < n && transfer.bRequestType & 0x80; i++)
        printf("%02x", data[i]);
    printf("\n");
    return 0;
}

/* resets USBFS_DEVICE SECONDS: one after the other, without a pause; prints how many */
int cmd_resets(int argc, char **argv)
{
    double end;
    int fd, n = 0;

    if (argc != 3)
        return 2;
    fd = open_node(argv[1]);
    end = now() + atof(argv[2]);
    for (; now() < end; n++)
        if (ioctl(fd, USBDEVFS_RESET))
            die("reset number %d", n + 1);
    printf("%d\n", n);
    return 0;
}
