/* Why a rule matched: the atoms that held, with the value and the place in it. */
#include "lib/match/room.h"

enum { WHY_MAX = 32, VALUE_MAX = 1024 };

static struct slice
cut(struct slice s, size_t max)
{
	if (s.n <= max)
		return s;
	s.n = max;
	/* Not inside a character. */
	while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

static void
one(struct match_room *r, uint32_t id, struct buf *b)
{
	const struct match_atom *m = &r->set->atom[id];
	struct slice value = {NULL, 0};
	size_t from = 0, to = 0;
	bool placed = atom_place(r, id, &value, &from, &to);

	buf_lit(b, "{\"field\":");
	(void)json_put_text(b, m->field == NO_FIELD ? SLICE("(any)") : r->set->field[m->field].name);
	buf_lit(b, ",\"op\":\"");
	buf_str(b, sigma_op_name[m->op]);
	buf_lit(b, "\",\"pattern\":");
	(void)json_put_text(b, cut(text_at(r->set, m->shown), VALUE_MAX));
	if (placed) {
		buf_lit(b, ",\"value\":");
		(void)json_put_text(b, cut(value, VALUE_MAX));
		if (value.n > VALUE_MAX)
			buf_lit(b, ",\"cut\":true");
		buf_lit(b, ",\"off\":");
		buf_u64(b, from);
		buf_lit(b, ",\"len\":");
		buf_u64(b, to - from);
	}
	buf_byte(b, '}');
}

/* Atoms that held, below `all` and `any`; what stands under a `not` held by being absent and is left out. */
static void
walk(struct match_room *r, const struct match_node *n, struct buf *b, unsigned *left)
{
	unsigned kind = n->kind & NODE_KIND;

	if (*left == 0 || kind == SIGMA_NOT || kind == SIGMA_NEVER || node_ask(r, n) != YES)
		return;
	if (kind == SIGMA_ATOM) {
		if ((*left)-- < WHY_MAX)
			buf_byte(b, ',');
		one(r, n->at, b);
		return;
	}
	for (uint32_t i = 0; i < n->n; i++)
		walk(r, r->set->node + n->at + i, b, left);
}

void
match_why(struct match_room *r, const struct sigma_rule *rule, struct buf *out)
{
	const struct match_set *s = r->set;
	bool run = rule->index < s->rules && s->rule[rule->index] == rule;
	unsigned left = WHY_MAX;

	buf_byte(out, '[');
	walk(r, s->node + (run ? s->root[rule->index] : rule->root->flat), out, &left);
	buf_byte(out, ']');
}
