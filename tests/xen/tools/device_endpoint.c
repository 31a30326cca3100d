/* SPDX-License-Identifier: MIT */
/* What the endpoints of a scripted device do, and the logs of what they saw. */
#include "scripted.h"

#include "bed.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct transfer {
    struct iocb iocb;
    struct endpoint *endpoint;
    size_t position; /* of its first octet, when it sends */
    struct transfer *next;
    uint8_t data[];
};

static struct transfer *in_flight;

static int sends(const struct endpoint *endpoint)
{
    return scripted_endpoints[endpoint->number].address & USB_DIR_IN;
}

void device_open(struct device *device, const char *ffs, const char *logs)
{
    char name[512];

    if (syscall(SYS_io_setup, IN_FLIGHT * SCRIPTED_ENDPOINTS, &device->aio))
        die("io_setup");
    device->finished_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
        struct endpoint *endpoint = &device->endpoints[i];

        endpoint->number = i;
        /* FunctionFS numbers them by their place in the descriptors. */
        snprintf(name, sizeof(name), "%s/ep%d", ffs, i + 1);
        endpoint->fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (endpoint->fd < 0)
            die("%s", name);
        snprintf(name, sizeof(name), "%s/%s", logs, scripted_endpoints[i].name);
        endpoint->log = fopen(name, "a");
        if (!endpoint->log)
            die("%s", name);
        setvbuf(endpoint->log, NULL, _IOLBF, 0);
    }
}

static void start_transfer(struct device *device, struct endpoint *endpoint, unsigned int size)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer) + size);
    struct iocb *iocb;

    if (!transfer)
        die("memory");
    transfer->endpoint = endpoint;
    transfer->position = endpoint->position;
    iocb = &transfer->iocb;
    iocb->aio_data = (uint64_t)(uintptr_t)transfer;
    iocb->aio_fildes = (uint32_t)endpoint->fd;
    iocb->aio_lio_opcode = sends(endpoint) ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
    iocb->aio_buf = (uint64_t)(uintptr_t)transfer->data;
    iocb->aio_nbytes = size;
    iocb->aio_flags = IOCB_FLAG_RESFD;
    iocb->aio_resfd = (uint32_t)device->finished_fd;
    if (sends(endpoint)) {
        pattern_fill(endpoint->number, endpoint->position, transfer->data, size);
        endpoint->position += size;
    }
    endpoint->submitted++;
    if (syscall(SYS_io_submit, device->aio, 1, &iocb) != 1) {
        fprintf(endpoint->log, "refused: %s\n", strerror(errno));
        endpoint->finished++;
        free(transfer);
        return;
    }
    endpoint->in_flight++;
    transfer->next = in_flight;
    in_flight = transfer;
}

static void finish_transfer(struct transfer *transfer, long long result)
{
    struct endpoint *endpoint = transfer->endpoint;
    struct transfer **link = &in_flight;
    const char *what = sends(endpoint) ? "sent" : "read";
    char octets[4096];

    while (*link != transfer)
        link = &(*link)->next;
    *link = transfer->next;
    endpoint->in_flight--;
    endpoint->finished++;
    if (result < 0) {
        fprintf(endpoint->log, "%s nothing: %s\n", what, strerror((int)-result));
    } else {
        size_t from = sends(endpoint) ? transfer->position : endpoint->position;

        pattern_name(endpoint->number, from, transfer->data, (size_t)result, octets, sizeof(octets));
        fprintf(endpoint->log, "%s %lld: %s\n", what, result, octets);
        if (!sends(endpoint))
            endpoint->position += (size_t)result;
    }
    free(transfer);
}

