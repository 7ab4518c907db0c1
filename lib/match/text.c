/* Texts of values, decoded and folded when they are first asked for. */
#include "lib/match/room.h"

#include "lib/port/fold.h"

struct slice
node_text(struct match_room *r, uint32_t node)
{
	const struct json *j = r->e->j;

	if (json_type(j, node) != JSON_STRING)
		return json_raw(j, node);
	if (!j->node[node].escaped)
		return json_inner(j, node);
	buf_reset(&r->fold);
	json_text_add(j, node, &r->fold);
	return arena_slice(&r->arena, buf_slice(&r->fold));
}

struct slice
fold_text(struct match_room *r, struct slice text)
{
	buf_reset(&r->fold);
	fold_add(&r->fold, text);
	return arena_slice(&r->arena, buf_slice(&r->fold));
}

static struct match_form *
form(struct match_room *r, struct match_text *t, const struct match_value *v, uint32_t k)
{
	if (t->epoch != r->epoch) {
		t->epoch = r->epoch;
		t->has_pairs = false;
		t->first = (struct match_form){0};
		t->more = NULL;
	}
	if (k == 0)
		return &t->first;
	if (t->more == NULL)
		t->more = arena_zero(&r->arena, (v->nodes - 1) * sizeof *t->more);
	return &t->more[k - 1];
}

/* The text as it is written is asked for seldom. */
static struct slice
raw_text(struct match_room *r, struct match_form *f, const struct match_value *v, uint32_t k)
{
	if (!f->has_raw)
		f->raw = v->made ? v->text : node_text(r, field_node(r, v, k));
	f->has_raw = true;
	return f->raw;
}

bool
value_text(struct match_room *r, const struct match_value *v, uint32_t k, bool folded, struct slice *text)
{
	struct match_form *f = form(r, &r->text[v - r->value], v, k);

	if (!v->made && json_type(r->e->j, field_node(r, v, k)) == JSON_NULL)
		return false;
	if (folded && !f->has_folded && (v->made || !line_text(r, field_node(r, v, k), &f->folded)))
		f->folded = fold_text(r, raw_text(r, f, v, k));
	f->has_folded |= folded;
	*text = folded ? f->folded : raw_text(r, f, v, k);
	return true;
}

/* ---- pairs of bytes: most values do not hold the pairs of most literals, and that is a few loads instead of a search ------------------ */

static inline uint32_t
pair(unsigned char a, unsigned char b)
{
	return ((uint32_t)a * 167u + (uint32_t)b * 5u) % PAIRS;
}

/* Of the longest text that must stand in what the atom wants. */
void
pairs_of(const struct match_set *s, struct match_atom *m)
{
	enum match_place place;
	struct slice t;
	const unsigned char *p;
	size_t step;

	m->bits = 0;
	if (m->field == NO_FIELD || m->op == SIGMA_EQUAL || !atom_folds(m) || !atom_needs(s, m, 0, &place, &t) || t.n < 2)
		return;
	p = (const unsigned char *)t.p;
	step = (t.n - 1) / 3 ? (t.n - 1) / 3 : 1;
	for (size_t i = 0; i + 1 < t.n && m->bits < 3; i += step)
		m->bit[m->bits++] = (uint16_t)pair(p[i], p[i + 1]);
}

static void
add_pairs(struct match_text *t, struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i + 1 < s.n; i++)
		t->seen[pair(p[i], p[i + 1])] = t->tag;
}

/* A tag of its own for each event: only when they are used up the table is cleared, and each pair is one store. */
static void
fill_pairs(struct match_room *r, struct match_text *t, const struct match_value *v)
{
	struct slice s;

	(void)form(r, t, v, 0);
	if (++t->tag == 0) {
		memset(t->seen, 0, sizeof t->seen);
		t->tag = 1;
	}
	for (uint32_t k = 0; k < v->nodes; k++)
		if (value_text(r, v, k, true, &s))
			add_pairs(t, s);
	t->has_pairs = true;
}

bool
pairs_may(struct match_room *r, const struct match_value *v, const uint16_t *bit, unsigned bits)
{
	struct match_text *t = &r->text[v - r->value];

	if (t->epoch != r->epoch || !t->has_pairs)
		fill_pairs(r, t, v);
	for (unsigned i = 0; i < bits; i++)
		if (t->seen[bit[i]] != t->tag)
			return v->cut;
	return true;
}
