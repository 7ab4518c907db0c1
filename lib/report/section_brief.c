/* In short, and when. */
#include "lib/report/account.h"
#include "lib/report/chart.h"
#include "lib/report/sections.h"

static void
sentence_worst(struct sheet *s)
{
	const struct story *y = &s->m->story[0];

	sheet_str(s, "The weightiest story is S1");
	if (y->host) {
		sheet_str(s, " on ");
		sheet_text_no(s, RUN_STRONG, y->host);
	}
	sheet_str(s, " (");
	sheet_times(s, y->first, y->last);
	sheet_str(s, " UTC): ");
	sheet_text_no(s, RUN_TEXT, y->title);
	sheet_str(s, ". ");
}

static void
sentence_counts(struct sheet *s)
{
	struct model *m = s->m;

	sheet_u64(s, m->alerts);
	sheet_str(s, m->alerts == 1 ? " hit of " : " hits of ");
	sheet_u64(s, m->rules);
	sheet_str(s, m->rules == 1 ? " rule on " : " rules on ");
	sheet_u64(s, m->hosts);
	sheet_str(s, m->hosts == 1 ? " host make " : " hosts make ");
	sheet_u64(s, m->stories);
	sheet_str(s, m->stories == 1 ? " story" : " stories");
	if (m->hits[5] + m->hits[4]) {
		sheet_str(s, "; critical: ");
		sheet_u64(s, m->hits[5]);
		sheet_str(s, ", high: ");
		sheet_u64(s, m->hits[4]);
	}
	sheet_str(s, ". ");
}

static void
sentence_response(struct sheet *s)
{
	struct model *m = s->m;

	if (m->action.n == 0) {
		sheet_str(s, "No response step is in the stream. ");
		return;
	}
	sheet_u64(s, m->action.n);
	sheet_str(s, m->action.n == 1 ? " response step is planned; " : " response steps are planned; ");
	sheet_u64(s, m->result.n);
	sheet_str(s, m->result.n == 1 ? " result has come back. " : " results have come back. ");
}

static void
funnel(struct sheet *s)
{
	static const char *const heads[] = {"Files", "Events", "Events with a hit", "Hits", "Findings (rule on host)", "Stories",
	    "Hosts"};
	struct totals t = totals_read(s->m);

	sheet_table(s, heads, "rrrrrrr");
	if (t.files_known)
		sheet_cell_u64(s, t.files);
	else
		sheet_cell_str(s, "not told");
	if (t.events_known)
		sheet_cell_u64(s, t.events);
	else
		sheet_cell_str(s, "not told");
	sheet_cell_u64(s, s->m->events_hit);
	sheet_cell_u64(s, s->m->alerts);
	sheet_cell_u64(s, s->m->findings);
	sheet_cell_u64(s, s->m->stories);
	sheet_cell_u64(s, s->m->hosts);
	sheet_table_end(s);
}

static void
facts(struct sheet *s)
{
	struct model *m = s->m;
	int worst = 0;

	for (int l = 0; l < LEVELS; l++)
		worst = m->hits[l] ? l : worst;
	sheet_para(s);
	sheet_str(s, "Worst severity: ");
	sheet_level(s, worst);
	sheet_str(s, ". As of ");
	sheet_time(s, m->o.now_given ? m->o.now : m->newest);
	sheet_str(s, m->o.now_given ? " UTC (as asked)." : " UTC (newest record).");
	sheet_para_end(s);
}

void
section_short(struct sheet *s)
{
	struct totals t;

	if (s->m->cut) {
		sheet_para(s);
		sheet_run(s, RUN_STRONG, SLICE("PARTIAL: the stream ended without its `end` record. What is missing is not "
		    "known."));
		sheet_para_end(s);
	}
	if (s->m->alerts) {
		facts(s);
		sheet_para(s);
		sentence_worst(s);
		sentence_counts(s);
		sentence_response(s);
		sheet_run(s, RUN_MUTED, SLICE("(generated from the records; nobody has reviewed it)"));
		sheet_para_end(s);
	} else {
		t = totals_read(s->m);
		sheet_para(s);
		sheet_str(s, "No alerts: ");
		sheet_u64(s, t.events);
		sheet_str(s, " events");
		if (t.rules_known) {
			sheet_str(s, ", ");
			sheet_u64(s, t.rules);
			sheet_str(s, " rules ran, ");
			sheet_u64(s, t.rules_faulty);
			sheet_str(s, " could not");
		}
		sheet_str(s, ".");
		sheet_para_end(s);
	}
	funnel(s);
}

static void
bucket_row(struct sheet *s, const struct bucket *b)
{
	char room[STAMP_LEN];

	sheet_cell_slice(s, RUN_TEXT, bucket_name(&s->m->chart, b->at, room));
	for (int l = LEVELS - 1; l > 0; l--)
		sheet_cell_u64(s, b->hits[l]);
}

void
section_when(struct sheet *s)
{
	static const char *const heads[] = {"From (UTC)", "critical", "high", "medium", "low", "informational"};
	const struct chart *c = &s->m->chart;

	if (c->n == 0) {
		sheet_para(s);
		sheet_str(s, "There is no hit to draw.");
		sheet_para_end(s);
		return;
	}
	s->ops->chart(s);
	sheet_para(s);
	sheet_str(s, "Each bar stands for ");
	sheet_u64(s, (uint64_t)(c->step >= 86400 ? c->step / 86400 : c->step >= 3600 ? c->step / 3600 : c->step / 60));
	sheet_str(s, c->step >= 86400 ? " d" : c->step >= 3600 ? " h" : " min");
	sheet_str(s, "; time without hits is left out (a break is drawn). ");
	sheet_u64(s, c->days_active);
	sheet_str(s, " active days of ");
	sheet_u64(s, c->days);
	sheet_str(s, ".");
	sheet_para_end(s);
	sheet_fold(s, SLICE("The chart as a table"));
	sheet_table(s, heads, "lrrrrr");
	for (size_t i = 0; i < c->n; i++)
		bucket_row(s, &c->v[i]);
	sheet_table_end(s);
	sheet_fold_end(s);
}
