/* Verbs of ir-report.  why has its own file. */
#include "cmd/report.h"

#include "lib/report/metrics.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const table_kinds[] = {"text", "md", "json", NULL};

/* ---- metrics ----------------------------------------------------------------------------------------------------- */

enum { PERIODS_MAX = 12 };

static struct slice by_word;
static struct opt_list period_words;

static const struct opt metrics_options[] = {
	{0, "by", "WHAT", "apart by severity, tier or rule", OPT_TEXT, &by_word, "severity|tier|rule"},
	{0, "period", "P", "opened in 2026, 2026-03, a day, or FROM/TO; again for a comparison", OPT_LIST, &period_words, NULL},
	{0},
};

static enum by
by_asked(struct tool *t)
{
	static const char *const word[] = {"", "severity", "tier", "rule"};

	for (int i = 1; i < 4 && by_word.n; i++)
		if (slice_eq(by_word, slice_str(word[i])))
			return (enum by)i;
	if (by_word.n)
		tool_usage(t, "--by %.*s: severity, tier or rule", (int)by_word.n, by_word.p);
	return BY_NONE;
}

static size_t
periods_asked(struct tool *t, struct period period[PERIODS_MAX])
{
	if (period_words.n > PERIODS_MAX)
		tool_usage(t, "--period: at most %d", PERIODS_MAX);
	for (size_t i = 0; i < period_words.n; i++)
		if (!period_read(period_words.v[i], &period[i]))
			tool_usage(t, "--period %.*s: not understood", (int)period_words.v[i].n, period_words.v[i].p);
	return period_words.n ? period_words.n : 1;
}

static void
metrics_out(struct tool *t, struct model *m, enum by by, const struct period *p, size_t periods)
{
	struct sheet s = {.ops = &sheet_text, .m = m, .style = {.utf8 = t->utf8, .width = isatty(1) ? t->width : 0}};
	struct buf out = {0};

	s.b = &out;
	if (slice_eq(t->common.to, SLICE("md")))
		s.ops = &sheet_md;
	if (slice_eq(t->common.to, SLICE("json")))
		metrics_json(m, by, p, periods, &out);
	else
		metrics_put(&s, by, p, periods);
	sheet_done(&s);
	if (!out_add(&t->out, buf_slice(&out)))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&out);
}

static int
metrics(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-report", .what = "metrics: how long it takes, what was met and missed",
		.usage = "metrics [--by WHAT] [--period P]... [FILE...]",
		.examples = {"ir-report metrics < incidents.ndjson", "ir-report metrics --by severity case.ndjson",
		    "ir-report metrics --period 2026-02 --period 2026-03 year.ndjson"},
		.kinds = table_kinds, .takes = TAKES_NOW | TAKES_FORCE,
	};
	struct period period[PERIODS_MAX] = {{.given = false}};
	struct tool t;
	struct report_options ro = {0};
	size_t periods;
	enum by by;

	tool_begin(&t, &about, metrics_options, argc, argv);
	by = by_asked(&t);
	periods = periods_asked(&t, period);
	ro.now_given = t.common.now.given;
	ro.now = t.common.now.at;
	struct model *m = model_new(&ro);
	struct stage stage = {.record = report_record, .mark = report_control, .shared = m, .serial = true, .quiet = true};

	tool_cell(&t, &(struct cell_rights){0});
	tool_each(&t, &stage);
	m->cut = t.cut;
	model_finish(m);
	metrics_out(&t, m, by, period, periods);
	report_judge(&t, m);
	model_free(m);
	return tool_end(&t);
}

static const struct verb {
	const char *name;
	int (*run)(int argc, char *argv[]);
} verbs[] = {
	{"metrics", metrics}, {"why", report_why}, {"clock", report_clock},
};

int
verb_run(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[1], verbs[i].name) == 0 && access(argv[1], F_OK) != 0) {
			argv[1] = argv[0];
			return verbs[i].run(argc - 1, argv + 1);
		}
	return -1;
}
