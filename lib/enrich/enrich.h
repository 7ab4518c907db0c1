/*
 * enrich: context for records from files: geography and network owner of public addresses, assets and networks of one's own
 * (ENRICH.md).  Members are added, nothing that the record brought is changed; what an earlier run added is left as it is if
 * it came from the same bytes (ir.prov has their SHA-256) and replaced if not.
 *
 * Ownership: a struct enrich and its sources are made before the first record and are read-only then, shared by threads; a struct
 * enrich_worker belongs to one thread, its edits and their texts live until the next record.
 */
#ifndef IRPIPE_ENRICH_ENRICH_H
#define IRPIPE_ENRICH_ENRICH_H

#include "lib/base/fault.h"
#include "lib/base/stamp.h"
#include "lib/json/json.h"

enum { ENRICH_SOURCES = 16 };

/* ---- sources --------------------------------------------------------------------------------------------------------- */
struct enrich;
struct enrich *enrich_new(void) must_use;
void enrich_free(struct enrich *);
/*
 * KIND=FILE[,opt=value]..., as -s takes it.  Options: name=NAME (default the kind, then kind2 ...), max_age=DURATION,
 * date=TIME (of a table, which has none of its own).  False: the fault tells what is wrong; where it lies in the file (*file
 * is set), with line and column.
 */
bool enrich_add(struct enrich *, struct slice spec, struct slice *file, struct fault *) must_use;

/* Nothing that is labelled more strictly than this word of TLP 2.0 is added.  False: no such word. */
bool enrich_tlp_max(struct enrich *, struct slice word) must_use;

/* What is overdue is so at that time (default: the record's); days end in that zone (default UTC; borrowed). */
void enrich_now(struct enrich *, struct stamp now);
void enrich_zone(struct enrich *, const struct zone *);
/* ir.countries of the ends, and whether one lies outside of this country (ISO 3166-1 alpha-2).  False: no two letters. */
bool enrich_home(struct enrich *, struct slice country) must_use;

/*
 * The same for a declaration in YAML: sources: [{name, kind, file, max_age, date, verdict}]; files count from the folder of
 * `base`.  *file
 * is set if the fault lies in a source's file.
 */
bool enrich_sheet(struct enrich *, struct slice text, struct slice base, struct slice *file, struct fault *) must_use;

enum enrich_error { ENRICH_CORRUPT, ENRICH_AMBIGUOUS, ENRICH_LIMIT, ENRICH_ERRORS };
extern const struct slice enrich_error_name[ENRICH_ERRORS];

struct enrich_count {
	uint64_t hit, miss;			/* addresses (geo, as), records (asset, net) */
	uint64_t kept;				/* the log's own member stands where ours would go */
	uint64_t error[ENRICH_ERRORS];
};
struct enrich_info {
	struct slice name, kind, file, version, sha256;	/* sha256: its first 8 hex digits */
	uint64_t rows;				/* 0: not known */
	struct stamp date;
	bool dated;
	int64_t max_age;			/* seconds */
	struct enrich_count count;		/* of all workers that are gone */
};
size_t enrich_sources(const struct enrich *);
struct enrich_info enrich_info(const struct enrich *, size_t source);
/* Older than its max_age at that time? Without a date: never. */
bool enrich_stale(const struct enrich_info *, struct stamp now);

/* ---- records --------------------------------------------------------------------------------------------------------- */
struct enrich_worker;
struct enrich_worker *enrich_worker_new(struct enrich *) must_use;
void enrich_worker_free(struct enrich_worker *);	/* adds its counts to the sources' */
/* What is to be done to an event or alert; no edits (n == 0): the record stays as it is. */
struct json_edits *enrich_record(struct enrich_worker *, const struct json *) must_use;

#endif
