/* priv: what the files of lib/sigma share. */
#ifndef IRPIPE_SIGMA_PRIV_H
#define IRPIPE_SIGMA_PRIV_H

#include "lib/port/yaml.h"
#include "lib/sigma/meta.h"

struct sigma_node *node_new(struct arena *, enum sigma_kind, size_t kids);
struct sigma_node *node_atom(struct arena *, struct sigma_atom *);

/* Where search identifiers are read: memory, values of placeholders, and what went wrong. */
struct reading {
	struct arena *mem;
	const struct sigma_meta *meta;
	enum sigma_trouble trouble;
	struct fault fault;
};

/* One search identifier: a map, a list of maps, a list of keywords. */
struct sigma_node *detect_read(struct reading *, const struct yaml *) must_use;

/* A key with its modifiers: `Field|contains|all`. */
struct modifiers {
	struct slice field;
	bool all, cased, exists, neq, windash, wide, utf16, utf16be, base64, base64offset, expand, fieldref;
	char shape;			/* 0, 'c' contains, 's' startswith, 'e' endswith */
	char kind;			/* 0, 'r' re, 'i' cidr, '<' lt, '{' lte, '>' gt, '}' gte */
	char part;			/* of a time */
	unsigned flags;			/* of re */
};
bool modifiers_read(const struct yaml *key, struct modifiers *, struct fault *) must_use;
/* One value under its modifiers: an atom, or any of several (windash, base64offset, expand). */
struct sigma_node *value_node(struct reading *, const struct modifiers *, const struct yaml *value) must_use;

/* expand.c: the texts that a value with placeholders stands for; none: a placeholder without values (fault). */
bool expand_value(struct reading *, const struct yaml *value, struct sigma_list *texts) must_use;

/* One document of a file. */
struct loading {
	struct sigma_set *set;
	struct arena *mem;
	struct slice text, file, folder;
	struct reading r;
	struct slice title;
	size_t nth;			/* document of the file, from 0 */
};
void load_problem(struct loading *);
bool load_text(struct loading *, const struct yaml *doc, const char *name, struct slice *out) must_use;
bool load_list(struct loading *, const struct yaml *doc, const char *name, struct sigma_list *out) must_use;
bool load_logsource(struct loading *, const struct yaml *doc, struct sigma_rule *) must_use;
bool load_identity(struct loading *, struct sigma_rule *) must_use;
/* The conditions below y (text, or a list: any of them) over its other members, but for those in `skip` (NULL-terminated). */
bool load_search(struct reading *, const struct yaml *y, const char *const *skip, struct sigma_node **root) must_use;
void load_rule(struct sigma_set *, struct sigma_rule *);
struct sigma_meta *meta_of(struct sigma_set *);

/* correlation.c, filter.c, aggregate.c: the other kinds of documents. */
bool load_correlation(struct loading *, const struct yaml *doc, struct sigma_rule *about) must_use;
bool load_filter(struct loading *, const struct yaml *doc, struct sigma_rule *about) must_use;
void filters_apply(struct sigma_set *);
/* `selection | count(f) by g > n`: *found if the condition is of that kind; then the rule becomes what a correlation hears. */
bool load_aggregate(struct loading *, const struct yaml *doc, struct sigma_rule *, bool *found) must_use;
struct sigma_correlation *correlation_new(struct sigma_set *, struct sigma_rule *about, size_t parts);
void correlation_key(struct arena *, struct sigma_key **, size_t *n, struct slice name);

#endif
