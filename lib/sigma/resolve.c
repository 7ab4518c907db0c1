/* Ties what was loaded together: who hears whom, in which order, and which field a group or value is. */
#include "lib/sigma/priv.h"

#include <stdlib.h>

enum { CHAIN_MAX = 16 };

uint32_t
sigma_want(struct sigma_set *s, struct slice field)
{
	for (size_t i = 0; i < s->wanteds; i++)
		if (slice_eq(s->wanted[i], field))
			return (uint32_t)i;
	s->wanted = mem_grow(s->wanted, &s->wanted_cap, s->wanteds, sizeof *s->wanted);
	s->wanted[s->wanteds] = field;
	return (uint32_t)s->wanteds++;
}

size_t
sigma_correlations(const struct sigma_set *s)
{
	return s->meta ? s->meta->correlations : 0;
}

struct sigma_correlation *
sigma_correlation(const struct sigma_set *s, size_t i)
{
	return s->meta->correlation[i];
}

static struct sigma_rule *
put_aside(struct sigma_set *s, struct sigma_node *root)
{
	struct sigma_rule *rule = arena_zero(s->mem, sizeof *rule);

	rule->root = root;
	s->aside = mem_grow(s->aside, &s->aside_cap, s->asides, sizeof *s->aside);
	s->aside[s->asides++] = rule;
	return rule;
}

struct sigma_rule *
sigma_aside_atom(struct sigma_set *s, const struct sigma_atom *a)
{
	struct sigma_atom *own = arena_zero(s->mem, sizeof *own);

	*own = *a;
	return put_aside(s, node_atom(s->mem, own));
}

struct sigma_rule *
sigma_aside(struct sigma_set *s, const struct yaml *selection, struct fault *f)
{
	struct reading r = {.mem = s->mem, .meta = meta_of(s)};
	struct sigma_node *root = detect_read(&r, selection);
	struct sigma_rule *rule;

	*f = r.fault;
	if (root == NULL)
		return NULL;
	rule = put_aside(s, root);
	rule->line = selection->line;
	return rule;
}

struct sigma_correlation *
sigma_hears(struct sigma_set *s, struct sigma_rule *about, struct sigma_rule *aside)
{
	struct sigma_correlation *c = correlation_new(s, about, 1);

	c->part[0] = (struct sigma_part){.ref = about->title, .line = about->line, .column = 1, .rule = aside};
	return c;
}

void
sigma_meta_free(struct sigma_set *s)
{
	struct sigma_meta *m = s->meta;

	if (m == NULL)
		return;
	for (size_t i = 0; i < m->correlations; i++)
		if (m->correlation[i]->known) {
			map_free(m->correlation[i]->known);
			free(m->correlation[i]->known);
		}
	free(m->correlation);
	free(m->filter);
	map_free(&m->values);
	s->meta = NULL;
}

/* ---- who is meant --------------------------------------------------------------------------------------------------- */

/* Names are the business of a file: those of the same file win, then the first of all. */
struct index {
	struct map names;		/* FILE NUL name, and NUL name -> place + 1 in the list below */
	struct named {
		struct sigma_rule *rule;
		struct sigma_correlation *from;
	} *v;
	size_t n, cap;
};

static void
put_key(struct buf *b, struct slice file, struct slice name)
{
	buf_reset(b);
	buf_slice_add(b, file);
	buf_byte(b, '\0');
	for (size_t i = 0; i < name.n; i++)
		buf_byte(b, name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] | 0x20) : name.p[i]);
}

static void
enter(struct index *x, const struct sigma_rule *r, struct named it, struct buf *b)
{
	const struct slice none = {NULL, 0};

	x->v = mem_grow(x->v, &x->cap, x->n, sizeof *x->v);
	x->v[x->n++] = it;
	for (int k = 0; k < 4; k++) {
		struct slice name = k & 1 ? r->name : r->id;
		struct map_row *row;
		bool made;

		if (name.n == 0)
			continue;
		put_key(b, k & 2 ? r->file : none, name);
		row = map_put(&x->names, buf_slice(b), &made);
		if (made)
			row->v.u = x->n;
	}
}

static const struct named *
find(const struct index *x, struct slice file, struct slice name, struct buf *b)
{
	const struct slice none = {NULL, 0};
	struct map_row *row;

	put_key(b, file, name);
	row = map_get(&x->names, buf_slice(b));
	if (row == NULL) {
		put_key(b, none, name);
		row = map_get(&x->names, buf_slice(b));
	}
	return row ? &x->v[row->v.u - 1] : NULL;
}

static void
missing(struct sigma_set *s, struct sigma_correlation *c, const struct sigma_part *p, enum sigma_trouble trouble,
    const char *what)
{
	struct sigma_problem bad = {c->about->file, c->about->title, trouble, {0}};

	if (c->broken)
		return;
	(void)fault_place(&bad.fault, what, p->ref, p->line, p->column);
	c->broken = true;
	s->problem = mem_grow(s->problem, &s->problem_cap, s->problems, sizeof *s->problem);
	s->problem[s->problems++] = bad;
}

