/* SPDX-License-Identifier: MIT */
/* A disk behind USB mass storage's bulk-only transport. */
#ifndef SUPPORT_DISK_H
#define SUPPORT_DISK_H

#include "support/device.h"

#define DISK_CBW_OCTETS		31u
#define DISK_CSW_OCTETS		13u
#define DISK_INQUIRY_OCTETS	36u
#define DISK_CAPACITY_OCTETS	8u

#define DISK_TEST_UNIT_READY	0x00
#define DISK_INQUIRY		0x12
#define DISK_READ_CAPACITY	0x25
#define DISK_READ_10		0x28
#define DISK_WRITE_10		0x2a

void disk_init(struct disk *disk, bool no_stall);
int disk_in(struct disk *disk, uint8_t *to, uint32_t room);
int disk_out(struct disk *disk, const uint8_t *from, uint32_t octets);

/* A command block for a command: cdb has 10 octets. */
void disk_make_cbw(uint8_t *cbw, uint32_t tag, uint32_t asked, bool in,
		   const uint8_t *cdb);
/* READ(10) or WRITE(10). */
void disk_make_cdb(uint8_t *cdb, uint8_t command, uint32_t sector,
		   uint16_t sectors);

#endif
