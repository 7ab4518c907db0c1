#include "lib/report/esc.h"

#include "lib/base/fault.h"
#include "lib/base/num.h"
#include "lib/base/utf8.h"

static bool
plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Runs of printable ASCII go to `put` as they are; the rest is made harmless first. */
static void
each_run(struct buf *out, struct slice s, bool breaks, void (*put)(struct buf *, struct slice))
{
	struct buf safe = {0};
	size_t at = 0;

	while (at < s.n) {
		size_t from = at;

		while (at < s.n && (plain((unsigned char)s.p[at]) || (breaks && (s.p[at] == '\n' || s.p[at] == '\t'))))
			at++;
		put(out, slice_of(s.p + from, at - from));
		from = at;
		while (at < s.n && !plain((unsigned char)s.p[at]) && !(breaks && (s.p[at] == '\n' || s.p[at] == '\t')))
			at++;
		buf_reset(&safe);
		buf_harmless(&safe, slice_of(s.p + from, at - from));
		put(out, buf_slice(&safe));
	}
	buf_free(&safe);
}

static void
html_run(struct buf *out, struct slice s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *name = s.p[i] == '&' ? "&amp;" : s.p[i] == '<' ? "&lt;" : s.p[i] == '>' ? "&gt;" : s.p[i] == '"' ?
		    "&quot;" :
		    s.p[i] == '\'' ? "&#39;" : s.p[i] == '`' ? "&#96;" : NULL;

		if (!name)
			continue;
		buf_add(out, s.p + from, i - from);
		buf_str(out, name);
		from = i + 1;
	}
	buf_add(out, s.p + from, s.n - from);
}

void
esc_html(struct buf *out, struct slice s)
{
	each_run(out, s, true, html_run);
}

void
esc_xml(struct buf *out, struct slice s)
{
	size_t from = 0;

	for (size_t i = 0; i + 2 < s.n; i++)
		if (s.p[i] == '\xef' && s.p[i + 1] == '\xbf' && (s.p[i + 2] == '\xbe' || s.p[i + 2] == '\xbf')) {
			esc_html(out, slice_of(s.p + from, i - from));
			buf_str(out, s.p[i + 2] == '\xbe' ? "\\u{fffe}" : "\\u{ffff}");
			from = i + 3;
		}
	esc_html(out, slice_from(s, from));
}

static bool
punctuation(char c)
{
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

static void
md_run(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (punctuation(s.p[i]))
			buf_byte(out, '\\');
		buf_byte(out, s.p[i]);
	}
}

void
esc_md(struct buf *out, struct slice s)
{
	each_run(out, s, false, md_run);
}

/* Full-width = + - @ are taken for the narrow ones by some spreadsheets. */
static bool
formula(struct slice s)
{
	static const uint32_t wide[] = {0xFF1D, 0xFF0B, 0xFF0D, 0xFF20, 0x2212};
	size_t at = 0;
	uint32_t c;
	double number;

	if (num_f64(s, &number))
		return false;
	if (s.n && (s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n'))
		return true;
	while (at < s.n && s.p[at] == ' ')
		at++;
	if (at == s.n)
		return false;
	if (s.p[at] == '=' || s.p[at] == '+' || s.p[at] == '-' || s.p[at] == '@' || s.p[at] == '\t' || s.p[at] == '\r' ||
	    s.p[at] == '\n')
		return true;
	utf8_next(s, at, &c);
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (c == wide[i])
			return true;
	return false;
}

void
esc_csv(struct buf *out, struct slice s)
{
	struct buf safe = {0};
	bool bad, quote = formula(s);

	utf8_mend(s, &safe, &bad);
	for (size_t i = 0; i < safe.n && !quote; i++)
		quote = safe.p[i] == '"' || safe.p[i] == ',' || safe.p[i] == '\n' || safe.p[i] == '\r';
	if (quote)
		buf_byte(out, '"');
	if (formula(s))
		buf_byte(out, '\'');
	for (size_t i = 0; i < safe.n; i++) {
		if (safe.p[i] == '"')
			buf_byte(out, '"');
		buf_byte(out, safe.p[i]);
	}
	if (quote)
		buf_byte(out, '"');
	buf_free(&safe);
}

void
esc_defang(struct buf *out, struct slice s)
{
	if (slice_starts_nocase(s, SLICE("http"))) {
		buf_lit(out, "hxxp");
		s = slice_from(s, 4);
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && i > 0 && i + 1 < s.n)
			buf_lit(out, "[.]");
		else if (slice_starts(slice_from(s, i), SLICE("://")))
			buf_lit(out, "[:]");
		else
			buf_byte(out, s.p[i]);
	}
}

void
esc_percent(struct buf *out, struct slice s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80)
			buf_byte(out, (char)c);
		else if (num_digit((char)c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_byte(out, (char)c);
		else {
			buf_byte(out, '%');
			buf_byte(out, hex[c >> 4]);
			buf_byte(out, hex[c & 15]);
		}
	}
}
