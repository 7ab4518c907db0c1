/* One record: which members it gets, as edits of its line. */
#include "lib/enrich/priv.h"
#include "lib/intel/index.h"

#include <stdlib.h>

uint32_t
enrich_prov_path(struct json_paths *p, struct slice member)
{
	struct buf b = {0};
	uint32_t slot;

	buf_lit(&b, "ir.prov.");
	buf_slice_add(&b, member);
	slot = json_paths_add(p, buf_slice(&b));
	buf_free(&b);
	return slot;
}

static struct member_paths
member_paths(struct json_paths *p, const char *object, const char *member)
{
	return (struct member_paths){json_paths_add(p, slice_str(object)), json_paths_add(p, slice_str(member)),
	    enrich_prov_path(p,
	    slice_str(member))};
}

static void
record_paths(struct enrich *e)
{
	struct json_paths *p = e->paths;

	e->attack.id = json_paths_add(p, SLICE("threat.technique.id"));
	e->attack.name = member_paths(p, "threat.technique", "threat.technique.name");
	e->attack.tactic = member_paths(p, "threat", "threat.tactic");
	e->user.id = json_paths_add(p, SLICE("user.id"));
	e->user.name = json_paths_add(p, SLICE("user.name"));
	e->user.domain = json_paths_add(p, SLICE("user.domain"));
	e->user.email = json_paths_add(p, SLICE("user.email"));
	e->user.full = member_paths(p, "user", "user.full_name");
	e->user.mail = member_paths(p, "user", "user.email");
	e->user.roles = member_paths(p, "user", "user.roles");
}

void
enrich_paths(struct enrich *e)
{
	struct json_paths *p = e->paths = json_paths_new();

	e->ir = json_paths_add(p, SLICE("ir"));
	e->err = json_paths_add(p, SLICE("ir.err"));
	e->prov = json_paths_add(p, SLICE("ir.prov"));
	e->at = json_paths_add(p, SLICE("@timestamp"));
	e->raw = json_paths_add(p, SLICE("raw"));
	e->tlp = json_paths_add(p, SLICE("ir.tlp"));
	e->pap = json_paths_add(p, SLICE("ir.pap"));
	lists_paths(e);
	vulns_paths(e);
	record_paths(e);
	sides_paths(e);
	assets_paths(e);
	json_paths_done(p);
}

/* One set for all sources with an index: a record's values are gathered once. */
static void
indexes(struct enrich *e)
{
	const struct intel_index *list[ENRICH_SOURCES];
	size_t n = 0;

	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->n && e->set == NULL; i++)
		if (e->source[i].kind->index) {
			e->index[i] = n;
			list[n++] = e->source[i].kind->index(&e->source[i]);
		}
	if (n) {
		e->set = intel_set_new(list, n);
		for (size_t i = 0; i < e->n; i++)
			if (e->source[i].kind->kinds)
				intel_set_wants(e->set, e->source[i].kind->kinds(&e->source[i]));
	}
	pthread_mutex_unlock(&e->lock);
}

/* Without a time of its own (1970: the log told none) nothing of a record is too late. */
static bool
time_of_record(const struct enrich_worker *w, struct stamp *at)
{
	uint32_t v = w->slot[w->e->at];

	return v != JSON_NONE && json_type(w->j, v) == JSON_STRING && stamp_read(json_inner(w->j, v), at) && at->s != 0;
}

size_t
worker_hits(struct enrich_worker *w, const struct intel_hit **hits)
{
	struct stamp at;

	if (!w->sought)
		w->founds = intel_seek(w->seek, w->j, 0, w->slot[w->e->raw], time_of_record(w, &at) ? &at : NULL, false,
		    &w->found);
	w->sought = true;
	*hits = w->found;
	return w->founds;
}

struct enrich_worker *
enrich_worker_new(struct enrich *e)
{
	struct enrich_worker *w = mem_zero(1, sizeof *w);

	w->e = e;
	w->kept = mem_zero(1, json_kept_room(e->paths) + 8);
	indexes(e);
	if (e->set)
		w->seek = intel_seek_new(e->set);
	for (size_t i = 0; i < e->n; i++) {
		if (e->source[i].kind->list < LISTS)
			w->lists[e->source[i].kind->list] = true;
		w->vulns |= e->source[i].kind->vuln != NULL;
		if (e->source[i].kind->open)
			w->state[i] = e->source[i].kind->open(&e->source[i]);
	}
	sides_open(w);
	return w;
}

