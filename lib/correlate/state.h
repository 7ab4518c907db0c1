/* state: the fixed parts of a snapshot. */
#ifndef IRPIPE_CORRELATE_STATE_H
#define IRPIPE_CORRELATE_STATE_H

#include "lib/correlate/priv.h"

struct head {				/* fixed part */
	int64_t watermark, decided_to, newest[NEWEST];
	uint32_t newest_n, newest_at, dated, some_decided;
	uint64_t heard, late, ungrouped, unvalued, evicted, early;
	int64_t needed;
};

struct shape {
	uint32_t type, parts, groups, fields;
	int64_t span;
};

struct key_head {
	int64_t mark;
	uint64_t count, last;		/* last: pick + 1 */
	double sum;
	uint32_t text, items, spike, zero;
};

struct shape shape_of(const struct sigma_correlation *);

#endif
