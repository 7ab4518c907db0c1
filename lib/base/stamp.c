#include "lib/base/stamp.h"

#include "lib/base/num.h"

#include <time.h>

enum { DAY = 86400 };

static const int64_t first_second = -62135596800;	/* 0001-01-01T00:00:00Z */
static const int64_t last_second = 253402300799;	/* 9999-12-31T23:59:59Z */

static bool
in_years(int64_t s)
{
	return s >= first_second && s <= last_second;
}

/* Days and civil dates by 400-year eras that begin on the first of March (Hinnant, chrono-compatible algorithms). */
int64_t
stamp_days(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
date_of(int64_t days, struct stamp_civil *c)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	uint32_t of_era = (uint32_t)(z - era * 146097);
	uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint32_t m = (5 * of_year + 2) / 153;

	c->day = (int)(of_year - (153 * m + 2) / 5 + 1);
	c->month = (int)(m < 10 ? m + 3 : m - 9);
	c->year = (int)((int64_t)year + era * 400) + (c->month <= 2);
}

static int
days_in(int year, int month)
{
	static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

bool
stamp_civil_ok(const struct stamp_civil *c)
{
	if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 || c->hour < 0 || c->hour > 23)
		return false;
	if (c->minute < 0 || c->minute > 59 || c->second < 0 || c->second > 60 || c->ns > 999999999)
		return false;
	return c->day <= 28 || c->day <= days_in(c->year, c->month);
}

int64_t
stamp_seconds(const struct stamp_civil *c)
{
	int second = c->second > 59 ? 59 : c->second;

	return stamp_days(c->year, c->month, c->day) * DAY + c->hour * 3600 + c->minute * 60 + second;
}

struct stamp_civil
stamp_split(struct stamp t)
{
	struct stamp_civil c = {.ns = t.ns};
	int64_t days = t.s / DAY;
	int32_t left = (int32_t)(t.s % DAY);

	if (left < 0) {
		left += DAY;
		days--;
	}
	date_of(days, &c);
	c.hour = left / 3600;
	c.minute = left / 60 % 60;
	c.second = left % 60;
	return c;
}

/* Two digits, or something over 99. */
static inline unsigned
two(const char *p)
{
	unsigned a = (unsigned)(unsigned char)p[0] - '0', b = (unsigned)(unsigned char)p[1] - '0';

	return a > 9 || b > 9 ? 1000 : a * 10 + b;
}

/* Reads YYYY-MM-DD?HH:MM:SS of 19 bytes; the byte between date and time is the caller's. */
static bool
fields(const char *p, char sep, struct stamp_civil *c)
{
	unsigned century = two(p), year = two(p + 2), month = two(p + 5), day = two(p + 8);
	unsigned hour = two(p + 11), minute = two(p + 14), second = two(p + 17);

	if (p[4] != sep || p[7] != sep || p[13] != ':' || p[16] != ':')
		return false;
	if ((century | year | month | day | hour | minute | second) >= 512)
		return false;
	*c = (struct stamp_civil){
		.year = (int)(century * 100 + year), .month = (int)month, .day = (int)day,
		.hour = (int)hour, .minute = (int)minute, .second = (int)second,
	};
	return stamp_civil_ok(c);
}

