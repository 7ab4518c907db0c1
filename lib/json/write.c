#include "lib/json/priv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Eight bytes that need no look: none below 0x20, no quote, no backslash, none from 0x80 (Mycroft's byte tests). */
static inline bool
clean8(const char *p)
{
	const uint64_t one = 0x0101010101010101u, top = 0x8080808080808080u;
	uint64_t v, quote, slash;

	memcpy(&v, p, sizeof v);
	quote = v ^ one * '"';
	slash = v ^ one * '\\';
	return ((v | (v - one * 0x20) | (quote - one) | (slash - one)) & top) == 0;
}

static inline bool
clean(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

static void
add_escape(struct buf *b, unsigned char c)
{
	static const char digit[] = "0123456789abcdef";
	static const char letter[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char t[6] = {'\\', 'u', '0', '0', digit[c >> 4], digit[c & 15]};

	if (c < 0x20 && letter[c] == 0) {
		buf_add(b, t, sizeof t);
		return;
	}
	buf_byte(b, '\\');
	buf_byte(b, c < 0x20 ? letter[c] : (char)c);
}

/* One byte or sequence that is not clean; returns its length. */
static size_t
add_special(struct buf *b, const char *p, const char *end, bool *ok)
{
	uint32_t point;
	size_t n;

	if ((unsigned char)*p < 0x80) {
		add_escape(b, (unsigned char)*p);
		return 1;
	}
	n = utf8_next(slice_of(p, (size_t)(end - p)), 0, &point);
	if (point == UTF8_BAD) {
		*ok = false;
		buf_lit(b, "\xef\xbf\xbd");
	} else {
		buf_add(b, p, n);
	}
	return n;
}

/* Copies from p while the bytes need no look; at least 16 bytes more than the text's rest can be written at `to`. */
static inline size_t
copy_clean(char *to, const char *p, const char *end)
{
	const char *start = p;

#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), low = _mm_set1_epi8(0x20);

	for (; end - p >= 16; p += 16, to += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		/* Signed: bytes from 0x80 on are below 0x20 as well. */
		__m128i bad = _mm_or_si128(_mm_cmplt_epi8(v, low), _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
		int mask = _mm_movemask_epi8(bad);

		_mm_storeu_si128((__m128i *)(void *)to, v);
		if (mask)
			return (size_t)(p - start) + (size_t)__builtin_ctz((unsigned)mask);
	}
	/* The rest of a longer text: the last 16 bytes, some of them again. */
	if (p < end && p > start) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(end - 16));
		__m128i bad = _mm_or_si128(_mm_cmplt_epi8(v, low), _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));

		if (_mm_movemask_epi8(bad) == 0) {
			_mm_storeu_si128((__m128i *)(void *)(to + (end - p) - 16), v);
			return (size_t)(end - start);
		}
	}
#endif
	if (end - p >= 8 && end - p < 16 && clean8(p) && clean8(end - 8)) {
		memcpy(to + (end - p) - 8, end - 8, 8);
		memcpy(to, p, 8);
		return (size_t)(end - start);
	}
	for (; end - p >= 8 && clean8(p); p += 8, to += 8)
		memcpy(to, p, 8);
	for (; p < end && clean(*p); p++)
		*to++ = *p;
	return (size_t)(p - start);
}

bool
json_put_text(struct buf *b, struct slice text)
{
	const char *p = text.n ? text.p : "", *end = p + text.n;
	bool ok = true;

	buf_room(b, text.n + 18);
	b->p[b->n++] = '"';
	for (;;) {
		size_t n = copy_clean(b->p + b->n, p, end);

		b->n += n;
		p += n;
		if (p == end)
			break;
		if (*p == '\\' || *p == '"') {
			b->p[b->n++] = '\\';
			b->p[b->n++] = *p++;
		} else {
			p += add_special(b, p, end, &ok);
		}
		if (b->cap - b->n < (size_t)(end - p) + 18)
			buf_room(b, (size_t)(end - p) + 18);
	}
	b->p[b->n++] = '"';
	return ok;
}

void
json_put_key(struct buf *b, struct slice name)
{
	(void)json_put_text(b, name);
	buf_byte(b, ':');
}

/* What stands before a value; after it a comma is due. */
static inline void
comma(struct json_out *o)
{
	if (o->comma)
		buf_byte(o->b, ',');
	o->comma = true;
}

void
jo_open(struct json_out *o, char bracket)
{
	comma(o);
	buf_byte(o->b, bracket);
	o->depth++;
	o->comma = false;
}

void
jo_close(struct json_out *o, char bracket)
{
	buf_byte(o->b, bracket);
	o->depth--;
	o->comma = true;
}

void
jo_key(struct json_out *o, struct slice name)
{
	comma(o);
	json_put_key(o->b, name);
	o->comma = false;
}

void
jo_text(struct json_out *o, struct slice s)
{
	comma(o);
	(void)json_put_text(o->b, s);
}

void
jo_str(struct json_out *o, const char *s)
{
	jo_text(o, slice_str(s));
}

void
jo_i64(struct json_out *o, int64_t v)
{
	comma(o);
	buf_i64(o->b, v);
}

void
jo_u64(struct json_out *o, uint64_t v)
{
	comma(o);
	buf_u64(o->b, v);
}

void
jo_f64(struct json_out *o, double v)
{
	comma(o);
	buf_f64(o->b, v);
}

void
jo_bool(struct json_out *o, bool v)
{
	comma(o);
	buf_str(o->b, v ? "true" : "false");
}

void
jo_null(struct json_out *o)
{
	comma(o);
	buf_lit(o->b, "null");
}

void
jo_raw(struct json_out *o, struct slice json)
{
	comma(o);
	buf_slice_add(o->b, json);
}

void
jo_ktext(struct json_out *o, const char *name, struct slice s)
{
	jo_key(o, slice_str(name));
	jo_text(o, s);
}

void
jo_kstr(struct json_out *o, const char *name, const char *s)
{
	jo_key(o, slice_str(name));
	jo_str(o, s);
}

void
jo_ki64(struct json_out *o, const char *name, int64_t v)
{
	jo_key(o, slice_str(name));
	jo_i64(o, v);
}

void
jo_ku64(struct json_out *o, const char *name, uint64_t v)
{
	jo_key(o, slice_str(name));
	jo_u64(o, v);
}

void
jo_kbool(struct json_out *o, const char *name, bool v)
{
	jo_key(o, slice_str(name));
	jo_bool(o, v);
}

void
jo_kraw(struct json_out *o, const char *name, struct slice json)
{
	jo_key(o, slice_str(name));
	jo_raw(o, json);
}

void
jo_kopen(struct json_out *o, const char *name, char bracket)
{
	jo_key(o, slice_str(name));
	jo_open(o, bracket);
}
