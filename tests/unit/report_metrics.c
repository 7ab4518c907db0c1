/* lib/report: Kaplan-Meier by hand, periods, and the metrics of a small history. */
#include "lib/report/metrics.h"
#include "tests/unit/unit.h"

void report_metrics_tests(void);

/* "5 8+ 12": lengths, + is still open. */
static size_t
lengths(const char *words, struct duration v[16])
{
	size_t n = 0;

	while (*words) {
		v[n] = (struct duration){0};
		for (; *words >= '0' && *words <= '9'; words++)
			v[n].s = v[n].s * 10 + (*words - '0');
		v[n].open = *words == '+';
		while (*words == '+' || *words == ' ')
			words++;
		n++;
	}
	return n;
}

static void
kaplan_meier(void)
{
	/* S after each event = product of (1 - 1/at risk); the quantile is where S first is at most 1 - q. */
	static const struct { const char *name, *v; double q; int64_t want; } c[] = {
		{"one that is done", "7", 0.5, 7},
		{"three, none open: the middle one", "3 9 5", 0.5, 5},
		{"four, none open: S is 1/2 at the second", "1 2 3 4", 0.5, 2},
		{"90 % of ten", "1 2 3 4 5 6 7 8 9 10", 0.9, 9},
		{"one open early does not shorten the rest: S is 2/3 at 5, 1/3 at 9", "2+ 3 5 9", 0.5, 5},
		{"open ones before all: S is 0 at the last", "1+ 2+ 4", 0.9, 4},
		{"more open than done", "1 5+ 6+ 7+", 0.5, -1},
		{"the same length, done before open: S is 3/4, then 1/2 at 2", "2+ 2 1 3+", 0.5, 2},
		{"all open", "4+ 5+", 0.5, -1},
		{"nobody", "", 0.5, -1},
	};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct duration v[16] = {{0}};
		int64_t s = 0;
		bool some = km_quantile(v, lengths(c[i].v, v), c[i].q, &s);

		INT(some ? s : -1, c[i].want, c[i].name);
	}
}

static void
periods(void)
{
	static const struct { const char *text; int64_t from, to; } good[] = {
		{"2026", 1767225600, 1798761600}, {"2026-02", 1769904000, 1772323200}, {"2026-12", 1796083200, 1798761600},
		{"2024-02-29", 1709164800, 1709251200}, {"2026-01-01/2026-01-03", 1767225600, 1767398400},
		{"2026-01-01T12:00:00Z/2026-01-01T13:00:00Z", 1767268800, 1767272400},
	};
	static const char *const bad[] = {"", "26", "2026-13", "2026-02-30", "2026-01-02/2026-01-01", "2026-01-01/", "yesterday"};
	struct period p;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		OK(period_read(slice_str(good[i].text), &p) && p.from.s == good[i].from && p.to.s == good[i].to, "%s",
		    good[i].text);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		OK(!period_read(slice_str(bad[i]), &p), "%s", bad[i]);
}

void
report_metrics_tests(void)
{
	kaplan_meier();
	periods();
}
