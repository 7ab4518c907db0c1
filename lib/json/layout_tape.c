#include "lib/base/mem.h"
#include "lib/json/layout.h"
#include "lib/json/priv.h"

/*
 * The tape of a line whose layout is known: its form is that of an earlier line, and each node begins and ends so many bytes
 * before some scalar of the line.  The layout has nodes of its own: what is always the same stands there already.
 */
struct json_layout_node {
	uint16_t from, to;		/* slots before which the node begins and ends */
	uint16_t at, end;		/* by so many bytes, counted from behind the slot's first: the root ends there */
};

/* One byte behind where slots begin in the line; the one behind the last is its closing brace. */
static inline void
places(const struct json_layout *l, const uint32_t *ix, uint32_t *place)
{
	for (uint32_t s = 0; s <= l->slots; s++)
		place[s] = ix[l->slot[s].at] - *ix + 1;
}

/* The first slot at node v or behind it. */
static uint16_t
slot_behind(const struct json_layout *l, uint32_t v)
{
	uint32_t s = 0;

	while (s < l->slots && l->slot[s].node < v)
		s++;
	return (uint16_t)s;
}

void
json_layout_keep(struct json_layout *l, const struct json *j, const uint32_t *ix)
{
	uint32_t place[JSON_SLOTS_MAX + 1];

	places(l, ix, place);
	l->nodes = j->nodes;
	l->node = mem_dup(j->node, j->nodes * sizeof *l->node);
	l->tape = mem_zero(j->nodes, sizeof *l->tape);
	for (uint32_t v = 0; v < j->nodes; v++) {
		const struct json_node *n = &j->node[v];
		struct json_layout_node *t = &l->tape[v];

		t->from = slot_behind(l, v);
		/* A name ends before the same scalar, a value before the next one. */
		t->to = n->key ? t->from : slot_behind(l, n->next);
		t->at = (uint16_t)(place[t->from] - n->at);
		t->end = (uint16_t)(place[t->to] - n->end);
	}
}

static void
fill(const struct json_layout *l, const struct json_quick *q)
{
	struct json_node *node = l->node;
	const struct json_layout_node *t = l->tape, *end = t + l->nodes;
	/* Nothing is read of it that was not written before. */
	__attribute__((uninitialized)) uint32_t place[JSON_SLOTS_MAX + 1];

	places(l, q->ix, place);
	for (; t < end; t++, node++) {
		node->at = place[t->from] - t->at;
		node->end = place[t->to] - t->end;
	}
	for (uint32_t s = 0; s < l->slots; s++) {
		const struct json_layout_slot *slot = &l->slot[s];

		if (slot->type == JSON_STRING)
			l->node[slot->node].escaped = json_slot_escaped(q, s);
		else if (slot->type == JSON_TRUE)
			l->node[slot->node].type = q->p[q->ix[slot->at]] == 't' ? JSON_TRUE : JSON_FALSE;
	}
}

bool
json_layout_line(struct json *j)
{
	struct json_priv *pr = j->priv;
	struct json_quick q;
	struct json_layout *l = json_quick(j, pr->layouts, &q);

	if (l == NULL)
		return false;
	fill(l, &q);
	j->line = q.line;
	j->at = q.at;
	j->node = l->node;
	j->nodes = l->nodes;
	j->ok = true;
	j->layout = l->serial;
	pr->layout = l;
	json_quick_take(j);
	return true;
}

/* What was picked for a layout, and by which set. */
struct picked {
	const struct json_paths *paths;
	uint32_t slot[];
};

const uint32_t *
json_pick_root(const struct json *j, const struct json_paths *s, uint32_t *slot)
{
	struct json_layout *l = j->priv->layout;
	struct picked *own = l ? l->own : NULL;

	if (l == NULL || (own && own->paths != s)) {
		json_pick(j, s, 0, slot);
		return slot;
	}
	if (own == NULL) {
		own = mem_alloc(sizeof *own + json_paths_count(s) * sizeof *own->slot);
		own->paths = s;
		json_pick(j, s, 0, own->slot);
		l->own = own;
	}
	return own->slot;
}
