/* Lists that sources add items to, and where those came from (ir.prov: "asset@1a2b3c4d net@99887766"). */
#include "lib/enrich/priv.h"

static const struct {
	struct slice path, parent, prov;
} list_row[LISTS] = {
	[LIST_asset] = {SLICE_INIT("ir.asset"), SLICE_INIT("ir"), SLICE_INIT("ir.prov.ir.asset")},
	[LIST_known] = {SLICE_INIT("ir.known"), SLICE_INIT("ir"), SLICE_INIT("ir.prov.ir.known")},
	[LIST_contact] = {SLICE_INIT("ir.contact"), SLICE_INIT("ir"), SLICE_INIT("ir.prov.ir.contact")},
	[LIST_enrichments] = {SLICE_INIT("threat.enrichments"), SLICE_INIT("threat"), SLICE_INIT("ir.prov.threat.enrichments")},
};

void
lists_paths(struct enrich *e)
{
	for (int i = 0; i < LISTS; i++) {
		e->list[i].list = json_paths_add(e->paths, list_row[i].path);
		e->list[i].parent = json_paths_add(e->paths, list_row[i].parent);
		e->list[i].prov = json_paths_add(e->paths, list_row[i].prov);
	}
}

static inline bool
feeds(const struct enrich_worker *w, size_t source, enum list_id id)
{
	return w->e->source[source].kind->list == id;
}

/* ---- origins -------------------------------------------------------------------------------------------------------- */
/* "asset@1a2b3c4d net@99887766" */
static struct slice
prov_text(const struct enrich_worker *w, enum list_id id)
{
	uint32_t v = w->slot[w->e->list[id].prov];

	return v != JSON_NONE && json_type(w->j, v) == JSON_STRING ? json_inner(w->j, v) : (struct slice){NULL, 0};
}

/* The source's id without its quotes. */
static struct slice
id_of(const struct enrich_worker *w, size_t source)
{
	struct slice id = w->e->source[source].id;

	return slice_of(id.p + 1, id.n - 2);
}

static enum origin
origin(const struct enrich_worker *w, size_t source, struct slice prov)
{
	struct slice name = w->e->source[source].info.name;

	while (prov.p) {
		struct slice one = slice_cut(&prov, ' ');

		if (slice_eq(slice_head(one, slice_find(one, '@')), name))
			return slice_eq(one, id_of(w, source)) ? SAME : OTHER;
	}
	return ABSENT;
}

/* ---- items -------------------------------------------------------------------------------------------------------------- */
void
list_open(struct enrich_worker *w, enum list_id id)
{
	struct list_work *l = &w->list[id];
	struct slice prov = prov_text(w, id);
	uint32_t list = w->slot[w->e->list[id].list], said = w->slot[w->e->list[id].prov];
	uint32_t parent = w->slot[w->e->list[id].parent];
	bool foreign = (list != JSON_NONE && json_type(w->j, list) != JSON_ARRAY) ||
	    (said != JSON_NONE && json_type(w->j, said) != JSON_STRING) ||
	    (parent != JSON_NONE && json_type(w->j, parent) != JSON_OBJECT);

	buf_reset(&l->items);
	for (size_t i = 0; i < w->e->n; i++) {
		bool mine = feeds(w, i, id);

		l->origin[i] = prov.p && mine && list != JSON_NONE ? origin(w, i, prov) : ABSENT;
		l->asked[i] = mine && l->origin[i] != SAME && !foreign;
		l->hit[i] = l->full[i] = false;
		w->count[i].kept += mine && foreign;
	}
}

struct buf *
list_item(struct enrich_worker *w, enum list_id id, size_t source)
{
	struct list_work *l = &w->list[id];

	l->hit[source] = true;
	if (l->items.n)
		buf_byte(&l->items, ',');
	return &l->items;
}

void
list_limit(struct enrich_worker *w, enum list_id id, size_t source)
{
	if (!w->list[id].full[source])
		worker_error(w, source, ENRICH_LIMIT);
	w->list[id].full[source] = true;
}

/* ---- a table that has changed since --------------------------------------------------------------------------------- */
static bool
replaced(const struct enrich_worker *w, enum list_id id, uint32_t item, const enum origin *origins)
{
	/* In a contact `by` tells how it was found. */
	struct slice member = id == LIST_contact ? SLICE("source") : SLICE("by");
	uint32_t by = json_type(w->j, item) == JSON_OBJECT ? json_get(w->j, item, member) : JSON_NONE;

	if (by == JSON_NONE || json_type(w->j, by) != JSON_STRING)
		return false;
	for (size_t i = 0; i < w->e->n; i++)
		if (origins[i] == OTHER && slice_eq(json_inner(w->j, by), w->e->source[i].info.name))
			return true;
	return false;
}

/* The whole list anew: what is not ours or came from the same bytes, then what was found.  Items are moved as they are. */
static void
rebuild(struct enrich_worker *w, enum list_id id)
{
	uint32_t list = w->slot[w->e->list[id].list];
	struct list_work *l = &w->list[id];
	struct buf *b = &l->whole;

	buf_reset(b);
	buf_byte(b, '[');
	for (uint32_t v = json_first(w->j, list); v != JSON_NONE; v = json_following(w->j, list, v)) {
		if (replaced(w, id, v, l->origin))
			continue;
		if (b->n > 1)
			buf_byte(b, ',');
		buf_slice_add(b, json_raw(w->j, v));
	}
	if (l->items.n && b->n > 1)
		buf_byte(b, ',');
	buf_slice_add(b, buf_slice(&l->items));
	buf_byte(b, ']');
	buf_reset(&l->items);
	json_edit_value(&w->edits, w->j, list, buf_slice(b));
}

static void
word(struct buf *b, struct slice s)
{
	if (b->n > 1)
		buf_byte(b, ' ');
	buf_slice_add(b, s);
}

/* Sources that were there before keep their places. */
static void
origins_write(struct enrich_worker *w, enum list_id id)
{
	struct slice prov = prov_text(w, id), rest = prov;
	struct list_work *l = &w->list[id];
	struct buf *b = &l->prov;
	bool done[ENRICH_SOURCES] = {false};

	buf_reset(b);
	buf_byte(b, '"');
	while (rest.p) {
		struct slice one = slice_cut(&rest, ' ');

		for (size_t i = 0; i < w->e->n; i++)
			if ((l->origin[i] == OTHER || l->hit[i]) &&
			    slice_eq(slice_head(one, slice_find(one, '@')), w->e->source[i].info.name)) {
				one = id_of(w, i);
				done[i] = true;
			}
		if (one.n)
			word(b, one);
	}
	for (size_t i = 0; i < w->e->n; i++)
		if (l->hit[i] && !done[i])
			word(b, id_of(w, i));
	buf_byte(b, '"');
	if (prov.p)
		json_edit_value(&w->edits, w->j, w->slot[w->e->list[id].prov], buf_slice(b));
	else
		worker_prov(w, list_row[id].path, buf_slice(b));
}

void
list_close(struct enrich_worker *w, enum list_id id)
{
	struct list_work *l = &w->list[id];
	bool other = false;

	for (size_t i = 0; i < w->e->n; i++) {
		other |= l->asked[i] && l->origin[i] == OTHER;
		w->count[i].hit += l->hit[i] || l->origin[i] == SAME;
		w->count[i].miss += l->asked[i] && !l->hit[i];
	}
	if (!other && l->items.n == 0)
		return;
	origins_write(w, id);
	if (other)
		rebuild(w, id);
}
