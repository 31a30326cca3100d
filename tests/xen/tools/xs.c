/* SPDX-License-Identifier: MIT */
/* A minimal xenstore client; the wire format is that of Xen's public xs_wire.h. */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum xs_type {
    XS_READ = 2,
    XS_WATCH = 4,
    XS_WRITE = 11,
    XS_RM = 13,
    XS_WATCH_EVENT = 15,
    XS_ERROR = 16,
};

struct xs_header {
    uint32_t type, request, transaction, length;
};

/* A watch event that arrived while a reply was awaited. */
struct xs_pending {
    struct xs_pending *next;
    char path[];
};

/* A daemon that was just started answers a little later. */
static int connect_daemon(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/xenstored/socket" };
    double end = now() + 10;

    do {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0)
            die("socket");
        if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
            return fd;
        close(fd);
        usleep(50000);
    } while (now() < end);
    return -1;
}

void xs_open(struct xs *xs)
{
    int is_dom0 = !access("/run/xenstored", F_OK);

    memset(xs, 0, sizeof(*xs));
    xs->fd = is_dom0 ? connect_daemon() : open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);
    if (xs->fd < 0)
        die("no xenstore");
}

static void read_all(int fd, void *buffer, size_t length)
{
    char *at = buffer;

    while (length > 0) {
        ssize_t n = read(fd, at, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            die("reading from xenstore");
        at += n;
        length -= (size_t)n;
    }
}

/* Receive one message; its payload is NUL-terminated in data. */
static struct xs_header receive(struct xs *xs, char data[XS_VALUE_MAX + 1])
{
    struct xs_header header;

    read_all(xs->fd, &header, sizeof(header));
    if (header.length > XS_VALUE_MAX)
        die("xenstore sent %u bytes", header.length);
    read_all(xs->fd, data, header.length);
    data[header.length] = '\0';
    return header;
}

static void keep_event(struct xs *xs, const char *path)
{
    struct xs_pending *event = malloc(sizeof(*event) + strlen(path) + 1), **end = &xs->pending;

    if (!event)
        die("memory");
    event->next = NULL;
    strcpy(event->path, path);
    while (*end)
        end = &(*end)->next;
    *end = event;
}

/* Send a request made of two parts and wait for its reply. The length of the reply, or -1 with errno. */
static int request(struct xs *xs, enum xs_type type, const char *path, size_t path_length,
                   const char *rest, size_t rest_length, char reply[XS_VALUE_MAX + 1])
{
    char message[sizeof(struct xs_header) + XS_VALUE_MAX];
    struct xs_header header = { .type = type, .length = (uint32_t)(path_length + rest_length) };

    if (header.length > XS_VALUE_MAX)
        die("xenstore request too long: %s", path);
    /* One write per message: the kernel's device and the daemon both take it whole. */
    memcpy(message, &header, sizeof(header));
    memcpy(message + sizeof(header), path, path_length);
    if (rest_length > 0)
        memcpy(message + sizeof(header) + path_length, rest, rest_length);
    if (write(xs->fd, message, sizeof(header) + header.length) < 0)
        die("writing to xenstore");
    for (;;) {
        header = receive(xs, reply);
        if (header.type == XS_WATCH_EVENT) {
            keep_event(xs, reply);
        } else if (header.type == XS_ERROR) {
            errno = strcmp(reply, "ENOENT") ? EIO : ENOENT;
            return -1;
        } else {
            return (int)header.length;
        }
    }
}

int xs_read(struct xs *xs, const char *path, char value[XS_VALUE_MAX + 1])
{
    return request(xs, XS_READ, path, strlen(path) + 1, NULL, 0, value);
}

int xs_write(struct xs *xs, const char *path, const char *value, size_t length)
{
    char reply[XS_VALUE_MAX + 1];
    size_t room = XS_VALUE_MAX - strlen(path) - 1;

    if (length > room) {
        value += length - room;
        length = room;
    }
    return request(xs, XS_WRITE, path, strlen(path) + 1, value, length, reply) < 0 ? -1 : 0;
}

void xs_remove(struct xs *xs, const char *path)
{
    char reply[XS_VALUE_MAX + 1];

    if (request(xs, XS_RM, path, strlen(path) + 1, NULL, 0, reply) < 0 && errno != ENOENT)
        die("removing %s", path);
}

void xs_watch(struct xs *xs, const char *path)
{
    char reply[XS_VALUE_MAX + 1];

    if (request(xs, XS_WATCH, path, strlen(path) + 1, "bed", sizeof("bed"), reply) < 0)
        die("watching %s", path);
}

int xs_event(struct xs *xs, double seconds, char path[XS_VALUE_MAX + 1])
{
    struct pollfd ready = { .fd = xs->fd, .events = POLLIN };
    struct xs_pending *oldest = xs->pending;
    int n;

    if (oldest) {
        xs->pending = oldest->next;
        strcpy(path, oldest->path);
        free(oldest);
        return 1;
    }
    n = poll(&ready, 1, seconds > 0 ? (int)(seconds * 1000) : 0);
    if (n <= 0)
        return 0;
    /* Nothing but events comes when no request is open. */
    receive(xs, path);
    return 1;
}
