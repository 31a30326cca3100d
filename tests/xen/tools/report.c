/* SPDX-License-Identifier: MIT */
/*
 * The user of a device that a hostile backend plays (modules/hostile/back_device.c): asks it what to do, does that with
 * one URB, and tells it what came of it; again and again, whatever becomes of the device meanwhile.
 */
#include "bed.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define VENDOR 0x1d6b
#define PRODUCT 2
#define ASK 1
#define REPORT 2
#define TIMEOUT_MS 5000
/* A root hub has the same numbers, but for its name: "usb1" and not "1-1". */
#define DEVICES "/sys/bus/usb/devices/[0-9]*-[0-9]*/idProduct"
#define MOST_PACKETS 40
#define MOST_OCTETS (128 << 10)
#define PAUSE_US 50000

struct order {
    uint8_t endpoint, bulk;
    uint16_t packets;
    uint32_t size;
} __attribute__((packed));

struct report {
    uint32_t status, actual, errors;
    struct {
        uint32_t actual, status;
        uint8_t first, last;
        uint16_t odd;
    } __attribute__((packed)) packet[MOST_PACKETS];
} __attribute__((packed));

static unsigned int number_in(const char *directory, const char *name, int base)
{
    char path[512], text[16] = "";
    int fd;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (read(fd, text, sizeof(text) - 1) < 0)
        text[0] = '\0';
    close(fd);
    return (unsigned int)strtoul(text, NULL, base);
}

/* The device, open, with its interface in the setting that has endpoints; or -1. */
static int open_device(void)
{
    struct usbdevfs_setinterface alt = { 0, 1 };
    unsigned int interface = 0;
    glob_t found;
    char node[64];
    int fd = -1;

    if (glob(DEVICES, 0, NULL, &found))
        return -1;
    for (size_t i = 0; i < found.gl_pathc && fd < 0; i++) {
        char *directory = found.gl_pathv[i];

        *strrchr(directory, '/') = '\0';
        if (number_in(directory, "idVendor", 16) != VENDOR || number_in(directory, "idProduct", 16) != PRODUCT)
            continue;
        snprintf(node, sizeof(node), "/dev/bus/usb/%03u/%03u", number_in(directory, "busnum", 10),
                 number_in(directory, "devnum", 10));
        fd = open(node, O_RDWR | O_CLOEXEC);
    }
    globfree(&found);
    if (fd >= 0 && (ioctl(fd, USBDEVFS_CLAIMINTERFACE, &interface) || ioctl(fd, USBDEVFS_SETINTERFACE, &alt))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static int vendor_request(int fd, uint8_t type, uint8_t request, void *data, size_t length)
{
    struct usbdevfs_ctrltransfer transfer = {
        .bRequestType = type,
        .bRequest = request,
        .wLength = (uint16_t)length,
        .timeout = TIMEOUT_MS,
        .data = data,
    };

    return ioctl(fd, USBDEVFS_CONTROL, &transfer) == (int)length ? 0 : -1;
}

/* The URB's end; null when the device is gone. */
static struct usbdevfs_urb *reap(int fd)
{
    struct usbdevfs_urb *urb;

    while (ioctl(fd, USBDEVFS_REAPURB, &urb))
        if (errno != EINTR)
            return NULL;
    return urb;
}

static void look_at(struct report *report, unsigned int i, const uint8_t *data, uint32_t room, uint32_t actual,
                    int status)
{
    uint32_t octets = actual < room ? actual : room;
    uint16_t odd = 0;

    report->packet[i].actual = htole32(actual);
    report->packet[i].status = htole32((uint32_t)status);
    if (octets > 0) {
        report->packet[i].first = data[0];
        report->packet[i].last = data[octets - 1];
    }
    for (uint32_t at = 0; at < octets; at++)
        odd = (uint16_t)(odd + (data[at] != data[0]));
    report->packet[i].odd = htole16(odd);
}

/* Do what was ordered; 0 and the report, or -1: the device is gone. */
static int perform(int fd, const struct order *order, struct report *report)
{
    static uint8_t room[sizeof(struct usbdevfs_urb) + MOST_PACKETS * sizeof(struct usbdevfs_iso_packet_desc)];
    static uint8_t data[MOST_OCTETS];
    struct usbdevfs_urb *urb = (struct usbdevfs_urb *)room;
    unsigned int packets = le16toh(order->packets), size = le32toh(order->size);

    if (packets < 1 || packets > MOST_PACKETS || size > MOST_OCTETS / packets)
        return -1;
    memset(room, 0, sizeof(room));
    memset(data, 0, sizeof(data));
    urb->type = order->bulk ? USBDEVFS_URB_TYPE_BULK : USBDEVFS_URB_TYPE_ISO;
    urb->flags = order->bulk ? 0 : USBDEVFS_URB_ISO_ASAP;
    urb->endpoint = order->endpoint;
    urb->buffer = data;
    urb->buffer_length = (int)(packets * size);
    urb->number_of_packets = order->bulk ? 0 : (int)packets;
    for (int i = 0; i < urb->number_of_packets; i++)
        urb->iso_frame_desc[i].length = size;
    if (ioctl(fd, USBDEVFS_SUBMITURB, urb) || !reap(fd))
        return -1;
    memset(report, 0, sizeof(*report));
    report->status = htole32((uint32_t)urb->status);
    report->actual = htole32((uint32_t)urb->actual_length);
    report->errors = htole32((uint32_t)urb->error_count);
    if (order->bulk)
        look_at(report, 0, data, size, (uint32_t)urb->actual_length, urb->status);
    for (int i = 0; i < urb->number_of_packets; i++)
        look_at(report, (unsigned int)i, data + (unsigned int)i * size, size, urb->iso_frame_desc[i].actual_length,
                (int)urb->iso_frame_desc[i].status);
    return 0;
}

/* report END_FILE: until the file is there; prints how many URBs were done */
int cmd_report(int argc, char **argv)
{
    unsigned long done = 0;
    struct report report;
    struct order order;

    if (argc != 2)
        return 2;
    while (access(argv[1], F_OK)) {
        int fd = open_device();

        while (fd >= 0 && !vendor_request(fd, 0xc0, ASK, &order, sizeof(order)) && !perform(fd, &order, &report) &&
               !vendor_request(fd, 0x40, REPORT, &report, sizeof(report)))
            done++;
        if (fd >= 0)
            close(fd);
        usleep(PAUSE_US);
    }
    printf("%lu\n", done);
    return 0;
}
