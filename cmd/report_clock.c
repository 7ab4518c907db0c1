/* ir-report clock: duties to report and when they are due, from case.yaml and --fact; for people, programs and calendars. */
#include "cmd/report.h"

#include "lib/report/clocks.h"
#include "lib/tool/text.h"

#include <stdlib.h>
#include <unistd.h>

enum { SOON = 6 * 3600, FACTS_MAX = 64 };

static struct slice case_name, regime, fail_on;
static struct opt_list fact_words;
static const struct opt options[] = {
	{0, "case", "FILE", "what only people know: case.yaml", OPT_TEXT, &case_name, "file"},
	{0, "fact", "NAME=TIME", "aware, classified, material, submitted.CLOCK.STEP ...; again for more", OPT_LIST, &fact_words,
	    NULL},
	{0, "regime", "NAME", "one of nis2, nis2-trust, dora, dora-bank, gdpr, sec, hipaa, cert-in", OPT_TEXT, &regime, NULL},
	{0, "fail-on", "WHEN", "1 if something is overdue, or due soon (6 h)", OPT_TEXT, &fail_on, "overdue|soon"},
	{0},
};
static const char *const kinds[] = {"text", "json", "ics", NULL};

/* NAME=TIME. */
static size_t
facts_asked(struct tool *t, struct fact fact[FACTS_MAX])
{
	if (fact_words.n > FACTS_MAX)
		tool_usage(t, "--fact: at most %d", FACTS_MAX);
	for (size_t i = 0; i < fact_words.n; i++) {
		struct slice s = fact_words.v[i];
		size_t n = slice_find(s, '=');

		if (n == 0 || n == s.n || !stamp_rfc3339(slice_from(s, n + 1), &fact[i].at))
			tool_usage(t, "--fact %.*s: NAME=TIME is wanted", (int)s.n, s.p);
		fact[i].name = slice_head(s, n);
	}
	return fact_words.n;
}

static void
left_add(struct buf *b, int64_t s)
{
	buf_str(b, s < 0 ? "-" : "");
	s = s < 0 ? -s : s;
	if (s >= 86400) {
		buf_i64(b, s / 86400);
		buf_lit(b, "d ");
	}
	buf_i64(b, s % 86400 / 3600);
	buf_lit(b, "h ");
	buf_i64(b, s % 3600 / 60);
	buf_lit(b, "m");
}

static void
table_put(struct tool *t, const struct due *v, size_t n, struct buf *out)
{
	static const char *const heads[] = {"CLOCK", "STEP", "DUE (UTC)", "LEFT", "STATE", "LAW", NULL};
	struct text_table *table = text_table_new(heads, "lllrll");
	struct text_style style = {.width = isatty(1) && t->common.output.n == 0 ? t->width : 0, .utf8 = t->utf8};
	struct buf b = {0};
	char at[STAMP_LEN];

	for (size_t i = 0; i < n; i++) {
		text_cell(table, v[i].clock);
		text_cell(table, v[i].step);
		stamp_put(at, v[i].at);
		at[10] = ' ';
		text_cell(table, slice_of(at, 16));
		buf_reset(&b);
		if (v[i].state < CLOCK_DONE)
			left_add(&b, v[i].at.s - t->common.now.at.s);
		text_cell(table, buf_slice(&b));
		text_cell(table, slice_str(clock_state_name[v[i].state]));
		text_cell(table, v[i].law);
	}
	text_table_put(table, &style, out);
	text_table_free(table);
	buf_free(&b);
}

static void
json_put(struct tool *t, const struct due *v, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		struct json_out o = json_out(out);
		char at[STAMP_LEN];

		jo_open(&o, '{');
		jo_ktext(&o, "clock", v[i].clock);
		jo_ktext(&o, "step", v[i].step);
		stamp_put(at, v[i].at);
		jo_ktext(&o, "due", slice_of(at, sizeof at));
		jo_kstr(&o, "state", clock_state_name[v[i].state]);
		if (v[i].state < CLOCK_DONE)
			jo_ki64(&o, "seconds_left", v[i].at.s - t->common.now.at.s);
		jo_ktext(&o, "law", v[i].law);
		jo_close(&o, '}');
		buf_byte(out, '\n');
	}
}

