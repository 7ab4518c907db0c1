/* RFC 5424: HEADER, STRUCTURED-DATA, MSG. */
#include "lib/format/syslog.h"

#include "lib/base/num.h"
#include "lib/base/utf8.h"

enum { PARAMS = 64, IDS = 64 };

/* A header word of at most `max` printable ASCII characters (section 6); its length, 0: none. */
static size_t
word(struct slice s, size_t max, bool strict, struct slice *out)
{
	size_t n = slice_find(s, ' ');

	if (strict) {
		if (n > max)
			return 0;
		for (size_t i = 0; i < n; i++)
			if (s.p[i] < 33 || s.p[i] > 126)
				return 0;
	}
	if (n != 1 || s.p[0] != '-')
		*out = slice_head(s, n);
	return n;
}

/* Section 6.2.3: RFC 3339 in upper case, at most six digits of fraction, no leap second. */
static bool
strict_time(struct slice s)
{
	size_t dot = slice_find(s, '.'), digits = 0;
	uint64_t v;

	if (s.n < 20 || s.p[10] != 'T' || slice_find(s, 'z') < s.n || slice_find(s, ',') < s.n)
		return false;
	if (s.p[17] > '5')
		return false;
	if (dot < s.n)
		digits = num_digits(slice_from(s, dot + 1), 18, &v);
	return dot == s.n || (digits >= 1 && digits <= 6);
}

static size_t
time_word(struct slice s, bool strict, struct syslog_time *t)
{
	size_t n = slice_find(s, ' ');
	bool zoned = false;

	t->text = slice_head(s, n);
	if (n == 1 && s.p[0] == '-') {
		t->text.n = 0;
		return n;
	}
	if (strict ? !strict_time(t->text) || !stamp_rfc3339(t->text, &t->at) : !stamp_iso(t->text, &t->at, &zoned)) {
		t->text = (struct slice){NULL, 0};
		return 0;
	}
	t->kind = strict || zoned ? CLOCK_UTC : CLOCK_LOCAL;
	if (t->kind == CLOCK_LOCAL)
		t->civil = stamp_split(t->at);
	return n;
}

static size_t
version(struct slice s, unsigned *out)
{
	uint64_t v;
	size_t n = num_digits(s, 3, &v);

	if (n == 0 || s.p[0] == '0')
		return 0;
	*out = (unsigned)v;
	return n < s.n && s.p[n] == ' ' ? n : 0;
}

/* The five words between VERSION and STRUCTURED-DATA; *at moves behind each that is good. */
static bool
words(struct slice in, bool strict, struct syslog *s, size_t *at)
{
	static const size_t max[] = {255, 48, 128, 32};
	struct slice *const to[] = {&s->host, &s->app, &s->procid, &s->msgid};
	size_t n = time_word(slice_from(in, *at), strict, &s->time);

	for (size_t i = 0; ; i++) {
		if (n == 0 || *at + n >= in.n)
			return false;
		*at += n + 1;
		if (i == sizeof to / sizeof *to)
			return true;
		n = word(slice_from(in, *at), max[i], strict, to[i]);
	}
}

bool
syslog_5424(struct slice in, bool strict, struct syslog *s, size_t *at)
{
	size_t n;
	bool ok = true;

	*s = (struct syslog){.pri = -1};
	*at = syslog_pri(in, &s->pri);
	if (*at == 0)
		return false;
	n = version(slice_from(in, *at), &s->version);
	if (n == 0)
		return false;
	*at += n + 1;
	if (!words(in, strict, s, at))
		return false;
	if (in.p[*at] == '-')
		n = 1;
	else
		n = syslog_sd(slice_from(in, *at), strict, NULL, &ok);
	s->sd = in.p[*at] == '-' ? (struct slice){NULL, 0} : slice_head(slice_from(in, *at), n);
	if (n == 0 || !ok || (*at + n < in.n && in.p[*at + n] != ' '))
		return false;
	*at += n;
	s->msg = slice_from(in, *at + 1);
	(void)body_skip(&s->msg, SLICE("\xef\xbb\xbf"));
	return !strict || utf8_bad(s->msg) == s->msg.n;
}

/* ---- section 6.3 ----------------------------------------------------------------------------------------------------------- */

