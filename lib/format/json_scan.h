/*
 * json_scan: where a JSON value ends, told by its brackets and strings alone, over bytes that come in pieces.  It judges no grammar (json_one
 * does); of damage it sees what would cost more than the damaged value: an open string ends at its line's end, and an object that begins
 * where none can stand begins the next value.
 */
#ifndef IRPIPE_FORMAT_JSON_SCAN_H
#define IRPIPE_FORMAT_JSON_SCAN_H

#include "lib/base/slice.h"

enum { JSON_SCAN_DEPTH = 256 };

struct json_scan {
	uint32_t depth;
	bool begun, string, escape, scalar;
	char before;			/* last byte that was no blank: '"' for a string, 'x' for a scalar */
	char kind[JSON_SCAN_DEPTH];	/* brackets; deeper ones are counted alone */
};

#define JSON_SCAN_MORE SIZE_MAX

/* Runs on at `at`; the place behind the value, or JSON_SCAN_MORE if it goes on behind `in` (the next call has at == 0 of what follows). */
size_t json_scan_run(struct json_scan *, struct slice in, size_t at);
/* The end of the value that starts at `at`; JSON_SCAN_MORE: `in` is too short. */
size_t json_scan_value(struct slice in, size_t at);

static inline bool
json_blank(char c)
{
	/* 0x1e: RFC 7464, a JSON text sequence. */
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == 0x1e;
}
/* The first place from `at` on that is no blank; in.n: none. */
size_t json_blanks(struct slice in, size_t at);

#endif
