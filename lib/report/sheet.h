/*
 * sheet: what sections are written on: headings, paragraphs, tables, lists, folds.  HTML, Markdown and text are three sets of
 * operations; a section does not know which it writes.  All text goes through the operation `run`, which escapes: nothing else
 * writes a record's bytes.
 *
 * Ownership: the sheet borrows buffer and model; sheet_done frees what it made.
 */
#ifndef IRPIPE_REPORT_SHEET_H
#define IRPIPE_REPORT_SHEET_H

#include "lib/report/model.h"
#include "lib/tool/text.h"

enum run {
	RUN_TEXT, RUN_STRONG, RUN_CODE, RUN_MUTED,
	    RUN_MARK /* what matched */, RUN_TACTIC, RUN_MADE /* made up from other fields */,
	RUN_LEVEL			/* + 0..5: the words of a severity */
};

struct sheet;
struct sheet_ops {
	void (*section)(struct sheet *, const char *id, const char *title);
	void (*section_end)(struct sheet *);
	void (*heading)(struct sheet *, struct slice anchor, struct slice title);
	void (*para)(struct sheet *, bool begin);
	void (*run)(struct sheet *, int run, struct slice);
	void (*line_break)(struct sheet *);
	void (*table)(struct sheet *);			/* heads, align, columns are set */
	void (*cell)(struct sheet *, bool begin);	/* column is set */
	void (*table_end)(struct sheet *);
	void (*list)(struct sheet *, bool begin);
	void (*item)(struct sheet *, bool begin);
	void (*fold)(struct sheet *, bool begin, struct slice summary);
	void (*chart)(struct sheet *);
	void (*download)(struct sheet *, const char *name, const char *media, struct slice bytes);
};
extern const struct sheet_ops sheet_html, sheet_md, sheet_text;

struct sheet {
	const struct sheet_ops *ops;
	struct buf *b;
	struct model *m;
	size_t limit;			/* bytes; 0: none */
	bool cut;			/* rows were left out for the limit */
	uint64_t rows_left;		/* event rows that are not on this sheet */
	struct slice annex;		/* name of the file that holds them; empty: none */
	struct text_style style;	/* of text */
	bool raw;			/* indicators as they are (not defanged) */
	/* private: */
	const char *const *heads;
	const char *align;
	size_t columns, column, rows;
	int depth;			/* of lists */
	struct buf line, scratch;
	struct text_table *table;
};

void sheet_done(struct sheet *);
static inline bool
sheet_full(struct sheet *s)
{
	if (s->limit && s->b->n > s->limit)
		s->cut = true;
	return s->limit && s->b->n > s->limit;
}

void sheet_section(struct sheet *, const char *id, const char *title);
void sheet_section_end(struct sheet *);
void sheet_heading(struct sheet *, const char *anchor, struct slice title);
void sheet_para(struct sheet *);
void sheet_para_end(struct sheet *);
void sheet_run(struct sheet *, int run, struct slice);
static inline void sheet_str(struct sheet *s, const char *t) { sheet_run(s, RUN_TEXT, slice_str(t)); }
void sheet_u64(struct sheet *, uint64_t);			/* 1 032: the blank is narrow and does not break in HTML */
void sheet_time(struct sheet *, struct stamp);			/* 2019-07-19 14:43:05 */
void sheet_times(struct sheet *, struct stamp first, struct stamp last);	/* 2019-07-19 14:43..15:11 */
void sheet_level(struct sheet *, int level);
void sheet_text_no(struct sheet *, int run, uint32_t text);	/* a text of the model */
void sheet_list_of(struct sheet *, struct list, const char *between);
void sheet_break(struct sheet *);

void sheet_table(struct sheet *, const char *const *heads, const char *align);
void sheet_cell(struct sheet *);
void sheet_cell_end(struct sheet *);
void sheet_table_end(struct sheet *);
void sheet_cell_str(struct sheet *, const char *);
void sheet_cell_text(struct sheet *, int run, uint32_t text);
void sheet_cell_slice(struct sheet *, int run, struct slice);
void sheet_cell_u64(struct sheet *, uint64_t);
void sheet_cell_time(struct sheet *, struct stamp);
void sheet_cell_level(struct sheet *, int level);

void sheet_list(struct sheet *);
void sheet_list_end(struct sheet *);
void sheet_item(struct sheet *);
void sheet_item_end(struct sheet *);
void sheet_fold(struct sheet *, struct slice summary);
void sheet_fold_end(struct sheet *);

#endif
