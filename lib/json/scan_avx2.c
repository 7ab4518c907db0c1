/* The whole file is compiled for AVX2; nothing of it runs before json_scan_best has asked the processor. */
#if defined __x86_64__ && !defined __clang__
#pragma GCC target("avx2,pclmul,bmi,popcnt")
#endif
#include "lib/json/priv.h"

#ifdef __x86_64__
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,pclmul,bmi,popcnt"))), apply_to = function)
#endif

struct masks {
	uint64_t quote, slash, newline, op, blank, control, high;
	__m256i a, b;
};

static inline uint64_t
bits2(__m256i a, __m256i b)
{
	return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

static inline uint64_t
equal(__m256i a, __m256i b, char c)
{
	const __m256i k = _mm256_set1_epi8(c);

	return bits2(_mm256_cmpeq_epi8(a, k), _mm256_cmpeq_epi8(b, k));
}

/*
 * A table by the low nibble names the one byte of that nibble that counts.  {}[] fold to one case by 0x20; so do 0x0c and
 * 0x1a to , and : but the walk looks at the byte itself.
 */
static inline void
classify(const char *p, struct masks *m)
{
	const __m256i ops = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0);
	const __m256i blanks = _mm256_setr_epi8(' ', 100, 100, 100, 17, 100, 113, 2, 100, '\t', '\n', 112, 100, '\r', 100, 100,
	    ' ', 100, 100, 100, 17, 100, 113, 2, 100, '\t', '\n', 112, 100, '\r', 100, 100);
	const __m256i fold = _mm256_set1_epi8(0x20), low = _mm256_set1_epi8(0x1f);
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));

	m->a = a;
	m->b = b;
	m->quote = equal(a, b, '"');
	m->slash = equal(a, b, '\\');
	m->newline = equal(a, b, '\n');
	m->op = bits2(_mm256_cmpeq_epi8(_mm256_or_si256(a, fold), _mm256_shuffle_epi8(ops, a)),
	    _mm256_cmpeq_epi8(_mm256_or_si256(b, fold), _mm256_shuffle_epi8(ops, b)));
	m->blank = bits2(_mm256_cmpeq_epi8(a, _mm256_shuffle_epi8(blanks, a)),
	    _mm256_cmpeq_epi8(b, _mm256_shuffle_epi8(blanks, b)));
	m->control = bits2(_mm256_cmpeq_epi8(_mm256_max_epu8(a, low), low), _mm256_cmpeq_epi8(_mm256_max_epu8(b, low), low));
}

static inline uint64_t
prefix_xor(uint64_t bits)
{
	return (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8(-1), 0));
}

static inline size_t
count(uint64_t bits)
{
	return (size_t)_mm_popcnt_u64(bits);
}

/* Eight at a time without asking: what is too much is overwritten by the next step. */
static inline void
put(uint32_t *out, uint32_t at, uint64_t bits)
{
	size_t n = count(bits);

	for (size_t done = 0; done == 0 || done < n; done += 8) {
#pragma GCC unroll 8
		for (size_t i = 0; i < 8; i++) {
			out[done + i] = at + (uint32_t)_tzcnt_u64(bits);
			bits = _blsr_u64(bits);
		}
	}
}

#include "lib/json/scan_utf_avx.h"

#define SCAN_NAME json_scan_avx2
#include "lib/json/scan_step.h"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
typedef int json_no_avx2;
#endif
