/*
 * maker: the frame of the programs that make test data: a fixed pseudo-random generator, time without clock or zone,
 * JSON writing, and logs whose records may be added in any order and are written in the order of time.
 * A log owns its bytes; log_free gives them back.  Words given to log_plant must be constants.
 */
#ifndef IRPIPE_TESTS_MAKER_H
#define IRPIPE_TESTS_MAKER_H

#include "lib/base/buf.h"

/* ---- numbers: splitmix64; the same everywhere ---- */
struct rng {
	uint64_t s;
};

uint64_t rng_next(struct rng *);
uint32_t rng_below(struct rng *, uint32_t n);				/* 0..n-1 */
int64_t rng_span(struct rng *, int64_t from, int64_t to);		/* from..to, both in */
bool rng_chance(struct rng *, unsigned per_mille);
#define PICK(r, list) ((list)[rng_below((r), (uint32_t)(sizeof(list) / sizeof *(list)))])

/* ---- time: microseconds since 1970, UTC ---- */
enum { SECOND = 1000000 };
#define MINUTE (60 * (int64_t)SECOND)
#define HOUR (60 * MINUTE)

struct civil {
	int year, month, day, hour, minute, second, micro;
};

int64_t when_at(int year, int month, int day, int hour, int minute, int second);
struct civil when_split(int64_t us);
void when_iso(struct buf *, int64_t us, int digits, const char *tail);	/* 2026-03-10T06:00:00.123 and the tail */
void when_words(struct buf *, int64_t us);				/* 2026-03-10 06:00:00.123, as Sysmon writes it */
void when_rfc3164(struct buf *, int64_t us);				/* Mar  1 06:00:00 */
void when_clf(struct buf *, int64_t us);				/* 10/Mar/2026:06:00:00 +0000 */
void when_epoch(struct buf *, int64_t us);				/* seconds with six digits */

/* ---- text and JSON; key is NULL inside an array.  A comma is written where one is due ---- */
void put_f(struct buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void put_open(struct buf *, const char *key);
void put_close(struct buf *);
void put_list(struct buf *, const char *key);
void put_list_end(struct buf *);
void put_str(struct buf *, const char *key, const char *value);
void put_strf(struct buf *, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void put_num(struct buf *, const char *key, int64_t value);
void put_bool(struct buf *, const char *key, bool value);
void put_raw(struct buf *, const char *key, const char *json);		/* constant JSON of our own */
void put_key(struct buf *, const char *key);

/* ---- logs ---- */
enum { LOG_SEQ = '\1' };	/* in a record's bytes: the place where its number goes (log_first + ordinal - 1) */
enum log_shape { LOG_LINES, LOG_RECORDS, LOG_GZ };

struct log_rec {
	int64_t at;
	uint64_t order;			/* as added: ties stay as they came */
	size_t off, n;
	const char *technique, *what;	/* planted records only */
};

struct blame {				/* who writes now: NULL is ordinary life */
	const char *technique, *what;
};

struct log {
	const struct blame *blame;	/* marks each record that is added; may be NULL */
	const char *path;		/* below the evidence folder */
	enum log_shape shape;
	uint64_t first;			/* number of the first record, for LOG_SEQ */
	struct log_rec *rec;
	size_t n, cap;
	struct buf text;
};

/* Opens a record: write into the result until the next call.  log_f does it at once. */
struct buf *log_add(struct log *, int64_t at);
void log_f(struct log *, int64_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void log_end(struct log *);						/* the open record is whole */
void log_plant(struct log *, const char *technique, const char *what);	/* marks the last record that was added */
void log_sort(struct log *);
void log_bytes(struct log *, struct buf *);				/* sorted first; the whole file as it lies on disk */
void log_free(struct log *);

#endif
