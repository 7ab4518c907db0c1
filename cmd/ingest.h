/*
 * ingest: the parts of ir-ingest.  Sources are read in order by the main thread, cut into blocks of whole records, parsed by workers and written
 * in order (INGEST.md sections 1, 2, 6).
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

struct ingest_options {
	bool list, inventory, hash, carve;
	struct opt_list format;		/* NAME or GLOB=NAME */
	struct slice label, assume;
	uint64_t year, max_record, max_inflate;
};

/* What was seen of one source: for the inventory and the words at its end. */
struct sighting {
	uint64_t records, rejects;
	uint32_t err;
	struct stamp first, last;
	bool dated;
	struct map hosts;		/* at most HOSTS_MAX */
	struct stamp before;		/* of the newest record so far in order: what a record without time gets */
	struct buf early;		/* of one block: places in its output of records without time before the first with one (uint64_t each) */
};
enum { HOSTS_MAX = 10000 };

struct piece {				/* one source while its jobs are out */
	struct slice uri;
	const struct format *format;
	int score;
	bool by_block;
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
	enum event_err year_err;
	struct jobs *jobs;
	struct arena mem;
	struct piece *first, *last;
	struct opt_list unread;		/* names of what nothing knew */
	uint64_t records;		/* cut so far, over all sources */
	uint64_t marks;
	struct buf position;		/* members of `pos` since the last mark */
	struct timespec shown;
};

/* Newest time among samples of all sources whose records give a year (ingest_survey.c); false: there is none. */
bool ingest_survey(struct ingest *, struct stamp *newest) must_use;
/* Format of a source by --format, else by its head. */
struct format_guess ingest_guess(const struct ingest *, struct slice uri, struct slice name, struct slice head);
void ingest_context(const struct ingest *, struct slice name, struct format_context *);

struct reading {
	struct ingest *i;
	struct piece *piece;
	const struct source *src;
	struct buf hold;		/* bytes read and not yet given */
	size_t from;			/* of them taken */
	uint64_t at;			/* offset in the source of hold.p[from] */
	uint64_t rec;			/* ordinal of the next record */
	struct buf state;		/* of a format that learns, at `from` */
	bool eof, ended;		/* ended: the block that says `last` was given */
};

/* ingest_read.c */
void ingest_run(struct ingest *);
/* Reads on behind what is held; false at the end, or when a signal says so. */
bool ingest_more(struct reading *);

/* ingest_long.c: what is held begins a record longer than --max-record */
void ingest_refuse_long(struct reading *);

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
