/* SPDX-License-Identifier: MIT */
/*
 * Requests as octets, made without our encoder: good ones to start from, and
 * the means to spoil them field by field.
 */
#ifndef SUPPORT_ENTRY_H
#define SUPPORT_ENTRY_H

#include <stdint.h>

void set16(uint8_t *entry, uint32_t at, uint32_t value);
void set32(uint8_t *entry, uint32_t at, uint32_t value);

/* Segment i: grant 0x1000 + i. */
void set_seg(uint8_t *entry, uint32_t i, uint32_t offset, uint32_t length);

/* A 16-bit field of the union, USBIF_WIRE_U_*. */
void set_union(uint8_t *entry, uint32_t at, uint32_t value);

uint32_t pipe_of(uint32_t port, uint32_t addr, uint32_t ep, uint32_t type);

/* A bulk read of one segment of 512 octets; device 5 on port 3, endpoint 2. */
void bulk_entry(uint8_t *entry);

/* GetDescriptor(device), 18 octets. */
void control_entry(uint8_t *entry);

/* A bulk read of 20 segments of 4 KiB, whose array is in one segment. */
void indirect_entry(uint8_t *entry);

/* Two packets in one segment of 512 octets, descriptors in a second one. */
void iso_entry(uint8_t *entry);

#endif
