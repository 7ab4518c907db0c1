/*
 * buf: bytes that grow.  {0} is empty; the owner calls buf_free.  Appending never fails (mem dies of OOM); who reads
 * hostile data bounds the length first.  Numbers are written as JSON and the logs want them: no locale, no padding.
 */
#ifndef IRPIPE_BASE_BUF_H
#define IRPIPE_BASE_BUF_H

#include "lib/base/slice.h"

struct buf {
	char *p;
	size_t n, cap;
};

void buf_room(struct buf *, size_t n);		/* makes sure that n more bytes fit */
void buf_free(struct buf *);

static inline struct slice
buf_slice(const struct buf *b)
{
	return slice_of(b->p, b->n);
}

static inline void
buf_reset(struct buf *b)
{
	b->n = 0;
}

static inline void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	if (b->cap - b->n < n)
		buf_room(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void
buf_slice_add(struct buf *b, struct slice s)
{
	buf_add(b, s.p, s.n);
}

static inline void
buf_byte(struct buf *b, char c)
{
	if (b->cap == b->n)
		buf_room(b, 1);
	b->p[b->n++] = c;
}

#define buf_lit(b, lit) buf_add((b), "" lit, sizeof(lit) - 1)

void buf_str(struct buf *, const char *s);
void buf_u64(struct buf *, uint64_t v);
void buf_i64(struct buf *, int64_t v);
void buf_pad(struct buf *, uint64_t v, int digits);	/* with leading zeros up to `digits` */
void buf_f64(struct buf *, double v);			/* the shortest text that reads back equal; inf and nan as "null" */
void buf_hex(struct buf *, const void *p, size_t n);	/* lower case */
void buf_base64(struct buf *, struct slice s);		/* RFC 4648 section 4, padded */
/* A C string: adds a NUL behind the content that does not count. */
const char *buf_cstr(struct buf *);

#endif
