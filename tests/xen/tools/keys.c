/* SPDX-License-Identifier: MIT */
/* Shows which keys are pressed on an input device, or all that a pointing device says. */
#include "bed.h"

#include <fcntl.h>
#include <glob.h>
#include <linux/input.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Open the first event device whose name contains the text; -1 when there is none. */
static int open_input(const char *text)
{
    glob_t found;
    int fd = -1;

    if (glob("/dev/input/event*", 0, NULL, &found))
        return -1;
    for (size_t i = 0; i < found.gl_pathc && fd < 0; i++) {
        char name[256] = "";

        fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
        if (fd >= 0 && ioctl(fd, EVIOCGNAME(sizeof(name) - 1), name) >= 0 && !strstr(name, text)) {
            close(fd);
            fd = -1;
        }
    }
    globfree(&found);
    return fd;
}

static int wait_for_input(const char *text, double end)
{
    int fd;

    while ((fd = open_input(text)) < 0 && now() < end)
        usleep(50000);
    if (fd < 0)
        fprintf(stderr, "no input device '%s'\n", text);
    return fd;
}

/* Prints, as the caller says it, COUNT events that it wants; names a file once it listens. */
static int watch_input(char **argv, const char *ready_file, int (*say)(const struct input_event *event))
{
    double end = deadline(argv[1]);
    int fd = wait_for_input(argv[2], end), left;
    struct input_event event;

    if (fd < 0)
        return 1;
    close(open(ready_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (left = atoi(argv[3]); left > 0;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        double seconds = end - now();

        if (seconds <= 0 || poll(&ready, 1, (int)(seconds * 1000) + 1) <= 0)
            break;
        if (read(fd, &event, sizeof(event)) != sizeof(event))
            break;
        left -= say(&event);
    }
    printf("\n");
    return left > 0;
}

static int say_key(const struct input_event *event)
{
    if (event->type != EV_KEY || event->value != 1)
        return 0;
    printf("%d ", event->code);
    return 1;
}

static int say_event(const struct input_event *event)
{
    if (event->type != EV_REL && event->type != EV_ABS && event->type != EV_KEY)
        return 0;
    printf("%d:%d:%d ", event->type, event->code, event->value);
    return 1;
}

/* keys SECONDS NAME COUNT: prints the codes of COUNT presses; writes /tmp/keys-ready once it listens */
int cmd_keys(int argc, char **argv)
{
    return argc == 4 ? watch_input(argv, "/tmp/keys-ready", say_key) : 2;
}

/* events SECONDS NAME COUNT: prints "TYPE:CODE:VALUE" of COUNT events; writes /tmp/events-ready once it listens */
int cmd_events(int argc, char **argv)
{
    return argc == 4 ? watch_input(argv, "/tmp/events-ready", say_event) : 2;
}
