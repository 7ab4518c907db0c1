/*
 * evtx: Windows event logs ([MS-EVEN6] 2.2.12 and 3.1.4.7 for BinXML; the container by libevtx's notes, INGEST.md section 4).
 *
 * A chunk (64 KiB) is read alone.  Its BinXML is compiled to a program of steps - a template once a chunk, all else for
 * its record - which the writer turns into JSON as evtx_dump shapes it, with no tree between.  Everything belongs to a
 * struct evtx, one a worker; what it gives lives until the next record.
 */
#ifndef IRPIPE_FORMAT_EVTX_H
#define IRPIPE_FORMAT_EVTX_H

#include "lib/format/evtx_plan.h"

enum {
	EVTX_HEAD = 4096, EVTX_CHUNK = 65536, EVTX_RECORDS = 512,
	EVTX_RECORD_MIN = 28,
	EVTX_NESTING = 64,		/* fragments within fragments */
	EVTX_STEPS = 1024 * 1024,	/* of a record: tokens' bytes compiled and steps run */
	EVTX_CHUNK_STEPS = 16 * 1024 * 1024,
};

/* A fragment that is being run. */
struct evtx_run {
	bool passing;			/* whose steps */
	size_t from, to, at;
	size_t values, count;		/* its substitutions */
};

struct evtx {
	struct evtx_writer w;
	struct slice chunk;
	size_t at, limit;		/* of the walk over records */
	uint64_t last_id;
	uint32_t err;			/* ir.err of each event of this chunk */
	bool in_general;		/* no plans are made: what the fast way is compared with */
	bool carve, slack, lost;	/* slack: the walk is behind free space; lost: nobody knows where templates stood */
	struct buf whole;		/* a chunk made of records that stood alone */
	size_t lead;			/* what of it stood before them */
	struct evtx_steps lasting, passing;
	struct arena names, mem;	/* texts of both */
	struct arena kept;		/* definitions and plans */
	size_t cost;			/* of what is kept */
	struct evtx_def *def[EVTX_DEFS];
	struct evtx_place *place;	/* definitions of this chunk */
	size_t places, place_cap;
	uint32_t bucket[EVTX_PLACES];
	size_t definitions;		/* bytes of them that this chunk may still have */
	struct evtx_ref *ref;		/* of the definition that is being compiled */
	size_t refs, ref_cap, defining;
	struct json *json;
	struct evtx_plan *plan;		/* that made the record's JSON; NULL: none */
	struct evtx_plan *plans;	/* all of them */
	struct evtx_plan *home[EVTX_HOMES];
	struct buf sign;		/* of the record that is looked at */
	uint16_t first[EVTX_VALUES_MAX];	/* of an array, its first item among the values */
	uint32_t template_err;		/* while marks are set: of what was used */
	size_t texts;			/* while marks are set: the next text's value */
	struct json_quick quick;	/* that JSON by its scalars */
	uint32_t *index;		/* of the quick */
	size_t index_cap;
	struct buf slash;		/* a bit for each byte of that JSON: set in scalars with a backslash */
	struct evtx_odd {		/* escapes of values in the last record */
		uint32_t slot[2048];
		size_t n;
		bool odd;
	} escaped;
	struct buf type, plain, marked;
	uint32_t shift[EVTX_SHIFTS];
	struct evtx_run run[EVTX_NESTING];
	size_t runs;
	struct evtx_value *value;
	size_t values, value_cap;
	size_t steps, chunk_steps;	/* left */
};

void evtx_chunk_begin(struct evtx *, struct slice chunk);
/* BinXML at [at, end) of the chunk as steps, appended; `definition`: elements have a dependency. */
bool evtx_compile(struct evtx *, size_t at, size_t end, bool definition, struct evtx_steps *, struct arena *,
    struct fault *) must_use;

struct evtx_instance {
	uint32_t definition;		/* in the chunk */
	uint32_t count;
	size_t table, values, end;
};
bool evtx_instance(const struct evtx *, size_t at, size_t end, struct evtx_instance *) must_use;
bool evtx_instance_head(const struct evtx *, size_t at, size_t end, struct evtx_instance *) must_use;	/* all but its end */

void evtx_share_begin(struct evtx *);
bool evtx_share_full(const struct evtx *);
void evtx_share_free(struct evtx *);
void evtx_share_ref(struct evtx *, size_t at, size_t name, size_t units);
/* The compiled definition; NULL: lost. */
struct evtx_def *evtx_template(struct evtx *, uint32_t offset);

void evtx_plan_forget(struct evtx *);		/* before the plans go */
bool evtx_value_add(struct evtx *, struct evtx_value) must_use;
bool evtx_plain(struct evtx *, size_t at, size_t end) must_use;	/* false: there is more in it than tokens, names and texts */
void evtx_plan_quick(struct evtx *, struct slice json);		/* what x->plan gave as x->quick, until .._end */
void evtx_plan_quick_end(struct evtx *);
void evtx_plan_room(struct evtx_plan *, size_t bytes);
bool evtx_plan_run(struct evtx *, struct evtx_plan *) must_use;	/* false: a value is not as its type wants it */
/* evtx_learn.c: the first record of a layout, in general; it is kept how. */
bool evtx_plan_make(struct evtx *, size_t at, size_t end, const struct evtx_call *, struct slice *json, struct fault *) must_use;
/* A record's BinXML as JSON, by its plan if it has one (evtx_plan.c), else in general (evtx_run.c). */
bool evtx_render(struct evtx *, size_t at, size_t end, struct slice *json, struct fault *) must_use;
bool evtx_run(struct evtx *, size_t at, size_t end, struct slice *json, struct fault *) must_use;

/* ---- chunks (evtx_chunk.c) ---- */
struct evtx_record {
	size_t at, n;
	uint64_t id;
	bool whole;			/* false: bytes that are no record */
	bool size_differs;
};
/* Looks at the chunk's own fields; `crc` false: the file says that it has none. */
void evtx_chunk_look(struct evtx *, bool crc);
bool evtx_chunk_next(struct evtx *, struct evtx_record *);
bool evtx_record_whole(struct slice) must_use;			/* signature, and both sizes */
uint32_t evtx_crc(uint32_t before, struct slice);
bool evtx_chunk_newest(struct slice chunk, struct stamp *) must_use;	/* by what record headers say */
uint64_t evtx_chunk_count(struct slice chunk);			/* records by a walk over their sizes alone */

/* ---- any bytes (evtx_carve.c) ---- */
/* format.h's frame: a chunk, or records without one. */
size_t evtx_carve_frame(struct slice in, bool last, struct slice *record);
/* Records without a chunk get one: their places in it are told by a definition among them. */
void evtx_carve_begin(struct evtx *, struct slice records);

#endif
