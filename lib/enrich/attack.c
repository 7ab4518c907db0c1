/* attack: names and tactics of a record's ATT&CK techniques, from MITRE's STIX bundles or MISP's galaxy clusters. */
#include "lib/enrich/priv.h"

#include <stdlib.h>

enum { BYTES = 512 * 1024 * 1024, REVOKED_STEPS = 8, TECHNIQUES = 64 };

static const struct json_limits limits = {.length = BYTES, .depth = 64, .nodes = 64000000};

/* Texts are JSON already. */
struct technique {
	struct slice name;
	struct slice tactic_names, tactic_ids;	/* items of lists */
	struct slice by;			/* the id that stands for it, if it was revoked */
};
struct attack {
	struct map techniques;			/* external id -> place + 1 in v */
	struct technique *v;
	size_t n, cap;
	struct arena mem;
};
struct reading {
	struct attack *a;
	const struct json *j;
	struct map tactics;		/* short name -> node */
	struct map objects;		/* STIX id -> node */
};

static struct slice
text(const struct json *j, uint32_t v, const char *name)
{
	uint32_t k = v != JSON_NONE && json_type(j, v) == JSON_OBJECT ? json_get(j, v, slice_str(name)) : JSON_NONE;

	return k != JSON_NONE && json_type(j, k) == JSON_STRING ? json_inner(j, k) : slice_of(NULL, 0);
}

static uint32_t
list(const struct json *j, uint32_t v, const char *name)
{
	uint32_t k = v != JSON_NONE && json_type(j, v) == JSON_OBJECT ? json_path(j, v, slice_str(name)) : JSON_NONE;

	return k != JSON_NONE && json_type(j, k) == JSON_ARRAY ? k : JSON_NONE;
}

/* The id in MITRE's own reference; others (CAPEC) come behind it. */
static struct slice
external_id(const struct json *j, uint32_t o)
{
	uint32_t refs = list(j, o, "external_references");

	for (uint32_t r = refs == JSON_NONE ? JSON_NONE : json_first(j, refs); r != JSON_NONE; r = json_following(j, refs, r))
		if (slice_starts(text(j, r, "source_name"), SLICE("mitre")))
			return text(j, r, "external_id");
	return slice_of(NULL, 0);
}

static void
item(struct buf *b, struct slice inner)
{
	if (inner.n == 0)
		return;
	if (b->n)
		buf_byte(b, ',');
	buf_byte(b, '"');
	buf_slice_add(b, inner);
	buf_byte(b, '"');
}

static void
put(struct attack *a, struct slice id, struct slice name, const struct buf *names, const struct buf *ids)
{
	struct technique t = {arena_slice(&a->mem, name), arena_slice(&a->mem, buf_slice(names)), arena_slice(&a->mem,
	    buf_slice(ids)),
	    {NULL, 0}};
	struct map_row *row = map_put(&a->techniques, id, NULL);

	if (row->v.u == 0) {
		a->v = mem_grow(a->v, &a->cap, a->n, sizeof *a->v);
		row->v.u = ++a->n;
	}
	a->v[row->v.u - 1] = t;
}

/* ---- STIX ---------------------------------------------------------------------------------------------------------------- */
static void
pattern(struct reading *g, uint32_t o)
{
	uint32_t phases = list(g->j, o, "kill_chain_phases");
	struct buf names = {0}, ids = {0};
	struct slice id = external_id(g->j, o);

	for (uint32_t p = phases == JSON_NONE ? JSON_NONE : json_first(g->j, phases); p != JSON_NONE;
	    p = json_following(g->j, phases, p)) {
		struct slice phase = text(g->j, p, "phase_name");
		const struct map_row *row = map_get(&g->tactics, phase);

		item(&names, row ? text(g->j, (uint32_t)row->v.u, "name") : phase);
		if (row)
			item(&ids, external_id(g->j, (uint32_t)row->v.u));
	}
	if (id.n)
		put(g->a, id, text(g->j, o, "name"), &names, &ids);
	buf_free(&names);
	buf_free(&ids);
}

