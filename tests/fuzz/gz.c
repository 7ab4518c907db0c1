#include "lib/port/gz.h"

#include <stdlib.h>
#include <zlib.h>

#include "lib/base/buf.h"

/*
 * The input itself as gzip; then its text packed in two members, with the changes that its first bytes ask for: what comes out is
 * the text up to the damage, in pieces of any size.
 */
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum { CHANGES = 4, OUT = 4096, MOST = 1 << 20 };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
pack(struct buf *b, struct slice text)
{
	z_stream z = {0};

	/* 16: with a gzip header. */
	must(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	buf_room(b, deflateBound(&z, text.n));
	z.next_in = (unsigned char *)(uintptr_t)text.p;
	z.avail_in = (unsigned)text.n;
	z.next_out = (unsigned char *)b->p + b->n;
	z.avail_out = (unsigned)(b->cap - b->n);
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	b->n = (size_t)((char *)z.next_out - b->p);
	deflateEnd(&z);
}

/* Reads all of it, `step` bytes of input at a time: NULL if it was whole, else what the damage is called. */
static const char *
unpack(struct slice packed, size_t step, struct buf *out)
{
	struct gz *g = gz_new();
	const char *why = NULL;
	enum gz_step s = GZ_MORE;

	while (s == GZ_MORE || s == GZ_DATA) {
		struct slice in = slice_head(packed, step);
		size_t had = in.n, got = 0;
		char room[OUT];

		s = gz_read(g, &in, had == packed.n, room, sizeof room, &got, &why);
		must(got <= sizeof room && in.n <= had);
		must(s != GZ_DATA || got > 0);
		must(s != GZ_MORE || in.n < had || had == 0 || had < packed.n);
		packed = slice_from(packed, had - in.n);
		buf_add(out, room, got);
		if (s == GZ_MORE && packed.n == 0 && had == 0)
			break;
		must(out->n < (size_t)MOST * 2048);
	}
	must((s == GZ_DAMAGE) == (why != NULL));
	gz_free(g);
	return why;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_of((const char *)data, size < MOST ? size : MOST), text;
	struct buf packed = {0}, out = {0}, again = {0};
	size_t changes = in.n > CHANGES * 3 ? CHANGES : 0, half, step = 1 + (in.n ? data[0] % 97u : 0);

	(void)unpack(in, step, &out);
	text = slice_from(in, changes * 3);
	half = text.n / 2;
	pack(&packed, slice_head(text, half));
	pack(&packed, slice_from(text, half));
	buf_reset(&out);
	must(unpack(buf_slice(&packed), step, &out) == NULL && slice_eq(buf_slice(&out), text));
	for (size_t k = 0; k < changes; k++) {
		size_t at = ((size_t)data[k * 3] << 8 | data[k * 3 + 1]) % packed.n;

		packed.p[at] = (char)(packed.p[at] ^ data[k * 3 + 2]);
	}
	buf_reset(&out);
	(void)unpack(buf_slice(&packed), step, &out);
	/* In what pieces it comes does not show. */
	(void)unpack(buf_slice(&packed), 64 * 1024, &again);
	must(slice_eq(buf_slice(&out), buf_slice(&again)));
	buf_free(&packed);
	buf_free(&out);
	buf_free(&again);
	return 0;
}
