/*
 * source_archive: archives that are open, one around the other.  Each has its own worker; an archive inside something else is
 * fed through a pipe by a thread of this process (the pump), which then alone reads the layers below.  The pile owns workers,
 * pumps and layers given to it.
 */
#ifndef IRPIPE_TOOL_SOURCE_ARCHIVE_H
#define IRPIPE_TOOL_SOURCE_ARCHIVE_H

#include "lib/port/archive.h"
#include "lib/tool/source_priv.h"

struct archive_pile {
	struct archive_worker *worker[NEST_MAX];
	struct archive_in *in[NEST_MAX];
	unsigned n;
	const struct voice *voice;
	struct budget *budget;
	struct fault fault;		/* why there are no workers */
};

/* Forks the workers: before the cell. */
void pile_start(struct archive_pile *, const struct voice *, struct budget *);
/*
 * Opens what `l` reads as an archive upon the others, at `depth` packings; takes l.  `whole`: l is a regular file from its
 * start.  `name` is the raw name of what holds it.  False: it was told why, and l is freed.
 */
bool pile_open(struct archive_pile *, struct layer *l, bool whole, unsigned depth, struct slice name) must_use;
struct member {
	struct layer *layer;		/* the caller's */
	struct slice name;		/* raw; until the next step */
	uint64_t size;
	unsigned depth;
	bool bare;			/* a compressed stream without members */
};
/* Next member of the innermost archive; archives that end are closed.  False: none is open any more. */
bool pile_next(struct archive_pile *, struct member *) must_use;
size_t member_read(struct layer *, char *to, size_t cap);
void pile_close(struct archive_pile *);		/* all archives that are open */
void pile_end(struct archive_pile *);

#endif
