/*
 * scan_utf_avx: UTF-8 for the engines that shuffle bytes.  struct masks has the 64 bytes as a and b.
 */
struct utf {
	__m256i before;		/* the 32 bytes before */
	__m256i open;		/* not 0: a sequence goes on behind them */
};

/* UTF-8 by three nibble tables (Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2021). */
enum {
	TOO_SHORT = 1 << 0, TOO_LONG = 1 << 1, OVERLONG_3 = 1 << 2, TOO_LARGE = 1 << 3, SURROGATE = 1 << 4,
	OVERLONG_2 = 1 << 5, TOO_LARGE_1000 = 1 << 6, OVERLONG_4 = 1 << 6, TWO_CONTS = 1 << 7,
	CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS, BIG = CARRY | TOO_LARGE | TOO_LARGE_1000,
};
#define TWICE(...) { __VA_ARGS__, __VA_ARGS__ }
static const unsigned char first_high[32] = TWICE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
	TWO_CONTS, TWO_CONTS, TWO_CONTS, TWO_CONTS, TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
	TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
static const unsigned char first_low[32] = TWICE(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
	CARRY | TOO_LARGE, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG | SURROGATE, BIG, BIG);
static const unsigned char second_high[32] = TWICE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
	TOO_SHORT, TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
	TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
	TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE, TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
	TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT);
/* Largest bytes that may stand at the end without a sequence being open. */
static const unsigned char complete[32] = {
	[0 ... 28] = 255, [29] = 0xf0 - 1, [30] = 0xe0 - 1, [31] = 0xc0 - 1,
};

static inline __m256i
load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline __m256i
judge(__m256i now, __m256i before)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i across = _mm256_permute2x128_si256(before, now, 0x21);
	__m256i one = _mm256_alignr_epi8(now, across, 15);
	__m256i two = _mm256_alignr_epi8(now, across, 14);
	__m256i three = _mm256_alignr_epi8(now, across, 13);
	__m256i special, third, fourth, must;

	special = _mm256_shuffle_epi8(load(first_high), _mm256_and_si256(_mm256_srli_epi16(one, 4), nibble));
	special = _mm256_and_si256(special, _mm256_shuffle_epi8(load(first_low), _mm256_and_si256(one, nibble)));
	special = _mm256_and_si256(special,
	    _mm256_shuffle_epi8(load(second_high), _mm256_and_si256(_mm256_srli_epi16(now, 4), nibble)));
	third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80));
	fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80));
	must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
	return _mm256_xor_si256(must, special);
}

static inline bool
utf_bad(struct utf *u, const struct masks *m, const char *p, const char *real, const char *end)
{
	__m256i error;

	(void)p;
	(void)real;
	(void)end;
	if (__builtin_expect(_mm256_movemask_epi8(_mm256_or_si256(m->a, m->b)) == 0, 1)) {
		error = u->open;
		u->open = _mm256_setzero_si256();
	} else {
		error = _mm256_or_si256(judge(m->a, u->before), judge(m->b, m->a));
		u->open = _mm256_subs_epu8(m->b, load(complete));
	}
	u->before = m->b;
	return !_mm256_testz_si256(error, error);
}
