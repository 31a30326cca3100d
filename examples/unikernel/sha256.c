/* SPDX-License-Identifier: MIT */
/* SHA-256, FIPS 180-4. */
#include "sha256.h"

static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2 };

static uint32_t ror(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void take_block(struct sha256 *sha)
{
	const uint8_t *b = sha->block;
	uint32_t w[64], s[8];
	int i;

	for (i = 0; i < 16; i++, b += 4)
		w[i] = (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
	for (; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^
			w[i - 15] >> 3) +
		       (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(s, sha->state, sizeof(s));
	for (i = 0; i < 64; i++) {
		uint32_t t = s[7] + k[i] + w[i] + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
			     (ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25));
		uint32_t u = ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])) +
			     (ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22));

		memmove(s + 1, s, 7 * sizeof(s[0]));
		s[4] += t;
		s[0] = t + u;
	}
	for (i = 0; i < 8; i++)
		sha->state[i] += s[i];
}

void sha256_start(struct sha256 *sha)
{
	static const uint32_t first[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	memcpy(sha->state, first, sizeof(first));
	sha->octets = 0;
}

void sha256_add(struct sha256 *sha, const void *from, uint32_t octets)
{
	const uint8_t *at = from;

	while (octets > 0) {
		uint32_t used = sha->octets % 64;
		uint32_t n = 64 - used < octets ? 64 - used : octets;

		memcpy(sha->block + used, at, n);
		sha->octets += n;
		at += n;
		octets -= n;
		if (used + n == 64)
			take_block(sha);
	}
}

void sha256_end(struct sha256 *sha, char hex[65])
{
	uint64_t bits = sha->octets * 8;
	uint8_t octet = 0x80;
	int i;

	do {
		sha256_add(sha, &octet, 1);
		octet = 0;
	} while (sha->octets % 64 != 56);
	for (i = 56; i >= 0; i -= 8) {
		octet = (uint8_t)(bits >> i);
		sha256_add(sha, &octet, 1);
	}
	for (i = 0; i < 64; i++)
		hex[i] = "0123456789abcdef"[sha->state[i / 8] >>
					    (28 - 4 * (i % 8)) & 15];
	hex[64] = 0;
}
