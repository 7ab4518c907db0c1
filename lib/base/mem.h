/*
 * mem: memory.  The only place that dies of OOM: a failed allocation writes one line to stderr and leaves with status 4
 * (STREAM.md, exit status), since output up to the last whole line is valid and nothing sensible can follow.
 *
 * An arena gives memory that lives as long as one record (or one file, one rule set) and is freed as one.
 */
#ifndef IRPIPE_BASE_MEM_H
#define IRPIPE_BASE_MEM_H

#include "lib/base/slice.h"

/* Never NULL (n == 0 gives a unique pointer).  Free with free(). */
void *mem_alloc(size_t n) must_use;
void *mem_zero(size_t count, size_t size) must_use;		/* count * size, overflow checked, zeroed */
void *mem_resize(void *p, size_t count, size_t size) must_use;	/* overflow checked; new bytes are not zeroed */
void *mem_dup(const void *p, size_t n) must_use;
char *mem_str(struct slice s) must_use;				/* a C string; a NUL inside ends it early */
_Noreturn void mem_none(void);					/* a foreign library has told that there is none */

/*
 * Makes room for one more item in a growing array: *cap doubles from 8.  Returns the (moved) array.
 *	v = mem_grow(v, &cap, n, sizeof *v); v[n++] = x;
 */
void *mem_grow(void *p, size_t *cap, size_t n, size_t size) must_use;

struct arena_block;
struct arena {
	struct arena_block *first, *now;
	size_t used;		/* in `now` */
};

/* {0} is an empty arena.  Memory is aligned to 16 and not zeroed. */
void *arena_alloc(struct arena *, size_t n) must_use;
void *arena_zero(struct arena *, size_t n) must_use;
char *arena_dup(struct arena *, const void *p, size_t n) must_use;
struct slice arena_slice(struct arena *, struct slice s) must_use;
/* Forgets all and keeps the first block: the next record allocates nothing.  A block larger than 1 MiB is given back. */
void arena_reset(struct arena *);
void arena_free(struct arena *);

#endif
