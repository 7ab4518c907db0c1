/*
 * known_priv (private to the room): how lists of known values are kept: addresses, names, hashes, whole texts in an index whose
 * source is the list's number; parts of texts by their first four bytes; patterns.
 */
#ifndef IRPIPE_INTEL_KNOWN_PRIV_H
#define IRPIPE_INTEL_KNOWN_PRIV_H

#include "lib/base/mem.h"
#include "lib/intel/build.h"
#include "lib/intel/known.h"
#include "lib/port/pcre.h"

enum { KNOWN_GRAMS = 65536 };
enum match { MATCH_ADDRESS, MATCH_HOST, MATCH_TEXT, MATCH_PART, MATCH_PATTERN };

struct known_list {
	struct slice name;		/* JSON, with its quotes */
	unsigned kinds;			/* of values that it is for */
};
struct known_part {
	struct slice text;
	uint32_t list, next;		/* + 1; 0: last */
};
struct known_pattern {
	struct pcre *code;
	uint32_t list;
};
struct known {
	struct intel_build *build;
	struct intel_index *index;
	unsigned kinds;
	uint32_t *list_of;		/* by intel_origin */
	bool addresses;			/* parts may stand in the text of an address */
	struct known_list *list;
	size_t lists, list_cap;
	struct known_part *part;
	size_t parts, part_cap;
	struct known_pattern *pattern;
	size_t patterns, pattern_cap;
	uint32_t head[KNOWN_GRAMS + 1];	/* the last one: parts of less than four bytes */
	size_t entries, useless;
	struct arena mem;
};

static inline size_t
known_gram(const char *p, size_t n)
{
	uint32_t g;

	if (n < 4)
		return KNOWN_GRAMS;
	memcpy(&g, p, 4);
	return g * 0x9e3779b1u >> 16;
}

#endif
