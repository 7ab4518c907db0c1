/* lib/report: what the model makes of a stream, and the line of blocks. */
#include "lib/report/account.h"
#include "lib/report/chart.h"
#include "lib/report/report.h"
#include "tests/unit/unit.h"

void report_model_tests(void);

static void
feed(struct model *m, struct slice stream)
{
	struct record_paths *paths = record_paths_new();
	struct json *j = json_new(&json_limits_stream);
	struct fault f;
	struct record r;
	const char *why;

	json_block(j, stream);
	while (json_line(j, &f))
		if (OK(j->ok && record_read(paths, j, &r, &why), "fixture line is a record"))
			model_record(m, &r);
	json_free(j);
	record_paths_free(paths);
}

static struct model *
model_of(const char *name, struct report_options o)
{
	struct model *m = model_new(&o);
	struct buf path = {0};

	buf_str(&path, unit_srcdir());
	buf_lit(&path, "/tests/golden/report/");
	buf_str(&path, name);
	feed(m, unit_file(buf_cstr(&path)));
	model_finish(m);
	buf_free(&path);
	return m;
}

static void
counts(void)
{
	struct model *m = model_of("case.in", (struct report_options){0});
	struct totals t = totals_read(m);

	INT(m->alerts, 4, "an alert that came twice counts once");
	INT(m->folded, 1, "and is told");
	INT(m->stories, 2, "two incidents, two stories");
	INT(m->events_hit, 3, "two rules on one event are one event");
	INT(m->hits[5], 1, "critical");
	INT(m->findings, 4, "rule on host");
	INT(m->tlp, 4, "the strictest label of all holds");
	INT(m->status, 3, "the highest status of the ends");
	INT(t.events, 100, "events, by ir-match's end");
	INT(t.types_blind, 1, "kinds of events that no rule looked at");
	INT(t.rejected, 3, "rejected");
	SAME(text_of(m, m->story[0].priority), SLICE("P1"), "the latest seq holds, worst first");
	INT(m->story[0].n, 2, "alerts of both seqs");
	INT(m->story[0].tactics.n, 2, "tactics of its rules");
	INT(m->chart.days_active, 2, "active days");
	model_free(m);
}

static void
by_host(void)
{
	struct model *m = model_of("plain.in", (struct report_options){0});

	OK(m->grouped_here, "without incidents stories are made here");
	INT(m->stories, 2, "one a host");
	SAME(text_of(m, m->story[0].host), SLICE("ws07"), "the critical one first");
	SAME(text_of(m, m->story[0].title), SLICE("Memory of LSASS Written to a File +1"), "called by its worst rule");
	model_free(m);
}

/* One alert an hour: each begins a story of its own; 29 minutes later does not. */
static void
gaps(void)
{
	static const char *const at[] = {"08:00", "08:29", "09:00", "10:00"};
	struct model *m = model_new(&(struct report_options){0});
	struct buf b = {0};

	for (int i = 0; i < 4; i++) {
		buf_lit(&b, "{\"@timestamp\":\"2026-03-10T");
		buf_str(&b, at[i]);
		buf_lit(&b, ":00.000000000Z\",\"ir\":{\"v\":1,\"kind\":\"alert\",\"id\":\"e");
		buf_i64(&b, i);
		buf_lit(&b, "\",\"alert\":{\"id\":\"a");
		buf_i64(&b, i);
		buf_lit(&b, "\",\"level\":\"high\"}},\"host\":{\"name\":\"h\"},\"rule\":{\"id\":\"r\",\"name\":\"R\"}}\n");
	}
	feed(m, buf_slice(&b));
	model_finish(m);
	INT(m->stories, 3, "a silence of more than 30 minutes begins another story");
	INT(m->chart.n, 4, "time without hits is left out");
	buf_reset(&b);
	spark(m, 10, false, &b);
	SAME(buf_slice(&b), SLICE("2026-03-10 08:00 @@@@ 2026-03-10 10:00"), "a line of equal bars, in ASCII");
	buf_reset(&b);
	spark(m, 2, true, &b);
	SAME(buf_slice(&b), SLICE("2026-03-10 08:00 \u2588\u2588 2026-03-10 10:00"), "neighbours are added up");
	buf_free(&b);
	model_free(m);
}

static void
budget(void)
{
	struct model *m = model_of("case.in", (struct report_options){.text_budget = 1});

	INT(m->alerts, 4, "beyond the budget alerts still count");
	OK(m->texts_dropped > 0, "and what was not kept is told");
	model_free(m);
}

static void
kinds(void)
{
	OK(report_by_name(SLICE("spreadsheet")) == NULL, "a kind that is not there");
	SAME(slice_str(report_by_name(SLICE("html"))->ending), SLICE(".html"), "a kind by name");
}

void
report_model_tests(void)
{
	counts();
	by_host();
	gaps();
	budget();
	kinds();
}
