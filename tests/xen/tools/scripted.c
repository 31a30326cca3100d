/* SPDX-License-Identifier: MIT */
/* The scripted device's endpoints, and the pattern of their streams. */
#define _GNU_SOURCE
#include "scripted.h"

#include "bed.h"

#include <linux/usb/ch9.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fewer octets than that could be anywhere in the stream. */
#define TELLING 8

const struct scripted_endpoint scripted_endpoints[SCRIPTED_ENDPOINTS] = {
    [IN1] = { "in1", USB_DIR_IN | 1, USB_ENDPOINT_XFER_BULK },
    [OUT1] = { "out1", USB_DIR_OUT | 2, USB_ENDPOINT_XFER_BULK },
    [INT1] = { "int1", USB_DIR_IN | 3, USB_ENDPOINT_XFER_INT },
    [IN2] = { "in2", USB_DIR_IN | 4, USB_ENDPOINT_XFER_BULK },
    [OUT2] = { "out2", USB_DIR_OUT | 5, USB_ENDPOINT_XFER_BULK },
};

int scripted_by_name(const char *name)
{
    for (int i = 0; i < SCRIPTED_ENDPOINTS; i++)
        if (!strcmp(scripted_endpoints[i].name, name))
            return i;
    return -1;
}

static uint8_t octet(int endpoint, size_t at)
{
    uint32_t number = (uint32_t)(at / 4) | (0xa0u + (uint32_t)endpoint) << 24;

    return (uint8_t)(number >> 8 * (at % 4));
}

void pattern_fill(int endpoint, size_t from, uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        data[i] = octet(endpoint, from + i);
}

/* How many of the octets are those of the stream from there on. */
static size_t matching(int endpoint, size_t from, const uint8_t *data, size_t length)
{
    size_t n = 0;

    while (n < length && from + n < PATTERN_MAX && data[n] == octet(endpoint, from + n))
        n++;
    return n;
}

/* Where in the stream the octets are; PATTERN_MAX when nowhere. */
static size_t locate(int endpoint, const uint8_t *data, size_t length)
{
    static uint8_t *streams[SCRIPTED_ENDPOINTS];
    uint8_t **stream = &streams[endpoint], *found;

    if (length < TELLING)
        return PATTERN_MAX;
    if (!*stream) {
        *stream = malloc(PATTERN_MAX);
        if (!*stream)
            die("memory");
        pattern_fill(endpoint, 0, *stream, PATTERN_MAX);
    }
    found = memmem(*stream, PATTERN_MAX, data, TELLING);
    return found ? (size_t)(found - *stream) : PATTERN_MAX;
}

void pattern_name(int endpoint, size_t from, const uint8_t *data, size_t length, char *text, size_t size)
{
    size_t at = 0, used = 0;
    int in_hex = 0;

    text[0] = '\0';
    while (at < length && used + 32 < size) {
        size_t n = matching(endpoint, from, data + at, length - at);
        const char *space = used > 0 ? " " : "";

        if (n == 0) {
            from = locate(endpoint, data + at, length - at);
            n = matching(endpoint, from, data + at, length - at);
        }
        if (n > 0) {
            used += (size_t)snprintf(text + used, size - used, "%s%zu-%zu", space, from, from + n - 1);
            from += n;
        } else {
            n = 1;
            used += (size_t)snprintf(text + used, size - used, "%s%02x", in_hex ? "" : space, data[at]);
        }
        in_hex = from == PATTERN_MAX;
        at += n;
    }
    if (at < length)
        snprintf(text + used, size - used, " ...");
}
