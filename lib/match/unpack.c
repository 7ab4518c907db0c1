/* Reading a pack: hostile until it is proven harmless.  What it says may be wrong; where it points may not. */
#include "lib/match/pack.h"

#include <stdlib.h>

#include "lib/port/digest.h"

enum { VISITS_MAX = 1 << 24, PARTS_MAX = 1 << 28 };

struct reading {
	struct slice bytes;
	const struct pack_head *h;
	struct match_set *s;
	struct fault *f;
	uint64_t visits;
};

static bool
damaged(struct reading *r, const char *what)
{
	return fault_set(r->f, what, 0);
}

bool
match_pack_magic(const char head[8])
{
	return memcmp(head, PACK_MAGIC, 8) == 0;
}

bool
match_is_pack(struct slice bytes)
{
	return bytes.n >= sizeof(struct pack_head) && match_pack_magic(bytes.p);
}

/* ---- the frame ---------------------------------------------------------------------------------------------------------- */

static bool
frame(struct reading *r)
{
	const struct pack_head *h = r->h;
	struct slice body = slice_from(r->bytes, sizeof *h);
	unsigned char sum[16];

	if (h->order != PACK_ORDER || h->version != PACK_VERSION)
		return damaged(r, "pack: made by another version or machine");
	if (h->size != r->bytes.n)
		return damaged(r, "pack: cut short");
	digest_xxh3(&body, 1, sum);
	if (memcmp(sum, h->sum, sizeof sum) != 0)
		return damaged(r, "pack: damaged");
	for (int i = 0; i < PACK_PARTS; i++)
		if (h->part[i].n > PARTS_MAX || h->part[i].at % 8 || h->part[i].at > h->size ||
		    h->part[i].n * pack_item[i] > h->size - h->part[i].at)
			return damaged(r, "pack: a part lies outside");
	if (h->part[PACK_ROOTS].n != h->part[PACK_RULES].n || h->part[PACK_WITNESS_AT].n != h->part[PACK_RULES].n + 1)
		return damaged(r, "pack: parts of different length");
	return true;
}

/* The mapping is read-only; nothing writes there, since whoever adds to the set copies it first (match_own). */
static void *
part(const struct reading *r, enum pack_part which, size_t *n)
{
	union {
		const char *from;
		void *to;
	} p = {.from = r->bytes.p + r->h->part[which].at};

	*n = (size_t)r->h->part[which].n;
	return p.to;
}

/* ---- the image ---------------------------------------------------------------------------------------------------------- */

static bool
inside(const struct reading *r, struct match_text_ref t)
{
	return t.n <= r->s->text.n && t.at <= r->s->text.n - t.n;
}

static bool
good_atom(const struct reading *r, const struct match_atom *a)
{
	const struct match_set *s = r->s;
	bool refers = a->op >= SIGMA_FIELD_EQUAL && a->op <= SIGMA_FIELD_ENDS;

	if (a->op > SIGMA_TIME_PART || a->compare > SIGMA_TIME_PART || a->cased > 1 || a->bits > 3 || !inside(r, a->text) || !inside(r, a->shown))
		return false;
	if (a->field >= s->fields && (a->field != NO_FIELD || a->bits))
		return false;
	if (refers ? a->other >= s->fields : a->other != NO_FIELD)
		return false;
	if (a->pieces > s->pieces || a->piece > s->pieces - a->pieces || (a->op == SIGMA_GLOB && a->pieces == 0))
		return false;
	for (int i = 0; i < 3; i++)
		if (a->bit[i] >= PAIRS)
			return false;
	return (a->op != SIGMA_REGEX || a->number < s->res) && (a->op != SIGMA_CIDR || a->number < s->prefixes);
}

