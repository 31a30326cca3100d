/* SPDX-License-Identifier: MIT */
#include "support/disk.h"

#include <string.h>

#define CBW_SIGNATURE	0x43425355u
#define CSW_SIGNATURE	0x53425355u

static uint32_t get32(const uint8_t *from)
{
	return from[0] | from[1] << 8 | from[2] << 16 |
	       (uint32_t)from[3] << 24;
}

static void put32(uint8_t *to, uint32_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

void disk_init(struct disk *disk, bool no_stall)
{
	uint32_t i;

	disk->no_stall = no_stall;
	for (i = 0; i < sizeof(disk->medium); i++)
		disk->medium[i] = device_pattern(99, i);
}

void disk_make_cbw(uint8_t *cbw, uint32_t tag, uint32_t asked, bool in,
		   const uint8_t *cdb)
{
	memset(cbw, 0, DISK_CBW_OCTETS);
	put32(cbw, CBW_SIGNATURE);
	put32(cbw + 4, tag);
	put32(cbw + 8, asked);
	cbw[12] = in ? 0x80 : 0;
	cbw[14] = 10;
	memcpy(cbw + 15, cdb, 10);
}

void disk_make_cdb(uint8_t *cdb, uint8_t command, uint32_t sector,
		   uint16_t sectors)
{
	memset(cdb, 0, 10);
	cdb[0] = command;
	cdb[2] = (uint8_t)(sector >> 24);
	cdb[3] = (uint8_t)(sector >> 16);
	cdb[4] = (uint8_t)(sector >> 8);
	cdb[5] = (uint8_t)sector;
	cdb[7] = (uint8_t)(sectors >> 8);
	cdb[8] = (uint8_t)sectors;
}

/* Octets that the command has or wants; a failed one has none. */
static void interpret(struct disk *disk, const uint8_t *cdb)
{
	uint32_t sector = (uint32_t)cdb[2] << 24 | cdb[3] << 16 | cdb[4] << 8 |
			  cdb[5];
	uint32_t sectors = (uint32_t)cdb[7] << 8 | cdb[8];

	disk->inquiry = cdb[0] == DISK_INQUIRY;
	disk->capacity = cdb[0] == DISK_READ_CAPACITY;
	disk->at = 0;
	disk->left = 0;
	disk->result = 0;
	if (disk->inquiry) {
		disk->left = DISK_INQUIRY_OCTETS;
	} else if (disk->capacity) {
		disk->left = DISK_CAPACITY_OCTETS;
	} else if ((cdb[0] == DISK_READ_10 || cdb[0] == DISK_WRITE_10) &&
		   sector < DEVICE_SECTORS &&
		   sectors <= DEVICE_SECTORS - sector) {
		disk->at = sector * DEVICE_SECTOR;
		disk->left = sectors * DEVICE_SECTOR;
	} else if (cdb[0] != DISK_TEST_UNIT_READY) {
		disk->result = 1;
	}
}

static int command(struct disk *disk, const uint8_t *cbw, uint32_t octets)
{
	if (octets != DISK_CBW_OCTETS || get32(cbw) != CBW_SIGNATURE)
		return DEVICE_STALL;
	disk->tag = get32(cbw + 4);
	disk->asked = get32(cbw + 8);
	interpret(disk, cbw + 15);
	if (disk->left > disk->asked)
		disk->left = disk->asked;
	disk->residue = disk->asked;
	if (disk->asked == 0)
		disk->state = DISK_STATUS;
	else
		disk->state = cbw[12] & 0x80 ? DISK_IN : DISK_OUT;
	return 0;
}

static int status(struct disk *disk, uint8_t *to, uint32_t room)
{
	uint8_t csw[DISK_CSW_OCTETS];

	if (room < sizeof(csw))
		return DEVICE_BABBLE;
	put32(csw, CSW_SIGNATURE);
	put32(csw + 4, disk->tag);
	put32(csw + 8, disk->residue);
	csw[12] = disk->result;
	memcpy(to, csw, sizeof(csw));
	disk->state = DISK_COMMAND;
	return sizeof(csw);
}

/* Data is over and the host wants more: a short packet, or a stall. */
static int data_ends(struct disk *disk)
{
	disk->state = DISK_STATUS;
	return disk->no_stall ? 0 : DEVICE_STALL;
}

/* The last sector's number, and octets of a sector. */
static const uint8_t capacity[DISK_CAPACITY_OCTETS] = {
	0, 0, (DEVICE_SECTORS - 1) >> 8, (DEVICE_SECTORS - 1) & 0xff,
	0, 0, DEVICE_SECTOR >> 8, DEVICE_SECTOR & 0xff };

static int data_in(struct disk *disk, uint8_t *to, uint32_t room)
{
	uint32_t n = disk->left < room ? disk->left : room;

	if (n == 0)
		return data_ends(disk);
	if (disk->inquiry)
		memset(to, 'i', n);
	else if (disk->capacity)
		memcpy(to, capacity + disk->at, n);
	else
		memcpy(to, disk->medium + disk->at, n);
	disk->at += n;
	disk->left -= n;
	disk->residue -= n;
	if (disk->residue == 0 ||
	    (disk->left == 0 && n % DEVICE_SECTOR != 0 && disk->no_stall))
		disk->state = DISK_STATUS;
	return (int)n;
}

int disk_in(struct disk *disk, uint8_t *to, uint32_t room)
{
	switch (disk->state) {
	case DISK_IN:
		return data_in(disk, to, room);
	case DISK_STATUS:
		return status(disk, to, room);
	case DISK_COMMAND:
	case DISK_OUT:
		break;
	}
	return DEVICE_NAK;
}

static int data_out(struct disk *disk, const uint8_t *from, uint32_t octets)
{
	if (octets > disk->left) {
		disk->state = DISK_STATUS;
		return DEVICE_STALL;
	}
	memcpy(disk->medium + disk->at, from, octets);
	disk->at += octets;
	disk->left -= octets;
	disk->residue -= octets;
	if (disk->residue == 0)
		disk->state = DISK_STATUS;
	return 0;
}

int disk_out(struct disk *disk, const uint8_t *from, uint32_t octets)
{
	switch (disk->state) {
	case DISK_COMMAND:
		return command(disk, from, octets);
	case DISK_OUT:
		return data_out(disk, from, octets);
	case DISK_IN:
	case DISK_STATUS:
		break;
	}
	/* Phase error: the host's fault. */
	return DEVICE_STALL;
}
