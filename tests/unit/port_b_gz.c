#include "lib/port/gz.h"
#include "tests/unit/unit.h"

#include "lib/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* A fixed sequence: the same pieces in each run. */
static uint64_t random_state = 88172645463325252u;

static size_t
below(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % n);
}

static void
deflate_into(struct buf *b, struct slice text)
{
	z_stream z = {0};

	if (deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	buf_room(b, deflateBound(&z, text.n));
	z.next_in = (unsigned char *)(uintptr_t)text.p;
	z.avail_in = (unsigned)text.n;
	z.next_out = (unsigned char *)b->p + b->n;
	z.avail_out = (unsigned)(b->cap - b->n);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	b->n = (size_t)((char *)z.next_out - b->p);
	deflateEnd(&z);
}

static void
little(struct buf *b, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		buf_byte(b, (char)v);
}

/* A member with each of RFC 1952's optional parts that `flags` names. */
static void
member(struct buf *b, unsigned flags, struct slice text)
{
	size_t from = b->n;

	buf_lit(b, "\x1f\x8b\x08");
	buf_byte(b, (char)flags);
	buf_lit(b, "\0\0\0\0\0\x03");
	if (flags & 4) {
		little(b, 5, 2);
		buf_lit(b, "ab\0cd");
	}
	if (flags & 8)
		buf_lit(b, "name\0");
	if (flags & 16)
		buf_lit(b, "comment\0");
	if (flags & 2)
		little(b, (uint32_t)crc32(0, (unsigned char *)b->p + from, (unsigned)(b->n - from)) & 0xffff, 2);
	deflate_into(b, text);
	little(b, (uint32_t)crc32(0, (const unsigned char *)text.p, (unsigned)text.n), 4);
	little(b, (uint32_t)text.n, 4);
}

/* Reads `in` in random pieces; returns the last step, *why as gz_read gave it. */
static enum gz_step
read_all(struct slice in, size_t piece, struct buf *out, const char **why)
{
	struct gz *g = gz_new();
	struct slice rest = {in.p, 0};
	size_t given = 0, got;
	enum gz_step step;
	char room[700];

	*why = "";
	do {
		if (rest.n == 0 && given < in.n) {
			size_t n = 1 + below(piece);

			rest = slice_head(slice_from(in, given), n);
			given += rest.n;
		}
		step = gz_read(g, &rest, given == in.n, room, 1 + below(sizeof room), &got, why);
		buf_add(out, room, got);
	} while (step == GZ_DATA || (step == GZ_MORE && (given < in.n || rest.n)));
	gz_free(g);
	return step;
}

static void
check(struct slice in, struct slice want, enum gz_step end, const char *words, const char *name)
{
	static const size_t piece[] = {1, 7, 300, 100000};
	bool same = true, ends = true;
	const char *why = "";

	for (size_t i = 0; i < sizeof piece / sizeof *piece; i++) {
		struct buf out = {0};

		ends = ends && read_all(in, piece[i], &out, &why) == end && strcmp(why, words) == 0;
		same = same && slice_eq(buf_slice(&out), want);
		if (!same || !ends)
			printf("# pieces up to %zu: %zu bytes of %zu, \"%s\"\n", piece[i], out.n, want.n, why);
		buf_free(&out);
	}
	OK(same, "%s: bytes", name);
	OK(ends, "%s: ends as \"%s\"", name, words);
}

static struct slice
text_of(struct buf *b, size_t lines)
{
	for (size_t i = 0; i < lines; i++) {
		buf_lit(b, "line ");
		buf_u64(b, i);
		buf_lit(b, " value ");
		buf_u64(b, below(1000000));
		buf_byte(b, '\n');
	}
	return buf_slice(b);
}

static void
whole(void)
{
	struct buf text = {0}, in = {0}, two = {0};
	struct slice t = text_of(&text, 3000);

	for (unsigned flags = 0; flags < 32; flags += 2) {
		char name[40];

		buf_reset(&in);
		member(&in, flags, t);
		snprintf(name, sizeof name, "flags %u", flags);
		check(buf_slice(&in), t, GZ_END, "", name);
	}
	buf_slice_add(&two, t);
	buf_slice_add(&two, t);
	buf_reset(&in);
	member(&in, 0, t);
	member(&in, 8, slice_of(NULL, 0));
	member(&in, 0, t);
	check(buf_slice(&in), buf_slice(&two), GZ_END, "", "three members, one empty");
	for (size_t i = 0; i < 1000; i++)
		buf_byte(&in, 0);
	check(buf_slice(&in), buf_slice(&two), GZ_END, "", "zero padding");
	buf_free(&text);
	buf_free(&in);
	buf_free(&two);
}

static char *
copy_of(const struct buf *b)
{
	char *p = malloc(b->n + 1);

	if (p == NULL)
		abort();
	memcpy(p, b->p, b->n);
	return p;
}

/* Two members of `t`; each damage says what all of the good bytes are. */
static void
damaged(void)
{
	struct buf text = {0}, in = {0}, twice = {0}, one = {0};
	struct slice t = text_of(&text, 2000);
	size_t half;
	static const struct {
		long at;		/* from the start, or from the second member (+) and the end (-) */
		int base;		/* 0 start, 1 second member, 2 end */
		unsigned char flip;
		int good;		/* members whose bytes are all delivered */
		const char *words, *name;
	} c[] = {
		{0, 0, 1, 0, "gzip: bad header", "magic of the first"},
		{2, 0, 1, 0, "gzip: bad header", "method of the first"},
		{3, 0, 0x80, 0, "gzip: bad header", "reserved flag of the first"},
		{0, 1, 0x40, 1, "gzip: trailing bytes", "magic of the second"},
		{1, 1, 0x40, 1, "gzip: trailing bytes", "magic of the second, byte 2"},
		{2, 1, 1, 1, "gzip: bad header", "method of the second"},
		{3, 1, 0x20, 1, "gzip: bad header", "reserved flag of the second"},
		{-8, 2, 1, 2, "gzip: bad CRC", "CRC"},
		{-4, 2, 1, 2, "gzip: bad length", "length"},
	};

	member(&in, 0, t);
	half = in.n;
	member(&in, 0, t);
	buf_slice_add(&one, t);
	buf_slice_add(&twice, t);
	buf_slice_add(&twice, t);
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		char *p = copy_of(&in);
		size_t base = c[i].base == 0 ? 0 : c[i].base == 1 ? half : in.n;
		struct slice good = c[i].good == 0 ? slice_of(NULL, 0) : c[i].good == 1 ? buf_slice(&one) : buf_slice(&twice);

		p[base + (size_t)c[i].at] = (char)(p[base + (size_t)c[i].at] ^ c[i].flip);
		check(slice_of(p, in.n), good, GZ_DAMAGE, c[i].words, c[i].name);
		free(p);
	}
	check(slice_head(buf_slice(&in), in.n - 3), buf_slice(&twice), GZ_DAMAGE, "gzip: cut", "cut trailer");
	check(slice_head(buf_slice(&in), half + 5), buf_slice(&one), GZ_DAMAGE, "gzip: cut", "cut header");
	buf_lit(&in, "garbage");
	check(buf_slice(&in), buf_slice(&twice), GZ_DAMAGE, "gzip: trailing bytes", "trailing bytes");
	buf_free(&text);
	buf_free(&in);
	buf_free(&one);
	buf_free(&twice);
}

