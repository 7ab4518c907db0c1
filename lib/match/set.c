/* Compiling rules, and running them on one event. */
#include "lib/match/priv.h"

#include <stdlib.h>

/* ---- compiling ---------------------------------------------------------------------------------------------------------------------------- */

/* What an atom costs to ask, so that an `all` asks the cheap and telling ones first. */
static uint32_t
atom_cost(const struct sigma_atom *a)
{
	if (a->field.n == 0)
		return 40;
	switch (a->op) {
	case SIGMA_EQUAL: case SIGMA_NULL: case SIGMA_EXISTS: case SIGMA_PRESENT:
		return 1;
	case SIGMA_STARTS: case SIGMA_ENDS:
		return 2;
	case SIGMA_REGEX:
		return 100;
	default:
		return 4;
	}
}

static int
by_cost(const void *a, const void *b)
{
	const struct sigma_node *x = *(struct sigma_node *const *)a, *y = *(struct sigma_node *const *)b;

	return x->cost < y->cost ? -1 : x->cost > y->cost;
}

static bool
regex(struct match_set *s, uint32_t id, struct fault *f)
{
	struct match_atom *m = &s->atom[id];
	unsigned flags = (m->a->flags & SIGMA_I ? PCRE_CASELESS : 0u) | (m->a->flags & SIGMA_M ? PCRE_MULTILINE : 0u) |
	    (m->a->flags & SIGMA_S ? PCRE_DOTALL : 0u);

	if (m->re == NULL)
		m->re = pcre_new(m->a->text, flags, f);
	return m->re != NULL;
}

static void
flatten(struct match_set *s, struct sigma_node *n)
{
	for (size_t i = 0; i < n->kids; i++)
		if (n->kid[i]->kind != SIGMA_ATOM)
			return;
	n->flat = (uint32_t)s->flats;
	for (size_t i = 0; i < n->kids; i++) {
		const struct match_atom *m = &s->atom[n->kid[i]->atom->id];

		s->flat = mem_grow(s->flat, &s->flat_cap, s->flats, sizeof *s->flat);
		s->flat[s->flats++] = (struct match_flat){n->kid[i]->atom->id, m->field, {m->bit[0], m->bit[1], m->bit[2]}, m->bits,
		    m->quick};
	}
}

/* Depth is bounded, so recursion is. */
static bool
prepare(struct match_set *s, struct sigma_node *n, unsigned depth, struct fault *f)
{
	uint64_t cost = 0;

	if (depth > DEPTH_MAX)
		return fault_set(f, "condition: nested too deep", 0);
	if (n->kind == SIGMA_ATOM) {
		uint32_t id = atom_intern(s, n->atom);

		n->cost = atom_cost(n->atom);
		if (n->atom->op == SIGMA_REGEX && !regex(s, id, f)) {
			f->column = 0;
			f->line = n->atom->line;
			return false;
		}
		return true;
	}
	/* A search that two conditions name is shared: it was done if it has a cost. */
	if (n->cost)
		return true;
	for (size_t i = 0; i < n->kids; i++) {
		if (!prepare(s, n->kid[i], depth + 1, f))
			return false;
		cost += n->kid[i]->cost;
	}
	n->cost = cost > 1000000 ? 1000000 : (uint32_t)cost + 1;
	/* Equal costs keep the rule's order: kids are few, an insertion is stable. */
	for (size_t i = 1; n->kind == SIGMA_ALL && i < n->kids; i++)
		for (size_t k = i; k && by_cost(&n->kid[k - 1], &n->kid[k]) > 0; k--) {
			struct sigma_node *t = n->kid[k];

			n->kid[k] = n->kid[k - 1];
			n->kid[k - 1] = t;
		}
	if (n->kids && (n->kind == SIGMA_ALL || n->kind == SIGMA_ANY))
		flatten(s, n);
	return true;
}

static void
faulty(struct sigma_set *set, const struct sigma_rule *r, const struct fault *f)
{
	set->problem = mem_grow(set->problem, &set->problem_cap, set->problems, sizeof *set->problem);
	set->problem[set->problems++] = (struct sigma_problem){r->file, r->title, SIGMA_FAULTY, *f};
}

