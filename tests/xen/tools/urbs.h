/* SPDX-License-Identifier: MIT */
/* A program for usbfs, made of steps: urbs.c has what can be done, urbs_run.c the steps. */
#ifndef URBS_H
#define URBS_H

#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <stdint.h>

#define URBS 32

struct urb {
    struct usbdevfs_urb usbfs;
    char name[16];
    int endpoint; /* in scripted_endpoints */
    int ended;    /* its place in the order in which URBs ended, from 1; 0: not yet */
    size_t position; /* OUT: of its first octet in the endpoint's stream */
    uint8_t *data;
};

struct session {
    int fd;
    unsigned int can; /* USBDEVFS_CAP_* */
    unsigned char addresses[8]; /* of scripted_endpoints */
    unsigned char descriptor[18];
    struct urb urbs[URBS];
    int used, ended;
    size_t positions[8]; /* where each endpoint's stream goes on */
};

/* Each of these returns, or calls failed() of watched.h. */

/* Open a usbfs file and claim the scripted device's interface. */
void urbs_open(struct session *session, const char *node);
/* Forget all URBs, which have ended; streams begin at 0. */
void urbs_start(struct session *session);
/* Queue an URB; flags are USBDEVFS_URB_*. */
void urbs_submit(struct session *session, const char *name, int endpoint, size_t length, unsigned int flags);
void urbs_discard(struct session *session, const char *name);
/* The URB ends with this status and length, and an IN with what comes next in the endpoint's stream. */
void urbs_expect(struct session *session, const char *name, int status, int length);
/* The URB ends because its device left, with one of the statuses for that and no octets. */
void urbs_gone(struct session *session, const char *name);
/* The URB does not end within that time. */
void urbs_pending(struct session *session, const char *name, double seconds);
/* A vendor request of eight octets IN ends with so many, or with this error, within half a second. */
void urbs_control(struct session *session, int request, int value, int status);
/* One has ended before the other. */
void urbs_order(struct session *session, const char *first, const char *second);
/* Give the device a command; it has begun with it when this returns. */
void urbs_tell(struct session *session, const char *text);
/* The device has done all that the endpoint was told. */
void urbs_idle(struct session *session, int endpoint);
/* A control transfer on endpoint 0: the device's descriptor is what it was. */
void urbs_describe(struct session *session);
void urbs_clear_halt(struct session *session, int endpoint);

#endif
