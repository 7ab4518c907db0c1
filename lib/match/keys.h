/* keys: how texts become numbers, the same when a table is filled and when it is asked. */
#ifndef IRPIPE_MATCH_KEYS_H
#define IRPIPE_MATCH_KEYS_H

#include "lib/base/slice.h"

/* The first (last) `length` bytes, 8 at most; s has as many. */
static inline uint64_t
head_key(struct slice s, uint32_t length)
{
	uint64_t k = 0;

	if (s.n >= 8) {
		memcpy(&k, s.p, 8);
		return length == 8 ? k : k & ((1ull << length * 8) - 1);
	}
	for (uint32_t i = 0; i < length; i++)
		k |= (uint64_t)(unsigned char)s.p[i] << i * 8;
	return k;
}

static inline uint64_t
tail_key(struct slice s, uint32_t length)
{
	return head_key(slice_of(s.p + s.n - length, length), length);
}

static inline uint64_t
whole_key(struct slice s)
{
	uint32_t length = s.n < 8 ? (uint32_t)s.n : 8;

	return head_key(s, length) ^ (tail_key(s, length) << 7 | tail_key(s, length) >> 57) ^ s.n * 0x9e3779b97f4a7c15u;
}

static inline uint32_t
ends_hash(uint64_t key, uint32_t length)
{
	uint64_t h = (key ^ length * 0xc2b2ae3d27d4eb4fu) * 0x9e3779b97f4a7c15u;

	return (uint32_t)(h >> 32 ^ h >> 52);
}

static inline uint32_t
gram_hash(uint32_t gram)
{
	return gram * 0x9e3779b1u;
}

static inline uint32_t
gram_place(uint32_t gram)
{
	return gram * 0x85ebca6bu >> 7;
}

#endif
