/*
 * correlate: several events that mean something together (Sigma specification 2.1, "Correlation rules"), in event time alone.
 *
 * Two sides.  Workers pick, from an event that rules hit, what correlations need of it, in any order.  One thread at a time feeds
 * the picks in input order: they wait, sorted by time, until the watermark has passed them, and then count.  So the alerts
 * depend on the events and their order alone, not on blocks, threads or the clock.
 *
 * Memory is bounded: when the waiting ones fill half of it the earliest are decided before their time; when keys fill the
 * rest the one that was idle longest is forgotten.  Both are counted and told.  Owner: the caller, correlate_free.
 */
#ifndef IRPIPE_CORRELATE_CORRELATE_H
#define IRPIPE_CORRELATE_CORRELATE_H

#include "lib/match/match.h"
#include "lib/sigma/meta.h"

#define CORRELATE_ALL INT64_MAX

struct correlate_options {
	int64_t lateness;		/* ns; CORRELATE_ALL: decided at the end */
	uint64_t memory;		/* bytes */
};

struct correlate;
/*
 * After sigma_resolve and match_compile. NULL: nothing correlates. Correlations that hear a rule that did not compile
 * become problems.
 */
struct correlate *correlate_new(struct sigma_set *, const struct correlate_options *) must_use;
void correlate_free(struct correlate *);
void correlate_lateness(struct correlate *, int64_t ns);	/* a mark said that the input is live */

/* ---- workers -------------------------------------------------------------------------------------------------------- */
bool correlate_hears(const struct correlate *, const struct sigma_rule *);
/* Other correlations, too, whose alerts this rule's hits may end in: `each` is called once for each. */
void correlate_above(const struct correlate *, const struct sigma_rule *, void (*each)(void *, const struct sigma_correlation *),
    void *self);
/*
 * Appends what correlations need of the event that the room looked at last: `line` is the event as an alert shall carry it.
 *  Correlations whose index is in `mute` count, but their alert by this event is suppressed.
 */
/* `by` is the caller's number of what mutes it; with CORRELATE_OVER it does so no more, but is told. */
#define CORRELATE_OVER 0x80000000u
#define CORRELATE_NOBODY UINT32_MAX
struct correlate_mute {
	uint32_t correlation, by;
};
struct correlate_seen {
	const struct sigma_rule *const *rule;
	size_t rules;
	struct stamp at;
	struct slice id, line;
	const struct correlate_mute *mute;
	size_t mutes;
};
void correlate_pick(const struct correlate *, struct match_room *, const struct correlate_seen *, struct buf *out);

/* ---- in order ------------------------------------------------------------------------------------------------------- */
void correlate_tick(struct correlate *, struct stamp at);	/* each event, before its pick: moves the watermark */
void correlate_add(struct correlate *, struct slice pick);
/* The input has ended: what waits is decided; `close`: windows that are open close, too. */
void correlate_end(struct correlate *, bool close);

struct correlate_group {
	struct slice name, value;
};
struct correlate_alert {
	const struct sigma_correlation *by;
	struct slice line;		/* the event that crossed the threshold, or the last of its window */
	const struct correlate_group *group;
	size_t groups;
	const struct slice *event;	/* ids, 10,000 at most */
	size_t events;
	uint64_t count;			/* events counted */
	double value;			/* what the condition was asked of */
	struct stamp first, last;
	bool muted;			/* suppressed by this event, */
	uint32_t muted_by;		/* or would have, were it not over; CORRELATE_NOBODY */
};
/* What was decided, in order; valid until the next call.  False: nothing more for now. */
bool correlate_next(struct correlate *, struct correlate_alert *) must_use;

struct correlate_counts {
	uint64_t heard, late, ungrouped, unvalued, evicted, early, keys;
	int64_t needed;			/* lateness that would have sufficed, ns */
};
const struct correlate_counts *correlate_counts(const struct correlate *);

/*
 * Snapshots: all that must survive a restart. Reading trusts nothing; what belongs to rules that are not here any more is
 * left out.
 */
void correlate_save(const struct correlate *, struct buf *out);
void correlate_clear(struct correlate *);	/* as new */
bool correlate_load(struct correlate *, struct slice, struct fault *) must_use;

#endif
