#include "lib/base/mem.h"
#include "lib/base/num.h"
#include "lib/json/layout.h"
#include "lib/json/priv.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * Layouts lie in sets by a seal of what tells them apart: how many indexes they have and two names.  A seal must be seen twice
 * before its layout is learnt, and where nothing repeats nothing is learnt for a while.
 */
enum { SETS = 64, WAYS = 4, INDEXES_MIN = 8, INDEXES_MAX = 2048, PIECE = 32, MISSES = 64, REST = 4096, LOOK = 8 };
enum { TEXT_MAX = 16 * 1024 };		/* between two scalars; a tape has 16 bits for it */

struct json_layouts {
	void (*drop)(void *own);
	struct set {
		struct json_layout *way[WAYS];	/* the last one used first */
		uint64_t seen;			/* seal of what was not known the last time */
	} set[SETS];
	bool tapes;
	uint32_t misses, rest;
	const char *missed;			/* the line that json_quick did not know */
	struct draft {				/* of the layout that is being learnt */
		uint32_t slots;
		struct json_layout_slot slot[JSON_SLOTS_MAX + 1];
		struct buf text;
	} draft;
};

struct json_layouts *
json_layouts_new(void (*drop)(void *own))
{
	struct json_layouts *all = mem_zero(1, sizeof *all);

	all->drop = drop;
	return all;
}

void
json_keep_layouts(struct json *j)
{
	j->priv->layouts = json_layouts_new(free);
	j->priv->layouts->tapes = true;
}

static void
forget(struct json_layouts *all, struct json_layout *l)
{
	if (l == NULL)
		return;
	if (l->own)
		all->drop(l->own);
	free(l->text);
	free(l->tape);
	free(l->node);
	free(l);
}

void
json_layouts_free(struct json_layouts *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t w = 0; w < WAYS; w++)
			forget(all, all->set[i].way[w]);
	buf_free(&all->draft.text);
	free(all);
}

/* The name before the first colon from index i on. */
static inline uint64_t
name_at(const char *p, const uint32_t *ix, uint32_t i, uint32_t n)
{
	uint64_t v;

	for (uint32_t look = 0; i < n && p[ix[i]] != ':'; i++)
		if (++look == LOOK)
			return 0;
	if (i == n || i < 2)
		return 0;
	memcpy(&v, p + ix[i - 2] + 1, sizeof v);
	v = le64toh(v);
	n = ix[i - 1] - ix[i - 2] - 1;
	return (n < 8 ? v & (((uint64_t)1 << 8 * n) - 1) : v) + n;
}

static inline uint64_t
seal_of(const char *p, const uint32_t *ix, uint32_t n)
{
	uint64_t a = name_at(p, ix, n / 2, n), b = name_at(p, ix, n - INDEXES_MIN, n);

	a = (a ^ n) * 0x9e3779b97f4a7c15u;
	return ((a ^ a >> 32) + b) * 0xbf58476d1ce4e5b9u;
}

static inline struct set *
set_of(struct json_layouts *all, uint64_t seal)
{
	return &all->set[seal >> 58];
}
_Static_assert(SETS == 1 << 6, "set_of takes six bits");

/* Bytes of a piece that differ, in the mask. */
static inline uint32_t
differ(const char *a, const char *b, uint32_t mask)
{
#ifdef __SSE2__
	const __m128i *x = (const __m128i *)(const void *)a, *y = (const __m128i *)(const void *)b;
	uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(x), _mm_loadu_si128(y)));
	uint32_t high = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(x + 1), _mm_loadu_si128(y + 1)));

	return ~(low | high << 16) & mask;
#else
	return mask && memcmp(a, b, 32 - (size_t)__builtin_clz(mask)) != 0;
#endif
}

/* Is the text from v up to `end` one number, or one of the words? */
static inline bool
number(const char *v, const char *end)
{
	const char *q = v + num_digits16(v);

	/* Nearly all are plain. */
	if (q == end && q > v && (*v != '0' || q == v + 1))
		return true;
	return json_number_end(v) == end;
}

static inline bool
word(const char *v, const char *end)
{
	return (end - v == 4 && memcmp(v, "true", 4) == 0) || (end - v == 5 && memcmp(v, "false", 5) == 0);
}

/*
 * Between two scalars both lines must have the same bytes; so they have the same indexes there, and the scalars begin and end at
 * the same ones.  The text before a string holds its quote, so that it cannot be another type; one before null holds the word.
 */
