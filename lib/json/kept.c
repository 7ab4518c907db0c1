#include "lib/json/priv.h"

/*
 * Logs repeat themselves: a record with the members of one before it, in the same order, has its paths at the same nodes.  What was
 * picked for a layout is kept; a look at each name tells that the layout is the same.
 */
enum { LAYOUTS = 16, NODES_MAX = 96, NAME_MAX_KEPT = 24, NUMBERED = 64, MISSES = 64, REST = 4096, DEPTH_MAX_KEPT = 64 };

/* A name is compared by its ends and what lies between them; `what` is type, key and depth: together they are the tree's form. */
struct spot {
	uint64_t head, middle, tail;
	uint32_t n, what;
};

struct layout {
	uint32_t from, nodes;		/* nodes 0: none */
	struct spot spot[NODES_MAX];
};

/* The same for lines that have a number of their layout: no look at names is needed. */
struct numbered {
	uint64_t number;		/* 0: none */
	uint32_t from, unused;
};

/* Behind it: LAYOUTS times a layout and its slots, then NUMBERED times a number and its slots. */
struct kept {
	uint32_t misses, rest;		/* where nothing repeats, nothing is learnt for a while */
};

static size_t
slots_size(const struct json_paths *s)
{
	return (json_paths_count(s) * sizeof(uint32_t) + 7) / 8 * 8;
}

static size_t
stride(const struct json_paths *s)
{
	return sizeof(struct layout) + slots_size(s);
}

size_t
json_kept_room(const struct json_paths *s)
{
	return sizeof(struct kept) + LAYOUTS * stride(s) + NUMBERED * (sizeof(struct numbered) + slots_size(s));
}

/* Type, key, escaped and depth as they lie in the node. */
static inline uint32_t
what(const struct json_node *v)
{
	return (uint32_t)v->type | (uint32_t)v->key << 8 | (uint32_t)v->depth << 16;
}

static inline uint64_t
middle(const char *p, size_t n)
{
	uint64_t v = 0;

	if (n > 16)
		memcpy(&v, p + 8, sizeof v);
	return v;
}

static inline bool
same_name(const struct spot *s, const char *p, size_t n)
{
	uint64_t head, tail;

	if (s->n != n)
		return false;
	json_ends(p, n, &head, &tail);
	return s->head == head && s->tail == tail && (n <= 16 || s->middle == middle(p, n));
}

static inline bool
same(const struct layout *l, const struct json *j, uint32_t object, uint32_t nodes)
{
	const struct json_node *v = j->node + object;

	if (l->nodes != nodes || l->from != object)
		return false;
	for (uint32_t i = 1; i < nodes; i++) {
		if (l->spot[i].what != what(&v[i]))
			return false;
		if (v[i].key && (v[i].escaped || !same_name(&l->spot[i], j->line.p + v[i].at + 1, v[i].end - v[i].at - 2)))
			return false;
	}
	return true;
}

/* False: this one cannot be kept. */
static bool
learn(struct layout *l, const struct json *j, uint32_t object, uint32_t nodes)
{
	const struct json_node *v = j->node + object;

	l->nodes = 0;
	for (uint32_t i = 1; i < nodes; i++) {
		const char *p = j->line.p + v[i].at + 1;
		struct spot *s = &l->spot[i];

		if (v[i].depth > DEPTH_MAX_KEPT || (v[i].key && (v[i].escaped || v[i].end - v[i].at - 2 > NAME_MAX_KEPT)))
			return false;
		*s = (struct spot){.what = what(&v[i])};
		if (!v[i].key)
			continue;
		s->n = v[i].end - v[i].at - 2;
		s->middle = middle(p, s->n);
		json_ends(p, s->n, &s->head, &s->tail);
	}
	l->from = object;
	l->nodes = nodes;
	return true;
}

/* Few layouts share a count of nodes and the lengths of two names. */
static inline size_t
place(const struct json_node *v, uint32_t nodes)
{
	const struct json_node *a = &v[nodes - 1], *b = &v[(nodes / 2) | 1];
	uint32_t last = nodes > 2 ? v[nodes - 2].end - v[nodes - 2].at : a->end - a->at, half = b->key ? b->end - b->at : 0;

	return (nodes * 0x9e3779b1u ^ last * 0x85ebca6bu ^ half * 0xc2b2ae35u) >> 28;
}
_Static_assert(LAYOUTS == 1 << 4, "place gives four bits");

static const uint32_t *
by_number(const struct json *j, const struct json_paths *s, uint32_t object, char *room)
{
	struct numbered *n = (struct numbered *)(void *)(room + j->layout % NUMBERED * (sizeof *n + slots_size(s)));
	uint32_t *slot = (uint32_t *)(void *)(n + 1);

	if (n->number == j->layout && n->from == object)
		return slot;
	n->number = j->layout;
	n->from = object;
	json_pick(j, s, object, slot);
	return slot;
}

const uint32_t *
json_pick_kept(const struct json *j, const struct json_paths *s, uint32_t object, void *room)
{
	struct kept *k = room;
	uint32_t nodes = j->node[object].next - object, *slot;
	struct layout *l;
	bool worth = nodes > 2 && nodes <= NODES_MAX && k->rest == 0;

	if (j->layout)
		return by_number(j, s, object, (char *)room + sizeof *k + LAYOUTS * stride(s));
	l = (struct layout *)((char *)room + sizeof *k + (worth ? place(j->node + object, nodes) : 0) * stride(s));
	slot = (uint32_t *)(void *)(l + 1);
	if (worth && same(l, j, object, nodes)) {
		k->misses = 0;
		return slot;
	}
	if (k->rest)
		k->rest--;
	l->nodes = 0;
	json_pick(j, s, object, slot);
	if (worth && learn(l, j, object, nodes) && ++k->misses == MISSES) {
		k->misses = 0;
		k->rest = REST;
	}
	return slot;
}
