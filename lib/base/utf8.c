#include "lib/base/utf8.h"

/* Bytes from `at` on that are ASCII, eight at a time. */
static inline size_t
skip_ascii(struct slice s, size_t at)
{
	uint64_t eight;

	for (; s.n - at >= sizeof eight; at += sizeof eight) {
		memcpy(&eight, s.p + at, sizeof eight);
		if (eight & 0x8080808080808080u)
			break;
	}
	while (at < s.n && !((unsigned char)s.p[at] & 0x80))
		at++;
	return at;
}

/* Length of the sequence that c begins (0: none may begin so), and the range of its second byte (RFC 3629 section 4). */
static inline size_t
head(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef) {
		if (c == 0xe0)
			*low = 0xa0;
		else if (c == 0xed)
			*high = 0x9f;
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		if (c == 0xf0)
			*low = 0x90;
		else if (c == 0xf4)
			*high = 0x8f;
		return 4;
	}
	return 0;
}

size_t
utf8_next(struct slice s, size_t at, uint32_t *cp)
{
	unsigned char c = (unsigned char)s.p[at++], low, high;
	size_t n;

	if (c < 0x80) {
		*cp = c;
		return at;
	}
	n = head(c, &low, &high);
	*cp = UTF8_BAD;
	if (n == 0)
		return at;
	uint32_t v = c & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (at == s.n)
			return at;
		c = (unsigned char)s.p[at];
		if (c < low || c > high)
			return at;
		low = 0x80;
		high = 0xbf;
		v = v << 6 | (c & 0x3fu);
		at++;
	}
	*cp = v;
	return at;
}

size_t
utf8_bad(struct slice s)
{
	size_t at = 0;
	uint32_t cp;

	while ((at = skip_ascii(s, at)) < s.n) {
		size_t next = utf8_next(s, at, &cp);

		if (cp == UTF8_BAD)
			return at;
		at = next;
	}
	return s.n;
}

void
utf8_put(struct buf *b, uint32_t cp)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp < 0x80) {
		buf_byte(b, (char)cp);
	} else if (cp < 0x800) {
		buf_byte(b, (char)(0xc0 | cp >> 6));
		buf_byte(b, (char)(0x80 | (cp & 0x3f)));
	} else {
		if (cp < 0x10000) {
			buf_byte(b, (char)(0xe0 | cp >> 12));
		} else {
			buf_byte(b, (char)(0xf0 | cp >> 18));
			buf_byte(b, (char)(0x80 | (cp >> 12 & 0x3f)));
		}
		buf_byte(b, (char)(0x80 | (cp >> 6 & 0x3f)));
		buf_byte(b, (char)(0x80 | (cp & 0x3f)));
	}
}

void
utf8_mend(struct slice s, struct buf *out, bool *bad)
{
	size_t at = 0, from = 0;
	uint32_t cp;

	if (bad)
		*bad = false;
	while ((at = skip_ascii(s, at)) < s.n) {
		size_t next = utf8_next(s, at, &cp);

		if (cp == UTF8_BAD) {
			buf_add(out, s.p + from, at - from);
			buf_lit(out, "\xef\xbf\xbd");
			from = next;
			if (bad)
				*bad = true;
		}
		at = next;
	}
	if (from < s.n)
		buf_add(out, s.p + from, s.n - from);
}
