/*
 * clock: duties to report, computed from facts (RESPONSE.md section 4). The rows are data (playbooks/clocks/clocks.yaml tells
 * their form).
 * All in UTC; (EU, Euratom) 1182/71 may extend a period: the earlier end is told.
 *
 * Ownership: everything lives in the arena given to clock_read.
 */
#ifndef IRPIPE_INCIDENT_CLOCK_H
#define IRPIPE_INCIDENT_CLOCK_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/base/stamp.h"

struct clock_span {
	int64_t seconds, months, days;		/* days: business days */
};
struct clock_row {
	struct slice from;
	struct clock_span after;
};
struct clock_calendar {
	struct slice id;
	struct { int month, day; } fixed[32];
	struct { int month, weekday, nth; } floating[32];	/* weekday 0 is Monday; nth -1: the last */
	int easter[16];					/* days from Easter Sunday */
	size_t fixeds, floatings, easters;
};
struct clock_step {
	struct slice id, when, unless;
	struct clock_row row[4], late;
	size_t rows;
	bool shift;
};
struct clock_law {
	struct slice id, law;
	const struct clock_calendar *calendar;		/* NULL: Saturdays and Sundays alone */
	struct clock_step *step;
	size_t steps;
};
struct clock_set {
	struct clock_calendar *calendar;
	struct clock_law *law;
	size_t calendars, laws;
};

bool clock_read(struct slice yaml, struct arena *, struct clock_set *, struct fault *) must_use;
/* The moment of a fact, by its whole name; false: it is not known. */
struct clock_facts {
	bool (*get)(void *self, struct slice name, struct stamp *at);
	void *self;
};
enum clock_state { CLOCK_OFF /* nothing started it */, CLOCK_DUE, CLOCK_LATE, CLOCK_DONE, CLOCK_DONE_LATE };
extern const char *const clock_state_name[];
enum clock_state clock_judge(const struct clock_law *, const struct clock_step *, const struct clock_facts *, struct stamp now,
    struct stamp *due, struct stamp *done);

bool clock_holiday(const struct clock_calendar *, int64_t day);	/* a Saturday, a Sunday or a holiday */
struct stamp clock_add(const struct clock_calendar *, struct stamp, const struct clock_span *);

#endif
