#include "lib/incident/clock.h"

#include "lib/base/num.h"
#include "lib/port/yaml.h"

enum { DAY = 86400 };

const char *const clock_state_name[] = {"off", "due", "late", "done", "done-late"};

/* ---- calendars ----------------------------------------------------------------------------------------------------------- */

static int64_t
day_of(struct stamp at)
{
	return at.s / DAY - (at.s % DAY < 0);
}

static int
weekday(int64_t day)		/* 0 is Monday; 1970-01-01 was a Thursday */
{
	return (int)((day % 7 + 10) % 7);
}

/* Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher). */
static int64_t
easter(int y)
{
	int a = y % 19, b = y / 100, c = y % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451, month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;

	return stamp_days(y, month, day);
}

static int
month_days(int year, int month)
{
	return (int)(stamp_days(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) - stamp_days(year, month, 1));
}

static bool
floats_to(int year, int month, int day, int64_t n, int wd, int nth)
{
	if (weekday(n) != wd)
		return false;
	return nth > 0 ? (day - 1) / 7 + 1 == nth : day + 7 > month_days(year, month);
}

bool
clock_holiday(const struct clock_calendar *c, int64_t day)
{
	struct stamp_civil v = stamp_split((struct stamp){day * DAY, 0});

	if (weekday(day) >= 5)
		return true;
	if (c == NULL)
		return false;
	for (size_t k = 0; k < c->fixeds; k++)
		if (c->fixed[k].month == v.month && c->fixed[k].day == v.day)
			return true;
	for (size_t k = 0; k < c->easters; k++)
		if (day == easter(v.year) + c->easter[k])
			return true;
	for (size_t k = 0; k < c->floatings; k++)
		if (c->floating[k].month == v.month && floats_to(v.year, v.month, v.day, day, c->floating[k].weekday,
		    c->floating[k].nth))
			return true;
	return false;
}

/* The same day n months on, clamped to the month's last. */
static struct stamp
add_months(struct stamp at, int64_t n)
{
	struct stamp_civil v = stamp_split(at);
	int64_t months = (int64_t)v.year * 12 + v.month - 1 + n, days;

	v.year = (int)(months / 12);
	v.month = (int)(months % 12) + 1;
	days = month_days(v.year, v.month);
	if (v.day > days)
		v.day = (int)days;
	return (struct stamp){stamp_seconds(&v), at.ns};
}

struct stamp
clock_add(const struct clock_calendar *c, struct stamp at, const struct clock_span *span)
{
	at.s += span->seconds;
	if (span->months)
		at = add_months(at, span->months);
	for (int64_t left = span->days; left > 0;) {
		at.s += DAY;
		left -= !clock_holiday(c, day_of(at));
	}
	return at;
}

/* Noon of the next working day, if the end falls on none. */
static struct stamp
shifted(const struct clock_calendar *c, struct stamp at)
{
	int64_t day = day_of(at);

	if (!clock_holiday(c, day))
		return at;
	while (clock_holiday(c, day))
		day++;
	return (struct stamp){day * DAY + DAY / 2, 0};
}

/* ---- judging ------------------------------------------------------------------------------------------------------------- */

static bool
fact(const struct clock_law *l, const struct clock_facts *facts, struct slice name, struct stamp *at)
{
	struct buf b = {0};
	bool yes;

	buf_slice_add(&b, name);
	buf_byte(&b, '.');
	buf_slice_add(&b, l->id);
	yes = facts->get(facts->self, buf_slice(&b), at) || facts->get(facts->self, name, at);
	buf_free(&b);
	return yes;
}

static bool
due_of(const struct clock_law *l, const struct clock_step *s, const struct clock_facts *facts, struct stamp *due)
{
	struct stamp from, at, any;
	bool found = false;

	if ((s->when.n && !fact(l, facts, s->when, &any)) || (s->unless.n && fact(l, facts, s->unless, &any)))
		return false;
	for (size_t k = 0; k < s->rows; k++) {
		if (!fact(l, facts, s->row[k].from, &from))
			continue;
		at = clock_add(l->calendar, from, &s->row[k].after);
		if (!found || stamp_cmp(at, *due) < 0)
			*due = at;
		found = true;
	}
	/* Classified when the first end had gone by: a period of its own. */
	if (found && s->late.from.n && fact(l, facts, s->late.from, &from) && stamp_cmp(from, *due) > 0)
		*due = clock_add(l->calendar, from, &s->late.after);
	if (found && s->shift)
		*due = shifted(l->calendar, *due);
	return found;
}

