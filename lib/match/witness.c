/*
 * Witnesses: for each rule a set of atoms of which one must hold for it to match.  Only rules with a witness that was found in an event are asked.
 *
 * all: the witness of any kid will do, the rarest is taken.  any: the witnesses of all kids together; one kid without makes it worthless.  not: the
 * kid's absence proves nothing, but not(not x) is x and not(any) is all(not).
 */
#include "lib/match/priv.h"

#include <stdlib.h>

enum { COST_NONE = 1000000, COST_FIELD = 700, WIDE_MAX = 20000 };

struct search {
	struct match_set *s;
	uint32_t *at;			/* what was found: atoms, or fields with WITNESS_FIELD */
	size_t n, cap;
};

/* ---- what an atom needs ------------------------------------------------------------------------------------------------------------- */

/* Folding looks at characters, so a literal of broken ones may look different inside its text. */
static bool
whole(const struct match_atom *m, struct slice s)
{
	for (size_t i = 0; m->cased && i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static bool
glob_needs(const struct match_set *s, const struct match_atom *m, enum match_place *place, struct slice *text)
{
	uint32_t best = 0;

	text->n = 0;
	for (uint32_t i = 0; i < m->pieces; i++) {
		struct slice t = text_at(s, s->piece[m->piece + i].text);
		uint32_t worth = t.n ? 1001 - rarity_of(t) : 0;

		/* One wild character splits a piece, and its neighbours stand at no fixed place. */
		if (worth <= best || !whole(m, t))
			continue;
		best = worth;
		*text = t;
		*place = i == 0 ? AT_START : i + 1 == m->pieces ? AT_END : AT_ANY;
	}
	return text->n > 0;
}

bool
atom_needs(const struct match_set *s, const struct match_atom *m, size_t nth, enum match_place *place, struct slice *text)
{
	static const enum match_place where[] = {[SIGMA_EQUAL] = AT_ALL, [SIGMA_CONTAINS] = AT_ANY, [SIGMA_STARTS] = AT_START, [SIGMA_ENDS] = AT_END};
	bool some = nth == 0;

	switch (m->op) {
	case SIGMA_EQUAL: case SIGMA_CONTAINS: case SIGMA_STARTS: case SIGMA_ENDS:
		*text = text_at(s, m->text);
		*place = where[m->op];
		some = some && whole(m, *text) && (text->n || m->op == SIGMA_EQUAL);
		break;
	case SIGMA_GLOB:
		some = some && glob_needs(s, m, place, text);
		break;
	case SIGMA_REGEX:
		some = nth < m->pieces;
		*place = AT_ANY;
		if (some)
			*text = text_at(s, s->piece[m->piece + nth].text);
		break;
	default:
		return false;
	}
	/* Keywords lie in one text, each behind the other. */
	if (m->field == NO_FIELD)
		*place = AT_ANY;
	return some && (m->field != NO_FIELD || text->n);
}

static uint32_t
atom_cost(const struct match_set *s, const struct match_atom *m)
{
	enum match_place place;
	struct slice text;
	uint32_t cost = 0, one;

	if (m->op == SIGMA_NULL)
		return COST_NONE;
	for (size_t i = 0; atom_needs(s, m, i, &place, &text); i++) {
		one = rarity_of(text);
		/* A whole value, or an end of it, is told by one look-up and hits less often. */
		cost += place == AT_ALL ? one / 2 + (one < 20) : place == AT_ANY ? one + 4 : one;
	}
	if (cost == 0)
		cost = m->field == NO_FIELD ? COST_NONE : COST_FIELD;
	return cost < COST_FIELD || m->field == NO_FIELD ? cost : COST_FIELD;
}

/* ---- what a node needs -------------------------------------------------------------------------------------------------------------- */

static void
add(struct search *w, uint32_t what)
{
	w->at = mem_grow(w->at, &w->cap, w->n, sizeof *w->at);
	w->at[w->n++] = what;
}

static uint32_t
from_atom(struct search *w, uint32_t atom)
{
	const struct match_atom *m = &w->s->atom[atom];
	uint32_t cost = atom_cost(w->s, m);
	enum match_place place;
	struct slice text;

	if (cost >= COST_NONE)
		return COST_NONE;
	add(w, atom_needs(w->s, m, 0, &place, &text) ? atom : m->field | WITNESS_FIELD);
	return cost;
}

static uint32_t find(struct search *, const struct match_node *, bool negated);

/* The best of the kids: what the others found is taken back. */
static uint32_t
from_all(struct search *w, const struct match_node *n, bool negated)
{
	size_t start = w->n;
	uint32_t best = COST_NONE;

	for (uint32_t i = 0; i < n->n; i++) {
		size_t from = w->n;
		uint32_t cost = find(w, &w->s->node[n->at + i], negated);

		if (cost < best) {
			best = cost;
			memmove(w->at + start, w->at + from, (w->n - from) * sizeof *w->at);
			w->n = start + (w->n - from);
		} else {
			w->n = from;
		}
	}
	return best;
}

static uint32_t
from_any(struct search *w, const struct match_node *n, bool negated)
{
	size_t start = w->n;
	uint32_t sum = 0;

	for (uint32_t i = 0; i < n->n; i++) {
		uint32_t cost = find(w, &w->s->node[n->at + i], negated);

		if (cost >= COST_NONE) {
			w->n = start;
			return COST_NONE;
		}
		sum += sum < WIDE_MAX ? cost : 0;
	}
	return sum;
}

/* Depth is bounded, so recursion is.  What is found is necessary for the node (negated: for its contrary). */
static uint32_t
find(struct search *w, const struct match_node *n, bool negated)
{
	switch (n->kind & NODE_KIND) {
	case SIGMA_ATOM:
		if (!negated)
			return from_atom(w, n->at);
		/* Not absent and not null: it is there. */
		if (w->s->atom[n->at].op == SIGMA_NULL && w->s->atom[n->at].field != NO_FIELD) {
			add(w, w->s->atom[n->at].field | WITNESS_FIELD);
			return COST_FIELD;
		}
		return COST_NONE;
	case SIGMA_NOT:
		return find(w, &w->s->node[n->at], !negated);
	case SIGMA_ALL:
		return negated ? from_any(w, n, true) : from_all(w, n, false);
	case SIGMA_ANY:
		return negated ? from_all(w, n, true) : from_any(w, n, false);
	default:
		/* Never: no witness is needed for what cannot be; its contrary is always. */
		return negated ? COST_NONE : 0;
	}
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void
witnesses_find(struct match_set *s, size_t first)
{
	struct search w = {.s = s, .at = s->witness, .n = s->witnesses, .cap = s->witness_cap};

	s->witness_at = mem_resize(s->witness_at, s->rules + 1, sizeof *s->witness_at);
	s->witness_at[first] = (uint32_t)w.n;
	for (size_t i = first; i < s->rules; i++) {
		size_t from = w.n, kept = from;

		(void)find(&w, &s->node[s->root[i]], false);
		if (w.n > from)
			qsort(w.at + from, w.n - from, sizeof *w.at, by_number);
		for (size_t k = from; k < w.n; k++)
			if (k == from || w.at[k] != w.at[kept - 1])
				w.at[kept++] = w.at[k];
		w.n = kept;
		s->witness_at[i + 1] = (uint32_t)w.n;
	}
	s->witness = w.at;
	s->witnesses = w.n;
	s->witness_cap = w.cap;
}

bool
match_blind(const struct match_set *s, uint32_t rule)
{
	for (uint32_t i = s->witness_at[rule]; i < s->witness_at[rule + 1]; i++)
		if (s->witness[i] & WITNESS_FIELD)
			return true;
	return s->witness_at[rule] == s->witness_at[rule + 1];
}
