/* SPDX-License-Identifier: MIT */
/* What the files of this kernel have of each other, beside platform.h. */
#ifndef KERNEL_H
#define KERNEL_H

#include "../template-port/platform.h"

/* events.c */
void events_start(void);
uint64_t now_ns(void);
/* True if there was an event on the channel since this was asked last. */
bool event_take(uint32_t channel);
/* Sleep until one of these has an event, or until the clock says so. */
void event_wait(uint32_t *channels, uint32_t n, uint64_t until_ms);

/* console.c, xenstore.c, grants.c; each needs what is above it. */
void console_start(void);
void xenstore_start(void);
void grants_start(void);

/* Take what xenstored says without being asked; true if a watch has fired. */
bool xenstore_poll(void);
extern uint32_t xenstore_channel;

#endif
