/*
 * build: indicators gathered from feeds, then made into the image of an index (index.h).  The same feeds in the same order give
 * the
 * same bytes.
 *
 * Ownership: a builder keeps copies of what it is given.
 */
#ifndef IRPIPE_INTEL_BUILD_H
#define IRPIPE_INTEL_BUILD_H

#include "lib/intel/index.h"

struct intel_build;
struct intel_build *intel_build_new(void) must_use;
void intel_build_free(struct intel_build *);
/* A file that is about to be read, by the SHA-256 of its bytes: the first one gives the index its key. */
bool intel_build_source(struct intel_build *, struct slice bytes) must_use;

struct intel_new {
	struct slice source, name;	/* who says it; what it is about */
	enum intel_tlp tlp, pap;
	uint8_t confidence, flags;
	int64_t from, until;		/* seconds; INT64_MIN, INT64_MAX: none */
	const unsigned char *id;	/* UUID, or NULL */
};
/*
 * One more.  `bytes` are those that v's place counts from.  False: there are too many (100 million).  Names are kept while
 * fewer than
 * 65,536 differ (a feed that gives each indicator a name of its own would fill the index with them).
 */
bool intel_build_add(struct intel_build *, const struct intel_value *v, struct slice bytes, const struct intel_new *) must_use;
void intel_build_date(struct intel_build *, struct stamp);	/* the newest counts */
uint64_t intel_build_count(const struct intel_build *);
/* Equal ones of equal origin are one. */
bool intel_build_image(struct intel_build *, struct buf *image, struct fault *) must_use;

#endif
