/*
 * event: the record.  Formats fill a struct event; event_write makes the one canonical line of STREAM.md from it.  Nothing is
 * formatted before that: values are slices of the source or of the event's arena.
 *
 * Ownership: a struct event is reused for record after record (event_reset); its arena and arrays belong to it.  One thread.
 */
#ifndef IRPIPE_EVENT_EVENT_H
#define IRPIPE_EVENT_EVENT_H

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/base/stamp.h"
#include "lib/json/json.h"

enum field {
#define FIELD(id, path, type, list, alias, meaning) F_##id,
#include "lib/event/fields.def"
#undef FIELD
	FIELD_COUNT
};

struct field_row {
	struct slice path;
	char type;			/* k l f d i t o */
	bool list;
	struct slice alias;		/* Sigma's name; empty: none */
	const char *meaning;
};
extern const struct field_row field_row[FIELD_COUNT];
enum field field_by_path(struct slice path);		/* FIELD_COUNT: none */

enum event_err {
#define ERR(id, name, meaning) ERR_##id,
#include "lib/event/errs.def"
#undef ERR
	ERR_COUNT
};
struct err_row {
	struct slice name;
	const char *meaning;
};
extern const struct err_row err_row[ERR_COUNT];

/* A log source (Sigma: product, service, category); empty slices are absent members. */
struct logsource {
	struct slice product, service, category;
};

/* Where a record stands: uri is the label already in its final, percent-encoded form (DECISIONS.md 2). */
struct event_src {
	struct slice fmt, uri;
	uint64_t off, rec;
};

enum { EVENT_LS_MAX = 8, EVENT_TOLD = 16 };

/* How a value's bytes are to be read and written. */
enum event_form {
	FORM_TEXT,			/* any UTF-8: escaped when it is written */
	FORM_CLEAN,			/* holds nothing that JSON escapes: written as it is */
	/* the inside of a JSON string whose escapes are all ours (json_put_text's): written as it is */
	FORM_JSON,
};

struct event_value {
	struct slice v;
	uint32_t next;			/* next value of the same list + 1; 0: last */
	uint8_t form;
	uint16_t step;			/* of the trace: what gave it; 0: constant, or there is no trace */
};

struct event {
	struct stamp at;
	bool timed;			/* `at` is the record's own time */
	uint32_t err;			/* 1u << ERR_x */
	struct slice tz;		/* "utc" (default), "offset", or the assumed zone's name */
	struct logsource ls[EVENT_LS_MAX];
	unsigned ls_n;
	struct slice raw_json;		/* raw as JSON (an object's exact bytes); empty: raw pairs */
	bool raw_flat;			/* no line break in raw_json */
	struct slice bytes;		/* ir.bytes: the undecodable line; empty: none */
	struct slice received;		/* ir.received text; empty: none */
	/* private: */
	enum event_form form;		/* of what event_set gets: parts of a clean text are clean */
	uint64_t set[(FIELD_COUNT + 63) / 64];
	uint32_t first[FIELD_COUNT], last[FIELD_COUNT];
	struct event_value *value;
	size_t values, value_cap;
	struct event_pair { struct slice key, text; bool json, ready; uint8_t form; } *raw;	/* ready: the key is `"key":` */
	size_t raws, raw_cap;
	struct arena mem;
	struct buf scratch;
	/* format and label of the last record written, then their text; stays from record to record */
	struct buf source;
	size_t source_fmt, source_uri;
	/* log sources, zone and errors of records written, and behind them the text made of them */
	struct event_told {
		struct buf b;
		size_t key;		/* bytes before that text */
	} told[EVENT_TOLD];
	int64_t second;			/* whose text is in `clock` */
	char clock[STAMP_LEN];
	size_t ir_end;			/* of the last record written: place of the brace that closes `ir` */
	struct trace *trace;		/* NULL: nobody wants to know how the fields came about; outlives event_reset */
	uint16_t step;			/* of the trace: what is being set now */
};

void event_reset(struct event *);
void event_free(struct event *);

/*
 * Sets a field.  "", "-" and "(null)" set nothing.  A value that is not of the field's type sets nothing, marks ERR_bad_field
 * and returns false ('i': an address, canonical text is written; 'l': digits; 'd': RFC 3339).  A single field set again keeps
 * the last; a list grows (equal values once).  The bytes must live until event_write (use event_keep for temporaries).
 */
bool event_set(struct event *, enum field, struct slice);
/* The same for a value whose form is known: what is in the record's JSON already need not be decoded and written anew. */
bool event_set_as(struct event *, enum field, struct slice, enum event_form);
/* Constants: nothing in them needs an escape. */
#define event_lit(e, field, lit) ((void)event_set_as((e), (field), SLICE(lit), FORM_CLEAN))
void event_set_u64(struct event *, enum field, uint64_t);
void event_set_i64(struct event *, enum field, int64_t);
/* An address, or a name: PREFIX.ip or PREFIX.domain, and PREFIX.address.  `ip` is F_source_ip or F_destination_ip. */
void event_set_address(struct event *, enum field ip, struct slice);
/* A value that is JSON already (type 'o'). */
void event_set_json(struct event *, enum field, struct slice json);
static inline bool
event_has(const struct event *e, enum field f)
{
	return e->set[f / 64] >> f % 64 & 1;
}
struct slice event_get(struct event *, enum field);	/* first value as text; empty: none */
struct slice event_keep(struct event *, struct slice);		/* a copy that lives as long as the record */

/* raw for text formats: members under the vendor's own names, in order. */
void event_raw(struct event *, struct slice key, struct slice text);
/* A constant key: nothing in it needs an escape. */
void event_raw_ready(struct event *, struct slice key_colon, struct slice text);
#define event_raw_lit(e, lit, text) event_raw_ready((e), SLICE("\"" lit "\":"), (text))
void event_raw_json(struct event *, struct slice key, struct slice json);	/* value is JSON */
void event_ls(struct event *, struct slice product, struct slice service, struct slice category);
static inline void
event_err(struct event *e, enum event_err err)
{
	e->err |= 1u << err;
}

/* ir.id: XXH3-128 of label, NUL, offset (LE64), bytes, as 32 hex digits (INGEST.md section 7); _of: they stand together at p. */
void event_id(struct slice label, uint64_t off, struct slice bytes, char hex[32]);
void event_id_of(const char *p, size_t n, char hex[32]);

/*
 * Appends the event's line with its \n.  `original` is the record's bytes in the source (ir.id is made of them).  related.* is
 * filled from the fields that are set.  Text must be UTF-8 by now (base/utf8 mends; the caller sets ERR_bad_utf8 and bytes).
 */
void event_write(struct event *, const struct event_src *, struct slice original, struct buf *out);

#endif
