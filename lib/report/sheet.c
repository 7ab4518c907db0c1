#include "lib/report/sheet.h"

void
sheet_done(struct sheet *s)
{
	buf_free(&s->line);
	buf_free(&s->scratch);
	text_table_free(s->table);
	s->table = NULL;
}

void
sheet_section(struct sheet *s, const char *id, const char *title)
{
	s->ops->section(s, id, title);
}

void
sheet_section_end(struct sheet *s)
{
	s->ops->section_end(s);
}

void
sheet_heading(struct sheet *s, const char *anchor, struct slice title)
{
	s->ops->heading(s, slice_str(anchor), title);
}

void
sheet_para(struct sheet *s)
{
	s->ops->para(s, true);
}

void
sheet_para_end(struct sheet *s)
{
	s->ops->para(s, false);
}

void
sheet_run(struct sheet *s, int run, struct slice text)
{
	if (text.n)
		s->ops->run(s, run, text);
}

void
sheet_break(struct sheet *s)
{
	s->ops->line_break(s);
}

void
sheet_u64(struct sheet *s, uint64_t v)
{
	struct buf b = {0}, out = {0};

	buf_u64(&b, v);
	for (size_t i = 0; i < b.n; i++) {
		if (i && (b.n - i) % 3 == 0)
			buf_byte(&out, ' ');
		buf_byte(&out, b.p[i]);
	}
	sheet_run(s, RUN_TEXT, buf_slice(&out));
	buf_free(&b);
	buf_free(&out);
}

void
sheet_time(struct sheet *s, struct stamp at)
{
	char t[STAMP_LEN];

	stamp_put(t, at);
	t[10] = ' ';
	sheet_run(s, RUN_TEXT, slice_of(t, 19));
}

void
sheet_times(struct sheet *s, struct stamp first, struct stamp last)
{
	char a[STAMP_LEN], b[STAMP_LEN];

	stamp_put(a, first);
	stamp_put(b, last);
	a[10] = b[10] = ' ';
	sheet_run(s, RUN_TEXT, slice_of(a, 16));
	if (memcmp(a, b, 16) == 0)
		return;
	sheet_str(s, "..");
	sheet_run(s, RUN_TEXT, memcmp(a, b, 10) == 0 ? slice_of(b + 11, 5) : slice_of(b, 16));
}

void
sheet_level(struct sheet *s, int level)
{
	sheet_run(s, RUN_LEVEL + level, slice_str(level_words[level]));
}

void
sheet_text_no(struct sheet *s, int run, uint32_t text)
{
	sheet_run(s, run, text_of(s->m, text));
}

void
sheet_list_of(struct sheet *s, struct list l, const char *between)
{
	for (uint32_t i = 0; i < l.n; i++) {
		if (i)
			sheet_str(s, between);
		sheet_text_no(s, RUN_TEXT, item_of(s->m, l, i));
	}
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

void
sheet_table(struct sheet *s, const char *const *heads, const char *align)
{
	s->heads = heads;
	s->align = align;
	s->columns = strlen(align);
	s->column = s->rows = 0;
	s->ops->table(s);
}

void
sheet_cell(struct sheet *s)
{
	s->ops->cell(s, true);
}

void
sheet_cell_end(struct sheet *s)
{
	s->ops->cell(s, false);
	if (++s->column == s->columns) {
		s->column = 0;
		s->rows++;
	}
}

void
sheet_table_end(struct sheet *s)
{
	s->ops->table_end(s);
}

void
sheet_cell_slice(struct sheet *s, int run, struct slice text)
{
	sheet_cell(s);
	sheet_run(s, run, text);
	sheet_cell_end(s);
}

void
sheet_cell_str(struct sheet *s, const char *text)
{
	sheet_cell_slice(s, RUN_TEXT, slice_str(text));
}

void
sheet_cell_text(struct sheet *s, int run, uint32_t text)
{
	sheet_cell_slice(s, run, text_of(s->m, text));
}

void
sheet_cell_u64(struct sheet *s, uint64_t v)
{
	sheet_cell(s);
	sheet_u64(s, v);
	sheet_cell_end(s);
}

void
sheet_cell_time(struct sheet *s, struct stamp at)
{
	sheet_cell(s);
	sheet_time(s, at);
	sheet_cell_end(s);
}

void
sheet_cell_level(struct sheet *s, int level)
{
	sheet_cell(s);
	sheet_level(s, level);
	sheet_cell_end(s);
}

/* ---- lists, folds ------------------------------------------------------------------------------------------------ */

void
sheet_list(struct sheet *s)
{
	s->depth++;
	s->ops->list(s, true);
}

void
sheet_list_end(struct sheet *s)
{
	s->ops->list(s, false);
	s->depth--;
}

void
sheet_item(struct sheet *s)
{
	s->ops->item(s, true);
}

void
sheet_item_end(struct sheet *s)
{
	s->ops->item(s, false);
}

void
sheet_fold(struct sheet *s, struct slice summary)
{
	s->ops->fold(s, true, summary);
}

void
sheet_fold_end(struct sheet *s)
{
	s->ops->fold(s, false, SLICE(""));
}
