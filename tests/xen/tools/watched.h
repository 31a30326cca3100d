/* SPDX-License-Identifier: MIT */
/*
 * Runs a test in a child process, so that one that hangs, or a process that cannot end, is an outcome as
 * well: the parent watches, and does not wait for what will never be.
 */
#ifndef WATCHED_H
#define WATCHED_H

/* How long, in seconds, one thing may take; a step that says nothing has twice as long. */
#define PATIENCE 5.0

/* Run it, print "pass" or the reason why not; the exit status of a command: 0, or 1. */
int watched(void (*run)(void *argument), void *argument);

/* For the child. Say what begins. */
void step_begins(const char *text);
/* Give up with a reason, which begins with "wrong:", "corrupts:" or "hangs:". */
void failed(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
