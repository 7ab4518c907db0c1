#include "lib/enrich/cidr.h"

#include <endian.h>
#include <stdlib.h>

enum { FIRST_V4 = 96, STEP = 64, NESTED = 129 };

static inline void
halves(const struct addr *a, uint64_t *hi, uint64_t *lo)
{
	memcpy(hi, a->b, 8);
	memcpy(lo, a->b + 8, 8);
	*hi = be64toh(*hi);
	*lo = be64toh(*lo);
}

/* ---- prefixes ------------------------------------------------------------------------------------------------------------ */
/*
 * An IPv6 prefix shorter than /96 holds no IPv4 address, though the mapped form lies in it (lib/base/addr.h): two families,
 * two lists.
 */
void
cidr_add(struct cidr *c, const struct prefix *p, uint32_t value)
{
	bool v4 = addr_is4(&p->a) && p->bits >= FIRST_V4;
	struct cidr_list *l = v4 ? &c->list4 : &c->list6;
	struct cidr_row r = {.value = value};
	unsigned __int128 rest;
	uint64_t hi, lo;

	halves(&p->a, &hi, &lo);
	rest = p->bits == 128 ? 0 : ~(unsigned __int128)0 >> p->bits;
	r.from = v4 ? lo & UINT32_MAX : (unsigned __int128)hi << 64 | lo;
	r.to = r.from | rest;
	l->row = mem_grow(l->row, &l->cap, l->n, sizeof *l->row);
	l->row[l->n++] = r;
}

/* By begin, the longer range first: what holds a row stands before it. */
static int
order(const void *a, const void *b)
{
	const struct cidr_row *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to > y->to ? -1 : x->to < y->to;
}

/* ---- ranges --------------------------------------------------------------------------------------------------------------- */
static void
begin(struct cidr_ranges *r, unsigned __int128 at, uint32_t value)
{
	uint64_t hi = r->lo ? (uint64_t)(at >> 64) : (uint64_t)at, lo = r->lo ? (uint64_t)at : 0;

	if (r->n && r->hi[r->n - 1] == hi && (r->lo == NULL || r->lo[r->n - 1] == lo))
		r->n--;
	r->hi[r->n] = hi;
	if (r->lo)
		r->lo[r->n] = lo;
	r->value[r->n++] = value;
}

/* Prefixes nest or lie apart: a stack of those that are open; where one ends the one around it goes on. */
static void
cut(struct cidr_ranges *r, const struct cidr_list *l)
{
	const struct cidr_row *open[NESTED];
	size_t depth = 0;

	begin(r, 0, CIDR_NONE);
	for (size_t i = 0; i <= l->n; i++) {
		while (depth && (i == l->n || open[depth - 1]->to < l->row[i].from)) {
			unsigned __int128 next = open[--depth]->to + 1;

			if (next)
				begin(r, next, depth ? open[depth - 1]->value : CIDR_NONE);
		}
		if (i == l->n)
			break;
		begin(r, l->row[i].from, l->row[i].value);
		open[depth++] = &l->row[i];
	}
}

static void
ranges(struct cidr_ranges *r, struct cidr_list *l, bool wide)
{
	size_t most = l->n * 2 + 1;

	if (l->n == 0)
		return;
	qsort(l->row, l->n, sizeof *l->row, order);
	r->hi = mem_alloc(most * sizeof *r->hi);
	r->lo = wide ? mem_alloc(most * sizeof *r->lo) : NULL;
	r->value = mem_alloc(most * sizeof *r->value);
	cut(r, l);
	r->samples = (r->n + STEP - 1) / STEP;
	r->sample = mem_alloc(r->samples * sizeof *r->sample);
	for (size_t i = 0; i < r->samples; i++)
		r->sample[i] = r->hi[i * STEP];
	free(l->row);
	*l = (struct cidr_list){0};
}

void
cidr_done(struct cidr *c)
{
	ranges(&c->v4, &c->list4, false);
	ranges(&c->v6, &c->list6, true);
}

/* ---- looking up ----------------------------------------------------------------------------------------------------- */
/* The last that is not over k; the first is not (or is the answer nevertheless). */
static inline size_t
last(const uint64_t *v, size_t n, uint64_t k)
{
	size_t from = 0;

	while (n > 1) {
		size_t half = n / 2;

		from += v[from + half] <= k ? half : 0;
		n -= half;
	}
	return from;
}

static inline size_t
place(const struct cidr_ranges *r, uint64_t hi)
{
	size_t from = last(r->sample, r->samples, hi) * STEP, n = r->n - from;

	/* All lines that the search may touch are asked for at once: one wait for memory instead of four. */
	for (size_t i = 0; i < STEP; i += 8)
		__builtin_prefetch(r->hi + from + i);
	for (size_t i = 0; i < STEP; i += 16)
		__builtin_prefetch(r->value + from + i);
	return from + last(r->hi + from, n < STEP ? n : STEP, hi);
}

/* Many ranges may begin in one /64: among them the lower half decides, and if all begin later it is the one before them. */
static size_t
lower(const struct cidr_ranges *r, size_t at, uint64_t hi, uint64_t lo)
{
	size_t first = hi == 0 ? 0 : place(r, hi - 1) + 1;

	if (r->lo[first] > lo)
		return first - 1;		/* range 0 begins at 0: there is one before */
	return first + last(r->lo + first, at - first + 1, lo);
}

uint32_t
cidr_find(const struct cidr *c, const struct addr *a)
{
	bool v4 = addr_is4(a);
	const struct cidr_ranges *r = v4 ? &c->v4 : &c->v6;
	uint64_t hi, lo;
	size_t at;

	if (r->n == 0)
		return CIDR_NONE;
	halves(a, &hi, &lo);
	if (v4)
		hi = lo & UINT32_MAX;
	at = place(r, hi);
	if (!v4 && r->hi[at] == hi && r->lo[at] > lo)
		at = lower(r, at, hi, lo);
	return r->value[at];
}

void
cidr_free(struct cidr *c)
{
	free(c->list4.row);
	free(c->list6.row);
	for (int i = 0; i < 2; i++) {
		struct cidr_ranges *r = i ? &c->v6 : &c->v4;

		free(r->hi);
		free(r->lo);
		free(r->sample);
		free(r->value);
	}
	*c = (struct cidr){0};
}
