/*
 * sigma: the Sigma rule language (specification 2.1): YAML in, typed rules out.  A rule that cannot be loaded is told with
 * line and column.
 *
 * A rule's meaning is a tree of all, any, not over atoms: one field, one operator, one value each.  Modifiers are worked
 * out here, so that an engine knows a dozen operators and no modifier.  Trees share nothing and are read-only.  Memory: the
 * arena given to sigma_load.
 */
#ifndef IRPIPE_SIGMA_SIGMA_H
#define IRPIPE_SIGMA_SIGMA_H

#include "lib/base/addr.h"
#include "lib/base/fault.h"
#include "lib/base/mem.h"

enum sigma_op {
	SIGMA_EQUAL,		/* the whole value is the text */
	SIGMA_CONTAINS, SIGMA_STARTS, SIGMA_ENDS,
	SIGMA_GLOB,		/* pattern with * and ? (struct sigma_piece) */
	SIGMA_PRESENT,		/* '*': present and not null */
	SIGMA_EXISTS,		/* |exists: present, null and '' too */
	SIGMA_NULL,		/* absent or null */
	SIGMA_REGEX, SIGMA_CIDR,
	SIGMA_LT, SIGMA_LTE, SIGMA_GT, SIGMA_GTE,
	SIGMA_FIELD_EQUAL, SIGMA_FIELD_CONTAINS, SIGMA_FIELD_STARTS, SIGMA_FIELD_ENDS,	/* |fieldref:
	    text names the other field */
	SIGMA_TIME_PART		/* |minute |hour |day |week |month |year, then `compare` */
};
extern const char *const sigma_op_name[];

enum { SIGMA_I = 1, SIGMA_M = 2, SIGMA_S = 4 };		/* |re flags */

/* A glob is literal, wild, literal, wild ...: `wild` stands behind the text. */
struct sigma_piece {
	struct slice text;
	char wild;		/* '*', '?', '-' (any dash of windash), or 0 at the end */
};

struct sigma_atom {
	struct slice field;		/* empty: keyword, in any value of any field or the line */
	enum sigma_op op;
	bool cased;			/* exact case; else text is folded already */
	struct slice text;		/* EQUAL CONTAINS STARTS ENDS: bytes to find; REGEX: pattern; FIELD_*: name */
	struct slice shown;		/* as the rule says it, for `why` */
	struct sigma_piece *piece;	/* GLOB */
	size_t pieces;
	unsigned flags;			/* REGEX */
	struct prefix prefix;		/* CIDR */
	double number;			/* LT..GTE; TIME_PART */
	char part;			/* TIME_PART: m h d w M y */
	enum sigma_op compare;		/* TIME_PART: EQUAL, LT.. */
	uint32_t id;			/* the engine's */
	uint32_t line;			/* in the rule's file */
};

enum sigma_kind { SIGMA_ALL, SIGMA_ANY, SIGMA_NOT, SIGMA_ATOM, SIGMA_NEVER };

struct sigma_node {
	enum sigma_kind kind;
	struct sigma_atom *atom;	/* SIGMA_ATOM */
	struct sigma_node **kid;
	size_t kids;
	struct slice selection;		/* top of a search identifier: its name; else empty */
	uint32_t cost, flat;		/* the engine's */
};

struct sigma_list {
	struct slice *v;
	size_t n;
};

struct sigma_rule {
	struct slice id;		/* the uuid, or "sha256-" and 16 hex of the document */
	struct slice title, status, level, description, author, license, date, name;
	struct sigma_list tags, falsepositives, references, fields;
	struct slice product, category, service;	/* lower case */
	struct sigma_node *root;	/* any of the conditions */
	struct slice file;		/* as given to sigma_load */
	struct slice folder;		/* "builtin" or the path that was named */
	uint32_t line;
	uint32_t index;			/* in its set */
	bool mute;			/* a correlation hears it; by itself it does not alert */
};

enum sigma_trouble {
	SIGMA_FAULTY,			/* a mistake in the rule: status 3 */
	SIGMA_UNSUPPORTED,		/* correct, but not to be run here: expand without values, deprecated, near: status 0 */
	SIGMA_MISSING,			/* names a rule that is not here: said, status 0 */
};
struct sigma_problem {
	struct slice file, title;
	enum sigma_trouble trouble;
	struct fault fault;
};

struct sigma_set {
	struct arena *mem;
	struct sigma_rule **rule;
	size_t rules, rule_cap;
	struct sigma_problem *problem;
	size_t problems, problem_cap;
	size_t warnings;
	struct sigma_rule **aside;	/* asked one by one, never run: suppressions, mappings, hunts */
	size_t asides, aside_cap;
	struct slice *wanted;		/* fields that are read besides: groups and values of correlations */
	size_t wanteds, wanted_cap;
	struct sigma_synonym *synonym;
	size_t synonyms, synonym_cap;
	struct sigma_meta *meta;	/* meta.h */
};

/*
 * Adds the rules of one file (several documents, action: global included).  What cannot be loaded becomes a problem; the
 * others stay. `text` and names are copied into set->mem.
 */
void sigma_load(struct sigma_set *, struct slice text, struct slice file, struct slice folder);
void sigma_set_free(struct sigma_set *);	/* arrays alone; the arena is the caller's */

/* The parts, for tests: a value with its wildcards and escapes (conformance 1 to 10). */
bool sigma_value(struct arena *, struct slice text, bool cased, struct sigma_atom *) must_use;
/* The condition over the detection's identifiers. */
struct sigma_names {
	const struct slice *name;
	struct sigma_node *const *node;
	size_t n;
};
struct sigma_node *sigma_condition(struct arena *, struct slice text, const struct sigma_names *, struct fault *) must_use;

#endif
