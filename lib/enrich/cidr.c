#include "lib/enrich/cidr.h"

#include <endian.h>
#include <stdlib.h>

enum { FIRST_V4 = 96 };

static inline void
halves(const struct addr *a, uint64_t *hi, uint64_t *lo)
{
	memcpy(hi, a->b, 8);
	memcpy(lo, a->b + 8, 8);
	*hi = be64toh(*hi);
	*lo = be64toh(*lo);
}

/* Equal in the first `bits` bits? */
static inline bool
holds(const struct cidr_row *r, uint64_t hi, uint64_t lo)
{
	hi ^= r->hi;
	lo ^= r->lo;
	if (r->bits <= 64)
		return r->bits == 0 || hi >> (64 - r->bits) == 0;
	return hi == 0 && lo >> (128 - r->bits) == 0;
}

void
cidr_add(struct cidr *c, const struct prefix *p, uint32_t value)
{
	struct cidr_row r = {.value = value, .parent = CIDR_NONE, .bits = p->bits};

	halves(&p->a, &r.hi, &r.lo);
	c->row = mem_grow(c->row, &c->cap, c->n, sizeof *c->row);
	c->row[c->n++] = r;
}

/* By address, the shorter prefix first: what holds a row stands before it. */
static int
order(const void *a, const void *b)
{
	const struct cidr_row *x = a, *y = b;

	if (x->hi != y->hi)
		return x->hi < y->hi ? -1 : 1;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return x->bits < y->bits ? -1 : x->bits > y->bits;
}

void
cidr_done(struct cidr *c)
{
	if (c->n)
		qsort(c->row, c->n, sizeof *c->row, order);
	for (uint32_t i = 1; i < c->n; i++) {
		uint32_t up = i - 1;

		while (up != CIDR_NONE && !holds(&c->row[up], c->row[i].hi, c->row[i].lo))
			up = c->row[up].parent;
		c->row[i].parent = up;
	}
}

/* An IPv6 prefix shorter than /96 holds no IPv4 address, though the mapped form lies in it (lib/base/addr.h). */
uint32_t
cidr_find(const struct cidr *c, const struct addr *a)
{
	size_t from = 0, n = c->n;
	uint32_t at;
	uint64_t hi, lo;
	bool v4 = addr_is4(a);

	if (n == 0)
		return CIDR_NONE;
	halves(a, &hi, &lo);
	while (n > 1) {
		const struct cidr_row *r = &c->row[from + n / 2];
		bool after = r->hi < hi || (r->hi == hi && r->lo <= lo);

		from = after ? from + n / 2 : from;
		n -= n / 2;
	}
	for (at = (uint32_t)from; at != CIDR_NONE; at = c->row[at].parent)
		if (holds(&c->row[at], hi, lo) && (!v4 || c->row[at].bits >= FIRST_V4))
			return c->row[at].value;
	return CIDR_NONE;
}

void
cidr_free(struct cidr *c)
{
	free(c->row);
	*c = (struct cidr){0};
}
