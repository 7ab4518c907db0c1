/*
 * priv: what the files of this room share and nobody else sees.
 *
 * A struct scan is the structure of one batch of bytes: `index` holds the places (from the batch's first byte) of quotes
 * that open and close strings, of {}[]:, outside strings, of the first byte of each other scalar and of newlines; the
 * last one is always a newline, so that a walk ends without counting.  `slash` has one bit per byte: a backslash.
 * `suspect` names 64-byte steps whose strings hold something wrong: a line that touches one is read by json_check.  `odd`
 * names those with escapes other than \\ and \".  `line` has the place in `index` of each newline, where each ends a document.
 */
#ifndef IRPIPE_JSON_PRIV_H
#define IRPIPE_JSON_PRIV_H

#include "lib/base/utf8.h"
#include "lib/json/json.h"
#include "lib/json/rules.h"

#include <endian.h>
#include <stddef.h>

enum { JSON_STEP = 64, JSON_DEPTH_MAX = 256, JSON_BATCH = 128 * 1024 };

struct scan {
	uint32_t *index;
	size_t indexes;
	uint64_t *slash;		/* little endian */
	uint32_t *suspect;
	size_t suspects;
	uint32_t *odd;
	size_t odds;
	uint32_t *line;
	size_t lines;
	size_t cap;			/* bytes that the arrays are made for */
};

/* p[n - 1] is '\n'.  `lines`: each newline ends a document; else newlines are blanks, and the last byte alone is an end. */
typedef void json_scan_fn(struct scan *, const char *p, size_t n, bool lines);
json_scan_fn json_scan_avx512, json_scan_avx2, json_scan_sse2, json_scan_c;
json_scan_fn *json_scan_best(void);
void json_scan_room(struct scan *, size_t n);
void json_scan_free(struct scan *);

struct json_layouts;
struct json_layout;
/* layout_tape.c.  What a line of the layout has at each node but for the places: made from the tape of one of them. */
void json_layout_keep(struct json_layout *, const struct json *, const uint32_t *ix);
/* The next line of the block by its layout; false: json_line must read it. */
bool json_layout_line(struct json *) must_use;

struct json_priv {
	struct json_layouts *layouts;	/* NULL: each line is walked */
	struct json_layout *layout;	/* of the line, if its tape was made by it */
	uint64_t serial;		/* of the last layout learnt */
	struct json_limits limits;
	json_scan_fn *run;
	struct slice block;
	struct scan lines, one;		/* json_one may be called between two json_line */
	const char *base;		/* the batch's first byte, or its copy */
	size_t batch;			/* where the batch starts in the block */
	size_t ahead;			/* first byte of the block behind the batch */
	size_t at, suspect;		/* next index and next suspect step of the batch */
	size_t odd, row, first;		/* next odd step and line; first index of the line that json_line gave */
	size_t too_long;		/* the batch is one line of that length, which is not scanned; 0: it is scanned */
	struct buf copy, doc;		/* a last line without \n, a document of json_one: with one */
	struct json_node *node;
	size_t cap;
};

/*
 * Builds the tape of the document whose first index is s->index[*at]; moves *at behind its newline.  False if it is no
 * JSON; *at is not moved then.  The node array must have room for as many nodes as there are indexes.
 */
bool json_walk(struct json *, const char *base, const struct scan *, size_t *at) must_use;

/* The steps that s->suspect or s->odd names, in order; *next is the caller's place.  True if one touches bytes from..end. */
static inline bool
json_touched(const uint32_t *step, size_t steps, size_t *next, uint32_t from, uint32_t end)
{
	while (*next < steps && step[*next] < from / JSON_STEP)
		++*next;
	return *next < steps && step[*next] <= end / JSON_STEP;
}

/* Makes sure that the batch has a line at pr->at; false: it is done, or one line that was not scanned. */
bool json_batch(struct json_priv *) must_use;

/* The name's ends without reading beyond it. */
static inline void
json_ends(const char *p, size_t n, uint64_t *head, uint64_t *tail)
{
	*head = *tail = 0;
	if (n >= 8) {
		memcpy(head, p, 8);
		memcpy(tail, p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(head, p, 4);
		memcpy(tail, p + n - 4, 4);
	} else if (n) {
		*head = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 |
		    (uint64_t)(unsigned char)p[n - 1] << 16;
	}
}

#endif
