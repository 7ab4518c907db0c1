/*
 * port/yaml: YAML 1.1 by libyaml's events, as a small tree with places. Refused (fault with line and column): duplicate keys,
 * anchors, aliases, tags, merge keys, NUL in scalars, depth over 64, over 1 MiB, over 100,000 events. A mapping's keys are
 * scalars.
 */
#ifndef IRPIPE_PORT_YAML_H
#define IRPIPE_PORT_YAML_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"

enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_type type;
	bool plain;			/* scalar without quotes: may be read as bool, number, null */
	struct slice text;		/* scalar */
	uint32_t line, column;		/* from 1 */
	size_t n;			/* items, or pairs */
	struct yaml *item;		/* list: item[0..n); map: values */
	struct yaml *key;		/* map: key[i] is the scalar of item[i] */
};

/* All documents of `text` (memory: the arena's).  `max` limits their number (playbooks: 1; rules: 1000). */
bool yaml_read(struct slice text, size_t max, struct arena *, struct yaml **doc, size_t *docs, struct fault *) must_use;
/* Member of a map; NULL if absent or y is no map. */
const struct yaml *yaml_get(const struct yaml *y, const char *key);
/* Plain null, ~ or empty. */
bool yaml_null(const struct yaml *y);
/* Plain true/false only (any case of these words); *out set. */
bool yaml_bool(const struct yaml *y, bool *out);
/* A fault at y's place; returns false. */
bool yaml_fault(struct fault *, const char *what, const struct yaml *y);

#endif
