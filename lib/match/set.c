/* Compiling rules: their trees become rows of nodes over atoms that are one where they are equal. */
#include "lib/match/plan.h"

#include <stdlib.h>

/* What an atom costs to ask, so that an `all` asks the cheap and telling ones first. */
static uint32_t
atom_cost(const struct match_atom *a)
{
	if (a->field == NO_FIELD)
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

struct pcre *
atom_regex(const struct match_set *s, const struct match_atom *m, struct fault *f)
{
	unsigned flags = (m->flags & SIGMA_I ? PCRE_CASELESS : 0u) | (m->flags & SIGMA_M ? PCRE_MULTILINE : 0u) |
	    (m->flags & SIGMA_S ? PCRE_DOTALL : 0u);

	return pcre_new(text_at(s, m->text), flags, f);
}

static bool
regex(struct match_set *s, struct match_atom *m, struct fault *f)
{
	struct pcre *re;

	if (m->number != NO_NUMBER)
		return true;
	re = atom_regex(s, m, f);
	if (re == NULL)
		return false;
	m->number = (uint32_t)s->res;
	s->re = mem_grow(s->re, &s->re_cap, s->res, sizeof(struct pcre *));
	s->re[s->res++] = re;
	return true;
}

/* ---- trees to rows ------------------------------------------------------------------------------------------------------------------------ */

static bool
atom_node(struct match_set *s, const struct sigma_node *n, struct match_node *to, struct fault *f)
{
	uint32_t id = atom_intern(s, n->atom);
	struct match_atom *m = &s->atom[id];

	*to = (struct match_node){.at = id, .n = m->field, .bits = m->bits, .kind = SIGMA_ATOM};
	memcpy(to->bit, m->bit, sizeof to->bit);
	if (m->bits)
		to->kind |= NODE_QUICK;
	if (m->op == SIGMA_REGEX && !regex(s, m, f)) {
		f->column = 0;
		f->line = n->atom->line;
		return false;
	}
	return true;
}

/* What is denied mostly holds and decides nothing: it is asked last. */
static uint32_t
cost_of(const struct match_set *s, const struct match_node *n)
{
	enum { DENIED = 1000000 };
	uint64_t sum = (n->kind & NODE_KIND) == SIGMA_NOT ? DENIED + 1 : 1;

	if ((n->kind & NODE_KIND) == SIGMA_ATOM)
		return atom_cost(&s->atom[n->at]);
	for (uint32_t i = 0; i < n->n && sum < 2 * DENIED; i++)
		sum += (s->node[n->at + i].kind & NODE_KIND) == SIGMA_ATOM ? atom_cost(&s->atom[s->node[n->at + i].at]) : 8;
	return (uint32_t)sum;
}

/* Equal costs keep the rule's order: kids are few, an insertion is stable. */
static void
by_cost(struct match_set *s, struct match_node *n)
{
	struct match_node *kid = s->node + n->at;

	for (uint32_t i = 1; i < n->n && n->n <= 256; i++)
		for (uint32_t k = i; k && cost_of(s, &kid[k - 1]) > cost_of(s, &kid[k]); k--) {
			struct match_node t = kid[k];

			kid[k] = kid[k - 1];
			kid[k - 1] = t;
		}
}

/* A long list of texts of fields, each of which the tables find: whether one was found is its answer. */
static void
group(struct match_set *s, struct match_node *n)
{
	bool anywhere = false;

	for (uint32_t i = 0; i < n->n; i++) {
		const struct match_node *kid = &s->node[n->at + i];
		const struct match_atom *a = (kid->kind & NODE_KIND) == SIGMA_ATOM ? &s->atom[kid->at] : NULL;

		if (a == NULL || a->field == NO_FIELD || a->cased || a->op > SIGMA_ENDS || (a->text.n == 0 && a->op != SIGMA_EQUAL))
			return;
		anywhere |= a->op == SIGMA_CONTAINS;
	}
	if (anywhere && n->n < GROUP_MIN_ANYWHERE)
		return;
	n->kind |= NODE_GROUP;
	n->bit[0] = (uint16_t)s->groups;
	n->bit[1] = (uint16_t)(s->groups++ >> 16);
}

/* Depth is bounded, so recursion is.  `to` is a place in s->node, which moves. */
static bool
flatten(struct match_set *s, struct sigma_node *n, uint32_t to, unsigned depth, struct fault *f)
{
	struct match_node made = {.kind = (uint8_t)n->kind, .n = (uint32_t)n->kids};

	if (depth > DEPTH_MAX)
		return fault_set(f, "condition: nested too deep", 0);
	if (n->kind == SIGMA_ATOM) {
		bool ok = atom_node(s, n, &made, f);

		s->node[to] = made;
		return ok;
	}
	/* A search that two conditions name is shared. */
	if (n->flat) {
		s->node[to] = s->node[n->flat];
		return true;
	}
	made.at = (uint32_t)s->nodes;
	for (size_t i = 0; i < n->kids; i++) {
		s->node = mem_grow(s->node, &s->node_cap, s->nodes, sizeof *s->node);
		s->node[s->nodes++] = (struct match_node){.kind = SIGMA_NEVER};
	}
	for (size_t i = 0; i < n->kids; i++)
		if (!flatten(s, n->kid[i], made.at + (uint32_t)i, depth + 1, f))
			return false;
	if (n->kind == SIGMA_ALL)
		by_cost(s, &made);
	if (n->kind == SIGMA_ANY && n->kids >= GROUP_MIN)
		group(s, &made);
	s->node[to] = made;
	n->flat = to;
	return true;
}

static void
faulty(struct sigma_set *set, const struct sigma_rule *r, const struct fault *f)
{
	set->problem = mem_grow(set->problem, &set->problem_cap, set->problems, sizeof *set->problem);
	set->problem[set->problems++] = (struct sigma_problem){r->file, r->title, SIGMA_FAULTY, *f};
}

static bool
flatten_root(struct match_set *s, struct sigma_node *root, struct fault *f)
{
	uint32_t to = (uint32_t)s->nodes;

	s->node = mem_grow(s->node, &s->node_cap, s->nodes, sizeof *s->node);
	s->node[s->nodes++] = (struct match_node){.kind = SIGMA_NEVER};
	if (!flatten(s, root, to, 0, f))
		return false;
	root->flat = to;
	return true;
}

/* Rules that cannot be run leave the set; the others keep their order.  Those of a pack are done. */
static void
flatten_all(struct match_set *s, struct sigma_set *set)
{
	size_t n = s->rules;

	if (!s->mapped)
		s->root = mem_resize(s->root, set->rules + 1, sizeof *s->root);
	for (size_t i = n; i < set->rules; i++) {
		struct fault f = {0};

		if (!flatten_root(s, set->rule[i]->root, &f)) {
			faulty(set, set->rule[i], &f);
			continue;
		}
		s->root[n] = set->rule[i]->root->flat;
		set->rule[n] = set->rule[i];
		set->rule[n]->index = (uint32_t)n;
		n++;
	}
	set->rules = n;
	s->rule = set->rule;
	s->rules = n;
}

/* What is asked besides rules: a faulty one is told and never holds. */
static void
flatten_asides(struct match_set *s, struct sigma_set *set)
{
	for (size_t i = 0; i < set->asides; i++) {
		struct fault f = {0};

		if (!flatten_root(s, set->aside[i]->root, &f)) {
			faulty(set, set->aside[i], &f);
			set->aside[i]->root->flat = 0;
		}
	}
	s->wanted = mem_zero(set->wanteds + 1, sizeof *s->wanted);
	for (size_t i = 0; i < set->wanteds; i++)
		s->wanted[i] = field_intern(s, set->wanted[i]);
}

struct match_set *
match_set_new(struct sigma_set *set)
{
	struct match_set *s = mem_zero(1, sizeof *s);

	rarity_start();
	s->sigma = set;
	s->paths = json_paths_new();
	s->norm = json_paths_new();
	return s;
}

static void *
own(const void *p, size_t n, size_t size, size_t *cap)
{
	void *copy = mem_zero(n + 1, size);

	if (n)
		memcpy(copy, p, n * size);
	if (cap)
		*cap = n + 1;
	return copy;
}

/* What lies in a pack is read-only: who adds to it gets a copy. */
static void
match_own(struct match_set *s)
{
	if (!s->mapped)
		return;
	s->mapped = false;
	s->text.p = own(s->text.p, s->text.n, 1, &s->text.cap);
	s->atom = own(s->atom, s->atoms, sizeof *s->atom, &s->atom_cap);
	s->node = own(s->node, s->nodes, sizeof *s->node, &s->node_cap);
	s->piece = own(s->piece, s->pieces, sizeof *s->piece, &s->piece_cap);
	s->prefix = own(s->prefix, s->prefixes, sizeof *s->prefix, &s->prefix_cap);
	s->root = own(s->root, s->rules, sizeof *s->root, NULL);
	s->witness_at = own(s->witness_at, s->rules + 1, sizeof *s->witness_at, NULL);
	s->witness = own(s->witness, s->witnesses, sizeof *s->witness, &s->witness_cap);
}

/* Rules of the pack that were taken out since: the others (they have no tree) move up. */
static void
drop_packed(struct match_set *s, const struct sigma_set *set)
{
	uint32_t n = 0, at = 0;

	while (n < set->rules && set->rule[n]->root == NULL)
		n++;
	if (n == s->rules)
		return;
	match_own(s);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t from = set->rule[i]->index, first = s->witness_at[from], end = s->witness_at[from + 1];

		s->root[i] = s->root[from];
		memmove(s->witness + at, s->witness + first, (end - first) * sizeof *s->witness);
		s->witness_at[i] = at;
		at += end - first;
		set->rule[i]->index = i;
	}
	s->witness_at[n] = at;
	s->witnesses = at;
	s->rules = n;
}

