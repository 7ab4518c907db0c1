/*
 * stream: parts of the record loop that ir-ingest, which has its own sources, needs as well.
 */
#ifndef IRPIPE_TOOL_STREAM_H
#define IRPIPE_TOOL_STREAM_H

#include "lib/port/digest.h"
#include "lib/tool/jobs.h"
#include "lib/tool/tool.h"

#include <time.h>

struct source;
struct sources;

/*
 * Appends one reject line: {"ir":{"v":1,"kind":"reject","by":..,"src":{..},"reason":..,"at":N},"len":N,"sha256":..,"bytes":base64
 * of the first 64 KiB}. `at` is the place of the fault in the record.
 */
void reject_add(struct buf *out, struct slice by, const struct event_src *, struct slice reason, uint64_t at, struct slice bytes);
/* The same of a record that was never held whole. */
struct reject_of {
	struct slice reason, head;	/* head: its first bytes */
	uint64_t at, length;
	struct sha256 sum;		/* of all of it */
};
void reject_put(struct buf *out, struct slice by, const struct event_src *, const struct reject_of *);

/*
 * Waits until source_read gives bytes or the end without blocking. False: a signal came, and a file is not read on; a pipe is, to
 * its end, for `patience` ms at most (STREAM.md, exit status).
 */
bool stream_wait(struct sources *, const struct source *, long patience) must_use;
/* Milliseconds since the first call with this place. */
long stream_clock(struct timespec *since);

/* Takes over what a job has made: out, rejects, account, level.  In order, from jobs' `done`. */
void stream_take(struct tool *, struct job *);
/* What was given so far is written; to a file: and will survive a power cut. */
void stream_keep(struct tool *);
/* A line for people or machines, by -t: appends what goes to stdout for a stream line (with \n). */
struct stream_text;
struct stream_text *stream_text_new(struct tool *) must_use;	/* NULL if stdout is NDJSON */
void stream_text_free(struct stream_text *);
void stream_text_add(struct stream_text *, struct slice lines, struct buf *out);
/* Writes a note between blocks, in the main thread, when no job is out. */
void stream_note(struct tool *, const char *what, struct slice src, struct slice message);
/* Writes this stage's `end` and flushes. extra: further members, may be empty. */
void stream_end(struct tool *, struct slice extra);
/* This program as the author of control records. */
struct stage_id stream_id(const struct tool *);

#endif
