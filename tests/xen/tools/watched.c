/* SPDX-License-Identifier: MIT */
/* A test in a child process, watched by its parent. */
#include "watched.h"

#include "bed.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int report_fd = STDERR_FILENO;

/* "=TEXT" is the outcome, anything else the step that begins. */
static void report(const char *kind, const char *text)
{
    char line[512];
    int length = snprintf(line, sizeof(line), "%s%.500s\n", kind, text);

    if (write(report_fd, line, (size_t)length) != length)
        _exit(1);
}

void step_begins(const char *text)
{
    report("", text);
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

/* Closing its files is part of the test: usbfs unlinks what is left then. */
static void wait_for_end(pid_t pid, char *outcome, size_t size)
{
    double end = now() + PATIENCE;
    int status;

    while (waitpid(pid, &status, WNOHANG) != pid) {
        if (now() > end) {
            if (!strcmp(outcome, "pass"))
                snprintf(outcome, size, "hangs: the program cannot end");
            return;
        }
        usleep(2000);
    }
}

int watched(void (*run)(void *argument), void *argument)
{
    char outcome[512];
    int fds[2];
    pid_t pid;

    if (pipe(fds))
        die("pipe");
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        close(fds[0]);
        report_fd = fds[1];
        run(argument);
        report("=", "pass");
        _exit(0);
    }
    close(fds[1]);
    watch(fds[0], outcome, sizeof(outcome));
    if (!strncmp(outcome, "hangs: in", 9))
        kill(pid, SIGKILL);
    wait_for_end(pid, outcome, sizeof(outcome));
    puts(outcome);
    return strcmp(outcome, "pass") != 0;
}