void
match_finish(struct match_set *s, struct sigma_set *set)
{
	size_t packed;

	drop_packed(s, set);
	packed = s->rules;
	if (set->rules > packed || set->asides)
		match_own(s);
	/* A node's place 0 would mean that it is not flat yet. */
	if (s->nodes == 0) {
		s->node = mem_grow(s->node, &s->node_cap, s->nodes, sizeof *s->node);
		s->node[s->nodes++] = (struct match_node){.kind = SIGMA_NEVER};
	}
	flatten_all(s, set);
	flatten_asides(s, set);
	fields_done(s);
	if (!s->mapped)
		witnesses_find(s, packed);
	s->kinds = kinds_make(s);
}

struct match_set *
match_compile(struct sigma_set *set, struct arena *mem)
{
	struct match_set *s = match_set_new(set);

	(void)mem;
	match_finish(s, set);
	return s;
}

void
match_set_free(struct match_set *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; s->re && i < s->res; i++)
		pcre_free(s->re[i]);
	json_paths_free(s->paths);
	json_paths_free(s->norm);
	map_free(&s->field_index);
	map_free(&s->atom_index);
	kinds_free(s->kinds);
	if (!s->mapped) {
		buf_free(&s->text);
		free(s->root);
		free(s->witness_at);
		free(s->witness);
		free(s->atom);
		free(s->node);
		free(s->piece);
		free(s->prefix);
	}
	free(s->field);
	free(s->re);
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
