/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "support/shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *map(int fd, size_t octets)
{
	void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			0);

	if (at == MAP_FAILED) {
		perror("mmap");
		abort();
	}
	return at;
}

void shared_map(struct shared *s, uint32_t pages)
{
	int fd = memfd_create("ring", MFD_CLOEXEC);

	s->octets = pages * (size_t)4096;
	if (fd < 0 || ftruncate(fd, (off_t)s->octets) != 0) {
		perror("memfd");
		abort();
	}
	s->front = map(fd, s->octets);
	s->back = map(fd, s->octets);
	close(fd);
}

void shared_unmap(struct shared *s)
{
	munmap(s->front, s->octets);
	munmap(s->back, s->octets);
}

uint32_t shared_get(const struct shared *s, uint32_t offset)
{
	uint32_t value;

	memcpy(&value, (uint8_t *)s->front + offset, sizeof(value));
	return value;
}

void shared_set(struct shared *s, uint32_t offset, uint32_t value)
{
	memcpy((uint8_t *)s->front + offset, &value, sizeof(value));
}
