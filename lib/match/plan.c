/* Making a plan: witnesses of its rules become texts to look for, by field and place. */
#include "lib/match/plan.h"

#include <stdlib.h>

#include "lib/port/fold.h"

/* An atom and what is to be told when it is found. */
struct pair {
	uint32_t atom, post, next;
};

struct list {
	uint32_t *v;
	size_t n, cap;
};

struct making {
	const struct match_set *s;
	struct plan *p;
	struct pair *pair;		/* pair[0] is unused */
	size_t pairs, pair_cap;
	uint32_t *head;			/* by atom: its first pair; 0: none */
	struct list atoms;		/* with a head, as they came */
	struct list always, post;
	size_t texts, text_cap, field_cap;
	uint32_t *place_of;		/* by field: place in p->field + 1; the last is for keywords */
	struct list (*found)[4];	/* by plan field and place: texts */
	size_t found_cap;
	struct list *present;		/* by plan field: rules */
	size_t present_cap;
};

static void
put(struct list *l, uint32_t v)
{
	l->v = mem_grow(l->v, &l->cap, l->n, sizeof *l->v);
	l->v[l->n++] = v;
}

static uint32_t
plan_field(struct making *m, uint32_t field)
{
	uint32_t *at = &m->place_of[field == NO_FIELD ? m->s->fields : field];
	struct plan *p = m->p;

	if (*at)
		return *at - 1;
	p->field = mem_grow(p->field, &m->field_cap, p->fields, sizeof *p->field);
	m->found = mem_grow(m->found, &m->found_cap, p->fields, sizeof *m->found);
	m->present = mem_grow(m->present, &m->present_cap, p->fields, sizeof *m->present);
	p->field[p->fields] = (struct plan_field){.field = field};
	memset(m->found[p->fields], 0, sizeof *m->found);
	m->present[p->fields] = (struct list){0};
	return (*at = ++p->fields) - 1;
}

static void
pair(struct making *m, uint32_t atom, uint32_t post)
{
	if (m->head[atom] == 0)
		put(&m->atoms, atom);
	m->pair = mem_grow(m->pair, &m->pair_cap, m->pairs, sizeof *m->pair);
	m->pair[m->pairs] = (struct pair){atom, post, m->head[atom]};
	m->head[atom] = (uint32_t)m->pairs++;
}

/* Lists that are answered by what was found need all their atoms looked for.  Depth is bounded (set.c). */
static void
groups(struct making *m, const struct match_node *n)
{
	if ((n->kind & NODE_KIND) == SIGMA_ATOM)
		return;
	for (uint32_t i = 0; i < n->n; i++) {
		const struct match_node *kid = &m->s->node[n->at + i];

		if (n->kind & NODE_GROUP)
			pair(m, kid->at, node_group(n) | POST_GROUP);
		else
			groups(m, kid);
	}
}

static void
one_rule(struct making *m, uint32_t rule)
{
	uint32_t from = m->s->witness_at[rule], to = m->s->witness_at[rule + 1];

	if (from == to)
		put(&m->always, rule);
	for (uint32_t i = from; i < to; i++) {
		uint32_t w = m->s->witness[i];

		if (w & WITNESS_FIELD) {
			uint32_t at = plan_field(m, w & ~(uint32_t)WITNESS_FIELD);

			put(&m->present[at], rule);
		} else {
			pair(m, w, rule);
		}
	}
	groups(m, &m->s->node[m->s->root[rule]]);
}

/* What is looked for, folded; an atom of several texts (a regular expression) has a row for each. */
static void
texts(struct making *m, uint32_t atom)
{
	const struct match_atom *a = &m->s->atom[atom];
	struct plan *p = m->p;
	uint32_t from = (uint32_t)m->post.n, at, field;
	enum match_place place;
	struct slice text;
	bool sure = !a->cased && (a->op == SIGMA_CONTAINS || (a->field != NO_FIELD &&
	    (a->op == SIGMA_EQUAL || a->op == SIGMA_STARTS || a->op == SIGMA_ENDS)));

	for (uint32_t i = m->head[atom]; i; i = m->pair[i].next)
		put(&m->post, m->pair[i].post);
	for (size_t k = 0; atom_needs(m->s, a, k, &place, &text); k++) {
		p->text = mem_grow(p->text, &m->text_cap, m->texts, sizeof *p->text);
		at = (uint32_t)p->bytes.n;
		fold_add(&p->bytes, text);
		p->text[m->texts] = (struct plan_text){atom, at, (uint32_t)p->bytes.n - at, from, (uint32_t)m->post.n, sure};
		field = plan_field(m, a->field);
		put(&m->found[field][place], (uint32_t)m->texts++);
	}
}

static void
tables(struct making *m)
{
	struct plan *p = m->p;

	for (uint32_t i = 0; i < p->fields; i++) {
		struct plan_field *f = &p->field[i];
		struct list *l = m->found[i], *present = &m->present[i];

		f->present = (uint32_t)m->post.n;
		for (size_t k = 0; k < present->n; k++)
			put(&m->post, present->v[k]);
		f->presents = (uint32_t)present->n;
		p->size += ends_build(&f->whole, p, l[AT_ALL].v, (uint32_t)l[AT_ALL].n, AT_ALL);
		p->size += ends_build(&f->end, p, l[AT_END].v, (uint32_t)l[AT_END].n, AT_END);
		p->size += ends_build(&f->start, p, l[AT_START].v, (uint32_t)l[AT_START].n, AT_START);
		p->size += grams_build(&f->any, p, l[AT_ANY].v, (uint32_t)l[AT_ANY].n);
		for (int k = 0; k < 4; k++)
			free(l[k].v);
		free(present->v);
	}
}

struct plan *
match_plan_make(const struct match_set *s, uint32_t *rule, uint32_t rules)
{
	struct making m = {.s = s, .p = mem_zero(1, sizeof *m.p)};
	struct plan *p = m.p;

	m.pair = mem_grow(m.pair, &m.pair_cap, m.pairs++, sizeof *m.pair);
	m.head = mem_zero(s->atoms + 1, sizeof *m.head);
	m.place_of = mem_zero(s->fields + 1, sizeof *m.place_of);
	p->rule = rule;
	p->rules = rules;
	for (uint32_t i = 0; i < rules; i++)
		one_rule(&m, rule[i]);
	for (size_t i = 0; i < m.atoms.n; i++)
		texts(&m, m.atoms.v[i]);
	tables(&m);
	p->always = m.always.v;
	p->alwayss = (uint32_t)m.always.n;
	p->post = m.post.v;
	p->texts = (uint32_t)m.texts;
	p->size += sizeof *p + p->bytes.cap + m.text_cap * sizeof *p->text + m.post.cap * sizeof *p->post + rules * sizeof *rule +
	    m.field_cap * sizeof *p->field + m.always.cap * sizeof *p->always;
	free(m.pair);
	free(m.head);
	free(m.place_of);
	free(m.atoms.v);
	free(m.found);
	free(m.present);
	return p;
}

void
match_plan_free(struct plan *p)
{
	if (p == NULL)
		return;
	for (uint32_t i = 0; i < p->fields; i++) {
		ends_free(&p->field[i].whole);
		ends_free(&p->field[i].end);
		ends_free(&p->field[i].start);
		grams_free(&p->field[i].any);
	}
	free(p->field);
	free(p->rule);
	free(p->always);
	free(p->text);
	free(p->post);
	buf_free(&p->bytes);
	free(p);
}
