/* SPDX-License-Identifier: MIT */
/*
 * Faults on purpose: each analyser has to find its own here, else it did not
 * run as it should.  Not part of anything.
 */
#include "usbif/port.h"

uint32_t planted(const uint32_t *words, uint32_t count);

static volatile uint32_t shared_word;

uint32_t planted(const uint32_t *words, uint32_t count)
{
	uint32_t table[4] = { 0, 1, 2, 3 };
	const uint32_t *none = 0;
	uint32_t *plain = &shared_word;

	if (count == 7)
		return *none;
	if (count == 8)
		return table[4];
	return *plain + words[0];
}
