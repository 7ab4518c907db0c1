#include "lib/base/num.h"
#include "lib/json/priv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static uint32_t
hex4(const char *p)
{
	return (uint32_t)(json_hex(p[0]) << 12 | json_hex(p[1]) << 8 | json_hex(p[2]) << 4 | json_hex(p[3]));
}

/* \uXXXX at p, perhaps a pair (RFC 8259 section 7); returns how many bytes it took.  A lone surrogate is U+FFFD. */
static size_t
add_u(struct buf *b, const char *p, const char *end)
{
	uint32_t c = hex4(p + 2), low;

	if (c < 0xd800 || c > 0xdfff) {
		utf8_put(b, c);
		return 6;
	}
	if (c < 0xdc00 && end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
		low = hex4(p + 8);
		if (low >= 0xdc00 && low <= 0xdfff) {
			utf8_put(b, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
			return 12;
		}
	}
	utf8_put(b, 0xfffd);
	return 6;
}

static char
plain(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

void
json_decode(struct slice s, struct buf *out)
{
	const char *p = s.p, *end = s.p + s.n;

	buf_room(out, s.n);
	while (p < end) {
		size_t n = slice_find(slice_of(p, (size_t)(end - p)), '\\');

		buf_add(out, p, n);
		p += n;
		if (p == end)
			break;
		if (p[1] == 'u') {
			p += add_u(out, p, end);
		} else {
			buf_byte(out, plain(p[1]));
			p += 2;
		}
	}
}

/* \/ and \u need a look: json_put_text writes the first one bare and the second one hardly ever. */
static bool
short_one_by_one(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\\' && (s.p[++i] == '/' || s.p[i] == 'u'))
			return false;
	return true;
}

bool
json_escapes_short(struct slice s)
{
	size_t i = 0;

#ifdef __SSE2__
	const __m128i slash = _mm_set1_epi8('\\'), bare = _mm_set1_epi8('/'), u = _mm_set1_epi8('u');

	/* A backslash before one of them may itself be escaped: only then the string is read from its start. */
	for (; i + 17 <= s.n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i next = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i + 1));
		__m128i hit = _mm_and_si128(_mm_cmpeq_epi8(v, slash),
		    _mm_or_si128(_mm_cmpeq_epi8(next, bare), _mm_cmpeq_epi8(next, u)));

		if (_mm_movemask_epi8(hit))
			return short_one_by_one(s);
	}
#endif
	for (; i + 1 < s.n; i++)
		if (s.p[i] == '\\' && (s.p[i + 1] == '/' || s.p[i + 1] == 'u'))
			return short_one_by_one(s);
	return true;
}

void
json_text_add(const struct json *j, uint32_t v, struct buf *out)
{
	if (j->node[v].type != JSON_STRING)
		buf_slice_add(out, json_raw(j, v));
	else if (!j->node[v].escaped)
		buf_slice_add(out, json_inner(j, v));
	else
		json_decode(json_inner(j, v), out);
}

struct slice
json_text(const struct json *j, uint32_t v, struct buf *scratch)
{
	size_t from = scratch->n;

	if (j->node[v].type != JSON_STRING)
		return json_raw(j, v);
	if (!j->node[v].escaped)
		return json_inner(j, v);
	json_decode(json_inner(j, v), scratch);
	return slice_of(scratch->p + from, scratch->n - from);
}

/* A decimal number taken apart: value = digits * 10^exponent, zeros at both ends of the digits dropped. */
struct decimal {
	bool minus, big;		/* big: the digits alone exceed 64 bits */
	uint64_t digits;
	int64_t exponent;
};

/* Beyond this an exponent decides alone: no document has so many digits. */
enum { EXPONENT_MAX = 1000000000 };

static const char *
take_exponent(const char *p, const char *end, int64_t *e)
{
	bool minus = p < end && *p == '-';

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (*e = 0; p < end; p++)
		if (*e < EXPONENT_MAX)
			*e = *e * 10 + (*p - '0');
	if (minus)
		*e = -*e;
	return p;
}

/* Zeros wait until a digit follows them: those at the end only raise the exponent. */
static void
take_digit(struct decimal *d, int64_t *zeros, char c)
{
	if (c == '0') {
		++*zeros;
		return;
	}
	for (; *zeros && d->digits; --*zeros)
		d->big |= __builtin_mul_overflow(d->digits, 10, &d->digits);
	*zeros = 0;
	d->big |= __builtin_mul_overflow(d->digits, 10, &d->digits);
	d->big |= __builtin_add_overflow(d->digits, (uint64_t)(c - '0'), &d->digits);
}