/* 20260311T080000Z (RFC 5545 section 3.3.5). */
static void
ics_time(struct buf *b, const char *name, struct stamp at)
{
	char t[STAMP_LEN];

	stamp_put(t, at);
	buf_str(b, name);
	for (int i = 0; i < 19; i++)
		if (t[i] != '-' && t[i] != ':')
			buf_byte(b, t[i]);
	buf_lit(b, "Z\r\n");
}

/* Names of clocks and laws are our own and hold nothing that wants an escape but commas (section 3.3.11). */
static void
ics_text(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',' || s.p[i] == ';' || s.p[i] == '\\')
			buf_byte(b, '\\');
		buf_byte(b, s.p[i]);
	}
}

static void
ics_put(struct tool *t, const struct due *v, size_t n, struct buf *out)
{
	buf_lit(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//irpipe//clock//EN\r\n");
	for (size_t i = 0; i < n; i++) {
		if (v[i].state >= CLOCK_DONE)
			continue;
		buf_lit(out, "BEGIN:VEVENT\r\nUID:");
		ics_text(out, v[i].clock);
		buf_byte(out, '.');
		ics_text(out, v[i].step);
		buf_lit(out, "@irpipe\r\n");
		ics_time(out, "DTSTAMP:", t->common.now.at);
		ics_time(out, "DTSTART:", v[i].at);
		buf_lit(out, "SUMMARY:");
		ics_text(out, v[i].clock);
		buf_lit(out, ": ");
		ics_text(out, v[i].step);
		buf_lit(out,
		    " is "
		    "due\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:due\r\nTRIGGER:-PT2H\r\nEND:VALARM\r\nEND:VEVENT\r\n");
	}
	buf_lit(out, "END:VCALENDAR\r\n");
}

static void
judge(struct tool *t, const struct due *v, size_t n)
{
	bool soon = slice_eq(fail_on, SLICE("soon"));

	for (size_t i = 0; i < n && fail_on.n; i++)
		if (v[i].state == CLOCK_LATE || (soon && v[i].state == CLOCK_DUE && v[i].at.s - t->common.now.at.s < SOON))
			tool_status(t, 1);
}

static void
clock_out(struct tool *t, const struct due *v, size_t n)
{
	struct buf out = {0};

	if (slice_eq(t->common.to, SLICE("ics")))
		ics_put(t, v, n, &out);
	else if (slice_eq(t->common.to, SLICE("json")))
		json_put(t, v, n, &out);
	else
		table_put(t, v, n, &out);
	if (!out_add(&t->out, buf_slice(&out)))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&out);
}

int
report_clock(int argc, char *argv[])
{
	static const struct tool_about about = {
		.name = "ir-report", .what = "clock: duties to report and when they are due",
		.usage = "clock [--case FILE] [--fact NAME=TIME]... --now TIME",
		.examples = {"ir-report clock --case case.yaml --now clock",
		    "ir-report clock --regime nis2 --fact aware=2026-03-11T09:00:00Z --now clock",
		    "ir-report clock --case case.yaml --now clock -t ics > due.ics"},
		.kinds = kinds, .takes = TAKES_NOW, .own_input = true, .terminal_ok = true,
	};
	struct fact fact[FACTS_MAX] = {{.name = {0}}};
	struct report_case c = {0};
	struct arena mem = {0};
	struct tool t;
	size_t facts, n;
	struct due *v;

	tool_begin(&t, &about, options, argc, argv);
	facts = facts_asked(&t, fact);
	if (!t.common.now.given)
		tool_usage(&t, "--now TIME is wanted (--now clock reads the clock)");
	if (fail_on.n && !slice_eq(fail_on, SLICE("overdue")) && !slice_eq(fail_on, SLICE("soon")))
		tool_usage(&t, "--fail-on %.*s: overdue or soon", (int)fail_on.n, fail_on.p);
	if (regime.n && !clocks_regime(regime, &mem))
		tool_usage(&t, "--regime %.*s: there is none of this name", (int)regime.n, regime.p);
	report_case_load(&t, case_name, &mem, &c);
	tool_cell(&t, &(struct cell_rights){0});
	v = clocks_due(&c, fact, facts, regime, t.common.now.at, &mem, &n);
	if (n == 0) {
		tool_say(&t, "no clock runs: no fact has started one (aware_at in the case, or --fact aware=TIME)");
		tool_status(&t, 3);
	}
	judge(&t, v, n);
	clock_out(&t, v, n);
	arena_free(&mem);
	t.common.quiet++;
	return tool_end(&t);
}