enum clock_state
clock_judge(const struct clock_law *l, const struct clock_step *s, const struct clock_facts *facts, struct stamp now,
    struct stamp *due,
    struct stamp *done)
{
	struct buf b = {0};
	bool submitted;

	if (!due_of(l, s, facts, due))
		return CLOCK_OFF;
	buf_lit(&b, "submitted.");
	buf_slice_add(&b, l->id);
	buf_byte(&b, '.');
	buf_slice_add(&b, s->id);
	submitted = facts->get(facts->self, buf_slice(&b), done);
	buf_free(&b);
	if (submitted)
		return stamp_cmp(*done, *due) > 0 ? CLOCK_DONE_LATE : CLOCK_DONE;
	return stamp_cmp(now, *due) > 0 ? CLOCK_LATE : CLOCK_DUE;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

static struct slice
text(const struct yaml *y, const char *key)
{
	const struct yaml *v = yaml_get(y, key);

	return v && v->type == YAML_SCALAR ? v->text : (struct slice){0};
}

static bool
span(const struct yaml *y, struct clock_span *s, struct fault *f)
{
	struct slice t = y ? y->text : (struct slice){0};
	uint64_t n;

	*s = (struct clock_span){0};
	if (slice_ends(t, SLICE("mo")) && num_u64(slice_head(t, t.n - 2), &n) && n <= 120)
		s->months = (int64_t)n;
	else if (slice_ends(t, SLICE("bd")) && num_u64(slice_head(t, t.n - 2), &n) && n <= 1000)
		s->days = (int64_t)n;
	else if (y == NULL || !stamp_duration(t, &s->seconds))
		return y ? yaml_fault(f, "a span is wanted (24h, 4bd, 1mo)", y) : fault_set(f, "a span is missing", 0);
	return true;
}

static bool
row(const struct yaml *y, struct clock_row *r, struct fault *f)
{
	r->from = text(y, "from");
	if (r->from.n == 0)
		return yaml_fault(f, "from: a fact's name is wanted", y);
	return span(yaml_get(y, "after"), &r->after, f);
}

static bool
step(const struct yaml *y, struct clock_step *s, struct fault *f)
{
	const struct yaml *rows = yaml_get(y, "rows"), *late = yaml_get(y, "late"), *shift = yaml_get(y, "shift");

	s->id = text(y, "id");
	s->when = text(y, "when");
	s->unless = text(y, "unless");
	if (s->id.n == 0 || rows == NULL || rows->type != YAML_LIST || rows->n == 0 || rows->n > 4)
		return yaml_fault(f, "a step has an id and 1 to 4 rows", y);
	for (; s->rows < rows->n; s->rows++)
		if (!row(&rows->item[s->rows], &s->row[s->rows], f))
			return false;
	if (shift && !slice_eq(shift->text, SLICE("noon-next-working-day")))
		return yaml_fault(f, "noon-next-working-day is wanted", shift);
	s->shift = shift != NULL;
	return late == NULL || row(late, &s->late, f);
}

static const struct clock_calendar *
calendar_of(const struct clock_set *set, struct slice id)
{
	for (size_t k = 0; k < set->calendars; k++)
		if (slice_eq(set->calendar[k].id, id))
			return &set->calendar[k];
	return NULL;
}

static bool
law(const struct yaml *y, struct arena *mem, const struct clock_set *set, struct clock_law *l, struct fault *f)
{
	const struct yaml *steps = yaml_get(y, "steps"), *calendar = yaml_get(y, "calendar");

	l->id = text(y, "id");
	l->law = text(y, "law");
	if (l->id.n == 0 || steps == NULL || steps->type != YAML_LIST || steps->n == 0 || steps->n > 32)
		return yaml_fault(f, "a clock has an id and 1 to 32 steps", y);
	l->calendar = calendar ? calendar_of(set, calendar->text) : NULL;
	if (calendar && l->calendar == NULL)
		return yaml_fault(f, "no such calendar", calendar);
	l->step = arena_zero(mem, steps->n * sizeof *l->step);
	for (; l->steps < steps->n; l->steps++)
		if (!step(&steps->item[l->steps], &l->step[l->steps], f))
			return false;
	return true;
}

static bool
fixed_day(const struct yaml *y, struct clock_calendar *c, struct fault *f)
{
	uint64_t month, day;

	if (y->text.n != 5 || !num_u64(slice_head(y->text, 2), &month) || !num_u64(slice_from(y->text, 3), &day) || month < 1
	    || month > 12
	    || day < 1 || day > 31)
		return yaml_fault(f, "MM-DD is wanted", y);
	c->fixed[c->fixeds].month = (int)month;
	c->fixed[c->fixeds++].day = (int)day;
	return true;
}

/* "11 thu 4": the fourth Thursday of November; -1: the last. */
static bool
floating_day(const struct yaml *y, struct clock_calendar *c, struct fault *f)
{
	static const char *const name[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	struct slice rest = y->text, month = slice_cut(&rest, ' '), day = rest.p ? slice_cut(&rest, ' ') : rest;
	uint64_t m;
	int64_t nth;
	int wd = 0;

	while (wd < 7 && !slice_eq(slice_str(name[wd]), day))
		wd++;
	if (!num_u64(month, &m) || m < 1 || m > 12 || wd == 7 || rest.p == NULL || !num_i64(rest, &nth) || nth < -1
	    || nth == 0 || nth > 5)
		return yaml_fault(f, "\"MM mon N\" is wanted", y);
	c->floating[c->floatings].month = (int)m;
	c->floating[c->floatings].weekday = wd;
	c->floating[c->floatings++].nth = (int)nth;
	return true;
}

static bool
calendar(const struct yaml *key, const struct yaml *y, struct clock_calendar *c, struct fault *f)
{
	const struct yaml *fixed = yaml_get(y, "fixed"), *movable = yaml_get(y, "weekday"), *days = yaml_get(y, "easter");
	int64_t n;

	c->id = key->text;
	for (size_t k = 0; fixed && k < fixed->n; k++)
		if (k >= 32 || !fixed_day(&fixed->item[k], c, f))
			return k < 32 ? false : yaml_fault(f, "at most 32 days", fixed);
	for (size_t k = 0; movable && k < movable->n; k++)
		if (k >= 32 || !floating_day(&movable->item[k], c, f))
			return k < 32 ? false : yaml_fault(f, "at most 32 days", movable);
	for (size_t k = 0; days && k < days->n; k++) {
		if (k >= 16 || !num_i64(days->item[k].text, &n) || n < -100 || n > 100)
			return yaml_fault(f, "days from Easter Sunday are wanted", &days->item[k]);
		c->easter[c->easters++] = (int)n;
	}
	return true;
}

bool
clock_read(struct slice bytes, struct arena *mem, struct clock_set *set, struct fault *f)
{
	const struct yaml *calendars, *clocks;
	struct yaml *y;
	size_t docs;

	*set = (struct clock_set){.laws = 0};
	if (!yaml_read(bytes, 1, mem, &y, &docs, f))
		return false;
	if (docs != 1 || !slice_eq(text(y, "irclocks"), SLICE("1")))
		return fault_set(f, "irclocks: 1 is wanted", 0);
	calendars = yaml_get(y, "calendars");
	clocks = yaml_get(y, "clocks");
	if (clocks == NULL || clocks->type != YAML_LIST || clocks->n > 1000)
		return yaml_fault(f, "clocks: a list is wanted", clocks ? clocks : y);
	set->calendar = arena_zero(mem, ((calendars ? calendars->n : 0) + 1) * sizeof *set->calendar);
	for (; calendars && set->calendars < calendars->n; set->calendars++)
		if (!calendar(&calendars->key[set->calendars], &calendars->item[set->calendars],
		    &set->calendar[set->calendars], f))
			return false;
	set->law = arena_zero(mem, (clocks->n + 1) * sizeof *set->law);
	for (; set->laws < clocks->n; set->laws++)
		if (!law(&clocks->item[set->laws], mem, set, &set->law[set->laws], f))
			return false;
	return true;
}
