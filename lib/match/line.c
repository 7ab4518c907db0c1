/*
 * An event's original, folded as one text when its first value is asked for: values are places in it.  Folding JSON before its escapes are undone
 * gives the folded text, but for \u, whose letters are hidden; those, and originals that are not ASCII, go value by value.
 */
#include "lib/match/room.h"

#include "lib/port/fold.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { STEP = 16, SLACK = 2 * STEP };

/* The two buffers are made so long that nothing moves while the event lasts. */
static void
line_fold(struct match_room *r)
{
	struct slice raw = json_raw(r->e->j, r->e->raw);

	r->line_known = true;
	buf_reset(&r->line);
	buf_reset(&r->decoded);
	buf_room(&r->line, raw.n + SLACK);
	buf_room(&r->decoded, raw.n + SLACK);
	r->line_ascii = fold_ascii(raw, r->line.p);
	if (r->line_ascii)
		memset(r->line.p + raw.n, 0, SLACK);
}

/* What a character behind a backslash stands for; 0: \u. */
static inline char
meaning(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'u':
		return '\0';
	default:
		return c;
	}
}

/* How many bytes stand before the first backslash: STEP or fewer. */
static inline size_t
before_backslash(const char *p)
{
	size_t n = 0;

#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));

	n = hits ? (size_t)__builtin_ctz(hits) : STEP;
#else
	while (n < STEP && p[n] != '\\')
		n++;
#endif
	return n;
}

/* Copies whole steps: both sides have SLACK behind them.  False: there is a \u. */
static bool
undo_escapes(const char *p, size_t n, char **to)
{
	const char *end = p + n;
	char *out = *to;

	while (p < end) {
		size_t run = before_backslash(p);

		memcpy(out, p, STEP);
		if (run > (size_t)(end - p))
			run = (size_t)(end - p);
		out += run;
		p += run;
		if (run == STEP || p == end)
			continue;
		*out = meaning(p[1]);
		if (*out++ == '\0')
			return false;
		p += 2;
	}
	*to = out;
	return true;
}

/* A string of the original; false: it must be folded by itself. */
bool
line_text(struct match_room *r, uint32_t node, struct slice *folded)
{
	const struct json *j = r->e->j;
	const struct json_node *v = &j->node[node], *raw = &j->node[r->e->raw];
	char *from, *to;

	if (v->at < raw->at || v->end > raw->end)
		return false;
	if (!r->line_known)
		line_fold(r);
	if (!r->line_ascii)
		return false;
	from = r->line.p + (v->at - raw->at);
	if (v->type != JSON_STRING) {
		*folded = slice_of(from, v->end - v->at);
		return true;
	}
	*folded = slice_of(from + 1, v->end - v->at - 2);
	if (!v->escaped)
		return true;
	/* Each value of an event is asked for once; who asks again for keywords has a buffer of its own. */
	if (r->decoded.cap - r->decoded.n < folded->n + SLACK)
		return false;
	to = r->decoded.p + r->decoded.n;
	if (!undo_escapes(folded->p, folded->n, &to))
		return false;
	*folded = slice_of(r->decoded.p + r->decoded.n, (size_t)(to - r->decoded.p) - r->decoded.n);
	r->decoded.n += folded->n;
	return true;
}
