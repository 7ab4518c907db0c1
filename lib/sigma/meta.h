/*
 * meta: what Sigma says about several events or several rules: correlations (specification 2.1, "Correlation rules"),
 * filters, values of placeholders.  sigma_load collects them, sigma_resolve ties them to the rules.  Memory: the set's
 * arena.
 */
#ifndef IRPIPE_SIGMA_META_H
#define IRPIPE_SIGMA_META_H

#include "lib/base/map.h"
#include "lib/port/yaml.h"
#include "lib/sigma/sigma.h"

enum sigma_count {
	SIGMA_EVENT_COUNT, SIGMA_VALUE_COUNT, SIGMA_VALUE_SUM, SIGMA_VALUE_AVG, SIGMA_VALUE_PERCENTILE, SIGMA_VALUE_MEDIAN,
	    SIGMA_TEMPORAL,
	SIGMA_TEMPORAL_ORDERED,
	SIGMA_FIRST_SEEN, SIGMA_SPIKE, SIGMA_SILENCE	/* of hunts alone */
};
extern const char *const sigma_count_name[];

enum { SIGMA_BOUNDS = 6, SIGMA_PARTS = 64, SIGMA_GROUPS = 16, SIGMA_FIELDS = 16 };
#define SIGMA_NEVER_ENDS INT64_MAX
#define SIGMA_NO_SLOT UINT32_MAX

struct sigma_bound {
	char op;			/* < { > } = ! as in struct modifiers */
	double number;
};

/* One of the rules that a correlation hears. */
struct sigma_part {
	struct slice ref;		/* id or name as written */
	uint32_t line, column;
	struct sigma_rule *rule;	/* after sigma_resolve one of the two is set */
	struct sigma_correlation *from;
};

/*
 * A name by which events are grouped or whose values count: for each part the field behind it, as a place in
 * sigma_set.wanted; `over` is the group name of a correlation that this one hears, whose value wins (+ 1; 0: none).
 */
struct sigma_key {
	struct slice name;
	uint32_t slot[SIGMA_PARTS];
	uint8_t over[SIGMA_PARTS];
};

struct sigma_correlation {
	struct sigma_rule *about;	/* id, title, level, tags ...; its root is NULL */
	enum sigma_count type;
	struct sigma_part *part;
	size_t parts;
	struct sigma_key *group, *field;
	size_t groups, fields;
	int64_t span;			/* ns */
	struct sigma_bound bound[SIGMA_BOUNDS];
	size_t bounds;
	double percentile, factor;	/* factor: of a spike */
	struct sigma_node *condition;	/* temporal: over the parts, by atom->id; NULL: all of them, or `bound` on how many */
	bool generate;			/* the rules it hears alert, too */
	bool broken;			/* a rule it hears is not to be had: it never runs */
	unsigned depth;			/* 0: hears rules alone */
	struct map *known;		/* FIRST_SEEN: values of the baseline */
	uint32_t index;			/* in its set */
};

struct sigma_synonym {
	struct slice field, path;	/* a rule's field, and where the original of this place has it */
};

struct sigma_meta {
	struct sigma_correlation **correlation;
	size_t correlations, correlation_cap;
	struct sigma_filter **filter;
	size_t filters, filter_cap;
	struct map values;		/* placeholder -> struct sigma_list * */
	size_t parts;			/* rules that only carry an old aggregation's condition */
};

/*
 * After all files, before the engine compiles: applies filters, finds the rules that correlations name; what is wrong
 * becomes a problem.
 */
void sigma_resolve(struct sigma_set *);
/* A YAML map of names and their values, for |expand; before the rules that use them. */
bool sigma_values(struct sigma_set *, struct slice text, struct fault *) must_use;
/* Correlations of the set. */
size_t sigma_correlations(const struct sigma_set *);
struct sigma_correlation *sigma_correlation(const struct sigma_set *, size_t);
/* The place of a field in sigma_set.wanted. */
uint32_t sigma_want(struct sigma_set *, struct slice field);
/* A rule that is asked and never run (sigma_set.aside): `selection` is what stands below a search identifier; NULL: fault. */
struct sigma_rule *sigma_aside(struct sigma_set *, const struct yaml *selection, struct fault *) must_use;
/* The same of one atom; a copy is made. */
struct sigma_rule *sigma_aside_atom(struct sigma_set *, const struct sigma_atom *) must_use;
/* A correlation of a rule that was put aside; the caller fills in what it counts. */
struct sigma_correlation *sigma_hears(struct sigma_set *, struct sigma_rule *about, struct sigma_rule *aside) must_use;
/* 7d, 90m, 1M: spans of correlations (s m h d w M y) in ns. */
bool sigma_span(struct slice, int64_t *ns) must_use;
void sigma_meta_free(struct sigma_set *);

#endif
