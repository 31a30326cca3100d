/* SPDX-License-Identifier: MIT */
/* Isochronous streams of the device outside of the machine (redir/redir.h): a packet of 192 octets a millisecond. */
#include "bed.h"
#include "scripted.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ISO_SIZE 192
#define ISO_IN_PATTERN SCRIPTED_ENDPOINTS
#define ISO_OUT_PATTERN (SCRIPTED_ENDPOINTS + 1)
#define ISO_IN_ADDRESS 0x86
#define ISO_OUT_ADDRESS 0x07
#define INTERFACE 1

/* In flight at a time: long enough for the pauses of an emulated machine. */
#define URBS 16
#define PACKETS 32
#define PATIENCE 10.0

struct stream {
    int fd;
    int in;
    unsigned long packets;  /* sent, or received since the first that was not empty */
    unsigned long failures; /* packets with an error */
    size_t position;        /* of the next packet in the stream */
};

/* Ends the program with its outcome, as "urbs" does. */
static void outcome(const char *text)
{
    puts(text);
    fflush(stdout);
    exit(strcmp(text, "pass") != 0);
}

static void open_stream(struct stream *stream, const char *node)
{
    struct usbdevfs_setinterface alt = { INTERFACE, 1 };
    unsigned int interface = INTERFACE;

    stream->fd = open(node, O_RDWR | O_CLOEXEC);
    if (stream->fd < 0)
        die("%s", node);
    if (ioctl(stream->fd, USBDEVFS_CLAIMINTERFACE, &interface))
        die("claiming interface %d", INTERFACE);
    if (ioctl(stream->fd, USBDEVFS_SETINTERFACE, &alt))
        outcome("wrong: the alternate setting was refused");
}

static struct usbdevfs_urb *new_urb(const struct stream *stream)
{
    struct usbdevfs_urb *urb = calloc(1, sizeof(*urb) + PACKETS * sizeof(urb->iso_frame_desc[0]));

    if (!urb)
        die("memory");
    urb->type = USBDEVFS_URB_TYPE_ISO;
    urb->endpoint = stream->in ? ISO_IN_ADDRESS : ISO_OUT_ADDRESS;
    urb->flags = USBDEVFS_URB_ISO_ASAP;
    urb->buffer_length = PACKETS * ISO_SIZE;
    urb->number_of_packets = PACKETS;
    urb->buffer = malloc((size_t)urb->buffer_length);
    if (!urb->buffer)
        die("memory");
    for (int i = 0; i < PACKETS; i++)
        urb->iso_frame_desc[i].length = ISO_SIZE;
    return urb;
}

static void submit(struct stream *stream, struct usbdevfs_urb *urb)
{
    if (!stream->in) {
        pattern_fill(ISO_OUT_PATTERN, stream->position, urb->buffer, PACKETS * ISO_SIZE);
        stream->position += PACKETS * ISO_SIZE;
        stream->packets += PACKETS;
    }
    if (ioctl(stream->fd, USBDEVFS_SUBMITURB, urb))
        outcome("wrong: an URB was not taken");
}

static struct usbdevfs_urb *reap(struct stream *stream)
{
    double end = now() + PATIENCE;
    struct usbdevfs_urb *urb;

    while (ioctl(stream->fd, USBDEVFS_REAPURBNDELAY, &urb)) {
        if (errno != EAGAIN)
            outcome("wrong: the device has gone");
        if (now() > end)
            outcome("hangs: no isochronous URB has ended for 10 s");
        usleep(1000);
    }
    if (urb->status)
        outcome("wrong: an isochronous URB ended with an error");
    return urb;
}

/*
 * A packet says by its octets which one it is. At the start, and whenever the device outside was too late for it,
 * QEMU has an empty one instead, and nothing is lost by that.
 */
static void take_packet(struct stream *stream, const uint8_t *data, unsigned int length, unsigned int status)
{
    uint8_t wanted[ISO_SIZE];
    char text[256], octets[128];

    if (status == 0 && length == 0)
        return;
    /* Of one with an error nobody knows which one it is. */
    if (status != 0 && stream->packets == 0)
        return;
    if (stream->packets == 0)
        stream->position = 4 * (size_t)(data[0] | data[1] << 8 | data[2] << 16);
    stream->packets++;
    if (status != 0) {
        /* It has used up its number. */
        stream->failures++;
        stream->position += ISO_SIZE;
        return;
    }
    pattern_fill(ISO_IN_PATTERN, stream->position, wanted, sizeof(wanted));
    if (length == ISO_SIZE && !memcmp(data, wanted, sizeof(wanted))) {
        stream->position += ISO_SIZE;
        return;
    }
    pattern_name(ISO_IN_PATTERN, stream->position, data, length, octets, sizeof(octets));
    snprintf(text, sizeof(text), "corrupts: packet %lu has %u octets, %s, not %zu-%zu", stream->packets, length,
             octets, stream->position, stream->position + ISO_SIZE - 1);
    outcome(text);
}

static void take(struct stream *stream, const struct usbdevfs_urb *urb)
{
    for (int i = 0; i < urb->number_of_packets; i++) {
        const struct usbdevfs_iso_packet_desc *packet = &urb->iso_frame_desc[i];

        if (stream->in)
            take_packet(stream, (uint8_t *)urb->buffer + i * ISO_SIZE, packet->actual_length, packet->status);
        else if (packet->status != 0)
            stream->failures++;
    }
}

/* iso USBFS_DEVICE in|out PACKETS FAILURES: prints "pass", or the reason why not, and status 1 then */
int cmd_iso(int argc, char **argv)
{
    struct stream stream = { 0 };
    unsigned long wanted;
    char text[128];
    int in_flight = URBS;

    if (argc != 5)
        return 2;
    stream.in = !strcmp(argv[2], "in");
    wanted = strtoul(argv[3], NULL, 10);
    open_stream(&stream, argv[1]);
    for (int i = 0; i < URBS; i++)
        submit(&stream, new_urb(&stream));
    while (in_flight > 0) {
        struct usbdevfs_urb *urb = reap(&stream);

        take(&stream, urb);
        if (stream.packets < wanted)
            submit(&stream, urb);
        else
            in_flight--;
    }
    snprintf(text, sizeof(text), "wrong: %lu of %lu packets failed, not %s", stream.failures, stream.packets, argv[4]);
    outcome(stream.failures == strtoul(argv[4], NULL, 10) ? "pass" : text);
    return 0;
}