/* What is asked besides rules: a faulty one is told and never holds. */
static void
prepare_aside(struct match_set *s, struct sigma_set *set)
{
	for (size_t i = 0; i < set->asides; i++) {
		struct fault f = {0};

		if (!prepare(s, set->aside[i]->root, 0, &f)) {
			faulty(set, set->aside[i], &f);
			set->aside[i]->root->kind = SIGMA_NEVER;
		}
	}
	s->wanted = mem_zero(set->wanteds + 1, sizeof *s->wanted);
	for (size_t i = 0; i < set->wanteds; i++)
		s->wanted[i] = field_intern(s, set->wanted[i]);
	s->sigma = set;
}

struct match_set *
match_compile(struct sigma_set *set, struct arena *mem)
{
	struct match_set *s = mem_zero(1, sizeof *s);
	size_t n = 0;

	(void)mem;
	s->paths = json_paths_new();
	s->norm = json_paths_new();
	/* Place 0 means none. */
	s->flat = mem_grow(s->flat, &s->flat_cap, s->flats++, sizeof *s->flat);
	for (size_t i = 0; i < set->rules; i++) {
		struct fault f = {0};

		if (prepare(s, set->rule[i]->root, 0, &f))
			set->rule[n++] = set->rule[i];
		else
			faulty(set, set->rule[i], &f);
	}
	prepare_aside(s, set);
	set->rules = n;
	s->rule = set->rule;
	s->rules = n;
	for (size_t i = 0; i < n; i++)
		s->rule[i]->index = (uint32_t)i;
	fields_done(s);
	return s;
}

void
match_set_free(struct match_set *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->atoms; i++)
		pcre_free(s->atom[i].re);
	json_paths_free(s->paths);
	json_paths_free(s->norm);
	map_free(&s->field_index);
	map_free(&s->atom_index);
	free(s->field);
	free(s->atom);
	free(s->flat);
	free(s->wanted);
	free(s);
}

size_t
match_rules(const struct match_set *s)
{
	return s->rules;
}

const struct sigma_rule *
match_rule(const struct match_set *s, uint32_t rule)
{
	return s->rule[rule];
}

/* ---- one thread's room ---------------------------------------------------------------------------------------------------------------------- */

struct match_room *
match_room_new(const struct match_set *s)
{
	struct match_room *r = mem_zero(1, sizeof *r);

	r->set = s;
	for (int b = 0; b < BASES; b++)
		r->kept[b] = mem_zero(json_kept_room(s->paths), 1);
	r->norm = mem_zero(json_paths_count(s->norm), sizeof(uint32_t));
	r->value = mem_zero(s->fields, sizeof *r->value);
	r->text = mem_zero(s->fields, sizeof *r->text);
	r->result = mem_zero(s->atoms, 1);
	r->result_epoch = mem_zero(s->atoms, sizeof(uint32_t));
	r->pcre = pcre_room_new();
	r->hit = mem_zero(s->rules, sizeof *r->hit);
	r->unsure = mem_zero(s->rules, sizeof *r->unsure);
	return r;
}

void
match_room_free(struct match_room *r)
{
	if (r == NULL)
		return;
	for (int b = 0; b < BASES; b++)
		free(r->kept[b]);
	free(r->norm);
	free(r->value);
	free(r->text);
	free(r->result);
	free(r->result_epoch);
	pcre_room_free(r->pcre);
	arena_free(&r->arena);
	arena_free(&r->lists);
	buf_free(&r->fold);
	buf_free(&r->words);
	map_free(&r->sources);
	free(r->hit);
	free(r->unsure);
	free(r);
}

/* ---- which rules look at an event ------------------------------------------------------------------------------------------------------------- */

struct rule_list {
	uint32_t n;
	uint32_t rule[];
};

enum { SOURCES_MAX = 4096 };

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

static const struct rule_list *
rules_for(struct match_room *r, const struct match_event *e)
{
	struct map_row *row;
	struct rule_list *list;
	bool made;
	uint32_t n = 0;

	/* A stranger may name sources without end. */
	if (r->sources.n >= SOURCES_MAX) {
		map_reset(&r->sources);
		arena_free(&r->lists);
	}
	row = map_put(&r->sources, e->ls_key, &made);
	if (!made)
		return row->v.p;
	for (size_t i = 0; i < r->set->rules; i++)
		n += looks(r->set->rule[i], e);
	list = arena_alloc(&r->lists, sizeof *list + n * sizeof list->rule[0]);
	list->n = 0;
	for (size_t i = 0; i < r->set->rules; i++)
		if (looks(r->set->rule[i], e))
			list->rule[list->n++] = (uint32_t)i;
	row->v.p = list;
	return list;
}

