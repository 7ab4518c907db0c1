/*
 * ingest_read: one source on its way into blocks of whole records.  Main thread alone.
 */
#ifndef IRPIPE_CMD_INGEST_READ_H
#define IRPIPE_CMD_INGEST_READ_H

#include "cmd/ingest.h"

struct reading {
	struct ingest *i;
	struct piece *piece;
	const struct source *src;
	struct place *place;		/* NULL without --state and --follow */
	int fd;				/* of what is followed; -1: source_read */
	bool pipe;
	bool keep;			/* a last line without its end is kept back: more may come */
	bool dry;			/* with keep: there is no more for now */
	enum wide wide;
	struct buf raw;			/* of UTF-16: bytes that are no whole character yet */
	struct buf hold;		/* bytes read and not yet given */
	size_t from;			/* of them taken */
	uint64_t at;			/* offset in the source of hold.p[from] */
	uint64_t rec;			/* ordinal of the next record */
	struct buf state;		/* of a format that learns, at `from` */
	bool eof, ended;		/* ended: the block that says `last` was given */
	struct digest *sum;		/* of all that is read, for --manifest; NULL: none */
	uint64_t summed;
	bool skip;			/* in a line that was refused already */
	bool told;			/* that nothing knows it */
	bool reached;			/* the end, not a signal */
};

/* ingest_head.c */
void ingest_source(struct ingest *, const struct source *);
/* The first bytes (as many as know a place again), and what they are written in. */
void ingest_begin(struct reading *);
/* Asks what it is, and sets up piece and state.  False: nothing knows it, or there is nothing. */
bool ingest_known(struct reading *) must_use;
/* Goes to `off`: what was given before is learnt again where the format needs that, and not given again. */
void ingest_resume(struct reading *, uint64_t off);

/* ingest_read.c */
/* Reads on behind what is held; false at the end, or when a signal says so. */
bool ingest_more(struct reading *);
/* All whole records that can be had now; without `keep` to the end of the source. */
void ingest_give(struct reading *);
/* The account of places of a source that ends here. */
void ingest_shut(struct reading *);
/* Takes n bytes of what is held. */
void ingest_take(struct reading *, size_t n);

/* ingest_long.c: what is held begins a record longer than --max-record */
void ingest_refuse_long(struct reading *);

/* ingest_years.c: the year of the first record, by a first pass; 0: not known */
int ingest_first_year(const struct reading *, const struct format_context *) must_use;
bool ingest_date_of_name(struct slice name, struct stamp *day) must_use;

#endif
