/*
 * pattern (private to the room): what of a STIX pattern (STIX 2.1 section 9) can be looked up: comparisons of values of
 * addresses,
 * names, URLs, hashes and mail addresses.
 *
 * OR gives both sides; AND the narrower one (both, if both are hashes: of one file), which then is a part of what the pattern
 * wants;
 * observations joined by AND or FOLLOWEDBY give all of theirs, as parts.  Regular expressions, other comparisons and other
 * objects
 * give nothing.
 *
 * Ownership: texts live in the arena.
 */
#ifndef IRPIPE_INTEL_PATTERN_H
#define IRPIPE_INTEL_PATTERN_H

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/intel/value.h"

struct pattern_term {
	struct slice value;
	enum intel_type type;
	bool part;
	uint32_t next;			/* + 1; 0: last */
};
struct pattern {
	struct pattern_term *term;
	size_t n, cap;
	uint32_t first;			/* of the list; PATTERN_NONE: nothing can be looked up */
	struct arena mem;
};
#define PATTERN_NONE UINT32_MAX
enum { PATTERN_TERMS = 4096, PATTERN_DEPTH = 64, PATTERN_MAX = 256 * 1024 };

/* False: it is no pattern.  {0} at first; the room is used again. */
bool pattern_read(struct slice, struct pattern *, struct fault *) must_use;
void pattern_free(struct pattern *);

#endif
