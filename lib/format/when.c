/* Times by a pattern. */
#include "lib/format/when.h"

#include "lib/base/num.h"

static size_t
number(struct slice s, size_t most, int *out)
{
	uint64_t v;
	size_t n = num_digits(s, most, &v);

	if (n)
		*out = (int)v;
	return n;
}

/* Fractions of a second of any length. */
static size_t
fraction(struct slice s, uint32_t *ns)
{
	uint32_t scale = 100000000;
	size_t n = 0;

	*ns = 0;
	for (; n < s.n && num_digit(s.p[n]); n++, scale /= 10)
		*ns += scale * (uint32_t)(s.p[n] - '0');
	return n;
}

static size_t
letters(struct slice s)
{
	size_t n = 0;

	while (n < s.n && ((s.p[n] | 0x20) >= 'a' && (s.p[n] | 0x20) <= 'z'))
		n++;
	return n;
}

/* Z, UTC, GMT, GMT+02:00, +0200, +02:00, +02; names that mean several zones are no zone: *known false. */
static size_t
zone(struct slice s, bool *known, int *offset)
{
	size_t n = letters(s), at, k;
	uint64_t h, m = 0;
	bool utc = slice_eq(slice_head(s, n), SLICE("UTC")) || slice_eq(slice_head(s, n), SLICE("GMT")) || slice_eq(slice_head(s,
	    n), SLICE("Z"));

	*known = utc;
	*offset = 0;
	if (n && !utc)
		return n;
	if (n == s.n || (s.p[n] != '+' && s.p[n] != '-'))
		return n;
	at = n + 1;
	k = num_digits(slice_from(s, at), 2, &h);
	if (k != 2 || h > 14)
		return n;
	at += 2;
	at += at < s.n && s.p[at] == ':';
	k = num_digits(slice_from(s, at), 2, &m);
	if (k == 2 && m < 60)
		at += 2;
	else
		m = 0;
	*known = true;
	*offset = (int)(h * 3600 + m * 60) * (s.p[n] == '-' ? -1 : 1);
	return at;
}

/* Hours of twelve come with AM or PM. */
struct half {
	bool given, pm;
};

static size_t
piece(char letter, size_t width, struct slice s, struct when *w, struct half *half)
{
	size_t n;

	switch (letter) {
	case 'y':
		n = number(s, 4, &w->c.year);
		w->yeared = n == 4 || n == 2;
		w->c.year += n == 2 ? 2000 : 0;
		return w->yeared ? n : 0;
	case 'M':
		if (width < 3)
			return number(s, 2, &w->c.month);
		w->c.month = stamp_month(slice_head(s, 3));
		return w->c.month ? (width > 3 ? letters(s) : 3) : 0;
	case 'd':
		n = s.n && s.p[0] == ' ' ? 1 : 0;
		return number(slice_from(s, n), 2, &w->c.day) ? n + number(slice_from(s, n), 2, &w->c.day) : 0;
	case 'H':
	case 'h':
	case 'k':
	case 'K':
		return number(s, 2, &w->c.hour);
	case 'm':
		return number(s, 2, &w->c.minute);
	case 's':
		return number(s, 2, &w->c.second);
	case 'S':
		return fraction(s, &w->c.ns);
	case 'a':
		half->given = s.n >= 2 && (s.p[1] | 0x20) == 'm' && ((s.p[0] | 0x20) == 'a' || (s.p[0] | 0x20) == 'p');
		half->pm = half->given && (s.p[0] | 0x20) == 'p';
		return half->given ? 2 : 0;
	case 'E':
		return letters(s);
	default:
		return zone(s, &w->zoned, &w->offset);
	}
}

static bool
is_letter(char c)
{
	return c && strchr("yMdHhkKmsSaEzZX", c);
}

