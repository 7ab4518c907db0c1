/*
 * Elements as evtx_dump shapes them: nothing is null, text alone is the value, attributes stand in "#attributes", equal
 * names get _1, _2; in EventData and UserData, Data with a Name is a member of that name, and Data without is an item of
 * "Data":{"#text":[..]}. An element's key is written when its start tag ends, for its Name decides it.
 */
#include "lib/format/evtx_json.h"

#include <stdlib.h>

static struct evtx_element *
top(struct evtx_writer *w)
{
	return &w->el[w->depth];
}

/* ---- a value in pieces: the second makes a string of both --------------------------------------------------- */

static void
insert(struct buf *b, size_t at, const char *p, size_t n)
{
	buf_room(b, n);
	memmove(b->p + at + n, b->p + at, b->n - at);
	memcpy(b->p + at, p, n);
	b->n += n;
}

/* [at, end) becomes a string; returns by how much it grew. */
static size_t
quote(struct buf *b, size_t at, size_t end)
{
	if (b->p[at] == '"')
		return 0;
	insert(b, end, "\"", 1);
	insert(b, at, "\"", 1);
	return 2;
}

/* [from, mid) and [mid, end) are values: one string of them. */
static void
join(struct buf *b, size_t from, size_t mid)
{
	(void)quote(b, mid, b->n);
	mid += quote(b, from, mid);
	memmove(b->p + mid - 1, b->p + mid + 1, b->n - mid - 1);
	b->n -= 2;
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

static uint64_t
bit(struct slice key)
{
	size_t n = key.n;
	unsigned h = (unsigned)n * 7;

	if (n)
		h += (unsigned char)key.p[0] * 3u + (unsigned char)key.p[n / 2] * 5u + (unsigned char)key.p[n - 1];
	return UINT64_C(1) << (h & 63);
}

static struct evtx_seen *
seen(struct evtx_writer *w, struct evtx_element *parent, struct slice key)
{
	w->cost += w->seen_n - parent->seen_from;
	for (size_t i = parent->seen_from; i < w->seen_n; i++)
		if (slice_eq(w->seen[i].key, key))
			return &w->seen[i];
	return NULL;
}

static void
remember(struct evtx_writer *w, struct evtx_element *parent, struct slice key)
{
	if (w->seen_n == w->seen_cap)
		w->seen = mem_grow(w->seen, &w->seen_cap, w->seen_n, sizeof *w->seen);
	w->seen[w->seen_n].key = key;
	w->seen[w->seen_n++].count = 0;
	parent->names |= bit(key);
}

static struct slice
numbered(struct evtx_writer *w, struct slice key, uint32_t n)
{
	buf_reset(&w->names);
	buf_slice_add(&w->names, key);
	buf_byte(&w->names, '_');
	buf_u64(&w->names, n);
	return arena_slice(&w->mem, buf_slice(&w->names));
}

/* "Header", then "Header_1": also where a member of that name stands already. */
static struct slice
unique(struct evtx_writer *w, struct evtx_element *parent, struct slice key)
{
	struct evtx_seen *s = parent->names & bit(key) ? seen(w, parent, key) : NULL;
	struct slice name = key;

	if (s) {
		size_t at = (size_t)(s - w->seen);

		do
			name = numbered(w, key, ++w->seen[at].count);
		while ((parent->names & bit(name)) && seen(w, parent, name));
	}
	remember(w, parent, name);
	return name;
}

/* ---- objects ------------------------------------------------------------------------------------------------ */

static void
end_list(struct evtx_writer *w, struct evtx_element *e)
{
	if (e->list == 2)
		buf_byte(&w->out, ']');
	if (e->list)
		buf_byte(&w->out, '}');
	e->list = 0;
}

/* The element is an object from here on, ready for one more member. */
static void
member(struct evtx_writer *w, struct evtx_element *e)
{
	if (e->child || e->attrs) {
		buf_byte(&w->out, ',');
	} else if (e->text) {
		insert(&w->out, e->text_at, "{\"#text\":", 9);
		buf_byte(&w->out, ',');
	} else {
		buf_byte(&w->out, '{');
	}
	if (e->text && !e->child)
		remember(w, e, SLICE("#text"));
	e->child = true;
}

static void
put_key(struct evtx_writer *w, struct slice key)
{
	buf_byte(&w->out, '"');
	buf_slice_add(&w->out, key);
	buf_lit(&w->out, "\":");
}

static void
put_item(struct evtx_writer *w, struct evtx_element *parent)
{
	if (parent->list == 0) {
		member(w, parent);
		put_key(w, unique(w, parent, SLICE("Data")));
		buf_lit(&w->out, "{\"#text\":");
		parent->item_at = w->out.n;
		parent->list = 1;
		return;
	}
	if (parent->list == 1)
		insert(&w->out, parent->item_at, "[", 1);
	parent->list = 2;
	buf_byte(&w->out, ',');
}

static void
settle(struct evtx_writer *w)
{
	struct evtx_element *e = top(w), *parent = e - 1;
	struct slice key = e->named ? e->data_name : e->name;

	e->settled = true;
	e->item = e->data && !e->named && w->attrs.n == 0;
	if (e->item) {
		put_item(w, parent);
		e->seen_from = w->seen_n;
		return;
	}
	end_list(w, parent);
	member(w, parent);
	put_key(w, unique(w, parent, key));
	e->seen_from = w->seen_n;
	if (w->attrs.n == 0)
		return;
	e->attrs = true;
	buf_lit(&w->out, "{\"#attributes\":{");
	buf_slice_add(&w->out, buf_slice(&w->attrs));
	buf_byte(&w->out, '}');
}

/* ---- attributes --------------------------------------------------------------------------------------------- */

/* A value that is not there takes its attribute along. */
static void
end_attr(struct evtx_writer *w)
{
	struct evtx_element *e = top(w);
	struct slice v;

	if (!w->in_attr)
		return;
	w->in_attr = false;
	if (w->pieces && e->data && !e->named && slice_eq(w->attr, SLICE("Name"))) {
		(void)quote(&w->attrs, w->value_at, w->attrs.n);
		v = slice_of(w->attrs.p + w->value_at + 1, w->attrs.n - w->value_at - 2);
		w->fluid |= slice_find(v, 1) < v.n;
		e->data_name = arena_slice(&w->mem, v);
		e->named = v.n > 0;
		w->pieces = 0;
	}
	if (w->pieces == 0)
		w->attrs.n = w->attr_from;
}

void
evtx_attr(struct evtx_writer *w, struct slice name)
{
	end_attr(w);
	if (w->depth == 0 || top(w)->settled)
		return;
	w->in_attr = true;
	w->attr = name;
	w->attr_from = w->attrs.n;
	w->pieces = 0;
	if (w->attrs.n)
		buf_byte(&w->attrs, ',');
	buf_byte(&w->attrs, '"');
	buf_slice_add(&w->attrs, name);
	buf_lit(&w->attrs, "\":");
	w->value_at = w->attrs.n;
}

/* ---- elements ----------------------------------------------------------------------------------------------- */

void
evtx_write_begin(struct evtx_writer *w)
{
	if (w->el == NULL)
		w->el = mem_zero(EVTX_DEPTH + 1, sizeof *w->el);
	buf_reset(&w->out);
	buf_reset(&w->attrs);
	arena_reset(&w->mem);
	w->depth = 0;
	w->seen_n = 0;
	w->in_attr = false;
	w->err = 0;
	w->cost = 0;
	w->el[0] = (struct evtx_element){.settled = true};
}

void
evtx_write_free(struct evtx_writer *w)
{
	buf_free(&w->out);
	buf_free(&w->attrs);
	buf_free(&w->names);
	free(w->el);
	free(w->seen);
	arena_free(&w->mem);
}

void
evtx_start(struct evtx_writer *w)
{
	end_attr(w);
	if (w->depth && !top(w)->settled)
		settle(w);
}

static bool
is_data(struct slice name)
{
	return slice_eq(name, SLICE("Data")) || slice_eq(name, SLICE("ComplexData"));
}

bool
evtx_open(struct evtx_writer *w, struct slice name)
{
	struct evtx_element *parent, *e;

	if (w->depth == EVTX_DEPTH)
		return false;
	evtx_start(w);
	parent = top(w);
	e = parent + 1;
	*e = (struct evtx_element){.name = name};
	e->inside = parent->inside || slice_eq(parent->name, SLICE("EventData")) || slice_eq(parent->name, SLICE("UserData"));
	e->data = e->inside && is_data(name);
	buf_reset(&w->attrs);
	w->depth++;
	return true;
}

void
evtx_close(struct evtx_writer *w)
{
	struct evtx_element *e;

	evtx_start(w);
	if (w->depth == 0)
		return;
	e = top(w);
	if (e->child)
		end_list(w, e);
	if (e->child || e->attrs)
		buf_byte(&w->out, '}');
	else if (!e->text)
		buf_str(&w->out, e->data ? "\"\"" : "null");
	w->seen_n = e->seen_from;
	w->depth--;
}

struct slice
evtx_write_end(struct evtx_writer *w)
{
	while (w->depth)
		evtx_close(w);
	end_list(w, w->el);
	if (w->el[0].child)
		buf_byte(&w->out, '}');
	return buf_slice(&w->out);
}

/* ---- text --------------------------------------------------------------------------------------------------- */

/* Where the next piece of text goes; NULL: nowhere. */
static struct buf *
place(struct evtx_writer *w)
{
	struct evtx_element *e = top(w);

	if (w->in_attr)
		return &w->attrs;
	if (w->depth == 0)
		return NULL;
	evtx_start(w);
	if (e->child) {
		end_list(w, e);
		member(w, e);
		put_key(w, unique(w, e, SLICE("#text")));
	} else if (!e->text) {
		if (e->attrs)
			buf_lit(&w->out, ",\"#text\":");
		e->text_at = w->out.n;
	}
	return &w->out;
}

static void
placed(struct evtx_writer *w, struct buf *b, size_t from)
{
	struct evtx_element *e = top(w);

	if (b == &w->attrs) {
		if (w->pieces++)
			join(b, w->value_at, from);
		return;
	}
	if (e->text && !e->child)
		join(b, e->text_at, from);
	e->text = true;
}

void
evtx_literal(struct evtx_writer *w, struct slice inner)
{
	struct buf *b = place(w);
	size_t from;

	if (!b)
		return;
	from = b->n;
	buf_byte(b, '"');
	buf_slice_add(b, inner);
	buf_byte(b, '"');
	placed(w, b, from);
}

static void
mark(struct evtx_writer *w, struct buf *b, struct evtx_value v)
{
	bool quoted = evtx_quoted(v.type);

	w->fluid |= v.type == EVTX_FLOAT || v.type == EVTX_DOUBLE;
	if (quoted)
		buf_byte(b, '"');
	buf_byte(b, 1);
	buf_byte(b, (char)(w->mark >> 8));
	buf_byte(b, (char)(w->mark & 255));
	if (quoted)
		buf_byte(b, '"');
}

/* A value of the wrong size is null where it stands alone, and nothing in a longer text. */
static void
single(struct evtx_writer *w, struct evtx_value v)
{
	struct evtx_element *e = top(w);
	struct buf *b;
	size_t from;

	if (v.type == EVTX_NULL)
		return;
	b = place(w);
	if (!b)
		return;
	from = b->n;
	if (w->marking) {
		mark(w, b, v);
	} else if (!evtx_value(b, v, &w->err)) {
		b->n = from;
		if (b == &w->attrs || (e->text && !e->child))
			return;
		buf_lit(b, "null");
	}
	placed(w, b, from);
}

bool
evtx_names(const struct evtx_writer *w)
{
	return w->in_attr && slice_eq(w->attr, SLICE("Name")) && is_data(w->el[w->depth].name);
}

/* The same element again for each item but the first. */
void
evtx_text(struct evtx_writer *w, struct evtx_value v)
{
	struct slice rest = v.bytes;
	struct evtx_value item;
	bool first = true, again;

	if (!(v.type & EVTX_ARRAY)) {
		single(w, v);
		return;
	}
	again = !w->in_attr && w->depth && !top(w)->child;
	while (w->out.n < EVTX_JSON && evtx_item(v, &rest, &item, &w->err)) {
		if (again && !first) {
			struct evtx_element e = *top(w);

			evtx_close(w);
			if (!evtx_open(w, e.name))
				return;
			top(w)->named = e.named;
			top(w)->data_name = e.data_name;
		}
		first = false;
		w->mark = w->items++;
		single(w, item);
	}
}
