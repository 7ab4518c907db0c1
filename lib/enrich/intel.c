/* intel:
    what indicators say of a record's addresses, names, URLs, hashes and mail addresses: the index of ir-match, or a feed. */
#include "lib/enrich/priv.h"
#include "lib/intel/read.h"
#include "lib/intel/seek.h"

#include <stdlib.h>

enum { BYTES = 2147483647, ITEMS = 64 };

struct intel {
	struct intel_index *index;
	struct intel_set *set;
};

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
	struct intel *k = mem_zero(1, sizeof *k);
	bool compiled = slice_ends_nocase(slice_str(path), SLICE(".iri"));
	struct buf hex = {0};
	const struct intel_index *one;

	s->data = k;
	k->index = compiled ? intel_open(path, f) : from_feed(s, path, f);
	if (k->index == NULL)
		return false;
	if (compiled) {
		buf_hex(&hex, intel_sha256(k->index), 4);
		s->info.sha256 = arena_slice(&s->mem, buf_slice(&hex));
		buf_free(&hex);
	}
	s->info.rows = intel_count(k->index);
	if (!s->info.dated)
		s->info.dated = intel_date(k->index, &s->info.date);
	one = k->index;
	k->set = intel_set_new(&one, 1);
	return true;
}

static void
unload(struct enrich_source *s)
{
	struct intel *k = s->data;

	if (k == NULL)
		return;
	intel_set_free(k->set);
	intel_close(k->index);
	free(k);
}

static void *
open_seek(const struct enrich_source *s)
{
	return intel_seek_new(((const struct intel *)s->data)->set);
}

static void
close_seek(void *state)
{
	intel_seek_free(state);
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
	const struct intel *k = w->e->source[source].data;
	struct json_out o = json_out(list_item(w, LIST_enrichments, source));

	jo_open(&o, '{');
	jo_ktext(&o, "by", w->e->source[source].info.name);
	indicator(&o, e);
	jo_kopen(&o, "matched", '{');
	buf_reset(&w->text);
	intel_text(k->index, h, &w->text);
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

/* Without a time of its own (1970: the log told none) nothing of a record is too late. */
static bool
time_of_record(const struct enrich_worker *w, struct stamp *at)
{
	uint32_t v = w->slot[w->e->at];

	return v != JSON_NONE && json_type(w->j, v) == JSON_STRING && stamp_read(json_inner(w->j, v), at) && at->s != 0;
}

static void
items(struct enrich_worker *w, size_t source)
{
	const struct intel *k = w->e->source[source].data;
	const struct intel_hit *hit;
	struct stamp at;
	bool timed = time_of_record(w, &at);
	size_t n = intel_seek(w->state[source], w->j, 0, w->slot[w->e->raw], timed ? &at : NULL, false, &hit), told = 0;

	for (size_t i = 0; i < n; i++) {
		struct intel_entry e = intel_entry(k->index, hit[i].entry);

		if (w->e->tlp_max && (int)e.meta.tlp > w->e->tlp_max)
			continue;
		if (told++ == ITEMS) {
			list_limit(w, LIST_enrichments, source);
			return;
		}
		item(w, source, &hit[i], &e);
	}
	if (intel_cut(w->state[source]))
		list_limit(w, LIST_enrichments, source);
}

const struct enrich_kind enrich_kind_intel = {.name = SLICE_INIT("intel"), .max_age = 7 * 86400, .load = load,
    .list = LIST_enrichments,
    .items = items, .open = open_seek, .close = close_seek, .unload = unload};
