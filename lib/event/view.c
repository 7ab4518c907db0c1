#include "lib/event/view.h"

bool
view_object(const struct view *v, enum view_path p)
{
	uint32_t n = view_node(v, p);

	return n != JSON_NONE && json_type(v->j, n) == JSON_OBJECT;
}

/* Who asks for a text may decide by it: then the text itself is a condition of what comes after. */
static inline void
asked(const struct view *v, uint32_t node)
{
	if (__builtin_expect(v->e && v->e->trace, 0))
		trace_ask(v->e->trace, v->j, node, STEP_TEXT);
}

bool
view_any(const struct view *v, uint32_t node)
{
	struct trace *t = v->e->trace;
	bool any;

	if (t == NULL)
		return view_as(v, node).s.n > 0;
	if (json_type(v->j, node) == JSON_ARRAY)
		node = json_first(v->j, node);
	if (node == JSON_NONE)
		return false;
	trace_ask(t, v->j, node, STEP_ANY);
	t->open = true;
	any = view_as(v, node).s.n > 0;
	t->open = false;
	return any;
}

static struct slice
decoded(const struct view *v, uint32_t node)
{
	struct buf t = {0};
	struct slice s;

	if (v->e) {
		json_text_add(v->j, node, &v->e->scratch);
		s = event_keep(v->e, buf_slice(&v->e->scratch));
		buf_reset(&v->e->scratch);
		return s;
	}
	json_text_add(v->j, node, &t);
	s = arena_slice(v->mem, buf_slice(&t));
	buf_free(&t);
	return s;
}

struct slice
view_value(const struct view *v, uint32_t node)
{
	if (node != JSON_NONE && json_type(v->j, node) == JSON_ARRAY)
		node = json_first(v->j, node);
	if (node == JSON_NONE)
		return (struct slice){0};
	asked(v, node);
	switch (json_type(v->j, node)) {
	case JSON_STRING:
		return v->j->node[node].escaped ? decoded(v, node) : json_inner(v->j, node);
	case JSON_NUMBER: case JSON_TRUE: case JSON_FALSE:
		return json_raw(v->j, node);
	default:
		return (struct slice){0};
	}
}

struct slice
view_inner(const struct view *v, enum view_path p)
{
	uint32_t node = view_node(v, p);

	if (node == JSON_NONE || json_type(v->j, node) != JSON_STRING)
		return (struct slice){0};
	asked(v, node);
	return json_inner(v->j, node);
}

struct view_text
view_other(const struct view *v, uint32_t node)
{
	if (json_type(v->j, node) == JSON_ARRAY) {
		node = json_first(v->j, node);
		if (node == JSON_NONE || json_type(v->j, node) == JSON_ARRAY)
			return (struct view_text){0};
	}
	asked(v, node);
	if (json_type(v->j, node) == JSON_STRING && v->j->node[node].escaped && json_escapes_short(json_inner(v->j, node)))
		return (struct view_text){json_inner(v->j, node), FORM_JSON};
	return (struct view_text){view_value(v, node),
	    json_type(v->j, node) == JSON_STRING && v->j->node[node].escaped ? FORM_TEXT : FORM_CLEAN};
}

bool
view_is(const struct view *v, enum view_path p, struct slice s)
{
	uint32_t node = view_node(v, p);

	return node != JSON_NONE && slice_eq_nocase(view_value(v, node), s);
}

void
view_ls(struct view *v, struct slice product, struct slice service, struct slice category)
{
	for (unsigned i = 0; i < v->ls_n; i++)
		if (slice_eq(v->ls[i].product, product) && slice_eq(v->ls[i].service, service) &&
		    slice_eq(v->ls[i].category, category))
			return;
	if (v->ls_n < EVENT_LS_MAX)
		v->ls[v->ls_n++] = (struct logsource){product, service, category};
}

void
view_convert(struct view *v, uint32_t node, enum field f, enum convert how)
{
	struct trace *t = v->e->trace;

	if (__builtin_expect(t == NULL, 1)) {
		convert_as(v->e, f, how, view_as(v, node));
		return;
	}
	if (json_type(v->j, node) == JSON_ARRAY)
		node = json_first(v->j, node);
	if (node == JSON_NONE)
		return;
	v->e->step = trace_open(t, v->j, node, STEP_SET, (uint16_t)f, (uint8_t)how);
	convert_as(v->e, f, how, view_as(v, node));
	v->e->step = trace_close(t);
}

static void
set_items(struct view *v, uint32_t node, enum field f, enum convert how)
{
	for (uint32_t k = json_first(v->j, node); k != JSON_NONE; k = json_following(v->j, node, k))
		if (json_type(v->j, k) != JSON_ARRAY)
			view_convert(v, k, f, how);
}

void
view_set(struct view *v, uint32_t node, enum field f, enum convert how)
{
	if (node == JSON_NONE)
		return;
	if (how == OBJECT) {
		if (v->e->trace)
			v->e->trace->lost = true;
		event_set_json(v->e, f, json_raw(v->j, node));
	} else if (json_type(v->j, node) == JSON_ARRAY && field_row[f].list)
		set_items(v, node, f, how);
	else
		view_convert(v, node, f, how);
}

void
view_map(struct view *v, const uint32_t *slots, const struct mapping *map, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v->slot[slots[i]] != JSON_NONE)
			view_set(v, v->slot[slots[i]], map[i].field, map[i].how);
}

void
event_class(struct event *e, const char *kind, const char *category, const char *type)
{
	event_set_as(e, F_event_kind, slice_str(kind), FORM_CLEAN);
	event_set_as(e, F_event_category, slice_str(category), FORM_CLEAN);
	event_set_as(e, F_event_type, slice_str(type), FORM_CLEAN);
}
