/* SPDX-License-Identifier: MIT */
/*
 * usbqueue BUS DEVICE RUNS: what programs on libusb do with queued transfers, on a scripted device. Prints
 * "pass", or the reason why not; the status is 1 then.
 */
#include "usbqueue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 5000
#define VENDOR_OUT (LIBUSB_REQUEST_TYPE_VENDOR | LIBUSB_RECIPIENT_INTERFACE | LIBUSB_ENDPOINT_OUT)
#define VENDOR_IN (LIBUSB_REQUEST_TYPE_VENDOR | LIBUSB_RECIPIENT_INTERFACE | LIBUSB_ENDPOINT_IN)

static struct queue queues[SCRIPTED_ENDPOINTS];

static void tell(const char *text)
{
    unsigned char left[SCRIPTED_ENDPOINTS], command[SCRIPTED_COMMAND_MAX];
    libusb_device_handle *device = queues[0].device;
    int length = snprintf((char *)command, sizeof(command), "%s", text), result;

    result = libusb_control_transfer(device, VENDOR_OUT, SCRIPTED_TELL, 0, 0, command, (uint16_t)length, TIMEOUT_MS);
    if (result != length)
        failed("wrong: a control transfer OUT ended with %d", result);
    /* The device serves one after the other, so it has understood the first when it answers the second. */
    result = libusb_control_transfer(device, VENDOR_IN, SCRIPTED_STATE, 0, 0, left, sizeof(left), TIMEOUT_MS);
    if (result != sizeof(left))
        failed("wrong: a control transfer IN ended with %d", result);
}

/* Sizes that end with a short packet, or fill a transfer. */
static const int sizes[] = { 100, 4096, 513, 1, 3000, 511 };
#define SIZES (int)(sizeof(sizes) / sizeof(sizes[0]))
#define EACH 10

static int received;

static void on_message(struct queue *queue, struct entry *entry)
{
    if (received == SIZES * EACH)
        return;
    queue_expect(entry, LIBUSB_TRANSFER_COMPLETED, sizes[received / EACH]);
    queue_check(queue, entry);
    received++;
    queue_submit(queue, entry);
    if (received < SIZES * EACH)
        return;
    for (int i = 0; i < queue->used; i++)
        queue_cancel(&queue->entries[i]);
}

/* A receiver as most are: all transfers wait, and each is submitted again from its callback. */
static void receive_messages(void)
{
    struct queue *queue = &queues[IN1];
    char command[64];

    step_begins("messages of many sizes");
    received = 0;
    queue->on_end = on_message;
    queue_fill(queue, QUEUE_MAX, 4096);
    for (int i = 0; i < SIZES; i++) {
        snprintf(command, sizeof(command), "in1 send %d %d", EACH, sizes[i]);
        tell(command);
    }
    queue_wait(queue);
    for (int i = 0; i < queue->used; i++)
        queue_expect(&queue->entries[i], LIBUSB_TRANSFER_CANCELLED, 0);
    queue_forget(queue);
}

static void receive_large(void)
{
    struct queue *queue = &queues[IN2];

    step_begins("three large reads in a queue");
    queue_fill(queue, 3, 65536);
    tell("in2 send 3 65535");
    queue_wait(queue);
    for (int i = 0; i < queue->used; i++) {
        queue_expect(&queue->entries[i], LIBUSB_TRANSFER_COMPLETED, 65535);
        queue_check(queue, &queue->entries[i]);
    }
    queue_forget(queue);
}

static void cancel_in_the_middle(void)
{
    struct queue *queue = &queues[OUT1];
    size_t next;

    step_begins("two of six writes cancelled");
    queue_fill(queue, 6, 1024);
    queue_cancel(&queue->entries[2]);
    queue_cancel(&queue->entries[4]);
    while (!queue->entries[2].ended || !queue->entries[4].ended)
        libusb_handle_events(NULL);
    tell("out1 read 8 512");
    queue_wait(queue);
    next = 0;
    for (int i = 0; i < queue->used; i++) {
        int cancelled = i == 2 || i == 4;

        queue_expect(&queue->entries[i], cancelled ? LIBUSB_TRANSFER_CANCELLED : LIBUSB_TRANSFER_COMPLETED,
                     cancelled ? 0 : 1024);
        if (cancelled)
            continue;
        if ((size_t)queue->entries[i].ended < next)
            failed("wrong: transfer %d ended before an earlier one", i);
        next = (size_t)queue->entries[i].ended;
    }
    queue_forget(queue);
}

