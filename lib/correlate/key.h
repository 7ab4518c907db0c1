/* key: one group of a correlation and the events it holds. */
#ifndef IRPIPE_CORRELATE_KEY_H
#define IRPIPE_CORRELATE_KEY_H

#include "lib/correlate/pick.h"

struct run;

enum { VALUE_BYTES = 16, EVENTS_MAX = 10000, ITEMS_MAX = 100000, NEWEST = 64, HISTORY = 24 };

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

/* key.c */
struct key *key_get(struct correlate *, struct run *, struct slice text, bool make);
void key_touch(struct key *, int64_t mark);		/* to the young end of its list */
void key_drop(struct correlate *, struct key *);
void key_resize(struct correlate *, struct key *, size_t was, size_t is);
void keys_bound(struct correlate *, const struct key *but, int64_t now);
size_t room_of(size_t n);				/* what an allocation takes */
int64_t key_end(const struct key *);		/* when its span is over; INT64_MAX: never */

/* item.c */
void items_expire(struct correlate *, struct key *, int64_t before);
void items_add(struct correlate *, struct key *, const struct item *, bool distinct_value, bool distinct_part);
double items_value(const struct key *);
void items_shift(struct key *, uint32_t at);		/* takes one out */

#endif
