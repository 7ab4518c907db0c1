/*
 * The sheet for a terminal: plain lines and fitted tables; control and bidirectional characters as \u{..}; colours only where
 * they may be.
 */
#include "lib/base/fault.h"
#include "lib/report/chart.h"
#include "lib/report/sheet.h"

/* A finished line, cut at the width. */
static void
flush(struct sheet *s, const char *indent)
{
	size_t columns = strlen(indent);

	if (s->line.n == 0)
		return;
	buf_str(s->b, indent);
	if (s->style.width > columns)
		text_cut(buf_slice(&s->line), s->style.width - (unsigned)columns, &s->style, s->b);
	else
		text_cut(buf_slice(&s->line), 0, &s->style, s->b);
	buf_byte(s->b, '\n');
	buf_reset(&s->line);
}

static void
title_line(struct sheet *s, struct slice title)
{
	buf_byte(s->b, '\n');
	buf_str(s->b, s->style.colour ? "\x1b[1m" : "");
	text_cut(title, s->style.width, &s->style, s->b);
	buf_str(s->b, s->style.colour ? "\x1b[0m\n" : "\n");
}

static void
section(struct sheet *s, const char *id, const char *title)
{
	struct buf b = {0};

	(void)id;
	for (const char *c = title; *c; c++)
		buf_byte(&b, *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
	title_line(s, buf_slice(&b));
	buf_free(&b);
}

static void
section_end(struct sheet *s)
{
	flush(s, "");
}

static void
heading(struct sheet *s, struct slice anchor, struct slice title)
{
	(void)anchor;
	title_line(s, title);
}

/* Bytes of the next line: up to a blank, else as many whole characters as fit.  A character has no more columns than bytes. */
static size_t
line_length(struct slice rest, unsigned width)
{
	size_t at = slice_rfind(slice_head(rest, width + 1), ' ');

	if (at > 0 && at <= width)
		return at;
	for (at = width; at > 1 && ((unsigned char)rest.p[at] & 0xc0) == 0x80; at--)
		;
	return at;
}

/* Paragraphs are folded, not cut: they hold what a person must read. */
static void
para(struct sheet *s, bool begin)
{
	unsigned width = s->style.width ? s->style.width : 120;
	struct slice rest;

	if (begin)
		return;
	buf_reset(&s->scratch);
	text_cut(buf_slice(&s->line), 0, &s->style, &s->scratch);
	rest = buf_slice(&s->scratch);
	while (text_columns(rest) > width) {
		size_t n = line_length(rest, width);

		buf_slice_add(s->b, slice_head(rest, n));
		buf_byte(s->b, '\n');
		rest = slice_from(rest, n + (rest.p[n] == ' '));
	}
	buf_slice_add(s->b, rest);
	buf_byte(s->b, '\n');
	buf_reset(&s->line);
}

static void
run(struct sheet *s, int kind, struct slice text)
{
	if (kind == RUN_MARK)
		buf_lit(&s->line, ">>");
	buf_slice_add(&s->line, text);
	if (kind == RUN_MARK)
		buf_lit(&s->line, "<<");
}

static void
line_break(struct sheet *s)
{
	if (s->table)
		buf_lit(&s->line, "; ");
	else
		para(s, false);
}

static void
table(struct sheet *s)
{
	s->table = text_table_new(s->heads, s->align);
}

static void
cell(struct sheet *s, bool begin)
{
	if (!begin)
		text_cell(s->table, buf_slice(&s->line));
	buf_reset(&s->line);
}

static void
table_end(struct sheet *s)
{
	text_table_put(s->table, &s->style, s->b);
	text_table_free(s->table);
	s->table = NULL;
}

static void
indent(struct sheet *s)
{
	char blanks[64];
	int n = s->depth * 2 < 60 ? s->depth * 2 : 60;

	memset(blanks, ' ', sizeof blanks);
	blanks[n] = '\0';
	flush(s, blanks);
}

static void
list(struct sheet *s, bool begin)
{
	if (!begin)
		return;
	s->depth--;
	indent(s);
	s->depth++;
}

static void
item(struct sheet *s, bool begin)
{
	(void)begin;
	indent(s);
}

static void
fold(struct sheet *s, bool begin, struct slice summary)
{
	if (begin)
		title_line(s, summary);
}

static void
chart(struct sheet *s)
{
	buf_reset(&s->scratch);
	spark(s->m, 60, s->style.utf8, &s->scratch);
	buf_slice_add(s->b, buf_slice(&s->scratch));
	buf_byte(s->b, '\n');
}

static void
download(struct sheet *s, const char *name, const char *media, struct slice bytes)
{
	(void)s;
	(void)name;
	(void)media;
	(void)bytes;
}

const struct sheet_ops sheet_text = {section, section_end, heading, para, run, line_break, table, cell, table_end, list, item,
    fold, chart,
    download};
