/* What ir-ingest says to people: formats, inventory, assumptions. */
#include "cmd/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct text_style
style_of(const struct tool *t)
{
	return (struct text_style){.width = isatty(1) ? t->width : 0, .colour = t->colour, .utf8 = t->utf8};
}

static void
print(struct tool *t, struct text_table *table)
{
	struct text_style style = style_of(t);
	struct buf b = {0};

	text_table_put(table, &style, &b);
	if (!out_add(&t->out, buf_slice(&b)))
		tool_die(t, t->out.error, "cannot write the output");
	buf_free(&b);
	text_table_free(table);
}

void
ingest_formats(struct tool *t)
{
	static const char *const heads[] = {"FORMAT", "TITLE", "STANDARD", NULL};
	struct text_table *table = text_table_new(heads, "lll");

	t->out = out_open(1);
	for (const struct format *const *f = formats; *f; f++) {
		text_cell(table, slice_str((*f)->name));
		text_cell(table, slice_str((*f)->title));
		text_cell(table, slice_str((*f)->standard ? (*f)->standard : ""));
	}
	print(t, table);
	if (!out_end(&t->out, NULL))
		tool_die(t, 0, "cannot write the output");
}

/* ---- -l: one row a format -------------------------------------------------------------------------------------------------- */

static void
put_errs(struct buf *b, uint32_t err, uint64_t rejects)
{
	for (unsigned k = 0; k < ERR_COUNT; k++)
		if (err & 1u << k) {
			buf_str(b, b->n ? ", " : "");
			buf_slice_add(b, err_row[k].name);
		}
	if (rejects) {
		buf_str(b, b->n ? ", " : "");
		buf_u64(b, rejects);
		buf_lit(b, " rejected");
	}
}

static struct slice
time_text(struct arena *mem, struct stamp at, bool dated)
{
	char *p;

	if (!dated)
		return SLICE("-");
	p = arena_zero(mem, STAMP_LEN);
	stamp_put(p, at);
	p[10] = ' ';
	return slice_of(p, 19);
}

struct row {
	uint64_t files, records, rejects, broken;
	uint32_t err;
	struct stamp first, last;
	bool dated;
	struct map hosts;
};

static void
add_piece(struct row *r, const struct piece *p)
{
	const struct sighting *s = &p->seen;

	r->files++;
	r->records += s->records;
	r->rejects += s->rejects;
	r->broken += p->broken;
	r->err |= s->err;
	for (size_t k = 0; k < s->hosts.n; k++)
		(void)map_put(&r->hosts, s->hosts.row[k].key, NULL);
	if (!s->dated)
		return;
	if (!r->dated || stamp_cmp(s->first, r->first) < 0)
		r->first = s->first;
	if (!r->dated || stamp_cmp(s->last, r->last) > 0)
		r->last = s->last;
	r->dated = true;
}

static void
add_row(struct ingest *i, struct text_table *table, struct slice name, const struct row *r, const char *notes)
{
	struct buf b = {0};

	put_errs(&b, r->err, r->rejects);
	if (r->broken) {
		buf_str(&b, b.n ? ", " : "");
		buf_u64(&b, r->broken);
		buf_lit(&b, " broken off");
	}
	if (notes)
		buf_str(&b, notes);
	text_cell(table, name);
	text_cell_u64(table, r->files);
	text_cell_u64(table, r->records);
	text_cell_u64(table, r->hosts.n);
	text_cell(table, time_text(&i->mem, r->first, r->dated));
	text_cell(table, time_text(&i->mem, r->last, r->dated));
	text_cell(table, buf_slice(&b));
	buf_free(&b);
}

void
ingest_inventory(struct ingest *i)
{
	static const char *const heads[] = {"FORMAT", "FILES", "EVENTS", "HOSTS", "FIRST (UTC)", "LAST (UTC)", "NOTES", NULL};
	struct text_table *table = text_table_new(heads, "lrrrlll");

	for (const struct format *const *f = formats; *f; f++) {
		struct row r = {0};

		for (const struct piece *p = i->first; p; p = p->next)
			if (p->format == *f)
				add_piece(&r, p);
		if (r.files)
			add_row(i, table, slice_str((*f)->name), &r, NULL);
		map_free(&r.hosts);
	}
	if (i->unread.n) {
		struct row r = {.files = i->unread.n};

		add_row(i, table, SLICE("not read"), &r, "no format knows them");
	}
	for (size_t k = 0; k < i->whats.n; k++) {
		struct row r = {.files = i->whats.row[k].v.u};

		add_row(i, table, i->whats.row[k].key, &r, "not read, or not to the end; said above");
	}
	print(i->t, table);
}

/*
 * ---- after the run: what was guessed and assumed
 * -------------------------------------------------------------------------------
 */

static void
say_piece(struct ingest *i, const struct piece *p)
{
	struct buf b = {0};

	put_errs(&b, p->seen.err, p->seen.rejects);
	tool_detail(i->t, "%.*s: %s (%d), %llu records%s%s", (int)p->uri.n, p->uri.p, p->format->name, p->score,
	    (unsigned long long)p->seen.records, b.n ? ", " : "", b.n ? buf_cstr(&b) : "");
	buf_free(&b);
}

void
ingest_words(struct ingest *i)
{
	bool one = i->first && i->first->next == NULL;

	for (const struct format *const *f = formats; *f; f++) {
		struct row r = {0};
		struct buf b = {0};

		for (const struct piece *p = i->first; p; p = p->next)
			if (p->format == *f) {
				add_piece(&r, p);
				say_piece(i, p);
			}
		put_errs(&b, r.err, r.rejects);
		if (r.files && !i->o.inventory)
			tool_say(i->t, "%.*s%s%s: %llu %s, %llu records%s%s",
			    one ? (int)i->first->uri.n : 0, one ? i->first->uri.p : "", one ? ": " : "", (*f)->name,
			    (unsigned long long)r.files, r.files == 1 ? "source" : "sources",
			    (unsigned long long)r.records, b.n ? ", " : "", b.n ? buf_cstr(&b) : "");
		map_free(&r.hosts);
		buf_free(&b);
	}
	for (size_t k = 0; k < i->unread.n; k++)
		tool_say(i->t, "%.*s: no format knows it; not read", (int)i->unread.v[k].n, i->unread.v[k].p);
}
