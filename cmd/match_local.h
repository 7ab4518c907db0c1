/* match_local: what a place says about rules of others: suppressions, levels, names.  It outlives the rules' updates. */
#ifndef IRPIPE_CMD_MATCH_LOCAL_H
#define IRPIPE_CMD_MATCH_LOCAL_H

#include "cmd/match.h"
#include "lib/port/yaml.h"

struct suppression {
	struct slice id, rule, reason, owner, expires;
	struct stamp until;
	struct sigma_rule *when;
	bool used;			/* its rule is here */
};

/* Objects of this place that have a log source, by a selection. */
struct source_map {
	struct sigma_rule *when;
	struct logsource ls;
};

struct local {
	struct suppression *suppress;
	size_t suppressions, suppression_cap;
	struct source_map *source;
	size_t sources, source_cap;
	uint64_t *count, *expired;	/* by suppression; of all workers */
};

/* Before rules are compiled; a wrong file ends the program with 2. */
void local_load(struct matching *);
/* After sigma_resolve: levels and rules that are off; which suppressions have a rule. */
void local_overlay(struct matching *);
void local_members(struct matching *, struct json_out *);
void local_free(struct matching *);
bool local_means(struct slice ref, const struct sigma_rule *);	/* by id or name, or any */

#endif
