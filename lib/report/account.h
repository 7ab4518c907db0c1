/*
 * account: what the stages' `end` records tell: totals, states of rules, what was refused.  Reads the model alone.
 */
#ifndef IRPIPE_REPORT_ACCOUNT_H
#define IRPIPE_REPORT_ACCOUNT_H

#include "lib/report/model.h"

/* A number of the last `end` of a stage, by dotted path in `ir`.  False: no such end or member. */
bool end_number(struct model *, const char *by, const char *path, uint64_t *n) must_use;
bool end_has(struct model *, const char *by, const char *path) must_use;

struct totals {
	uint64_t files, events, rules, rules_faulty, undecided, suppressed, rejected;
	bool files_known, events_known, rules_known;
};
struct totals totals_read(struct model *) must_use;

#endif
