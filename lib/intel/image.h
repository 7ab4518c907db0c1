/*
 * image (private to the room): how an index lies in memory and in its file.
 */
#ifndef IRPIPE_INTEL_IMAGE_H
#define IRPIPE_INTEL_IMAGE_H

#include "lib/intel/index.h"

enum { IMAGE_VERSION = 1, FILTER_BITS = 10, BUCKET_LOAD = 4, IMAGE_MAX = 100 * 1000 * 1000 };

struct image_head {
	char magic[8];			/* "irintel\n" */
	uint32_t version, order;	/* order: 0x01020304 as this machine writes it */
	unsigned char sum[16];		/* XXH3-128 of all behind it */
	uint64_t size;
	uint64_t seed;
	unsigned char sha256[32];
	uint64_t filters, buckets;	/* words; a power of two */
	uint32_t keys, v4, v6, metas, texts, kinds;
	uint32_t dates, ids;		/* 1: the columns are there */
	uint64_t bytes;			/* of the texts */
	int64_t date;			/* seconds; INT64_MIN: none */
};
_Static_assert(sizeof(struct image_head) == 144, "the head of an index has no gaps");

struct image_meta {
	uint32_t source, name;		/* texts */
	uint8_t type, scope, tlp, pap, confidence, flags, pad[2];
};

/* Where each part begins; made from the counts alone. */
struct image_parts {
	uint64_t filter, bucket, key, begin4, outer4, bits4, begin6, outer6, bits6, meta, from, until, id, metas, texts, bytes,
	    end;
};
struct image_parts image_parts(const struct image_head *);

/* The filter's word and its bits, the bucket. */
static inline uint64_t
image_word(uint64_t hi, uint64_t words)
{
	return (uint64_t)((unsigned __int128)hi * words >> 64);
}
static inline uint64_t
image_mask(uint64_t lo)
{
	return UINT64_C(1) << (lo & 63) | UINT64_C(1) << (lo >> 6 & 63) | UINT64_C(1) << (lo >> 12 & 63) |
	    UINT64_C(1) << (lo >> 18 & 63);
}

#endif
