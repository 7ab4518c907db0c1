#include "lib/report/summary.h"

#include "lib/report/account.h"
#include "lib/report/chart.h"

/* 1 032: as sheet_u64 writes it. */
static void
number(struct buf *b, uint64_t v)
{
	struct buf d = {0};

	buf_u64(&d, v);
	for (size_t i = 0; i < d.n; i++) {
		if (i && (d.n - i) % 3 == 0)
			buf_byte(b, ' ');
		buf_byte(b, d.p[i]);
	}
	buf_free(&d);
}

/* 12.5 %, without a double's doubts. */
static void
percent(struct buf *b, uint64_t part, uint64_t whole)
{
	uint64_t tenths = whole ? (part * 1000 + whole / 2) / whole : 0;

	buf_lit(b, " (");
	buf_u64(b, tenths / 10);
	buf_byte(b, '.');
	buf_u64(b, tenths % 10);
	buf_lit(b, " %)");
}

/* ---- the right half of the head: what goes beside the table of severities ---------------------------------------- */

enum { SIDE = 6, NARROW = 100 /* columns below which the wide tables would lose their last column */ };

static bool
narrow(const struct sheet *s)
{
	return s->style.width && s->style.width < NARROW;
}

static void
side_when(struct sheet *s, struct buf *b)
{
	spark(s->m, narrow(s) ? 10 : 20, s->style.utf8, b);
	if (narrow(s))
		return;
	buf_lit(b, "  ");
	number(b, s->m->chart.days_active);
	buf_str(b, s->m->chart.days_active == 1 ? " active day of " : " active days of ");
	number(b, s->m->chart.days);
}

static void
side_events(struct sheet *s, const struct totals *t, struct buf *b)
{
	buf_lit(b, "events with a hit  ");
	number(b, s->m->events_hit);
	if (t->events_known) {
		buf_lit(b, " of ");
		number(b, t->events);
		percent(b, s->m->events_hit, t->events);
	}
}

static void
side_rules(struct sheet *s, const struct totals *t, struct buf *b)
{
	buf_lit(b, "rules that hit  ");
	number(b, s->m->rules);
	if (t->rules_known) {
		buf_lit(b, " of ");
		number(b, t->rules);
	}
	if (t->rules_faulty) {
		buf_lit(b, ", could not run: ");
		number(b, t->rules_faulty);
	}
}

static void
side_blind(struct sheet *s, const struct totals *t, struct buf *b)
{
	if (t->types == 0)
		return;
	buf_lit(b, "no rule looked at: ");
	number(b, t->types_blind);
	buf_lit(b, " of ");
	number(b, t->types);
	buf_str(b, narrow(s) ? " event types" : " event types  --coverage");
}

static void
side_hidden(const struct totals *t, struct buf *b)
{
	buf_lit(b, "hidden by suppressions: ");
	number(b, t->suppressed);
	if (t->rejected) {
		buf_lit(b, "   rejected: ");
		number(b, t->rejected);
	}
}

static void
side_response(struct sheet *s, struct buf *b)
{
	if (s->m->action.n == 0)
		return;
	buf_lit(b, "response: ");
	number(b, s->m->action.n);
	buf_lit(b, " actions planned");
	if (s->m->result.n) {
		buf_lit(b, ", results ");
		number(b, s->m->result.n);
	}
}

static void
severity_row(struct sheet *s, int level, const struct buf *side)
{
	sheet_cell_level(s, level);
	sheet_cell_u64(s, s->m->hits[level]);
	sheet_cell_u64(s, s->m->rules_at[level]);
	sheet_cell_u64(s, s->m->hosts_at[level]);
	sheet_cell_slice(s, RUN_TEXT, buf_slice(side));
}

static void
head_put(struct sheet *s)
{
	struct totals t = totals_read(s->m);
	struct buf side[SIDE + 1] = {{0}};
	size_t row = 1;

	side_when(s, &side[0]);
	side_events(s, &t, &side[1]);
	side_rules(s, &t, &side[2]);
	side_blind(s, &t, &side[3]);
	side_hidden(&t, &side[4]);
	side_response(s, &side[5]);
	const char *heads[] = {"SEVERITY", "HITS", "RULES", "HOSTS", buf_cstr(&side[0])};

	sheet_table(s, heads, "lrrrl");
	for (int l = LEVELS - 1; l >= 0; l--)
		if (l > 0 || s->m->hits[0])
			severity_row(s, l, &side[row < SIDE ? row++ : SIDE]);
	sheet_table_end(s);
	for (int i = 0; i < SIDE; i++)
		buf_free(&side[i]);
}

/* ---- stories ----------------------------------------------------------------------------------------------------- */

