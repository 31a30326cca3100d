/* SPDX-License-Identifier: MIT */
/* bedtool: the subcommands' table and what they share. */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name;
    bed_command run;
    const char *usage;
} commands[] = {
    { "insmods", cmd_insmods, "insmods LIST: load the modules whose paths LIST holds, in order" },
    { "agent", cmd_agent, "agent: in the guest, run the commands that dom0 writes to xenstore" },
    { "guest", cmd_guest, "guest start|wait|run SECONDS DOMID SLOT [COMMAND]: in dom0, have the guest run it" },
    { "xswait", cmd_xswait, "xswait SECONDS PATH VALUE: wait until the node has the value ('' also: no node)" },
    { "stick", cmd_stick, "stick read DEVICE MIB_FROM MIB | stick write DEVICE MIB_FROM MIB SEED: sha256, seconds; stick again: see stick.c" },
    { "keys", cmd_keys, "keys SECONDS NAME COUNT: the codes of key presses on an input device" },
    { "events", cmd_events, "events SECONDS NAME COUNT: what a mouse or a tablet says" },
    { "echo", cmd_echo, "echo send|time FILE raw|hid|midi OCTETS | echo back FILE raw|hid|midi" },
    { "zeros", cmd_zeros, "zeros FILE: a HID gadget's end: gives zeros, takes what comes" },
    { "sound", cmd_sound, "sound SECONDS: numbered frames of 16 bits, two channels, 48 kHz" },
    { "camera", cmd_camera, "camera VIDEO_DEVICE WIDTH HEIGHT PAYLOAD: the program behind a UVC gadget" },
    { "capture", cmd_capture, "capture VIDEO_DEVICE WIDTH HEIGHT STREAMS: take and compare a camera's frames" },
    { "loopback", cmd_loopback, "loopback USBFS_DEVICE SIZE...: URBs to a loopback gadget and back" },
    { "device", cmd_device, "device FFS LOGS UDC_FILE READY_FILE: play a scripted gadget" },
    { "lies", cmd_lies, "lies FFS READY_FILE MEDIUM LIE_FILE: play a mass-storage gadget that lies" },
    { "report", cmd_report, "report END_FILE: use the device of a hostile backend, and tell it what came of that" },
    { "urbs", cmd_urbs, "urbs USBFS_DEVICE RUNS PROGRAM: URBs to a scripted gadget; says what went wrong" },
    { "tty", cmd_tty, "tty TTY USBFS_DEVICE RUNS: open and close it, and talk to another device meanwhile" },
    { "frames", cmd_frames,
      "frames send INTERFACE FRAMES RUNS | frames for INTERFACE SECONDS | frames echo INTERFACE: Ethernet and back" },
    { "busy", cmd_busy, "busy KIND WHAT SECONDS: keep it busy; how much was done, the longest wait in ms" },
    { "iso", cmd_iso, "iso USBFS_DEVICE in|out PACKETS FAILURES: an isochronous stream of the device outside" },
    { "request", cmd_request, "request USBFS_DEVICE TYPE REQUEST VALUE INDEX [LENGTH]: a control request" },
    { "resets", cmd_resets, "resets USBFS_DEVICE SECONDS: reset it again and again; prints how often" },
    { "hold", cmd_hold, "hold USBFS_DEVICE READY_FILE END_FILE: keep it open until END_FILE is there" },
    { "books", cmd_books, "books take FILE | books compare BEFORE AFTER CYCLES: what the kernel holds, and what has grown" },
    { "control", cmd_control, "control USBFS_DEVICE STOP_FILE: ask for its descriptor until the file is there" },
    { "limit", cmd_limit, "limit SECONDS COMMAND...: run it; kill its process group when it takes longer (124)" },
    { "host", cmd_host, "host SECONDS LINE: send a request to the runner on the host, print its answer" },
};

void die(const char *format, ...)
{
    int error = errno;
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "bedtool: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, ": %s\n", strerror(error));
    va_end(arguments);
    exit(1);
}

double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double deadline(const char *seconds)
{
    FILE *file = fopen("/bed/patience", "r");
    double patience;

    if (!file)
        die("/bed/patience");
    if (fscanf(file, "%lf", &patience) != 1)
        die("/bed/patience");
    fclose(file);
    return now() + atof(seconds) * patience;
}

int cmd_insmods(int argc, char **argv)
{
    FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;
    char line[512];
    int failures = 0;

    if (!list)
        die("insmods");
    while (fgets(line, sizeof(line), list)) {
        int fd;

        line[strcspn(line, "\n")] = '\0';
        fd = open(line, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)) {
            fprintf(stderr, "bedtool: loading %s: %s\n", line, strerror(errno));
            failures++;
        }
        close(fd);
    }
    fclose(list);
    return failures > 0;
}

int cmd_limit(int argc, char **argv)
{
    double end;
    int status;
    pid_t pid;

    if (argc < 3)
        return 2;
    end = deadline(argv[1]);
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        setpgid(0, 0);
        execvp(argv[2], argv + 2);
        die("%s", argv[2]);
    }
    while (now() < end) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        usleep(50000);
    }
    kill(-pid, SIGKILL);
    return 124;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        fprintf(stderr, "bedtool %s\n", commands[i].usage);
    return 2;
}
