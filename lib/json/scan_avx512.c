/* The whole file is compiled for AVX-512 with VBMI2; nothing of it runs before json_scan_best has asked the processor. */
#if defined __x86_64__ && !defined __clang__
#pragma GCC target("avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,pclmul,bmi,popcnt")
#endif
#include "lib/json/priv.h"

#ifdef __x86_64__
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push( \
    __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,pclmul,bmi,popcnt"))), apply_to = function)
#endif

struct masks {
	uint64_t quote, slash, newline, op, blank, control, high;
	__m256i a, b;
};

/* As in the AVX2 engine, 64 bytes at once; comparing gives the masks for nothing. */
static inline void
classify(const char *p, struct masks *m)
{
	const __m512i ops = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0));
	const __m512i blanks = _mm512_broadcast_i32x4(_mm_setr_epi8(' ', 100, 100, 100, 17, 100, 113, 2, 100, '\t', '\n',
	    112, 100, '\r', 100, 100));
	__m512i v = _mm512_loadu_si512(p);

	m->a = _mm512_castsi512_si256(v);
	m->b = _mm512_extracti64x4_epi64(v, 1);
	m->quote = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"'));
	m->slash = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
	m->newline = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\n'));
	m->op = _mm512_cmpeq_epi8_mask(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), _mm512_shuffle_epi8(ops, v));
	m->blank = _mm512_cmpeq_epi8_mask(v, _mm512_shuffle_epi8(blanks, v));
	m->control = _mm512_cmple_epu8_mask(v, _mm512_set1_epi8(0x1f));
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

static const unsigned char places[64] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61,
	62, 63,
};

/* The set bits' places are pressed together and widened, sixteen at a time; few steps have more. */
static inline void
put(uint32_t *out, uint32_t at, uint64_t bits)
{
	const __m512i base = _mm512_set1_epi32((int)at);
	__m512i all = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(places));
	size_t n = count(bits);

	_mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(all))));
	if (__builtin_expect(n <= 16, 1))
		return;
	_mm512_storeu_si512(out + 16, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(all, 1))));
	if (n <= 32)
		return;
	_mm512_storeu_si512(out + 32, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(all, 2))));
	_mm512_storeu_si512(out + 48, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(all, 3))));
}

#include "lib/json/scan_utf_avx.h"

#define SCAN_NAME json_scan_avx512
#include "lib/json/scan_step.h"
#ifdef __clang__
#pragma clang attribute pop
#endif
#else
typedef int json_no_avx512;
#endif
