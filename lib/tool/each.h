/* each: what the files of the record loop share among themselves. */
#ifndef IRPIPE_TOOL_EACH_H
#define IRPIPE_TOOL_EACH_H

#include "lib/tool/priv.h"
#include "lib/tool/stream.h"

struct shared {
	struct tool *t;
	const struct stage *stage;
	struct record_paths *paths;
	uint64_t lines;			/* given out so far */
	uint64_t at;
	bool ours;			/* records with ir.kind were seen */
	bool ended;			/* an `end` was the last record */
	struct settling *settling;	/* of a stage with settle() */
	struct before *before;		/* the reader's; of a stage that wraps */
	struct stamp last;		/* of the records given out so far */
};

struct emit {
	struct shared *s;
	void *context;
	struct json *json;
	struct job *job;
	struct arena arena;
	struct buf scratch[4];
	struct buf lines;		/* NDJSON before it is rendered for people */
	struct stream_text *text;
	struct before *before;		/* NULL until it is wanted */
	size_t looked;			/* job->before is that of the record before this place of the view */
	unsigned handled;
	bool settled;			/* runs in order: nothing is put off */
	bool draining;			/* behind the last record: what is made leaves in blocks */
};

enum later_kind { LATER_STAGE, LATER_NOTE, LATER_MARK };
struct later {
	uint64_t at;			/* place in job->out */
	uint32_t kind, n;
	struct stamp newest;		/* of this block so far */
	bool dated;
};

/* emit.c */
void emit_out(struct emit *, enum ir_kind, struct slice line);
void emit_refuse(struct emit *, struct slice line, uint64_t off, uint64_t rec, uint64_t at, const char *reason);
void emit_put_off(struct emit *, enum later_kind, struct slice what);

/* wrap.c: the time of the last record in whole lines that has one; *at stays if none has */
struct before *before_new(const struct shared *) must_use;
void before_free(struct before *);
void before_find(struct before *, struct slice lines, struct stamp *at);

/* settle.c */
struct settling *settling_new(struct shared *) must_use;
void settling_free(struct settling *);
void settle_block(struct shared *, struct job *);

#endif
