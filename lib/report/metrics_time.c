/* Kaplan-Meier, and periods of the calendar. */
#include "lib/report/metrics.h"

#include "lib/base/num.h"

#include <stdlib.h>

/* ---- Kaplan-Meier ------------------------------------------------------------------------------------------------ */

/* At the same time events come before censorings, as is the custom. */
static int
by_length(const void *a, const void *b)
{
	const struct duration *x = a, *y = b;

	if (x->s != y->s)
		return x->s < y->s ? -1 : 1;
	return (int)x->open - (int)y->open;
}

bool
km_quantile(struct duration *v, size_t n, double q, int64_t *s)
{
	double waiting = 1;

	if (n)
		qsort(v, n, sizeof *v, by_length);
	for (size_t i = 0; i < n; i++) {
		if (v[i].open)
			continue;
		waiting *= 1 - 1 / (double)(n - i);
		/* 1e-9: 1 - 1/2 - 1/2 is not quite nothing. */
		if (waiting <= 1 - q + 1e-9) {
			*s = v[i].s;
			return true;
		}
	}
	return false;
}

/* ---- periods ----------------------------------------------------------------------------------------------------- */

static bool
day_read(struct slice s, struct stamp *at, bool behind)
{
	struct stamp_civil c = {.month = 1, .day = 1};
	uint64_t year, month = 1, day = 1;

	if (stamp_rfc3339(s, at))
		return true;
	if (s.n != 4 && s.n != 7 && s.n != 10)
		return false;
	if (!num_u64(slice_head(s, 4), &year) || (s.n > 4 && (s.p[4] != '-' || !num_u64(slice_of(s.p + 5, 2), &month))) ||
	    (s.n > 7 && (s.p[7] != '-' || !num_u64(slice_of(s.p + 8, 2), &day))))
		return false;
	c.year = (int)year;
	c.month = (int)month;
	c.day = (int)day;
	if (!stamp_civil_ok(&c))
		return false;
	if (behind && s.n == 4)
		c.year++;
	if (behind && s.n == 7 && ++c.month == 13) {
		c.month = 1;
		c.year++;
	}
	at->s = stamp_seconds(&c) + (behind && s.n == 10 ? 86400 : 0);
	at->ns = 0;
	return true;
}

bool
period_read(struct slice s, struct period *p)
{
	size_t slash = slice_find(s, '/');

	*p = (struct period){.name = s, .given = true};
	if (slash == s.n)
		return day_read(s, &p->from, false) && !stamp_rfc3339(s, &p->to) && day_read(s, &p->to, true);
	return day_read(slice_head(s, slash), &p->from, false) && day_read(slice_from(s, slash + 1), &p->to, false) &&
	    stamp_cmp(p->from, p->to) < 0;
}

bool
period_holds(const struct period *p, struct stamp at)
{
	return !p->given || (stamp_cmp(at, p->from) >= 0 && stamp_cmp(at, p->to) < 0);
}
