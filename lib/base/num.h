/*
 * num: numbers in text.  The whole slice must be the number; no blanks, no locale; overflow is false, never a wrap.
 */
#ifndef IRPIPE_BASE_NUM_H
#define IRPIPE_BASE_NUM_H

#include "lib/base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool num_u64(struct slice, uint64_t *) must_use;	/* digits */
bool num_i64(struct slice, int64_t *) must_use;		/* [-+] digits */
bool num_hex(struct slice, uint64_t *) must_use;	/* with or without 0x */
bool num_f64(struct slice, double *) must_use;		/* decimal, optional exponent; no inf, nan, hex */
/* "64k", "1M", "2GiB": powers of 1024. */
bool num_size(struct slice, uint64_t *) must_use;
static inline bool num_digit(char c) { return c >= '0' && c <= '9'; }
/* Digits only, at most `max` of them; returns how many were read. */
size_t num_digits(struct slice, size_t max, uint64_t *);

/* How many digits stand at p, 16 at most: so many bytes can be read. */
static inline unsigned
num_digits16(const char *p)
{
#ifdef __SSE2__
	__m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8('0'));
	/* Unsigned: what is above 9 stays. */
	int none = ~_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v));

	return (unsigned)__builtin_ctz((unsigned)none | 0x10000u);
#else
	unsigned n = 0;

	while (n < 16 && num_digit(p[n]))
		n++;
	return n;
#endif
}

#endif
