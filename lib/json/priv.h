/*
 * priv: what the files of this room share and nobody else sees.
 *
 * A struct scan is the structure of one batch of bytes: `index` holds the places (from the batch's first byte) of quotes
 * that open and close strings, of {}[]:, outside strings, of the first byte of each other scalar and of newlines; the
 * last one is always a newline, so that a walk ends without counting.  `slash` has one bit per byte: a backslash.
 * `suspect` names 64-byte steps whose strings hold something wrong: a line that touches one is read by json_check.
 */
#ifndef IRPIPE_JSON_PRIV_H
#define IRPIPE_JSON_PRIV_H

#include "lib/base/utf8.h"
#include "lib/json/json.h"

#include <endian.h>
#include <stddef.h>

enum { JSON_STEP = 64, JSON_DEPTH_MAX = 256, JSON_BATCH = 128 * 1024 };

struct scan {
	uint32_t *index;
	size_t indexes;
	uint64_t *slash;		/* little endian */
	uint32_t *suspect;
	size_t suspects;
	size_t cap;			/* bytes that the arrays are made for */
};

/* p[n - 1] is '\n'.  `lines`: each newline ends a document; else newlines are blanks, and the last byte alone is an end. */
typedef void json_scan_fn(struct scan *, const char *p, size_t n, bool lines);
json_scan_fn json_scan_avx512, json_scan_avx2, json_scan_sse2, json_scan_c;
json_scan_fn *json_scan_best(void);
void json_scan_room(struct scan *, size_t n);
void json_scan_free(struct scan *);

struct json_priv {
	struct json_limits limits;
	json_scan_fn *run;
	struct slice block;
	struct scan lines, one;		/* json_one may be called between two json_line */
	const char *base;		/* the batch's first byte, or its copy */
	size_t batch;			/* where the batch starts in the block */
	size_t ahead;			/* first byte of the block behind the batch */
	size_t at, suspect;		/* next index and next suspect step of the batch */
	struct buf copy, doc;		/* a last line without \n, a document of json_one: with one */
	struct json_node *node;
	size_t cap;
};

/*
 * Builds the tape of the document whose first index is s->index[*at]; moves *at behind its newline.  False if it is no
 * JSON; *at is not moved then.  The node array must have room for as many nodes as there are indexes.
 */
bool json_walk(struct json *, const char *base, const struct scan *, size_t *at) must_use;

/* Length of the well-formed UTF-8 sequence at p (RFC 3629 section 4), 0 if there is none; p < end. */
static inline size_t
json_utf8(const char *p, const char *end)
{
	uint32_t point;
	size_t n;

	if ((unsigned char)*p < 0x80)
		return 1;
	n = utf8_next(slice_of(p, (size_t)(end - p)), 0, &point);
	return point == UTF8_BAD ? 0 : n;
}

static inline int
json_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What may stand behind a backslash (RFC 8259 section 7). */
static inline bool
json_escape_ok(char c)
{
	return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't' || c == 'u';
}

/* Four hex digits at p, which a byte that is none ends. */
static inline bool
json_hex4(const char *p)
{
	return json_hex(p[0]) >= 0 && json_hex(p[1]) >= 0 && json_hex(p[2]) >= 0 && json_hex(p[3]) >= 0;
}

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
