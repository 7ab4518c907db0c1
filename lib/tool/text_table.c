#include <stdlib.h>

#include "lib/tool/text_priv.h"

struct cell {
	size_t from, n;			/* in text, as it came */
};

struct text_table {
	const char *const *head;
	const char *align;
	size_t columns;
	struct cell *v;
	size_t n, cap;
	struct buf text;
};

struct text_table *
text_table_new(const char *const *heads, const char *align)
{
	struct text_table *t = mem_zero(1, sizeof *t);

	t->head = heads;
	t->align = align;
	t->columns = strlen(align);
	return t;
}

void
text_table_free(struct text_table *t)
{
	if (!t)
		return;
	free(t->v);
	buf_free(&t->text);
	free(t);
}

void
text_cell(struct text_table *t, struct slice s)
{
	t->v = mem_grow(t->v, &t->cap, t->n, sizeof *t->v);
	t->v[t->n++] = (struct cell){.from = t->text.n, .n = s.n};
	buf_slice_add(&t->text, s);
}

void
text_cell_u64(struct text_table *t, uint64_t v)
{
	struct buf digits = {0}, b = {0};

	buf_u64(&digits, v);
	for (size_t i = 0; i < digits.n; i++) {
		if (i && (digits.n - i) % 3 == 0)
			buf_byte(&b, ' ');
		buf_byte(&b, digits.p[i]);
	}
	text_cell(t, buf_slice(&b));
	buf_free(&digits);
	buf_free(&b);
}

/* Cells made safe once: their places take over. */
static void
make_safe(struct text_table *t, bool utf8)
{
	struct buf safe = {0};

	for (size_t i = 0; i < t->n; i++) {
		size_t from = safe.n;

		text_safe(slice_of(t->text.p + t->v[i].from, t->v[i].n), utf8, &safe);
		t->v[i] = (struct cell){.from = from, .n = safe.n - from};
	}
	buf_free(&t->text);
	t->text = safe;
}

static struct slice
cell_text(const struct text_table *t, size_t i)
{
	return slice_of(t->text.p + t->v[i].from, t->v[i].n);
}

static void
measure(const struct text_table *t, unsigned *width)
{
	for (size_t c = 0; c < t->columns; c++)
		width[c] = text_columns(slice_str(t->head[c]));
	for (size_t i = 0; i < t->n; i++) {
		unsigned w = text_columns(cell_text(t, i));

		if (w > width[i % t->columns])
			width[i % t->columns] = w;
	}
}

static unsigned
together(const unsigned *width, size_t columns)
{
	unsigned n = columns ? (unsigned)(columns - 1) * 2 : 0;

	for (size_t c = 0; c < columns; c++)
		n += width[c];
	return n;
}

enum { COLUMN_MIN = 12 };	/* the widest column is cut down to this before a column is dropped */

/* Returns how many columns are shown. */
static size_t
fit(const struct text_style *style, unsigned *width, size_t columns)
{
	while (style->width && columns && together(width, columns) > style->width) {
		unsigned over = together(width, columns) - style->width;
		size_t widest = 0;

		for (size_t c = 1; c < columns; c++)
			if (width[c] > width[widest])
				widest = c;
		if (width[widest] >= over + COLUMN_MIN || columns == 1) {
			width[widest] = width[widest] > over ? width[widest] - over : 1;
			break;
		}
		columns--;
	}
	return columns;
}

static void
blanks(struct buf *out, unsigned n)
{
	while (n--)
		buf_byte(out, ' ');
}

static void
put_cell(const struct text_table *t, const struct text_style *style, size_t c, size_t columns, unsigned width, struct slice text,
    struct buf *out)
{
	unsigned n = text_columns(text);
	bool right = t->align[c] == 'r';

	if (right && n < width)
		blanks(out, width - n);
	n = text_fit(text, width, style->utf8, out);
	if (c + 1 == columns) {
		buf_byte(out, '\n');
		return;
	}
	if (!right && n < width)
		blanks(out, width - n);
	buf_lit(out, "  ");
}

void
text_table_put(struct text_table *t, const struct text_style *style, struct buf *out)
{
	unsigned *width = mem_zero(t->columns + 1, sizeof *width);
	size_t columns;

	make_safe(t, style->utf8);
	measure(t, width);
	columns = fit(style, width, t->columns);
	if (style->colour)
		buf_lit(out, "\x1b[1m");
	for (size_t c = 0; c < columns; c++)
		put_cell(t, style, c, columns, width[c], slice_str(t->head[c]), out);
	if (style->colour)
		buf_lit(out, "\x1b[0m");
	for (size_t i = 0; i < t->n; i++)
		if (i % t->columns < columns)
			put_cell(t, style, i % t->columns, columns, width[i % t->columns], cell_text(t, i), out);
	free(width);
}
