/*
 * metrics: how the team does (REPORT.md section 5).  Times are of the records alone.  An incident that is still open is
 * right-censored: it counts as "at least so long" in the Kaplan-Meier estimate and is never dropped nor counted as done now.
 */
#ifndef IRPIPE_REPORT_METRICS_H
#define IRPIPE_REPORT_METRICS_H

#include "lib/report/sheet.h"

enum metric { TTD, TTA, TTC, TTR, METRICS };	/* to detect, acknowledge, contain, recover */

struct period {				/* [from, to) of the opening; given: false is all */
	struct slice name;
	struct stamp from, to;
	bool given;
};
/* "2026", "2026-03", "2026-03-11" or FROM/TO of RFC 3339 times or dates. */
bool period_read(struct slice, struct period *) must_use;

bool period_holds(const struct period *, struct stamp);

struct duration {
	int64_t s;
	bool open;			/* censored: at least s */
};
/* Kaplan-Meier quantile: the smallest time at which at most 1 - q still wait.  v is sorted here.  False: not reached. */
bool km_quantile(struct duration *v, size_t n, double q, int64_t *s) must_use;

enum by { BY_NONE, BY_SEVERITY, BY_TIER, BY_RULE };
/* Tables on a sheet, or the same as JSON. */
void metrics_put(struct sheet *, enum by, const struct period *, size_t periods);
void metrics_json(struct model *, enum by, const struct period *, size_t periods, struct buf *);

#endif
