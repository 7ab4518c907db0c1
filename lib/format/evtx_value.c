/* EVTX values as JSON, by type ([MS-EVEN6] 2.2.12, BinXml types; the text forms are those of Windows' own XML). */
#include "lib/format/evtx_json.h"

#include "lib/json/json.h"

#include <endian.h>
#include <math.h>

const char evtx_digits[] = "0123456789abcdef";

static inline char *
put_two(char *p, unsigned v)
{
	static const char pair[] = "0001020304050607080910111213141516171819202122232425262728293031323334"
	    "353637383940414243444546474849505152535455565758596061626364656667686970717273747576777879808182838485868788"
	    "8990919293949596979899";

	memcpy(p, pair + 2 * v, 2);
	return p + 2;
}

/* 20 bytes go over, and what is behind the number is written over. */
static inline char *
put_u64(char *p, uint64_t v)
{
	char t[40];
	size_t at = 20;

	if (v < 10) {
		*p = (char)('0' + v);
		return p + 1;
	}
	for (; v >= 100; v /= 100)
		(void)put_two(t + (at -= 2), (unsigned)(v % 100));
	if (v >= 10)
		(void)put_two(t + (at -= 2), (unsigned)v);
	else
		t[--at] = (char)('0' + v);
	memcpy(p, t + at, 20);
	return p + (20 - at);
}

/* 16 bytes as 32 digits. */
#ifdef __SSE2__
#include <emmintrin.h>

static inline void
hex16(char *to, const char *from, bool upper)
{
	const __m128i in = _mm_loadu_si128((const __m128i *)(const void *)from), low = _mm_set1_epi8(15);
	__m128i h = _mm_and_si128(_mm_srli_epi16(in, 4), low), l = _mm_and_si128(in, low), nine = _mm_set1_epi8(9);
	__m128i zero = _mm_set1_epi8('0'), letter = _mm_set1_epi8((char)(upper ? 'A' - '9' - 1 : 'a' - '9' - 1));
	__m128i a = _mm_unpacklo_epi8(h, l), b = _mm_unpackhi_epi8(h, l);

	a = _mm_add_epi8(_mm_add_epi8(a, zero), _mm_and_si128(_mm_cmpgt_epi8(a, nine), letter));
	b = _mm_add_epi8(_mm_add_epi8(b, zero), _mm_and_si128(_mm_cmpgt_epi8(b, nine), letter));
	_mm_storeu_si128((__m128i *)(void *)to, a);
	_mm_storeu_si128((__m128i *)(void *)(to + 16), b);
}
#else
static inline void
hex16(char *to, const char *from, bool upper)
{
	const char *digit = upper ? "0123456789ABCDEF" : evtx_digits;

	for (size_t i = 0; i < 16; i++) {
		to[2 * i] = digit[(unsigned char)from[i] >> 4];
		to[2 * i + 1] = digit[from[i] & 15];
	}
}
#endif

static inline char *
put_hex(char *p, uint64_t v)
{
	unsigned n = (67u - (unsigned)__builtin_clzll(v | 1)) / 4;
	char in[16] = {0}, out[32];

	v = htobe64(v);
	memcpy(in, &v, sizeof v);
	hex16(out, in, false);
	p[0] = '0';
	p[1] = 'x';
	/* 16 bytes go over, and what is behind the number is written over. */
	memcpy(p + 2, out + 16 - n, 16);
	return p + 2 + n;
}

static inline char *
put_bytes(char *p, const char *from, size_t n)
{
	static const char upper[] = "0123456789ABCDEF";

	for (; n >= 16; n -= 16, from += 16, p += 32)
		hex16(p, from, true);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)from[i];

		*p++ = upper[c >> 4];
		*p++ = upper[c & 15];
	}
	return p;
}

/* Data1 to Data3 are numbers, little-endian; the rest is bytes. */
static inline char *
put_guid(char *p, const char *from)
{
	uint32_t a = htobe32(evtx_u32(from));
	uint16_t b = htobe16(evtx_u16(from + 4)), c = htobe16(evtx_u16(from + 6));
	char in[16], out[32];

	memcpy(in, &a, 4);
	memcpy(in + 4, &b, 2);
	memcpy(in + 6, &c, 2);
	memcpy(in + 8, from + 8, 8);
	hex16(out, in, true);
	memcpy(p, out, 8);
	p[8] = '-';
	memcpy(p + 9, out + 8, 4);
	p[13] = '-';
	memcpy(p + 14, out + 12, 4);
	p[18] = '-';
	memcpy(p + 19, out + 16, 4);
	p[23] = '-';
	memcpy(p + 24, out + 20, 12);
	return p + 36;
}

