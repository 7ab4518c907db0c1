/*
 * json: our NDJSON scanner (RFC 8259, strict) over raw bytes.  It copies nothing and changes nothing: a document is a
 * tape of nodes that point into the caller's line.
 *
 *	struct json *j = json_new(&json_limits_stream);
 *	json_block(j, block);				 -- SIMD structure pass over many whole lines at once
 *	while (json_line(j, &line, &f)) {		 -- one line: its tape, or why it is refused (j->ok)
 *		if (!j->ok) { reject(line, &f); continue; }
 *		v = json_get(j, 0, SLICE("ir"));
 *		s = json_text(j, v, &scratch);
 *	}
 *
 * Ownership: nodes and slices are valid until the next json_line/json_one on the same struct json, and as long as the
 * block's bytes are.  A struct json belongs to one thread.
 */
#ifndef IRPIPE_JSON_JSON_H
#define IRPIPE_JSON_JSON_H

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/slice.h"

enum json_type { JSON_NULL, JSON_TRUE, JSON_FALSE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_limits {
	size_t length;		/* bytes of one document */
	uint32_t depth;		/* 256 at most (SECURITY.md section 6) */
	uint32_t nodes;		/* values and keys of one document */
};
extern const struct json_limits json_limits_source;	/* 1 MiB, 256, 262,144: --max-record's default */
extern const struct json_limits json_limits_stream;	/* 16 MiB, 256, 4,194,304 (DECISIONS.md 6) */

/*
 * Pre-order: an object is followed by key, value, key, value ...; an array by its items.  `next` is the node behind the
 * whole subtree, so next(key) is its value and next(value) the following key; the end is reached at next(container).
 */
struct json_node {
	uint32_t at, end;	/* bytes [at, end) of the line, quotes and brackets included */
	uint32_t next;
	uint8_t type;		/* enum json_type */
	uint8_t key;		/* 1: this string is a member's name */
	uint8_t escaped;	/* 1: the string holds a backslash */
	uint8_t depth;		/* 0 is the root; 255 is that or deeper */
};

struct json {
	struct slice line;		/* the line that node[].at counts from */
	uint64_t at;			/* where the line starts in the block */
	const struct json_node *node;	/* node[0] is the root */
	uint32_t nodes;
	bool ok;			/* this line is a valid document */
	uint64_t layout;		/* lines with the same number have the same members at the same nodes; 0: none */
	struct json_priv *priv;
};

#define JSON_NONE UINT32_MAX		/* no such node */

struct json *json_new(const struct json_limits *) must_use;
void json_free(struct json *);
/* For streams of records that repeat themselves: tapes are made by the layouts of earlier lines, and picks remembered by them. */
void json_keep_layouts(struct json *);

/*
 * Which structure pass runs: "avx512", "avx2", "sse2" or "c"; json_force chooses one for tests and benchmarks, before any
 * thread starts (false: not on this machine).
 */
const char *json_engine(void);
bool json_force(const char *engine) must_use;

/*
 * Structure pass over `block`: whole lines; the last one may lack its \n.  At most 1 GiB.  An unbalanced quote ends at
 * its line's \n and costs that line alone.
 */
void json_block(struct json *, struct slice block);
/*
 * Next line of the block; false at its end.  Lines of blanks alone are skipped (CRLF is a blank at the end).  j->line is
 * the line without its \n and outer blanks.  If the line is refused j->ok is false, *f says why and where (offset counts
 * from the line's start), and `what` begins with the reject reason: "json-syntax: ...", "json-utf8: ...",
 * "json-depth: ...", "json-length: ...", "json-count: ...".  The root may be any JSON value: the caller asks for objects.
 */
bool json_line(struct json *, struct fault *f) must_use;
/* One document that may span lines (strict: exactly one value and blanks). */
bool json_one(struct json *, struct slice doc, struct fault *f) must_use;
/* The same by the plain byte-at-a-time reader: the reference that the SIMD path is tested against; builds no tape. */
bool json_check(struct slice doc, const struct json_limits *, struct fault *f) must_use;

static inline struct slice
json_raw(const struct json *j, uint32_t v)
{
	return slice_of(j->line.p + j->node[v].at, j->node[v].end - j->node[v].at);
}

static inline enum json_type
json_type(const struct json *j, uint32_t v)
{
	return (enum json_type)j->node[v].type;
}

/* A string or key without its quotes, escapes as written. */
static inline struct slice
json_inner(const struct json *j, uint32_t v)
{
	return slice_of(j->line.p + j->node[v].at + 1, j->node[v].end - j->node[v].at - 2);
}

/*
 * A string decoded: the bytes themselves if nothing is escaped, else decoded into *scratch (appended, so several results
 * live until buf_reset; a growing buf moves, so results are offsets' worth only until the next call on the same scratch).
 * A lone surrogate becomes U+FFFD.  Other types: their raw text.
 */
struct slice json_text(const struct json *, uint32_t v, struct buf *scratch);
/* Appends the decoded text. */
void json_text_add(const struct json *, uint32_t v, struct buf *out);
void json_decode(struct slice inner, struct buf *out);		/* of a scanned string's inside */
/* True if json_put_text would write each escape of a scanned string's inside as it stands. */
bool json_escapes_short(struct slice inner) must_use;

/* Numbers: false if it is no number, or none of that kind without loss ("1.0" and "1e3" are integers; 2^63 is not). */
bool json_i64(const struct json *, uint32_t v, int64_t *out) must_use;
bool json_u64(const struct json *, uint32_t v, uint64_t *out) must_use;
bool json_f64(const struct json *, uint32_t v, double *out) must_use;

/* Member of an object by name (escapes in names are understood); the first of equal names; JSON_NONE if there is none. */
uint32_t json_get(const struct json *, uint32_t object, struct slice name);
/* Value at a dotted path from `v`; each step is a member's name.  A member whose own name holds the dots wins. */
uint32_t json_path(const struct json *, uint32_t v, struct slice path);

/* for (uint32_t k = json_first(j, obj); k != JSON_NONE; k = json_following(j, obj, k)): keys of an object, items of an array. */
static inline uint32_t
json_first(const struct json *j, uint32_t v)
{
	return v + 1 < j->node[v].next ? v + 1 : JSON_NONE;
}

static inline uint32_t
json_following(const struct json *j, uint32_t container, uint32_t k)
{
	uint32_t n = j->node[k].next;

	if (j->node[k].key)
		n = j->node[n].next;
	return n < j->node[container].next ? n : JSON_NONE;
}

static inline uint32_t
json_value(const struct json *j, uint32_t key)
{
	return j->node[key].next;
}

/*
 * Interned paths.  A set of dotted paths is compiled once; json_pick walks the tape once and tells for each path the
 * first value there.  Cost per event depends on the event, not on the number of paths.  Names are case-sensitive.
 * A member name with dots ("a.b") counts as the path (of up to 16 steps); arrays are not entered.
 */
struct json_paths;
struct json_paths *json_paths_new(void) must_use;
uint32_t json_paths_add(struct json_paths *, struct slice path);	/* its slot, from 0; the same path has the same slot */
uint32_t json_paths_count(const struct json_paths *);
/* After the last add, before the first pick; then read-only, for all threads. */
void json_paths_done(struct json_paths *);
void json_paths_free(struct json_paths *);
/* slot[json_paths_count()] gets node numbers or JSON_NONE; `from` is the object that paths start at. */
void json_pick(const struct json *, const struct json_paths *, uint32_t from, uint32_t *slot);
/* From the root; into slot, or where an earlier line's of the same layout are (one set a struct json). */
const uint32_t *json_pick_root(const struct json *, const struct json_paths *, uint32_t *slot);
/* The same, kept by layout in `room` (json_kept_room bytes, zeros at first, one thread, one set); valid until the next call. */
size_t json_kept_room(const struct json_paths *);
const uint32_t *json_pick_kept(const struct json *, const struct json_paths *, uint32_t from, void *room);

/*
 * Writing.  json_put_* append one value; escapes are the short forms, controls as \u00xx.  Bad UTF-8 becomes U+FFFD and
 * json_put_text returns false.  Nothing else builds JSON in this project.
 */
bool json_put_text(struct buf *, struct slice text);		/* "text" with quotes */
void json_put_key(struct buf *, struct slice name);		/* "name": */
/* A writer that sets commas: */
struct json_out {
	struct buf *b;
	uint32_t depth;
	bool comma;
};
static inline struct json_out json_out(struct buf *b) { return (struct json_out){.b = b}; }
void jo_open(struct json_out *, char bracket);			/* '{' or '[' */
void jo_close(struct json_out *, char bracket);			/* '}' or ']' */
void jo_key(struct json_out *, struct slice name);
void jo_text(struct json_out *, struct slice);
void jo_str(struct json_out *, const char *);
void jo_i64(struct json_out *, int64_t);
void jo_u64(struct json_out *, uint64_t);
void jo_f64(struct json_out *, double);
void jo_bool(struct json_out *, bool);
void jo_null(struct json_out *);
void jo_raw(struct json_out *, struct slice json);		/* trusted, valid JSON: bytes of a scanned document */
/* Member in one call: */
void jo_ktext(struct json_out *, const char *name, struct slice);
void jo_kstr(struct json_out *, const char *name, const char *);
void jo_ki64(struct json_out *, const char *name, int64_t);
void jo_ku64(struct json_out *, const char *name, uint64_t);
void jo_kbool(struct json_out *, const char *name, bool);
void jo_kraw(struct json_out *, const char *name, struct slice json);
void jo_kopen(struct json_out *, const char *name, char bracket);

/*
 * Splicing: the only way a record is changed (STREAM.md law 1).  Edits replace `del` bytes at `at` of the line by `text`;
 * all bytes between them are copied as they are.  Edits may be added in any order, must not overlap; equal places keep
 * the order in which they were added.  Their texts must live until json_splice.
 */
struct json_edit {
	uint32_t at, del;
	struct slice text;
};
struct json_edits {
	struct json_edit *v;
	size_t n, cap;
};
void json_edit(struct json_edits *, uint32_t at, uint32_t del, struct slice text);
/*
 * Puts `members` ("k":v,"k2":v2 without outer commas) at the end of object v.  Several calls for the same object are
 * one after the other; commas are set by json_edit_members from the tape and from earlier calls.
 */
void json_edit_members(struct json_edits *, const struct json *, uint32_t object, struct slice members);
void json_edit_value(struct json_edits *, const struct json *, uint32_t v, struct slice json);	/* another value in place */
void json_splice(struct json_edits *, struct slice line, struct buf *out);		/* appends the result, without \n */
static inline void json_edits_reset(struct json_edits *e) { e->n = 0; }
void json_edits_free(struct json_edits *);

#endif
