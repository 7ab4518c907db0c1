/*
 * evtx_json: values and elements of Windows event logs as JSON in evtx_dump's shape.  A writer owns its bytes; what it
 * gives lives until its next evtx_write_begin.
 */
#ifndef IRPIPE_FORMAT_EVTX_JSON_H
#define IRPIPE_FORMAT_EVTX_JSON_H

#include "lib/format/format.h"

enum {
	EVTX_DEPTH = 512,		/* elements within elements */
	EVTX_JSON = 1024 * 1024,	/* of a record */
};

static inline uint16_t
evtx_u16(const char *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint32_t
evtx_u32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline uint64_t
evtx_u64(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* ---- values (evtx_value.c) ---- */
struct evtx_value {
	struct slice bytes;
	uint8_t type;			/* 0x80: array */
};
enum {
	EVTX_NULL = 0x00, EVTX_STRING = 0x01, EVTX_ANSI = 0x02, EVTX_FLOAT = 0x0b, EVTX_DOUBLE = 0x0c, EVTX_BINXML = 0x21,
	EVTX_TEXT = 0x7e,		/* UTF-16 whose end is known, between tokens: not of the format */
	EVTX_UNKNOWN = 0x7f,
	EVTX_ARRAY = 0x80,
};

/*
 * What stands inside the quotes of a value (evtx_quoted) or the whole of it, at a place with EVTX_ROOM for its bytes;
 * returns its end, NULL: none (wrong size; floats, which evtx_value alone writes).  EVTX_ESCAPED in *err: a backslash is
 * in it.
 */
#define EVTX_ROOM(n) (6 * (n) + 96)
#define EVTX_ESCAPED (1u << 31)
#define EVTX_ODD (1u << 30)		/* and another escape than those of backslash and quote */
#define EVTX_ERRS (EVTX_ODD - 1)
char *evtx_put(char *, uint8_t type, struct slice bytes, uint32_t *err);
bool evtx_quoted(uint8_t type);
char *evtx_put_utf16(char *, struct slice units, uint32_t *err);
char *evtx_put_string(char *, struct slice units, uint32_t *err);	/* to the first NUL */
char *evtx_put_ansi(char *, struct slice, uint32_t *err);
extern const char evtx_digits[];

/* UTF-16LE as the inside of a JSON string; a lone surrogate becomes U+FFFD and ERR_bad_utf8. */
void evtx_utf16(struct buf *, struct slice units, uint32_t *err);
/* Appends one JSON value; false: there is none (NULL, wrong size: ERR_wrong_size). */
bool evtx_value(struct buf *, struct evtx_value, uint32_t *err);
/* The array's next item; *rest is what follows it.  False: no further one. */
bool evtx_item(struct evtx_value array, struct slice *rest, struct evtx_value *item, uint32_t *err);

/* ---- the writer (evtx_json.c) ---- */
struct evtx_element {
	struct slice name;		/* the inside of a JSON string */
	struct slice data_name;		/* of <Data Name="..">, in w->attrs; n counts with `named` */
	size_t text_at;			/* where the text starts in out */
	size_t seen_from;		/* its children's names in w->seen */
	size_t item_at;			/* first item of the children's list of nameless Data */
	uint64_t names;			/* a bit for each child's name: most are told apart by it */
	bool settled, attrs, text, child, inside, data, named, item;
	uint8_t list;			/* 1: one nameless Data is open, 2: a list of them */
};

struct evtx_writer {
	struct buf out, attrs, names;
	struct evtx_element *el;	/* EVTX_DEPTH + 1; el[0] is the document */
	size_t depth;
	struct evtx_seen {
		struct slice key;
		uint32_t count;
	} *seen;
	size_t seen_n, seen_cap;
	bool in_attr;
	struct slice attr;
	size_t attr_from, value_at;	/* in attrs */
	unsigned pieces;		/* of the open attribute's value */
	uint32_t err;
	size_t cost;			/* steps spent on comparing names */
	bool marking;			/* values are not written but marked: 01 and `mark` in two bytes */
	bool fluid;			/* the layout depends on a value's bytes */
	uint16_t mark, items;		/* items: the mark of an array's first */
	struct arena mem;		/* names that were made in this record */
};

void evtx_write_begin(struct evtx_writer *);
void evtx_write_free(struct evtx_writer *);
struct slice evtx_write_end(struct evtx_writer *);
bool evtx_open(struct evtx_writer *, struct slice name);	/* false: too deep */
void evtx_attr(struct evtx_writer *, struct slice name);
void evtx_start(struct evtx_writer *);				/* the start tag ends */
void evtx_close(struct evtx_writer *);
void evtx_literal(struct evtx_writer *, struct slice inner);	/* text, escaped already */
bool evtx_names(const struct evtx_writer *);			/* the text to come is the Name of a Data */
void evtx_text(struct evtx_writer *, struct evtx_value);	/* an array repeats its element */

#endif
