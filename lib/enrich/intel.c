/* intel:
    what indicators say of a record's addresses, names, URLs, hashes and mail addresses: the index of ir-match, or a feed. */
#include "lib/enrich/priv.h"
#include "lib/intel/read.h"
#include "lib/intel/seek.h"

#include <stdlib.h>

enum { BYTES = 2147483647, ITEMS = 64 };

/* ---- loading ------------------------------------------------------------------------------------------------------------- */
static struct intel_index *
from_feed(struct enrich_source *s, const char *path, struct fault *f)
{
	struct buf bytes = {0}, image = {0};
	struct intel_read r = {.build = intel_build_new(), .source = s->info.name};
	struct intel_index *x = NULL;

	if (enrich_read(s, path, &bytes, BYTES, f) && intel_read(&r, buf_slice(&bytes), f)) {
		if (intel_build_count(r.build) == 0)
			fault_set(f, "no indicator was found", 0);
		else if (intel_build_image(r.build, &image, f))
			x = intel_of(&image, f);
	}
	intel_read_end(&r);
	intel_build_free(r.build);
	buf_free(&bytes);
	return x;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	bool compiled = slice_ends_nocase(slice_str(path), SLICE(".iri"));
	struct buf hex = {0};
	struct intel_index *x;

	s->data = x = compiled ? intel_open(path, f) : from_feed(s, path, f);
	if (x == NULL)
		return false;
	if (compiled) {
		buf_hex(&hex, intel_sha256(x), 4);
		s->info.sha256 = arena_slice(&s->mem, buf_slice(&hex));
		buf_free(&hex);
	}
	s->info.rows = intel_count(x);
	if (!s->info.dated)
		s->info.dated = intel_date(x, &s->info.date);
	return true;
}

static void
unload(struct enrich_source *s)
{
	intel_close(s->data);
}

static const struct intel_index *
the_index(const struct enrich_source *s)
{
	return s->data;
}

/* ---- records ------------------------------------------------------------------------------------------------------------- */
static void
indicator(struct json_out *o, const struct intel_entry *e)
{
	char at[STAMP_LEN];

	jo_kopen(o, "indicator", '{');
	jo_ktext(o, "type", intel_type_row[e->meta.type].name);
	jo_ktext(o, "provider", e->meta.source);
	if (e->meta.name.n)
		jo_ktext(o, "description", e->meta.name);
	if (e->meta.confidence != INTEL_UNKNOWN)
		jo_ku64(o, "confidence", e->meta.confidence);
	if (e->meta.tlp != TLP_NONE) {
		jo_kopen(o, "marking", '{');
		jo_ktext(o, "tlp", intel_tlp_name[e->meta.tlp]);
		jo_close(o, '}');
	}
	if (e->from) {
		stamp_put(at, (struct stamp){.s = e->from});
		jo_ktext(o, "first_seen", slice_of(at, sizeof at));
	}
	jo_close(o, '}');
}

static void
item(struct enrich_worker *w, size_t source, const struct intel_hit *h, const struct intel_entry *e)
{
	struct json_out o = json_out(list_item(w, LIST_enrichments, source));

	jo_open(&o, '{');
	jo_ktext(&o, "by", w->e->source[source].info.name);
	indicator(&o, e);
	jo_kopen(&o, "matched", '{');
	buf_reset(&w->text);
	intel_text(w->e->source[source].data, h, &w->text);
	jo_ktext(&o, "atomic", buf_slice(&w->text));
	buf_reset(&w->text);
	intel_field(w->j, h, &w->text);
	jo_ktext(&o, "field", buf_slice(&w->text));
	jo_kstr(&o, "type", "indicator_match_rule");
	jo_close(&o, '}');
	jo_close(&o, '}');
	w->tlp = (int)e->meta.tlp > w->tlp ? (int)e->meta.tlp : w->tlp;
	w->pap = (int)e->meta.pap > w->pap ? (int)e->meta.pap : w->pap;
}

static void
items(struct enrich_worker *w, size_t source)
{
	const struct intel_hit *hit;
	size_t n = worker_hits(w, &hit), told = 0;

	for (size_t i = 0; i < n; i++) {
		struct intel_entry e;

		if (hit[i].index != w->e->index[source])
			continue;
		e = intel_entry(w->e->source[source].data, hit[i].entry);
		if (w->e->tlp_max && (int)e.meta.tlp > w->e->tlp_max)
			continue;
		if (told++ == ITEMS) {
			list_limit(w, LIST_enrichments, source);
			return;
		}
		item(w, source, &hit[i], &e);
	}
	if (intel_cut(w->seek))
		list_limit(w, LIST_enrichments, source);
}

const struct enrich_kind enrich_kind_intel = {.name = SLICE_INIT("intel"), .max_age = 7 * 86400, .load = load,
    .list = LIST_enrichments, .items = items, .index = the_index, .unload = unload};