static bool
decimal(const struct json *j, uint32_t v, struct decimal *d)
{
	struct slice s = json_raw(j, v);
	const char *p = s.p, *end = s.p + s.n;
	int64_t zeros = 0, places = 0, e = 0;
	bool point = false;

	*d = (struct decimal){0};
	if (json_type(j, v) != JSON_NUMBER)
		return false;
	if (*p == '-') {
		d->minus = true;
		p++;
	}
	for (; p < end && (*p | 0x20) != 'e'; p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		places += point;
		take_digit(d, &zeros, *p);
	}
	if (p < end)
		take_exponent(p + 1, end, &e);
	d->exponent = e - places + zeros;
	return !d->big;
}

/* The number's size as an integer; false if it is none or above 2^64 - 1. */
static bool
magnitude(const struct json *j, uint32_t v, uint64_t *out, bool *minus)
{
	struct decimal d;

	if (!decimal(j, v, &d))
		return false;
	*minus = d.minus;
	*out = d.digits;
	if (d.digits == 0)
		return true;
	if (d.exponent < 0 || d.exponent > 19)
		return false;
	while (d.exponent--)
		if (__builtin_mul_overflow(*out, 10, out))
			return false;
	return true;
}

bool
json_i64(const struct json *j, uint32_t v, int64_t *out)
{
	uint64_t m;
	bool minus;

	if (!magnitude(j, v, &m, &minus) || m > (uint64_t)INT64_MAX + minus)
		return false;
	*out = (int64_t)(minus ? 0 - m : m);
	return true;
}

bool
json_u64(const struct json *j, uint32_t v, uint64_t *out)
{
	bool minus;

	return magnitude(j, v, out, &minus) && (!minus || *out == 0);
}

bool
json_f64(const struct json *j, uint32_t v, double *out)
{
	return json_type(j, v) == JSON_NUMBER && num_f64(json_raw(j, v), out);
}

/* A member's name against one without escapes. */
static bool
named(const struct json *j, uint32_t key, struct slice name)
{
	struct buf text = {0};
	bool same;

	if (!j->node[key].escaped)
		return slice_eq(json_inner(j, key), name);
	if (json_inner(j, key).n <= name.n)
		return false;
	json_text_add(j, key, &text);
	same = slice_eq(buf_slice(&text), name);
	buf_free(&text);
	return same;
}

uint32_t
json_get(const struct json *j, uint32_t object, struct slice name)
{
	if (json_type(j, object) != JSON_OBJECT)
		return JSON_NONE;
	for (uint32_t k = json_first(j, object); k != JSON_NONE; k = json_following(j, object, k))
		if (named(j, k, name))
			return json_value(j, k);
	return JSON_NONE;
}

/* How much of the path a member's name takes, its dot included; 0 if it is no beginning of it. */
static size_t
takes(const struct json *j, uint32_t key, struct slice path)
{
	struct buf text = {0};
	struct slice name = json_text(j, key, &text);
	size_t n = 0;

	if (slice_eq(name, path))
		n = path.n;
	else if (path.n > name.n && path.p[name.n] == '.' && slice_starts(path, name))
		n = name.n + 1;
	buf_free(&text);
	return n;
}

/*
 * All ways are tried, in the tape's order, without a stack: whoever leaves an object by its end takes up the path where
 * the object around it stood.  Objects that no beginning of the path leads into are skipped whole.
 */
uint32_t
json_path(const struct json *j, uint32_t v, struct slice path)
{
	uint32_t hit = json_get(j, v, path), end[JSON_DEPTH_MAX], depth = 0, k = v + 1;
	size_t from[JSON_DEPTH_MAX];

	if (hit != JSON_NONE || json_type(j, v) != JSON_OBJECT)
		return hit;
	end[0] = j->node[v].next;
	from[0] = 0;
	for (;;) {
		size_t n;

		while (k == end[depth])
			if (depth-- == 0)
				return JSON_NONE;
		n = takes(j, k, slice_from(path, from[depth]));
		k = json_value(j, k);
		if (n && from[depth] + n == path.n && path.p[path.n - 1] != '.')
			return k;
		if (n && json_type(j, k) == JSON_OBJECT) {
			end[depth + 1] = j->node[k].next;
			from[depth + 1] = from[depth] + n;
			depth++;
			k++;
		} else {
			k = j->node[k].next;
		}
	}
}
