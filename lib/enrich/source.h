/*
 * source (private to the room): what a kind of source is, and one that is loaded.
 */
#ifndef IRPIPE_ENRICH_SOURCE_H
#define IRPIPE_ENRICH_SOURCE_H

#include "lib/base/addr.h"
#include "lib/base/mem.h"
#include "lib/enrich/enrich.h"
#include "lib/enrich/rows.h"
#include "lib/enrich/vuln.h"
#include "lib/intel/seek.h"
#include "lib/port/mmdb.h"

struct enrich_source;
struct enrich_worker;
enum enrich_found { ENRICH_MISS, ENRICH_HIT, ENRICH_ERROR /* corrupt */ };

/* Lists of a record that sources add items to; each item tells its source in "by". */
enum list_id { LIST_asset, LIST_known, LIST_contact, LIST_enrichments, LISTS, LIST_NONE = LISTS };

/*
 * A kind describes one public address (source.X, destination.X), or has rows that are looked up by name and address (ir.asset),
 * or
 * adds items to a list by what it finds in the record, or tells something of a vulnerability (ir.vuln).
 */
struct enrich_kind {
	struct slice name;
	int64_t max_age;				/* seconds: ENRICH.md section 2, Stale */
	bool (*load)(struct enrich_source *, const char *path, struct fault *);
	enum enrich_found (*describe)(const struct enrich_source *, const struct addr *, struct buf *value);
	enum list_id list;
	void (*items)(struct enrich_worker *, size_t source);	/* of a list that is not made from rows */
	bool (*vuln)(const struct enrich_source *, struct vuln *);	/* false: it does not list the CVE */
	void (*members)(struct enrich_worker *, size_t source);	/* single members: worker_member */
	const struct enrich_kind *as[2];		/* once loaded it is one of these: of what is good, of what is bad */
	const struct intel_index *(*index)(const struct enrich_source *);	/* sought in each record, once for all sources */
	unsigned (*kinds)(const struct enrich_source *);	/* of values that are gathered besides (intel_set_wants) */
	void *(*open)(const struct enrich_source *);	/* what one worker needs for it: w->state[source] */
	void (*close)(void *state);
	void (*unload)(struct enrich_source *);
};

enum enrich_kind_id {
#define SOURCE(id) ENRICH_##id,
#include "lib/enrich/sources.def"
#undef SOURCE
	ENRICH_KINDS
};
#define SOURCE(id) extern const struct enrich_kind enrich_kind_##id;
#include "lib/enrich/sources.def"
#undef SOURCE
extern const struct enrich_kind *const enrich_kind[ENRICH_KINDS];

struct enrich_source {
	const struct enrich_kind *kind;
	struct enrich_info info;
	struct slice id;				/* "geo@1a2b3c4d", with its quotes */
	struct slice error[ENRICH_ERRORS];		/* "enrich:geo:corrupt", likewise */
	struct mmdb *db;
	struct rows rows;
	void *data;					/* the kind's own */
	bool bad;					/* option verdict=bad */
	struct arena mem;
};

/* SHA-256 of the file into info.sha256; its bytes too if `keep` is not NULL (at most max). */
bool enrich_read(struct enrich_source *, const char *path, struct buf *keep, size_t max, struct fault *) must_use;
/* The file, or each of a folder whose name ends so; a folder's hash is that of all. */
typedef bool enrich_file(struct enrich_source *, const char *path, struct fault *);
bool enrich_files(struct enrich_source *, const char *path, const char *const *endings, enrich_file *, struct fault *) must_use;
void enrich_cve_unload(struct enrich_source *);	/* of a source whose data is a struct cve_table */
enum { PLACE_TEXT = 256 };
/* For geo, as: opens the database; a database whose type ends in one of `not_these` holds something else and is refused. */
bool place_load(struct enrich_source *, const char *path, const char *const *not_these, struct fault *) must_use;
/*
 * A text at a path as member `name`; false: the bytes are damaged.  Texts over 256 bytes are left out: no place has such a
 * name.
 */
bool place_text(const struct enrich_source *, const struct mmdb_hit *, const char *const *path, const char *name,
    struct json_out *) must_use;

#endif
