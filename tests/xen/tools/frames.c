/* SPDX-License-Identifier: MIT */
/* Ethernet frames through a USB network gadget and back, without IP: also when both ends are in one domain. */
#include "bed.h"
#include "watched.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* For experiments (IEEE 802). */
#define FRAME_TYPE 0x88b5
/* Frames on their way at a time; fewer than the shortest queue between the ends. */
#define WINDOW 8
#define HEADER 14

struct network {
    const char *name;
    int frames, runs;
    double seconds; /* instead of so many frames; 0: those */
};

/* Switch the interface on or off. */
static void set_up(const char *name, int up)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = { 0 };

    if (fd < 0) /* a kernel without IP */
        fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
    if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request))
        failed("wrong: %s: %s", name, strerror(errno));
    request.ifr_flags = (short)(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
    if (ioctl(fd, SIOCSIFFLAGS, &request))
        failed("wrong: switching %s: %s", name, strerror(errno));
    close(fd);
}

/* A socket that has the frames of our type of that interface, of the other end's only. */
static int open_frames(const char *name)
{
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(FRAME_TYPE),
        .sll_ifindex = (int)if_nametoindex(name),
    };
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(FRAME_TYPE));

    if (fd < 0 || address.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
        failed("wrong: frames of %s: %s", name, strerror(errno));
    return fd;
}

/* Frame n: broadcast, its number, and octets that go on with it; sizes of all kinds. */
static size_t make_frame(uint8_t *frame, unsigned int number)
{
    size_t length = 60 + number * 211 % 1455;

    /* Linux pads a frame that ends with a full packet by one octet; packets have 64 octets, or 512. */
    if (length % 64 == 0)
        length--;
    memset(frame, 0xff, 6);
    memset(frame + 6, 0x02, 6);
    frame[12] = FRAME_TYPE >> 8;
    frame[13] = FRAME_TYPE & 0xff;
    for (size_t i = HEADER; i < length; i++)
        frame[i] = (uint8_t)(number * 31 + i + (i >> 8));
    memcpy(frame + HEADER, &number, sizeof(number));
    return length;
}

/* Until the interface has found its link, nothing can be sent. */
static void send_frame(int fd, const uint8_t *frame, size_t length, double end)
{
    while (send(fd, frame, length, 0) != (ssize_t)length) {
        if (errno != ENETDOWN && errno != ENOBUFS)
            failed("wrong: sending: %s", strerror(errno));
        if (now() > end)
            failed("hangs: nothing can be sent for %.0f s", PATIENCE);
        usleep(5000);
    }
}

static size_t receive_frame(int fd, uint8_t *frame, unsigned int number)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    struct sockaddr_ll from;
    socklen_t size;
    ssize_t length;

    do {
        size = sizeof(from);
        if (poll(&ready, 1, (int)(PATIENCE * 1000)) <= 0)
            failed("hangs: frame %u has not come within %.0f s", number, PATIENCE);
        length = recvfrom(fd, frame, ETH_FRAME_LEN, 0, (struct sockaddr *)&from, &size);
        if (length < 0)
            failed("wrong: receiving: %s", strerror(errno));
    } while (from.sll_pkttype == PACKET_OUTGOING);
    return (size_t)length;
}

static void check_frame(const uint8_t *frame, size_t length, unsigned int number)
{
    uint8_t wanted[ETH_FRAME_LEN];
    size_t wanted_length = make_frame(wanted, number);
    unsigned int got;

    memcpy(&got, frame + HEADER, sizeof(got));
    if (length != wanted_length || memcmp(frame, wanted, length) != 0)
        failed("corrupts: instead of frame %u (%zu octets) came frame %u (%zu octets), or others", number,
               wanted_length, got, length);
}

/* The first frames may get lost before both ends have found their link. */
static void wait_for_link(int fd)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    uint8_t frame[ETH_FRAME_LEN];
    double end = now() + 2 * PATIENCE;

    do {
        if (now() > end)
            failed("hangs: no frame came back within %.0f s", 2 * PATIENCE);
        send_frame(fd, frame, make_frame(frame, 0), end);
        step_begins("waiting for the link");
    } while (poll(&ready, 1, 300) <= 0);
    /* Those that come late are none of the counted ones. */
    while (poll(&ready, 1, 500) > 0)
        if (recv(fd, frame, sizeof(frame), 0) < 0)
            failed("wrong: receiving: %s", strerror(errno));
}

/* Frames to the other end and back, in their order; how many there were. */
static unsigned int exchange(const struct network *network, int fd)
{
    unsigned int sent = 1, got = 1, end = (unsigned int)network->frames;
    double until = now() + network->seconds;
    uint8_t frame[ETH_FRAME_LEN];

    while (network->seconds > 0 ? now() < until : got <= end) {
        while ((network->seconds > 0 || sent <= end) && sent - got < WINDOW)
            send_frame(fd, frame, make_frame(frame, sent), now() + PATIENCE), sent++;
        check_frame(frame, receive_frame(fd, frame, got), got);
        if (++got % 64 == 0)
            step_begins("sending frames");
    }
    return got - 1;
}

static void send_and_compare(const struct network *network)
{
    unsigned int count;
    int fd;

    step_begins("switching it on");
    set_up(network->name, 1);
    fd = open_frames(network->name);
    wait_for_link(fd);
    step_begins("sending frames");
    count = exchange(network, fd);
    close(fd);
    if (network->seconds > 0) {
        printf("%u\n", count);
        fflush(stdout);
    }
    step_begins("switching it off while it is quiet");
    set_up(network->name, 0);
}

static void run_network(void *argument)
{
    const struct network *network = argument;

    for (int run = 0; run < network->runs; run++)
        send_and_compare(network);
}

/*
 * The other end: all that comes is sent back, for as long as somebody lets it. While nothing comes it is switched off
 * and on, as a gadget's word that its link is up has been seen to get lost.
 */
static void run_echo(void *argument)
{
    struct pollfd ready = { .events = POLLIN };
    uint8_t frame[ETH_FRAME_LEN];
    struct sockaddr_ll from;
    socklen_t size;
    int fd;

    set_up(argument, 1);
    fd = open_frames(argument);
    ready.fd = fd;
    for (;;) {
        ssize_t length;

        if (poll(&ready, 1, 3000) == 0) {
            set_up(argument, 0);
            set_up(argument, 1);
            continue;
        }
        size = sizeof(from);
        length = recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &size);
        if (length > 0 && from.sll_pkttype != PACKET_OUTGOING)
            send_frame(fd, frame, (size_t)length, now() + PATIENCE);
    }
}

/*
 * frames send INTERFACE FRAMES RUNS: switch it on, frames go out and come back, switch it off; prints
 * "pass" or the reason why not; status 1 then. frames for INTERFACE SECONDS: the same for so long, prints
 * their number first. frames echo INTERFACE: the other end, does not return
 */
int cmd_frames(int argc, char **argv)
{
    struct network network;

    if (argc == 3 && !strcmp(argv[1], "echo")) {
        run_echo(argv[2]);
        return 1;
    }
    if (argc == 4 && !strcmp(argv[1], "for"))
        network = (struct network){ .name = argv[2], .runs = 1, .seconds = atof(argv[3]) };
    else if (argc == 5 && !strcmp(argv[1], "send"))
        network = (struct network){ .name = argv[2], .frames = atoi(argv[3]), .runs = atoi(argv[4]) };
    else
        return 2;
    return watched(run_network, &network);
}
