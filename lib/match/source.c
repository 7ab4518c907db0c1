/*
 * Log sources.  Rules name few different ones (kinds); an event's set of sources tells the kinds that look at it, and those the plan.  What a stranger
 * names without end shares one row of the account, and finds its plan by its kinds.
 */
#include "lib/match/plan.h"

#include <stdlib.h>

#include "lib/match/source.h"

enum { PLANS_SIZE_MAX = 48 * 1024 * 1024 };

struct row {
	struct match_source account;
	struct plan *plan;		/* NULL: no rule looks, or not made */
	bool planned;
};

struct plans {
	const struct match_set *set;
	struct map by_key;		/* bytes of the log sources -> row */
	struct row **row;
	size_t rows, cap;
	struct map by_kinds;		/* -> plan */
	struct plan **plan;
	size_t made, made_cap, size;
	unsigned char *looks;		/* bit by kind */
	unsigned char *ever;		/* the same for all events so far */
	struct row *last;
};

/* ---- kinds -------------------------------------------------------------------------------------------------------------------------------- */

static void
kind_key(const struct sigma_rule *rule, struct buf *b)
{
	const struct slice part[] = {rule->product, rule->category, rule->service};

	buf_reset(b);
	for (int i = 0; i < 3; i++) {
		buf_slice_add(b, part[i]);
		buf_byte(b, '\0');
	}
}

struct match_kinds *
kinds_make(const struct match_set *s)
{
	struct match_kinds *k = mem_zero(1, sizeof *k);
	uint32_t *of = mem_zero(s->rules, sizeof *of);
	struct map index = {0};
	struct buf b = {0};
	bool made;

	for (size_t i = 0; i < s->rules; i++) {
		struct map_row *row;

		kind_key(s->rule[i], &b);
		row = map_put(&index, buf_slice(&b), &made);
		if (made) {
			row->v.u = k->kinds;
			k->kind = mem_grow(k->kind, &k->cap, k->kinds, sizeof *k->kind);
			k->kind[k->kinds++] = (struct match_kind){.names = s->rule[i]};
		}
		of[i] = (uint32_t)row->v.u;
		k->kind[of[i]].rules++;
	}
	for (size_t i = 0, at = 0; i < k->kinds; at += k->kind[i].rules, i++)
		k->kind[i].from = (uint32_t)at;
	k->rule = mem_zero(s->rules, sizeof *k->rule);
	for (size_t i = 0; i < k->kinds; i++)
		k->kind[i].rules = 0;
	for (size_t i = 0; i < s->rules; i++)
		k->rule[k->kind[of[i]].from + k->kind[of[i]].rules++] = (uint32_t)i;
	map_free(&index);
	buf_free(&b);
	free(of);
	return k;
}

void
kinds_free(struct match_kinds *k)
{
	if (k == NULL)
		return;
	free(k->kind);
	free(k->rule);
	free(k);
}

/* ---- plans -------------------------------------------------------------------------------------------------------------------------------- */

struct plans *
match_plans_new(const struct match_set *s)
{
	struct plans *p = mem_zero(1, sizeof *p);

	p->set = s;
	p->looks = mem_zero(s->kinds->kinds / 8 + 1, 1);
	p->ever = mem_zero(s->kinds->kinds / 8 + 1, 1);
	return p;
}

static void
drop(struct plans *p)
{
	for (size_t i = 0; i < p->made; i++)
		match_plan_free(p->plan[i]);
	for (size_t i = 0; i < p->rows; i++)
		p->row[i]->planned = false;
	map_reset(&p->by_kinds);
	p->made = p->size = 0;
}

void
match_plans_free(struct plans *p)
{
	if (p == NULL)
		return;
	drop(p);
	for (size_t i = 0; i < p->rows; i++)
		free(p->row[i]);
	free(p->row);
	free(p->plan);
	free(p->looks);
	free(p->ever);
	map_free(&p->by_key);
	map_free(&p->by_kinds);
	free(p);
}

static bool
part(struct slice rule, struct slice event)
{
	return rule.n == 0 || slice_eq_nocase(rule, event);
}