static bool
fits(const struct json_layout *l, const char *p, const uint32_t *ix)
{
	const struct json_layout_slot *s = l->slot;
	const char *text = l->text;
	uint32_t from = *ix;

	for (uint32_t i = 0; i <= l->slots; i++, s++) {
		uint32_t at = ix[s->at];
		const char *here = p + from, *want = text + (size_t)s->text * PIECE;

		if (at - from != s->n)
			return false;
		for (unsigned k = s->further; k > 0; k--, here += PIECE, want += PIECE)
			if (differ(here, want, UINT32_MAX))
				return false;
		if (differ(here, want, s->mask))
			return false;
		from = ix[s->at + 1];
		if (s->type == JSON_NUMBER && !number(p + at, p + from))
			return false;
		if (s->type == JSON_TRUE && !word(p + at, p + from))
			return false;
	}
	return true;
}

static void
tell(struct json_quick *q, const struct json_layout *l, struct json_priv *pr, const uint32_t *ix, uint32_t n)
{
	const struct scan *s = &pr->lines;

	q->layout = l;
	q->p = pr->base;
	q->ix = ix;
	q->slash = (const unsigned char *)s->slash;
	q->line = slice_of(pr->block.p + pr->batch + ix[0], ix[n - 2] + 1 - ix[0]);
	q->at = pr->batch + ix[0];
	q->plain = !json_touched(s->odd, s->odds, &pr->odd, ix[0], ix[n - 1]);
}

/* The line's indexes with its newline; 0: nothing for us.  What is compared may be read up to 64 bytes beyond the line. */
static uint32_t
next_line(struct json_priv *pr, const uint32_t **ix)
{
	const struct scan *s = &pr->lines;
	uint32_t n, end;

	if (!json_batch(pr))
		return 0;
	while (s->line[pr->row] < pr->at)
		pr->row++;
	*ix = s->index + pr->at;
	n = s->line[pr->row] - (uint32_t)pr->at + 1;
	end = (*ix)[n - 1];
	if (n < INDEXES_MIN || n > INDEXES_MAX || pr->base != pr->block.p + pr->batch ||
	    pr->batch + end + 2 * PIECE > pr->block.n || end - **ix > pr->limits.length)
		return 0;
	return json_touched(s->suspect, s->suspects, &pr->suspect, **ix, end) ? 0 : n;
}

struct json_layout *
json_quick(struct json *j, struct json_layouts *all, struct json_quick *q)
{
	struct json_priv *pr = j->priv;
	const uint32_t *ix = NULL;
	uint32_t n = next_line(pr, &ix);
	uint64_t seal;
	struct set *set;

	all->missed = NULL;
	if (n == 0)
		return NULL;
	seal = seal_of(pr->base, ix, n);
	set = set_of(all, seal);
	for (int w = 0; w < WAYS; w++) {
		struct json_layout *l = set->way[w];

		if (l == NULL || l->seal != seal || l->indexes != n || !fits(l, pr->base, ix))
			continue;
		l->hits++;
		if (w > 0) {
			set->way[w] = set->way[0];
			set->way[0] = l;
		}
		all->misses = 0;
		tell(q, l, pr, ix, n);
		return l;
	}
	all->missed = pr->base + *ix;
	return NULL;
}

bool
json_quick_last(struct json *j, const struct json_layout *l, struct json_quick *q)
{
	struct json_priv *pr = j->priv;
	const uint32_t *ix = pr->lines.index + pr->first;
	size_t n = pr->at - pr->first;

	if (!j->ok || n != l->indexes || pr->base != pr->block.p + pr->batch || pr->batch + ix[n - 1] + 2 * PIECE > pr->block.n ||
	    !fits(l, pr->base, ix))
		return false;
	tell(q, l, pr, ix, (uint32_t)n);
	return true;
}

void
json_quick_take(struct json *j)
{
	struct json_priv *pr = j->priv;

	pr->at = pr->lines.line[pr->row] + (size_t)1;
}

