/* priv: what the files of lib/correlate share. */
#ifndef IRPIPE_CORRELATE_PRIV_H
#define IRPIPE_CORRELATE_PRIV_H

#include "lib/correlate/key.h"


/* A correlation at work. */
struct run {
	struct sigma_correlation *c;
	bool windowed;			/* decided when its window closes */
	uint32_t need;			/* most items a key must keep; 0: all of its span */
	struct key *oldest, *newest;
	struct run **above;		/* those that hear it */
	uint32_t *above_part;
	size_t aboves;
	uint64_t walked;		/* while fields are gathered: parts already seen */
};

struct decided {
	struct run *run;
	struct pick *pick;
	struct eid *id;
	size_t ids;
	uint64_t count;
	double value;
	int64_t first, last;
	bool muted;
	uint32_t by;			/* what muted it */
	struct buf group;		/* the key's text */
};

struct hearing {			/* by rule: where its hits go, and which fields that needs */
	uint32_t *run, *part;
	size_t n, cap;
	uint32_t *slot;
	size_t slots, slot_cap;
	uint32_t *up;			/* all correlations that may follow, each once */
	size_t ups, up_cap;
};

struct correlate {
	struct sigma_set *set;
	struct run *run;
	size_t runs;
	struct run **timed;		/* those whose keys end by themselves: windows, silence */
	size_t timed_n;
	struct hearing *hearing;	/* by rule index */
	size_t rules;
	int64_t lateness;
	uint64_t memory, waiting_bytes, key_bytes;
	/* time */
	int64_t newest[NEWEST], sorted[NEWEST];
	unsigned newest_n, newest_at;	/* how many there are; where the next goes */
	int64_t watermark, decided_to;
	bool dated, some_decided;
	/* what waits */
	struct entry *heap;
	size_t heap_n, heap_cap;
	/* keys */
	struct key **place;
	size_t places, keys;
	/* what was decided and not yet told */
	struct decided *out;
	size_t out_n, out_at, out_cap;
	struct decided told;
	struct correlate_group group[SIGMA_GROUPS];
	struct slice *ids;
	struct buf id_text;
	struct correlate_counts counts;
};

/* queue.c */
void queue_add(struct correlate *, const struct entry *);
/* Decides the events before `limit` and the windows that end before `windows`. */
void queue_run(struct correlate *, int64_t limit, int64_t windows);

/* decide.c */
void decide(struct correlate *, const struct entry *);
void decide_close(struct correlate *, struct key *);
void decided_add(struct correlate *, struct key *, struct pick *, const struct item *, size_t items, double value);
bool bounds_hold(const struct sigma_correlation *, double);
bool parts_hold(const struct sigma_correlation *, uint64_t present);
/* order.c: temporal_ordered */
void decide_ordered(struct correlate *, struct key *, const struct item *, struct pick *);
bool order_holds(const struct key *);
bool order_begins(const struct sigma_correlation *, uint32_t part);

#endif
