/*
 * evtx_plan: what a reader of Windows event logs has compiled (evtx.h): programs of steps, the definitions of templates,
 * and plans for records of one layout.  All of it belongs to a struct evtx.
 */
#ifndef IRPIPE_FORMAT_EVTX_PLAN_H
#define IRPIPE_FORMAT_EVTX_PLAN_H

#include "lib/format/evtx_json.h"
#include "lib/json/layout.h"

/* ---- programs (evtx_binxml.c) ---- */
enum evtx_do { DO_OPEN, DO_ATTR, DO_START, DO_CLOSE, DO_TEXT, DO_SLOT, DO_INSTANCE };

struct evtx_step {
	struct slice text;		/* name, or text */
	uint32_t to;			/* DO_OPEN: behind its DO_CLOSE, from the start; DO_INSTANCE: its place in the chunk */
	uint16_t index;			/* DO_SLOT: which; DO_OPEN: which must not be NULL, NO_INDEX: none */
	uint8_t what;
};
enum { NO_INDEX = 0xffff };

struct evtx_steps {
	struct evtx_step *v;
	size_t n, cap;
};

/* ---- definitions of templates (evtx_share.c): one compiled stays from chunk to chunk ---- */
enum { EVTX_DEFS = 256, EVTX_PLACES = 256, EVTX_SHIFTS = 2048 + 1, EVTX_HOMES = 256 };

struct evtx_ref {			/* a reference to a name */
	uint32_t at;			/* from the definition's BinXML */
	uint16_t units;
	bool here;			/* the name stands behind it */
	const char *chars;
};

struct evtx_def {
	struct slice bytes;		/* with its head of 24; none: it is this chunk's alone */
	const struct evtx_ref *ref;
	size_t refs;
	size_t from, to;		/* in `lasting` */
	uint32_t err;			/* ir.err of each record that uses it */
	struct evtx_def *next;
};

struct evtx_place {
	uint32_t offset, next;		/* next of the same bucket + 1 */
	struct evtx_def *def;		/* NULL: lost */
};

/* ---- records of one layout (evtx_plan.c) ---- */
enum { EVTX_MEMO = 48 };
struct evtx_memo {			/* a value that is often the same: what it was the last time, and its text */
	uint8_t n, text_n;		/* n 0: none yet */
	uint32_t err;
	char bytes[EVTX_MEMO], text[EVTX_MEMO];
};

struct evtx_op {			/* a literal, then a value */
	uint32_t lit, n, slot;		/* slot: the scalar in which it stands */
	uint16_t value;
	struct evtx_memo *memo;		/* NULL: numbers, and what is long */
};

struct evtx_spot {			/* a scalar's places without values, and how many values stand before each */
	uint32_t at, end;
	uint16_t at_op, end_op;
};

enum { EVTX_VALUES_MAX = 1024, EVTX_PLAN_SLACK = 32 };

/* What a record calls: its template and the one in the fragment among its values. */
struct evtx_call {
	struct evtx_def *outer, *inner;
	uint32_t hash;
	size_t bytes, fragment;		/* of the record; of the fragment among its values */
	size_t texts;			/* the first value that is a text between tokens */
};

struct evtx_plan {
	const struct evtx_def *outer, *inner;
	struct evtx_plan *next;
	uint32_t hash, err;
	size_t values, steps;
	uint8_t *type;
	struct slice sign;		/* of tokens and lengths of arrays */
	bool good;
	char *text;
	uint32_t rest, rest_n;		/* the last literal */
	struct evtx_op *op;
	size_t ops, most;		/* most: times that one value is used */
	size_t bytes, room;		/* of output, for a record of so many bytes */
	struct json_layout *layout;
	struct evtx_spot *scalar;	/* where each begins (its quote) and ends (the quote behind it) */
	uint32_t *escaped;		/* scalars whose literals hold a backslash */
	size_t escapes;
	uint32_t number;		/* the scalar that is EventRecordID; JSON_NONE: none */
	bool odd;			/* there is another escape than those of backslash and quote in a literal */
	struct evtx_plan *made_before;
};

#endif
