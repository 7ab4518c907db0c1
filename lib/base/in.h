/*
 * in: a descriptor read in large, reused blocks that hold whole lines or, for framed formats, whatever there is.
 */
#ifndef IRPIPE_BASE_IN_H
#define IRPIPE_BASE_IN_H

#include "lib/base/buf.h"

struct in {
	int fd;
	int error;		/* errno of a failed read; 0: none */
	bool eof;
	struct buf hold;	/* bytes read and not yet taken start at `from` */
	size_t from;
	uint64_t at;		/* offset in the source of hold.p[from] */
};

enum { IN_BLOCK = 256 * 1024 };

struct in in_open(int fd);
void in_end(struct in *);		/* frees; closes fd if it is > 2 */
/* Bytes at hand. */
static inline struct slice
in_view(const struct in *i)
{
	return slice_of(i->hold.p + i->from, i->hold.n - i->from);
}
/* Reads more behind what is at hand (a block at most).  False at the end or on an error. */
bool in_more(struct in *);
static inline void
in_take(struct in *i, size_t n)
{
	i->from += n;
	i->at += n;
}
/* Would the next read block? (poll with no wait) */
bool in_idle(const struct in *);

#endif
