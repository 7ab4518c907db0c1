#include "lib/base/fault.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"

/* SECURITY: what a terminal could obey, or what shows text in another order than it is. */
static bool
harmful(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f))
		return true;
	if (cp < 0x61c)
		return false;
	return cp == 0x61c || cp == 0x200e || cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
		cp == UTF8_BAD;
}

enum { ESCAPE_MAX = 12 };	/* \u{10ffff} and some */

static size_t
escape(char out[ESCAPE_MAX], uint32_t v)
{
	static const char digit[] = "0123456789abcdef";
	size_t n = 0;
	int shift = 20;

	out[n++] = '\\';
	out[n++] = 'u';
	out[n++] = '{';
	while (shift && v >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		out[n++] = digit[v >> shift & 15];
	out[n++] = '}';
	return n;
}

/* The next piece of s as it may be shown: a view of s, or of out.  A bad part is shown byte by byte. */
static struct slice
piece(struct slice s, size_t *at, char out[ESCAPE_MAX])
{
	size_t from = *at;
	uint32_t cp;

	*at = utf8_next(s, from, &cp);
	if (!harmful(cp))
		return slice_of(s.p + from, *at - from);
	if (cp == UTF8_BAD) {
		cp = (unsigned char)s.p[from];
		*at = from + 1;
	}
	return slice_of(out, escape(out, cp));
}

void
buf_harmless(struct buf *b, struct slice s)
{
	char out[ESCAPE_MAX];
	size_t at = 0;

	while (at < s.n) {
		size_t from = at;

		while (at < s.n && s.p[at] >= 0x20 && s.p[at] < 0x7f)
			at++;
		if (at > from)
			buf_add(b, s.p + from, at - from);
		if (at < s.n)
			buf_slice_add(b, piece(s, &at, out));
	}
}

/* Cut on a whole piece, so that near is good UTF-8 and holds no half escape; "..." tells of the cut. */
static void
near_set(struct fault *f, struct slice s)
{
	char out[ESCAPE_MAX];
	size_t at = 0, n = 0, whole = 0;

	while (at < s.n) {
		struct slice p = piece(s, &at, out);

		if (n + p.n > FAULT_NEAR - 1) {
			n = whole;
			memcpy(f->near + n, "...", 3);
			n += 3;
			break;
		}
		memcpy(f->near + n, p.p, p.n);
		n += p.n;
		if (n <= FAULT_NEAR - 4)
			whole = n;
	}
	f->near[n] = '\0';
}

bool
fault_set(struct fault *f, const char *what, uint64_t offset)
{
	f->what = what;
	f->near[0] = '\0';
	f->line = f->column = 0;
	f->offset = offset;
	return false;
}

bool
fault_near(struct fault *f, const char *what, struct slice near, uint64_t offset)
{
	fault_set(f, what, offset);
	near_set(f, near);
	return false;
}

bool
fault_place(struct fault *f, const char *what, struct slice near, uint64_t line, uint64_t column)
{
	fault_near(f, what, near, 0);
	f->line = line;
	f->column = column;
	return false;
}

void
fault_locate(struct fault *f, struct slice text)
{
	struct slice before = slice_head(text, f->offset < text.n ? (size_t)f->offset : text.n);
	size_t last;

	f->line = 1;
	for (struct slice rest = before; slice_find(rest, '\n') < rest.n; f->line++)
		rest = slice_from(rest, slice_find(rest, '\n') + 1);
	last = slice_rfind(before, '\n');
	f->column = (last == before.n ? before.n : before.n - last - 1) + 1;
}

void
fault_words(const struct fault *f, struct buf *b)
{
	if (f->line) {
		buf_u64(b, f->line);
		buf_byte(b, ':');
		if (f->column) {
			buf_u64(b, f->column);
			buf_byte(b, ':');
		}
		buf_byte(b, ' ');
	}
	buf_str(b, f->what ? f->what : "no fault");
	if (f->near[0]) {
		buf_lit(b, ": ");
		buf_str(b, f->near);
	}
}
