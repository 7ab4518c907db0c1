/* Findings: rules that hit, why, and what may be harmless about them. */
#include "lib/report/sections.h"

#include <stdlib.h>

static void
marked(struct sheet *s, struct slice v, size_t off, size_t len)
{
	if (len == 0) {
		sheet_run(s, RUN_CODE, v);
		return;
	}
	sheet_run(s, RUN_CODE, slice_head(v, off));
	sheet_run(s, RUN_MARK, slice_head(slice_from(v, off), len));
	sheet_run(s, RUN_CODE, slice_from(v, off + len));
}

void
why_put(struct sheet *s, const struct alert *a)
{
	sheet_list(s);
	for (uint32_t i = 0; i < a->why_n; i++) {
		const struct why *w = &s->m->why[a->why_from + i];

		sheet_item(s);
		sheet_text_no(s, RUN_STRONG, w->field);
		sheet_str(s, " ");
		sheet_text_no(s, RUN_TEXT, w->op);
		sheet_str(s, " ");
		sheet_text_no(s, RUN_CODE, w->pattern);
		if (w->value) {
			sheet_str(s, ": ");
			marked(s, text_of(s->m, w->value), w->off, w->len);
		}
		sheet_item_end(s);
	}
	sheet_list_end(s);
}

static void
row_of(struct sheet *s, const char *name, struct list l)
{
	if (l.n == 0)
		return;
	sheet_item(s);
	sheet_run(s, RUN_STRONG, slice_str(name));
	sheet_str(s, " ");
	sheet_list_of(s, l, "; ");
	sheet_item_end(s);
}

static void
text_row(struct sheet *s, const char *name, uint32_t text)
{
	if (text == 0)
		return;
	sheet_item(s);
	sheet_run(s, RUN_STRONG, slice_str(name));
	sheet_str(s, " ");
	sheet_text_no(s, RUN_TEXT, text);
	sheet_item_end(s);
}

static void
counts(struct sheet *s, const struct rule *r)
{
	sheet_para(s);
	sheet_level(s, r->level);
	sheet_str(s, "; ");
	sheet_u64(s, r->hits);
	sheet_str(s, r->hits == 1 ? " hit on " : " hits on ");
	sheet_u64(s, r->hosts);
	sheet_str(s, r->hosts == 1 ? " host; " : " hosts; ");
	sheet_times(s, r->first, r->last);
	sheet_para_end(s);
}

static void
rule_put(struct sheet *s, const struct rule *r)
{
	counts(s, r);
	sheet_list(s);
	text_row(s, "what", r->description);
	row_of(s, "known benign causes", r->benign);
	if (r->benign.n == 0) {
		sheet_item(s);
		sheet_run(s, RUN_STRONG, SLICE("known benign causes"));
		sheet_str(s, " the rule names none");
		sheet_item_end(s);
	}
	row_of(s, "tactics", r->tactics);
	row_of(s, "techniques", r->techniques);
	text_row(s, "author", r->author);
	text_row(s, "licence", r->license);
	text_row(s, "rule set", r->ruleset);
	text_row(s, "version", r->version);
	text_row(s, "id", r->id);
	row_of(s, "references", r->references);
	sheet_list_end(s);
	if (s->m->alert[r->example].why_n) {
		sheet_para(s);
		sheet_str(s, "Why, in its first hit (");
		sheet_text_no(s, RUN_CODE, s->m->alert[r->example].id);
		sheet_str(s, "):");
		sheet_para_end(s);
		why_put(s, &s->m->alert[r->example]);
	}
}

static int
by_level(const void *a, const void *b, void *model)
{
	const struct model *m = model;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct rule *p = &m->rule[x], *q = &m->rule[y];

	if (p->level != q->level)
		return q->level - p->level;
	if (p->hits != q->hits)
		return p->hits > q->hits ? -1 : 1;
	return (x > y) - (x < y);
}

static void
rule_fold(struct sheet *s, const struct rule *r)
{
	struct buf b = {0};

	buf_str(&b, level_words[r->level]);
	buf_lit(&b, ": ");
	buf_slice_add(&b, text_of(s->m, r->name));
	buf_lit(&b, " (");
	buf_u64(&b, r->hits);
	buf_lit(&b, ")");
	sheet_fold(s, buf_slice(&b));
	rule_put(s, r);
	sheet_fold_end(s);
	buf_free(&b);
}

static void
finding_table(struct sheet *s)
{
	static const char *const heads[] = {"Severity", "Rule", "Host", "Hits", "When (UTC)"};

	sheet_table(s, heads, "ltlrd");
	for (int l = LEVELS - 1; l >= 0; l--)
		for (size_t i = 0; i < s->m->findings && !sheet_full(s); i++) {
			const struct finding *f = &s->m->finding[i];

			if (s->m->rule[f->rule].level != l)
				continue;
			sheet_cell_level(s, l);
			sheet_cell_text(s, RUN_TEXT, s->m->rule[f->rule].name);
			sheet_cell_text(s, RUN_TEXT, f->host);
			sheet_cell_u64(s, f->count);
			sheet_cell(s);
			sheet_times(s, f->first, f->last);
			sheet_cell_end(s);
		}
	sheet_table_end(s);
}

void
section_findings(struct sheet *s)
{
	uint32_t *order = mem_alloc((s->m->rules + 1) * sizeof *order);

	for (size_t i = 0; i < s->m->rules; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, s->m->rules, sizeof *order, by_level, s->m);
	if (s->m->rules == 0) {
		sheet_para(s);
		sheet_str(s, "No rule hit.");
		sheet_para_end(s);
	}
	for (size_t i = 0; i < s->m->rules && !sheet_full(s); i++)
		rule_fold(s, &s->m->rule[order[i]]);
	if (s->m->findings) {
		sheet_heading(s, "", SLICE("Each rule on each host"));
		finding_table(s);
	}
	free(order);
}
