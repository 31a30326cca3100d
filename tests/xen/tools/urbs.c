/* SPDX-License-Identifier: MIT */
/* URBs through usbfs to a scripted device, each result checked. */
#include "urbs.h"

#include "bed.h"
#include "scripted.h"
#include "watched.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What an IN buffer holds before. */
#define STALE 0xee

static void find_endpoints(struct session *session, const uint8_t *descriptors, ssize_t length)
{
    int found = 0;
    uint8_t type = 0;

    for (ssize_t at = 0; at + 3 < length && descriptors[at] > 0; at += descriptors[at])
        if (descriptors[at + 1] == USB_DT_ENDPOINT && found < SCRIPTED_ENDPOINTS) {
            type = descriptors[at + 3];
            session->addresses[found++] = descriptors[at + 2];
        }
    /* At low speed the device has no other. */
    if (found == 1 && type == USB_ENDPOINT_XFER_INT) {
        session->addresses[INT1] = session->addresses[0];
        return;
    }
    if (found != SCRIPTED_ENDPOINTS)
        failed("wrong: the device has %d endpoints", found);
}

void urbs_open(struct session *session, const char *node)
{
    unsigned int interface = 0;
    uint8_t descriptors[1024];
    ssize_t length;

    session->fd = open(node, O_RDWR | O_CLOEXEC);
    if (session->fd < 0)
        failed("wrong: %s: %s", node, strerror(errno));
    length = read(session->fd, descriptors, sizeof(descriptors));
    if (length < (ssize_t)sizeof(session->descriptor))
        failed("wrong: no descriptors");
    memcpy(session->descriptor, descriptors, sizeof(session->descriptor));
    find_endpoints(session, descriptors, length);
    if (ioctl(session->fd, USBDEVFS_CLAIMINTERFACE, &interface))
        failed("wrong: claiming the interface: %s", strerror(errno));
    if (ioctl(session->fd, USBDEVFS_GET_CAPABILITIES, &session->can))
        failed("wrong: usbfs does not say what it can do: %s", strerror(errno));
}

void urbs_start(struct session *session)
{
    for (int i = 0; i < session->used; i++)
        if (session->urbs[i].ended)
            free(session->urbs[i].data);
        else
            failed("URB %s is left by this program", session->urbs[i].name);
    session->used = session->ended = 0;
    memset(session->positions, 0, sizeof(session->positions));
}

static struct urb *by_name(struct session *session, const char *name)
{
    for (int i = 0; i < session->used; i++)
        if (!strcmp(session->urbs[i].name, name))
            return &session->urbs[i];
    failed("no URB '%s' in this program", name);
}

void urbs_submit(struct session *session, const char *name, int endpoint, size_t length, unsigned int flags)
{
    struct urb *urb = &session->urbs[session->used];
    int bulk = scripted_endpoints[endpoint].type == USB_ENDPOINT_XFER_BULK;

    /* A controller that does not stop on a short packet. */
    if (flags & USBDEVFS_URB_BULK_CONTINUATION && !(session->can & USBDEVFS_CAP_BULK_CONTINUATION))
        failed("n.a.: no BULK_CONTINUATION here");
    if (session->used == URBS)
        failed("more than %d URBs in this program", URBS);
    memset(urb, 0, sizeof(*urb));
    snprintf(urb->name, sizeof(urb->name), "%s", name);
    urb->endpoint = endpoint;
    urb->data = malloc(length + 1);
    if (!urb->data)
        failed("no memory");
    memset(urb->data, STALE, length);
    if (!(session->addresses[endpoint] & USB_DIR_IN)) {
        urb->position = session->positions[endpoint];
        pattern_fill(endpoint, urb->position, urb->data, length);
        session->positions[endpoint] += length;
    }
    urb->usbfs.type = bulk ? USBDEVFS_URB_TYPE_BULK : USBDEVFS_URB_TYPE_INTERRUPT;
    urb->usbfs.endpoint = session->addresses[endpoint];
    urb->usbfs.flags = flags;
    urb->usbfs.buffer = urb->data;
    urb->usbfs.buffer_length = (int)length;
    urb->usbfs.usercontext = urb;
    session->used++;
    if (!ioctl(session->fd, USBDEVFS_SUBMITURB, &urb->usbfs))
        return;
    if (errno != EREMOTEIO || !(flags & USBDEVFS_URB_BULK_CONTINUATION))
        failed("wrong: URB %s was not taken: %s", name, strerror(errno));
    /* What it continues has failed already: the same as to be unlinked at once. */
    urb->usbfs.status = -ECONNRESET;
    urb->ended = ++session->ended;
}