static void
story_name(struct sheet *s, const struct story *y)
{
	for (uint32_t i = 0; i < y->tactics.n && i < 3; i++) {
		if (i)
			sheet_str(s, " > ");
		sheet_text_no(s, RUN_TEXT, item_of(s->m, y->tactics, i));
	}
	if (y->tactics.n > 3)
		sheet_str(s, " > ..");
	if (y->tactics.n)
		sheet_str(s, ": ");
	sheet_text_no(s, RUN_TEXT, y->title);
}

/* S1, and its priority or level. */
static void
story_number(struct sheet *s, size_t i)
{
	const struct story *y = &s->m->story[i];

	sheet_cell(s);
	sheet_str(s, "S");
	buf_u64(&s->line, i + 1);
	sheet_cell_end(s);
	if (y->priority)
		sheet_cell_text(s, RUN_TEXT, y->priority);
	else
		sheet_cell_level(s, y->level);
}

static void
story_row(struct sheet *s, size_t i)
{
	const struct story *y = &s->m->story[i];

	story_number(s, i);
	sheet_cell_text(s, RUN_TEXT, y->host);
	sheet_cell(s);
	sheet_times(s, y->first, y->last);
	sheet_cell_end(s);
	for (int l = 5; l > 1; l--)
		sheet_cell_u64(s, y->hits[l]);
	sheet_cell(s);
	story_name(s, y);
	sheet_cell_end(s);
}

/* On a narrow terminal what happened and where says more than counts. */
static void
story_row_narrow(struct sheet *s, size_t i)
{
	const struct story *y = &s->m->story[i];

	story_number(s, i);
	sheet_cell(s);
	sheet_times(s, y->first, y->first);
	sheet_cell_end(s);
	sheet_cell(s);
	sheet_text_no(s, RUN_TEXT, y->host);
	sheet_str(s, ": ");
	sheet_text_no(s, RUN_TEXT, y->title);
	sheet_cell_end(s);
}

void
stories_put(struct sheet *s, size_t most)
{
	const char *worst = s->m->grouped_here ? "WORST" : "PRIO";
	const char *heads[] = {"#", worst, "HOST", "WHEN (UTC)", "C", "H", "M", "L", "STORY"}, *few[] = {"#", worst,
	    "SINCE (UTC)", "STORY"};

	if (s->m->stories == 0)
		return;
	sheet_table(s, narrow(s) ? few : heads, narrow(s) ? "rlll" : "rlllrrrrl");
	for (size_t i = 0; i < s->m->stories && i < most; i++)
		if (narrow(s))
			story_row_narrow(s, i);
		else
			story_row(s, i);
	sheet_table_end(s);
	if (s->m->stories > most) {
		sheet_u64(s, s->m->stories - most);
		sheet_str(s, " more: --stories");
		sheet_para_end(s);
	}
	if (s->m->grouped_here) {
		sheet_str(s, "Stories were made here, by host and silence of 30 minutes: no incident came (ir-escalate makes "
		    "them).");
		sheet_para_end(s);
	}
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void
nothing_found(struct sheet *s)
{
	struct totals t = totals_read(s->m);

	sheet_str(s, "no alerts: ");
	sheet_u64(s, t.events);
	sheet_str(s, " events, ");
	if (t.rules_known) {
		sheet_u64(s, t.rules);
		sheet_str(s, " rules ran, ");
		sheet_u64(s, t.rules_faulty);
		sheet_str(s, " could not");
	} else
		sheet_str(s, "how many rules ran is not known: no `end` of ir-match came");
	sheet_para_end(s);
}

static void
partial(struct sheet *s)
{
	if (!s->m->cut)
		return;
	sheet_str(s, "PARTIAL: the stream ended without an `end` record: what is missing is not known");
	sheet_para_end(s);
}

static void
next_steps(struct sheet *s)
{
	const struct model *m = s->m;
	const struct alert *a = m->alerts ? &m->alert[m->order[0]] : NULL;

	sheet_str(s, "next: ir-report --story S1  ir-report -o case.html");
	if (a && a->id) {
		sheet_str(s, "  ir-match --explain ");
		sheet_run(s, RUN_TEXT, slice_head(text_of(m, a->id), 8));
	}
	sheet_para_end(s);
}

void
summary_put(struct sheet *s)
{
	partial(s);
	if (s->m->alerts == 0) {
		nothing_found(s);
		if (s->m->stories)
			stories_put(s, SUMMARY_STORIES);
		return;
	}
	head_put(s);
	buf_byte(s->b, '\n');
	stories_put(s, SUMMARY_STORIES);
	next_steps(s);
}