static void
link_parts(struct sigma_set *s, const struct index *x, struct buf *b)
{
	for (size_t i = 0; i < s->meta->correlations; i++) {
		struct sigma_correlation *c = s->meta->correlation[i];

		for (size_t k = 0; k < c->parts; k++) {
			struct sigma_part *p = &c->part[k];
			const struct named *it;

			if (p->rule || p->from)
				continue;
			it = find(x, c->about->file, p->ref, b);
			if (it == NULL) {
				missing(s, c, p, SIGMA_MISSING, "correlation: names a rule that is not here");
				continue;
			}
			p->rule = it->rule;
			p->from = it->from;
		}
	}
}

/* ---- order: each correlation is deeper than those it hears ---------------------------------------------------------- */

static bool
deepen(struct sigma_correlation *c)
{
	unsigned depth = 0;

	for (size_t k = 0; k < c->parts; k++)
		if (c->part[k].from && c->part[k].from->depth + 1 > depth)
			depth = c->part[k].from->depth + 1;
	if (depth <= c->depth)
		return false;
	c->depth = depth;
	return true;
}

/* What still deepens after as many rounds as there are correlations hears itself in the end (case 55). */
static void
order(struct sigma_set *s)
{
	size_t n = s->meta->correlations;
	bool more = true;

	for (size_t round = 0; more && round <= n; round++) {
		more = false;
		for (size_t i = 0; i < n; i++)
			more |= deepen(s->meta->correlation[i]);
	}
	for (size_t i = 0; i < n; i++) {
		struct sigma_correlation *c = s->meta->correlation[i];

		if (more && c->depth >= n)
			missing(s, c, &c->part[0], SIGMA_FAULTY, "correlation: it hears itself");
		else if (c->depth > CHAIN_MAX)
			missing(s, c, &c->part[0], SIGMA_FAULTY, "correlation: a chain of more than 16");
	}
	more = true;
	while (more) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			struct sigma_correlation *c = s->meta->correlation[i];

			for (size_t k = 0; k < c->parts && !c->broken; k++)
				if (c->part[k].from && c->part[k].from->broken) {
					missing(s, c, &c->part[k], SIGMA_MISSING, "correlation: names a rule that cannot run");
					more = true;
				}
		}
	}
}

/* ---- fields --------------------------------------------------------------------------------------------------------- */

static void
fields(struct sigma_set *s, struct sigma_correlation *c, struct sigma_key *keys, size_t n)
{
	for (size_t g = 0; g < n; g++)
		for (size_t k = 0; k < c->parts; k++) {
			const struct sigma_correlation *from = c->part[k].from;
			struct slice field;

			if (keys[g].slot[k] == SIGMA_NO_SLOT)
				keys[g].slot[k] = sigma_want(s, keys[g].name);
			field = s->wanted[keys[g].slot[k]];
			for (size_t i = 0; from && i < from->groups; i++)
				if (slice_eq(from->group[i].name, field))
					keys[g].over[k] = (uint8_t)(i + 1);
		}
}

/* Rules that are heard are silent unless one who hears them says generate (case 50). */
static void
voices(struct sigma_set *s)
{
	struct sigma_meta *m = s->meta;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < m->correlations; i++) {
			const struct sigma_correlation *c = m->correlation[i];

			for (size_t k = 0; k < c->parts && !c->broken; k++) {
				struct sigma_rule *r = c->part[k].rule ? c->part[k].rule : c->part[k].from ?
				    c->part[k].from->about : NULL;

				/* What carries an old aggregation has no voice to give back. */
				if (r && (pass == 0 || (c->generate && r->id.n)))
					r->mute = pass == 0;
			}
		}
}

void
sigma_resolve(struct sigma_set *s)
{
	struct sigma_meta *m = meta_of(s);
	struct index x = {0};
	struct buf b = {0};

	filters_apply(s);
	if (m->correlations == 0)
		return;
	for (size_t i = 0; i < m->correlations; i++)
		enter(&x, m->correlation[i]->about, (struct named){.from = m->correlation[i]}, &b);
	for (size_t i = 0; i < s->rules; i++)
		enter(&x, s->rule[i], (struct named){.rule = s->rule[i]}, &b);
	link_parts(s, &x, &b);
	order(s);
	for (size_t i = 0; i < m->correlations; i++) {
		fields(s, m->correlation[i], m->correlation[i]->group, m->correlation[i]->groups);
		fields(s, m->correlation[i], m->correlation[i]->field, m->correlation[i]->fields);
	}
	voices(s);
	map_free(&x.names);
	free(x.v);
	buf_free(&b);
}
