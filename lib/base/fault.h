/*
 * fault: why something was refused and where.  `what` is constant words (never data); `near` is a short, already
 * harmless copy of the place.  lib/ fills a fault and returns false; only lib/tool turns it into a line for people:
 *	NAME:LINE:COLUMN: what: near
 */
#ifndef IRPIPE_BASE_FAULT_H
#define IRPIPE_BASE_FAULT_H

#include "lib/base/slice.h"

enum { FAULT_NEAR = 80 };

struct fault {
	const char *what;		/* constant words; NULL: no fault */
	char near[FAULT_NEAR];		/* printable ASCII or UTF-8, controls as \u{..}; "" if nothing to show */
	uint64_t line, column;		/* from 1; 0: not known.  column counts bytes */
	uint64_t offset;		/* bytes from the start of what was read */
};

/* Sets what and offset, clears the rest.  Returns false, so that `return fault_set(f, "...", at);` reads well. */
bool fault_set(struct fault *, const char *what, uint64_t offset);
/* The same with the place's text, cut and made harmless. */
bool fault_near(struct fault *, const char *what, struct slice near, uint64_t offset);
/* The same with line and column (both from 1) instead of an offset. */
bool fault_place(struct fault *, const char *what, struct slice near, uint64_t line, uint64_t column);
/* Fills line and column from offset in the text it points into. */
void fault_locate(struct fault *, struct slice text);

struct buf;
/* "line:column: what: near" (parts that are unknown are left out). */
void fault_words(const struct fault *, struct buf *);

/*
 * Appends s so that a terminal shows it and cannot be commanded by it (SECURITY.md section 5): C0, C1 (bytes and code
 * points), DEL, bidirectional controls, U+2028/9 and bad UTF-8 become \u{..}.  Used for everything that people read.
 */
void buf_harmless(struct buf *, struct slice s);

#endif
