/* EVTX values as JSON, by type ([MS-EVEN6] 2.2.12, BinXml types; the text forms are those of Windows' own XML). */
#include "lib/format/evtx_json.h"

#include "lib/json/json.h"

#include <math.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static const char digits[] = "0123456789abcdef";

static bool
clean(unsigned c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* As many units as are clean ASCII, 16 at a time where that is possible; `to` has room for all and 16 more. */
static size_t
copy_clean(char *to, const char *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x20);

	for (; n - i >= 16; i += 16) {
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * i));
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * i + 16));
		/* Unsigned saturation: what is over 255 becomes 255 (or 0 from 0x8000 on), and neither is clean. */
		__m128i v = _mm_packus_epi16(a, b);
		__m128i bad = _mm_or_si128(_mm_cmplt_epi8(v, low), _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
		int mask = _mm_movemask_epi8(bad);

		_mm_storeu_si128((__m128i *)(void *)(to + i), v);
		if (mask)
			return i + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	while (i < n && clean(evtx_u16(p + 2 * i))) {
		to[i] = p[2 * i];
		i++;
	}
	return i;
}

static void
escape(struct buf *b, unsigned c)
{
	static const char letter[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	buf_byte(b, '\\');
	if (c >= 0x20) {
		buf_byte(b, (char)c);
	} else if (letter[c]) {
		buf_byte(b, letter[c]);
	} else {
		buf_lit(b, "u00");
		buf_byte(b, digits[c >> 4]);
		buf_byte(b, digits[c & 15]);
	}
}

static void
put_point(struct buf *b, uint32_t c)
{
	char t[4];
	size_t n = 0;

	if (c < 0x800) {
		t[n++] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		t[n++] = (char)(0xe0 | c >> 12);
		t[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		t[n++] = (char)(0xf0 | c >> 18);
		t[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		t[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	}
	t[n++] = (char)(0x80 | (c & 0x3f));
	buf_add(b, t, n);
}

static void
put_unit(struct buf *b, uint32_t c)
{
	if (c >= 0x80)
		put_point(b, c);
	else if (clean(c))
		buf_byte(b, (char)c);
	else
		escape(b, c);
}

void
evtx_utf16(struct buf *b, struct slice s, uint32_t *err)
{
	size_t n = s.n / 2, i = 0;

	while (i < n) {
		uint32_t c;
		size_t got;

		buf_room(b, n - i + 32);
		got = copy_clean(b->p + b->n, s.p + 2 * i, n - i);
		b->n += got;
		i += got;
		if (i == n)
			break;
		c = evtx_u16(s.p + 2 * i++);
		if (c >= 0xd800 && c < 0xdc00 && i < n && (evtx_u16(s.p + 2 * i) & 0xfc00) == 0xdc00) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (evtx_u16(s.p + 2 * i++) & 0x3ff);
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
			*err |= 1u << ERR_bad_utf8;
		}
		put_unit(b, c);
	}
}

/* The string ends at the first NUL. */
static struct slice
to_nul(struct slice s, uint32_t *err)
{
	size_t n = s.n & ~(size_t)1, at = 0;

	if (s.n & 1)
		*err |= 1u << ERR_wrong_size;
	while (at < n && evtx_u16(s.p + at) != 0)
		at += 2;
	for (size_t k = at; k < n; k += 2)
		if (evtx_u16(s.p + k) != 0)
			*err |= 1u << ERR_nul_text;
	return slice_head(s, at);
}

static void
put_string(struct buf *b, struct slice s, uint32_t *err)
{
	buf_byte(b, '"');
	evtx_utf16(b, to_nul(s, err), err);
	buf_byte(b, '"');
}

/* Windows-1252 as the WHATWG Encoding Standard maps it: 0x81 and its like are C1 controls. */
static void
put_ansi(struct buf *b, struct slice s)
{
	static const uint16_t high[0x20] = {
		0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
		0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
	};

	buf_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c)
			put_unit(b, c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c);
	}
	buf_byte(b, '"');
}

static void
put_float(struct buf *b, double v)
{
	if (isnan(v))
		buf_lit(b, "\"nan\"");
	else if (isinf(v))
		buf_str(b, v < 0 ? "\"-inf\"" : "\"inf\"");
	else
		buf_f64(b, v);
}

static void
put_hex(struct buf *b, uint64_t v)
{
	char t[16];
	size_t at = sizeof t;

	do
		t[--at] = digits[v & 15];
	while (v >>= 4);
	buf_lit(b, "\"0x");
	buf_add(b, t + at, sizeof t - at);
	buf_byte(b, '"');
}

static void
put_bytes(struct buf *b, const char *p, size_t n, bool backwards)
{
	static const char upper[] = "0123456789ABCDEF";

	buf_room(b, 2 * n);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[backwards ? n - 1 - i : i];

		b->p[b->n++] = upper[c >> 4];
		b->p[b->n++] = upper[c & 15];
	}
}

static void
put_guid(struct buf *b, const char *p)
{
	static const struct { uint8_t at, n; bool backwards; } part[] = {{0, 4, true}, {4, 2, true}, {6, 2, true}, {8, 2, false}, {10, 6, false}};

	for (size_t i = 0; i < 5; i++) {
		buf_byte(b, i ? '-' : '"');
		put_bytes(b, p + part[i].at, part[i].n, part[i].backwards);
	}
	buf_byte(b, '"');
}

