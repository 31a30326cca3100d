/* SPDX-License-Identifier: MIT */
/*
 * What the two ends of a scripted device have in common: device.c plays it as a FunctionFS gadget,
 * urbs.c uses it through usbfs.
 */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include <stddef.h>
#include <stdint.h>

enum { IN1, OUT1, INT1, IN2, OUT2, SCRIPTED_ENDPOINTS };

struct scripted_endpoint {
    const char *name;
    unsigned char address; /* as the gadget's descriptors ask for it; the controller may give another number */
    unsigned char type;    /* USB_ENDPOINT_XFER_* */
};

/* In the order of the descriptors, by which both ends find them. */
extern const struct scripted_endpoint scripted_endpoints[SCRIPTED_ENDPOINTS];

/* The index of a name, or -1. */
int scripted_by_name(const char *name);

/* Vendor requests to the interface. */
#define SCRIPTED_TELL 1  /* OUT: one command, text */
#define SCRIPTED_STATE 2 /* IN: for each endpoint one octet, how much of what it was told is not done yet */
#define SCRIPTED_COMMAND_MAX 128

/*
 * The octets of an endpoint's stream say where they belong: octet p is one of the four of the number
 * p / 4, with the endpoint in its top octet. So holes, repeats and mixed-up messages can be named.
 */
#define PATTERN_MAX (1 << 20)

/* Octets from..from+length-1 of the endpoint's stream; from + length at most PATTERN_MAX. */
void pattern_fill(int endpoint, size_t from, uint8_t *data, size_t length);

/*
 * Say in words which octets these are: "0-511", "0-99 200-299", or hexadecimal where it is nothing of the
 * endpoint's stream; the text is cut at size. Where it may be several, it is what follows `from`.
 */
void pattern_name(int endpoint, size_t from, const uint8_t *data, size_t length, char *text, size_t size);

#endif
