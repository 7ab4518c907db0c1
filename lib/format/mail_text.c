/* Decoding: RFC 2045 section 6, RFC 2047, and the few charsets that mail still has beside UTF-8. */
#include "lib/format/mail.h"

#include "lib/base/utf8.h"

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static int
six(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* What is outside of the alphabet is passed over (section 6.8). */
static struct slice
from_base64(struct arena *mem, struct slice s)
{
	char *out = arena_alloc(mem, s.n / 4 * 3 + 4);
	size_t n = 0;
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
		int v = six(s.p[i]);

		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (char)(bits >> have & 0xff);
		}
	}
	return slice_of(out, n);
}

/* `word`: the Q form of RFC 2047, where _ is a blank. */
static struct slice
from_quoted(struct arena *mem, struct slice s, bool word)
{
	char *out = arena_alloc(mem, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '=' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
			out[n++] = (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]));
			i += 2;
		} else if (s.p[i] == '=' && !word && i + 1 < s.n && (s.p[i + 1] == '\n' || s.p[i + 1] == '\r')) {
			i += s.p[i + 1] == '\r' && i + 2 < s.n && s.p[i + 2] == '\n' ? 2 : 1;
		} else {
			out[n++] = word && s.p[i] == '_' ? ' ' : s.p[i];
		}
	}
	return slice_of(out, n);
}

struct slice
mail_decode(struct arena *mem, struct slice encoding, struct slice body)
{
	encoding = slice_trim(encoding);
	if (slice_eq_nocase(encoding, SLICE("base64")))
		return from_base64(mem, body);
	if (slice_eq_nocase(encoding, SLICE("quoted-printable")))
		return from_quoted(mem, body, false);
	return body;
}

/* Windows-1252 where it differs from ISO 8859-1; 0: not assigned. */
static uint32_t
windows(unsigned char c)
{
	static const uint16_t high[32] = {0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039,
	    0x152, 0, 0x17d, 0,
	    0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178};

	return c >= 0x80 && c < 0xa0 ? (high[c - 0x80] ? high[c - 0x80] : 0xfffd) : c;
}

struct slice
mail_utf8(struct arena *mem, struct slice charset, struct slice text)
{
	struct buf b = {0};
	struct slice made;
	bool latin = slice_starts_nocase(charset, SLICE("iso-8859-1")) || slice_starts_nocase(charset, SLICE("windows-1252")) ||
	    slice_starts_nocase(charset, SLICE("cp1252"));

	if (utf8_bad(text) == text.n)
		return text;
	if (latin)
		for (size_t i = 0; i < text.n; i++)
			utf8_put(&b, windows((unsigned char)text.p[i]));
	else
		utf8_mend(text, &b, NULL);
	made = arena_slice(mem, buf_slice(&b));
	buf_free(&b);
	return made;
}

/* =?charset?B|Q?text?= at the start of s: its length, 0: none. */
static size_t
encoded_word(struct arena *mem, struct slice s, struct slice *text)
{
	struct slice rest, charset, how, data;
	size_t end;

	if (!slice_starts(s, SLICE("=?")))
		return 0;
	rest = slice_from(s, 2);
	charset = slice_cut(&rest, '?');
	if (rest.p == NULL)
		return 0;
	how = slice_cut(&rest, '?');
	if (rest.p == NULL || how.n != 1)
		return 0;
	end = slice_find_slice(rest, SLICE("?="));
	if (end == rest.n)
		return 0;
	data = slice_head(rest, end);
	if ((how.p[0] | 0x20) == 'b')
		data = from_base64(mem, data);
	else if ((how.p[0] | 0x20) == 'q')
		data = from_quoted(mem, data, true);
	else
		return 0;
	*text = mail_utf8(mem, charset, data);
	return (size_t)(rest.p - s.p) + end + 2;
}

struct slice
mail_header_text(struct arena *mem, struct slice raw)
{
	struct buf b = {0};
	struct slice made, text;
	bool after = false;		/* blanks between two encoded words are not shown (RFC 2047 section 6.2) */
	size_t blanks = 0;

	for (size_t i = 0; i < raw.n;) {
		size_t n = raw.p[i] == '=' ? encoded_word(mem, slice_from(raw, i), &text) : 0;

		if (n) {
			if (after)
				b.n -= blanks;
			buf_slice_add(&b, text);
			i += n;
			after = true;
			blanks = 0;
		} else if (raw.p[i] == '\r' || raw.p[i] == '\n') {
			i++;
		} else {
			bool blank = raw.p[i] == ' ' || raw.p[i] == '\t';

			blanks = blank ? blanks + 1 : 0;
			after = after && blank;
			buf_byte(&b, blank ? ' ' : raw.p[i]);
			i++;
		}
	}
	made = mail_utf8(mem, SLICE(""), arena_slice(mem, slice_trim(buf_slice(&b))));
	buf_free(&b);
	return made;
}
