#include "lib/event/plan_run.h"

/* Times by the byte: logs stay within a day for thousands of records. */
static inline unsigned
two(const char *p)
{
	unsigned a = (unsigned)(unsigned char)p[0] - '0', b = (unsigned)(unsigned char)p[1] - '0';

	return a > 9 || b > 9 ? 1000 : a * 10 + b;
}

/* The kind of a time's zone that is read by the byte. */
enum zone_kind { NO_ZONE, ZONE_UTC, ZONE_OTHER };

/*
 * YYYY-MM-DD of the day that was read last, then ?HH:MM:SS, a fraction of up to nine digits, and nothing, Z, +0000 or +00:00:
 * its instant and how many bytes its fraction has.  ZONE_OTHER: anything else.
 */
static inline enum zone_kind
plain_time(const struct run *r, struct slice s, struct stamp *at, size_t *places)
{
	static const uint32_t scale[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
	unsigned h, m, sec;
	uint32_t ns = 0;
	size_t n = 0;

	if (s.n < 19 || memcmp(s.p, r->day.text, 8) != 0 || memcmp(s.p + 7, r->day.text + 7, 4) != 0 || s.p[13] != ':' ||
	    s.p[16] != ':')
		return ZONE_OTHER;
	h = two(s.p + 11), m = two(s.p + 14), sec = two(s.p + 17);
	if (h > 23 || m > 59 || sec > 59)
		return ZONE_OTHER;
	s = slice_from(s, 19);
	if (s.n && s.p[0] == '.') {
		s = slice_from(s, 1);
		for (; n < s.n && n < 9 && num_digit(s.p[n]); n++)
			ns = ns * 10 + (uint32_t)(s.p[n] - '0');
		if (n == 0)
			return ZONE_OTHER;
		s = slice_from(s, n);
	}
	*places = n;
	*at = (struct stamp){r->day.start + h * 3600 + m * 60 + sec, ns * scale[n]};
	if (s.n == 0)
		return NO_ZONE;
	if ((s.n == 1 && s.p[0] == 'Z') || (s.n == 5 && memcmp(s.p, "+0000", 5) == 0) ||
	    (s.n == 6 && memcmp(s.p, "+00:00", 6) == 0))
		return ZONE_UTC;
	return ZONE_OTHER;
}

/* Keeps the day of a time that was read in full and is the same in both directions. */
static void
keep_day(struct run *r, struct slice s, struct stamp at)
{
	char t[STAMP_LEN];
	int64_t start;

	if (s.n < 19 || s.p[4] != '-' || (s.p[10] != 'T' && s.p[10] != ' '))
		return;
	stamp_put(t, at);
	if (memcmp(t, s.p, 10) != 0 || memcmp(t + 11, s.p + 11, 8) != 0)
		return;
	start = at.s - at.s % 86400;
	if (at.s < 0)
		return;
	memcpy(r->day.text, s.p, sizeof r->day.text);
	r->day.start = start;
}

const char plan_pairs[200] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960"
    "616263646566676869707172737475767778798081828384858687888990919293949596979899";

static inline void
put_two(char *p, unsigned v)
{
	memcpy(p, plan_pairs + 2 * v, 2);
}

void
plan_stamp(struct run *r, struct stamp at, char *p)
{
	int64_t left = at.s - r->shown.start;
	unsigned t, ns = at.ns;

	if (left < 0 || left >= 86400 || r->shown.text[0] == 0) {
		stamp_put(p, at);
		if (at.s >= 0) {
			memcpy(r->shown.text, p, sizeof r->shown.text);
			r->shown.start = at.s - at.s % 86400;
		}
		return;
	}
	t = (unsigned)left;
	memcpy(p, r->shown.text, sizeof r->shown.text);
	p[10] = 'T';
	put_two(p + 11, t / 3600);
	p[13] = ':';
	put_two(p + 14, t / 60 % 60);
	p[16] = ':';
	put_two(p + 17, t % 60);
	p[19] = '.';
	for (int i = 27; i > 20; i -= 2, ns /= 100)
		put_two(p + i, ns % 100);
	p[20] = (char)('0' + ns);
	p[29] = 'Z';
}

bool
plan_date(struct run *r, enum field f, struct slice s)
{
	struct stamp at;
	size_t places;
	bool zoned;
	char *p;

	if (plain_time(r, s, &at, &places) == ZONE_OTHER) {
		if (s.n >= 19 && time_text(s, &at, &zoned))
			keep_day(r, s, at);
		return false;
	}
	p = plan_room(r, STAMP_LEN);
	plan_stamp(r, at, p);
	return plan_value(r, f, slice_of(p, STAMP_LEN));
}

enum { TIME_IS = 1, TIME_OFFSET = 2, TIME_NAMED = 4 };

static void
time_in_full(struct run *r, struct slice s, bool utc)
{
	struct event *x = &r->x;
	struct view v = {.e = x, .options = r->options};

	x->err = 0;
	x->tz = SLICE("utc");
	if (s.n && view_time_text(&v, s, utc)) {
		r->at = x->at;
		r->got.fields = TIME_IS;
		if (!slice_eq(x->tz, SLICE("utc")))
			r->got.fields |= slice_eq(x->tz, SLICE("offset")) ? TIME_OFFSET : TIME_NAMED;
		keep_day(r, s, x->at);
	}
	r->got.err = x->err;
}

void
plan_time(struct run *r, const struct plan_step *step)
{
	struct slice t = plan_slot(r, step);
	bool utc = step->field, local = !utc && r->options && r->options->zone;
	enum zone_kind zone;
	size_t places;

	/* A backslash is no part of such a time. */
	zone = plain_time(r, t, &r->at, &places);
	if (zone == ZONE_OTHER || (zone == NO_ZONE && local)) {
		time_in_full(r, plan_text(r, step->slot).s, utc);
		return;
	}
	r->got.fields = TIME_IS;
	r->got.err = zone == NO_ZONE && !utc ? 1u << ERR_zone_assumed : 0;
}
