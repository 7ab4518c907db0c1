#include "lib/base/hash.h"

#include <errno.h>
#include <sys/auxv.h>
#include <sys/random.h>

static uint64_t key[2];

void
hash_seed(void)
{
	ssize_t n;

	do
		n = getrandom(key, sizeof key, 0);
	while (n < 0 && errno == EINTR);
	/* 16 bytes never come short; where a filter forbids the call, the kernel's own 16 bytes of this process do as well. */
	if (n != (ssize_t)sizeof key) {
		const void *p = (const void *)getauxval(AT_RANDOM);

		if (p)
			memcpy(key, p, sizeof key);
	}
}

static inline uint64_t
turn(uint64_t v, int by)
{
	return v << by | v >> (64 - by);
}

static inline void
round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = turn(v[1], 13) ^ v[0];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] = turn(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = turn(v[1], 17) ^ v[2];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] = turn(v[2], 32);
}

/* SipHash (Aumasson, Bernstein 2012) with one round a word and three at the end. */
uint64_t
hash_bytes(const void *p, size_t n)
{
	const unsigned char *at = p;
	uint64_t v[4] = {
		key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
		key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u,
	};
	uint64_t word, last = (uint64_t)n << 56;

	for (size_t left = n / 8; left; left--, at += 8) {
		memcpy(&word, at, 8);
		v[3] ^= word;
		round_of(v);
		v[0] ^= word;
	}
	word = 0;
	if (n % 8)
		memcpy(&word, at, n % 8);
	last |= word;
	v[3] ^= last;
	round_of(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		round_of(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