void
enrich_worker_free(struct enrich_worker *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->e->lock);
	for (size_t i = 0; i < w->e->n; i++) {
		struct enrich_count *to = &w->e->source[i].info.count;

		to->hit += w->count[i].hit;
		to->miss += w->count[i].miss;
		to->kept += w->count[i].kept;
		for (int k = 0; k < ENRICH_ERRORS; k++)
			to->error[k] += w->count[i].error[k];
	}
	pthread_mutex_unlock(&w->e->lock);
	for (size_t i = 0; i < w->e->n; i++)
		if (w->e->source[i].kind->close)
			w->e->source[i].kind->close(w->state[i]);
	sides_close(w);
	for (int i = 0; i < LISTS; i++) {
		buf_free(&w->list[i].items);
		buf_free(&w->list[i].whole);
		buf_free(&w->list[i].prov);
	}
	buf_free(&w->prov);
	buf_free(&w->err);
	buf_free(&w->scratch);
	buf_free(&w->text);
	buf_free(&w->vuln);
	buf_free(&w->vuln_prov);
	arena_free(&w->mem);
	buf_free(&w->tlp_text);
	buf_free(&w->pap_text);
	json_edits_free(&w->edits);
	free(w->kept);
	intel_seek_free(w->seek);
	free(w);
}

/* ---- what is said of the record ------------------------------------------------------------------------------------- */

void
worker_prov(struct enrich_worker *w, struct slice name, struct slice value)
{
	comma(&w->prov);
	json_put_key(&w->prov, name);
	buf_slice_add(&w->prov, value);
}

/* Said once, also by a second run. */
void
worker_error(struct enrich_worker *w, size_t source, enum enrich_error error)
{
	struct slice text = w->e->source[source].error[error];
	uint32_t list = w->slot[w->e->err];

	w->count[source].error[error]++;
	if (list != JSON_NONE && json_type(w->j, list) == JSON_ARRAY)
		for (uint32_t v = json_first(w->j, list); v != JSON_NONE; v = json_following(w->j, list, v))
			if (slice_eq(json_raw(w->j, v), text))
				return;
	if (slice_has(buf_slice(&w->err), text))
		return;
	comma(&w->err);
	buf_slice_add(&w->err, text);
}

void
worker_member(struct enrich_worker *w, size_t source, const struct member_paths *p, const char *key, const char *path,
    struct slice value)
{
	const struct enrich_source *s = &w->e->source[source];
	uint32_t object = w->slot[p->object], have = w->slot[p->member], prov = w->slot[p->prov];
	struct slice by = prov != JSON_NONE && json_type(w->j, prov) == JSON_STRING ? json_inner(w->j, prov) : slice_of(NULL, 0);
	struct buf b = {0};

	if (object == JSON_NONE || json_type(w->j, object) != JSON_OBJECT)
		return;
	if (have == JSON_NONE && prov == JSON_NONE) {
		json_put_key(&b, slice_str(key));
		buf_slice_add(&b, value);
		json_edit_members(&w->edits, w->j, object, arena_slice(&w->mem, buf_slice(&b)));
		worker_prov(w, slice_str(path), s->id);
	} else if (have == JSON_NONE || !slice_eq(slice_head(by, slice_find(by, '@')), s->info.name)) {
		w->count[source].kept++;
	} else if (!slice_eq(json_raw(w->j, prov), s->id)) {
		json_edit_value(&w->edits, w->j, have, value);
		json_edit_value(&w->edits, w->j, prov, s->id);
	}
	buf_free(&b);
}

/* ---- members of ir -------------------------------------------------------------------------------------------------- */
/* Into the container that the record has, or as a new one; one that is of another type was not made by us and stays. */
static void
into(struct enrich_worker *w, uint32_t have, enum json_type type, const char *open, const char *close, const struct buf *items)
{
	if (items->n == 0)
		return;
	if (have == JSON_NONE) {
		comma(&w->scratch);
		buf_str(&w->scratch, open);
		buf_slice_add(&w->scratch, buf_slice(items));
		buf_str(&w->scratch, close);
	} else if (json_type(w->j, have) == type) {
		json_edit_members(&w->edits, w->j, have, buf_slice(items));
	}
}

/* A label of the record's own that is as strict stays; none is made less strict. */
static void
label(struct enrich_worker *w, uint32_t have, const char *key, int mine, const struct slice *names, struct buf *text)
{
	if (mine == 0 || (have != JSON_NONE && (json_type(w->j, have) != JSON_STRING || intel_tlp_read(json_inner(w->j, have)) >=
	    (enum intel_tlp)mine)))
		return;
	buf_reset(text);
	buf_byte(text, '"');
	for (size_t i = 0; i < names[mine].n; i++)
		buf_byte(text, (char)(names[mine].p[i] | (names[mine].p[i] >= 'A' ? 0x20 : 0)));
	buf_byte(text, '"');
	if (have != JSON_NONE) {
		json_edit_value(&w->edits, w->j, have, buf_slice(text));
		return;
	}
	comma(&w->scratch);
	buf_str(&w->scratch, key);
	buf_slice_add(&w->scratch, buf_slice(text));
}

