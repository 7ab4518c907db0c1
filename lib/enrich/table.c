#include "lib/enrich/table.h"

#include "lib/base/utf8.h"

bool
table_fault(const struct table_cell *c, const char *what, struct fault *f)
{
	return fault_place(f, what, slice_head(c->text, FAULT_NEAR), c->line, c->column);
}

static bool
wrong(const struct table *t, const char *what, size_t at, struct fault *f)
{
	return fault_place(f, what, slice_of(NULL, 0), t->line, at - t->line_at + 1);
}

static inline bool
line_ends(const struct table *t, size_t at)
{
	const char *p = t->text.p + at;

	return at == t->text.n || *p == '\n' || (*p == '\r' && (at + 1 == t->text.n || p[1] == '\n'));
}

/* Doubled quotes stand for one (RFC 4180 section 2, rule 7). */
static struct slice
unquoted(struct table *t, struct slice s, size_t doubled)
{
	char *to;
	size_t n = 0;

	if (doubled == 0)
		return s;
	to = arena_alloc(&t->mem, s.n);
	for (size_t i = 0; i < s.n; i++) {
		to[n++] = s.p[i];
		i += s.p[i] == '"';
	}
	return slice_of(to, n);
}

static bool
quoted(struct table *t, struct table_cell *c, struct fault *f)
{
	size_t from = t->at + 1, at = from, doubled = 0;
	const char *p = t->text.p;

	for (;; at++) {
		if (at == t->text.n) {
			c->text = slice_from(t->text, from - 1);
			return table_fault(c, "a quote is not closed", f);
		}
		if (p[at] == '\n') {
			t->line++;
			t->line_at = at + 1;
		}
		if (p[at] != '"')
			continue;
		if (at + 1 == t->text.n || p[at + 1] != '"')
			break;
		doubled++;
		at++;
	}
	c->text = unquoted(t, slice_of(p + from, at - from), doubled);
	t->at = at + 1;
	if (!line_ends(t, t->at) && p[t->at] != ',')
		return wrong(t, "text behind a closing quote", t->at, f);
	return true;
}

static bool
plain(struct table *t, struct table_cell *c, struct fault *f)
{
	size_t from = t->at, at = from;
	const char *p = t->text.p;

	for (; !line_ends(t, at) && p[at] != ','; at++)
		if (p[at] == '"')
			return wrong(t, "a quote inside of a cell that does not begin with one", at, f);
	c->text = slice_of(p + from, at - from);
	t->at = at;
	return true;
}

static bool
one_cell(struct table *t, struct fault *f)
{
	struct table_cell *c = &t->cell[t->cells];

	*c = (struct table_cell){.line = t->line, .column = t->at - t->line_at + 1};
	if (t->at < t->text.n && t->text.p[t->at] == '"' ? !quoted(t, c, f) : !plain(t, c, f))
		return false;
	if (c->text.n > TABLE_CELL)
		return table_fault(c, "a cell of more than 65,536 bytes", f);
	t->cells++;
	return true;
}

static void
next_line(struct table *t)
{
	if (t->at < t->text.n && t->text.p[t->at] == '\r')
		t->at++;
	if (t->at < t->text.n) {
		t->at++;
		t->line++;
		t->line_at = t->at;
	}
}

static bool
cells(struct table *t, struct fault *f)
{
	size_t max = t->columns ? t->columns : TABLE_COLUMNS;

	t->cells = 0;
	for (;;) {
		if (t->cells == max)
			return wrong(t, t->columns ? "more cells than the header has" : "more than 64 columns", t->at, f);
		if (!one_cell(t, f))
			return false;
		if (line_ends(t, t->at))
			break;
		t->at++;
	}
	if (t->cells < t->columns)
		return wrong(t, "fewer cells than the header has", t->at, f);
	next_line(t);
	return true;
}

bool
table_row(struct table *t, struct fault *f)
{
	f->what = NULL;
	arena_reset(&t->mem);
	while (t->at < t->text.n && line_ends(t, t->at))
		next_line(t);
	if (t->at == t->text.n)
		return false;
	if (t->rows == TABLE_ROWS)
		return wrong(t, "more than 4,194,304 rows", t->at, f);
	if (!cells(t, f))
		return false;
	t->rows += t->columns > 0;
	return true;
}

bool
table_open(struct table *t, struct slice text, struct fault *f)
{
	size_t bad;

	*t = (struct table){.text = text, .line = 1};
	if (slice_starts(text, SLICE("\xef\xbb\xbf")))
		t->at = t->line_at = 3;
	bad = utf8_bad(text);
	if (bad < text.n) {
		fault_set(f, "not UTF-8", bad);
		fault_locate(f, text);
		return false;
	}
	if (memchr(text.p ? text.p : "", '\0', text.n))
		return fault_place(f, "a NUL: this is no table", slice_of(NULL, 0), 1, 1);
	if (!table_row(t, f))
		return f->what ? false : fault_place(f, "no header: the table is empty", slice_of(NULL, 0), 1, 1);
	t->columns = t->cells;
	return true;
}

void
table_end(struct table *t)
{
	arena_free(&t->mem);
}
