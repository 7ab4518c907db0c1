/* Where a field's value is in one event. */
#include "lib/match/room.h"

static void
base(struct match_room *r, uint32_t node)
{
	if (node == JSON_NONE || r->e->j->node[node].type != JSON_OBJECT || r->bases == BASES)
		return;
	r->base[r->bases] = node;
	r->slot[r->bases] = json_pick_kept(r->e->j, r->set->paths, node, r->kept[r->bases]);
	r->bases++;
}

/* UserData holds one element with a name of its own: its members are the fields. */
static uint32_t
only_child(const struct json *j, uint32_t v)
{
	uint32_t k;

	if (v == JSON_NONE || j->node[v].type != JSON_OBJECT)
		return JSON_NONE;
	for (k = json_first(j, v); k != JSON_NONE; k = json_following(j, v, k))
		if (j->node[json_value(j, k)].type == JSON_OBJECT && !slice_eq(json_inner(j, k), SLICE("#attributes")))
			return json_value(j, k);
	return v;
}

void
fields_look(struct match_room *r)
{
	const struct match_set *s = r->set;
	const struct json *j = r->e->j;
	uint32_t system, data, user, winlog;

	r->bases = 0;
	r->normed = false;
	base(r, r->e->raw);
	if (r->bases == 0)
		return;
	system = r->slot[0][s->at_system];
	winlog = r->slot[0][s->at_winlog];
	if (system != JSON_NONE && j->node[system].type == JSON_OBJECT) {
		data = r->slot[0][s->at_data];
		user = only_child(j, r->slot[0][s->at_user_data]);
		r->bases = 0;
		base(r, data);
		base(r, user);
		base(r, system);
	} else if (winlog != JSON_NONE) {
		data = r->slot[0][s->at_winlog_data];
		user = only_child(j, r->slot[0][s->at_winlog_user]);
		r->bases = 0;
		base(r, data);
		base(r, user);
		base(r, r->e->raw);
	}
}

enum { NODES_MAX = 65536 };		/* of one value; more make the value `cut`: what is not found in it is not known */

/* Adds a node, or the elements of an array. */
static void
add_node(struct match_room *r, struct match_value *v, uint32_t node)
{
	const struct json *j = r->e->j;
	bool list = json_type(j, node) == JSON_ARRAY;

	v->found = true;
	for (uint32_t k = list ? json_first(j, node) : node; k != JSON_NONE; k = list ? json_following(j, node, k) : JSON_NONE) {
		if (v->nodes == NODES_MAX) {
			v->cut = true;
			return;
		}
		if (v->nodes == 1)
			buf_add(&r->nodes, &v->one, sizeof v->one);
		if (v->nodes)
			buf_add(&r->nodes, &k, sizeof k);
		else
			v->one = k;
		v->nodes++;
	}
}

/* One level of arrays that is being gone through: what is left of the path holds for each element. */
struct level {
	uint32_t array, at;
	struct slice rest;
};

/* From an object or value down the path, as far as there is no array; false: the path ends here. */
static bool
down(const struct json *j, uint32_t *at, struct slice *rest)
{
	while (rest->p && json_type(j, *at) == JSON_OBJECT) {
		struct slice step = slice_cut(rest, '.');
		uint32_t k = json_get(j, *at, step);

		if (k == JSON_NONE)
			return false;
		*at = k;
	}
	return true;
}

/* Steps of a path through arrays of objects: any element counts. */
static void
through(struct match_room *r, uint32_t v, struct slice path, struct match_value *out)
{
	const struct json *j = r->e->j;
	__attribute__((uninitialized)) struct level level[BASES * 64];
	unsigned n = 0;
	uint32_t at = v;
	struct slice rest = path;

	for (;;) {
		if (down(j, &at, &rest)) {
			if (rest.p == NULL)
				add_node(r, out, at);
			else if (json_type(j, at) == JSON_ARRAY && json_first(j, at) != JSON_NONE && n < sizeof level / sizeof *level)
				level[n++] = (struct level){at, JSON_NONE, rest};
		}
		while (n && (level[n - 1].at = level[n - 1].at == JSON_NONE ? json_first(j, level[n - 1].array) :
		    json_following(j, level[n - 1].array, level[n - 1].at)) == JSON_NONE)
			n--;
		if (n == 0 || out->cut)
			return;
		at = level[n - 1].at;
		rest = level[n - 1].rest;
	}
}

/* An array stands at one of the dots. */
static bool
arrays(const struct match_room *r, const struct match_field *f, unsigned b)
{
	for (unsigned i = 0; i < f->steps; i++) {
		uint32_t node = r->slot[b][f->step[i]];

		if (node != JSON_NONE && json_type(r->e->j, node) == JSON_ARRAY)
			return true;
	}
	return false;
}

void
fields_norm(struct match_room *r)
{
	if (!r->normed)
		json_pick(r->e->j, r->set->norm, r->e->root, r->norm);
	r->normed = true;
}

uint32_t
field_node(const struct match_room *r, const struct match_value *v, uint32_t k)
{
	uint32_t node = v->one;

	if (v->nodes > 1)
		memcpy(&node, r->nodes.p + (v->list + (size_t)k) * sizeof node, sizeof node);
	return node;
}

static bool
look(struct match_room *r, const struct match_field *f, struct match_value *v)
{
	const struct json *j = r->e->j;

	for (unsigned b = 0; b < r->bases; b++)
		for (unsigned i = 0; i < f->slots; i++) {
			uint32_t node = r->slot[b][f->slot[i]];

			/* An element with attributes is an object: its text is the variant behind. */
			if (node == JSON_NONE || (j->node[node].type == JSON_OBJECT && i + 1 < f->slots && r->slot[b][f->slot[i + 1]] != JSON_NONE))
				continue;
			add_node(r, v, node);
			return true;
		}
	if (r->e->root != r->e->raw) {
		fields_norm(r);
		for (unsigned i = 0; i < f->norms; i++)
			if (r->norm[f->norm[i]] != JSON_NONE) {
				add_node(r, v, r->norm[f->norm[i]]);
				return true;
			}
	}
	for (unsigned b = 0; f->steps && b < r->bases && !v->found; b++)
		if (arrays(r, f, b))
			through(r, r->base[b], f->name, v);
	return v->found;
}

struct match_value *
field_value(struct match_room *r, uint32_t field)
{
	struct match_value *v = &r->value[field];
	const struct match_field *f = &r->set->field[field];

	if (v->epoch == r->epoch)
		return v;
	v->epoch = r->epoch;
	v->found = v->made = v->cut = false;
	v->nodes = 0;
	v->list = (uint32_t)(r->nodes.n / sizeof v->one);
	if (f->twin && twin_wins(f->twin - 1) && twin_look(r, f->twin - 1, v))
		return v;
	if (!look(r, f, v) && f->twin)
		(void)twin_look(r, f->twin - 1, v);
	return v;
}
