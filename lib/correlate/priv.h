/* priv: what the files of lib/correlate share. */
#ifndef IRPIPE_CORRELATE_PRIV_H
#define IRPIPE_CORRELATE_PRIV_H

#include "lib/correlate/correlate.h"

enum { ID_BYTES = 17, VALUE_BYTES = 16, EVENTS_MAX = 10000, ITEMS_MAX = 100000, NEWEST = 64, HISTORY = 24 };

/* An id of 32 hex digits as 16 bytes, or a shorter text as it is. */
struct eid {
	uint8_t n;			/* 0xff: hex; else bytes of b */
	uint8_t b[16];
};

/* What was picked of one event.  Shared by the entries that wait for it and by windows whose last event it is. */
struct pick {
	unsigned refs;
	size_t size;			/* of the allocation */
	int64_t at;
	struct eid id;
	struct slice line;
	const char *values;		/* u32 slot, u32 length, bytes ...; packed */
	size_t values_n;
	const char *mutes;		/* u32 each */
	size_t mutes_n;
};

/* One event as one part of one correlation. */
struct entry {
	int64_t at;
	uint32_t depth, part, index;	/* of the correlation */
	struct pick *pick;
};

struct item {
	int64_t at;
	double number;
	uint8_t value[VALUE_BYTES];
	struct eid id;
	uint8_t part;
};

/* Spikes: how many events the intervals before had. */
struct spike {
	int64_t interval;		/* number of the present one */
	uint64_t now, seen;		/* events; intervals behind */
	uint32_t past[HISTORY];
	bool told;
};

struct key {
	struct key *chain, *older, *newer;	/* of the table; by `mark` in the correlation's list */
	uint64_t hash;
	struct run *run;
	int64_t mark;			/* last event (sliding), first event (window) */
	struct item *item;		/* item[from..n): by time */
	uint32_t from, n, cap;
	uint32_t text_n;
	uint64_t count;
	double sum;
	double *sorted;			/* percentile and median: the numbers in order */
	struct pick *last;		/* window, silence */
	struct spike *spike;
	size_t size;			/* bytes of all that belongs to it */
	char text[];			/* u32 length and bytes of each group's value */
};

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

/* pick.c */
struct eid eid_read(struct slice);
void eid_text(const struct eid *, struct buf *);
struct pick *pick_read(struct slice, size_t *rules, const char **rule) must_use;
struct pick *pick_make(int64_t at, const struct eid *, struct slice values, struct slice mutes, struct slice line) must_use;
bool pick_value(const struct pick *, uint32_t slot, struct slice *);
bool pick_muted(const struct pick *, uint32_t correlation);
void pick_hold(struct pick *);
void pick_drop(struct correlate *, struct pick *);
int64_t time_ns(struct stamp);
struct stamp time_stamp(int64_t ns);

/* queue.c */
void queue_add(struct correlate *, const struct entry *);
/* Decides the events before `limit` and the windows that end before `windows`. */
void queue_run(struct correlate *, int64_t limit, int64_t windows);

/* key.c */
struct key *key_get(struct correlate *, struct run *, struct slice text, bool make);
void key_touch(struct key *, int64_t mark);		/* to the young end of its list */
void key_drop(struct correlate *, struct key *);
void key_resize(struct correlate *, struct key *, size_t was, size_t is);
void keys_bound(struct correlate *, const struct key *but, int64_t now);
size_t room_of(size_t n);				/* what an allocation takes */
static inline int64_t
key_end(const struct key *k)
{
	return k->run->c->span == SIGMA_NEVER_ENDS ? INT64_MAX : k->mark + k->run->c->span;
}

/* item.c */
void items_expire(struct correlate *, struct key *, int64_t before);
void items_add(struct correlate *, struct key *, const struct item *, bool distinct_value, bool distinct_part);
double items_value(const struct key *);
void items_shift(struct key *, uint32_t at);		/* takes one out */

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
