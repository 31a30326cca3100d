/* SPDX-License-Identifier: MIT */
/*
 * How dom0 makes the guest do something, and how it asks the runner on the host.
 *
 * Guest: dom0 writes a shell command to /local/domain/N/data/bed/SLOT/cmd. The agent in the guest takes
 * it, runs it, and writes the end of its output to SLOT/out and then its exit status to SLOT/status.
 * Several slots may run at the same time.
 *
 * Host: one line goes out on a virtio-console port, one line comes back.
 */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOST_PORT "/dev/vport0p1"
#define SLOTS 8
/* xenstored takes no more from a guest in one node (quota "entry size", 2048 with what belongs to it). */
#define OUTPUT_MAX 1900

struct job {
    pid_t pid; /* 0: free */
    char slot[64];
};

static void output_name(char name[96], const char *slot)
{
    snprintf(name, 96, "/tmp/bed-%s.out", slot);
}

static void start_job(struct job *job, const char *slot, const char *command)
{
    char name[96];

    snprintf(job->slot, sizeof(job->slot), "%s", slot);
    output_name(name, slot);
    job->pid = fork();
    if (job->pid < 0)
        die("fork");
    if (job->pid == 0) {
        int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        dup2(fd, 1);
        dup2(fd, 2);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    printf("bed: [%s] starts: %s\n", slot, command);
}

static void finish_job(struct xs *xs, struct job *job, int wait_status)
{
    static char output[64 * 1024];
    char name[96], path[160], status[16];
    size_t length = 0;
    FILE *file;

    output_name(name, job->slot);
    file = fopen(name, "r");
    if (file) {
        length = fread(output, 1, sizeof(output), file);
        fclose(file);
    }
    snprintf(status, sizeof(status), "%d",
             WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status));
    /* To the guest's console as well, so that its log tells the whole story. */
    printf("%.*sbed: [%s] ends: %s\n", (int)length, output, job->slot, status);
    snprintf(path, sizeof(path), "data/bed/%s/out", job->slot);
    if (length > OUTPUT_MAX) {
        memmove(output, output + length - OUTPUT_MAX, OUTPUT_MAX);
        length = OUTPUT_MAX;
    }
    if (xs_write(xs, path, output, length))
        die("writing %s", path);
    snprintf(path, sizeof(path), "data/bed/%s/status", job->slot);
    if (xs_write(xs, path, status, strlen(status)))
        die("writing %s", path);
    job->pid = 0;
}

/* An event for data/bed/SLOT/cmd: take the command and run it. */
static void take_command(struct xs *xs, struct job jobs[SLOTS], const char *path)
{
    char command[XS_VALUE_MAX + 1], slot[64];
    int free_job = 0;

    if (sscanf(path, "data/bed/%63[^/]/cmd", slot) != 1 || strcmp(path + strlen(path) - 4, "/cmd"))
        return;
    /* The removal below causes an event too; then there is nothing to read. */
    if (xs_read(xs, path, command) < 0)
        return;
    while (free_job < SLOTS && jobs[free_job].pid)
        free_job++;
    if (free_job == SLOTS)
        return; /* dom0 sees no status and reports a time-out */
    xs_remove(xs, path);
    start_job(&jobs[free_job], slot, command);
}

/* Said again in each incarnation: a restored guest has other nodes, and all its watches fire anew. */
static void announce(struct xs *xs)
{
    if (xs_write(xs, "data/bed/agent", "ready", 5))
        die("announcing the agent");
}

int cmd_agent(int argc, char **argv)
{
    static struct job jobs[SLOTS];
    char path[XS_VALUE_MAX + 1];
    struct xs xs;

    (void)argc, (void)argv;
    setvbuf(stdout, NULL, _IOLBF, 0);
    xs_open(&xs);
    xs_watch(&xs, "data/bed");
    for (;;) {
        int status;
        pid_t pid;

        if (xs_event(&xs, 0.1, path)) {
            if (!strcmp(path, "data/bed"))
                announce(&xs);
            else
                take_command(&xs, jobs, path);
        }
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            for (int i = 0; i < SLOTS; i++)
                if (jobs[i].pid == pid)
                    finish_job(&xs, &jobs[i], status);
    }
}

