/* Time zones out of TZif files (RFC 8536, RFC 9636), versions 1 to 4, with the POSIX rule of the footer. */
#include "lib/base/stamp.h"

#include "lib/base/mem.h"
#include "lib/base/num.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DAY = 86400,
	HEADER = 44,
	FILE_MAX = 1024 * 1024,
	NAME_LIMIT = 255,
	REACH = 26 * 3600,		/* no offset is larger (RFC 8536 section 3.2: -25 h to 26 h) */
};

static const int64_t cycle = (int64_t)146097 * DAY;	/* the Gregorian calendar repeats each 400 years */

struct step {
	int64_t at;			/* from this second on ... */
	int32_t east;			/* ... UTC + east is the local time */
};

struct zone {
	int32_t before;			/* the offset before step[0] */
	bool rule;			/* the last 400 years of steps repeat for ever */
	struct step *step;
	size_t n, cap;
};

/* ---- the file ---------------------------------------------------------------------------------------------------- */

struct header {
	size_t isut, isstd, leap, time, type, chars;
};

static uint32_t
be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static int64_t
be_time(const char *p, size_t size)
{
	return size == 4 ? (int32_t)be32(p) : (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool
header_read(struct slice s, struct header *h)
{
	if (s.n < HEADER || memcmp(s.p, "TZif", 4) != 0)
		return false;
	h->isut = be32(s.p + 20);
	h->isstd = be32(s.p + 24);
	h->leap = be32(s.p + 28);
	h->time = be32(s.p + 32);
	h->type = be32(s.p + 36);
	h->chars = be32(s.p + 40);
	/* Leap second files ("right/...") count seconds that this count of time has not. */
	return h->type > 0 && h->type <= 256 && h->leap == 0 && h->time <= FILE_MAX && h->isut <= 256 && h->isstd <= 256 &&
		h->chars <= FILE_MAX;
}

static size_t
block_size(const struct header *h, size_t size)
{
	return h->time * (size + 1) + h->type * 6 + h->chars + h->isstd + h->isut;
}

static void
step_add(struct zone *z, int64_t at, int32_t east)
{
	while (z->n && z->step[z->n - 1].at >= at)
		z->n--;
	if ((z->n ? z->step[z->n - 1].east : z->before) == east)
		return;
	z->step = mem_grow(z->step, &z->cap, z->n, sizeof *z->step);
	z->step[z->n++] = (struct step){at, east};
}

static bool
offset_ok(int64_t east)
{
	return east >= -REACH && east <= REACH;
}

/* s begins behind the header and holds the block. */
static bool
table_read(struct zone *z, struct slice s, const struct header *h, size_t size)
{
	const char *index = s.p + h->time * size, *type = index + h->time;
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < h->type; i++)
		if (!offset_ok((int32_t)be32(type + 6 * i)))
			return false;
	z->before = (int32_t)be32(type);
	for (size_t i = 0; i < h->time; i++) {
		int64_t at = be_time(s.p + i * size, size);
		unsigned char of = (unsigned char)index[i];

		if (of >= h->type || (i && at <= last))
			return false;
		step_add(z, at, (int32_t)be32(type + 6 * (size_t)of));
		last = at;
	}
	return true;
}

/* ---- the footer: std offset dst [offset] , start [/time] , end [/time] (POSIX.1 section 8.3, RFC 8536 section 3.3) -------- */

struct date_rule {
	char form;			/* M: month, week, day; J: 1..365 without 29 February; 0: 0..365 with it */
	int month, week, day;
	int64_t time;
};

struct footer {
	int32_t std, dst;
	bool has_dst;
	struct date_rule start, end;
};

static bool
take(struct slice *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = slice_from(*s, 1);
	return true;
}

static bool
take_number(struct slice *s, size_t digits, int low, int high, int *v)
{
	uint64_t u;
	size_t n = num_digits(*s, digits, &u);

	*s = slice_from(*s, n);
	*v = (int)u;
	return n > 0 && *v >= low && *v <= high;
}

static bool
take_name(struct slice *s)
{
	size_t n = 0;

	if (take(s, '<')) {
		n = slice_find(*s, '>');
		*s = slice_from(*s, n + 1);
		return n >= 3;
	}
	while (n < s->n && ((s->p[n] | 0x20) >= 'a' && (s->p[n] | 0x20) <= 'z'))
		n++;
	*s = slice_from(*s, n);
	return n >= 3;
}

/* [+-] hh [: mm [: ss]]; version 3 allows -167 to 167 hours for the time of a rule. */
static bool
take_time(struct slice *s, int hours, int64_t *v)
{
	bool minus = take(s, '-');
	int h, m = 0, sec = 0;

	if (!minus)
		(void)take(s, '+');	/* a sign may stand there */
	if (!take_number(s, 3, 0, hours, &h))
		return false;
	if (take(s, ':') && (!take_number(s, 2, 0, 59, &m) || (take(s, ':') && !take_number(s, 2, 0, 59, &sec))))
		return false;
	*v = (int64_t)h * 3600 + m * 60 + sec;
	if (minus)
		*v = -*v;
	return true;
}

static bool
take_date(struct slice *s, struct date_rule *d)
{
	*d = (struct date_rule){.time = 7200};
	if (!take(s, ','))
		return false;
	if (take(s, 'M')) {
		d->form = 'M';
		if (!take_number(s, 2, 1, 12, &d->month) || !take(s, '.') || !take_number(s, 1, 1, 5, &d->week) ||
		    !take(s, '.') || !take_number(s, 1, 0, 6, &d->day))
			return false;
	} else if (take(s, 'J')) {
		d->form = 'J';
		if (!take_number(s, 3, 1, 365, &d->day))
			return false;
	} else if (!take_number(s, 3, 0, 365, &d->day)) {
		return false;
	}
	return !take(s, '/') || take_time(s, 167, &d->time);
}

/* Signs in this text are west of Greenwich. */
static bool
footer_read(struct slice s, struct footer *f)
{
	int64_t west;

	*f = (struct footer){0};
	if (!take_name(&s) || !take_time(&s, 24, &west))
		return false;
	f->std = (int32_t)-west;
	if (s.n == 0)
		return true;
	f->has_dst = true;
	f->dst = f->std + 3600;
	if (!take_name(&s))
		return false;
	if (s.n && s.p[0] != ',') {
		if (!take_time(&s, 24, &west))
			return false;
		f->dst = (int32_t)-west;
	}
	return take_date(&s, &f->start) && take_date(&s, &f->end) && s.n == 0;
}

/* Local seconds since 1970 at which the rule strikes in that year. */
static int64_t
strikes(const struct date_rule *d, int year)
{
	int64_t first = stamp_days(year, d->form == 'M' ? d->month : 1, 1), day;
	bool leap = stamp_days(year, 3, 1) - stamp_days(year, 2, 1) == 29;

	if (d->form == 'M') {
		int64_t weekday = ((first + 4) % 7 + 7) % 7;	/* 1970-01-01 was a Thursday */
		int64_t next = d->month == 12 ? stamp_days(year + 1, 1, 1) : stamp_days(year, d->month + 1, 1);

		day = first + (d->day - weekday + 7) % 7 + 7 * (d->week - 1);
		if (day >= next)
			day -= 7;
	} else if (d->form == 'J') {
		day = first + d->day - 1 + (leap && d->day >= 60);
	} else {
		day = first + d->day;
	}
	return day * DAY + d->time;
}

/* Writes the rule out as steps for 400 years and one behind the last step of the table. */
static void
rule_apply(struct zone *z, const struct footer *f)
{
	int64_t after = z->n ? z->step[z->n - 1].at : INT64_MIN;
	int year = 1;

	if (z->n && after > INT64_MIN / 2 && after < INT64_MAX / 2)
		year = stamp_split((struct stamp){after, 0}).year;
	if (year < 1 || year > 9000)
		year = 1;
	z->rule = f->has_dst;
	if (!f->has_dst) {
		if (z->n == 0)
			z->before = f->std;
		return;
	}
	if (z->n == 0)
		z->before = strikes(&f->start, 1) - f->std < strikes(&f->end, 1) - f->dst ? f->std : f->dst;
	for (int y = year; y <= year + 402; y++) {
		struct step a = {strikes(&f->start, y) - f->std, f->dst}, b = {strikes(&f->end, y) - f->dst, f->std};
		bool swap = b.at < a.at;

		for (int i = 0; i < 2; i++) {
			struct step x = swap == (i == 0) ? b : a;

			if (x.at > after)
				step_add(z, x.at, x.east);
		}
	}
}

static bool
footer_apply(struct zone *z, struct slice s)
{
	struct footer f;
	size_t end;

	if (!take(&s, '\n') || (end = slice_find(s, '\n')) == s.n)
		return false;
	if (end == 0)
		return true;
	if (!footer_read(slice_head(s, end), &f) || !offset_ok(f.std) || !offset_ok(f.dst))
		return false;
	rule_apply(z, &f);
	return true;
}

static bool
tzif_read(struct zone *z, struct slice s)
{
	struct header h;
	size_t size = 4, block;
	bool wide;

	if (!header_read(s, &h))
		return false;
	wide = s.p[4] >= '2';
	s = slice_from(s, HEADER);
	if (wide) {
		block = block_size(&h, 4);
		if (block > s.n || !header_read(slice_from(s, block), &h))
			return false;
		s = slice_from(s, block + HEADER);
		size = 8;
	}
	block = block_size(&h, size);
	return block <= s.n && table_read(z, s, &h, size) && (!wide || footer_apply(z, slice_from(s, block)));
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* An outside name becomes a path: no dot can stand in it, so it never climbs, and it begins below the folder. */
static bool
name_ok(struct slice s)
{
	if (s.n == 0 || s.n > NAME_LIMIT || s.p[0] == '/')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], low = (char)(c | 0x20);

		if (!num_digit(c) && !(low >= 'a' && low <= 'z') && c != '_' && c != '+' && c != '-' && c != '/')
			return false;
	}
	return true;
}

