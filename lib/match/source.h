/* source: the log sources that rules name, each combination once, with its rules. */
#ifndef IRPIPE_MATCH_SOURCE_H
#define IRPIPE_MATCH_SOURCE_H

#include "lib/match/plan.h"

struct match_kind {
	const struct sigma_rule *names;	/* one of them: its product, category, service */
	uint32_t from, rules;		/* in match_kinds.rule */
};

struct match_kinds {
	struct match_kind *kind;
	size_t kinds, cap;
	uint32_t *rule;
};

bool plans_looked(const struct plans *, size_t kind);
size_t plans_sources(const struct plans *);
const struct match_source *plans_source(const struct plans *, size_t);

#endif