static bool
sound(struct when *w, const struct half *half)
{
	struct stamp_civil c = w->c;

	if (half->given && (w->c.hour < 1 || w->c.hour > 12))
		return false;
	if (half->given)
		w->c.hour = w->c.hour % 12 + (half->pm ? 12 : 0);
	c = w->c;
	w->dated = c.month && c.day;
	if (!w->yeared)
		c.year = 2000;			/* a leap year: 29 Feb may be right */
	if (!w->dated)
		c.month = c.day = 1;
	return stamp_civil_ok(&c);
}

size_t
when_read(struct slice text, struct slice pattern, struct when *w)
{
	struct half half = {0};
	size_t at = 0;
	bool quoted = false;

	*w = (struct when){0};
	for (size_t i = 0; i < pattern.n;) {
		char c = pattern.p[i];
		size_t width = 1, n;

		if (c == '\'') {
			quoted = !quoted;
			i++;
			continue;
		}
		if (quoted || !is_letter(c)) {
			if (at == text.n || text.p[at] != c)
				return 0;
			at++;
			i++;
			continue;
		}
		while (i + width < pattern.n && pattern.p[i + width] == c)
			width++;
		n = piece(c, width, slice_from(text, at), w, &half);
		if (n == 0)
			return 0;
		at += n;
		i += width;
	}
	return sound(w, &half) ? at : 0;
}

/* What an earlier time of the same record needed is not said of this one. */
static void
forget(struct event *e)
{
	e->err &= ~(1u << ERR_year_inferred | 1u << ERR_year_assumed | 1u << ERR_zone_assumed | 1u << ERR_ambiguous_time);
}

void
when_set(const struct format_context *c, struct event *e, const struct when *w)
{
	struct stamp_civil civil = w->c;

	if (!w->dated)
		return;
	forget(e);
	if (!w->yeared) {
		struct format_year y = {0};

		civil.year = format_year_next(&y, c, civil.month, civil.day);
		for (int back = 0; back < 8 && !stamp_civil_ok(&civil); back++)
			civil.year--;
		if (c->year_err != ERR_COUNT)
			event_err(e, c->year_err);
	}
	if (!w->zoned) {
		format_time_local(c, e, &civil);
		return;
	}
	e->at.s = stamp_seconds(&civil) - w->offset;
	e->at.ns = civil.second == 60 ? 999999999 : civil.ns;
	e->timed = true;
	e->tz = w->offset ? SLICE("offset") : SLICE("utc");
}

bool
when_any(const struct format_context *c, struct event *e, struct slice text)
{
	static const struct slice patterns[] = {SLICE_INIT("MMM d yyyy HH:mm:ss.S z"), SLICE_INIT("MMM d yyyy HH:mm:ss.S"),
	    SLICE_INIT("MMM d yyyy HH:mm:ss z"), SLICE_INIT("MMM d yyyy HH:mm:ss"), SLICE_INIT("MMM d HH:mm:ss.S"),
	    SLICE_INIT("MMM d HH:mm:ss"),
	    SLICE_INIT("EEE MMM d HH:mm:ss z yyyy"), SLICE_INIT("EEE MMM d HH:mm:ss yyyy"), SLICE_INIT("yyyy/MM/dd HH:mm:ss"),
	    SLICE_INIT("dd MMM yyyy HH:mm:ss"), SLICE_INIT("EEE, d MMM yyyy HH:mm:ss z")};
	struct when w;
	struct stamp_civil civil;
	bool zoned = false;

	text = slice_trim(text);
	if (text.n < 9)
		return false;
	if (stamp_epoch(text, &e->at)) {
		forget(e);
		e->timed = true;
		e->tz = SLICE("utc");
		return true;
	}
	if (text.n >= 19 && stamp_iso(text, &e->at, &zoned)) {
		civil = stamp_split(e->at);
		forget(e);
		e->timed = true;
		e->tz = slice_ends(text, SLICE("Z")) ? SLICE("utc") : SLICE("offset");
		if (!zoned)
			format_time_local(c, e, &civil);
		return true;
	}
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		if (when_read(text, patterns[i], &w) == text.n && text.n) {
			when_set(c, e, &w);
			return true;
		}
	return false;
}
