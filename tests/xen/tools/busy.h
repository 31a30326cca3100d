/* SPDX-License-Identifier: MIT */
/*
 * Keeps a device busy for some seconds and counts what it did, so that the progress of several can be
 * compared: busy.c has the command, busy_urbs.c what is done through usbfs.
 */
#ifndef BUSY_H
#define BUSY_H

/* How much was done, and the longest that one thing took or was waited for. */
struct tally {
    unsigned long done;
    double longest; /* seconds */
    double last;    /* when the last one was done */
};

/* So much more is done now. */
void tally_add(struct tally *tally, unsigned long amount);
/* As tally_add(), of something that began at that time. */
void tally_since(struct tally *tally, unsigned long amount, double began);

/* Each goes on until the time is `end` (see now() of bed.h), or dies. */

/* Counts KiB that a SourceSink gadget sends, eight URBs of 16 KiB waiting for it at any time. */
void busy_stream(struct tally *tally, const char *node, double end);
/* Same, four of 64 KiB. */
void busy_deep(struct tally *tally, const char *node, double end);
/* Counts control requests that are answered. */
void busy_control(struct tally *tally, const char *node, double end);
/* Counts URBs of an endpoint without data that are unlinked, four at a time. */
void busy_unlink(struct tally *tally, const char *node, double end);
/* Counts resets of the device's port, as its guest can ask for them; those that fail, too. */
void busy_reset(struct tally *tally, const char *node, double end);
/* Counts URBs: as many as usbfs takes, all small, on both bulk endpoints and on endpoint 0 of a SourceSink gadget. */
void busy_flood(struct tally *tally, const char *node, double end);

#endif