/* SD-NAME: printable, without `=`, blank, `]`, `"`. */
static size_t
sd_name(struct slice s, bool strict)
{
	size_t n = 0;

	while (n < s.n && (unsigned char)s.p[n] > 32 && s.p[n] != '=' && s.p[n] != ']' && s.p[n] != '"' && s.p[n] != 127)
		n++;
	return strict && n > 32 ? 0 : n;
}

/* Behind the closing quote of a PARAM-VALUE that starts at s; 0: it is damaged. */
static size_t
sd_value(struct slice s, bool strict)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == ']' && strict)
			return 0;
		if (s.p[i] != '\\')
			continue;
		i++;
		if (strict && (i == s.n || (s.p[i] != '"' && s.p[i] != '\\' && s.p[i] != ']')))
			return 0;
	}
	return 0;
}

struct param {
	struct slice name, value;	/* value as written, escapes and all */
};

/* A backslash before another character stands for itself (section 6.3.3). */
static void
put_value(struct slice v, struct buf *out)
{
	struct buf plain = {0};

	if (slice_find(v, '\\') == v.n) {
		json_put_text(out, v);
		return;
	}
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '\\' && i + 1 < v.n && (v.p[i + 1] == '"' || v.p[i + 1] == '\\' || v.p[i + 1] == ']'))
			i++;
		buf_byte(&plain, v.p[i]);
	}
	json_put_text(out, buf_slice(&plain));
	buf_free(&plain);
}

static size_t
next_equal(const struct param *p, size_t from, size_t n, struct slice name)
{
	while (from < n && !slice_eq(p[from].name, name))
		from++;
	return from;
}

static void
put_params(const struct param *p, size_t n, struct buf *out)
{
	bool comma = false;

	buf_byte(out, '{');
	for (size_t i = 0; i < n; i++) {
		size_t again = next_equal(p, i + 1, n, p[i].name);

		if (next_equal(p, 0, i, p[i].name) < i)
			continue;
		if (comma)
			buf_byte(out, ',');
		comma = true;
		json_put_key(out, p[i].name);
		if (again < n)
			buf_byte(out, '[');
		put_value(p[i].value, out);
		for (; again < n; again = next_equal(p, again + 1, n, p[i].name)) {
			buf_byte(out, ',');
			put_value(p[again].value, out);
		}
		if (next_equal(p, i + 1, n, p[i].name) < n)
			buf_byte(out, ']');
	}
	buf_byte(out, '}');
}

/* The parameters behind an SD-ID up to `]`; returns the place behind it, 0: damaged (what came before is in p). */
static size_t
params(struct slice s, bool strict, struct param *p, size_t *n)
{
	size_t at = 0;

	for (*n = 0; at < s.n && s.p[at] == ' ';) {
		size_t len = sd_name(slice_from(s, at + 1), strict), value = at + 1 + len + 2, end;

		if (len == 0 || value > s.n || s.p[value - 2] != '=' || s.p[value - 1] != '"')
			return 0;
		end = sd_value(slice_from(s, value), strict);
		if (end == 0 || value + end >= s.n || (s.p[value + end] != ' ' && s.p[value + end] != ']'))
			return 0;
		if (*n < PARAMS)
			p[(*n)++] = (struct param){slice_of(s.p + at + 1, len), slice_of(s.p + value, end - 1)};
		at = value + end;
	}
	return at < s.n && s.p[at] == ']' ? at + 1 : 0;
}

size_t
syslog_sd(struct slice s, bool strict, struct buf *json, bool *ok)
{
	struct slice id[IDS];
	struct param p[PARAMS];
	size_t ids = 0, at = 0;

	*ok = false;
	while (at < s.n && s.p[at] == '[') {
		size_t n = sd_name(slice_from(s, at + 1), strict), count = 0, end, same = 0;

		if (n == 0)
			goto out;
		id[ids] = slice_of(s.p + at + 1, n);
		while (!slice_eq(id[same], id[ids]))
			same++;
		if (same < ids && strict)
			goto out;
		end = params(slice_from(s, at + 1 + n), strict, p, &count);
		if (json && same == ids) {
			buf_byte(json, ids ? ',' : '{');
			json_put_key(json, id[ids]);
			put_params(p, count, json);
		}
		ids += same == ids;
		if (end == 0 || ids == IDS)
			goto out;
		at += 1 + n + end;
	}
	*ok = at > 0;
out:
	if (json && ids)
		buf_byte(json, '}');
	return at;
}
