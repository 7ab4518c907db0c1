#include "lib/format/format.h"

#include "lib/base/utf8.h"

#define FORMAT(symbol) extern const struct format format_##symbol;
#include "lib/format/formats.def"
#undef FORMAT

const struct format *const formats[] = {
#define FORMAT(symbol) &format_##symbol,
#include "lib/format/formats.def"
#undef FORMAT
	NULL,
};

enum { SURE_ENOUGH = 50, NAME_ADDS = 5 };

const struct format *
format_by_name(struct slice name)
{
	for (const struct format *const *f = formats; *f; f++)
		if (slice_eq_nocase(name, slice_str((*f)->name)))
			return *f;
	return NULL;
}

struct format_guess
format_guess(struct slice head, struct slice name)
{
	struct format_guess best = {0};

	for (const struct format *const *f = formats; *f; f++) {
		int score = (*f)->sniff ? (*f)->sniff(head) : 0;

		if (score > 0 && score < 100 && slice_has(name, slice_str((*f)->name)))
			score += score + NAME_ADDS > 100 ? 100 - score : NAME_ADDS;
		if (score > best.score)
			best = (struct format_guess){*f, score};
	}
	if (best.score < SURE_ENOUGH)
		best.format = NULL;
	return best;
}

size_t
format_frame(const struct format *f, struct slice in, bool last, void *state, struct slice *record)
{
	size_t n;

	if (f->frame)
		return f->frame(in, last, state, record);
	n = slice_find(in, '\n');
	*record = slice_head(in, n);
	if (record->n && record->p[record->n - 1] == '\r')
		record->n--;
	return n < in.n ? n + 1 : last ? in.n : 0;
}

struct slice
format_text(struct event *e, struct slice line)
{
	bool bad = false;
	struct buf mended = {0};

	if (utf8_bad(line) < line.n) {
		utf8_mend(line, &mended, &bad);
		e->bytes = line;
		event_err(e, ERR_bad_utf8);
		line = event_keep(e, buf_slice(&mended));
		buf_free(&mended);
	}
	event_set(e, F_event_original, line);
	return line;
}

void
format_time_local(const struct format_context *c, struct event *e, const struct stamp_civil *civil)
{
	bool twice = false;

	e->at.s = zone_utc(c->zone, stamp_seconds(civil), &twice);
	e->at.ns = civil->second == 60 ? 999999999 : civil->ns;
	e->timed = true;
	e->tz = c->zone_name;
	if (!c->zone_given)
		event_err(e, ERR_zone_assumed);
	if (twice)
		event_err(e, ERR_ambiguous_time);
}

/* The year in which month/day lies at most a day after the reference and nearest to it. */
static int
year_near(struct stamp reference, int month, int day)
{
	int year = stamp_split(reference).year;

	if (stamp_days(year, month, day) > reference.s / 86400 + 1)
		year--;
	return year;
}

int
format_year_next(struct format_year *y, const struct format_context *c, int month, int day)
{
	if (y->year == 0)
		y->year = c->first_year ? c->first_year : year_near(c->reference, month, day);
	else if (y->month >= 11 && month <= 2)
		y->year++;
	else if (y->month <= 2 && month >= 11)
		/* A late line of the old year behind the first ones of the new. */
		y->year--;
	y->month = month;
	return y->year;
}