/* threat.enrichments: into the list, the object, or both anew. */
static void
enrichments(struct enrich_worker *w)
{
	struct list_work *l = &w->list[LIST_enrichments];
	uint32_t list = w->slot[w->e->list[LIST_enrichments].list], threat = w->slot[w->e->list[LIST_enrichments].parent];

	if (l->items.n == 0)
		return;
	if (list != JSON_NONE) {
		json_edit_members(&w->edits, w->j, list, buf_slice(&l->items));
		return;
	}
	buf_reset(&l->whole);
	buf_str(&l->whole, threat == JSON_NONE ? "\"threat\":{\"enrichments\":[" : "\"enrichments\":[");
	buf_slice_add(&l->whole, buf_slice(&l->items));
	buf_str(&l->whole, threat == JSON_NONE ? "]}" : "]");
	json_edit_members(&w->edits, w->j, threat == JSON_NONE ? 0 : threat, buf_slice(&l->whole));
}

static void
finish(struct enrich_worker *w)
{
	buf_reset(&w->scratch);
	into(w, w->slot[w->e->list[LIST_asset].list], JSON_ARRAY, "\"asset\":[", "]", &w->list[LIST_asset].items);
	into(w, w->slot[w->e->list[LIST_known].list], JSON_ARRAY, "\"known\":[", "]", &w->list[LIST_known].items);
	into(w, w->slot[w->e->list[LIST_contact].list], JSON_ARRAY, "\"contact\":[", "]", &w->list[LIST_contact].items);
	if (w->vulns && vulns_look(w)) {
		comma(&w->scratch);
		buf_lit(&w->scratch, "\"vuln\":");
		buf_slice_add(&w->scratch, buf_slice(&w->vuln));
	}
	if (w->e->home[0])
		sides_countries(w);
	enrichments(w);
	label(w, w->slot[w->e->tlp], "\"tlp\":", w->tlp, intel_tlp_name, &w->tlp_text);
	label(w, w->slot[w->e->pap], "\"pap\":", w->pap, intel_tlp_name, &w->pap_text);
	into(w, w->slot[w->e->err], JSON_ARRAY, "\"err\":[", "]", &w->err);
	into(w, w->slot[w->e->prov], JSON_OBJECT, "\"prov\":{", "}", &w->prov);
	json_edit_members(&w->edits, w->j, w->slot[w->e->ir], buf_slice(&w->scratch));
}

/* Where ir.prov is not ours nothing is added: what cannot be told apart later would be added again. */
static bool
writable(struct enrich_worker *w)
{
	uint32_t ir = w->slot[w->e->ir], prov = w->slot[w->e->prov];

	if (ir == JSON_NONE || json_type(w->j, ir) != JSON_OBJECT)
		return false;
	if (prov == JSON_NONE || json_type(w->j, prov) == JSON_OBJECT)
		return true;
	for (size_t i = 0; i < w->e->n; i++)
		w->count[i].kept++;
	return false;
}

static void
one_list(struct enrich_worker *w, enum list_id id)
{
	list_open(w, id);
	if (id == LIST_asset)
		assets_look(w);
	for (size_t i = 0; i < w->e->n; i++)
		if (w->list[id].asked[i] && w->e->source[i].kind->items)
			w->e->source[i].kind->items(w, i);
	list_close(w, id);
}

struct json_edits *
enrich_record(struct enrich_worker *w, const struct json *j)
{
	json_edits_reset(&w->edits);
	if (w->e->n == 0)
		return &w->edits;
	w->slot = json_pick_kept(j, w->e->paths, 0, w->kept);
	w->sought = false;
	w->j = j;
	if (!writable(w))
		return &w->edits;
	buf_reset(&w->prov);
	buf_reset(&w->err);
	w->tlp = w->pap = 0;
	arena_reset(&w->mem);
	sides_look(w);
	for (enum list_id id = 0; id < LISTS; id++)
		if (w->lists[id])
			one_list(w, id);
		else
			buf_reset(&w->list[id].items);
	for (size_t i = 0; i < w->e->n; i++)
		if (w->e->source[i].kind->members)
			w->e->source[i].kind->members(w, i);
	finish(w);
	return &w->edits;
}
