#include "tests/maker/maker.h"

#include <stdarg.h>
#include <stdio.h>

uint64_t
rng_next(struct rng *r)
{
	uint64_t z = r->s += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

int64_t
rng_span(struct rng *r, int64_t from, int64_t to)
{
	return from + (int64_t)(rng_next(r) % (uint64_t)(to - from + 1));
}

bool
rng_chance(struct rng *r, unsigned per_mille)
{
	return rng_below(r, 1000) < per_mille;
}

/* Days since 1970 by the proleptic Gregorian calendar, years counted from March. */
static int64_t
days(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, yoe = y % 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t
when_at(int year, int month, int day, int hour, int minute, int second)
{
	return (days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * SECOND;
}

struct civil
when_split(int64_t us)
{
	int64_t s = us / SECOND, z = s / 86400 + 719468, of_day = s % 86400;
	int64_t era = z / 146097, doe = z % 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;

	return (struct civil){
		.year = (int)(yoe + era * 400 + (month <= 2)), .month = (int)month, .day = (int)(doy - (153 * mp + 2) / 5 + 1),
		.hour = (int)(of_day / 3600), .minute = (int)(of_day / 60 % 60), .second = (int)(of_day % 60),
		.micro = (int)(us % SECOND),
	};
}

static const char month_name[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void
clock_of(struct buf *b, const struct civil *c)
{
	buf_pad(b, (uint64_t)c->hour, 2);
	buf_byte(b, ':');
	buf_pad(b, (uint64_t)c->minute, 2);
	buf_byte(b, ':');
	buf_pad(b, (uint64_t)c->second, 2);
}

static void
date(struct buf *b, const struct civil *c)
{
	buf_pad(b, (uint64_t)c->year, 4);
	buf_byte(b, '-');
	buf_pad(b, (uint64_t)c->month, 2);
	buf_byte(b, '-');
	buf_pad(b, (uint64_t)c->day, 2);
}

void
when_iso(struct buf *b, int64_t us, int digits, const char *tail)
{
	struct civil c = when_split(us);

	date(b, &c);
	buf_byte(b, 'T');
	clock_of(b, &c);
	if (digits > 0) {
		buf_byte(b, '.');
		buf_pad(b, (uint64_t)(digits == 3 ? c.micro / 1000 : c.micro), digits == 3 ? 3 : 6);
		for (int i = 6; i < digits; i++)
			buf_byte(b, '0');
	}
	buf_str(b, tail);
}

void
when_words(struct buf *b, int64_t us)
{
	struct civil c = when_split(us);

	date(b, &c);
	buf_byte(b, ' ');
	clock_of(b, &c);
	buf_byte(b, '.');
	buf_pad(b, (uint64_t)(c.micro / 1000), 3);
}

void
when_rfc3164(struct buf *b, int64_t us)
{
	struct civil c = when_split(us);

	buf_add(b, month_name[c.month - 1], 3);
	buf_str(b, c.day < 10 ? "  " : " ");
	buf_u64(b, (uint64_t)c.day);
	buf_byte(b, ' ');
	clock_of(b, &c);
}

void
when_clf(struct buf *b, int64_t us)
{
	struct civil c = when_split(us);

	buf_pad(b, (uint64_t)c.day, 2);
	buf_byte(b, '/');
	buf_add(b, month_name[c.month - 1], 3);
	buf_byte(b, '/');
	buf_pad(b, (uint64_t)c.year, 4);
	buf_byte(b, ':');
	clock_of(b, &c);
	buf_lit(b, " +0000");
}

void
when_epoch(struct buf *b, int64_t us)
{
	buf_u64(b, (uint64_t)(us / SECOND));
	buf_byte(b, '.');
	buf_pad(b, (uint64_t)(us % SECOND), 6);
}

static void
vput(struct buf *b, const char *fmt, va_list ap)
{
	va_list twice;
	int n;

	va_copy(twice, ap);
	n = vsnprintf(NULL, 0, fmt, twice);
	va_end(twice);
	buf_room(b, (size_t)n + 1);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
}

void
put_f(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vput(b, fmt, ap);
	va_end(ap);
}

static void
text(struct buf *b, struct slice s)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_byte(b, '\\');
		if (c == '\n')
			buf_lit(b, "\\n");
		else if (c < 0x20 && c != LOG_SEQ)
			put_f(b, "\\u%04x", c);
		else
			buf_byte(b, (char)c);
	}
	buf_byte(b, '"');
}

void
put_key(struct buf *b, const char *key)
{
	char last = b->n ? b->p[b->n - 1] : '{';

	if (last != '{' && last != '[')
		buf_byte(b, ',');
	if (key) {
		text(b, slice_str(key));
		buf_byte(b, ':');
	}
}

/* With no key it opens a record: no comma belongs before it, whatever ended the record before. */
void
put_open(struct buf *b, const char *key)
{
	if (key)
		put_key(b, key);
	buf_byte(b, '{');
}

void
put_close(struct buf *b)
{
	buf_byte(b, '}');
}

void
put_list(struct buf *b, const char *key)
{
	put_key(b, key);
	buf_byte(b, '[');
}

void
put_list_end(struct buf *b)
{
	buf_byte(b, ']');
}

void
put_str(struct buf *b, const char *key, const char *value)
{
	put_key(b, key);
	text(b, slice_str(value));
}

void
put_strf(struct buf *b, const char *key, const char *fmt, ...)
{
	struct buf t = {0};
	va_list ap;

	va_start(ap, fmt);
	vput(&t, fmt, ap);
	va_end(ap);
	put_key(b, key);
	text(b, buf_slice(&t));
	buf_free(&t);
}

void
put_num(struct buf *b, const char *key, int64_t value)
{
	put_key(b, key);
	buf_i64(b, value);
}

void
put_bool(struct buf *b, const char *key, bool value)
{
	put_raw(b, key, value ? "true" : "false");
}

void
put_raw(struct buf *b, const char *key, const char *json)
{
	put_key(b, key);
	buf_str(b, json);
}
