/* SPDX-License-Identifier: MIT */
/* A scripted device's endpoints: device.c serves ep0, device_endpoint.c what an endpoint was told to do. */
#ifndef DEVICE_H
#define DEVICE_H

#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>

#define ACTIONS 16
/* Transfers that one endpoint has in the controller at a time. */
#define IN_FLIGHT 32

struct action {
    enum { SEND, READ, HALT, WAIT, VANISH } kind;
    unsigned int count, size; /* transfers, octets in each */
    unsigned int ms;          /* pause before each transfer; WAIT: how long */
};

struct endpoint {
    int number; /* in scripted_endpoints */
    int fd;
    FILE *log;
    struct action actions[ACTIONS];
    int first, used; /* those of actions not done: the first is being done */
    unsigned int submitted, finished; /* transfers of the first action */
    unsigned int in_flight;
    size_t position; /* where the stream goes on */
    double due;      /* no earlier than this the first action goes on; 0: not started */
};

struct device {
    struct endpoint endpoints[SCRIPTED_ENDPOINTS];
    aio_context_t aio;
    int finished_fd; /* an eventfd that transfers signal */
    const char *udc; /* the gadget's UDC file */
};

/* Open the files of all endpoints in a FunctionFS and their logs in a directory. */
void device_open(struct device *device, const char *ffs, const char *logs);
/* Add what the text says to what an endpoint has to do; 0, or -1 when it makes no sense. */
int device_tell(struct device *device, const char *text);
/* How many transfers and other actions are not done yet, at most 255. */
int device_left(const struct endpoint *endpoint);
/* Take the transfers that ended, then do what can be done now. The seconds until there is more to do. */
double device_work(struct device *device);

#endif
