/* SPDX-License-Identifier: MIT */
/* Keeps a USB device open while it, its host controller and the driver of that go away. */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUFFER (16 << 10)

/* 1 if usbfs says that the device has left. */
static int has_left(int fd)
{
    unsigned int can;

    return ioctl(fd, USBDEVFS_GET_CAPABILITIES, &can) && errno == ENODEV;
}

/*
 * hold USBFS_DEVICE READY_FILE END_FILE: open it, map a buffer of its host controller, write READY_FILE, and give
 * both back when there is an END_FILE. Prints "gone" or "there", as the device is then.
 */
int cmd_hold(int argc, char **argv)
{
    void *buffer;
    int fd;

    if (argc != 4)
        return 2;
    fd = open(argv[1], O_RDWR | O_CLOEXEC);
    if (fd < 0)
        die("%s", argv[1]);
    buffer = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (buffer == MAP_FAILED)
        die("%s: mapping a buffer", argv[1]);
    memset(buffer, 0x55, BUFFER);
    close(open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    while (access(argv[3], F_OK))
        usleep(50000);
    puts(has_left(fd) ? "gone" : "there");
    if (munmap(buffer, BUFFER) || close(fd))
        die("%s: giving it back", argv[1]);
    return 0;
}
