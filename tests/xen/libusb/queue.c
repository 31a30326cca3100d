/* SPDX-License-Identifier: MIT */
/* A queue of asynchronous libusb transfers on one endpoint. */
#include "usbqueue.h"

#include "../tools/bed.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seconds that one step may take. */
#define PATIENCE 10
#define STALE 0xee

static const char *step = "start";

void failed(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf(" (%s)\n", step);
    fflush(stdout);
    _exit(1);
}

void die(const char *format, ...)
{
    (void)format;
    failed("no memory");
}

static void on_alarm(int signal)
{
    (void)signal;
    failed("hangs: not finished within %d s", PATIENCE);
}

void step_begins(const char *name)
{
    step = name;
    signal(SIGALRM, on_alarm);
    alarm(PATIENCE);
}

static int is_in(const struct queue *queue)
{
    return queue->address & LIBUSB_ENDPOINT_IN;
}

static void LIBUSB_CALL on_end(struct libusb_transfer *transfer)
{
    struct entry *entry = transfer->user_data;
    struct queue *queue = entry->queue;

    entry->pending = 0;
    entry->ended = ++queue->ended;
    queue->pending--;
    if (queue->on_end)
        queue->on_end(queue, entry);
}

void queue_submit(struct queue *queue, struct entry *entry)
{
    int result;

    if (is_in(queue))
        memset(entry->transfer->buffer, STALE, (size_t)entry->transfer->length);
    entry->pending = 1;
    queue->pending++;
    result = libusb_submit_transfer(entry->transfer);
    if (result)
        failed("wrong: a transfer was not taken: %s", libusb_error_name(result));
}

void queue_fill(struct queue *queue, int count, int length)
{
    for (int i = 0; i < count; i++) {
        struct entry *entry = &queue->entries[queue->used++];
        unsigned char *data = malloc((size_t)length);

        entry->transfer = libusb_alloc_transfer(0);
        if (!data || !entry->transfer)
            failed("no memory");
        entry->queue = queue;
        libusb_fill_bulk_transfer(entry->transfer, queue->device, queue->address, data, length, on_end, entry, 0);
        if (!is_in(queue)) {
            entry->position = queue->position;
            pattern_fill(queue->endpoint, queue->position, data, (size_t)length);
            queue->position += (size_t)length;
        }
        queue_submit(queue, entry);
    }
}

void queue_cancel(struct entry *entry)
{
    int result = entry->pending ? libusb_cancel_transfer(entry->transfer) : 0;

    if (result && result != LIBUSB_ERROR_NOT_FOUND)
        failed("wrong: a transfer was not cancelled: %s", libusb_error_name(result));
}

void queue_wait(struct queue *queue)
{
    while (queue->pending) {
        int result = libusb_handle_events(NULL);

        if (result)
            failed("wrong: libusb's events: %s", libusb_error_name(result));
    }
}

void queue_forget(struct queue *queue)
{
    for (int i = 0; i < queue->used; i++) {
        free(queue->entries[i].transfer->buffer);
        libusb_free_transfer(queue->entries[i].transfer);
        memset(&queue->entries[i], 0, sizeof(queue->entries[i]));
    }
    queue->used = queue->ended = 0;
    queue->on_end = NULL;
}

void queue_check(struct queue *queue, const struct entry *entry)
{
    const struct libusb_transfer *transfer = entry->transfer;
    size_t length = (size_t)transfer->actual_length;
    unsigned char *wanted = malloc((size_t)transfer->length);
    char text[256];

    if (!wanted)
        failed("no memory");
    memset(wanted, STALE, (size_t)transfer->length);
    pattern_fill(queue->endpoint, queue->position, wanted, length);
    if (memcmp(wanted, transfer->buffer, (size_t)transfer->length) != 0) {
        pattern_name(queue->endpoint, queue->position, transfer->buffer, length, text, sizeof(text));
        failed("corrupts: a transfer has octets %s of %s, not %zu-%zu", text,
               scripted_endpoints[queue->endpoint].name, queue->position, queue->position + length - 1);
    }
    free(wanted);
    queue->position += length;
}

void queue_expect(const struct entry *entry, enum libusb_transfer_status status, int length)
{
    const struct libusb_transfer *transfer = entry->transfer;

    if (transfer->status != status || transfer->actual_length != length)
        failed("wrong: transfer %d ended with status %d and %d octets, not %d and %d",
               (int)(entry - entry->queue->entries), (int)transfer->status, transfer->actual_length, (int)status,
               length);
}