/* ---- one event --------------------------------------------------------------------------------------------------------------------------------- */

/* One value whose pairs are known, or no value: most questions end here. */
static inline bool
surely_not(const struct match_room *r, const struct match_flat *a)
{
	const struct match_value *v;
	const struct match_text *t;

	if (!a->quick)
		return false;
	v = &r->value[a->field];
	if (v->epoch != r->epoch)
		return false;
	if (!v->found)
		return true;
	t = &r->text[a->field];
	if (v->nodes != 1 || t->epoch != r->epoch || !t->has_pairs)
		return false;
	for (unsigned i = 0; i < a->bits; i++)
		if (t->seen[a->bit[i]] != t->tag)
			return true;
	return false;
}

/* All must hold, or any: the first answer that is not `all` decides. */
static int
flat_holds(struct match_room *r, const struct match_flat *a, size_t n, int all)
{
	for (size_t i = 0; i < n; i++)
		if ((surely_not(r, &a[i]) ? 0 : atom_holds(r, a[i].id) != 0) != all)
			return !all;
	return all;
}

int
node_holds(struct match_room *r, const struct sigma_node *n)
{
	if (n->flat)
		return flat_holds(r, r->set->flat + n->flat, n->kids, n->kind == SIGMA_ALL);
	switch (n->kind) {
	case SIGMA_ATOM:
		return atom_holds(r, n->atom->id);
	case SIGMA_NOT:
		return !node_holds(r, n->kid[0]);
	case SIGMA_ALL:
		for (size_t i = 0; i < n->kids; i++)
			if (!node_holds(r, n->kid[i]))
				return 0;
		return 1;
	case SIGMA_ANY:
		for (size_t i = 0; i < n->kids; i++)
			if (node_holds(r, n->kid[i]))
				return 1;
		return 0;
	case SIGMA_NEVER:
		return 0;
	}
	return 0;
}

static int
level_rank(struct slice level)
{
	static const char *const words[] = {"informational", "low", "medium", "high", "critical"};

	for (int i = 0; i < 5; i++)
		if (slice_eq_nocase(level, slice_str(words[i])))
			return i + 1;
	return 0;
}

static int
by_level(const void *a, const void *b)
{
	const struct match_hit *x = a, *y = b;
	int d = level_rank(y->rule->level) - level_rank(x->rule->level);

	return d ? d : slice_cmp(x->rule->id, y->rule->id);
}

void
match_look(struct match_room *r, const struct match_event *e)
{
	r->e = e;
	if (++r->epoch == 0) {
		memset(r->result_epoch, 0, r->set->atoms * sizeof *r->result_epoch);
		for (size_t i = 0; i < r->set->fields; i++)
			r->value[i].epoch = r->text[i].epoch = 0;
		r->epoch = 1;
	}
	arena_reset(&r->arena);
	r->has_words = r->looked = false;
	r->hits = r->unsures = 0;
}

void
match_ready(struct match_room *r)
{
	if (!r->looked)
		fields_look(r);
	r->looked = true;
}

size_t
match_event(struct match_room *r, const struct match_event *e, const struct match_hit **hits)
{
	const struct rule_list *list;

	match_look(r, e);
	list = rules_for(r, e);
	r->candidates = list->n;
	if (list->n)
		match_ready(r);
	for (uint32_t i = 0; i < list->n; i++) {
		struct sigma_rule *rule = r->set->rule[list->rule[i]];

		r->unsure_now = false;
		if (node_holds(r, rule->root))
			r->hit[r->hits++].rule = rule;
		else if (r->unsure_now)
			r->unsure[r->unsures++] = rule;
	}
	if (r->hits > 1)
		qsort(r->hit, r->hits, sizeof *r->hit, by_level);
	*hits = r->hit;
	return r->hits;
}

size_t
match_candidates(const struct match_room *r)
{
	return r->candidates;
}

size_t
match_undecided(const struct match_room *r, const struct sigma_rule *const **rules)
{
	*rules = r->unsure;
	return r->unsures;
}
