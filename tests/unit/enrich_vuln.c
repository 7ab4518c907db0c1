/* The decision table cell by cell, with unknown inputs too; ids, days and ranks. */
#include "lib/enrich/vuln.h"
#include "tests/unit/unit.h"

/* As the directive prints it: KEV, exposed, automatable, total impact; outcome and row. */
static const struct {
	int kev, exposed, automatable, total, row;
	const char *outcome;
} cells[16] = {
	{0, 0, 0, 0, 0, "FSU"}, {0, 0, 0, 1, 4, "FSU"}, {1, 0, 0, 0, 1, "14D"}, {1, 0, 0, 1, 8, "14D"}, {0, 1, 0, 0, 2, "60D"},
	{0, 1, 0, 1, 9, "14D"}, {0, 0, 1, 0, 3, "60D"}, {0, 0, 1, 1, 10, "60D"}, {1, 1, 0, 0, 5, "14D"}, {1, 1, 0, 1, 12, "3DF"},
	{1, 0, 1, 0, 6, "14D"}, {1, 0, 1, 1, 13, "3DF"}, {0, 1, 1, 0, 7, "14D"}, {0, 1, 1, 1, 14, "3D"}, {1, 1, 1, 0, 11, "3D"},
	{1, 1, 1, 1, 15, "3DF"},
};

static int
strictness(struct slice outcome)
{
	static const char *const order[] = {"FSU", "60D", "14D", "3D", "3DF"};

	for (int i = 0; i < 5; i++)
		if (slice_eq(outcome, slice_str(order[i])))
			return i;
	return -1;
}

static void
test_cells(void)
{
	for (size_t i = 0; i < 16; i++) {
		struct decision d = vuln_decide((enum truth)cells[i].kev, (enum truth)cells[i].exposed,
		    (enum truth)cells[i].automatable,
		    (enum truth)cells[i].total);

		SAME(d.outcome, slice_str(cells[i].outcome), "outcome of a cell");
		INT(d.row, cells[i].row, "row of a cell");
		INT(d.forensic, slice_ends(d.outcome, SLICE("F")), "forensic triage");
	}
}

/* An unknown input counts as the strictest of what it may be. */
static void
test_unknown(void)
{
	size_t cases = 0;

	for (int n = 0; n < 81; n++) {
		int in[4] = {n % 3, n / 3 % 3, n / 9 % 3, n / 27}, strictest = -1;
		struct decision d = vuln_decide((enum truth)in[0], (enum truth)in[1], (enum truth)in[2], (enum truth)in[3]);

		for (size_t i = 0; i < 16; i++) {
			int cell[4] = {cells[i].kev, cells[i].exposed, cells[i].automatable, cells[i].total};
			bool fits = true;

			for (int k = 0; k < 4; k++)
				fits = fits && (in[k] == TRUTH_UNKNOWN || in[k] == cell[k]);
			if (fits && strictness(slice_str(cells[i].outcome)) > strictest)
				strictest = strictness(slice_str(cells[i].outcome));
		}
		INT(strictness(d.outcome), strictest, "the strictest of the rows");
		cases += in[0] == TRUTH_UNKNOWN || in[1] == TRUTH_UNKNOWN || in[2] == TRUTH_UNKNOWN || in[3] == TRUTH_UNKNOWN;
	}
	INT(cases, 65, "cases with unknown inputs");
}

static void
test_ids(void)
{
	static const struct {
		const char *text, *want;
	} c[] = {{"CVE-2021-44228", "CVE-2021-44228"}, {"cve.2021.44228", "CVE-2021-44228"}, {"cve-2021-0001", "CVE-2021-0001"},
	    {"CVE-2021-1234567", "CVE-2021-1234567"}, {"CVE-2021-", ""}, {"GHSA-xxxx", ""}, {"CVE-21-44228", ""}, {"", ""},
	    {"CVE-2021-99999999999", ""}};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		uint64_t id = cve_read(slice_str(c[i].text));

		buf_reset(&b);
		if (id)
			cve_put(id, &b);
		SAME(buf_slice(&b), slice_str(c[i].want), c[i].text);
	}
	buf_free(&b);
}

/* Each one is more urgent than the next. */
static void
test_rank(void)
{
	static const struct {
		struct vuln v;
		struct vuln_context c;
	} r[] = {
		{{.cve = 5, .kev = TRUTH_YES, .automatable = TRUTH_YES, .total = TRUTH_YES}, {.exposed = TRUTH_YES, .criticality = -1, .finding = true}},
		{{.cve = 5, .kev = TRUTH_YES, .automatable = TRUTH_NO, .total = TRUTH_NO}, {.exposed = TRUTH_NO,
		    .criticality = 3, .finding = true,
		    .alert = true}},
		{{.cve = 5, .kev = TRUTH_YES, .automatable = TRUTH_NO, .total = TRUTH_NO}, {.exposed = TRUTH_NO, .criticality = 3, .finding = true}},
		{{.cve = 5, .kev = TRUTH_YES, .automatable = TRUTH_NO, .total = TRUTH_NO, .ransomware = true},
		    {.exposed = TRUTH_NO, .finding = true,
		    .criticality = 2}},
		{{.cve = 5, .kev = TRUTH_YES, .scored = true, .epss = 0.9}, {.exposed = TRUTH_NO, .criticality = 2, .finding = true}},
		{{.cve = 5, .kev = TRUTH_YES, .scored = true, .epss = 0.1}, {.exposed = TRUTH_NO, .criticality = 2, .finding = true, .cvss = 9.8}},
		{{.cve = 5, .kev = TRUTH_YES, .scored = true, .epss = 0.1}, {.exposed = TRUTH_NO, .criticality = 2, .finding = true, .cvss = 5}},
		{{.cve = 6, .kev = TRUTH_YES, .scored = true, .epss = 0.1}, {.exposed = TRUTH_NO, .criticality = 2, .finding = true, .cvss = 5}},
	};
	struct buf a = {0}, b = {0};

	for (size_t i = 0; i + 1 < sizeof r / sizeof *r; i++) {
		buf_reset(&a);
		buf_reset(&b);
		vuln_rank(&r[i].v, &r[i].c, &a);
		vuln_rank(&r[i + 1].v, &r[i + 1].c, &b);
		OK(slice_cmp(buf_slice(&a), buf_slice(&b)) < 0, "rank %zu is before the next: %s %s", i, buf_cstr(&a),
		    buf_cstr(&b));
	}
	buf_free(&a);
	buf_free(&b);
}

int
main(void)
{
	test_cells();
	test_unknown();
	test_ids();
	test_rank();
	return unit_done();
}
