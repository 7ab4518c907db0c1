/*
 * out: a descriptor written in large blocks.  Every failure is kept (errno) and shows at out_end; nothing is retried after one.
 * EPIPE is told apart: a filter ends quietly.
 */
#ifndef IRPIPE_BASE_OUT_H
#define IRPIPE_BASE_OUT_H

#include "lib/base/buf.h"

struct out {
	int fd;
	int error;		/* errno of the first failure; 0: none */
	struct buf pending;
	uint64_t written;
};

enum { OUT_BLOCK = 256 * 1024 };

struct out out_open(int fd);
/* Adds bytes; writes when a block is full.  False after a failure (then bytes are dropped). */
bool out_add(struct out *, struct slice);
bool out_flush(struct out *);
/* Flushes, frees, and closes fd if it is > 2.  False if anything failed; *error (may be NULL) gets errno. */
bool out_end(struct out *, int *error) must_use;

#endif
