/* UTF-16 and Windows-1252 as the inside of JSON strings: written at a place that has room (EVTX_ROOM), many units at a time. */
#include "lib/format/evtx_json.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool
clean(unsigned c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#ifdef __SSE2__
/* Unsigned saturation: what is over 255 becomes 255 (or 0 from 0x8000 on), and neither is clean. */
static inline unsigned
narrow(char *to, __m128i a, __m128i b)
{
	__m128i v = _mm_packus_epi16(a, b);
	__m128i bad = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(0x20)),
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));

	_mm_storeu_si128((__m128i *)(void *)to, v);
	return (unsigned)_mm_movemask_epi8(bad);
}

static inline __m128i
eight(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* As many units as are clean ASCII; `to` has room for all and 16 more. */
static inline size_t
copy_clean(char *to, const char *p, size_t n)
{
	size_t i = 0;
	unsigned bad;

	for (; n - i >= 16; i += 16) {
		bad = narrow(to + i, eight(p + 2 * i), eight(p + 2 * i + 16));
		if (bad)
			return i + (size_t)__builtin_ctz(bad);
	}
	if (i == n)
		return n;
	if (n >= 8) {
		/* The last ones again with those before them: what was clean is so once more. */
		if (n - i > 8) {
			bad = narrow(to + i, eight(p + 2 * i), _mm_setzero_si128()) & 0xff;
			if (bad)
				return i + (size_t)__builtin_ctz(bad);
		}
		bad = narrow(to + n - 8, eight(p + 2 * n - 16), _mm_setzero_si128()) & 0xff;
		return bad ? n - 8 + (size_t)__builtin_ctz(bad) : n;
	}
	for (; i < n && clean(evtx_u16(p + 2 * i)); i++)
		to[i] = p[2 * i];
	return i;
}
#else
static inline size_t
copy_clean(char *to, const char *p, size_t n)
{
	size_t i = 0;

	for (; i < n && clean(evtx_u16(p + 2 * i)); i++)
		to[i] = p[2 * i];
	return i;
}
#endif

static char *
escape(char *p, unsigned c)
{
	static const char letter[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	*p++ = '\\';
	if (c >= 0x20) {
		*p++ = (char)c;
	} else if (letter[c]) {
		*p++ = letter[c];
	} else {
		memcpy(p, "u00", 3);
		p[3] = evtx_digits[c >> 4];
		p[4] = evtx_digits[c & 15];
		p += 5;
	}
	return p;
}

static char *
put_point(char *p, uint32_t c)
{
	if (c < 0x800) {
		*p++ = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		*p++ = (char)(0xe0 | c >> 12);
		*p++ = (char)(0x80 | (c >> 6 & 0x3f));
	} else {
		*p++ = (char)(0xf0 | c >> 18);
		*p++ = (char)(0x80 | (c >> 12 & 0x3f));
		*p++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*p++ = (char)(0x80 | (c & 0x3f));
	return p;
}

static inline char *
put_unit(char *p, uint32_t c, uint32_t *err)
{
	if (c >= 0x80)
		return put_point(p, c);
	if (clean(c)) {
		*p = (char)c;
		return p + 1;
	}
	*err |= c == '"' || c == '\\' ? EVTX_ESCAPED : EVTX_ESCAPED | EVTX_ODD;
	return escape(p, c);
}

/* A backslash, of which paths have many, is no matter of its own. */
static inline char *
put_other(char *p, struct slice s, size_t *i, uint32_t *err)
{
	uint32_t c = evtx_u16(s.p + 2 * *i);

	++*i;
	if (c == '\\') {
		p[0] = p[1] = '\\';
		*err |= EVTX_ESCAPED;
		return p + 2;
	}
	if (c >= 0xd800 && c < 0xdc00 && *i < s.n / 2 && (evtx_u16(s.p + 2 * *i) & 0xfc00) == 0xdc00) {
		c = 0x10000 + ((c & 0x3ff) << 10) + (evtx_u16(s.p + 2 * *i) & 0x3ff);
		++*i;
	} else if (c >= 0xd800 && c < 0xe000) {
		c = 0xfffd;
		*err |= 1u << ERR_bad_utf8;
	}
	return put_unit(p, c, err);
}

char *
evtx_put_utf16(char *p, struct slice s, uint32_t *err)
{
	size_t n = s.n / 2, i = 0;

	while (i < n) {
		size_t got = copy_clean(p, s.p + 2 * i, n - i);

		p += got;
		i += got;
		if (i < n)
			p = put_other(p, s, &i, err);
	}
	return p;
}

/* The string ends at the first NUL. */
char *
evtx_put_string(char *p, struct slice s, uint32_t *err)
{
	size_t n = s.n / 2, i = 0;

	if (s.n & 1)
		*err |= 1u << ERR_wrong_size;
	while (i < n) {
		size_t got = copy_clean(p, s.p + 2 * i, n - i);

		p += got;
		i += got;
		if (i == n)
			break;
		if (evtx_u16(s.p + 2 * i) == 0) {
			while (++i < n)
				if (evtx_u16(s.p + 2 * i) != 0)
					*err |= 1u << ERR_nul_text;
			break;
		}
		p = put_other(p, slice_head(s, 2 * n), &i, err);
	}
	return p;
}

/* Windows-1252 as the WHATWG Encoding Standard maps it: 0x81 and its like are C1 controls. */
char *
evtx_put_ansi(char *p, struct slice s, uint32_t *err)
{
	static const uint16_t high[0x20] = {
		0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
		0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
	};

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c)
			p = put_unit(p, c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c, err);
	}
	return p;
}
