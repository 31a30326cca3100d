/* SPDX-License-Identifier: MIT */
/* Keeps a device busy through usbfs. */
#include "busy.h"

#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define STREAM_URBS 8
#define STREAM_OCTETS (16 << 10)
#define DEEP_URBS 4
#define DEEP_OCTETS (64 << 10)
#define UNLINK_URBS 4
#define FLOOD_URBS 24 /* on each of three endpoints */
#define FLOOD_OCTETS 512
/* A control request that takes longer has failed. */
#define CONTROL_MS 20000

struct bulk {
    int fd;
    unsigned char in, out; /* addresses of the first bulk endpoints */
};

static void find_endpoints(struct bulk *bulk)
{
    uint8_t text[1024];
    ssize_t length = pread(bulk->fd, text, sizeof(text), 0);

    for (ssize_t at = 0; at + 3 < length && text[at] > 0; at += text[at]) {
        unsigned char address = text[at + 2];

        if (text[at + 1] != USB_DT_ENDPOINT || (text[at + 3] & USB_ENDPOINT_XFERTYPE_MASK) != USB_ENDPOINT_XFER_BULK)
            continue;
        if (address & USB_DIR_IN && !bulk->in)
            bulk->in = address;
        if (!(address & USB_DIR_IN) && !bulk->out)
            bulk->out = address;
    }
}

static int open_node(const char *node)
{
    int fd = open(node, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        die("%s", node);
    return fd;
}

/* The device's first interface is ours; usbtest may have it. */
static struct bulk claim(const char *node)
{
    struct usbdevfs_disconnect_claim claim = { .interface = 0 };
    struct bulk bulk = { .fd = open_node(node) };

    if (ioctl(bulk.fd, USBDEVFS_DISCONNECT_CLAIM, &claim))
        die("claiming the interface of %s", node);
    find_endpoints(&bulk);
    if (!bulk.in || !bulk.out)
        die("%s has no bulk endpoints", node);
    return bulk;
}

static void submit(int fd, struct usbdevfs_urb *urb)
{
    urb->actual_length = 0;
    if (ioctl(fd, USBDEVFS_SUBMITURB, urb))
        die("submitting");
}

/* Fill and submit an URB that stays for ever. */
static void start(int fd, struct usbdevfs_urb *urb, unsigned char endpoint, size_t length)
{
    urb->type = endpoint & USB_ENDPOINT_NUMBER_MASK ? USBDEVFS_URB_TYPE_BULK : USBDEVFS_URB_TYPE_CONTROL;
    urb->endpoint = endpoint;
    urb->buffer = calloc(1, length);
    urb->buffer_length = (int)length;
    if (!urb->buffer)
        die("memory");
    if (urb->type == USBDEVFS_URB_TYPE_CONTROL) {
        struct usb_ctrlrequest setup = {
            .bRequestType = USB_DIR_IN,
            .bRequest = USB_REQ_GET_DESCRIPTOR,
            .wValue = USB_DT_DEVICE << 8,
            .wLength = 18,
        };

        memcpy(urb->buffer, &setup, sizeof(setup));
        urb->buffer_length = sizeof(setup) + 18;
    }
    submit(fd, urb);
}

/* The next one that has ended. */
static struct usbdevfs_urb *reap(int fd)
{
    struct usbdevfs_urb *urb;

    if (ioctl(fd, USBDEVFS_REAPURB, &urb))
        die("reaping");
    return urb;
}

/* So many bulk IN URBs of so many octets are always on their way. */
static void stream(struct tally *tally, const char *node, double end, int n, size_t octets)
{
    static struct usbdevfs_urb urbs[STREAM_URBS];
    struct bulk bulk = claim(node);

    for (int i = 0; i < n; i++)
        start(bulk.fd, &urbs[i], bulk.in, octets);
    while (now() < end) {
        struct usbdevfs_urb *urb = reap(bulk.fd);

        if (urb->status) {
            errno = -urb->status;
            die("the stream ended");
        }
        tally_add(tally, (unsigned long)urb->actual_length / 1024);
        submit(bulk.fd, urb);
    }
}

void busy_stream(struct tally *tally, const char *node, double end)
{
    stream(tally, node, end, STREAM_URBS, STREAM_OCTETS);
}

void busy_deep(struct tally *tally, const char *node, double end)
{
    stream(tally, node, end, DEEP_URBS, DEEP_OCTETS);
}

void busy_control(struct tally *tally, const char *node, double end)
{
    int fd = open_node(node);

    while (now() < end) {
        uint8_t descriptor[18];
        struct usbdevfs_ctrltransfer transfer = {
            .bRequestType = USB_DIR_IN,
            .bRequest = USB_REQ_GET_DESCRIPTOR,
            .wValue = USB_DT_DEVICE << 8,
            .wLength = sizeof(descriptor),
            .timeout = CONTROL_MS,
            .data = descriptor,
        };
        double began = now();

        if (ioctl(fd, USBDEVFS_CONTROL, &transfer) != sizeof(descriptor))
            die("control request");
        tally_since(tally, 1, began);
    }
}

void busy_unlink(struct tally *tally, const char *node, double end)
{
    static struct usbdevfs_urb urbs[UNLINK_URBS];
    struct bulk bulk = claim(node);

    for (int i = 0; i < UNLINK_URBS; i++)
        start(bulk.fd, &urbs[i], bulk.in, FLOOD_OCTETS);
    while (now() < end)
        for (int i = 0; i < UNLINK_URBS; i++) {
            double began = now();

            /* Returns when the URB has been given back. */
            if (ioctl(bulk.fd, USBDEVFS_DISCARDURB, &urbs[i]))
                die("unlinking");
            if (reap(bulk.fd)->status != -ENOENT)
                die("an unlinked URB ended otherwise");
            tally_since(tally, 1, began);
            submit(bulk.fd, &urbs[i]);
        }
}

void busy_flood(struct tally *tally, const char *node, double end)
{
    static struct usbdevfs_urb urbs[3 * FLOOD_URBS];
    struct bulk bulk = claim(node);

    for (int i = 0; i < FLOOD_URBS; i++) {
        start(bulk.fd, &urbs[3 * i], bulk.in, FLOOD_OCTETS);
        start(bulk.fd, &urbs[3 * i + 1], bulk.out, FLOOD_OCTETS);
        start(bulk.fd, &urbs[3 * i + 2], 0, FLOOD_OCTETS);
    }
    while (now() < end) {
        struct usbdevfs_urb *urb = reap(bulk.fd);

        tally_add(tally, 1);
        submit(bulk.fd, urb);
    }
}

void busy_reset(struct tally *tally, const char *node, double end)
{
    int fd = open_node(node);

    while (now() < end) {
        double began = now();

        if (ioctl(fd, USBDEVFS_RESET) && errno == ENODEV)
            return;
        tally_since(tally, 1, began);
    }
}
