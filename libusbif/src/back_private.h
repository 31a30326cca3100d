/* SPDX-License-Identifier: MIT */
/* What back*.c share; nobody else may use it. */
#ifndef USBIF_BACK_PRIVATE_H
#define USBIF_BACK_PRIVATE_H

#include "usbif/back.h"

/* The guest used address 0 of an addressed device: it has reset the port. */
void usbif_back_guest_reset(struct usbif_back *b, uint8_t port);

/* The device's address is valid no more. */
void usbif_back_forget_addr(struct usbif_back *b, uint8_t port);

/* A leaving device has left once all of it is answered. */
void usbif_back_settle_port(struct usbif_back *b, uint8_t port);

/* True if the front has yet to be told of a port. */
bool usbif_back_has_news(const struct usbif_back *b);

#endif
