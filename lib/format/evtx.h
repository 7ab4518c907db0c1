/*
 * evtx: Windows event logs ([MS-EVEN6] 2.2.12 and 3.1.4.7 for BinXML; the container by libevtx's notes, INGEST.md section 4).
 *
 * A chunk (64 KiB) is read alone.  Its BinXML is compiled to a program of steps - a template once a chunk, all else for its record - which the
 * writer turns into JSON as evtx_dump shapes it, with no tree between.  Everything belongs to a struct evtx, one a worker; what it gives lives
 * until the next record.
 */
#ifndef IRPIPE_FORMAT_EVTX_H
#define IRPIPE_FORMAT_EVTX_H

#include "lib/format/evtx_json.h"

enum {
	EVTX_HEAD = 4096, EVTX_CHUNK = 65536, EVTX_RECORDS = 512,
	EVTX_RECORD_MIN = 28,
	EVTX_NESTING = 64,		/* fragments within fragments */
	EVTX_STEPS = 1024 * 1024,	/* of a record: tokens' bytes compiled and steps run */
	EVTX_CHUNK_STEPS = 16 * 1024 * 1024,
};

/* ---- programs (evtx_binxml.c) ---- */
enum evtx_do { DO_OPEN, DO_ATTR, DO_START, DO_CLOSE, DO_TEXT, DO_SLOT, DO_INSTANCE };

struct evtx_step {
	struct slice text;		/* name, or text */
	uint32_t to;			/* DO_OPEN: behind its DO_CLOSE, from the program's start; DO_INSTANCE: its place in the chunk */
	uint16_t index;			/* DO_SLOT: which; DO_OPEN: which must not be NULL, NO_INDEX: none */
	uint8_t what;
};
enum { NO_INDEX = 0xffff };

struct evtx_steps {
	struct evtx_step *v;
	size_t n, cap;
};

struct evtx_template {
	uint32_t offset, next;		/* next of the same bucket + 1 */
	size_t from, to;		/* in `lasting` */
	bool good;
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
	uint32_t err;			/* ir.err of each event of this chunk */
	struct evtx_steps lasting, passing;
	struct arena names, mem;	/* texts of both */
	struct evtx_template *template;
	size_t templates, template_cap;
	uint32_t bucket[256];
	struct evtx_run run[EVTX_NESTING];
	size_t runs;
	struct evtx_value *value;
	size_t values, value_cap;
	size_t steps, chunk_steps;	/* left */
};

void evtx_chunk_begin(struct evtx *, struct slice chunk);
/* BinXML at [at, end) of the chunk as steps, appended; `definition`: elements have a dependency. */
bool evtx_compile(struct evtx *, size_t at, size_t end, bool definition, struct evtx_steps *, struct arena *, struct fault *) must_use;

struct evtx_instance {
	uint32_t definition;		/* in the chunk */
	uint32_t count;
	size_t table, values, end;
};
bool evtx_instance(const struct evtx *, size_t at, size_t end, struct evtx_instance *) must_use;
/* The compiled definition; NULL: lost. */
const struct evtx_template *evtx_template(struct evtx *, uint32_t offset);

/* A record's BinXML as JSON (evtx_run.c). */
bool evtx_render(struct evtx *, size_t at, size_t end, struct slice *json, struct fault *) must_use;

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
uint32_t evtx_crc(uint32_t before, struct slice);
uint64_t evtx_chunk_count(struct slice chunk);			/* records by a walk over their sizes alone */

#endif
