/*
 * Filters (specification 2.1, "Filter rules"): a rule that a filter names fires only if the filter's condition holds, too
 * (case 42); names of searches bind to the filter's own (case 43).
 */
#include "lib/sigma/priv.h"

#include <stdlib.h>

struct sigma_filter {
	struct sigma_rule *about;	/* with the filter's log source */
	const struct yaml *body;	/* its searches are read anew for each rule: trees share nothing */
	const struct yaml *rules;	/* a list; NULL: any */
	bool *used;			/* by entry of the list */
};

static const char *const skip[] = {"rules", "condition", NULL};

bool
load_filter(struct loading *l, const struct yaml *doc, struct sigma_rule *about)
{
	const struct yaml *y = yaml_get(doc, "filter"), *rules = yaml_get(y, "rules");
	struct sigma_meta *m = meta_of(l->set);
	struct sigma_filter *f = arena_zero(l->mem, sizeof *f);
	struct sigma_node *root;
	bool any;

	if (!load_logsource(l, doc, about))
		return false;
	if (y->type != YAML_MAP)
		return yaml_fault(&l->r.fault, "filter: a map is wanted", y);
	if (rules == NULL || rules->type == YAML_MAP || (rules->type == YAML_LIST && rules->n == 0))
		return yaml_fault(&l->r.fault, "filter: rules are missing", rules ? rules : y);
	any = rules->type == YAML_SCALAR && slice_eq(rules->text, SLICE("any"));
	for (size_t i = 0; rules->type == YAML_LIST && i < rules->n; i++)
		if (rules->item[i].type != YAML_SCALAR)
			return yaml_fault(&l->r.fault, "filter: the id or name of a rule is wanted", &rules->item[i]);
	if (!load_search(&l->r, y, skip, &root))
		return false;
	*f = (struct sigma_filter){.about = about, .body = y, .rules = any ? NULL : rules};
	f->used = arena_zero(l->mem, (rules->type == YAML_LIST ? rules->n : 1) + 1);
	m->filter = mem_grow(m->filter, &m->filter_cap, m->filters, sizeof(struct sigma_filter *));
	m->filter[m->filters++] = f;
	return true;
}

static bool
contained(struct slice mine, struct slice rules)
{
	return mine.n == 0 || slice_eq(mine, rules);
}

static bool
named(struct slice ref, const struct sigma_rule *r)
{
	return ref.n && (slice_eq_nocase(ref, r->id) || slice_eq(ref, r->name));
}

static bool
meant(struct sigma_filter *f, const struct sigma_rule *r)
{
	const struct sigma_rule *a = f->about;
	bool hit = f->rules == NULL;

	if (f->rules && f->rules->type == YAML_SCALAR)
		hit = f->used[0] |= named(f->rules->text, r);
	for (size_t i = 0; f->rules && f->rules->type == YAML_LIST && i < f->rules->n; i++)
		if (named(f->rules->item[i].text, r))
			hit = f->used[i] = true;
	return hit && contained(a->product, r->product) && contained(a->category, r->category) && contained(a->service,
	    r->service);
}

static void
apply(struct sigma_set *s, struct sigma_filter *f, struct sigma_rule *r)
{
	struct reading reading = {.mem = s->mem, .meta = s->meta};
	struct sigma_node *both = node_new(s->mem, SIGMA_ALL, 2);

	both->kid[0] = r->root;
	/* It could be read when it was loaded. */
	if (load_search(&reading, f->body, skip, &both->kid[1]))
		r->root = both;
}

/* The rule that carries an old aggregation has lost its id to the correlation. */
static void
apply_parts(struct sigma_set *s, struct sigma_filter *f)
{
	for (size_t i = 0; i < s->meta->correlations; i++) {
		struct sigma_correlation *c = s->meta->correlation[i];

		if (c->parts == 1 && c->part[0].rule && meant(f, c->about))
			apply(s, f, c->part[0].rule);
	}
}

static void
unused(struct sigma_set *s, const struct sigma_filter *f, const struct yaml *entry)
{
	struct sigma_problem p = {f->about->file, f->about->title, SIGMA_MISSING, {0}};

	(void)fault_place(&p.fault, "filter: names a rule that is not here", entry->text, entry->line, entry->column);
	s->problem = mem_grow(s->problem, &s->problem_cap, s->problems, sizeof *s->problem);
	s->problem[s->problems++] = p;
}

void
filters_apply(struct sigma_set *s)
{
	for (size_t i = 0; i < s->meta->filters; i++) {
		struct sigma_filter *f = s->meta->filter[i];

		for (size_t k = 0; k < s->rules; k++)
			if (meant(f, s->rule[k]))
				apply(s, f, s->rule[k]);
		apply_parts(s, f);
		if (f->rules && f->rules->type == YAML_SCALAR && !f->used[0])
			unused(s, f, f->rules);
		for (size_t k = 0; f->rules && f->rules->type == YAML_LIST && k < f->rules->n; k++)
			if (!f->used[k])
				unused(s, f, &f->rules->item[k]);
	}
}
