/* CVE ids, tables by them, and the decision table. */
#include "lib/enrich/vuln.h"

#include "lib/base/num.h"

#include <stdlib.h>

uint64_t
cve_read(struct slice s)
{
	uint64_t year, number;

	if (s.n < 10 || s.n > 20 || !slice_starts_nocase(s, SLICE("cve")) || !num_u64(slice_of(s.p + 4, 4), &year) ||
	    year < 1990 ||
	    (s.p[3] != '-' && s.p[3] != '.') || (s.p[8] != '-' && s.p[8] != '.') || !num_u64(slice_from(s, 9), &number) ||
	    number > UINT32_MAX)
		return 0;
	return year << 32 | number;
}

/* At least four digits (CVE's id syntax of 2014). */
void
cve_put(uint64_t cve, struct buf *b)
{
	buf_lit(b, "CVE-");
	buf_u64(b, cve >> 32);
	buf_byte(b, '-');
	if ((cve & UINT32_MAX) < 10000)
		buf_pad(b, cve & UINT32_MAX, 4);
	else
		buf_u64(b, cve & UINT32_MAX);
}

/* ---- tables -------------------------------------------------------------------------------------------------------------- */
void
cve_add(struct cve_table *t, const struct cve_row *r)
{
	t->row = mem_grow(t->row, &t->cap, t->n, sizeof *t->row);
	t->row[t->n++] = *r;
}

struct sorted {
	uint64_t cve;
	size_t at;
};

static int
order(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->cve != y->cve)
		return x->cve < y->cve ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void
cve_done(struct cve_table *t)
{
	struct sorted *s = mem_alloc((t->n + 1) * sizeof *s);
	struct cve_row *to = mem_alloc((t->n + 1) * sizeof *to);
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		s[i] = (struct sorted){t->row[i].cve, i};
	qsort(s, t->n, sizeof *s, order);
	for (size_t i = 0; i < t->n; i++) {
		if (n && to[n - 1].cve == s[i].cve)
			n--;
		to[n++] = t->row[s[i].at];
	}
	free(s);
	free(t->row);
	t->row = to;
	t->n = t->cap = n;
}

const struct cve_row *
cve_find(const struct cve_table *t, uint64_t cve)
{
	size_t from = 0, to = t->n;

	while (from < to) {
		size_t half = from + (to - from) / 2;

		if (t->row[half].cve == cve)
			return &t->row[half];
		if (t->row[half].cve < cve)
			from = half + 1;
		else
			to = half;
	}
	return NULL;
}

void
cve_free(struct cve_table *t)
{
	free(t->row);
	*t = (struct cve_table){0};
}

/* ---- days ---------------------------------------------------------------------------------------------------------------- */
bool
day_read(struct slice s, int32_t *day)
{
	struct stamp_civil c = {0};
	uint64_t y, m, d;

	if (s.n < 10 || s.p[4] != '-' || s.p[7] != '-' || !num_u64(slice_head(s, 4), &y) || !num_u64(slice_of(s.p + 5, 2), &m) ||
	    !num_u64(slice_of(s.p + 8, 2), &d) || y < 1970)
		return false;
	c = (struct stamp_civil){.year = (int)y, .month = (int)m, .day = (int)d};
	if (!stamp_civil_ok(&c))
		return false;
	*day = (int32_t)stamp_days(c.year, c.month, c.day);
	return true;
}

void
day_put(int32_t day, struct json_out *o, const char *name)
{
	char text[STAMP_LEN];

	stamp_put(text, (struct stamp){.s = (int64_t)day * 86400});
	jo_ktext(o, name, slice_of(text, 10));
}

/* ---- the decision -------------------------------------------------------------------------------------------------------- */
/* By KEV, exposed, automatable, total impact as bits 3 to 0. */
static const struct decision table[16] = {
	{0, -1, false, SLICE_INIT("FSU")}, {4, -1, false, SLICE_INIT("FSU")},
	{3, 60, false, SLICE_INIT("60D")}, {10, 60, false, SLICE_INIT("60D")},
	{2, 60, false, SLICE_INIT("60D")}, {9, 14, false, SLICE_INIT("14D")},
	{7, 14, false, SLICE_INIT("14D")}, {14, 3, false, SLICE_INIT("3D")},
	{1, 14, false, SLICE_INIT("14D")}, {8, 14, false, SLICE_INIT("14D")},
	{6, 14, false, SLICE_INIT("14D")}, {13, 3, true, SLICE_INIT("3DF")},
	{5, 14, false, SLICE_INIT("14D")}, {12, 3, true, SLICE_INIT("3DF")},
	{11, 3, false, SLICE_INIT("3D")}, {15, 3, true, SLICE_INIT("3DF")},
};

struct decision
vuln_decide(enum truth kev, enum truth exposed, enum truth automatable, enum truth total)
{
	return table[(kev != TRUTH_NO) << 3 | (exposed != TRUTH_NO) << 2 | (automatable != TRUTH_NO) << 1 | (total != TRUTH_NO)];
}