static void
revoked(struct reading *g, uint32_t o)
{
	const struct map_row *from = map_get(&g->objects, text(g->j, o, "source_ref")), *to = map_get(&g->objects, text(g->j, o,
	    "target_ref"));
	struct map_row *row;

	if (from == NULL || to == NULL || !slice_eq(text(g->j, o, "relationship_type"), SLICE("revoked-by")))
		return;
	row = map_get(&g->a->techniques, external_id(g->j, (uint32_t)from->v.u));
	if (row)
		g->a->v[row->v.u - 1].by = arena_slice(&g->a->mem, external_id(g->j, (uint32_t)to->v.u));
}

static void
each(struct reading *g, uint32_t objects, struct slice type, void (*one)(struct reading *, uint32_t))
{
	for (uint32_t o = json_first(g->j, objects); o != JSON_NONE; o = json_following(g->j, objects, o))
		if (slice_eq(text(g->j, o, "type"), type))
			one(g, o);
}

static void
tactic(struct reading *g, uint32_t o)
{
	map_put(&g->tactics, text(g->j, o, "x_mitre_shortname"), NULL)->v.u = o;
}

static void
remember(struct reading *g, uint32_t o)
{
	map_put(&g->objects, text(g->j, o, "id"), NULL)->v.u = o;
}

static void
stix(struct enrich_source *s, struct reading *g, uint32_t objects)
{
	each(g, objects, SLICE("x-mitre-tactic"), tactic);
	each(g, objects, SLICE("attack-pattern"), remember);
	each(g, objects, SLICE("attack-pattern"), pattern);
	each(g, objects, SLICE("relationship"), revoked);
	for (uint32_t o = json_first(g->j, objects); o != JSON_NONE; o = json_following(g->j, objects, o))
		if (slice_eq(text(g->j, o, "type"), SLICE("x-mitre-collection")))
			s->info.version = arena_slice(&s->mem, text(g->j, o, "x_mitre_version"));
}

/* ---- MISP's galaxy ------------------------------------------------------------------------------------------------------- */
/* "Name - T1059"; "mitre-attack:execution" */
static void
cluster(struct reading *g, uint32_t o)
{
	uint32_t meta = json_get(g->j, o, SLICE("meta")), chain = list(g->j, o, "meta.kill_chain");
	struct slice id = text(g->j, meta, "external_id"), name = text(g->j, o, "value");
	struct buf names = {0}, ids = {0};

	if (id.n && name.n > id.n + 3 && slice_ends(name, id))
		name = slice_trim(slice_head(name, name.n - id.n - 2));
	for (uint32_t k = chain == JSON_NONE ? JSON_NONE : json_first(g->j, chain); k != JSON_NONE; k = json_following(g->j,
	    chain, k))
		if (json_type(g->j, k) == JSON_STRING)
			item(&names, slice_from(json_inner(g->j, k), slice_rfind(json_inner(g->j, k), ':') + 1));
	if (id.n)
		put(g->a, id, name, &names, &ids);
	buf_free(&names);
	buf_free(&ids);
}

static void
galaxy(struct enrich_source *s, struct reading *g, uint32_t values)
{
	uint32_t version = json_get(g->j, 0, SLICE("version"));

	for (uint32_t o = json_first(g->j, values); o != JSON_NONE; o = json_following(g->j, values, o))
		if (json_type(g->j, o) == JSON_OBJECT)
			cluster(g, o);
	if (version != JSON_NONE)
		s->info.version = arena_slice(&s->mem, json_raw(g->j, version));
}

/* ---- loading ------------------------------------------------------------------------------------------------------------- */
static bool
one_file(struct enrich_source *s, const char *path, struct fault *f)
{
	struct json *j = json_new(&limits);
	struct reading g = {.a = s->data, .j = j};
	struct buf bytes = {0};
	uint32_t objects, values;
	bool ok = enrich_read(s, path, &bytes, BYTES, f) && json_one(j, slice_trim(buf_slice(&bytes)), f);

	if (ok) {
		objects = list(j, 0, "objects");
		values = list(j, 0, "values");
		if (objects != JSON_NONE)
			stix(s, &g, objects);
		else if (values != JSON_NONE)
			galaxy(s, &g, values);
		ok = g.a->n > 0 || fault_set(f, "neither a STIX bundle of ATT&CK nor a galaxy of techniques", 0);
	} else if (f->line == 0) {
		fault_locate(f, buf_slice(&bytes));
	}
	map_free(&g.tactics);
	map_free(&g.objects);
	buf_free(&bytes);
	json_free(j);
	return ok;
}

