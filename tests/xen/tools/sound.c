/* SPDX-License-Identifier: MIT */
/* Sound whose frames are numbered, so that one that is lost, doubled or late shows (runner/ends.py looks). */
#include "bed.h"

#include <stdio.h>
#include <stdlib.h>

#define FREQUENCY 48000
#define BITS 15

/* Left is the number's low part, right the high part; none is silent. */
static void frame(uint32_t number)
{
    uint16_t sample[2] = { (uint16_t)(number & ((1 << BITS) - 1)), (uint16_t)(number >> BITS) };

    if (fwrite(sample, sizeof(sample), 1, stdout) != 1)
        die("writing frames");
}

/* sound SECONDS: so much of it, as signed 16 bits, little-endian, two channels, between two silent half seconds */
int cmd_sound(int argc, char **argv)
{
    uint32_t frames;

    if (argc != 2)
        return 2;
    frames = (uint32_t)(atof(argv[1]) * FREQUENCY);
    for (uint32_t i = 0; i < FREQUENCY / 2; i++)
        frame(0);
    for (uint32_t i = 1; i <= frames; i++)
        frame(i);
    for (uint32_t i = 0; i < FREQUENCY / 2; i++)
        frame(0);
    return fflush(stdout) != 0;
}
