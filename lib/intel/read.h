/*
 * read: feeds of indicators: STIX 2.0 and 2.1 (bundles, envelopes, single objects), MISP (events, attributes, its CSV export),
 * CSV
 * with a header, JSON whose objects have such members, and plain lists.  What a file is shows by its bytes.
 *
 * Ownership: nothing of the bytes is needed after a call.
 */
#ifndef IRPIPE_INTEL_READ_H
#define IRPIPE_INTEL_READ_H

#include "lib/intel/build.h"
#include "lib/json/json.h"

/* Why something of a feed is no indicator here. */
enum intel_skip {
	INTEL_CONTEXT,		/* not meant for detection (MISP's to_ids, a benign STIX indicator), deleted */
	INTEL_REVOKED,
	INTEL_PATTERN,		/* a pattern or type that says nothing about addresses, names, URLs, hashes, mail */
	INTEL_VALUE,		/* no value of the type that it claims, or of no type at all */
	INTEL_KNOWN,		/* excluded: a list of known-good has it */
	INTEL_SKIPS
};
extern const struct slice intel_skip_name[INTEL_SKIPS];

struct intel_read {
	struct intel_build *build;
	struct slice source;		/* who says it, where the feed does not tell */
	bool (*known)(void *self, const struct intel_value *, struct slice bytes);	/* NULL: nothing is excluded */
	void *self;
	uint64_t added, skipped[INTEL_SKIPS];
	struct buf bytes;		/* scratch: intel_read_end frees it */
};

/*
 * One file.  False: not readable, with its place; what was read before it stays.  A MISP feed's manifest and hashes.csv hold no
 * indicators: they add nothing.
 */
bool intel_read(struct intel_read *, struct slice text, struct fault *) must_use;
void intel_read_end(struct intel_read *);

/* ---- for the readers of the room ----------------------------------------------------------------------------------------- */
enum column {
	COLUMN_NONE, COLUMN_VALUE, COLUMN_TYPED, COLUMN_TYPE, COLUMN_CONFIDENCE, COLUMN_TLP, COLUMN_FROM, COLUMN_UNTIL,
	    COLUMN_SOURCE,
	COLUMN_NAME, COLUMN_ID, COLUMN_IDS
};
/* What a column or member of that name holds; *type of COLUMN_TYPED. */
enum column column_of(struct slice name, enum intel_type *type);
/* The type that feeds call so ("ip-dst", "FileHash-MD5", "domain-name"); *known false: no such word, or nothing to look up. */
enum intel_type type_of(struct slice word, bool *known);
/* 0..100 from a number, a fraction, or none low medium high; INTEL_UNKNOWN: no such word. */
uint8_t confidence_of(struct slice);
bool time_of(struct slice, int64_t *seconds);
bool uuid_of(struct slice, unsigned char id[16]);

bool read_skip(struct intel_read *, enum intel_skip);		/* counts; true */
/* A value of a type.  False: there are too many. */
bool read_value(struct intel_read *, struct slice text, enum intel_type, const struct intel_new *);
/* A value of the type that the feed calls so; "a|b" of a type "x|y" are two.  False: there are too many. */
bool read_typed(struct intel_read *, struct slice word, struct slice text, const struct intel_new *);

/* One row of a table or object: cells in any order, then the end. */
enum { ROW_VALUES = 16 };
struct row {
	struct intel_new common;
	struct slice type;
	unsigned char id[16];
	bool context;			/* to_ids is 0 */
	struct {
		struct slice text;
		enum intel_type type;
		bool typed;
	} value[ROW_VALUES];
	size_t n;
};
void row_begin(struct row *, struct slice source);
void row_cell(struct row *, enum column, enum intel_type, struct slice text);
bool row_end(struct intel_read *, struct row *);

bool read_list(struct intel_read *, struct slice text, struct fault *);
bool stix_is(const struct json *, uint32_t v);
bool stix_read(struct intel_read *, const struct json *, uint32_t v);
bool misp_is(const struct json *, uint32_t v);
bool misp_read(struct intel_read *, const struct json *, uint32_t v);

#endif
