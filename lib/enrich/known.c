/* known: what lists of harmless or common values say of a record (MISP's warninglists). */
#include "lib/enrich/priv.h"
#include "lib/intel/known.h"

enum { BYTES = 256 * 1024 * 1024, ITEMS = 64 };

static bool
one_file(struct enrich_source *s, const char *path, struct fault *f)
{
	struct slice name = slice_str(path), folder;
	struct buf bytes = {0};
	bool ok = enrich_read(s, path, &bytes, BYTES, f);

	/* MISP's repository: lists/NAME/list.json */
	folder = slice_head(name, slice_rfind(name, '/'));
	if (slice_ends(name, SLICE("/list.json")))
		name = folder;
	name = slice_from(name, slice_rfind(name, '/') < name.n ? slice_rfind(name, '/') + 1 : 0);
	ok = ok && known_read(s->data, buf_slice(&bytes), name, f);
	buf_free(&bytes);
	return ok;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	static const char *const endings[] = {".json", ".txt", ".list", NULL};

	s->data = known_new();
	if (!enrich_files(s, path, endings, one_file, f) || !known_done(s->data, f))
		return false;
	s->info.rows = known_entries(s->data);
	return true;
}

static void
unload(struct enrich_source *s)
{
	known_free(s->data);
}

static void *
open_seek(const struct enrich_source *s)
{
	return known_seek_new(s->data);
}

static void
close_seek(void *state)
{
	known_seek_free(state);
}

static const struct intel_index *
the_index(const struct enrich_source *s)
{
	return known_index(s->data);
}

static unsigned
kinds(const struct enrich_source *s)
{
	return known_kinds(s->data);
}

/* Names of lists and of the source are JSON already. */
static void
item(struct enrich_worker *w, size_t source, const struct known_hit *h)
{
	const struct enrich_source *s = &w->e->source[source];
	struct buf *b = list_item(w, LIST_known, source);
	struct intel_hit at = {.node = h->node, .field = h->field};

	buf_lit(b, "{\"list\":");
	buf_slice_add(b, known_list_name(s->data, h->list));
	buf_lit(b, ",\"field\":");
	if (h->field.n) {
		buf_byte(b, '"');
		buf_slice_add(b, h->field);
		buf_byte(b, '"');
	} else {
		buf_reset(&w->text);
		intel_field(w->j, &at, &w->text);
		(void)json_put_text(b, buf_slice(&w->text));
	}
	buf_lit(b, ",\"value\":");
	buf_slice_add(b, json_raw(w->j, h->node));
	buf_lit(b, ",\"by\":\"");
	buf_slice_add(b, s->info.name);
	buf_lit(b, "\"}");
}

static void
items(struct enrich_worker *w, size_t source)
{
	const struct intel_hit *found;
	const struct known_hit *hit;
	size_t n = worker_hits(w, &found);

	n = known_look(w->state[source], w->seek, found, n, w->e->index[source], &hit);
	for (size_t i = 0; i < n && i < ITEMS; i++)
		item(w, source, &hit[i]);
	if (n > ITEMS || known_cut(w->state[source]) || intel_cut(w->seek))
		list_limit(w, LIST_known, source);
}

const struct enrich_kind enrich_kind_known = {.name = SLICE_INIT("known"), .max_age = 90 * 86400, .load = load,
    .list = LIST_known,
    .items = items, .index = the_index, .kinds = kinds, .open = open_seek, .close = close_seek, .unload = unload};