/* All that the rule names is in one of the event's log sources. */
static bool
looks(const struct sigma_rule *rule, const struct match_event *e)
{
	for (unsigned i = 0; i < e->ls_n; i++)
		if (part(rule->product, e->ls[i].product) && part(rule->category, e->ls[i].category) && part(rule->service, e->ls[i].service))
			return true;
	return false;
}

/* Sets the bit of each kind that looks; returns how many rules that are. */
static uint32_t
who_looks(struct plans *p, const struct match_event *e)
{
	const struct match_kinds *k = p->set->kinds;
	uint32_t n = 0;

	memset(p->looks, 0, k->kinds / 8 + 1);
	for (size_t i = 0; i < k->kinds; i++)
		if (looks(k->kind[i].names, e)) {
			p->looks[i / 8] |= (unsigned char)(1u << i % 8);
			p->ever[i / 8] |= (unsigned char)(1u << i % 8);
			n += k->kind[i].rules;
		}
	return n;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static uint32_t *
rules_of(const struct plans *p, uint32_t rules)
{
	const struct match_kinds *k = p->set->kinds;
	uint32_t *rule = mem_zero(rules, sizeof *rule), n = 0;

	for (size_t i = 0; i < k->kinds; i++)
		if (p->looks[i / 8] >> i % 8 & 1) {
			memcpy(rule + n, k->rule + k->kind[i].from, k->kind[i].rules * sizeof *rule);
			n += k->kind[i].rules;
		}
	qsort(rule, n, sizeof *rule, by_number);
	return rule;
}

static struct plan *
find_plan(struct plans *p, const struct match_event *e)
{
	uint32_t rules = who_looks(p, e);
	struct map_row *row;
	bool made;

	if (rules == 0)
		return NULL;
	if (p->size > PLANS_SIZE_MAX)
		drop(p);
	row = map_put(&p->by_kinds, slice_of((const char *)p->looks, p->set->kinds->kinds / 8 + 1), &made);
	if (!made)
		return row->v.p;
	p->plan = mem_grow(p->plan, &p->made_cap, p->made, sizeof(struct plan *));
	p->plan[p->made] = match_plan_make(p->set, rules_of(p, rules), rules);
	p->size += p->plan[p->made]->size;
	return row->v.p = p->plan[p->made++];
}

static struct row *
find_row(struct plans *p, struct slice key)
{
	struct map_row *m;
	bool made;

	if (p->last && slice_eq(p->last->account.key, key))
		return p->last;
	m = p->rows < MATCH_SOURCES_MAX ? map_put(&p->by_key, key, &made) : map_get(&p->by_key, key);
	if (m == NULL)
		m = map_put(&p->by_key, MATCH_MORE, &made);
	if (m->v.p)
		return m->v.p;
	p->row = mem_grow(p->row, &p->cap, p->rows, sizeof(struct row *));
	m->v.p = p->row[p->rows++] = mem_zero(1, sizeof *p->row[0]);
	((struct row *)m->v.p)->account.key = m->key;
	return m->v.p;
}

/* The last row is for all that have none of their own: it keeps no plan. */
const struct plan *
match_plan_of(struct plans *p, const struct match_event *e, struct match_source **source)
{
	struct row *row = find_row(p, e->ls_key);
	bool own = slice_eq(row->account.key, e->ls_key);

	*source = &row->account;
	if (own)
		p->last = row;
	if (own && row->planned)
		return row->plan;
	row->plan = find_plan(p, e);
	row->planned = own;
	row->account.rules = row->plan && own ? row->plan->rules : 0;
	return row->plan;
}

size_t
plans_sources(const struct plans *p)
{
	return p->rows;
}

const struct match_source *
plans_source(const struct plans *p, size_t i)
{
	return &p->row[i]->account;
}

size_t
match_kinds(const struct match_set *s)
{
	return s->kinds->kinds;
}

const struct sigma_rule *
match_kind(const struct match_set *s, size_t kind, uint32_t *rules)
{
	*rules = s->kinds->kind[kind].rules;
	return s->kinds->kind[kind].names;
}

bool
plans_looked(const struct plans *p, size_t kind)
{
	return p->ever[kind / 8] >> kind % 8 & 1;
}
