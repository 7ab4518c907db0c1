/*
 * text: the stream for people (-t text, or a terminal on stdout): one readable line a record, tables fitted to the width,
 * colours only where they may be; control and bidirectional characters escaped.  ASCII alone outside UTF-8.
 */
#ifndef IRPIPE_TOOL_TEXT_H
#define IRPIPE_TOOL_TEXT_H

#include "lib/event/record.h"

struct text_style {
	unsigned width;		/* columns; 0: unlimited (a pipe: nothing is cut) */
	bool colour, utf8;
};
/* Appends the line(s) for one record with \n; nothing for marks and ends. */
void text_record(const struct record *, const struct text_style *, struct buf *scratch, struct buf *out);

/* A table: rows of cells, columns fitted; columns drop from the right when the width is too small. */
struct text_table;
struct text_table *text_table_new(const char *const *heads, const char *align /* 'l' or 'r' a column */) must_use;
void text_cell(struct text_table *, struct slice);		/* next cell; row by row */
void text_cell_u64(struct text_table *, uint64_t);		/* thousands apart by a thin blank: 1 032 */
void text_table_put(struct text_table *, const struct text_style *, struct buf *out);
void text_table_free(struct text_table *);
/* Columns that a text takes on a terminal (East Asian wide counts two); cut at `columns` with an ellipsis. */
unsigned text_columns(struct slice);
void text_cut(struct slice, unsigned columns, const struct text_style *, struct buf *out);

#endif