/* One node without its kids. */
static bool
good_node(const struct reading *r, const struct match_node *n)
{
	const struct match_set *s = r->s;
	unsigned kind = n->kind & NODE_KIND;

	if (kind > SIGMA_NEVER)
		return false;
	if (kind == SIGMA_ATOM)
		return n->at < s->atoms && n->n == s->atom[n->at].field && n->bits <= 3 && n->bit[0] < PAIRS && n->bit[1] < PAIRS &&
		    n->bit[2] < PAIRS && (!(n->kind & NODE_QUICK) || n->n < s->fields);
	if (n->n > s->nodes || n->at > s->nodes - n->n || (kind == SIGMA_NOT && n->n != 1))
		return false;
	if (!(n->kind & NODE_GROUP))
		return true;
	for (uint32_t i = 0; i < n->n; i++)
		if ((s->node[n->at + i].kind & NODE_KIND) != SIGMA_ATOM)
			return false;
	return kind == SIGMA_ANY && node_group(n) < s->groups;
}

/* No deeper than the engine goes, and no rounds.  Depth is bounded, so recursion is. */
static bool
good_depth(struct reading *r, const struct match_node *n, unsigned depth)
{
	if (depth > DEPTH_MAX || r->visits++ > VISITS_MAX)
		return false;
	for (uint32_t i = 0; (n->kind & NODE_KIND) != SIGMA_ATOM && i < n->n; i++)
		if (!good_depth(r, &r->s->node[n->at + i], depth + 1))
			return false;
	return true;
}

static bool
good_rules(struct reading *r)
{
	const struct match_set *s = r->s;

	for (size_t i = 0; i < s->rules; i++)
		if (s->root[i] >= s->nodes || s->witness_at[i] > s->witness_at[i + 1] || !good_depth(r, &s->node[s->root[i]], 0))
			return damaged(r, "pack: a rule points outside");
	if (s->witness_at[s->rules] > s->witnesses)
		return damaged(r, "pack: a witness points outside");
	for (size_t i = 0; i < s->witnesses; i++) {
		uint32_t w = s->witness[i];

		if (w & WITNESS_FIELD ? (w & ~(uint32_t)WITNESS_FIELD) >= s->fields : w >= s->atoms)
			return damaged(r, "pack: a witness points outside");
	}
	return true;
}

static bool
image(struct reading *r)
{
	struct match_set *s = r->s;
	const struct match_text_ref *name;
	size_t n;

	s->text.p = part(r, PACK_TEXT, &s->text.n);
	s->atom = part(r, PACK_ATOMS, &s->atoms);
	s->node = part(r, PACK_NODES, &s->nodes);
	s->piece = part(r, PACK_PIECES, &s->pieces);
	s->prefix = part(r, PACK_PREFIXES, &s->prefixes);
	s->root = part(r, PACK_ROOTS, &s->rules);
	s->witness_at = part(r, PACK_WITNESS_AT, &n);
	s->witness = part(r, PACK_WITNESS, &s->witnesses);
	s->groups = r->h->groups;
	s->res = r->h->regexes;
	if (s->groups > s->nodes || s->res > s->atoms)
		return damaged(r, "pack: numbers do not fit");
	name = part(r, PACK_FIELDS, &n);
	for (size_t i = 0; i < n; i++)
		if (!inside(r, name[i]) || field_intern(s, text_at(s, name[i])) != i)
			return damaged(r, "pack: a field's name");
	for (size_t i = 0; i < s->pieces; i++)
		if (!inside(r, s->piece[i].text))
			return damaged(r, "pack: a text lies outside");
	for (size_t i = 0; i < s->atoms; i++)
		if (!good_atom(r, &s->atom[i]))
			return damaged(r, "pack: an atom is not valid");
	for (size_t i = 0; i < s->nodes; i++)
		if (!good_node(r, &s->node[i]))
			return damaged(r, "pack: a node is not valid");
	return good_rules(r);
}