static bool
put_sid(struct buf *b, struct slice s)
{
	uint64_t authority = 0;
	size_t n;

	if (s.n < 8)
		return false;
	n = (unsigned char)s.p[1];
	if (s.n < 8 + 4 * n)
		return false;
	for (size_t i = 2; i < 8; i++)
		authority = authority << 8 | (unsigned char)s.p[i];
	buf_lit(b, "\"S-");
	buf_u64(b, (unsigned char)s.p[0]);
	buf_byte(b, '-');
	buf_u64(b, authority);
	for (size_t i = 0; i < n; i++) {
		buf_byte(b, '-');
		buf_u64(b, evtx_u32(s.p + 8 + 4 * i));
	}
	buf_byte(b, '"');
	return true;
}

static void
put_time(struct buf *b, struct stamp at)
{
	char t[STAMP_LEN];

	stamp_put(t, at);
	buf_byte(b, '"');
	buf_add(b, t, STAMP_LEN - 3);		/* 100 ns is all there is */
	buf_lit(b, "Z\"");
}

static bool
put_systemtime(struct buf *b, const char *p)
{
	struct stamp_civil c = {.year = evtx_u16(p), .month = evtx_u16(p + 2), .day = evtx_u16(p + 6), .hour = evtx_u16(p + 8),
	    .minute = evtx_u16(p + 10), .second = evtx_u16(p + 12), .ns = evtx_u16(p + 14) * 1000000u};

	if (evtx_u16(p + 14) > 999 || !stamp_civil_ok(&c))
		return false;
	put_time(b, (struct stamp){stamp_seconds(&c), c.ns});
	return true;
}

/* Bytes of one value by type; 0: any. */
static size_t
width(uint8_t type)
{
	static const uint8_t w[0x20] = {[3] = 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, [0x0f] = 16, [0x11] = 8, 16, [0x14] = 4, 8};

	return type < sizeof w ? w[type] : 0;
}

static void
put_integer(struct buf *b, uint8_t type, const char *p)
{
	int64_t i = 0;
	uint64_t u = 0;
	size_t n = width(type);

	memcpy(&u, p, n);
	if (type & 1) {
		i = (int64_t)(u << (64 - 8 * n)) >> (64 - 8 * n);
		buf_i64(b, i);
	} else {
		buf_u64(b, u);
	}
}

static bool
put_real(struct buf *b, uint8_t type, const char *p)
{
	float f;
	double d;

	memcpy(&f, p, sizeof f);
	d = (double)f;
	if (type == 0x0c)
		memcpy(&d, p, sizeof d);
	put_float(b, d);
	return true;
}

static bool
put_sized(struct buf *b, uint8_t type, struct slice s)
{
	switch (type) {
	case 0x0b:
	case 0x0c:
		return put_real(b, type, s.p);
	case 0x0f:
		put_guid(b, s.p);
		return true;
	case 0x11:
		put_time(b, stamp_filetime(evtx_u64(s.p)));
		return true;
	case 0x12:
		return put_systemtime(b, s.p);
	case 0x14:
		put_hex(b, evtx_u32(s.p));
		return true;
	case 0x15:
		put_hex(b, evtx_u64(s.p));
		return true;
	}
	put_integer(b, type, s.p);
	return true;
}

static bool
put_by_type(struct buf *b, uint8_t type, struct slice s, uint32_t *err)
{
	switch (type) {
	case EVTX_STRING:
		put_string(b, s, err);
		return true;
	case 0x02:
		put_ansi(b, s);
		return true;
	case 0x0d:
		if (s.n != 1 && s.n != 4)
			return false;
		buf_str(b, s.p[0] || (s.n == 4 && evtx_u32(s.p)) ? "true" : "false");
		return true;
	case 0x0e:
		buf_byte(b, '"');
		put_bytes(b, s.p, s.n, false);
		buf_byte(b, '"');
		return true;
	case 0x10:
		if (s.n != 4 && s.n != 8)
			return false;
		put_hex(b, s.n == 4 ? evtx_u32(s.p) : evtx_u64(s.p));
		return true;
	case 0x13:
		return put_sid(b, s);
	}
	return width(type) && s.n == width(type) && put_sized(b, type, s);
}

bool
evtx_value(struct buf *b, struct evtx_value v, uint32_t *err)
{
	if (v.type == EVTX_NULL)
		return false;
	if (put_by_type(b, v.type, v.bytes, err))
		return true;
	*err |= 1u << ERR_wrong_size;
	return false;
}

static size_t
item_size(uint8_t type, struct slice rest)
{
	size_t n = 0;

	if (type == EVTX_STRING) {
		while (n + 2 <= rest.n && evtx_u16(rest.p + n) != 0)
			n += 2;
		return n + 2 <= rest.n ? n + 2 : rest.n;
	}
	if (type == 0x02)
		return slice_find(rest, '\0') < rest.n ? slice_find(rest, '\0') + 1 : rest.n;
	if (type == 0x13)
		return rest.n < 8 ? 0 : 8 + 4 * (size_t)(unsigned char)rest.p[1];
	return type == 0x10 ? 8 : width(type);
}

bool
evtx_item(struct evtx_value array, struct slice *rest, struct evtx_value *item, uint32_t *err)
{
	uint8_t type = array.type & 0x7f;
	size_t n;

	if (rest->n == 0)
		return false;
	n = item_size(type, *rest);
	if (n == 0 || n > rest->n) {
		*err |= 1u << ERR_wrong_size;
		return false;
	}
	*item = (struct evtx_value){slice_head(*rest, n), type};
	*rest = slice_from(*rest, n);
	return true;
}
