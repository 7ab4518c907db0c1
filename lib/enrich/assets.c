/* ir.asset: what the tables of one's own say of the names and addresses of a record. */
#include "lib/enrich/priv.h"

enum look { NAME, ID, ADDRESS, MAC };
enum group { HOST, OBSERVER, SOURCE, DESTINATION, RELATED };

/* In the order of the items.  One row is told once in a group; of what is only related, once in the record. */
static const struct {
	struct slice path;
	enum look look;
	enum group group;
} field_row[] = {
	{SLICE_INIT("host.name"), NAME, HOST}, {SLICE_INIT("host.id"), ID, HOST}, {SLICE_INIT("host.ip"), ADDRESS, HOST},
	{SLICE_INIT("host.mac"), MAC, HOST},
	{SLICE_INIT("observer.name"), NAME, OBSERVER}, {SLICE_INIT("observer.ip"), ADDRESS, OBSERVER},
	{SLICE_INIT("source.ip"), ADDRESS, SOURCE}, {SLICE_INIT("source.mac"), MAC, SOURCE}, {SLICE_INIT("source.domain"), NAME,
	    SOURCE},
	{SLICE_INIT("destination.ip"), ADDRESS, DESTINATION}, {SLICE_INIT("destination.mac"), MAC, DESTINATION},
	{SLICE_INIT("destination.domain"), NAME, DESTINATION},
	{SLICE_INIT("related.ip"), ADDRESS, RELATED}, {SLICE_INIT("related.hosts"), NAME, RELATED},
};
_Static_assert(sizeof field_row / sizeof *field_row <= FIELDS, "there is a slot for each field");
enum { ROWS = sizeof field_row / sizeof *field_row };

/* What ir.prov says of a source: nothing, the same bytes, other bytes. */
enum origin { ABSENT, SAME, OTHER };

void
assets_paths(struct enrich *e)
{
	for (size_t i = 0; i < ROWS; i++)
		e->field[i] = json_paths_add(e->paths, field_row[i].path);
}

static inline bool
has_rows(const struct enrich_worker *w, size_t source)
{
	return w->e->source[source].kind->describe == NULL;
}

