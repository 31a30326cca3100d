/*
 * Runs a program of steps on a scripted device, so that a test of the host side is a few readable lines,
 * the same natively and in a guest. A step that hangs, or a process that cannot end, is an outcome, too:
 * the steps run in a child, which the parent watches and does not wait for.
 */
#include "urbs.h"

#include "bed.h"
#include "scripted.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS 8

static int report_fd;

/* Tell the parent: "=TEXT" is the outcome, anything else the step that begins. */
static void report(const char *kind, const char *text)
{
    char line[512];
    int length = snprintf(line, sizeof(line), "%s%.500s\n", kind, text);

    if (write(report_fd, line, (size_t)length) != length)
        _exit(1);
}

void failed(const char *format, ...)
{
    va_list arguments;
    char text[500];

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    report("=", text);
    _exit(1);
}

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
    { "sleep", 2, step_sleep },
};

static void run_step(struct session *session, char *line)
{
    char *words[WORDS], *word;
    int count = 0;

    if (!strncmp(line, "tell ", 5)) {
        urbs_tell(session, line + 5);
        return;
    }
    for (word = strtok(line, " "); word && count < WORDS; word = strtok(NULL, " "))
        words[count++] = word;
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

static void run_program(const char *node, int runs, const char *program)
{
    static struct session session;
    char line[256];

    urbs_open(&session, node);
    for (int run = 0; run < runs; run++) {
        urbs_start(&session);
        urbs_tell(&session, "reset");
        for (const char *at = program; *at; at += strspn(at, "\n")) {
            size_t length = strcspn(at, "\n");

            at += strspn(at, " ");
            length = strcspn(at, "\n");
            snprintf(line, sizeof(line), "%.*s", (int)length, at);
            report("", line);
            run_step(&session, line);
            at += length;
        }
    }
    report("=", "pass");
    /* Closing is part of it: usbfs unlinks what is left. */
    close(session.fd);
}

/* Follow the child's reports; its outcome is put into the text. */
static void watch(int fd, char *outcome, size_t size)
{
    FILE *reports = fdopen(fd, "r");
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    char step[512] = "start", line[512];

    setvbuf(reports, NULL, _IONBF, 0);
    while (poll(&ready, 1, (int)(2 * PATIENCE * 1000)) > 0) {
        if (!fgets(line, sizeof(line), reports)) {
            snprintf(outcome, size, "wrong: the program ended in step '%s'", step);
            return;
        }
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '=') {
            snprintf(outcome, size, "%s", line + 1);
            return;
        }
        snprintf(step, sizeof(step), "%s", line);
    }
    snprintf(outcome, size, "hangs: in step '%s'", step);
}

/* urbs USBFS_DEVICE RUNS PROGRAM: prints "pass" or the reason why not; status 1 then */
int cmd_urbs(int argc, char **argv)
{
    char outcome[512];
    int fds[2], status;
    double end;
    pid_t pid;

    if (argc != 4 || pipe(fds))
        return 2;
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        close(fds[0]);
        report_fd = fds[1];
        run_program(argv[1], atoi(argv[2]), argv[3]);
        _exit(0);
    }
    close(fds[1]);
    watch(fds[0], outcome, sizeof(outcome));
    if (!strncmp(outcome, "hangs: in", 9))
        kill(pid, SIGKILL);
    for (end = now() + PATIENCE; waitpid(pid, &status, WNOHANG) != pid; usleep(2000)) {
        if (now() < end)
            continue;
        if (!strcmp(outcome, "pass"))
            snprintf(outcome, sizeof(outcome), "hangs: the program cannot end");
        break;
    }
    puts(outcome);
    return strcmp(outcome, "pass") != 0;
}
