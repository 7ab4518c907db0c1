#include "lib/base/slice.h"

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
