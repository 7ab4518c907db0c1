#include "lib/port/gz.h"

#include "lib/base/mem.h"

#define ZLIB_CONST
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

/* RFC 1952 section 2.3: flags of the header. */
enum { FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, RESERVED = 0xe0 };
enum { MAGIC1 = 0x1f, MAGIC2 = 0x8b, DEFLATE = 8 };

/* Parts of a member, in their order; then what lies between members, and the two ends. */
enum part { FIXED, EXTRA_LENGTH, EXTRA, NAME, COMMENT, HEADER_CRC, BODY, TRAILER, BETWEEN, DAMAGED };

struct gz {
	z_stream z;
	enum part part;
	unsigned flags;
	unsigned left;			/* bytes of this part still to come */
	uint64_t value;			/* little-endian number being read */
	unsigned digits;		/* bytes in it */
	uint32_t header_crc, crc, length;
	bool later;			/* a whole member has been read */
	const char *why;
};

static void *
zmem(void *arg, unsigned items, unsigned size)
{
	(void)arg;
	return mem_zero(items, size);
}

static void
zfree(void *arg, void *p)
{
	(void)arg;
	free(p);
}

struct gz *
gz_new(void)
{
	struct gz *g = mem_zero(1, sizeof *g);

	g->z.zalloc = zmem;
	g->z.zfree = zfree;
	/* Raw: zlib's own header and trailer code hides which of them was bad. */
	if (inflateInit2(&g->z, -MAX_WBITS) != Z_OK) {
		g->part = DAMAGED;
		g->why = "gzip: the library failed";
	}
	g->left = 10;
	return g;
}

void
gz_free(struct gz *g)
{
	if (g == NULL)
		return;
	inflateEnd(&g->z);
	free(g);
}

bool
gz_looks(struct slice head)
{
	return head.n >= 3 && (unsigned char)head.p[0] == MAGIC1 && (unsigned char)head.p[1] == MAGIC2 && head.p[2] == DEFLATE;
}

static void
damage(struct gz *g, const char *why)
{
	g->part = DAMAGED;
	g->why = why;
}

/* The next part that this header has, after `part`. */
static void
advance(struct gz *g, enum part part)
{
	static const struct {
		unsigned flag, left;
	} of[] = {
		[EXTRA_LENGTH] = {FEXTRA, 2}, [EXTRA] = {FEXTRA, 0}, [NAME] = {FNAME, 1}, [COMMENT] = {FCOMMENT, 1}, [HEADER_CRC] = {FHCRC, 2},
	};
	uint64_t value = g->value;

	do
		part++;
	while (part < BODY && !(g->flags & of[part].flag));
	g->part = part;
	g->value = 0;
	g->digits = 0;
	g->left = part == EXTRA ? (unsigned)value : part < BODY ? of[part].left : 8;
	if (part == EXTRA && g->left == 0)
		advance(g, EXTRA);
}

static void
fixed_byte(struct gz *g, unsigned char c)
{
	unsigned at = 10 - g->left;

	if (at == 0 && c != MAGIC1)
		damage(g, "gzip: bad header");
	else if (at == 1 && c != MAGIC2)
		/* What follows a whole member and does not begin like one is not a damaged member. */
		damage(g, g->later ? "gzip: trailing bytes" : "gzip: bad header");
	else if ((at == 2 && c != DEFLATE) || (at == 3 && (c & RESERVED)))
		damage(g, "gzip: bad header");
	else if (at == 3)
		g->flags = c;
	if (g->part != DAMAGED && --g->left == 0)
		advance(g, FIXED);
}

static void
trailer(struct gz *g)
{
	if ((uint32_t)g->value != g->crc)
		damage(g, "gzip: bad CRC");
	else if ((uint32_t)(g->value >> 32) != g->length)
		damage(g, "gzip: bad length");
	else if (inflateReset(&g->z) != Z_OK)
		damage(g, "gzip: the library failed");
	else {
		g->part = BETWEEN;
		g->later = true;
		g->crc = g->length = 0;
	}
}

static void
between(struct gz *g, unsigned char c)
{
	if (c == 0)
		return;
	if (c != MAGIC1) {
		damage(g, "gzip: trailing bytes");
		return;
	}
	g->part = FIXED;
	g->left = 9;
	g->header_crc = (uint32_t)crc32(0, &c, 1);
}

/* One byte of anything but the body. */
static void
byte(struct gz *g, unsigned char c)
{
	bool text = g->part == NAME || g->part == COMMENT;

	if (g->part == BETWEEN) {
		between(g, c);
		return;
	}
	if (g->part < HEADER_CRC)
		g->header_crc = (uint32_t)crc32(g->header_crc, &c, 1);
	if (g->part == FIXED) {
		fixed_byte(g, c);
		return;
	}
	if (!text && g->digits < 8)
		g->value |= (uint64_t)c << 8 * g->digits++;
	if (text ? c != 0 : --g->left != 0)
		return;
	if (g->part == TRAILER)
		trailer(g);
	else if (g->part == HEADER_CRC && g->value != (g->header_crc & 0xffff))
		damage(g, "gzip: bad header");
	else
		advance(g, g->part);
}

/* Inflates what it can; false: no progress without more input or room. */
static bool
body(struct gz *g, struct slice *in, char *out, size_t cap, size_t *got)
{
	unsigned give = in->n > UINT_MAX ? UINT_MAX : (unsigned)in->n;
	unsigned room = cap - *got > UINT_MAX ? UINT_MAX : (unsigned)(cap - *got);
	size_t made;
	int r;

	g->z.next_in = (const unsigned char *)in->p;
	g->z.avail_in = give;
	g->z.next_out = (unsigned char *)out + *got;
	g->z.avail_out = room;
	r = inflate(&g->z, Z_SYNC_FLUSH);
	made = room - g->z.avail_out;
	g->crc = (uint32_t)crc32_z(g->crc, (unsigned char *)out + *got, made);
	g->length += (uint32_t)made;
	*got += made;
	*in = slice_from(*in, give - g->z.avail_in);
	if (r == Z_STREAM_END)
		advance(g, BODY);
	else if (r != Z_OK && r != Z_BUF_ERROR)
		damage(g, "gzip: bad data");
	return r != Z_BUF_ERROR && (made || give != g->z.avail_in || r != Z_OK);
}

enum gz_step
gz_read(struct gz *g, struct slice *in, bool last, char *out, size_t cap, size_t *got, const char **why)
{
	bool going = true;

	*got = 0;
	while (g->part != DAMAGED && *got < cap && going) {
		if (g->part == BODY) {
			going = body(g, in, out, cap, got);
		} else if ((going = in->n != 0)) {
			byte(g, (unsigned char)in->p[0]);
			*in = slice_from(*in, 1);
		}
	}
	if (!going && last && *got == 0) {
		if (g->part == BETWEEN)
			return GZ_END;
		damage(g, "gzip: cut");
	}
	if (g->part == DAMAGED) {
		*why = g->why;
		return GZ_DAMAGE;
	}
	return *got ? GZ_DATA : GZ_MORE;
}