static void on_stall(struct queue *queue, struct entry *entry)
{
    if (entry->transfer->status != LIBUSB_TRANSFER_STALL)
        return;
    for (int i = queue->used - 1; i >= 0; i--)
        queue_cancel(&queue->entries[i]);
}

/* What was not written is written again from the octet at which the device halted. */
static void halt_and_go_on(void)
{
    struct queue *queue = &queues[OUT1];
    size_t from;

    step_begins("the device halts in the second of six writes");
    queue->on_end = on_stall;
    from = queue->position;
    tell("out1 read 3 512");
    tell("out1 halt");
    queue_fill(queue, 6, 1024);
    queue_wait(queue);
    queue_expect(&queue->entries[0], LIBUSB_TRANSFER_COMPLETED, 1024);
    queue_expect(&queue->entries[1], LIBUSB_TRANSFER_STALL, 512);
    /* They stall, too, or have been cancelled before; no octet has moved. */
    for (int i = 2; i < queue->used; i++)
        queue_expect(&queue->entries[i],
                     queue->entries[i].transfer->status == LIBUSB_TRANSFER_STALL ? LIBUSB_TRANSFER_STALL :
                                                                                  LIBUSB_TRANSFER_CANCELLED,
                     0);
    queue_forget(queue);
    step_begins("the rest is written after the halt");
    if (libusb_clear_halt(queue->device, queue->address))
        failed("wrong: the halt cannot be cleared");
    queue->position = from + 1536;
    tell("out1 read 9 512");
    queue_fill(queue, 3, 1536);
    queue_wait(queue);
    for (int i = 0; i < queue->used; i++)
        queue_expect(&queue->entries[i], LIBUSB_TRANSFER_COMPLETED, 1536);
    queue_forget(queue);
}

static libusb_device_handle *open_device(int bus, int address)
{
    libusb_device_handle *handle = NULL;
    libusb_device **list;
    ssize_t count = libusb_get_device_list(NULL, &list);

    for (ssize_t i = 0; i < count; i++)
        if (libusb_get_bus_number(list[i]) == bus && libusb_get_device_address(list[i]) == address &&
            libusb_open(list[i], &handle))
            failed("wrong: the device cannot be opened");
    if (!handle)
        failed("wrong: libusb shows no device %d on bus %d", address, bus);
    libusb_free_device_list(list, 1);
    if (libusb_claim_interface(handle, 0))
        failed("wrong: the interface cannot be claimed");
    return handle;
}

static void find_endpoints(libusb_device_handle *handle)
{
    struct libusb_config_descriptor *config;
    const struct libusb_interface_descriptor *interface;

    if (libusb_get_active_config_descriptor(libusb_get_device(handle), &config))
        failed("wrong: no descriptors");
    interface = &config->interface[0].altsetting[0];
    if (interface->bNumEndpoints != SCRIPTED_ENDPOINTS)
        failed("wrong: the device has %d endpoints", interface->bNumEndpoints);
    for (int i = 0; i < SCRIPTED_ENDPOINTS; i++)
        queues[i] = (struct queue){ .device = handle, .endpoint = i, .address = interface->endpoint[i].bEndpointAddress };
    libusb_free_config_descriptor(config);
}

int main(int argc, char **argv)
{
    libusb_device_handle *handle;

    if (argc != 4) {
        fprintf(stderr, "usage: usbqueue BUS DEVICE RUNS\n");
        return 2;
    }
    step_begins("opening the device");
    if (libusb_init(NULL))
        failed("wrong: libusb does not start");
    handle = open_device(atoi(argv[1]), atoi(argv[2]));
    for (int run = 0; run < atoi(argv[3]); run++) {
        find_endpoints(handle);
        tell("reset");
        receive_messages();
        receive_large();
        cancel_in_the_middle();
        halt_and_go_on();
    }
    step_begins("closing the device");
    libusb_close(handle);
    libusb_exit(NULL);
    puts("pass");
    return 0;
}