/* The text before a slot: from the index behind the last one up to this one, with a string's quote or null. */
static bool
put_text(struct draft *d, struct json_layout_slot *s, const char *from, size_t n, size_t extra)
{
	size_t all = n + extra, pieces = (all + PIECE - 1) / PIECE;

	if (d->text.n + all > TEXT_MAX || pieces > UINT8_MAX || all == 0)
		return false;
	s->n = (uint16_t)n;
	s->text = (uint16_t)(d->text.n / PIECE);
	s->further = (uint8_t)(pieces - 1);
	s->mask = UINT32_MAX >> (pieces * PIECE - all);
	buf_add(&d->text, from, all);
	buf_room(&d->text, PIECE);
	memset(d->text.p + d->text.n, 0, PIECE);
	d->text.n = (d->text.n + PIECE - 1) / PIECE * PIECE;
	return true;
}

static bool
describe(struct draft *d, const struct json *j, const char *p, const uint32_t *ix, uint32_t n)
{
	uint32_t start = *ix, k = 0, from = start;

	d->slots = 0;
	buf_reset(&d->text);
	for (uint32_t v = 1; v < j->nodes; v++) {
		const struct json_node *node = &j->node[v];
		struct json_layout_slot *s = &d->slot[d->slots];
		bool string = node->type == JSON_STRING;

		if (node->key || node->type == JSON_OBJECT || node->type == JSON_ARRAY)
			continue;
		if (d->slots == JSON_SLOTS_MAX)
			return false;
		while (ix[k] != start + node->at)
			k++;
		/* A blank behind a number or a word is not looked for. */
		if (!string && ix[k + 1] != start + node->end)
			return false;
		*s = (struct json_layout_slot){.at = (uint16_t)k, .type = node->type, .node = v};
		if (s->type == JSON_FALSE)
			s->type = JSON_TRUE;
		if (!put_text(d, s, p + from, ix[k] - from, string ? 1 : node->type == JSON_NULL ? 4 : 0))
			return false;
		from = ix[k + 1];
		d->slots++;
	}
	d->slot[d->slots] = (struct json_layout_slot){.at = (uint16_t)(n - 2), .type = JSON_OBJECT};
	return d->slots > 0 && put_text(d, &d->slot[d->slots], p + from, ix[n - 2] - from, 1);
}

/* A seal that comes for the second time is worth it. */
static bool
worth(struct json_layouts *all, struct set *set, uint64_t seal)
{
	if (all->rest) {
		all->rest--;
		return false;
	}
	if (set->seen != seal) {
		set->seen = seal;
		return false;
	}
	if (++all->misses < MISSES)
		return true;
	all->misses = 0;
	all->rest = REST;
	return false;
}

/* What was met again stays for a while: else more layouts than there is room for would drive each other out for nothing. */
static bool
may_go(struct json_layout *l)
{
	if (l == NULL || l->hits == 0)
		return true;
	l->hits /= 2;
	return false;
}

static struct json_layout *
layout_new(const struct draft *d)
{
	size_t n = (d->slots + 1) * sizeof *d->slot;
	struct json_layout *l = mem_alloc(sizeof *l + n);

	*l = (struct json_layout){.slots = d->slots, .text = mem_dup(d->text.p, d->text.n)};
	memcpy(l->slot, d->slot, n);
	return l;
}

struct json_layout *
json_layout_learn(struct json *j, struct json_layouts *all)
{
	struct json_priv *pr = j->priv;
	const uint32_t *ix = pr->lines.index + pr->first;
	size_t n = pr->at - pr->first;
	struct json_layout *l;
	uint64_t seal;
	struct set *set;

	if (!j->ok || j->node[0].type != JSON_OBJECT || all->missed != j->line.p)
		return NULL;
	seal = seal_of(pr->base, ix, (uint32_t)n);
	set = set_of(all, seal);
	if (!worth(all, set, seal))
		return NULL;
	if (!may_go(set->way[WAYS - 1]) || !describe(&all->draft, j, pr->base, ix, (uint32_t)n))
		return NULL;
	l = layout_new(&all->draft);
	l->seal = seal;
	l->indexes = (uint32_t)n;
	if (all->tapes)
		json_layout_keep(l, j, ix);
	forget(all, set->way[WAYS - 1]);
	memmove(&set->way[1], &set->way[0], (WAYS - 1) * sizeof *set->way);
	set->way[0] = l;
	return l;
}

uint32_t
json_layout_of(const struct json_layout *l, uint32_t node)
{
	uint32_t low = 0, high = l->slots;

	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (l->slot[mid].node == node)
			return mid;
		if (l->slot[mid].node < node)
			low = mid + 1;
		else
			high = mid;
	}
	return JSON_NONE;
}
