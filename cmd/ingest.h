/*
 * ingest: the parts of ir-ingest. Sources are read in order by the main thread, cut into blocks of whole records, parsed by
 * workers and written in order (INGEST.md sections 1, 2, 6).
 */
#ifndef IRPIPE_CMD_INGEST_H
#define IRPIPE_CMD_INGEST_H

#include <time.h>

#include "lib/base/map.h"
#include "lib/format/format.h"
#include "lib/port/digest.h"
#include "lib/tool/source.h"
#include "lib/tool/stream.h"
#include "lib/tool/text.h"

enum { HEAD = 64 * 1024, MARK_EACH = 10000, SAVE_EACH = 64 };
/* job->number[0]; [1] is the offset behind the block, [2] the records of the source so far. */
enum { IS_MARK = 1, IS_FLUSH = 2, IS_DONE = 4 };

struct ingest_options {
	bool list, inventory, hash, carve, follow;
	struct opt_list format;		/* NAME or GLOB=NAME */
	struct slice label, assume, manifest, unwrap, password_file;
	bool gaps;
	uint64_t year, max_record, max_inflate;
};

/* What was seen of one source: for the inventory and the words at its end. */
struct sighting {
	uint64_t records, rejects;
	uint64_t top;			/* greatest record number */
	uint32_t err;
	struct stamp first, last;
	bool dated;
	struct map hosts;		/* at most HOSTS_MAX */
	struct stamp before;		/* of the newest record so far in order: what a record without time gets */
	struct buf facts;		/* of one block, for --gaps */
	struct buf early;		/* of one block: places (uint64_t) in its output of records before the first time */
};
enum { HOSTS_MAX = 10000 };

enum wide { WIDE_NO, WIDE_LITTLE, WIDE_BIG };		/* UTF-16 */
struct place;

struct piece {				/* one source while its jobs are out */
	struct slice uri;
	const struct format *format;
	int score;
	bool by_block;
	enum wide wide;
	int64_t newest;			/* seconds: what is later is implausible; INT64_MAX: not known */
	bool broken;			/* ended in the middle */
	uint64_t behind;		/* of numbered records: those up to this one were written by an earlier run */
	struct place *place;
	struct format_context context;
	struct sighting seen;		/* grows in `done`, in order */
	struct piece *next;
};

struct ingest {
	struct tool *t;
	struct ingest_options o;
	struct shape_set *shapes;
	struct shape_options shape;
	struct zone *zone;
	struct sources *survey, *in;
	struct stamp reference;
	struct map sorted;		/* those whose records stand in order of time, and the newest */
	struct map dated;		/* sources with dated records, and the newest of these (seconds) */
	enum event_err year_err;
	struct jobs *jobs;
	struct arena mem;
	struct piece *first, *last;
	struct opt_list unread;		/* names of what nothing knew */
	uint64_t records;		/* cut so far, over all sources */
	uint64_t marks;
	struct buf position;		/* members of `pos` since the last mark */
	struct places *places;		/* of --state and --follow; NULL without them */
	struct state *state;
	bool pipes_open;		/* by --follow: not to be opened again */
	bool resume;			/* the state is ir-escalate's, and has a mark */
	uint64_t live_marks;
	struct gaps *gaps;
	struct manifest *manifest;
	struct map whats;		/* what else was told of sources, and how often */
	struct map told;		/* notes of sources that were given: a folder is looked at again and again */
	struct timespec shown;
};

/* Newest time among samples of all sources whose records give a year (ingest_survey.c); false: there is none. */
bool ingest_survey(struct ingest *, struct stamp *newest) must_use;
/* Format of a source by --format, else by its head. */
struct format_guess ingest_guess(const struct ingest *, struct slice uri, struct slice name, struct slice head);
int64_t ingest_newest(const struct ingest *, struct slice uri, const struct format *) must_use;
void ingest_context(const struct ingest *, struct slice uri, struct slice name, struct format_context *);

/* ingest_run.c */
void ingest_run(struct ingest *);
/* A barrier: all records up to the positions it tells stand before this line.  No job is out, or in `done`. */
void ingest_mark(struct ingest *, bool live);

/* UTF-16 (ingest_wide.c), by BOM or by its NULs */
enum wide ingest_wide(struct slice head) must_use;
/* Appends raw as UTF-8; what is no whole character yet stays in raw. */
void wide_text(enum wide, struct buf *raw, struct buf *out);
/* Bytes of UTF-16 that this UTF-8 was. */
uint64_t wide_span(struct slice text) must_use;

/* ingest_work.c: one block, in a worker */
void *ingest_open(void *shared);
void ingest_work(void *context, struct job *);
void ingest_close(void *context);

/* ingest_list.c */
void ingest_formats(struct tool *);			/* --list */
void ingest_inventory(struct ingest *);			/* -l, after the run */
void ingest_words(struct ingest *);			/* what was guessed and assumed, a line per format; each source with -v */
/* How far the reading is, now and then. */
void ingest_progress(struct ingest *);

#endif
