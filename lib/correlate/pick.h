/* pick: what was kept of one event for correlations, and how times and ids are held. */
#ifndef IRPIPE_CORRELATE_PICK_H
#define IRPIPE_CORRELATE_PICK_H

#include "lib/correlate/correlate.h"

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
	const char *mutes;		/* struct correlate_mute each; packed */
	size_t mutes_n;
};

/* One event as one part of one correlation. */
struct entry {
	int64_t at;
	uint32_t depth, part, index;	/* of the correlation */
	struct pick *pick;
};

struct eid eid_read(struct slice);
void eid_text(const struct eid *, struct buf *);
struct pick *pick_read(struct slice, size_t *rules, const char **rule) must_use;
struct pick *pick_make(int64_t at, const struct eid *, struct slice values, struct slice mutes, struct slice line) must_use;
bool pick_value(const struct pick *, uint32_t slot, struct slice *);
/* Muted now; *by also says what is over. */
bool pick_muted(const struct pick *, uint32_t correlation, uint32_t *by);
void pick_hold(struct pick *);
void pick_drop(struct correlate *, struct pick *);
int64_t time_ns(struct stamp);
struct stamp time_stamp(int64_t ns);

#endif