/* The data itself: all that was good comes out, the same for any pieces, and it is a head of the text. */
static void
damaged_data(void)
{
	struct buf text = {0}, in = {0}, first = {0}, out = {0};
	struct slice t = text_of(&text, 5000);
	size_t least = 0;
	const char *why;

	member(&in, 0, t);
	INT(read_all(slice_head(buf_slice(&in), in.n / 2), 50, &first, &why), GZ_DAMAGE, "cut data");
	SAME(slice_str(why), SLICE("gzip: cut"), "cut data: words");
	OK(first.n > t.n / 3 && slice_starts(t, buf_slice(&first)), "cut data: %zu of %zu bytes are delivered", first.n, t.n);
	least = first.n;
	check(slice_head(buf_slice(&in), in.n / 2), buf_slice(&first), GZ_DAMAGE, "gzip: cut", "cut data in pieces");
	/* A block type that does not exist, after the cut: RFC 1951 section 3.2.3. */
	member(&out, 0, slice_of(NULL, 0));
	buf_reset(&first);
	buf_add(&first, out.p, 10);
	buf_lit(&first, "\x07\x07\x07\x07");
	check(buf_slice(&first), slice_of(NULL, 0), GZ_DAMAGE, "gzip: bad data", "bad block type");
	/* A flipped bit may give other valid codes: then the CRC tells. */
	for (size_t at = in.n / 2; at < in.n / 2 + 64; at++) {
		in.p[at] ^= 0x10;
		buf_reset(&first);
		if (read_all(buf_slice(&in), 64, &first, &why) != GZ_DAMAGE || first.n < least - 100)
			break;
		in.p[at] ^= 0x10;
		if (at == in.n / 2 + 63)
			least = 0;
	}
	INT(least, 0, "64 flipped bits in the data: each is told, what stands before is delivered");
	buf_free(&text);
	buf_free(&in);
	buf_free(&first);
	buf_free(&out);
}

static void
header_crc(void)
{
	struct buf in = {0};

	member(&in, 2 | 8, SLICE("x"));
	in.p[11] = 'A';
	check(buf_slice(&in), slice_of(NULL, 0), GZ_DAMAGE, "gzip: bad header", "header CRC");
	check(SLICE(""), slice_of(NULL, 0), GZ_DAMAGE, "gzip: cut", "nothing at all");
	OK(gz_looks(SLICE("\x1f\x8b\x08")), "looks like gzip");
	OK(!gz_looks(SLICE("\x1f\x8b")) && !gz_looks(SLICE("PK\x03\x04")), "does not look like gzip");
	buf_free(&in);
}

int
main(void)
{
	whole();
	damaged();
	damaged_data();
	header_crc();
	return unit_done();
}
