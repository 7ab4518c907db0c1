/*
 * wait (private to the room): alerts that have come and are not yet in an incident. They gather in memory; beyond WAIT_BYTES
 * they are
 * written to a private file as a sorted run, and the runs are merged when stories are told. What waits at a commit is written
 * to the store
 * itself.
 */
#ifndef IRPIPE_INCIDENT_WAIT_H
#define IRPIPE_INCIDENT_WAIT_H

#include "lib/incident/store.h"

struct wait_entry {
	unsigned char head[CUE_HEAD];
	uint32_t n;			/* bytes of the line */
	size_t at;			/* of the line in `lines` */
};
struct wait_run {			/* rows of `waiting`, or bytes of the private file, that are in order */
	int64_t row, last;
	bool side;			/* in the private file */
	struct buf block;		/* of the row at hand */
	size_t at;			/* of its line at hand */
	struct slice line;		/* empty: the run is at its end */
};
struct wait {
	struct buf lines;
	struct wait_entry *entry;
	size_t n, cap, at;
	struct wait_run *run;		/* heap while they are merged */
	size_t runs, run_cap;
	int64_t rows;			/* the largest row number */
	int64_t side;			/* bytes of the private file */
	bool sorted;
	struct buf held;		/* the line that was given out */
};

/* Runs that an earlier process left. */
bool wait_open(struct store *, struct fault *) must_use;
void wait_close(struct store *);
bool wait_add(struct store *, const struct cue *, struct fault *) must_use;
/* What is in memory becomes a run. */
bool wait_save(struct store *, struct fault *) must_use;
uint64_t wait_bytes(const struct store *);

/* All lines in order: begin, next until NOT_THERE, end.  Those after `until` wait on.  A line lives until the next call. */
bool wait_begin(struct store *, struct fault *) must_use;
enum store_get wait_next(struct store *, struct slice *line, struct fault *) must_use;
/* keep: lines that wait on. */
bool wait_end(struct store *, struct slice keep, struct fault *) must_use;

#endif