static bool
file_read(int fd, struct buf *b)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return false;
	do {
		buf_room(b, 4096);
		n = read(fd, b->p + b->n, 4096);
		if (n > 0)
			b->n += (size_t)n;
	} while ((n > 0 && b->n <= FILE_MAX) || (n < 0 && errno == EINTR));
	return n == 0;
}

static bool
file_open(struct zone *z, struct slice name)
{
	struct buf path = {0}, text = {0};
	bool ok = false;
	int fd;

	buf_lit(&path, "/usr/share/zoneinfo/");
	buf_slice_add(&path, name);
	fd = open(buf_cstr(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0) {
		ok = file_read(fd, &text) && tzif_read(z, buf_slice(&text));
		(void)close(fd);	/* read only: nothing to lose */
	}
	buf_free(&path);
	buf_free(&text);
	return ok;
}

/* "+02:00", "-0530", "+02". */
static bool
fixed(struct slice s, int32_t *east)
{
	bool minus = s.n && s.p[0] == '-';
	int h, m = 0;

	if (!take(&s, '-') && !take(&s, '+'))
		return false;
	if (s.n < 2 || !take_number(&s, 2, 0, 23, &h))
		return false;
	if (s.n && (take(&s, ':') + s.n < 2 || !take_number(&s, 2, 0, 59, &m)))
		return false;
	*east = (h * 60 + m) * (minus ? -60 : 60);
	return s.n == 0;
}

struct zone *
zone_open(struct slice name)
{
	struct zone *z = mem_zero(1, sizeof *z);

	if (slice_eq(name, SLICE("UTC")) || slice_eq(name, SLICE("Z")) || fixed(name, &z->before))
		return z;
	if (name_ok(name) && file_open(z, name))
		return z;
	zone_free(z);
	return NULL;
}

void
zone_free(struct zone *z)
{
	if (z)
		free(z->step);
	free(z);
}

/* ---- use --------------------------------------------------------------------------------------------------------- */

/* How many steps are at or before the second. */
static size_t
steps_until(const struct zone *z, int64_t utc)
{
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->step[mid].at <= utc)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What to take off so that the second falls where the steps are written out. */
static int64_t
fold(const struct zone *z, int64_t s)
{
	int64_t limit;

	if (!z->rule || z->n == 0)
		return 0;
	limit = z->step[z->n - 1].at - 4 * REACH;
	return s <= limit ? 0 : ((s - limit - 1) / cycle + 1) * cycle;
}

int64_t
zone_local(const struct zone *z, int64_t utc)
{
	size_t i;

	if (z == NULL)
		return utc;
	i = steps_until(z, utc - fold(z, utc));
	return utc + (i ? z->step[i - 1].east : z->before);
}

/* A local time that a clock jumped over counts by the offset before the jump. */
int64_t
zone_utc(const struct zone *z, int64_t local, bool *twice)
{
	int64_t away, best = 0;
	bool found = false;

	if (twice)
		*twice = false;
	if (z == NULL)
		return local;
	away = fold(z, local);
	local -= away;
	for (size_t i = steps_until(z, local - REACH); i <= z->n; i++) {
		int64_t from = i ? z->step[i - 1].at : INT64_MIN, utc = local - (i ? z->step[i - 1].east : z->before);

		if (from > local + REACH || (found && utc < from))
			break;
		if (utc >= from && (i == z->n || utc < z->step[i].at)) {
			if (found && twice)
				*twice = true;
			if (found)
				break;
			best = utc;
			found = true;
		} else if (!found && utc >= from) {
			best = utc;
		}
	}
	return best + away;
}
