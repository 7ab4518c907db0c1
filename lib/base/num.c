#include "lib/base/num.h"

#include "lib/base/mem.h"

#include <math.h>
#include <stdlib.h>

bool
num_u64(struct slice s, uint64_t *v)
{
	uint64_t sum = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!num_digit(s.p[i]) || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(s.p[i] - '0'), &sum))
			return false;
	*v = sum;
	return true;
}

bool
num_i64(struct slice s, int64_t *v)
{
	bool minus = s.n && s.p[0] == '-';
	uint64_t u;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = slice_from(s, 1);
	if (!num_u64(s, &u) || u > (uint64_t)INT64_MAX + minus)
		return false;
	*v = minus ? (int64_t)(0 - u) : (int64_t)u;
	return true;
}

bool
num_hex(struct slice s, uint64_t *v)
{
	uint64_t sum = 0;

	if (s.n > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x')
		s = slice_from(s, 2);
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], low = (char)(c | 0x20);
		int d = num_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;

		if (d < 0 || sum >> 60)
			return false;
		sum = sum << 4 | (uint64_t)d;
	}
	*v = sum;
	return true;
}

size_t
num_digits(struct slice s, size_t max, uint64_t *v)
{
	size_t n = 0;

	*v = 0;
	if (max > 19)		/* 19 nines fit in 64 bits, 20 do not */
		max = 19;
	for (; n < s.n && n < max && num_digit(s.p[n]); n++)
		*v = *v * 10 + (uint64_t)(s.p[n] - '0');
	return n;
}

static size_t
run(struct slice s, size_t at)
{
	while (at < s.n && num_digit(s.p[at]))
		at++;
	return at;
}

/* [-+] digits [. digits] [e [-+] digits]: *point and *e are where the parts stand, s.n if they do not. */
static bool
shape(struct slice s, size_t *start, size_t *point, size_t *e)
{
	size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+'), next;

	*start = at;
	*point = *e = s.n;
	if ((next = run(s, at)) == at)
		return false;
	at = next;
	if (at < s.n && s.p[at] == '.') {
		*point = at++;
		if ((next = run(s, at)) == at)
			return false;
		at = next;
	}
	if (at < s.n && (s.p[at] | 0x20) == 'e') {
		*e = at++;
		if (at < s.n && (s.p[at] == '-' || s.p[at] == '+'))
			at++;
		if ((next = run(s, at)) == at)
			return false;
		at = next;
	}
	return at == s.n;
}

/* Up to 15 digits without an exponent: both parts of the quotient are exact doubles, so the quotient is the nearest one. */
static double
short_form(struct slice s, size_t start, size_t point)
{
	static const double ten[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	uint64_t v = 0;
	double d;

	for (size_t i = start; i < s.n; i++)
		if (i != point)
			v = v * 10 + (uint64_t)(s.p[i] - '0');
	d = (double)v / ten[point < s.n ? s.n - point - 1 : 0];
	return s.p[0] == '-' ? -d : d;
}

bool
num_f64(struct slice s, double *v)
{
	size_t start, point, e;
	char *text;

	if (!shape(s, &start, &point, &e))
		return false;
	if (e == s.n && s.n - start <= 15) {
		*v = short_form(s, start, point);
		return true;
	}
	/* strtod wants a C string; no program sets a locale, so its point is a point. */
	text = mem_str(s);
	*v = strtod(text, NULL);
	free(text);
	return isfinite(*v);
}

bool
num_size(struct slice s, uint64_t *v)
{
	static const char unit[] = "kmgt";
	size_t at = run(s, 0);
	struct slice tail = slice_from(s, at);
	const char *hit = NULL;
	uint64_t sum;
	int shift;

	if (!num_u64(slice_head(s, at), &sum))
		return false;
	if (tail.n && (tail.p[0] | 0x20) > 'a')
		hit = memchr(unit, tail.p[0] | 0x20, sizeof unit - 1);
	if (hit)
		tail = slice_from(tail, 1);
	if (hit && tail.n == 2 && tail.p[0] == 'i')
		tail = slice_from(tail, 1);
	if (tail.n > 1 || (tail.n == 1 && tail.p[0] != 'B'))
		return false;
	shift = hit ? 10 * (int)(hit - unit + 1) : 0;
	if (shift && sum >> (64 - shift))
		return false;
	*v = sum << shift;
	return true;
}
