/* SPDX-License-Identifier: MIT */
/* Queued transfers of a program on libusb, to a scripted device: queue.c has the queue, main.c what is tried. */
#ifndef USBQUEUE_H
#define USBQUEUE_H

#include "../tools/scripted.h"

#include <libusb.h>

#define QUEUE_MAX 8

struct queue;

struct entry {
    struct libusb_transfer *transfer;
    struct queue *queue;
    size_t position; /* OUT: of its first octet in the endpoint's stream */
    int pending;
    int ended; /* its place in the order in which they ended, from 1 */
};

/* The transfers of one endpoint. */
struct queue {
    libusb_device_handle *device;
    int endpoint; /* in scripted_endpoints */
    unsigned char address;
    struct entry entries[QUEUE_MAX];
    int used, pending, ended;
    size_t position; /* where the endpoint's stream goes on */
    /* Called in the moment in which a transfer has ended; it may submit it again, or cancel others. */
    void (*on_end)(struct queue *queue, struct entry *entry);
};

/* Each of these returns, or prints the reason, which begins with "wrong:", "corrupts:" or "hangs:", and ends. */

void failed(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* For what takes too long from now on. */
void step_begins(const char *name);

/* So many transfers of that many octets; an OUT takes the next ones of the endpoint's stream. */
void queue_fill(struct queue *queue, int count, int length);
void queue_submit(struct queue *queue, struct entry *entry);
/* Cancel it; one that has ended already is no error. */
void queue_cancel(struct entry *entry);
/* Serve libusb until all have ended, and forget them. */
void queue_wait(struct queue *queue);
void queue_forget(struct queue *queue);
/* The octets that an IN has got are those that come next in the stream. */
void queue_check(struct queue *queue, const struct entry *entry);
void queue_expect(const struct entry *entry, enum libusb_transfer_status status, int length);

#endif