static char *
put_sid(char *p, struct slice s)
{
	uint64_t authority = 0;
	size_t n;

	if (s.n < 8)
		return NULL;
	n = (unsigned char)s.p[1];
	if (s.n < 8 + 4 * n)
		return NULL;
	for (size_t i = 2; i < 8; i++)
		authority = authority << 8 | (unsigned char)s.p[i];
	*p++ = 'S';
	*p++ = '-';
	p = put_u64(p, (unsigned char)s.p[0]);
	*p++ = '-';
	p = put_u64(p, authority);
	for (size_t i = 0; i < n; i++) {
		*p++ = '-';
		p = put_u64(p, evtx_u32(s.p + 8 + 4 * i));
	}
	return p;
}

static char *
put_time(char *p, struct stamp at)
{
	stamp_put(p, at);
	p[STAMP_LEN - 3] = 'Z';			/* 100 ns is all there is */
	return p + STAMP_LEN - 2;
}

/* 1601-01-01 to 9999-12-31: Hinnant's civil_from_days, from the first of March of the year 0, in 32 bits. */
static char *
put_filetime(char *p, uint64_t v)
{
	enum { SECOND = 10000000, DAY = 86400, TO_1601 = 584694, ERA = 146097 };
	static const uint64_t year_10000 = 2650467744000000000;
	uint32_t days, left, frac, of_era, year, of_year, m;

	if (v >= year_10000)
		return put_time(p, stamp_filetime(v));
	days = (uint32_t)(v / SECOND / DAY) + TO_1601;
	left = (uint32_t)(v / SECOND % DAY);
	frac = (uint32_t)(v % SECOND);
	of_era = days % ERA;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	m = (5 * of_year + 2) / 153;
	year += days / ERA * 400 + (m >= 10);
	memcpy(p, "0000-00-00T00:00:00.0000000Z", 28);
	(void)put_two(p, year / 100);
	(void)put_two(p + 2, year % 100);
	(void)put_two(p + 5, m < 10 ? m + 3 : m - 9);
	(void)put_two(p + 8, of_year - (153 * m + 2) / 5 + 1);
	(void)put_two(p + 11, left / 3600);
	(void)put_two(p + 14, left / 60 % 60);
	(void)put_two(p + 17, left % 60);
	(void)put_two(p + 20, frac / 100000);
	(void)put_two(p + 22, frac / 1000 % 100);
	(void)put_two(p + 24, frac / 10 % 100);
	p[26] = (char)('0' + frac % 10);
	return p + 28;
}

static char *
put_systemtime(char *p, const char *from)
{
	struct stamp_civil c = {.year = evtx_u16(from), .month = evtx_u16(from + 2), .day = evtx_u16(from + 6),
	    .hour = evtx_u16(from + 8), .minute = evtx_u16(from + 10),
	    .second = evtx_u16(from + 12), .ns = evtx_u16(from + 14) * 1000000u};

	if (evtx_u16(from + 14) > 999 || !stamp_civil_ok(&c))
		return NULL;
	return put_time(p, (struct stamp){stamp_seconds(&c), c.ns});
}

/* Bytes of one value by type; 0: any. */
static size_t
width(uint8_t type)
{
	static const uint8_t w[0x20] = {[3] = 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, [0x0f] = 16, [0x11] = 8, 16, [0x14] = 4, 8};

	return type < sizeof w ? w[type] : 0;
}

static inline char *
put_signed(char *p, int64_t i)
{
	if (i < 0)
		*p++ = '-';
	return put_u64(p, i < 0 ? 0 - (uint64_t)i : (uint64_t)i);
}

static char *
put_bool(char *p, struct slice s)
{
	if (s.n != 1 && s.n != 4)
		return NULL;
	if (s.p[0] || (s.n == 4 && evtx_u32(s.p))) {
		memcpy(p, "true", 4);
		return p + 4;
	}
	memcpy(p, "false", 5);
	return p + 5;
}

