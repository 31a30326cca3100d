/* SPDX-License-Identifier: MIT */
/* Keeps something busy for some seconds and says how far it came. */
#define _GNU_SOURCE
#include "busy.h"

#include "bed.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A command of usb-storage at its largest. */
#define PIECE (120 << 10)
#define TICK 0.01

void tally_since(struct tally *tally, unsigned long amount, double began)
{
    double at = now();

    tally->done += amount;
    if (tally->last > 0 && at - began > tally->longest)
        tally->longest = at - began;
    tally->last = at;
}

void tally_add(struct tally *tally, unsigned long amount)
{
    tally_since(tally, amount, tally->last);
}

/* KiB of a disk, from its start again and again, past the page cache. */
static void busy_disk(struct tally *tally, const char *device, double end)
{
    int fd = open(device, O_RDONLY | O_DIRECT | O_CLOEXEC);
    char *buffer = aligned_alloc(4096, PIECE);

    if (fd < 0 || !buffer)
        die("%s", device);
    while (now() < end) {
        double from = now();
        ssize_t n = read(fd, buffer, PIECE);

        if (n < 0)
            die("reading %s", device);
        if (n < PIECE && lseek(fd, 0, SEEK_SET))
            die("%s", device);
        tally_since(tally, (unsigned long)n / 1024, from);
    }
}

/* A serial line is open, and nothing comes. */
static void busy_open(struct tally *tally, const char *tty, double end)
{
    int fd = open(tty, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        die("%s", tty);
    while (now() < end)
        usleep(50000);
    tally_add(tally, 1);
}

/* Short sleeps: how punctual a domain is. */
static void busy_tick(struct tally *tally, const char *unused, double end)
{
    (void)unused;
    while (now() < end) {
        usleep((useconds_t)(TICK * 1e6));
        tally_add(tally, 1);
    }
}

/* Does nothing but count: a process' share of its domain's processors. */
static void busy_spin(struct tally *tally, const char *unused, double end)
{
    (void)unused;
    while (now() < end) {
        for (volatile int i = 0; i < 1000; i++)
            ;
        tally_add(tally, 1);
    }
}

static const struct {
    const char *name;
    void (*run)(struct tally *tally, const char *what, double end);
} kinds[] = {
    { "disk", busy_disk },     { "open", busy_open },     { "tick", busy_tick }, { "spin", busy_spin },
    { "stream", busy_stream }, { "deep", busy_deep }, { "control", busy_control }, { "unlink", busy_unlink }, { "flood", busy_flood },
    { "reset", busy_reset },
};

/* busy KIND WHAT SECONDS: prints "DONE LONGEST_MS" */
int cmd_busy(int argc, char **argv)
{
    struct tally tally = { 0 };

    if (argc != 4)
        return 2;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(argv[1], kinds[i].name) != 0)
            continue;
        kinds[i].run(&tally, argv[2], now() + atof(argv[3]));
        printf("%lu %.0f\n", tally.done, tally.longest * 1000);
        return 0;
    }
    return 2;
}
