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

static void
items(struct enrich_worker *w, size_t source)
{
	const struct known_hit *hit;
	size_t n = known_look(w->state[source], w->j, 0, w->slot[w->e->raw], &hit);

	for (size_t i = 0; i < n && i < ITEMS; i++) {
		struct json_out o = json_out(list_item(w, LIST_known, source));
		struct intel_hit at = {.node = hit[i].node, .field = hit[i].field};

		jo_open(&o, '{');
		jo_ktext(&o, "list", hit[i].list);
		buf_reset(&w->text);
		intel_field(w->j, &at, &w->text);
		jo_ktext(&o, "field", buf_slice(&w->text));
		jo_kraw(&o, "value", json_raw(w->j, hit[i].node));
		jo_ktext(&o, "by", w->e->source[source].info.name);
		jo_close(&o, '}');
	}
	if (n > ITEMS || known_cut(w->state[source]))
		list_limit(w, LIST_known, source);
}

const struct enrich_kind enrich_kind_known = {.name = SLICE_INIT("known"), .max_age = 90 * 86400, .load = load,
    .list = LIST_known,
    .items = items, .open = open_seek, .close = close_seek, .unload = unload};