static bool
regexes(struct reading *r)
{
	struct match_set *s = r->s;
	size_t n = s->res;

	s->re = mem_zero(n + 1, sizeof(struct pcre *));
	s->re_cap = n + 1;
	for (size_t i = 0; i < s->atoms; i++)
		if (s->atom[i].op == SIGMA_REGEX && s->re[s->atom[i].number] == NULL &&
		    (s->re[s->atom[i].number] = atom_regex(s, &s->atom[i], r->f)) == NULL)
			return false;
	for (size_t i = 0; i < n; i++)
		if (s->re[i] == NULL)
			return damaged(r, "pack: a regular expression is missing");
	return true;
}

/* ---- the rules ---------------------------------------------------------------------------------------------------------- */

static bool
lists(struct reading *r, const struct pack_rule *from, struct sigma_rule *to, struct slice *all, size_t n)
{
	for (int k = 0; k < PACK_RULE_LISTS; k++) {
		if (from->list[k].n > n || from->list[k].at > n - from->list[k].n)
			return damaged(r, "pack: a list lies outside");
		*pack_rule_list(to, k) = (struct sigma_list){all + from->list[k].at, from->list[k].n};
	}
	return true;
}

static bool
rules(struct reading *r, struct sigma_set *set)
{
	struct match_set *s = r->s;
	size_t n, count;
	const struct match_text_ref *item = part(r, PACK_LISTS, &n);
	const struct pack_rule *from = part(r, PACK_RULES, &count);
	struct slice *all = arena_alloc(set->mem, (n + 1) * sizeof *all);
	struct sigma_rule *rule = arena_zero(set->mem, (count + 1) * sizeof *rule);

	for (size_t i = 0; i < n; i++) {
		if (!inside(r, item[i]))
			return damaged(r, "pack: a text lies outside");
		all[i] = text_at(s, item[i]);
	}
	for (size_t i = 0; i < count; i++) {
		for (int k = 0; k < PACK_RULE_TEXTS; k++) {
			if (!inside(r, from[i].text[k]))
				return damaged(r, "pack: a text lies outside");
			*pack_rule_text(&rule[i], k) = text_at(s, from[i].text[k]);
		}
		if (!lists(r, &from[i], &rule[i], all, n))
			return false;
		rule[i].line = from[i].line;
		rule[i].index = (uint32_t)i;
		set->rule = mem_grow(set->rule, &set->rule_cap, set->rules, sizeof *set->rule);
		set->rule[set->rules++] = &rule[i];
	}
	return true;
}

static bool
problems(struct reading *r, struct sigma_set *set)
{
	size_t n;
	const struct pack_problem *p = part(r, PACK_PROBLEMS, &n);

	for (size_t i = 0; i < n; i++) {
		struct sigma_problem x = {.trouble = (enum sigma_trouble)p[i].trouble};

		if (!inside(r, p[i].file) || !inside(r, p[i].title) || !inside(r, p[i].near) || !inside(r, p[i].what) ||
		    p[i].what.at + p[i].what.n >= r->s->text.n || r->s->text.p[p[i].what.at + p[i].what.n] != '\0' ||
		    p[i].trouble > SIGMA_MISSING)
			return damaged(r, "pack: a problem is not valid");
		x.file = text_at(r->s, p[i].file);
		x.title = text_at(r->s, p[i].title);
		(void)fault_place(&x.fault, r->s->text.p + p[i].what.at, text_at(r->s, p[i].near), p[i].line, p[i].column);
		set->problem = mem_grow(set->problem, &set->problem_cap, set->problems, sizeof *set->problem);
		set->problem[set->problems++] = x;
	}
	return true;
}

struct match_set *
match_unpack(struct slice bytes, struct sigma_set *set, struct fault *f)
{
	struct reading r = {.bytes = bytes, .h = (const struct pack_head *)(const void *)bytes.p, .f = f};

	r.s = match_set_new(set);
	r.s->mapped = true;
	if (set->rules || !match_is_pack(bytes) || (uintptr_t)bytes.p % 8)
		(void)damaged(&r, "pack: it must be the first, and the only one");
	else if (frame(&r) && image(&r) && rules(&r, set) && problems(&r, set) && regexes(&r))
		return r.s;
	match_set_free(r.s);
	return NULL;
}
