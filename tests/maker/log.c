#include "tests/maker/maker.h"
#include "lib/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

struct buf *
log_add(struct log *l, int64_t at)
{
	log_end(l);
	l->rec = mem_grow(l->rec, &l->cap, l->n, sizeof *l->rec);
	l->rec[l->n] = (struct log_rec){.at = at, .order = l->n, .off = l->text.n};
	if (l->blame) {
		l->rec[l->n].technique = l->blame->technique;
		l->rec[l->n].what = l->blame->what;
	}
	l->n++;
	return &l->text;
}

void
log_end(struct log *l)
{
	if (l->n > 0 && l->rec[l->n - 1].n == 0)
		l->rec[l->n - 1].n = l->text.n - l->rec[l->n - 1].off;
}

void
log_f(struct log *l, int64_t at, const char *fmt, ...)
{
	struct buf *b = log_add(l, at);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	buf_room(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
	log_end(l);
}

void
log_plant(struct log *l, const char *technique, const char *what)
{
	l->rec[l->n - 1].technique = technique;
	l->rec[l->n - 1].what = what;
}

static int
by_time(const void *va, const void *vb)
{
	const struct log_rec *a = va, *b = vb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void
log_sort(struct log *l)
{
	log_end(l);
	if (l->n > 0)
		qsort(l->rec, l->n, sizeof *l->rec, by_time);
}

static void
record(const struct log *l, size_t i, struct buf *out)
{
	struct slice s = slice_of(l->text.p + l->rec[i].off, l->rec[i].n);

	while (s.n > 0) {
		size_t at = slice_find(s, LOG_SEQ);

		buf_slice_add(out, slice_head(s, at));
		if (at < s.n)
			buf_u64(out, l->first + i);
		s = slice_from(s, at + 1);
	}
}

/* Header of RFC 1952 with mtime 0 and no name, so that equal data make equal bytes. */
static void
squeeze(const struct buf *in, struct buf *out)
{
	z_stream z = {0};
	size_t bound;

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	bound = deflateBound(&z, in->n);
	buf_room(out, bound);
	z.next_in = (Bytef *)in->p;
	z.avail_in = (uInt)in->n;
	z.next_out = (Bytef *)out->p + out->n;
	z.avail_out = (uInt)bound;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	out->n += bound - z.avail_out;
	deflateEnd(&z);
}

void
log_bytes(struct log *l, struct buf *out)
{
	struct buf plain = {0};

	log_sort(l);
	if (l->shape == LOG_RECORDS)
		buf_lit(&plain, "{\"Records\":[");
	for (size_t i = 0; i < l->n; i++) {
		if (l->shape == LOG_RECORDS && i > 0)
			buf_byte(&plain, ',');
		record(l, i, &plain);
		if (l->shape != LOG_RECORDS)
			buf_byte(&plain, '\n');
	}
	if (l->shape == LOG_RECORDS)
		buf_lit(&plain, "]}\n");
	if (l->shape == LOG_GZ)
		squeeze(&plain, out);
	else
		buf_slice_add(out, buf_slice(&plain));
	buf_free(&plain);
}

void
log_free(struct log *l)
{
	free(l->rec);
	buf_free(&l->text);
	l->rec = NULL;
	l->n = l->cap = 0;
}