static char *
put_sized(char *p, uint8_t type, struct slice s)
{
	if (width(type) == 0 || s.n != width(type))
		return NULL;
	switch (type) {
	case 0x03:
		return put_signed(p, (signed char)s.p[0]);
	case 0x04:
		return put_u64(p, (unsigned char)s.p[0]);
	case 0x05:
		return put_signed(p, (int16_t)evtx_u16(s.p));
	case 0x06:
		return put_u64(p, evtx_u16(s.p));
	case 0x07:
		return put_signed(p, (int32_t)evtx_u32(s.p));
	case 0x08:
		return put_u64(p, evtx_u32(s.p));
	case 0x09:
		return put_signed(p, (int64_t)evtx_u64(s.p));
	case 0x0a:
		return put_u64(p, evtx_u64(s.p));
	case 0x0f:
		return put_guid(p, s.p);
	case 0x11:
		return put_filetime(p, evtx_u64(s.p));
	case 0x12:
		return put_systemtime(p, s.p);
	case 0x14:
		return put_hex(p, evtx_u32(s.p));
	case 0x15:
		return put_hex(p, evtx_u64(s.p));
	}
	return NULL;
}

char *
evtx_put(char *p, uint8_t type, struct slice s, uint32_t *err)
{
	switch (type) {
	case EVTX_TEXT:
		return evtx_put_utf16(p, s, err);
	case EVTX_STRING:
		return evtx_put_string(p, s, err);
	case EVTX_ANSI:
		return evtx_put_ansi(p, s, err);
	case EVTX_FLOAT:
	case EVTX_DOUBLE:
		return NULL;
	case 0x0d:
		return put_bool(p, s);
	case 0x0e:
		return put_bytes(p, s.p, s.n);
	case 0x10:
		return s.n == 4 ? put_hex(p, evtx_u32(s.p)) : s.n == 8 ? put_hex(p, evtx_u64(s.p)) : NULL;
	case 0x13:
		return put_sid(p, s);
	}
	return put_sized(p, type, s);
}

static bool
put_real(struct buf *b, uint8_t type, struct slice s)
{
	float f;
	double d;

	if (s.n != width(type))
		return false;
	memcpy(&f, s.p, sizeof f);
	d = (double)f;
	if (type == EVTX_DOUBLE)
		memcpy(&d, s.p, sizeof d);
	if (isnan(d))
		buf_lit(b, "\"nan\"");
	else if (isinf(d))
		buf_str(b, d < 0 ? "\"-inf\"" : "\"inf\"");
	else
		buf_f64(b, d);
	return true;
}

bool
evtx_quoted(uint8_t type)
{
	return type == EVTX_STRING || type == EVTX_ANSI || type == EVTX_TEXT || (type >= 0x0e && type <= 0x15);
}

static bool
put_value(struct buf *b, struct evtx_value v, uint32_t *err)
{
	size_t from = b->n;
	char *p;

	if (v.type == EVTX_FLOAT || v.type == EVTX_DOUBLE)
		return put_real(b, v.type, v.bytes);
	buf_room(b, EVTX_ROOM(v.bytes.n));
	if (evtx_quoted(v.type))
		b->p[b->n++] = '"';
	p = evtx_put(b->p + b->n, v.type, v.bytes, err);
	if (p)
		b->n = (size_t)(p - b->p);
	else
		b->n = from;
	if (p && evtx_quoted(v.type))
		b->p[b->n++] = '"';
	return p != NULL;
}

bool
evtx_value(struct buf *b, struct evtx_value v, uint32_t *err)
{
	uint32_t e = 0;
	bool ok = v.type != EVTX_NULL && put_value(b, v, &e);

	*err |= e & EVTX_ERRS;
	if (!ok && v.type != EVTX_NULL)
		*err |= 1u << ERR_wrong_size;
	return ok;
}

void
evtx_utf16(struct buf *b, struct slice s, uint32_t *err)
{
	uint32_t e = 0;

	buf_room(b, EVTX_ROOM(s.n));
	b->n = (size_t)(evtx_put_utf16(b->p + b->n, s, &e) - b->p);
	*err |= e & EVTX_ERRS;
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
