/* SPDX-License-Identifier: MIT */
/* The gadget's end of interrupt endpoints for usbtest: a source of zeros, and a sink. */
#include "bed.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <unistd.h>

/* Not a packet of 64: behind one that is full Linux' HID gadget sends an empty one. */
#define REPORT 63

/* Until the file ends, or has no host any more. */
static void serve(int fd)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN | POLLOUT };
    uint8_t zeros[REPORT] = { 0 }, came[REPORT];

    for (;;) {
        if (poll(&ready, 1, -1) <= 0)
            continue;
        if ((ready.revents & POLLIN) && read(fd, came, sizeof(came)) <= 0)
            return;
        if ((ready.revents & POLLOUT) && write(fd, zeros, sizeof(zeros)) <= 0)
            return;
        if (!(ready.revents & (POLLIN | POLLOUT)))
            return;
    }
}

/* zeros FILE: a HID gadget's file; does not return */
int cmd_zeros(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (;;) {
        int fd = open(argv[1], O_RDWR | O_CLOEXEC);

        if (fd >= 0) {
            serve(fd);
            close(fd);
        }
        usleep(20000);
    }
}
