/* SPDX-License-Identifier: MIT */
/* Reads and writes a USB stick's block device, and says its content's sha256 and the speed. */
#define _GNU_SOURCE
#include "bed.h"
#include "sha256.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BLOCK ((size_t)1 << 20)
#define PROGRESS_FILE "/tmp/stick-progress"

static void note_progress(size_t done)
{
    const char *name = getenv("STICK_PROGRESS");
    FILE *file = fopen(name ? name : PROGRESS_FILE, "w");

    if (file) {
        fprintf(file, "%zu\n", done);
        fclose(file);
    }
}

/* The time is that of the device alone, without the hashing, which takes as long in an emulated guest. */
static double read_stick(int fd, char *buffer, size_t length, struct sha256 *sha)
{
    double spent = 0;

    for (size_t done = 0; done < length;) {
        size_t wanted = length - done < BLOCK ? length - done : BLOCK;
        double from = now();
        ssize_t n = read(fd, buffer, wanted);

        spent += now() - from;
        if (n <= 0)
            die("reading at %zu of %zu", done, length);
        sha256_add(sha, buffer, (size_t)n);
        done += (size_t)n;
        note_progress(done);
    }
    return spent;
}

/* Pseudo-random content (xorshift64), so that a misplaced block shows. */
static void fill(char *buffer, size_t length, uint64_t *state)
{
    for (size_t i = 0; i < length; i += sizeof(*state)) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        memcpy(buffer + i, state, sizeof(*state));
    }
}

static double write_stick(int fd, char *buffer, size_t length, uint64_t seed, struct sha256 *sha)
{
    uint64_t state = seed * 2 + 1;
    double spent = 0, from;

    for (size_t done = 0; done < length; done += BLOCK) {
        fill(buffer, BLOCK, &state);
        sha256_add(sha, buffer, BLOCK);
        from = now();
        if (write(fd, buffer, BLOCK) != (ssize_t)BLOCK)
            die("writing at %zu of %zu", done, length);
        spent += now() - from;
        note_progress(done + BLOCK);
    }
    from = now();
    if (fsync(fd))
        die("fsync");
    return spent + now() - from;
}

/* Nothing but reading, or writing, for a measurement: prints the seconds. */
static void time_stick(int fd, char *buffer, size_t length, size_t block, int writes)
{
    double from = now();

    for (size_t done = 0; done < length; done += block)
        if ((writes ? write(fd, buffer, block) : read(fd, buffer, block)) != (ssize_t)block)
            die("%s at %zu of %zu", writes ? "writing" : "reading", done, length);
    printf("%.3f\n", now() - from);
}

static int open_stick(const char *device, int flags, const char *mib_from)
{
    int fd = open(device, flags | O_CLOEXEC);

    if (fd < 0 || lseek(fd, (off_t)(strtoul(mib_from, NULL, 10) * BLOCK), SEEK_SET) < 0)
        die("%s", device);
    /* What is in the page cache would be neither a test nor a measurement. */
    if (ioctl(fd, BLKFLSBUF, 0))
        die("%s: flushing the cache", device);
    return fd;
}

static void say_sum(struct sha256 *sha, double seconds)
{
    char hex[65];

    sha256_end(sha, hex);
    printf("%s %.3f\n", hex, seconds);
    fflush(stdout);
}

static void read_once(int fd, char *buffer, size_t length)
{
    struct sha256 sha;
    double seconds;

    sha256_start(&sha);
    seconds = read_stick(fd, buffer, length, &sha);
    say_sum(&sha, seconds);
}

/* One process reads all the time, so that whatever happens to the stick happens to a read. */
static void read_again(int fd, char *buffer, size_t length, const char *stop, unsigned int pause_ms)
{
    off_t from = lseek(fd, 0, SEEK_CUR);

    while (access(stop, F_OK)) {
        if (ioctl(fd, BLKFLSBUF, 0) || lseek(fd, from, SEEK_SET) < 0)
            die("starting again");
        read_once(fd, buffer, length);
        usleep(pause_ms * 1000);
    }
}

static void write_once(int fd, char *buffer, size_t length, uint64_t seed)
{
    struct sha256 sha;
    double seconds;

    sha256_start(&sha);
    seconds = write_stick(fd, buffer, length, seed, &sha);
    say_sum(&sha, seconds);
}

/* pour DEVICE MIB_FROM MIB, time, direct ... [OCTETS]: see below. */
static int measure_stick(int argc, char **argv, char *buffer)
{
    int writes = !strcmp(argv[1], "pour");
    int flags = (writes ? O_WRONLY : O_RDONLY) | (strcmp(argv[1], "time") != 0 ? O_DIRECT : 0);
    size_t block = argc > 5 ? strtoul(argv[5], NULL, 10) : BLOCK;
    int fd = open_stick(argv[2], flags, argv[3]);

    if (!block || block > BLOCK)
        return 2;
    time_stick(fd, buffer, strtoul(argv[4], NULL, 10) * BLOCK, block, writes);
    return 0;
}

/*
 * stick read DEVICE MIB_FROM MIB | stick write DEVICE MIB_FROM MIB SEED: print "SHA256 SECONDS";
 * stick again DEVICE MIB_FROM MIB STOP_FILE [PAUSE_MS]: read again and again, a line for each, until the file is there;
 * stick time DEVICE MIB_FROM MIB: read, print "SECONDS"; stick direct ... [OCTETS]: same, past the page cache, so much
 * at a time; stick pour ...: same, writing
 */
int cmd_stick(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    int again = !strcmp(mode, "again"), writes = !strcmp(mode, "write"), reads = !strcmp(mode, "read");
    int measures = !strcmp(mode, "time") || !strcmp(mode, "direct") || !strcmp(mode, "pour");
    size_t length;
    char *buffer = aligned_alloc(4096, BLOCK);
    int fd;

    if (!buffer)
        die("memory");
    if (measures && (argc == 5 || argc == 6))
        return measure_stick(argc, argv, buffer);
    if (argc != (again || writes ? 6 : 5) + (again && argc == 7) || !(again || writes || reads))
        return 2;
    fd = open_stick(argv[2], writes ? O_WRONLY : O_RDONLY, argv[3]);
    length = strtoul(argv[4], NULL, 10) * BLOCK;
    if (reads)
        read_once(fd, buffer, length);
    else if (again)
        read_again(fd, buffer, length, argv[5], argc == 7 ? strtoul(argv[6], NULL, 10) : 0);
    else
        write_once(fd, buffer, length, strtoul(argv[5], NULL, 10));
    return 0;
}
