/*
 * cond: conditions over an incident (RESPONSE.md section 6): rows of which one must hold, keys of a row that must all hold; a
 * list of values:
 * any. all: [..], any: [..] and not: {..} hold rows in turn, eight deep. Suffixes: |not |gt |gte |lt |lte |contains |startswith
 * |endswith |cidr |exists.
 *
 * Ownership: everything lives in the arena given to cond_read.
 */
#ifndef IRPIPE_PLAY_COND_H
#define IRPIPE_PLAY_COND_H

#include "lib/incident/incident.h"
#include "lib/port/yaml.h"

enum cond_test { TEST_EQUAL, TEST_GT, TEST_GTE, TEST_LT, TEST_LTE, TEST_CONTAINS, TEST_STARTS, TEST_ENDS, TEST_CIDR,
    TEST_EXISTS, TEST_ALL, TEST_ANY, TEST_NONE };

struct cond_term {
	unsigned path;			/* a row of the table in cond.c */
	enum cond_test test;
	bool negate;
	struct slice *value;
	size_t values;
	struct cond_row *sub;		/* rows of a group */
	size_t subs;
};
struct cond_row {
	struct cond_term *term;
	size_t terms;
};
struct cond {
	struct cond_row *row;
	size_t rows;
};

/* A list of maps, or one map.  False: a fault at the key or the value. */
bool cond_read(const struct yaml *, struct arena *, struct cond *, struct fault *) must_use;
/* 0: it does not hold; else the keys of the largest row that holds (how specific it is). */
unsigned cond_holds(const struct cond *, const struct incident *);

#endif