/* ---- origins -------------------------------------------------------------------------------------------------------- */
/* "asset@1a2b3c4d net@99887766" */
static struct slice
prov_text(const struct enrich_worker *w)
{
	uint32_t v = w->slot[w->e->prov_asset];

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

/* ---- looking up ----------------------------------------------------------------------------------------------------- */
static bool
taken(const struct enrich_worker *w, size_t source, uint32_t row, enum group group)
{
	for (size_t i = 0; i < w->takes; i++)
		if (w->taken[i].row == row && w->taken[i].source == source && (group == RELATED || w->taken[i].group == group))
			return true;
	return false;
}

static void
take(struct enrich_worker *w, size_t source, uint32_t row, size_t field, uint32_t value)
{
	enum group group = field_row[field].group;
	struct buf *b = &w->asset;

	w->hit[source] = true;
	if (taken(w, source, row, group))
		return;
	if (w->takes == TAKEN) {
		if (!w->full[source])
			worker_error(w, source, ENRICH_LIMIT);
		w->full[source] = true;
		return;
	}
	w->taken[w->takes++] = (struct taken){row, (uint8_t)source, (uint8_t)group};
	if (b->n)
		buf_byte(b, ',');
	buf_lit(b, "{\"for\":\"");
	buf_slice_add(b, field_row[field].path);
	buf_lit(b, "\",\"value\":");
	buf_slice_add(b, json_raw(w->j, value));
	buf_byte(b, ',');
	buf_slice_add(b, w->e->source[source].rows.json[row]);
	buf_byte(b, '}');
}

static uint32_t
find(const struct rows *r, enum look look, struct slice text, const struct addr *a)
{
	switch (look) {
	case ADDRESS:
		return rows_address(r, a);
	case MAC:
		return rows_mac(r, text);
	case ID:
		return rows_id(r, text);
	default:
		return rows_name(r, text);
	}
}

static void
one_value(struct enrich_worker *w, size_t field, uint32_t value)
{
	enum look look = field_row[field].look;
	struct slice text;
	struct addr a = {0};

	if (json_type(w->j, value) != JSON_STRING)
		return;
	buf_reset(&w->scratch);
	text = json_text(w->j, value, &w->scratch);
	/* A log may have an address where the name should be. */
	if (look == NAME && text.n && (text.p[0] == ':' || (text.p[0] >= '0' && text.p[0] <= '9')) && addr_read(text, &a))
		look = ADDRESS;
	else if (look == ADDRESS && !addr_read(text, &a))
		return;
	for (size_t i = 0; i < w->e->n; i++) {
		uint32_t row;

		if (!w->asked[i])
			continue;
		row = find(&w->e->source[i].rows, look, text, &a);
		if (row == ROW_AMBIGUOUS)
			worker_error(w, i, ENRICH_AMBIGUOUS);
		else if (row != ROW_NONE)
			take(w, i, row, field, value);
	}
}

static void
look_up(struct enrich_worker *w)
{
	for (size_t f = 0; f < ROWS; f++) {
		uint32_t v = w->slot[w->e->field[f]];

		if (v == JSON_NONE)
			continue;
		if (json_type(w->j, v) != JSON_ARRAY) {
			one_value(w, f, v);
			continue;
		}
		for (uint32_t k = json_first(w->j, v); k != JSON_NONE; k = json_following(w->j, v, k))
			one_value(w, f, k);
	}
}

/* ---- a table that has changed since --------------------------------------------------------------------------------- */
static bool
replaced(const struct enrich_worker *w, uint32_t item, const enum origin *origins)
{
	uint32_t by = json_type(w->j, item) == JSON_OBJECT ? json_get(w->j, item, SLICE("by")) : JSON_NONE;

	if (by == JSON_NONE || json_type(w->j, by) != JSON_STRING)
		return false;
	for (size_t i = 0; i < w->e->n; i++)
		if (origins[i] == OTHER && slice_eq(json_inner(w->j, by), w->e->source[i].info.name))
			return true;
	return false;
}

/* The whole list anew: what is not ours or came from the same bytes, then what was found.  Items are moved as they are. */
static void
rebuild(struct enrich_worker *w, const enum origin *origins)
{
	uint32_t list = w->slot[w->e->asset];
	struct buf *b = &w->list;

	buf_reset(b);
	buf_byte(b, '[');
	for (uint32_t v = json_first(w->j, list); v != JSON_NONE; v = json_following(w->j, list, v)) {
		if (replaced(w, v, origins))
			continue;
		if (b->n > 1)
			buf_byte(b, ',');
		buf_slice_add(b, json_raw(w->j, v));
	}
	if (w->asset.n && b->n > 1)
		buf_byte(b, ',');
	buf_slice_add(b, buf_slice(&w->asset));
	buf_byte(b, ']');
	buf_reset(&w->asset);
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
origins_write(struct enrich_worker *w, const enum origin *origins)
{
	struct slice prov = prov_text(w), rest = prov;
	struct buf *b = &w->prov_asset;
	bool done[ENRICH_SOURCES] = {false};

	buf_reset(b);
	buf_byte(b, '"');
	while (rest.p) {
		struct slice one = slice_cut(&rest, ' ');

		for (size_t i = 0; i < w->e->n; i++)
			if ((origins[i] == OTHER || w->hit[i]) &&
			    slice_eq(slice_head(one, slice_find(one, '@')), w->e->source[i].info.name)) {
				one = id_of(w, i);
				done[i] = true;
			}
		if (one.n)
			word(b, one);
	}
	for (size_t i = 0; i < w->e->n; i++)
		if (w->hit[i] && !done[i])
			word(b, id_of(w, i));
	buf_byte(b, '"');
	if (prov.p)
		json_edit_value(&w->edits, w->j, w->slot[w->e->prov_asset], buf_slice(b));
	else
		worker_prov(w, SLICE("ir.asset"), buf_slice(b));
}

void
assets_add(struct enrich_worker *w)
{
	enum origin origins[ENRICH_SOURCES];
	struct slice prov = prov_text(w);
	uint32_t list = w->slot[w->e->asset], said = w->slot[w->e->prov_asset];
	bool other = false, foreign = (list != JSON_NONE && json_type(w->j, list) != JSON_ARRAY) ||
	    (said != JSON_NONE && json_type(w->j, said) != JSON_STRING);

	w->takes = 0;
	for (size_t i = 0; i < w->e->n; i++) {
		origins[i] = prov.p && has_rows(w, i) && list != JSON_NONE ? origin(w, i, prov) : ABSENT;
		w->asked[i] = has_rows(w, i) && origins[i] != SAME && !foreign;
		w->hit[i] = w->full[i] = false;
		other |= origins[i] == OTHER && !foreign;
		w->count[i].kept += has_rows(w, i) && foreign;
	}
	look_up(w);
	for (size_t i = 0; i < w->e->n; i++) {
		w->count[i].hit += w->hit[i] || origins[i] == SAME;
		w->count[i].miss += w->asked[i] && !w->hit[i];
	}
	if (!other && w->asset.n == 0)
		return;
	origins_write(w, origins);
	if (other)
		rebuild(w, origins);
}
