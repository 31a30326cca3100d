/* SPDX-License-Identifier: MIT */
/*
 * bedtool: one static program with all the C helpers of the test bed, for dom0 and for the guest.
 * Starting a process costs 0.1 s in an emulated PV domain, so work that a shell would do with
 * pipelines or polling loops is done here.
 */
#ifndef BED_H
#define BED_H

#include <stddef.h>
#include <stdint.h>

/* A subcommand: argv[0] is its name; the result is the exit status. */
typedef int (*bed_command)(int argc, char **argv);

int cmd_insmods(int argc, char **argv);
int cmd_agent(int argc, char **argv);
int cmd_guest(int argc, char **argv);
int cmd_xswait(int argc, char **argv);
int cmd_limit(int argc, char **argv);
int cmd_stick(int argc, char **argv);
int cmd_keys(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_echo(int argc, char **argv);
int cmd_zeros(int argc, char **argv);
int cmd_sound(int argc, char **argv);
int cmd_loopback(int argc, char **argv);
int cmd_iso(int argc, char **argv);
int cmd_device(int argc, char **argv);
int cmd_urbs(int argc, char **argv);
int cmd_tty(int argc, char **argv);
int cmd_frames(int argc, char **argv);
int cmd_request(int argc, char **argv);
int cmd_resets(int argc, char **argv);
int cmd_hold(int argc, char **argv);
int cmd_busy(int argc, char **argv);
int cmd_host(int argc, char **argv);
int cmd_books(int argc, char **argv);
int cmd_control(int argc, char **argv);
int cmd_camera(int argc, char **argv);
int cmd_capture(int argc, char **argv);
int cmd_lies(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* Print "bedtool: ..." with the text of errno and exit with status 1. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Seconds on the monotonic clock. */
double now(void);

/* When so many seconds will be over; times /bed/patience, as some kernels are slow. */
double deadline(const char *seconds);

/* xs.c: a minimal xenstore client, because libxenstore has no static library. */
#define XS_VALUE_MAX 4096 /* xenstore's limit for a message's payload */

struct xs {
    int fd;
    struct xs_pending *pending; /* watch events received and not yet taken, oldest first */
};

/* Connect: through xenstored's socket (dom0) or the kernel's device (guest). Dies on failure. */
void xs_open(struct xs *xs);
/* Read a node into value (NUL-terminated); returns its length, or -1 when there is no such node. */
int xs_read(struct xs *xs, const char *path, char value[XS_VALUE_MAX + 1]);
/* Write a node; value may be longer than the limit, then its end is written. 0, or -1. */
int xs_write(struct xs *xs, const char *path, const char *value, size_t length);
/* Remove a node with all below it; one that does not exist is no error. */
void xs_remove(struct xs *xs, const char *path);
/* Watch a path and everything below it. The first event comes at once. */
void xs_watch(struct xs *xs, const char *path);
/* Wait at most the given seconds for an event; 1 and its path, or 0. */
int xs_event(struct xs *xs, double seconds, char path[XS_VALUE_MAX + 1]);

#endif
