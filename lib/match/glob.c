/* Sigma's * (any text, newlines too), ? (one code point): cases 9 and 10; the dashes of windash. */
#include "lib/match/room.h"

/* Bytes of one code point; bad bytes count one. */
static size_t
one(struct slice s, size_t at)
{
	unsigned char c = (unsigned char)s.p[at];
	size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;

	return at + n <= s.n ? n : s.n - at;
}

/* What a dash of windash stands for (case 25); 0: none of it is there. */
static size_t
dash(struct slice s, size_t at)
{
	const char *p = s.p + at;

	if (at < s.n && (*p == '-' || *p == '/'))
		return 1;
	return s.n - at >= 3 && p[0] == '\xe2' && p[1] == '\x80' && p[2] >= '\x93' && p[2] <= '\x95' ? 3 : 0;
}

/* The run of pieces from `k` up to the next * fits at `at`: returns the place behind it, or SIZE_MAX. */
static size_t
run(const struct match_set *set, const struct match_atom *a, uint32_t *k, struct slice s, size_t at)
{
	for (;; ++*k) {
		const struct match_piece *p = &set->piece[a->piece + *k];

		if (!slice_starts(slice_from(s, at), text_at(set, p->text)))
			return SIZE_MAX;
		at += p->text.n;
		if ((p->wild != '?' && p->wild != '-') || *k + 1 == a->pieces)
			return at;
		if (at == s.n || (p->wild == '-' && dash(s, at) == 0))
			return SIZE_MAX;
		at += p->wild == '-' ? dash(s, at) : one(s, at);
	}
}

/* Where each star's run was found is final (the leftmost place is as good as any), so this is linear but for runs that begin alike. */
bool
glob_match(const struct match_set *set, const struct match_atom *a, struct slice s)
{
	const struct match_piece *p = set->piece + a->piece;
	uint32_t k = 0;
	size_t at = 0, end, first;
	bool star = false;

	while (k < a->pieces) {
		uint32_t start = k;

		for (first = at; ; first++) {
			if (star)
				first += slice_find_slice(slice_from(s, first), text_at(set, p[start].text));
			k = start;
			end = run(set, a, &k, s, first);
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
