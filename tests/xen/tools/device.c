/* SPDX-License-Identifier: MIT */
/*
 * A scripted USB device: a FunctionFS gadget with two bulk IN, two bulk OUT and one interrupt IN endpoint.
 * Without orders it is silent (NAK). What each endpoint does is told by vendor requests of its host, in
 * text, and done in order:
 *
 *   EP send COUNT SIZE [MS]   messages for the host; with a pause before each but the first
 *   EP read COUNT SIZE [MS]   take transfers of at most SIZE octets
 *   EP halt                   stall from now on
 *   EP wait MS
 *   EP vanish                 unplug the device
 *   reset                     all endpoints: forget all that, streams start at 0
 *
 * The log of an endpoint has each transfer with its octets, by their place in the endpoint's stream.
 */
#include "scripted.h"

#include "bed.h"
#include "device.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct speed_descriptors {
    struct usb_interface_descriptor interface;
    struct usb_endpoint_descriptor_no_audio endpoints[SCRIPTED_ENDPOINTS];
} __attribute__((packed));

struct descriptors {
    struct usb_functionfs_descs_head_v2 head;
    __le32 full_count, high_count;
    struct speed_descriptors full, high;
} __attribute__((packed));

struct strings {
    struct usb_functionfs_strings_head head;
    __le16 language;
    char text[sizeof("scripted")];
} __attribute__((packed));

static void describe_speed(struct speed_descriptors *speed, int high)
{
    speed->interface = (struct usb_interface_descriptor){
        .bLength = sizeof(speed->interface),
        .bDescriptorType = USB_DT_INTERFACE,
        .bNumEndpoints = SCRIPTED_ENDPOINTS,
        .bInterfaceClass = USB_CLASS_VENDOR_SPEC,
        .iInterface = 1,
    };
    for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
        int bulk = scripted_endpoints[i].type == USB_ENDPOINT_XFER_BULK;

        speed->endpoints[i] = (struct usb_endpoint_descriptor_no_audio){
            .bLength = sizeof(speed->endpoints[i]),
            .bDescriptorType = USB_DT_ENDPOINT,
            .bEndpointAddress = scripted_endpoints[i].address,
            .bmAttributes = scripted_endpoints[i].type,
            .wMaxPacketSize = htole16(bulk && high ? 512 : 64),
            .bInterval = bulk ? 0 : 1,
        };
    }
}

static void describe(int ep0)
{
    struct descriptors descriptors = {
        .head = {
            .magic = htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2),
            .length = htole32(sizeof(descriptors)),
            .flags = htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC),
        },
        .full_count = htole32(1 + SCRIPTED_ENDPOINTS),
        .high_count = htole32(1 + SCRIPTED_ENDPOINTS),
    };
    struct strings strings = {
        .head = {
            .magic = htole32(FUNCTIONFS_STRINGS_MAGIC),
            .length = htole32(sizeof(strings)),
            .str_count = htole32(1),
            .lang_count = htole32(1),
        },
        .language = htole16(0x0409),
        .text = "scripted",
    };

    describe_speed(&descriptors.full, 0);
    describe_speed(&descriptors.high, 1);
    if (write(ep0, &descriptors, sizeof(descriptors)) != sizeof(descriptors))
        die("descriptors");
    if (write(ep0, &strings, sizeof(strings)) != sizeof(strings))
        die("strings");
}

/* A transfer against the request's direction is how FunctionFS is told to stall it. */
static void stall(int ep0, const struct usb_ctrlrequest *setup)
{
    char octet = 0;
    ssize_t n = setup->bRequestType & USB_DIR_IN ? read(ep0, &octet, 0) : write(ep0, &octet, 0);

    if (n >= 0 || errno != EL2HLT)
        fprintf(stderr, "device: request %u not stalled\n", setup->bRequest);
}

static void serve_request(struct device *device, int ep0, const struct usb_ctrlrequest *setup)
{
    size_t length = le16toh(setup->wLength);
    char text[SCRIPTED_COMMAND_MAX + 1] = "";
    int in = setup->bRequestType & USB_DIR_IN;

    if (!in && setup->bRequest == SCRIPTED_TELL && length > 0 && length <= SCRIPTED_COMMAND_MAX) {
        /* The request ends well in any case; that the command was refused shows in the log. */
        if (read(ep0, text, length) < 0)
            perror("device: command");
        else if (device_tell(device, text))
            fprintf(device->endpoints[0].log, "not understood: %s\n", text);
    } else if (in && setup->bRequest == SCRIPTED_STATE && length >= SCRIPTED_ENDPOINTS) {
        for (int i = 0; i < SCRIPTED_ENDPOINTS; i++)
            text[i] = (char)device_left(&device->endpoints[i]);
        if (write(ep0, text, SCRIPTED_ENDPOINTS) < 0)
            perror("device: state");
    } else {
        stall(ep0, setup);
    }
}

static void serve_ep0(struct device *device, int ep0)
{
    struct usb_functionfs_event events[4];
    ssize_t length = read(ep0, events, sizeof(events));

    if (length < 0 && errno != EINTR && errno != EAGAIN && errno != EIDRM)
        die("ep0");
    for (ssize_t i = 0; i < length / (ssize_t)sizeof(events[0]); i++)
        if (events[i].type == FUNCTIONFS_SETUP)
            serve_request(device, ep0, &events[i].u.setup);
}

/* device FFS LOGS UDC_FILE READY_FILE: play the gadget; READY_FILE is written when it may be plugged */
int cmd_device(int argc, char **argv)
{
    struct device device = { 0 };
    char name[512];
    int ep0;

    if (argc != 5)
        return 2;
    signal(SIGCHLD, SIG_IGN);
    device.udc = argv[3];
    snprintf(name, sizeof(name), "%s/ep0", argv[1]);
    ep0 = open(name, O_RDWR | O_CLOEXEC);
    if (ep0 < 0)
        die("%s", name);
    describe(ep0);
    device_open(&device, argv[1], argv[2]);
    close(open(argv[4], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (;;) {
        struct pollfd ready[2] = {
            { .fd = ep0, .events = POLLIN },
            { .fd = device.finished_fd, .events = POLLIN },
        };

        if (poll(ready, 2, (int)(device_work(&device) * 1000) + 1) < 0 && errno != EINTR)
            die("poll");
        if (ready[0].revents & POLLIN)
            serve_ep0(&device, ep0);
    }
}
