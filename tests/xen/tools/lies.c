/* SPDX-License-Identifier: MIT */
/*
 * A FunctionFS gadget that is a USB stick with bulk-only transport and lies. Which lie is told is looked up in a
 * file for each command:
 *
 *   half      a read gives half of what was asked for, and says so: the host must ask for the rest
 *   nothing   a read gives nothing, and claims success
 *   tag       the status is that of another command
 *   residue   the status says that more is left than was asked for
 *   capacity  blocks of 7 octets
 *
 * It never answers before it was asked, so that its lies stay in step with the host.
 */
#include "bed.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usb/functionfs.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512
#define MOST (64 << 10)
#define CBW_OCTETS 31
#define CSW_OCTETS 13
enum { TEST_UNIT_READY = 0x00, INQUIRY = 0x12, READ_CAPACITY = 0x25, READ_10 = 0x28 };

struct speed {
    struct usb_interface_descriptor interface;
    struct usb_endpoint_descriptor_no_audio in, out;
} __attribute__((packed));

struct stick {
    int in, out, medium;
    uint32_t blocks;
    const char *lie_file;
    char lie[16];
    uint8_t data[MOST];
};

static struct speed describe_speed(unsigned int packet)
{
    struct usb_endpoint_descriptor_no_audio endpoint = {
        .bLength = sizeof(endpoint),
        .bDescriptorType = USB_DT_ENDPOINT,
        .bmAttributes = USB_ENDPOINT_XFER_BULK,
        .wMaxPacketSize = htole16((uint16_t)packet),
    };
    struct speed speed = {
        .interface = {
            .bLength = sizeof(speed.interface),
            .bDescriptorType = USB_DT_INTERFACE,
            .bNumEndpoints = 2,
            .bInterfaceClass = USB_CLASS_MASS_STORAGE,
            .bInterfaceSubClass = 6,
            .bInterfaceProtocol = 80,
        },
        .in = endpoint,
        .out = endpoint,
    };

    speed.in.bEndpointAddress = USB_DIR_IN | 1;
    speed.out.bEndpointAddress = USB_DIR_OUT | 2;
    return speed;
}

static void describe(int ep0)
{
    struct {
        struct usb_functionfs_descs_head_v2 head;
        __le32 full_count, high_count;
        struct speed full, high;
    } __attribute__((packed)) descriptors = {
        .head = {
            .magic = htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2),
            .length = htole32(sizeof(descriptors)),
            .flags = htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC),
        },
        .full_count = htole32(3),
        .high_count = htole32(3),
        .full = describe_speed(64),
        .high = describe_speed(BLOCK),
    };
    struct usb_functionfs_strings_head strings = {
        .magic = htole32(FUNCTIONFS_STRINGS_MAGIC),
        .length = htole32(sizeof(strings)),
    };

    if (write(ep0, &descriptors, sizeof(descriptors)) != sizeof(descriptors))
        die("descriptors");
    if (write(ep0, &strings, sizeof(strings)) != sizeof(strings))
        die("strings");
}

/* Bulk-only reset is acknowledged; nothing else is known. */
static void *serve_ep0(void *argument)
{
    int ep0 = *(int *)argument;
    struct usb_functionfs_event event;
    char octet;

    for (;;) {
        if (read(ep0, &event, sizeof(event)) != sizeof(event) || event.type != FUNCTIONFS_SETUP)
            continue;
        /* A transfer against the request's direction stalls it. */
        if (event.u.setup.bRequest != 0xff || event.u.setup.bRequestType & USB_DIR_IN) {
            if (event.u.setup.bRequestType & USB_DIR_IN)
                (void)!read(ep0, &octet, 0);
            else
                (void)!write(ep0, &octet, 0);
        } else {
            (void)!read(ep0, &octet, 0);
        }
    }
    return NULL;
}

static int lies(const struct stick *stick, const char *lie)
{
    return !strcmp(stick->lie, lie);
}

static void look_up_lie(struct stick *stick)
{
    FILE *file = fopen(stick->lie_file, "r");

    stick->lie[0] = '\0';
    if (file) {
        if (fscanf(file, "%15s", stick->lie) != 1)
            stick->lie[0] = '\0';
        fclose(file);
    }
}