static void take_finished(struct device *device, double seconds)
{
    struct timespec wait = { .tv_nsec = (long)(seconds * 1e9) };
    struct io_event events[16];
    uint64_t count;
    long n;

    if (read(device->finished_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
        die("eventfd");
    while ((n = syscall(SYS_io_getevents, device->aio, seconds > 0, 16, events, &wait)) > 0)
        for (long i = 0; i < n; i++)
            finish_transfer((struct transfer *)(uintptr_t)events[i].data, events[i].res);
}

/* A transfer in the direction that an endpoint has not is how FunctionFS is told to halt it. */
static void halt(struct endpoint *endpoint)
{
    char octet = 0;
    ssize_t n = sends(endpoint) ? read(endpoint->fd, &octet, 1) : write(endpoint->fd, &octet, 1);

    if (n < 0 && errno == EBADMSG)
        fprintf(endpoint->log, "halted\n");
    else
        fprintf(endpoint->log, "not halted: %s\n", strerror(errno));
}

/* By another process: unbinding waits for those that use the gadget. */
static void vanish(struct device *device, struct endpoint *endpoint)
{
    fprintf(endpoint->log, "vanished\n");
    if (fork() == 0) {
        int fd = open(device->udc, O_WRONLY);

        _exit(fd < 0 || write(fd, "\n", 1) != 1);
    }
}

/* Do what can be done of the first action; 1 when that is all of it. */
static int perform(struct device *device, struct endpoint *endpoint)
{
    struct action *action = &endpoint->actions[endpoint->first];

    switch (action->kind) {
    case HALT:
        halt(endpoint);
        return 1;
    case VANISH:
        vanish(device, endpoint);
        return 1;
    case WAIT:
        if (endpoint->due == 0)
            endpoint->due = now() + action->ms / 1e3;
        return now() >= endpoint->due;
    default:
        while (endpoint->submitted < action->count && endpoint->in_flight < IN_FLIGHT &&
               now() >= endpoint->due) {
            /* With a pause, the next one counts from the end of this one. */
            if (action->ms > 0 && endpoint->in_flight > 0)
                break;
            start_transfer(device, endpoint, action->size);
            endpoint->due = now() + action->ms / 1e3;
        }
        return endpoint->finished == action->count;
    }
}

int device_left(const struct endpoint *endpoint)
{
    int left = 0;

    for (int i = 0; i < endpoint->used; i++)
        left += (int)endpoint->actions[(endpoint->first + i) % ACTIONS].count;
    left -= (int)endpoint->finished;
    return left < 255 ? left : 255;
}

double device_work(struct device *device)
{
    double wait = 60;

    take_finished(device, 0);
    for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
        struct endpoint *endpoint = &device->endpoints[i];

        while (endpoint->used > 0 && perform(device, endpoint)) {
            endpoint->first = (endpoint->first + 1) % ACTIONS;
            endpoint->used--;
            endpoint->submitted = endpoint->finished = 0;
            endpoint->due = 0;
        }
        /* One with something in flight is woken by that. What became due just now waits no longer. */
        if (endpoint->used > 0 && endpoint->in_flight == 0 && endpoint->due - now() < wait)
            wait = endpoint->due > now() ? endpoint->due - now() : 0;
    }
    return wait;
}

/* Everything back to the start: nothing to do, nothing in flight, nothing halted, streams at 0. */
static void reset(struct device *device)
{
    double end = now() + 5;
    struct io_event event;

    for (int i = 0; i < SCRIPTED_ENDPOINTS; i++)
        device->endpoints[i].used = 0;
    for (struct transfer *transfer = in_flight; transfer; transfer = transfer->next)
        syscall(SYS_io_cancel, device->aio, &transfer->iocb, &event);
    while (in_flight && now() < end)
        take_finished(device, 0.1);
    for (int i = 0; i < SCRIPTED_ENDPOINTS; i++) {
        struct endpoint *endpoint = &device->endpoints[i];

        ioctl(endpoint->fd, FUNCTIONFS_CLEAR_HALT);
        endpoint->submitted = endpoint->finished = 0;
        endpoint->position = 0;
        endpoint->due = 0;
        fprintf(endpoint->log, "run\n");
    }
}

int device_tell(struct device *device, const char *text)
{
    struct action action = { .count = 1 };
    struct endpoint *endpoint;
    char name[16], verb[16];
    unsigned int number[3] = { 0 };
    int numbers, fields = sscanf(text, "%15s %15s %u %u %u", name, verb, &number[0], &number[1], &number[2]);

    if (fields == 1 && !strcmp(name, "reset")) {
        reset(device);
        return 0;
    }
    numbers = fields - 2;
    if (fields < 2 || scripted_by_name(name) < 0)
        return -1;
    endpoint = &device->endpoints[scripted_by_name(name)];
    if (numbers >= 2 && !strcmp(verb, sends(endpoint) ? "send" : "read"))
        action = (struct action){ sends(endpoint) ? SEND : READ, number[0], number[1], number[2] };
    else if (numbers == 0 && !strcmp(verb, "halt"))
        action.kind = HALT;
    else if (numbers == 0 && !strcmp(verb, "vanish"))
        action.kind = VANISH;
    else if (numbers == 1 && !strcmp(verb, "wait"))
        action.kind = WAIT, action.ms = number[0];
    else
        return -1;
    if (endpoint->used == ACTIONS)
        return -1;
    endpoint->actions[(endpoint->first + endpoint->used++) % ACTIONS] = action;
    return 0;
}
