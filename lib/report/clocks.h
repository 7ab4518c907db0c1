/*
 * clocks: duties to report, by the laws of playbooks/clocks and the facts that people entered (REPORT.md section 3).  Rows live
 * in the
 * caller's arena.
 */
#ifndef IRPIPE_REPORT_CLOCKS_H
#define IRPIPE_REPORT_CLOCKS_H

#include "lib/incident/clock.h"
#include "lib/report/case.h"

struct fact {
	struct slice name;			/* aware, classified, submitted.nis2.warning ... */
	struct stamp at;
};
struct due {
	struct slice clock, step, law;
	enum clock_state state;			/* never CLOCK_OFF */
	struct stamp at, done;
};
/*
 * Steps that a fact has started, in the order of the laws; regime: a clock's id; empty: all.
 * The case
 * gives aware, discovered (aware_at), classified and material; `more` comes first.
 */
struct due *clocks_due(const struct report_case *, const struct fact *more, size_t n, struct slice regime, struct stamp now,
    struct arena *,
    size_t *dues);
bool clocks_regime(struct slice, struct arena *);	/* is there one? */

#endif