static bool
load(struct enrich_source *s, const char *path, struct fault *f)
{
	static const char *const endings[] = {".json", NULL};
	bool ok;

	s->data = mem_zero(1, sizeof(struct attack));
	ok = enrich_files(s, path, endings, one_file, f);
	s->info.rows = ((struct attack *)s->data)->n;
	return ok;
}

static void
unload(struct enrich_source *s)
{
	struct attack *a = s->data;

	if (a == NULL)
		return;
	map_free(&a->techniques);
	arena_free(&a->mem);
	free(a->v);
	free(a);
}

/* ---- records ------------------------------------------------------------------------------------------------------------- */
static const struct technique *
technique_of(const struct attack *a, struct slice id)
{
	for (int i = 0; i < REVOKED_STEPS && id.n; i++) {
		const struct map_row *row = map_get(&a->techniques, id);
		const struct technique *t = row && row->v.u ? &a->v[row->v.u - 1] : NULL;

		if (t == NULL || t->by.n == 0)
			return t;
		id = t->by;
	}
	return NULL;
}

/* Each text once, in the order in which they come. */
static void
append(struct buf *b, struct slice items)
{
	while (items.p && items.n) {
		struct slice one = items;
		size_t end = 1;

		while (end < one.n && (one.p[end] != '"' || one.p[end - 1] == '\\'))
			end++;
		one = slice_head(one, end + 1);
		items = slice_from(items, end + 2);
		if (slice_has(buf_slice(b), one))
			continue;
		if (b->n)
			buf_byte(b, ',');
		buf_slice_add(b, one);
	}
}

static struct slice
wrapped(struct enrich_worker *w, const char *open, const struct buf *items, const char *close)
{
	struct buf b = {0};
	struct slice s;

	buf_str(&b, open);
	buf_slice_add(&b, buf_slice(items));
	buf_str(&b, close);
	s = arena_slice(&w->mem, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
tactics(struct enrich_worker *w, size_t source, const struct buf *names, const struct buf *ids)
{
	struct buf b = {0};

	if (names->n == 0)
		return;
	if (ids->n) {
		buf_lit(&b, "\"id\":[");
		buf_slice_add(&b, buf_slice(ids));
		buf_lit(&b, "],");
	}
	buf_lit(&b, "\"name\":[");
	buf_slice_add(&b, buf_slice(names));
	buf_byte(&b, ']');
	worker_member(w, source, &w->e->attack.tactic, "tactic", "threat.tactic", wrapped(w, "{", &b, "}"));
	buf_free(&b);
}

static void
members(struct enrich_worker *w, size_t source)
{
	const struct attack *a = w->e->source[source].data;
	uint32_t v = w->slot[w->e->attack.id], k;
	struct buf names = {0}, tactic_names = {0}, tactic_ids = {0};
	size_t n = 0;

	if (v == JSON_NONE)
		return;
	k = json_type(w->j, v) == JSON_ARRAY ? json_first(w->j, v) : v;
	for (; k != JSON_NONE && n < TECHNIQUES; k = k == v ? JSON_NONE : json_following(w->j, v, k), n++) {
		const struct technique *t = json_type(w->j, k) == JSON_STRING ? technique_of(a, json_inner(w->j, k)) : NULL;

		w->count[source].miss += t == NULL;
		w->count[source].hit += t != NULL;
		if (t == NULL)
			continue;
		item(&names, t->name);
		append(&tactic_names, t->tactic_names);
		append(&tactic_ids, t->tactic_ids);
	}
	if (names.n)
		worker_member(w, source, &w->e->attack.name, "name", "threat.technique.name", wrapped(w, "[", &names, "]"));
	tactics(w, source, &tactic_names, &tactic_ids);
	buf_free(&names);
	buf_free(&tactic_names);
	buf_free(&tactic_ids);
}

const struct enrich_kind enrich_kind_attack = {.name = SLICE_INIT("attack"), .max_age = 400 * 86400, .load = load,
    .list = LIST_NONE,
    .members = members, .unload = unload};
