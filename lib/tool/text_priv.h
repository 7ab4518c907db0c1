/*
 * text_priv: what text.c, text_record.c, text_table.c and text_width.c share.
 */
#ifndef IRPIPE_TOOL_TEXT_PRIV_H
#define IRPIPE_TOOL_TEXT_PRIV_H

#include "lib/tool/text.h"

/* Appends s so that a terminal cannot be commanded by it; ASCII alone unless utf8. */
void text_safe(struct slice s, bool utf8, struct buf *out);
/* Appends text that is safe already, cut at `columns` (0: not at all); returns the columns it takes. */
unsigned text_fit(struct slice safe, unsigned columns, bool utf8, struct buf *out);

/* ---- a line of parts (text_line.c) --------------------------------------------------------------------------------------- */
enum { PARTS_MAX = 12 };
struct text_part {
	size_t from, n;			/* safe text in `room` */
	unsigned columns, cap;		/* cap: at a width of 100; 0: none */
	unsigned drop;			/* the highest goes first when there is no room; 0: never */
	const char *colour;		/* SGR parameters, NULL: none */
};
struct text_line {
	const struct text_style *style;
	struct buf *room;		/* the caller's scratch */
	struct text_part v[PARTS_MAX];
	unsigned n;
};
/* Adds a part; an empty text adds none.  The last part of a line takes what room is left. */
void line_part(struct text_line *, struct slice text, unsigned cap, unsigned drop, const char *colour);
/* A part that is made piece by piece in `room` from `from` on, safe already. */
void line_made(struct text_line *, size_t from, unsigned cap, unsigned drop, const char *colour);
/* Appends a string (or another value as it is written) to `room`, safe: for line_made. */
void line_add_json(struct text_line *, const struct json *, uint32_t v);
/* Appends the line with \n, `indent` blanks before it. */
void line_put(struct text_line *, unsigned indent, struct buf *out);

#endif
