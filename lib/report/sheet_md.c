/*
 * The sheet as Markdown (CommonMark with tables): every byte of a record goes through esc_md; code too, since a fence in a table
 * ends it.
 */
#include "lib/report/esc.h"
#include "lib/report/sheet.h"

static void
section(struct sheet *s, const char *id, const char *title)
{
	(void)id;
	buf_lit(s->b, "\n## ");
	esc_md(s->b, slice_str(title));
	buf_lit(s->b, "\n\n");
}

static void
section_end(struct sheet *s)
{
	(void)s;
}

static void
heading(struct sheet *s, struct slice anchor, struct slice title)
{
	(void)anchor;
	buf_lit(s->b, "\n### ");
	esc_md(s->b, title);
	buf_lit(s->b, "\n\n");
}

static void
para(struct sheet *s, bool begin)
{
	if (!begin)
		buf_lit(s->b, "\n\n");
}

static void
run(struct sheet *s, int kind, struct slice text)
{
	const char *around = kind == RUN_STRONG || kind == RUN_MARK ? "**" : "";

	buf_str(s->b, around);
	esc_md(s->b, text);
	buf_str(s->b, around);
}

static void
line_break(struct sheet *s)
{
	buf_str(s->b, s->columns ? "; " : "\\\n");
}

static void
table(struct sheet *s)
{
	for (size_t c = 0; c < s->columns; c++) {
		buf_lit(s->b, "| ");
		esc_md(s->b, slice_str(s->heads[c]));
		buf_byte(s->b, ' ');
	}
	buf_lit(s->b, "|\n");
	for (size_t c = 0; c < s->columns; c++)
		buf_str(s->b, s->align[c] == 'r' ? "| --: " : "| --- ");
	buf_lit(s->b, "|\n");
}

static void
cell(struct sheet *s, bool begin)
{
	buf_str(s->b, begin ? "| " : s->column + 1 == s->columns ? " |\n" : " ");
}

static void
table_end(struct sheet *s)
{
	s->columns = 0;
	buf_byte(s->b, '\n');
}

static void
list(struct sheet *s, bool begin)
{
	if (!begin && s->depth == 1)
		buf_byte(s->b, '\n');
}

static void
item(struct sheet *s, bool begin)
{
	if (!begin) {
		if (s->b->n && s->b->p[s->b->n - 1] != '\n')
			buf_byte(s->b, '\n');
		return;
	}
	if (s->b->n && s->b->p[s->b->n - 1] != '\n')
		buf_byte(s->b, '\n');
	for (int i = 1; i < s->depth; i++)
		buf_lit(s->b, "  ");
	buf_lit(s->b, "- ");
}

static void
fold(struct sheet *s, bool begin, struct slice summary)
{
	if (!begin)
		return;
	buf_lit(s->b, "\n#### ");
	esc_md(s->b, summary);
	buf_lit(s->b, "\n\n");
}

static void
chart(struct sheet *s)
{
	(void)s;		/* its table follows */
}

static void
download(struct sheet *s, const char *name, const char *media, struct slice bytes)
{
	(void)s;
	(void)name;
	(void)media;
	(void)bytes;
}

const struct sheet_ops sheet_md = {section, section_end, heading, para, run, line_break, table, cell, table_end, list, item, fold,
    chart,
    download};
