/* ATT&CK: techniques that rules with hits name, under their tactics.  Nothing is claimed of what no rule named. */
#include "lib/report/sections.h"

#include <stdlib.h>

static const struct tactic {
	struct slice name;
	const char *title;
} tactic[] = {
#define TACTIC(name, title) {SLICE_INIT(name), title},
#include "lib/report/attack.def"
#undef TACTIC
};
enum { TACTICS = sizeof tactic / sizeof *tactic, CELLS_MAX = 2000 };

struct cell {
	unsigned tactic;		/* TACTICS: of another matrix */
	uint32_t technique, name;
	uint64_t hits;
	int level;
};
struct cells {
	struct cell *v;
	size_t n, cap;
};

/* Some rules write initial_access or Initial Access. */
static bool
same_tactic(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char c = a.p[i] == '_' || a.p[i] == ' ' ? '-' : a.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (c != b.p[i])
			return false;
	}
	return true;
}

static unsigned
tactic_of(struct slice name)
{
	unsigned t = 0;

	while (t < TACTICS && !same_tactic(name, tactic[t].name))
		t++;
	return t;
}

static void
cell_add(struct cells *c, unsigned t, const struct rule *r, uint32_t technique, uint32_t name)
{
	size_t i = 0;

	while (i < c->n && (c->v[i].tactic != t || c->v[i].technique != technique))
		i++;
	if (i == c->n) {
		if (c->n >= CELLS_MAX)
			return;
		c->v = mem_grow(c->v, &c->cap, c->n, sizeof *c->v);
		c->v[c->n++] = (struct cell){.tactic = t, .technique = technique, .name = name};
	}
	c->v[i].hits += r->hits;
	c->v[i].level = r->level > c->v[i].level ? r->level : c->v[i].level;
}

static struct cells
cells_make(const struct model *m)
{
	struct cells c = {0};

	for (size_t i = 0; i < m->rules; i++) {
		const struct rule *r = &m->rule[i];

		for (uint32_t t = 0; t < r->tactics.n; t++)
			for (uint32_t k = 0; k < (r->techniques.n ? r->techniques.n : 1); k++)
				cell_add(&c, tactic_of(text_of(m, item_of(m, r->tactics, t))), r,
				    r->techniques.n ? item_of(m, r->techniques, k) : 0,
				    k < r->technique_names.n ? item_of(m, r->technique_names, k) : 0);
		if (r->tactics.n == 0)
			for (uint32_t k = 0; k < r->techniques.n; k++)
				cell_add(&c, TACTICS, r, item_of(m, r->techniques, k), 0);
	}
	return c;
}

static int
by_technique(const void *a, const void *b, void *model)
{
	const struct model *m = model;
	const struct cell *x = a, *y = b;

	if (x->tactic != y->tactic)
		return x->tactic < y->tactic ? -1 : 1;
	return slice_cmp(text_of(m, x->technique), text_of(m, y->technique));
}

static void
techniques_put(struct sheet *s, const struct cells *c, unsigned t)
{
	bool some = false;

	for (size_t i = 0; i < c->n; i++) {
		const struct cell *x = &c->v[i];

		if (x->tactic != t)
			continue;
		if (some)
			sheet_break(s);
		some = true;
		if (x->technique)
			sheet_text_no(s, RUN_LEVEL + x->level, x->technique);
		else
			sheet_run(s, RUN_LEVEL + x->level, SLICE("no technique named"));
		if (x->name) {
			sheet_str(s, " ");
			sheet_text_no(s, RUN_TEXT, x->name);
		}
		sheet_str(s, " (");
		sheet_u64(s, x->hits);
		sheet_str(s, ")");
	}
}

static size_t
tactics_used(const struct cells *c, unsigned used[TACTICS + 1], const char *head[TACTICS + 1])
{
	size_t n = 0;

	for (unsigned t = 0; t <= TACTICS; t++)
		for (size_t i = 0; i < c->n; i++)
			if (c->v[i].tactic == t) {
				used[n] = t;
				head[n++] = t < TACTICS ? tactic[t].title : "Other, or no tactic";
				break;
			}
	return n;
}

/* On a page tactics are columns, as in the matrix; where width is dear they are rows. */
static void
matrix(struct sheet *s, const struct cells *c)
{
	static const char *const rows[] = {"Tactic", "Techniques (hits)"};
	static const char align[] = "mmmmmmmmmmmmmmmmm";
	const char *head[TACTICS + 1];
	unsigned used[TACTICS + 1];
	size_t n = tactics_used(c, used, head);

	if (s->ops == &sheet_html)
		sheet_table(s, head, align + (sizeof align - 1 - n));
	else
		sheet_table(s, rows, "lt");
	for (size_t i = 0; i < n; i++) {
		if (s->ops != &sheet_html)
			sheet_cell_str(s, head[i]);
		sheet_cell(s);
		techniques_put(s, c, used[i]);
		sheet_cell_end(s);
	}
	sheet_table_end(s);
}

void
section_attack(struct sheet *s)
{
	struct cells c = cells_make(s->m);

	if (c.n)
		qsort_r(c.v, c.n, sizeof *c.v, by_technique, s->m);
	sheet_para(s);
	sheet_str(s, c.n ? "Tactics and techniques as tagged by the rules that hit; the version of ATT&CK is the rules' own. "
	    "What does not stand "
	    "here was not named by a hit: whether a log could have shown it is not known." :
	    "No rule that hit names a technique.");
	sheet_para_end(s);
	if (c.n)
		matrix(s, &c);
	free(c.v);
}
