/* SPDX-License-Identifier: MIT */
/* Octets through a character device of a USB device and back, compared; and the other end, which sends back. */
#include "bed.h"
#include "watched.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* What a device file takes. */
struct form {
    const char *name;
    size_t unit;   /* octets of a write */
    size_t prefix; /* zeros before the unit, which the host's end of the file wants */
    size_t window; /* octets on their way at a time */
};

static const struct form forms[] = {
    { "raw", 256, 0, 2048 },
    /* A report without a number of its own. */
    { "hid", 64, 1, 64 },
    /* A message: note on. One at a time, as Linux' gadget mixes up several of them now and then. */
    { "midi", 3, 0, 3 },
};

struct way {
    const char *file;
    const struct form *form;
    size_t octets;
};

/* Nobody watches, and what is told of each step would be measured as well. */
static int timing;

static void step(const char *text)
{
    if (!timing)
        step_begins(text);
}

static const struct form *find_form(const char *name)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (!strcmp(forms[i].name, name))
            return &forms[i];
    return NULL;
}

static uint8_t octet(const struct form *form, size_t position)
{
    size_t unit = position / form->unit;

    if (strcmp(form->name, "midi") != 0)
        return (uint8_t)(position * 7 + (position >> 8) * 3);
    switch (position % form->unit) {
    case 0:
        return (uint8_t)(0x90 | (unit & 0xf));
    case 1:
        return (uint8_t)(unit >> 4 & 0x7f);
    default:
        return 1 + unit % 127;
    }
}

/* -1 with errno when it cannot be opened. */
static int open_way(const char *file)
{
    int fd = open(file, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios settings;

    if (fd < 0 || !isatty(fd))
        return fd;
    if (tcgetattr(fd, &settings))
        failed("wrong: %s: %s", file, strerror(errno));
    cfmakeraw(&settings);
    cfsetspeed(&settings, B115200);
    if (tcsetattr(fd, TCSANOW, &settings))
        failed("wrong: settings of %s: %s", file, strerror(errno));
    return fd;
}

static void write_all(int fd, const uint8_t *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, data + done, length - done);

        if (n <= 0)
            failed("wrong: writing: %s", strerror(errno));
        done += (size_t)n;
    }
}

static void send_unit(const struct form *form, int fd, size_t position)
{
    uint8_t data[512] = { 0 };

    for (size_t i = 0; i < form->unit; i++)
        data[form->prefix + i] = octet(form, position + i);
    write_all(fd, data, form->prefix + form->unit);
}

/*
 * Reads what there is; how much that was. A printer ends what fills its last packet with an empty one, and Linux'
 * usblp gives a transfer that is nothing else as a read of 0 octets: not the end of the file, which is an error there.
 */
static size_t receive(const struct form *form, int fd, size_t position)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    uint8_t data[4096];
    ssize_t n;

    if (poll(&ready, 1, (int)(PATIENCE * 1000)) <= 0)
        failed("hangs: octet %zu has not come back within %.0f s", position, PATIENCE);
    n = read(fd, data, sizeof(data));
    if (n < 0)
        failed("wrong: reading at %zu: %s", position, strerror(errno));
    for (size_t i = 0; i < (size_t)n; i++)
        if (data[i] != octet(form, position + i))
            failed("corrupts: octet %zu came back as %02x, not %02x", position + i, data[i],
                   octet(form, position + i));
    return (size_t)n;
}

static void run_send(void *argument)
{
    const struct way *way = argument;
    const struct form *form = way->form;
    size_t sent = 0, got = 0, empty = 0;
    int fd;

    step("opening it");
    fd = open_way(way->file);
    if (fd < 0)
        failed("wrong: %s: %s", way->file, strerror(errno));
    /* What comes to a MIDI port that nobody has asked yet is lost. */
    poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 0);
    while (got < way->octets) {
        while (sent < way->octets && sent + form->unit - got <= form->window) {
            step("sending");
            send_unit(form, fd, sent);
            sent += form->unit;
        }
        step("receiving");
        size_t n = receive(form, fd, got);
        got += n;
        /* Not more empty packets than units. */
        if (!n && ++empty > way->octets / form->unit)
            failed("wrong: reading at %zu: end of file", got);
    }
    step("closing it");
    close(fd);
}

/*
 * All that comes, until the file ends. A gadget's printer listens to its next host when it is asked again; a read
 * that waits does not do that.
 */
static void send_back_from(int fd)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    uint8_t data[4096];
    ssize_t n;

    for (;;) {
        if (poll(&ready, 1, 100) <= 0)
            continue;
        n = read(fd, data, sizeof(data));
        if (n <= 0)
            return;
        write_all(fd, data, (size_t)n);
    }
}

/* Until somebody ends it. A gadget's file may open only when there is a host, and ends with it. */
static void send_back(const char *file)
{
    for (;;) {
        int fd = open_way(file);

        if (fd >= 0) {
            send_back_from(fd);
            close(fd);
        }
        usleep(20000);
    }
}

/*
 * echo send FILE FORM OCTETS: send so much, in whole units, and compare what comes back; prints "pass" or the reason
 * why not, status 1 then. echo time ...: same, prints the seconds. echo back FILE FORM: the other end, does not return
 */
int cmd_echo(int argc, char **argv)
{
    struct way way = { .form = argc > 3 ? find_form(argv[3]) : NULL };

    if (!way.form)
        return 2;
    way.file = argv[2];
    if (argc == 4 && !strcmp(argv[1], "back")) {
        send_back(way.file);
        return 1;
    }
    if (argc != 5 || (strcmp(argv[1], "send") != 0 && strcmp(argv[1], "time") != 0))
        return 2;
    way.octets = strtoul(argv[4], NULL, 10) / way.form->unit * way.form->unit;
    if (!strcmp(argv[1], "send"))
        return watched(run_send, &way);
    double from = now();
    timing = 1;
    run_send(&way);
    printf("%.3f\n", now() - from);
    return 0;
}
