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
	uint64_t files, events, rules, rules_faulty, rules_unsupported, undecided, suppressed, rejected;
	uint64_t types, types_blind;		/* kinds of events; those that no rule looked at */
	bool files_known, events_known, rules_known;
};
struct totals totals_read(struct model *) must_use;


/* A row of ir-match's coverage: opens its `end`; each row is an object of `events`, `rules`, `alerts` and log sources `ls`. */
uint32_t coverage_open(struct model *) must_use;			/* JSON_NONE: not told */
struct coverage_row {
	uint64_t events, rules, alerts;
};
struct coverage_row coverage_row(const struct model *, uint32_t row);
/* "windows security process_creation, windows sysmon": of an open row. */
void coverage_name(struct model *, uint32_t row, struct buf *out);

#endif
