/*
 * CRC-32 (ITU-T V.42, reflected 0xedb88320): folded by carry-less multiplication where the machine has it, else eight
 * bytes a step.
 */
#include "lib/format/evtx.h"

struct crc_table {
	uint32_t t[8][256];
};

static struct crc_table table;
static bool folds;

__attribute__((constructor)) static void
fill(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
		table.t[0][i] = c;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			table.t[k][i] = table.t[0][table.t[k - 1][i] & 255] ^ table.t[k - 1][i] >> 8;
#ifdef __x86_64__
	__builtin_cpu_init();
	folds = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
#endif
}

static uint32_t
by_table(uint32_t c, struct slice s)
{
	for (; s.n >= 8; s = slice_from(s, 8)) {
		uint32_t a = c ^ evtx_u32(s.p), b = evtx_u32(s.p + 4);

		c = table.t[7][a & 255] ^ table.t[6][a >> 8 & 255] ^ table.t[5][a >> 16 & 255] ^ table.t[4][a >> 24] ^
		    table.t[3][b & 255] ^ table.t[2][b >> 8 & 255] ^ table.t[1][b >> 16 & 255] ^ table.t[0][b >> 24];
	}
	for (size_t i = 0; i < s.n; i++)
		c = table.t[0][(c ^ (unsigned char)s.p[i]) & 255] ^ c >> 8;
	return c;
}

#ifdef __x86_64__
#include <immintrin.h>

/*
 * Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ" (Intel, 2009): the constants are x^n mod
 * P, bits reflected, for the distances 512+64, 512, 128+64, 128 and 64; the last row is P and its Barrett inverse.
 */
static const uint64_t by512[2] = {0x0154442bd4, 0x01c6e41596}, by128[2] = {0x01751997d0, 0x00ccaa009e},
    by64[2] = {0x0163cd6124, 0}, barrett[2] = {0x01db710641, 0x01f7011641};

#define TARGET __attribute__((target("pclmul,sse4.1")))

TARGET static inline __m128i
load(const void *p)
{
	return _mm_loadu_si128(p);
}

TARGET static inline __m128i
fold(__m128i x, __m128i k, __m128i next)
{
	return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(x, k, 0x00), _mm_clmulepi64_si128(x, k, 0x11)), next);
}

TARGET static uint32_t
reduce(__m128i x)
{
	const __m128i low = _mm_setr_epi32(-1, 0, -1, 0);
	__m128i y = _mm_clmulepi64_si128(x, load(by128), 0x10);

	x = _mm_xor_si128(_mm_srli_si128(x, 8), y);
	y = _mm_srli_si128(x, 4);
	x = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(x, low), load(by64), 0x00), y);
	y = _mm_clmulepi64_si128(_mm_and_si128(x, low), load(barrett), 0x10);
	y = _mm_clmulepi64_si128(_mm_and_si128(y, low), load(barrett), 0x00);
	return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, y), 1);
}

/* s.n >= 64; what does not fill 16 bytes stays in *s. */
TARGET static uint32_t
by_folding(uint32_t c, struct slice *s)
{
	const char *p = s->p;
	size_t n = s->n - 64;
	__m128i a = _mm_xor_si128(load(p), _mm_cvtsi32_si128((int)c)), b = load(p + 16), d = load(p + 32), e = load(p + 48);
	__m128i k = load(by512);

	for (p += 64; n >= 64; p += 64, n -= 64) {
		a = fold(a, k, load(p));
		b = fold(b, k, load(p + 16));
		d = fold(d, k, load(p + 32));
		e = fold(e, k, load(p + 48));
	}
	k = load(by128);
	a = fold(fold(fold(a, k, b), k, d), k, e);
	for (; n >= 16; p += 16, n -= 16)
		a = fold(a, k, load(p));
	*s = slice_of(p, n);
	return reduce(a);
}
#endif

uint32_t
evtx_crc(uint32_t before, struct slice s)
{
	uint32_t c = ~before;

#ifdef __x86_64__
	if (folds && s.n >= 64)
		c = by_folding(c, &s);
#endif
	return ~by_table(c, s);
}
