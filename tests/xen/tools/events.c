/* SPDX-License-Identifier: MIT */
/* Shows what a pointing device says. */
#include "bed.h"

#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* events SECONDS NAME COUNT: prints "TYPE:CODE:VALUE" of COUNT events; writes /tmp/events-ready once it listens */
int cmd_events(int argc, char **argv)
{
    struct input_event event;
    double end;
    int fd, left;

    if (argc != 4)
        return 2;
    end = now() + atof(argv[1]);
    fd = wait_for_input(argv[2], end);
    if (fd < 0)
        return 1;
    close(open("/tmp/events-ready", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    for (left = atoi(argv[3]); left > 0;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        double seconds = end - now();

        if (seconds <= 0 || poll(&ready, 1, (int)(seconds * 1000) + 1) <= 0)
            break;
        if (read(fd, &event, sizeof(event)) != sizeof(event))
            break;
        if (event.type == EV_REL || event.type == EV_ABS || event.type == EV_KEY) {
            printf("%d:%d:%d ", event.type, event.code, event.value);
            left--;
        }
    }
    printf("\n");
    return left > 0;
}
