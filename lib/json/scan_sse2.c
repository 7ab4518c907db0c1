#include "lib/json/priv.h"

#ifdef __SSE2__
#include <emmintrin.h>

/* The structure pass with what every x86-64 has. */

struct masks {
	uint64_t quote, slash, newline, op, blank, control, high;
};

static inline uint64_t
equal(const __m128i *v, char c)
{
	const __m128i k = _mm_set1_epi8(c);
	uint64_t bits = 0;

	for (int i = 0; i < 4; i++)
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], k)) << 16 * i;
	return bits;
}

/* Bytes below 0x20: 0x1f is then the larger one. */
static inline uint64_t
controls(const __m128i *v)
{
	const __m128i k = _mm_set1_epi8(0x1f);
	uint64_t bits = 0;

	for (int i = 0; i < 4; i++)
		bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(v[i], k), k)) << 16 * i;
	return bits;
}

static inline void
classify(const char *p, struct masks *m)
{
	const __m128i bit = _mm_set1_epi8(0x20);
	__m128i v[4], folded[4];

	m->high = 0;
	for (int i = 0; i < 4; i++) {
		v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		folded[i] = _mm_or_si128(v[i], bit);
		m->high |= (uint64_t)(uint32_t)_mm_movemask_epi8(v[i]) << 16 * i;
	}
	m->quote = equal(v, '"');
	m->slash = equal(v, '\\');
	m->newline = equal(v, '\n');
	m->op = equal(folded, '{') | equal(folded, '}') | equal(v, ':') | equal(v, ',');
	m->blank = m->newline | equal(v, ' ') | equal(v, '\t') | equal(v, '\r');
	m->control = controls(v);
}

#include "lib/json/scan_plain.h"
#include "lib/json/scan_utf.h"

#define SCAN_NAME json_scan_sse2
#include "lib/json/scan_step.h"
#else
typedef int json_no_sse2;
#endif
