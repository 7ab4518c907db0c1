/*
 * format: one file per log format, one row in formats.def.  A format understands a log; it judges nothing.
 *
 * The reader (cmd/ir-ingest) cuts a source into records with `frame`, in order, in one thread; `learn` sees each record in
 * order; `parse` runs in any worker.  A worker gets a copy of the state as it was before its block and calls learn and
 * parse record by record, so that headers, years and earlier lines mean the same for any -j.
 */
#ifndef IRPIPE_FORMAT_FORMAT_H
#define IRPIPE_FORMAT_FORMAT_H

#include "lib/base/fault.h"
#include "lib/event/event.h"
#include "lib/event/plan.h"
#include "lib/event/shape.h"

#include <limits.h>

/* What holds for a whole source; read-only while it is read. */
struct format_context {
	const struct zone *zone;	/* of times without zone; NULL: UTC */
	struct slice zone_name;		/* "utc" or --tz's word: ir.tz of such events */
	bool zone_given;		/* --tz: no zone-assumed */
	struct stamp reference;		/* years that the log does not give are chosen near this (INGEST.md section 6) */
	enum event_err year_err;	/* ERR_year_inferred, ERR_year_assumed; ERR_COUNT: the person gave the year */
	/* of the first record, from a first pass over the file; 0: not known (forward from the reference) */
	int first_year;
	const struct shape_set *shapes;
	const struct shape_options *shape;
	struct slice name;		/* file name: dates and paths in it */
	size_t max_record;
	bool carve;			/* EVTX alone: records are looked for in any bytes */
	struct slice unwrap;		/* ".a.b": the member of a JSON document that holds its records; "": told by names */
	struct slice head;		/* the source's first 64 KiB or all; valid in `begin` alone */
};

/* One worker's room: nothing here lives longer than a record but the json scanner and slots. */
struct format_room {
	const struct format_context *c;
	struct json *json;		/* limits: max_record */
	uint32_t *slots;		/* shape_slots() */
	void *state;			/* this worker's copy; NULL if the format has none */
	struct buf scratch;
	struct plans *plans;		/* NULL: each event is read in full */
	struct format_clock {		/* the last time that was read, and its text: neighbours are of the same second */
		char text[40];
		uint8_t n;
		bool utc;
		struct stamp at;
	} clock;
	void *own;			/* of a format with `release`: made by it, given back by that */
};

/* One of the events in a frame that holds many. */
struct format_part {
	bool begun;			/* false in the first call for a frame */
	bool ok;			/* false: a reject, *f says why */
	struct slice bytes;		/* in the frame */
	uint64_t rec;			/* the event's own number: ir.src.rec */
	uint64_t number;		/* that grows from record to record of the source */
	bool planned;			/* room->plans has the event: plan_put_record writes it, and `e` is not filled */
	struct plan_told told;
};

struct format {
	const char *name, *title;
	const char *standard;		/* for the manual: "RFC 5424, RFC 3164, RFC 6587" */
	const enum field *fields;	/* what it can set, FIELD_COUNT ends; NULL: any (json) */
	/* 0..100: how sure it is that `head` (the first 64 KiB or all) is its own.  50 and more may be chosen. */
	int (*sniff)(struct slice head);
	/*
	 * Bytes that the first record of `in` takes, its line end and what stands before and behind it (`[`, `,`) included;
	 * 0: more bytes are needed (never with `last`, if in.n > 0).  *record: the record itself, empty if these bytes hold
	 * none.  NULL: lines.
	 */
	size_t (*frame)(struct slice in, bool last, void *state, struct slice *record);
	bool years;			/* `state` begins with a struct format_year, which learn moves */
	bool closed;			/* a record's end is not a line end: a bracket, a size */
	/* What the source broke off in, constant words; NULL: it ended well.  Asked of the state at its end; may be NULL. */
	const char *(*broken)(const void *state);
	/* lines that begin so are seen by learn and parse, but are no records and have no ordinal; 0: none */
	char comment;
	size_t state;			/* bytes; zeroed at the start of a source; 0: none */
	void (*begin)(void *state, const struct format_context *);	/* may be NULL */
	void (*learn)(struct slice record, void *state);		/* may be NULL */
	/*
	 * Fills e (reset before) from one record without its line end.  False: *f (what begins with the reject's reason and
	 * a colon).  A record that is not an event (header, comment, blank line): true with *skip set; it is counted by no one.
	 */
	bool (*parse)(struct slice record, struct format_room *, struct event *e, bool *skip, struct fault *f) must_use;
	/*
	 * JSON alone: true if this source is a document a line; then blocks of lines are scanned at once (json_block),
	 * frame and learn are not used, and parse gets an empty record and finds the document in room->json.
	 */
	bool (*by_block)(struct slice head);
	/*
	 * EVTX alone: a frame holds many records, with numbers of their own.  `next` gives one after the other (e reset
	 * before each call) until it returns false; parse is not used.  `count` tells by a cheap look how many there are;
	 * --max-record does not bound the frame (`frame_max`).
	 */
	bool (*next)(struct slice frame, struct format_room *, struct event *e, struct format_part *, struct fault *f);
	uint64_t (*count)(struct slice frame);
	bool (*newest)(struct slice frame, struct stamp *);	/* about: by a cheap look too */
	size_t frame_max;
	void (*release)(void *own);
};

/* All formats, in row order; name == NULL ends.  Ties of sniffing are decided by this order. */
extern const struct format *const formats[];
const struct format *format_by_name(struct slice);

/* The first record of `in` by the format's frame, or its first line without line end. */
size_t format_frame(const struct format *, struct slice in, bool last, void *state, struct slice *record);

struct format_guess {
	const struct format *format;	/* NULL: nothing reaches 50 */
	int score;
};
/* The name adds at most 5. UTF-16 and archives are the caller's. */
struct format_guess format_guess(struct slice head, struct slice name);

/* Helpers for text formats */
/* Sets event.original (and, if the line is not UTF-8, mends it: ERR_bad_utf8 and e->bytes).  Returns the text to parse. */
struct slice format_text(struct event *, struct slice line);
/*
 * The same, and it looks what the line holds, so that values cut from it need not be looked at again when they are written:
 * without quote, backslash, control and non-ASCII e->form is FORM_CLEAN; with quotes alone among these *quotes counts them,
 * else it is FORMAT_MIXED.  What a caller makes anew (decodes) must be set as FORM_TEXT.
 */
#define FORMAT_MIXED UINT_MAX
struct slice format_text_seen(struct event *, struct slice line, unsigned *quotes);
/* Time of a text record: local time in c->zone, errors marked. */
void format_time_local(const struct format_context *, struct event *, const struct stamp_civil *);

/* A year that the log does not give: state that formats with such times embed first in their state. */
struct format_year {
	int year, month, day;		/* of the last record; 0: none yet */
};
/*
 * Year of a record at month/day by the rules of INGEST.md section 6: forward from `y`, a step of December to January counts one.
 */
/* The year in which month/day lies at most a day after the reference and nearest to it. */
int format_year_near(struct stamp reference, int month, int day);
int format_year_next(struct format_year *y, const struct format_context *, int month, int day);

#endif