/* The digits behind the point, as nanoseconds; more than nine are cut.  Returns how many bytes there were, 0: none. */
static size_t
fraction(struct slice s, uint32_t *ns)
{
	static const uint32_t scale[] = {0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	uint64_t v;
	size_t n = num_digits(s, 9, &v);

	*ns = (uint32_t)v * scale[n];
	if (n == 9)
		while (n < s.n && num_digit(s.p[n]))
			n++;
	return n;
}

/* Leap seconds have no number of their own in this count: the last moment of the minute stands for all of them. */
static struct stamp
moment(const struct stamp_civil *c)
{
	return (struct stamp){stamp_seconds(c), c->second == 60 ? 999999999 : c->ns};
}

/* "+hh:mm"; loose: also "+hhmm" and "+hh".  RFC 3339 section 5.6, time-numoffset. */
static bool
offset(struct slice s, bool loose, int64_t *seconds)
{
	unsigned hour, minute = 0;

	if (s.n < 3 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	hour = two(s.p + 1);
	if (s.n == 6 && s.p[3] == ':')
		minute = two(s.p + 4);
	else if (loose && s.n == 5)
		minute = two(s.p + 3);
	else if (!loose || s.n != 3)
		return false;
	if (hour > 23 || minute > 59)
		return false;
	*seconds = (int64_t)(hour * 3600 + minute * 60);
	if (s.p[0] == '-')
		*seconds = -*seconds;
	return true;
}

static bool
is_utc(struct slice s, bool loose)
{
	if (s.n == 1)
		return (s.p[0] | 0x20) == 'z';
	return loose && s.n == 3 && (memcmp(s.p, "UTC", 3) == 0 || memcmp(s.p, "GMT", 3) == 0);
}

/* What stands behind the seconds and their fraction. */
static bool
zone_part(struct slice s, bool loose, int64_t *seconds, bool *zoned)
{
	*seconds = 0;
	*zoned = s.n > 0;
	if (s.n == 0)
		return loose;
	if (loose && s.n > 1 && s.p[0] == ' ')
		s = slice_from(s, 1);
	return is_utc(s, loose) || offset(s, loose, seconds);
}

static bool
read_iso(struct slice s, struct stamp *out, bool loose, bool *zoned)
{
	struct stamp_civil c;
	struct stamp t;
	int64_t east;

	*zoned = false;
	if (s.n < 19 || (s.p[10] != 'T' && s.p[10] != ' ' && s.p[10] != 't'))
		return false;
	if (!fields(s.p, loose && s.p[4] == '/' ? '/' : '-', &c))
		return false;
	s = slice_from(s, 19);
	if (s.n && (s.p[0] == '.' || (loose && s.p[0] == ','))) {
		size_t n = fraction(slice_from(s, 1), &c.ns);

		if (n == 0)
			return false;
		s = slice_from(s, n + 1);
	}
	if (!zone_part(s, loose, &east, zoned))
		return false;
	t = moment(&c);
	t.s -= east;
	*out = t;
	return in_years(t.s);
}

bool
stamp_rfc3339(struct slice s, struct stamp *out)
{
	bool zoned;

	return read_iso(s, out, false, &zoned);
}

bool
stamp_iso(struct slice s, struct stamp *out, bool *zoned)
{
	return read_iso(s, out, true, zoned);
}

bool
stamp_read(struct slice s, struct stamp *out)
{
	struct stamp_civil c;

	if (s.n != STAMP_LEN || s.p[10] != 'T' || s.p[19] != '.' || s.p[29] != 'Z')
		return false;
	if (!fields(s.p, '-', &c) || c.second == 60 || fraction(slice_of(s.p + 20, 9), &c.ns) != 9)
		return false;
	*out = (struct stamp){stamp_seconds(&c), c.ns};
	return true;
}

bool
stamp_epoch(struct slice s, struct stamp *out)
{
	static const uint32_t per_second[] = {1, 1000, 1000000, 1000000000};
	static const signed char unit[20] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, -1, 1, 1, -1, 2, 2, -1, 3, 3};
	uint64_t v;
	size_t n = num_digits(s, 19, &v);
	struct slice rest = slice_from(s, n);
	uint32_t ns = 0, per;

	if (unit[n] < 0)
		return false;
	if (rest.n) {
		if (unit[n] != 0 || rest.p[0] != '.')
			return false;
		rest = slice_from(rest, 1);
		if (rest.n == 0 || fraction(rest, &ns) != rest.n)
			return false;
	}
	per = per_second[(int)unit[n]];
	*out = (struct stamp){(int64_t)(v / per), per == 1 ? ns : (uint32_t)(v % per) * (1000000000 / per)};
	return true;
}

int
stamp_month(struct slice s)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (s.n == 3)
		for (int i = 0; i < 12; i++)
			if (slice_eq_nocase(s, slice_of(names + 3 * i, 3)))
				return i + 1;
	return 0;
}

struct stamp
stamp_filetime(uint64_t v)
{
	return (struct stamp){(int64_t)(v / 10000000) - 11644473600, (uint32_t)(v % 10000000) * 100};
}

static inline void
put_two(char *p, unsigned v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
}

/* A moment outside the years 0001 to 9999 has no such text: the nearest that has stands for it. */
void
stamp_put(char out[STAMP_LEN], struct stamp t)
{
	struct stamp_civil c;
	uint32_t ns;

	if (t.s < first_second)
		t = (struct stamp){first_second, 0};
	else if (t.s > last_second)
		t = (struct stamp){last_second, 999999999};
	else if (t.ns > 999999999)
		t.ns = 999999999;
	c = stamp_split(t);
	ns = c.ns;
	memcpy(out, "0000-00-00T00:00:00.000000000Z", STAMP_LEN);
	put_two(out, (unsigned)c.year / 100);
	put_two(out + 2, (unsigned)c.year % 100);
	put_two(out + 5, (unsigned)c.month);
	put_two(out + 8, (unsigned)c.day);
	put_two(out + 11, (unsigned)c.hour);
	put_two(out + 14, (unsigned)c.minute);
	put_two(out + 17, (unsigned)c.second);
	for (int i = 28; ns; i--, ns /= 10)
		out[i] = (char)('0' + ns % 10);
}

void
stamp_add(struct buf *b, struct stamp t)
{
	buf_room(b, STAMP_LEN);
	stamp_put(b->p + b->n, t);
	b->n += STAMP_LEN;
}

struct stamp
stamp_clock(void)
{
	struct timespec t = {0};

	/* It fails for a bad clock number or address only. */
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (struct stamp){t.tv_sec, (uint32_t)t.tv_nsec};
}

bool
stamp_duration(struct slice s, int64_t *seconds)
{
	static const char unit[] = "smhdw";
	static const int64_t worth[] = {1, 60, 3600, DAY, 7 * DAY};
	const char *hit = unit;
	int64_t v;

	if (s.n == 0 || !num_digit(s.p[0]))
		return false;
	if (!num_digit(s.p[s.n - 1])) {
		hit = memchr(unit, s.p[s.n - 1], sizeof unit - 1);
		s.n--;
	}
	if (hit == NULL || !num_i64(s, &v))
		return false;
	return !__builtin_mul_overflow(v, worth[hit - unit], seconds);
}
