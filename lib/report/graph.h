/*
 * graph: who spoke with whom in one story: addresses, hosts and users, with a line for each pair that a hit names.  SVG for the
 * page; the
 * pairs are a table for all others.
 */
#ifndef IRPIPE_REPORT_GRAPH_H
#define IRPIPE_REPORT_GRAPH_H

#include "lib/report/model.h"

enum { GRAPH_NODES = 14 };		/* of a column; the rest is counted */

struct graph_edge {
	uint32_t from, to;		/* text numbers: an address or a user, and a host */
	bool user;
	uint64_t hits;
	int level;
};
struct graph {
	struct graph_edge *edge;	/* most hits first */
	size_t n, cap;
};

struct graph graph_make(struct model *, const struct story *) must_use;
void graph_free(struct graph *);
void graph_svg(struct model *, const struct graph *, struct buf *out);

#endif
