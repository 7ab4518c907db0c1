#include "lib/base/buf.h"
#include "lib/base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 256;

	if (b->cap - b->n >= n)
		return;
	while (cap - b->n < n && cap < SIZE_MAX / 2)
		cap *= 2;
	b->p = mem_resize(b->p, cap, 1);
	b->cap = cap;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char t[20];
	size_t at = sizeof t;

	do
		t[--at] = (char)('0' + v % 10);
	while (v /= 10);
	buf_add(b, t + at, sizeof t - at);
}

void
buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_byte(b, '-');
	buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
buf_pad(struct buf *b, uint64_t v, int digits)
{
	uint64_t limit = 10;

	for (int i = 1; i < digits; i++, limit *= 10)
		if (v < limit) {
			for (int k = i; k < digits; k++)
				buf_byte(b, '0');
			break;
		}
	buf_u64(b, v);
}

void
buf_f64(struct buf *b, double v)
{
	char t[40];
	int n = 0;

	if (!isfinite(v)) {
		buf_lit(b, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		n = snprintf(t, sizeof t, "%.*g", digits, v);
		if (strtod(t, NULL) == v)
			break;
	}
	buf_add(b, t, (size_t)n);
}

void
buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *u = p;

	buf_room(b, n * 2);
	for (size_t i = 0; i < n; i++) {
		b->p[b->n++] = digit[u[i] >> 4];
		b->p[b->n++] = digit[u[i] & 15];
	}
}

void
buf_base64(struct buf *b, struct slice s)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
		if (left > 2)
			v |= (uint32_t)(unsigned char)s.p[i + 2];
		buf_byte(b, digit[v >> 18]);
		buf_byte(b, digit[v >> 12 & 63]);
		buf_byte(b, left > 1 ? digit[v >> 6 & 63] : '=');
		buf_byte(b, left > 2 ? digit[v & 63] : '=');
	}
}

const char *
buf_cstr(struct buf *b)
{
	buf_room(b, 1);
	b->p[b->n] = '\0';
	return b->p;
}
