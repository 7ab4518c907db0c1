/* --profile: what each rule cost. */
#include "cmd/match.h"

#include <stdlib.h>

#include "lib/tool/text.h"

enum { ROWS = 40 };

struct row {
	const struct sigma_rule *rule;
	struct match_cost cost;
	bool blind;
};

static int
dearest(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->cost.ns != y->cost.ns)
		return x->cost.ns < y->cost.ns ? 1 : -1;
	return x->rule->index < y->rule->index ? -1 : 1;
}

static void
cell_u64(struct text_table *t, uint64_t v)
{
	struct buf b = {0};

	buf_u64(&b, v);
	text_cell(t, buf_slice(&b));
	buf_free(&b);
}

static void
put_row(struct text_table *t, const struct row *r, uint64_t all)
{
	struct buf b = {0};

	buf_f64(&b, (double)(all ? r->cost.ns * 1000 / all : 0) / 10);
	text_cell(t, buf_slice(&b));
	cell_u64(t, r->cost.asked ? r->cost.ns / r->cost.asked : 0);
	cell_u64(t, r->cost.asked);
	cell_u64(t, r->cost.hits);
	text_cell(t, r->blind ? SLICE("each event") : SLICE("a text"));
	text_cell(t, r->rule->title);
	text_cell(t, r->rule->id);
	buf_free(&b);
}

void
match_profile_add(struct matching *m, const struct match_room *room)
{
	const struct match_cost *cost = match_costs(room);

	for (size_t i = 0; i < m->sigma.rules; i++) {
		m->cost[i].asked += cost[i].asked;
		m->cost[i].hits += cost[i].hits;
		m->cost[i].ns += cost[i].ns;
	}
}

/* A table for people: times differ from run to run, so nothing of it is in the stream. */
void
match_profile(struct matching *m)
{
	static const char *const heads[] = {"TIME %", "NS A TIME", "ASKED", "MATCHED", "ASKED FOR", "RULE", "ID", NULL};
	struct text_table *table = text_table_new(heads, "rrrrlll");
	struct text_style style = {0};
	struct row *row = mem_zero(m->sigma.rules, sizeof *row);
	struct buf b = {0};
	uint64_t all = 0;
	size_t n = 0;

	for (size_t i = 0; i < m->sigma.rules; i++) {
		if (m->cost[i].asked == 0)
			continue;
		all += m->cost[i].ns;
		row[n++] = (struct row){m->sigma.rule[i], m->cost[i], match_blind(m->set, (uint32_t)i)};
	}
	if (n)
		qsort(row, n, sizeof *row, dearest);
	for (size_t i = 0; i < n && i < ROWS; i++)
		put_row(table, &row[i], all);
	text_table_put(table, &style, &b);
	tool_say(m->t, "%zu of %zu rules were asked; the dearest:", n, m->sigma.rules);
	for (struct slice rest = buf_slice(&b), line; rest.n; ) {
		line = slice_cut(&rest, '\n');
		tool_say(m->t, "%.*s", (int)line.n, line.p);
	}
	buf_free(&b);
	text_table_free(table);
	free(row);
}
