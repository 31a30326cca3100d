/* SPDX-License-Identifier: MIT */
/* Opens and closes a serial line of a USB device, and talks to another device of its controller meanwhile. */
#include "bed.h"
#include "watched.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct lines {
    const char *tty, *node;
    int runs;
};

static void get_descriptor(int fd)
{
    uint8_t wanted[18] = "", got[18] = "";
    struct usbdevfs_ctrltransfer transfer = {
        .bRequestType = USB_DIR_IN,
        .bRequest = USB_REQ_GET_DESCRIPTOR,
        .wValue = USB_DT_DEVICE << 8,
        .wLength = sizeof(got),
        .timeout = (uint32_t)(PATIENCE * 1000),
        .data = got,
    };
    int n = ioctl(fd, USBDEVFS_CONTROL, &transfer);

    if (n < 0 && errno == ETIMEDOUT)
        failed("hangs: the other device has not answered within %.0f s", PATIENCE);
    if (n < 0)
        failed("wrong: the other device: %s", strerror(errno));
    if (pread(fd, wanted, sizeof(wanted), 0) != sizeof(wanted) || n != sizeof(got) ||
        memcmp(got, wanted, sizeof(got)) != 0)
        failed("corrupts: the other device's descriptor has %d octets, or others", n);
}

static void open_and_close(const struct lines *lines)
{
    int fd, other;

    step_begins("opening the other device");
    other = open(lines->node, O_RDWR | O_CLOEXEC);
    if (other < 0)
        failed("wrong: %s: %s", lines->node, strerror(errno));
    step_begins("opening the tty");
    fd = open(lines->tty, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        failed("wrong: %s: %s", lines->tty, strerror(errno));
    step_begins("a control request to the other device");
    get_descriptor(other);
    step_begins("closing the tty");
    close(fd);
    step_begins("another control request to the other device");
    get_descriptor(other);
    close(other);
}

static void run_lines(void *argument)
{
    const struct lines *lines = argument;

    for (int run = 0; run < lines->runs; run++)
        open_and_close(lines);
}

/* tty TTY USBFS_DEVICE RUNS: prints "pass" or the reason why not; status 1 then */
int cmd_tty(int argc, char **argv)
{
    struct lines lines;

    if (argc != 4)
        return 2;
    lines = (struct lines){ .tty = argv[1], .node = argv[2], .runs = atoi(argv[3]) };
    return watched(run_lines, &lines);
}