/* Wait until a node has a value; an empty value also means that there is no node. */
static int wait_for_value(struct xs *xs, const char *path, const char *wanted, const char *seconds,
                          char value[XS_VALUE_MAX + 1])
{
    char event[XS_VALUE_MAX + 1];
    double end = deadline(seconds);

    xs_watch(xs, path);
    do {
        if (xs_read(xs, path, value) < 0)
            value[0] = '\0';
        if (wanted ? !strcmp(value, wanted) : value[0] != '\0')
            return 0;
    } while (xs_event(xs, end - now(), event));
    return -1;
}

int cmd_xswait(int argc, char **argv)
{
    char value[XS_VALUE_MAX + 1];
    struct xs xs;

    if (argc != 4)
        return 2;
    xs_open(&xs);
    if (!wait_for_value(&xs, argv[2], argv[3], argv[1], value))
        return 0;
    fprintf(stderr, "%s is '%s' and not '%s' after %s s\n", argv[2], value, argv[3], argv[1]);
    return 1;
}

/* guest start|wait|run SECONDS DOMID SLOT [COMMAND]; status 124 when the guest does not answer in time */
int cmd_guest(int argc, char **argv)
{
    char base[128], path[160], value[XS_VALUE_MAX + 1], output[XS_VALUE_MAX + 1];
    int start, wait;
    struct xs xs;

    if (argc < 5)
        return 2;
    start = strcmp(argv[1], "wait") != 0;
    wait = strcmp(argv[1], "start") != 0;
    xs_open(&xs);
    snprintf(base, sizeof(base), "/local/domain/%s/data/bed/%s", argv[3], argv[4]);
    if (start) {
        if (argc != 6)
            return 2;
        xs_remove(&xs, base);
        snprintf(path, sizeof(path), "%s/cmd", base);
        if (xs_write(&xs, path, argv[5], strlen(argv[5])))
            die("writing %s", path);
    }
    if (!wait)
        return 0;
    snprintf(path, sizeof(path), "%s/status", base);
    if (wait_for_value(&xs, path, NULL, argv[2], value)) {
        fprintf(stderr, "the guest gave no answer within %s s\n", argv[2]);
        return 124;
    }
    snprintf(path, sizeof(path), "%s/out", base);
    if (xs_read(&xs, path, output) > 0)
        fputs(output, stdout);
    return atoi(value);
}

/* Read one line from the port before the time is over. */
static int read_line(int fd, double end, char *line, size_t size)
{
    size_t length = 0;

    while (length + 1 < size) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        double left = end - now();

        if (left <= 0 || poll(&ready, 1, (int)(left * 1000) + 1) <= 0)
            return -1;
        if (read(fd, line + length, 1) != 1)
            return -1;
        if (line[length] == '\n')
            break;
        length++;
    }
    line[length] = '\0';
    return 0;
}

/* The port can be open only once; another check's process may have it for a moment. */
static int open_port(double end)
{
    int fd;

    while ((fd = open(HOST_PORT, O_RDWR | O_CLOEXEC)) < 0 && errno == EBUSY && now() < end)
        usleep(20000);
    if (fd < 0)
        die("%s", HOST_PORT);
    return fd;
}

/* Requests are numbered by process: an answer that came too late for its asker is not taken for ours. */
int cmd_host(int argc, char **argv)
{
    char line[4096], number[16];
    int fd, length, answer_number, text;
    double end;

    if (argc != 3)
        return 2;
    end = deadline(argv[1]);
    fd = open_port(end);
    snprintf(number, sizeof(number), "%d", getpid());
    length = snprintf(line, sizeof(line), "%s %.3900s", number, argv[2]);
    /* One line, whatever a check has put together. */
    for (char *c = line; *c; c++)
        if (*c == '\n')
            *c = ' ';
    line[length++] = '\n';
    if (write(fd, line, (size_t)length) != length)
        die("writing to the host");
    do {
        if (read_line(fd, end, line, sizeof(line))) {
            fprintf(stderr, "the host gave no answer within %s s\n", argv[1]);
            return 124;
        }
    } while (sscanf(line, "%d %n", &answer_number, &text) != 1 || answer_number != getpid());
    if (!strncmp(line + text, "error", 5)) {
        fprintf(stderr, "%s\n", line + text);
        return 1;
    }
    /* "ok" or "ok TEXT" */
    if (strlen(line + text) > 3)
        puts(line + text + 3);
    return 0;
}