/* Take one URB that has ended, if there is one by then. */
static int reap(struct session *session, double end)
{
    struct usbdevfs_urb *usbfs;

    while (ioctl(session->fd, USBDEVFS_REAPURBNDELAY, &usbfs)) {
        if (errno != EAGAIN && errno != ENODEV)
            failed("wrong: reaping: %s", strerror(errno));
        if (now() > end)
            return 0;
        usleep(500);
    }
    ((struct urb *)usbfs->usercontext)->ended = ++session->ended;
    return 1;
}

void urbs_discard(struct session *session, const char *name)
{
    /* One that has ended already is the business of the step that expects something of it. */
    if (ioctl(session->fd, USBDEVFS_DISCARDURB, &by_name(session, name)->usbfs) && errno != EINVAL)
        failed("wrong: unlinking URB %s: %s", name, strerror(errno));
}

static void describe_octets(const struct urb *urb, size_t from, char text[256])
{
    pattern_name(urb->endpoint, from, urb->data, (size_t)urb->usbfs.actual_length, text, 256);
}

static void check_octets(struct session *session, struct urb *urb)
{
    size_t *position = &session->positions[urb->endpoint], length = (size_t)urb->usbfs.actual_length;
    char text[256];

    for (size_t i = 0; i < length; i++) {
        uint8_t octet;

        pattern_fill(urb->endpoint, *position + i, &octet, 1);
        if (urb->data[i] == octet)
            continue;
        describe_octets(urb, *position, text);
        failed("corrupts: URB %s has octets %s of %s, not %zu-%zu", urb->name, text,
               scripted_endpoints[urb->endpoint].name, *position, *position + length - 1);
    }
    *position += length;
    for (size_t i = length; i < (size_t)urb->usbfs.buffer_length; i++)
        if (urb->data[i] != STALE)
            failed("corrupts: URB %s has %zu octets, and octet %zu was written to", urb->name, length, i);
}

static struct urb *wait_for(struct session *session, const char *name)
{
    struct urb *urb = by_name(session, name);
    double end = now() + PATIENCE;

    while (!urb->ended && reap(session, end))
        ;
    if (!urb->ended)
        failed("hangs: URB %s has not ended within %.0f s", name, PATIENCE);
    return urb;
}

/* Which status it is depends on who notices first: the controller, or the core on behalf of the driver. */
void urbs_gone(struct session *session, const char *name)
{
    struct urb *urb = wait_for(session, name);

    switch (urb->usbfs.status) {
    case -ENOENT:
    case -ESHUTDOWN:
    case -EPROTO:
    case -ENODEV:
        if (urb->usbfs.actual_length == 0)
            return;
    }
    failed("wrong: URB %s ended with %d and %d octets when its device left", name, urb->usbfs.status,
           urb->usbfs.actual_length);
}

void urbs_expect(struct session *session, const char *name, int status, int length)
{
    struct urb *urb = wait_for(session, name);
    int in = session->addresses[urb->endpoint] & USB_DIR_IN, got;
    char text[256] = "";

    got = urb->usbfs.actual_length;
    if (in && got > length) {
        describe_octets(urb, session->positions[urb->endpoint], text);
        failed("corrupts: URB %s ended with %d and %d octets (%s), not %d and %d", name,
               urb->usbfs.status, got, text, status, length);
    }
    if (urb->usbfs.status != status || got != length)
        failed("wrong: URB %s ended with %d and %d octets, not %d and %d", name, urb->usbfs.status, got,
               status, length);
    if (in)
        check_octets(session, urb);
}

