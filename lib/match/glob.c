/* Sigma's * (any text, newlines too) and ? (one code point): cases 9 and 10. */
#include "lib/match/priv.h"

/* Bytes of one code point; bad bytes count one. */
static size_t
one(struct slice s, size_t at)
{
	unsigned char c = (unsigned char)s.p[at];
	size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

	return at + n <= s.n ? n : s.n - at;
}

/* The run of pieces from `k` up to the next * fits at `at`: returns the place behind it, or SIZE_MAX. */
static size_t
run(const struct sigma_piece *p, size_t n, size_t *k, struct slice s, size_t at)
{
	for (;; ++*k) {
		if (s.n - at < p[*k].text.n || (p[*k].text.n && memcmp(s.p + at, p[*k].text.p, p[*k].text.n) != 0))
			return SIZE_MAX;
		at += p[*k].text.n;
		if (p[*k].wild != '?' || *k + 1 == n)
			return at;
		if (at == s.n)
			return SIZE_MAX;
		at += one(s, at);
	}
}

/* Where each star's run was found is final (the leftmost place is as good as any), so this is linear but for runs that begin alike. */
bool
glob_match(const struct sigma_piece *p, size_t n, struct slice s)
{
	size_t k = 0, at = 0, end, first;
	bool star = false;

	while (k < n) {
		size_t start = k;

		for (first = at; ; first++) {
			k = start;
			end = run(p, n, &k, s, first);
			if (end != SIZE_MAX && (p[k].wild == '*' || end == s.n))
				break;
			if (!star || first >= s.n)
				return false;
		}
		if (p[k].wild != '*')
			return true;
		at = end;
		star = true;
		k++;
	}
	return at == s.n || star;
}
