/*
 * table (private to the room): CSV as RFC 4180 has it, one row at a time, strict: what a spreadsheet would guess is refused
 * with its place.
 *
 *	table_open(&t, text, &f) reads the header into t.cell; then while (table_row(&t, &f)) ...
 *
 * f.what tells a fault from the end.
 *
 * Ownership: cells point into the text or into the table's arena, until the next row.
 */
#ifndef IRPIPE_ENRICH_TABLE_H
#define IRPIPE_ENRICH_TABLE_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/slice.h"

enum { TABLE_COLUMNS = 64, TABLE_CELL = 64 * 1024, TABLE_ROWS = 4 * 1024 * 1024 };

struct table_cell {
	struct slice text;		/* without its quotes */
	uint64_t line, column;		/* where it begins, from 1 */
};
struct table {
	struct slice text;
	size_t at, line_at;
	uint64_t line, rows;		/* rows read, the header left out */
	struct table_cell cell[TABLE_COLUMNS];
	size_t cells, columns;
	struct arena mem;
};

/* A byte order mark before the header is passed over.  False: no header, bad UTF-8, or the header is wrong. */
bool table_open(struct table *, struct slice text, struct fault *) must_use;
/* The next row; empty lines are passed over.  False at the end (f->what is NULL) or on a fault. */
bool table_row(struct table *, struct fault *);
void table_end(struct table *);
/* A fault at the cell.  Returns false. */
bool table_fault(const struct table_cell *, const char *what, struct fault *);

#endif
