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
/* 16 at a time; *at moves on. */
static inline size_t
count16(struct slice s, char c, size_t *at)
{
	const __m128i want = _mm_set1_epi8(c), zero = _mm_setzero_si128();
	size_t n = 0, i = *at;

	while (i + 16 <= s.n) {
		__m128i sums = zero;

		/* A byte of the sums holds 255 at most. */
		for (int k = 0; k < 255 && i + 16 <= s.n; k++, i += 16)
			sums = _mm_sub_epi8(sums, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i)), want));
		sums = _mm_sad_epu8(sums, zero);
		n += (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
	}
	*at = i;
	return n;
}
#else
static size_t
count16(struct slice s, char c, size_t *at)
{
	(void)s, (void)c, (void)at;
	return 0;
}
#endif

/* Bytes between two of them that make looking for the next one quicker than looking at all. */
enum { FAR = 160 };

size_t
slice_count(struct slice s, char c)
{
	size_t n = 0, i = 0;
	const char *hit = NULL;

	while (i < s.n && (hit = memchr(s.p + i, c, s.n - i)) != NULL) {
		size_t gap = (size_t)(hit - s.p) - i;

		n++;
		i += gap + 1;
		if (gap < FAR) {
			size_t at = 0;

			n += count16(slice_head(slice_from(s, i), 16 * 128), c, &at);
			i += at;
		}
	}
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

size_t
slice_lines(struct slice s)
{
	size_t n = 0;

	while (s.n) {
		size_t len = slice_find(s, '\n');

		/* Hardly a line begins with a blank. */
		n += (unsigned char)s.p[0] > ' ' || slice_trim(slice_head(s, len)).n > 0;
		s = slice_from(s, len < s.n ? len + 1 : s.n);
	}
	return n;
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
