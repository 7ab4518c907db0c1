#include "lib/base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline unsigned char
lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.p, b.p, n) : 0;

	if (r)
		return r;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
slice_eq_nocase(struct slice a, struct slice b)
{
	return a.n == b.n && slice_starts_nocase(a, b);
}

bool
slice_starts_nocase(struct slice s, struct slice head)
{
	if (s.n < head.n)
		return false;
	for (size_t i = 0; i < head.n; i++)
		if (lower(s.p[i]) != lower(head.p[i]))
			return false;
	return true;
}

bool
slice_ends_nocase(struct slice s, struct slice tail)
{
	return s.n >= tail.n && slice_starts_nocase(slice_from(s, s.n - tail.n), tail);
}

size_t
slice_find(struct slice s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

size_t
slice_rfind(struct slice s, char c)
{
	const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

size_t
slice_find_slice(struct slice s, struct slice needle)
{
	const char *hit;

	if (needle.n == 0)
		return 0;
	hit = s.n >= needle.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return hit ? (size_t)(hit - s.p) : s.n;
}

static inline bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#ifdef __SSE2__
/*
 * Places from *at on at which a byte is `c` and the one before it is not `not` (any if that is -1), 16 at a time; *at moves on.
 */
static inline size_t
count16(struct slice s, char c, int not, size_t *at)
{
	const __m128i want = _mm_set1_epi8(c), prior = _mm_set1_epi8((char)not), zero = _mm_setzero_si128();
	size_t n = 0, i = *at;

	while (i + 16 <= s.n) {
		__m128i sums = zero;

		/* A byte of the sums holds 255 at most. */
		for (int k = 0; k < 255 && i + 16 <= s.n; k++, i += 16) {
			__m128i hit = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i)), want);

			if (not >= 0)
				hit = _mm_andnot_si128(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i - 1)),
				    prior), hit);
			sums = _mm_sub_epi8(sums, hit);
		}
		sums = _mm_sad_epu8(sums, zero);
		n += (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
	}
	*at = i;
	return n;
}
#else
static size_t
count16(struct slice s, char c, int not, size_t *at)
{
	(void)s, (void)c, (void)not, (void)at;
	return 0;
}
#endif

size_t
slice_count(struct slice s, char c)
{
	size_t i = 0, n = count16(s, c, -1, &i);

	for (; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

size_t
slice_behind_lines(struct slice s, size_t n)
{
	size_t at = 0;

	while (at < s.n && n) {
		struct slice rest = slice_from(s, at);
		size_t len = slice_find(rest, '\n');

		n -= slice_trim(slice_head(rest, len)).n > 0;
		at += len < rest.n ? len + 1 : rest.n;
	}
	return at;
}

/* Exact, a line at a time: for the few texts that have lines of blanks alone. */
static size_t
lines_one_by_one(struct slice s)
{
	size_t n = 0;

	while (s.n) {
		size_t len = slice_find(s, '\n');

		n += slice_trim(slice_head(s, len)).n > 0;
		s = slice_from(s, len < s.n ? len + 1 : s.n);
	}
	return n;
}

/* Some line begins with a control character or a blank, so it may hold nothing else. */
static bool
blank_begins(struct slice s)
{
	size_t i = 1;
	bool some = (unsigned char)s.p[0] <= ' ';

#ifdef __SSE2__
	const __m128i end = _mm_set1_epi8('\n'), low = _mm_set1_epi8(' ');
	__m128i found = _mm_setzero_si128();

	for (; i + 16 <= s.n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i behind = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i - 1)), end);
		__m128i small = _mm_andnot_si128(_mm_cmpeq_epi8(v, end), _mm_cmpeq_epi8(_mm_max_epu8(v, low), low));

		found = _mm_or_si128(found, _mm_and_si128(behind, small));
	}
	some |= _mm_movemask_epi8(found) != 0;
#endif
	for (; i < s.n; i++)
		some |= s.p[i - 1] == '\n' && s.p[i] != '\n' && (unsigned char)s.p[i] <= ' ';
	return some;
}

size_t
slice_lines(struct slice s)
{
	size_t i = 1, n;

	if (s.n == 0)
		return 0;
	if (blank_begins(s))
		return lines_one_by_one(s);
	/* A line end right behind another ends an empty line. */
	n = count16(s, '\n', '\n', &i);
	for (; i < s.n; i++)
		n += s.p[i] == '\n' && s.p[i - 1] != '\n';
	return n + (s.p[s.n - 1] != '\n');
}

struct slice
slice_trim(struct slice s)
{
	while (s.n && blank(s.p[0]))
		s = slice_from(s, 1);
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct slice
slice_cut(struct slice *rest, char c)
{
	struct slice piece = *rest;
	size_t at = slice_find(*rest, c);

	if (at == rest->n) {
		*rest = (struct slice){NULL, 0};
	} else {
		piece.n = at;
		*rest = slice_from(*rest, at + 1);
	}
	return piece;
}
