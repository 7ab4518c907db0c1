/* --stack FIELD: how often each value came; --rare: the rarest first, where an intruder is more likely to stand. */
#include "lib/report/summary.h"

#include <stdlib.h>

static int
often(const void *a, const void *b, void *sign)
{
	const struct map_row *x = a, *y = b;
	int c = (x->v.u < y->v.u) - (x->v.u > y->v.u);

	return c ? c * *(const int *)sign : slice_cmp(x->key, y->key);
}

void
stack_put(struct sheet *s, bool rare)
{
	const char *heads[] = {"COUNT", "VALUE"};
	size_t n = s->m->stack_by.n;
	struct map_row *row = mem_alloc((n + 1) * sizeof *row);
	int sign = rare ? -1 : 1;

	for (size_t i = 0; i < n; i++)
		row[i] = s->m->stack_by.row[i];
	qsort_r(row, n, sizeof *row, often, &sign);
	sheet_table(s, heads, "rl");
	for (size_t i = 0; i < n; i++) {
		sheet_cell_u64(s, row[i].v.u);
		sheet_cell_slice(s, RUN_TEXT, row[i].key);
	}
	sheet_table_end(s);
	sheet_u64(s, s->m->stacked);
	sheet_str(s, " records have ");
	sheet_run(s, RUN_TEXT, s->m->o.stack);
	sheet_str(s, ", ");
	sheet_u64(s, n);
	sheet_str(s, " values");
	if (s->m->stack_dropped) {
		sheet_str(s, "; not counted, for too many values: ");
		sheet_u64(s, s->m->stack_dropped);
	}
	sheet_para_end(s);
	free(row);
}
