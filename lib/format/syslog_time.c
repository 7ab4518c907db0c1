/* Times of syslog lines: RFC 3164 section 4.1.2 and what really stands there. */
#include "lib/format/syslog.h"

#include "lib/base/num.h"

static bool
two(const char *p, int *out)
{
	if (!num_digit(p[0]) || !num_digit(p[1]))
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	return true;
}

/* hh:mm:ss[.frac] or [,frac]; its length, 0: none. */
static size_t
clock_time(struct slice s, struct stamp_civil *c)
{
	uint32_t scale = 100000000;
	size_t i = 8;

	if (s.n < 8 || s.p[2] != ':' || s.p[5] != ':' || !two(s.p, &c->hour) || !two(s.p + 3, &c->minute) || !two(s.p + 6,
	    &c->second))
		return 0;
	c->ns = 0;
	if (i + 1 < s.n && (s.p[i] == '.' || s.p[i] == ',') && num_digit(s.p[i + 1]))
		for (i++; i < s.n && num_digit(s.p[i]); i++, scale /= 10)
			c->ns += scale * (uint32_t)(s.p[i] - '0');
	return i;
}

/* As it is nearly always written; else without case. */
static int
month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (p[2] == names[3 * i + 2] && p[1] == names[3 * i + 1] && p[0] == names[3 * i])
			return i + 1;
	return stamp_month(slice_of(p, 3));
}

bool
syslog_month_day(struct slice s, int *month, int *day)
{
	if (s.n < 6 || s.p[3] != ' ' || (*month = month_of(s.p)) == 0)
		return false;
	if (s.p[4] == ' ' && num_digit(s.p[5]))
		*day = s.p[5] - '0';
	else if (num_digit(s.p[4]) && s.p[5] == ' ')
		*day = s.p[4] - '0';
	else if (!two(s.p + 4, day))
		return false;
	return *day >= 1 && *day <= 31;
}

/* A year as a word of its own: " 2024" */
static size_t
year(struct slice s, int *out)
{
	uint64_t v;

	if (s.n < 5 || s.p[0] != ' ' || num_digits(slice_from(s, 1), 5, &v) != 4 || v < 1970)
		return 0;
	if (s.n > 5 && s.p[5] != ' ' && s.p[5] != ':')
		return 0;
	*out = (int)v;
	return 5;
}

/* Mmm dd [yyyy] hh:mm:ss[.frac] [yyyy] */
static size_t
by_month(struct slice s, struct syslog_time *t)
{
	struct stamp_civil c = {0};
	size_t at, n;

	if (!syslog_month_day(s, &c.month, &c.day))
		return 0;
	at = num_digit(s.p[4]) && s.p[5] == ' ' ? 5 : 6;
	if (s.n > at && s.p[at] == ' ' && (n = year(slice_from(s, at), &c.year)) > 0)
		at += n;
	if (s.n <= at || s.p[at] != ' ')
		return 0;
	n = clock_time(slice_from(s, at + 1), &c);
	if (n == 0)
		return 0;
	at += 1 + n;
	if (c.year == 0)
		at += year(slice_from(s, at), &c.year);
	t->kind = c.year ? CLOCK_LOCAL : CLOCK_NO_YEAR;
	t->civil = c;
	if (c.year == 0)
		c.year = 2000;		/* a leap year: 29 Feb may be right */
	return stamp_civil_ok(&c) ? at : 0;
}

/* yyyy-mm-ddThh:mm:ss..., or with a blank and then perhaps UTC or GMT. */
static size_t
by_number(struct slice s, struct syslog_time *t)
{
	size_t n = slice_find(s, ' ');
	bool zoned = false;

	if (n == 10) {
		size_t more = slice_find(slice_from(s, 11), ' ');
		struct slice zone = slice_from(s, 11 + more);

		n += 1 + more;
		if (slice_starts(zone, SLICE(" UTC ")) || slice_starts(zone, SLICE(" GMT "))) {
			if (!stamp_iso(slice_head(s, n), &t->at, &zoned))
				return 0;
			t->kind = CLOCK_UTC;
			return n + 4;
		}
	}
	if (n > 0 && s.p[n - 1] == ':')
		n--;
	if (!stamp_iso(slice_head(s, n), &t->at, &zoned))
		return 0;
	t->kind = zoned ? CLOCK_UTC : CLOCK_LOCAL;
	if (!zoned)
		t->civil = stamp_split(t->at);
	return n;
}

/* Sun Jun  8 hh:mm:ss yyyy, as vsftpd and others write ctime(3). */
static size_t
behind_weekday(struct slice s, struct syslog_time *t)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	size_t n;

	if (s.n < 24 || s.p[3] != ' ')
		return 0;
	for (size_t i = 0; i < 21; i += 3)
		if (memcmp(s.p, days + i, 3) == 0) {
			n = by_month(slice_from(s, 4), t);
			return n ? n + 4 : 0;
		}
	return 0;
}

/* @ and 24 hex digits, TAI64N, as multilog writes it: seconds since 1970 TAI, which libtai has 10 s before UTC. */
static size_t
tai64n(struct slice s, struct syslog_time *t)
{
	uint64_t sec, ns;

	if (s.n < 26 || s.p[25] != ' ' || !num_hex(slice_of(s.p + 1, 16), &sec) || !num_hex(slice_of(s.p + 17, 8), &ns) ||
	    ns > 999999999)
		return 0;
	if (sec < (UINT64_C(1) << 62) + 10 || sec > (UINT64_C(1) << 62) + UINT64_C(253402300799))
		return 0;
	t->at = (struct stamp){(int64_t)(sec - (UINT64_C(1) << 62) - 10), (uint32_t)ns};
	t->kind = CLOCK_UTC;
	t->text = slice_head(s, 25);
	return 25;
}

size_t
syslog_time(struct slice s, struct syslog_time *t)
{
	size_t at = s.n && s.p[0] == '[', n;

	if (s.n < 15)
		return 0;
	if (s.p[0] == '@')
		return tai64n(s, t);
	s = slice_from(s, at);
	n = num_digit(s.p[0]) ? by_number(at ? slice_head(s, slice_find(s, ']')) : s, t) : by_month(s, t);
	if (n == 0)
		n = behind_weekday(s, t);
	if (n == 0)
		return 0;
	t->text = slice_head(s, n);
	if (at == 0)
		return n;
	return n < s.n && s.p[n] == ']' ? n + 2 : 0;
}

size_t
syslog_pri(struct slice s, int *pri)
{
	uint64_t v;
	size_t n;

	if (s.n < 3 || s.p[0] != '<')
		return 0;
	n = num_digits(slice_from(s, 1), 3, &v);
	if (n == 0 || n + 1 >= s.n || s.p[n + 1] != '>' || v > 191 || (n > 1 && s.p[1] == '0'))
		return 0;
	*pri = (int)v;
	return n + 2;
}
