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

void
assets_paths(struct enrich *e)
{
	for (size_t i = 0; i < ROWS; i++)
		e->field[i] = json_paths_add(e->paths, field_row[i].path);
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
	struct buf *b;

	w->list[LIST_asset].hit[source] = true;
	if (taken(w, source, row, group))
		return;
	if (w->takes == TAKEN) {
		list_limit(w, LIST_asset, source);
		return;
	}
	w->taken[w->takes++] = (struct taken){row, (uint8_t)source, (uint8_t)group};
	b = list_item(w, LIST_asset, source);
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

		if (!w->list[LIST_asset].asked[i])
			continue;
		row = find(&w->e->source[i].rows, look, text, &a);
		if (row == ROW_AMBIGUOUS)
			worker_error(w, i, ENRICH_AMBIGUOUS);
		else if (row != ROW_NONE)
			take(w, i, row, field, value);
	}
}

void
assets_look(struct enrich_worker *w)
{
	w->takes = 0;
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
