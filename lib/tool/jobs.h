/*
 * jobs: ordered worker threads. Blocks go out to workers and come back in the order in which they were given: output is the same
 * for any number of workers. With one worker everything runs in the caller's thread.
 */
#ifndef IRPIPE_TOOL_JOBS_H
#define IRPIPE_TOOL_JOBS_H

#include "lib/base/buf.h"
#include "lib/event/record.h"

struct job {
	struct buf in;			/* the block; filled by the caller */
	struct slice view;		/* what is to be worked on: in.p.. or memory that outlives the job */
	uint64_t at, first;		/* offset of the block in its source; ordinal of its first record */
	void *source;			/* caller's */
	struct buf extra;		/* caller's (a copy of a format's state ...) */
	struct buf out, rejects, notes;	/* made by the worker */
	struct buf later;		/* what is settled in order, by `done` */
	struct account account;		/* of this block */
	int level;			/* highest level emitted (--fail-on) */
	bool last;			/* caller's: source ends with this block */
	uint64_t number[4];		/* caller's */
	struct stamp before;		/* caller's: time of the last record before the block */
	void *made;			/* worker's, for `done`; NULL at first */
};

struct jobs_plan {
	unsigned workers;
	void *shared;
	void *(*open)(void *shared);				/* in the worker's thread */
	void (*work)(void *context, struct job *);
	void (*close)(void *context);
	void (*done)(void *shared, struct job *);		/* in order, one at a time, from any thread */
};
struct jobs;
struct jobs *jobs_start(const struct jobs_plan *) must_use;
struct job *jobs_take(struct jobs *);		/* a free job, emptied (buffers keep their room); waits until there is one */
void jobs_give(struct jobs *, struct job *);	/* to the workers */
void jobs_wait(struct jobs *);			/* until all that was given is done */
void jobs_end(struct jobs *);			/* waits, joins, frees */

#endif
