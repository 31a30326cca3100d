/* SPDX-License-Identifier: MIT */
/*
 * Runs a program of steps on a scripted device, so that a test of the host side is a few readable lines,
 * the same natively and in a guest.
 */
#include "urbs.h"

#include "bed.h"
#include "scripted.h"
#include "watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS 16

static int endpoint_of(const char *name)
{
    int endpoint = scripted_by_name(name);

    if (endpoint < 0)
        failed("no endpoint '%s'", name);
    return endpoint;
}

static unsigned int flag_of(const char *name)
{
    if (!strcmp(name, "short-not-ok"))
        return USBDEVFS_URB_SHORT_NOT_OK;
    if (!strcmp(name, "continues"))
        return USBDEVFS_URB_BULK_CONTINUATION;
    if (!strcmp(name, "zero-packet"))
        return USBDEVFS_URB_ZERO_PACKET;
    failed("no URB flag '%s'", name);
}

/* The steps; words[0] is the name, the count includes it. */

static void step_submit(struct session *session, char **words, int count)
{
    unsigned int flags = 0;

    for (int i = 4; i < count; i++)
        flags |= flag_of(words[i]);
    urbs_submit(session, words[1], endpoint_of(words[2]), strtoul(words[3], NULL, 10), flags);
}

static void step_discard(struct session *session, char **words, int count)
{
    for (int i = 1; i < count; i++)
        urbs_discard(session, words[i]);
}

static void step_expect(struct session *session, char **words, int count)
{
    (void)count;
    urbs_expect(session, words[1], atoi(words[2]), atoi(words[3]));
}

static void step_gone(struct session *session, char **words, int count)
{
    for (int i = 1; i < count; i++)
        urbs_gone(session, words[i]);
}

static void step_pending(struct session *session, char **words, int count)
{
    urbs_pending(session, words[1], 0.1);
    for (int i = 2; i < count; i++)
        urbs_pending(session, words[i], 0);
}

static void step_order(struct session *session, char **words, int count)
{
    for (int i = 2; i < count; i++)
        urbs_order(session, words[i - 1], words[i]);
}

static void step_idle(struct session *session, char **words, int count)
{
    for (int i = 1; i < count; i++)
        urbs_idle(session, endpoint_of(words[i]));
}

static void step_describe(struct session *session, char **words, int count)
{
    (void)words, (void)count;
    urbs_describe(session);
}

static void step_clear_halt(struct session *session, char **words, int count)
{
    (void)count;
    urbs_clear_halt(session, endpoint_of(words[1]));
}

static void step_control(struct session *session, char **words, int count)
{
    (void)count;
    urbs_control(session, atoi(words[1]), atoi(words[2]), atoi(words[3]));
}

static void step_sleep(struct session *session, char **words, int count)
{
    (void)session, (void)count;
    usleep((useconds_t)atoi(words[1]) * 1000);
}

static const struct {
    const char *name;
    int words;
    void (*run)(struct session *session, char **words, int count);
} steps[] = {
    { "submit", 4, step_submit },   { "discard", 2, step_discard },
    { "expect", 4, step_expect },   { "pending", 2, step_pending },
    { "order", 3, step_order },     { "idle", 2, step_idle },
    { "describe", 1, step_describe }, { "clear-halt", 2, step_clear_halt },
    { "sleep", 2, step_sleep },     { "gone", 2, step_gone },
    { "control", 4, step_control },
};

static void run_step(struct session *session, char *line)
{
    char *words[WORDS], *word;
    int count = 0;

    if (!strncmp(line, "tell ", 5)) {
        urbs_tell(session, line + 5);
        return;
    }
    for (word = strtok(line, " "); word; word = strtok(NULL, " ")) {
        if (count == WORDS)
            failed("more than %d words in a step", WORDS);
        words[count++] = word;
    }
    if (count == 0)
        return;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (strcmp(words[0], steps[i].name) != 0)
            continue;
        if (count < steps[i].words)
            failed("too few words after '%s'", words[0]);
        steps[i].run(session, words, count);
        return;
    }
    failed("no step '%s'", words[0]);
}

struct program {
    const char *node, *steps;
    int runs;
};

static void run_program(void *argument)
{
    const struct program *program = argument;
    static struct session session;
    char line[256];

    urbs_open(&session, program->node);
    for (int run = 0; run < program->runs; run++) {
        urbs_start(&session);
        urbs_tell(&session, "reset");
        for (const char *at = program->steps; *at; at += strspn(at, "\n ")) {
            size_t length = strcspn(at, "\n");

            snprintf(line, sizeof(line), "%.*s", (int)length, at);
            step_begins(line);
            run_step(&session, line);
            at += length;
        }
    }
}

/* urbs USBFS_DEVICE RUNS PROGRAM: prints "pass" or the reason why not; status 1 then */
int cmd_urbs(int argc, char **argv)
{
    struct program program;

    if (argc != 4)
        return 2;
    program = (struct program){ .node = argv[1], .runs = atoi(argv[2]), .steps = argv[3] };
    return watched(run_program, &program);
}
