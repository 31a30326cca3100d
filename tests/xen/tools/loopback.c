/* SPDX-License-Identifier: MIT */
/*
 * Sends URBs of given sizes to a loopback gadget through usbfs and compares what comes back. Each size is
 * one URB each way, so that the host controller driver under test has to carry it whole.
 */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct pipe {
    int fd;
    unsigned char in, out; /* endpoint addresses */
};

/* The two bulk endpoints from the descriptors that usbfs gives to a reader. */
static void find_endpoints(struct pipe *pipe)
{
    unsigned char descriptors[1024];
    ssize_t length = read(pipe->fd, descriptors, sizeof(descriptors));

    for (ssize_t at = 0; at + 3 < length && descriptors[at] > 0; at += descriptors[at]) {
        if (descriptors[at + 1] != USB_DT_ENDPOINT)
            continue;
        if (descriptors[at + 2] & USB_DIR_IN)
            pipe->in = descriptors[at + 2];
        else
            pipe->out = descriptors[at + 2];
    }
    if (!pipe->in || !pipe->out)
        die("no pair of endpoints");
}

static void submit(struct pipe *pipe, struct usbdevfs_urb *urb, unsigned char endpoint, void *data, int length)
{
    memset(urb, 0, sizeof(*urb));
    urb->type = USBDEVFS_URB_TYPE_BULK;
    urb->endpoint = endpoint;
    urb->buffer = data;
    urb->buffer_length = length;
    if (ioctl(pipe->fd, USBDEVFS_SUBMITURB, urb))
        die("submitting %d bytes to endpoint %02x", length, endpoint);
}

/* Wait for one URB, whichever ends first; 0, or -1 when the time is over. */
static int reap(struct pipe *pipe, double end)
{
    void *urb;

    while (ioctl(pipe->fd, USBDEVFS_REAPURBNDELAY, &urb)) {
        if (errno != EAGAIN)
            die("reaping");
        if (now() > end)
            return -1;
        usleep(2000);
    }
    return 0;
}

static int there_and_back(struct pipe *pipe, int length)
{
    unsigned char *sent = malloc((size_t)length), *got = calloc(1, (size_t)length);
    struct usbdevfs_urb in, out;
    double from = now(), end = from + 20;
    int wrong = -1;

    if (!sent || !got)
        die("memory");
    for (int i = 0; i < length; i++)
        sent[i] = (unsigned char)(i * 31 + (i >> 8) + length);
    submit(pipe, &in, pipe->in, got, length);
    submit(pipe, &out, pipe->out, sent, length);
    if (reap(pipe, end) || reap(pipe, end)) {
        printf("%d FAIL no answer in 20 s\n", length);
        exit(1);
    }
    for (int i = 0; i < length && wrong < 0; i++)
        if (sent[i] != got[i])
            wrong = i;
    if (out.status || in.status || out.actual_length != length || in.actual_length != length)
        printf("%d FAIL out: status %d length %d, in: status %d length %d\n", length, out.status,
               out.actual_length, in.status, in.actual_length);
    else if (wrong >= 0)
        printf("%d FAIL byte %d is %02x, not %02x\n", length, wrong, got[wrong], sent[wrong]);
    else
        printf("%d ok %.3f s\n", length, now() - from);
    wrong = wrong >= 0 || out.status || in.status || in.actual_length != length;
    free(sent);
    free(got);
    return wrong;
}

/* loopback DEVICE SIZE... : "SIZE ok SECONDS" or "SIZE FAIL ..." for each */
int cmd_loopback(int argc, char **argv)
{
    struct pipe pipe = { 0 };
    unsigned int interface = 0;
    int failures = 0;

    if (argc < 3)
        return 2;
    pipe.fd = open(argv[1], O_RDWR | O_CLOEXEC);
    if (pipe.fd < 0)
        die("%s", argv[1]);
    find_endpoints(&pipe);
    if (ioctl(pipe.fd, USBDEVFS_CLAIMINTERFACE, &interface))
        die("claiming the interface");
    for (int i = 2; i < argc; i++)
        failures += there_and_back(&pipe, atoi(argv[i]));
    return failures > 0;
}
