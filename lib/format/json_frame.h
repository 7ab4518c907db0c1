/*
 * json_frame: records out of a JSON source that is no document a line: concatenated and pretty-printed objects, a top-level array, and
 * wrappers (INGEST.md "Unwrapping").  Elements stream out of a document of any length; the state is all that is kept.
 */
#ifndef IRPIPE_FORMAT_JSON_FRAME_H
#define IRPIPE_FORMAT_JSON_FRAME_H

#include "lib/format/format.h"
#include "lib/format/json_scan.h"

enum { JSON_WRAP_STEPS = 2, JSON_LEVELS = 6, JSON_WAY_MAX = 4, JSON_WAY = 255 };

/* The way from the document to its elements: one member a step; a list's own elements are walked. */
struct json_wrap {
	struct json_wrap_step {
		struct slice name;
		bool list;
	} step[JSON_WRAP_STEPS];
	bool empty;			/* an empty list is a wrapper too: the name says enough */
};
extern const struct json_wrap json_wraps[];

struct json_frame {
	const struct format_context *c;
	bool decided, skip;		/* skip: inside a value that nobody wants */
	uint8_t wrap;			/* row of json_wraps + 1; 0: documents are records; JSON_WAY: way */
	struct slice way[JSON_WAY_MAX];	/* names, of --unwrap */
	uint8_t steps;
	bool found;			/* the end of the way, at least once */
	uint8_t levels;
	struct json_level {
		char kind;		/* 'o' object on the way, 'l' list on the way, 'e' list of elements */
		uint8_t step;
		char before;		/* in 'e': ',' or 'v', a value; 0: the bracket */
	} level[JSON_LEVELS];
	struct json_scan scan;		/* of the value that is skipped */
};

void json_frame_begin(void *state, const struct format_context *);
const char *json_frame_broken(const void *state);
size_t json_frame(struct slice in, bool last, void *state, struct slice *record);
/* A document a line (DECISIONS.md 8 holds for those that are no object). */
bool json_by_block(struct slice head);
/*
 * Row + 1 of json_wraps that the object at the start of `in` holds, and where the value of its first step begins; 0: none.  With row != 0 it
 * is that row alone, by name and bracket: what stands behind the bracket decides nothing, it may not have come yet.
 */
uint8_t json_wrap_find(struct slice in, uint8_t row, size_t *value);

#endif
