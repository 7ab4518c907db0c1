/*
 * ingest_live: what --state and --follow know of sources: places, the file that keeps them, rotation, files that grow (INGEST.md
 * section 2). A place is made by the main thread and moved on by `done`, in order; the lock is between these two.
 */
#ifndef IRPIPE_CMD_INGEST_LIVE_H
#define IRPIPE_CMD_INGEST_LIVE_H

#include "cmd/ingest_read.h"

#include <pthread.h>
#include <sys/stat.h>

enum { PLACE_HEAD = 1024, PLACE_TAIL = 256, PLACES_MAX = 100000 };

struct place {
	struct slice uri, path;		/* path "": a pipe, which is not kept */
	uint64_t dev, ino;		/* 0, 0: not known (another program's state) */
	uint64_t size;			/* of the stored file, and its mtime, when it was opened last */
	int64_t mtime;
	struct place_sum {
		uint64_t n;		/* bytes that the sum is of; 0: none */
		unsigned char sum[16];
	} head, tail;			/* the first bytes, unpacked; those before off */
	uint64_t off, rec;		/* behind the last whole record that was written */
	uint64_t last;			/* greatest record number, of formats whose records have their own */
	bool done;			/* read to the end of what was there */
	bool moved;			/* its name is another file's now */
	bool gone;			/* the bytes are not where they were; a copy may be known by its head */
	bool unknown;			/* no format knows it */
	bool changed;			/* since the last mark */
	bool packed, member;		/* member: of an archive, which is the stored file */
	struct slice format;
	struct reading *open;		/* followed now */
	long moved_at;			/* milliseconds of the run, when it was found moved */
};

struct places {
	struct place **v;
	size_t n, cap;
	struct map by_file, by_uri;
	struct arena mem;
	pthread_mutex_t lock;
	struct place **changed;
	size_t changes, change_cap;
};

/* ---- ingest_place.c */
struct places *places_new(void) must_use;
void places_free(struct places *);
struct place *places_add(struct places *, struct slice uri, struct slice path) must_use;
void place_file(struct places *, struct place *, uint64_t dev, uint64_t ino);	/* it is this file */
struct place *places_by_file(const struct places *, uint64_t dev, uint64_t ino) must_use;
/* The place of a source whose first bytes are `head` (PLACE_HEAD, or all there is); NULL: it is new. */
struct place *places_find(struct places *, const struct source *, struct slice head) must_use;
bool place_news(const struct place *, const struct stat *) must_use;	/* is there more than was read? */
void place_sum(struct place_sum *, struct slice bytes, size_t max);
bool place_is(const struct place_sum *, struct slice bytes) must_use;
/* The head and the bytes before `off` of an open file are those that were read. */
bool place_holds(const struct place *, int fd, uint64_t off) must_use;
void place_lost(struct places *, struct place *);		/* its bytes are gone */
void places_put(struct places *, struct json_out *, bool identity);	/* what changed since the last call, as members of pos */

long ingest_clock(void);		/* milliseconds of the run */
/* Not written to for a minute. */
bool ingest_quiet(int64_t mtime) must_use;

/* ---- ingest_state.c */
struct state;
struct state *state_open(struct ingest *) must_use;	/* before the cell: locks and reads; wrong: ends the program */
void state_commit(struct ingest *, bool now);	/* in `done`, or when no job is out; not `now`: now and then */
void state_close(struct ingest *);

/* ---- ingest_rotate.c: queues what a place's file became, and what came and went between it and the file that has its name */
void ingest_rotated(struct ingest *, bool start);
void ingest_truncated(struct ingest *, struct place *);	/* notes it; what comes now is a new file */

/* ---- ingest_follow.c */
void ingest_follow(struct ingest *);
/* Asked by the sources for each stored file: is there something new? */
bool ingest_pick(void *self, int fd, const struct stat *, struct slice uri, struct slice path);

#endif