void urbs_pending(struct session *session, const char *name, double seconds)
{
    struct urb *urb = by_name(session, name);
    double end = now() + seconds;

    while (!urb->ended && reap(session, end))
        ;
    if (urb->ended)
        failed("wrong: URB %s ended with %d and %d octets, and should wait", name, urb->usbfs.status,
               urb->usbfs.actual_length);
}

void urbs_order(struct session *session, const char *first, const char *second)
{
    if (by_name(session, first)->ended > by_name(session, second)->ended)
        failed("wrong: URB %s ended before URB %s", second, first);
}

static int control(struct session *session, uint8_t type, uint8_t request, uint16_t value, void *data,
                   uint16_t length)
{
    struct usbdevfs_ctrltransfer transfer = { type, request, value, 0, length, (uint32_t)(PATIENCE * 1000), data };
    int n = ioctl(session->fd, USBDEVFS_CONTROL, &transfer);

    if (n < 0 && errno == ETIMEDOUT)
        failed("hangs: control request %02x %02x has not ended within %.0f s", type, request, PATIENCE);
    if (n < 0)
        failed("wrong: control request %02x %02x: %s", type, request, strerror(errno));
    return n;
}

/* For a request that is not answered. */
#define CONTROL_MS 500
#define VENDOR (USB_TYPE_VENDOR | USB_RECIP_INTERFACE)

static void get_state(struct session *session, uint8_t left[SCRIPTED_ENDPOINTS])
{
    if (control(session, USB_DIR_IN | VENDOR, SCRIPTED_STATE, 0, left, SCRIPTED_ENDPOINTS) != SCRIPTED_ENDPOINTS)
        failed("wrong: the device's state is short");
}

void urbs_tell(struct session *session, const char *text)
{
    uint8_t left[SCRIPTED_ENDPOINTS];
    char command[SCRIPTED_COMMAND_MAX];

    snprintf(command, sizeof(command), "%s", text);
    control(session, USB_DIR_OUT | VENDOR, SCRIPTED_TELL, 0, command, (uint16_t)strlen(command));
    /* The device serves one request after the other. */
    get_state(session, left);
}

void urbs_idle(struct session *session, int endpoint)
{
    uint8_t left[SCRIPTED_ENDPOINTS];
    double end = now() + PATIENCE;

    for (;;) {
        get_state(session, left);
        if (left[endpoint] == 0)
            return;
        if (now() > end)
            failed("hangs: after %.0f s the device has %d transfers of %s left", PATIENCE, left[endpoint],
                   scripted_endpoints[endpoint].name);
        usleep(5000);
    }
}

void urbs_describe(struct session *session)
{
    uint8_t got[sizeof(session->descriptor)] = "";
    int n = control(session, USB_DIR_IN, USB_REQ_GET_DESCRIPTOR, USB_DT_DEVICE << 8, got, sizeof(got));

    if (n != sizeof(got) || memcmp(got, session->descriptor, sizeof(got)))
        failed("corrupts: the device descriptor has %d octets, or others than at first", n);
}

void urbs_clear_halt(struct session *session, int endpoint)
{
    unsigned int address = session->addresses[endpoint];

    if (ioctl(session->fd, USBDEVFS_CLEAR_HALT, &address))
        failed("wrong: clearing the halt of %s: %s", scripted_endpoints[endpoint].name, strerror(errno));
}

void urbs_control(struct session *session, int request, int value, int status)
{
    uint8_t data[8];
    struct usbdevfs_ctrltransfer transfer = {
        USB_DIR_IN | VENDOR, (uint8_t)request, (uint16_t)value, 0, sizeof(data), CONTROL_MS, data,
    };
    int n = ioctl(session->fd, USBDEVFS_CONTROL, &transfer), got = n < 0 ? -errno : n;

    if (got != status)
        failed("wrong: control request %d %d ended with %d, not %d", request, value, got, status);
}