static size_t read_blocks(struct stick *stick, uint32_t from, uint32_t n)
{
    if (from >= stick->blocks || n > stick->blocks - from || n * BLOCK > MOST || lies(stick, "nothing"))
        return 0;
    if (lies(stick, "half") && n > 1)
        n /= 2;
    if (pread(stick->medium, stick->data, n * BLOCK, (off_t)from * BLOCK) != (ssize_t)n * BLOCK)
        die("medium");
    return n * BLOCK;
}

/* What the device has to say to a command. */
static size_t answer(struct stick *stick, const uint8_t *cdb)
{
    uint32_t numbers[2];

    memset(stick->data, 0, BLOCK);
    switch (cdb[0]) {
    case INQUIRY:
        memcpy(stick->data + 8, "bedtool lies", 12);
        return 36;
    case READ_CAPACITY:
        numbers[0] = htobe32(stick->blocks - 1);
        numbers[1] = htobe32(lies(stick, "capacity") ? 7 : BLOCK);
        memcpy(stick->data, numbers, sizeof(numbers));
        return sizeof(numbers);
    case READ_10:
        memcpy(numbers, cdb + 2, 4);
        return read_blocks(stick, be32toh(numbers[0]), (uint32_t)cdb[7] << 8 | cdb[8]);
    default:
        return 0;
    }
}

static void send(struct stick *stick, const void *data, size_t length)
{
    /* The host resets, or is gone: the next command will tell. */
    if (write(stick->in, data, length) != (ssize_t)length)
        usleep(10000);
}

static void serve_command(struct stick *stick, const uint8_t *cbw)
{
    uint32_t asked, tag, residue;
    uint8_t csw[CSW_OCTETS] = "USBS";
    size_t n;

    memcpy(&tag, cbw + 4, 4);
    memcpy(&asked, cbw + 8, 4);
    look_up_lie(stick);
    n = answer(stick, cbw + 15);
    if (n > le32toh(asked))
        n = le32toh(asked);
    residue = htole32(lies(stick, "residue") ? ~0u : le32toh(asked) - (uint32_t)n);
    if (lies(stick, "nothing"))
        residue = 0;
    if (lies(stick, "tag") && cbw[15] == READ_10)
        tag ^= 1;
    if (asked) {
        send(stick, stick->data, n);
        /* Whole packets do not say that no more will come. */
        if (n > 0 && n < le32toh(asked) && n % BLOCK == 0)
            send(stick, stick->data, 0);
    }
    memcpy(csw + 4, &tag, 4);
    memcpy(csw + 8, &residue, 4);
    send(stick, csw, sizeof(csw));
}

static int open_in(const char *directory, const char *name)
{
    char path[512];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        die("%s", path);
    return fd;
}

/* lies FFS READY_FILE MEDIUM LIE_FILE: play the gadget; READY_FILE is written when it may be plugged */
int cmd_lies(int argc, char **argv)
{
    static struct stick stick;
    static int ep0;
    uint8_t cbw[BLOCK];
    struct stat size;
    pthread_t thread;

    if (argc != 5)
        return 2;
    ep0 = open_in(argv[1], "ep0");
    describe(ep0);
    stick.in = open_in(argv[1], "ep1");
    stick.out = open_in(argv[1], "ep2");
    stick.lie_file = argv[4];
    stick.medium = open(argv[3], O_RDONLY | O_CLOEXEC);
    if (stick.medium < 0 || fstat(stick.medium, &size))
        die("%s", argv[3]);
    stick.blocks = (uint32_t)(size.st_size / BLOCK);
    close(open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    errno = pthread_create(&thread, NULL, serve_ep0, &ep0);
    if (errno)
        die("thread");
    for (;;) {
        ssize_t n = read(stick.out, cbw, sizeof(cbw));

        if (n == CBW_OCTETS && !memcmp(cbw, "USBC", 4))
            serve_command(&stick, cbw);
        else if (n < 0)
            usleep(10000);
    }
}
