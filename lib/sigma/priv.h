/* priv: what the files of lib/sigma share. */
#ifndef IRPIPE_SIGMA_PRIV_H
#define IRPIPE_SIGMA_PRIV_H

#include "lib/port/yaml.h"
#include "lib/sigma/sigma.h"

struct sigma_node *node_new(struct arena *, enum sigma_kind, size_t kids);
struct sigma_node *node_atom(struct arena *, struct sigma_atom *);

/* One search identifier: a map, a list of maps, a list of keywords. */
struct sigma_node *detect_read(struct arena *, const struct yaml *, enum sigma_trouble *, struct fault *) must_use;

/* A key with its modifiers: `Field|contains|all`. */
struct modifiers {
	struct slice field;
	bool all, cased, exists, neq, windash, wide, utf16, utf16be, base64, base64offset, expand, fieldref;
	char shape;			/* 0, 'c' contains, 's' startswith, 'e' endswith */
	char kind;			/* 0, 'r' re, 'i' cidr, '<' lt, '{' lte, '>' gt, '}' gte */
	char part;			/* of a time */
	unsigned flags;			/* of re */
};
bool modifiers_read(const struct yaml *key, struct modifiers *, enum sigma_trouble *, struct fault *) must_use;
/* One value under its modifiers: an atom, or any of several (windash, base64offset). */
struct sigma_node *value_node(struct arena *, const struct modifiers *, const struct yaml *value, enum sigma_trouble *, struct fault *) must_use;

#endif
