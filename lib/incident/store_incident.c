#include "lib/incident/store_priv.h"

#include "lib/incident/label.h"

/* ---- what stands in incident.body ---------------------------------------------------------------------------------------- */

static void
put_words(struct json_out *o, const char *name, const struct map *m)
{
	jo_kopen(o, name, '[');
	for (size_t k = 0; k < m->n; k++)
		jo_text(o, m->row[k].key);
	jo_close(o, ']');
}

static void
put_numbers(struct json_out *o, const char *name, const uint64_t *v, size_t n)
{
	jo_kopen(o, name, '[');
	for (size_t k = 0; k < n; k++)
		jo_u64(o, v[k]);
	jo_close(o, ']');
}

static void
write_body(const struct incident *i, struct buf *out)
{
	struct json_out o = json_out(out);
	const uint64_t flag[6] = {(uint64_t)i->tlp, (uint64_t)i->pap, i->all_blocked, i->vulnerability, i->left_out,
	    i->since > 0 ? (uint64_t)i->since : 0};

	jo_open(&o, '{');
	put_words(&o, "tactics", &i->tactics);
	put_words(&o, "techniques", &i->techniques);
	put_numbers(&o, "counts", i->counts, SEVERITY_COUNT);
	put_numbers(&o, "more", i->more, ENTITY_COUNT);
	put_numbers(&o, "flags", flag, 6);
	jo_ktext(&o, "continues", i->continues);
	jo_kopen(&o, "entities", '[');
	for (int t = 0; t < ENTITY_COUNT; t++) {
		jo_open(&o, '[');
		for (size_t k = 0; k < i->entity[t].n; k++)
			jo_text(&o, i->entity[t].row[k].key);
		jo_close(&o, ']');
	}
	jo_close(&o, ']');
	jo_kopen(&o, "assets", '[');
	for (size_t k = 0; k < i->assets; k++) {
		jo_open(&o, '[');
		jo_text(&o, i->asset[k].of);
		jo_text(&o, i->asset[k].name);
		jo_text(&o, i->asset[k].owner);
		jo_text(&o, i->asset[k].criticality);
		jo_close(&o, ']');
	}
	jo_close(&o, ']');
	jo_close(&o, '}');
}

static struct slice
text(struct store *s, uint32_t v)
{
	return v == JSON_NONE ? (struct slice){0} : arena_slice(&s->mem, json_text(s->json, v, &s->text));
}

static void
get_words(struct store *s, const char *name, struct map *m)
{
	uint32_t v = json_get(s->json, 0, slice_str(name));

	if (v == JSON_NONE || json_type(s->json, v) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(s->json, v); k != JSON_NONE; k = json_following(s->json, v, k))
		(void)map_put(m, text(s, k), NULL);
}

static void
get_numbers(struct store *s, const char *name, uint64_t *out, size_t n)
{
	uint32_t v = json_get(s->json, 0, slice_str(name));
	size_t at = 0;

	if (v == JSON_NONE || json_type(s->json, v) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(s->json, v); k != JSON_NONE && at < n; k = json_following(s->json, v, k), at++)
		if (!json_u64(s->json, k, &out[at]))
			out[at] = 0;
}

static void
get_assets(struct store *s, struct incident *i)
{
	uint32_t v = json_get(s->json, 0, SLICE("assets"));

	if (v == JSON_NONE || json_type(s->json, v) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(s->json, v); k != JSON_NONE; k = json_following(s->json, v, k)) {
		struct slice part[4] = {{0}};
		int n = 0;

		if (json_type(s->json, k) != JSON_ARRAY)
			continue;
		for (uint32_t p = json_first(s->json, k); p != JSON_NONE && n < 4; p = json_following(s->json, k, p))
			part[n++] = text(s, p);
		incident_asset(i, &(struct cue_asset){part[0], part[1], part[2], part[3]});
	}
}

static void
get_entities(struct store *s, struct incident *i)
{
	uint32_t v = json_get(s->json, 0, SLICE("entities"));
	int t = 0;

	if (v == JSON_NONE || json_type(s->json, v) != JSON_ARRAY)
		return;
	for (uint32_t k = json_first(s->json, v); k != JSON_NONE && t < ENTITY_COUNT; k = json_following(s->json, v, k), t++)
		for (uint32_t e = json_first(s->json, k); e != JSON_NONE; e = json_following(s->json, k, e))
			map_put(&i->entity[t], text(s, e), NULL)->v.u = 1;
}

static bool
read_body(struct store *s, struct slice body, struct incident *i, struct fault *f)
{
	uint64_t flag[6] = {TLP_AMBER, PAP_GREEN, 0, 0, 0, 0};

	arena_reset(&s->mem);
	buf_reset(&s->text);
	if (!json_one(s->json, body, f))
		return fault_set(f, "state: damaged: an incident's body", 0);
	get_words(s, "tactics", &i->tactics);
	get_words(s, "techniques", &i->techniques);
	get_numbers(s, "counts", i->counts, SEVERITY_COUNT);
	get_numbers(s, "more", i->more, ENTITY_COUNT);
	get_numbers(s, "flags", flag, 6);
	i->continues = arena_slice(&i->mem, text(s, json_get(s->json, 0, SLICE("continues"))));
	get_assets(s, i);
	get_entities(s, i);
	i->tlp = flag[0] < TLP_COUNT ? (int)flag[0] : TLP_RED;
	i->pap = flag[1] < PAP_COUNT ? (int)flag[1] : PAP_RED;
	i->all_blocked = flag[2] != 0;
	i->vulnerability = flag[3] != 0;
	i->left_out = flag[4];
	i->since = flag[5] < INT64_MAX ? (int64_t)flag[5] : 0;
	for (int k = 0; k < SEVERITY_COUNT; k++)
		i->total += i->counts[k];
	return true;
}

/* ---- loading ------------------------------------------------------------------------------------------------------------- */

static bool
key_of(struct incident *i, struct slice key)
{
	size_t colon = slice_find(key, ':');

	for (int k = 0; k < KEY_COUNT; k++)
		if (slice_eq(slice_head(key, colon), key_type_name[k])) {
			i->key = (enum key_type)k;
			i->value = arena_slice(&i->mem, slice_from(key, colon + 1));
			return true;
		}
	return false;
}

static bool
load_findings(struct store *s, struct incident *i, struct fault *f)
{
	struct db_query *q = store_query(s, Q_finding_get, f);
	enum store_get got;

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(i->id));
	while ((got = store_row(q, f)) == GOT) {
		struct finding x = {.rule = arena_slice(&i->mem, db_text(q, 0)), .entity = arena_slice(&i->mem, db_text(q, 1)),
		    .name = arena_slice(&i->mem, db_text(q, 2)), .level = (int)db_i64(q, 3), .n = (uint64_t)db_i64(q, 4),
		    .first = {db_i64(q, 5), (uint32_t)db_i64(q, 6)}, .last = {db_i64(q, 7), (uint32_t)db_i64(q, 8)}};
		struct buf key = {0};

		if (x.level < 0 || x.level >= SEVERITY_COUNT)
			x.level = 0;
		buf_slice_add(&key, x.rule);
		buf_byte(&key, 0);
		buf_slice_add(&key, x.entity);
		map_put(&i->finding_by, buf_slice(&key), NULL)->v.u = i->findings;
		i->finding = mem_grow(i->finding, &i->finding_cap, i->findings, sizeof *i->finding);
		i->finding[i->findings++] = x;
		buf_free(&key);
	}
	return got == NOT_THERE;
}

static bool
load_links(struct store *s, struct incident *i, struct fault *f)
{
	struct db_query *q = store_query(s, Q_link_get, f);
	enum store_get got;

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(i->id));
	db_bind_i64(q, 2, INCIDENT_LINKS);
	while ((got = store_row(q, f)) == GOT) {
		i->link = mem_grow(i->link, &i->link_cap, i->links, sizeof *i->link);
		i->link[i->links++] = (struct incident_link){arena_slice(&i->mem, db_text(q, 0)), arena_slice(&i->mem,
		    db_text(q, 1))};
	}
	return got == NOT_THERE;
}

enum store_get
store_load(struct store *s, struct slice id, struct incident *i, struct fault *f)
{
	struct db_query *q = store_query(s, Q_incident_get, f);
	enum store_get got;
	bool ok;

	if (q == NULL)
		return GET_FAILED;
	db_bind_text(q, 1, id);
	if ((got = store_row(q, f)) != GOT)
		return got;
	incident_reset(i);
	memcpy(i->id, id.p, id.n < sizeof i->id ? id.n : sizeof i->id);
	ok = key_of(i, db_text(q, 0)) || fault_set(f, "state: damaged: an incident's key", 0);
	i->first = (struct stamp){db_i64(q, 1), (uint32_t)db_i64(q, 2)};
	i->last = (struct stamp){db_i64(q, 3), (uint32_t)db_i64(q, 4)};
	i->opened = (struct stamp){db_i64(q, 5), (uint32_t)db_i64(q, 6)};
	i->seq = (uint64_t)db_i64(q, 7);
	i->status = db_i64(q, 8) >= 0 && db_i64(q, 8) < STATUS_COUNT ? (enum incident_status)db_i64(q, 8) : STATUS_NEW;
	ok = ok && read_body(s, db_text(q, 9), i, f);
	i->closed = db_i64(q, 10);
	i->acts = (uint64_t)db_i64(q, 11);
	db_reset(q);
	ok = ok && load_findings(s, i, f) && load_links(s, i, f) && (i->acts == 0 || store_desk(s, i, f));
	if (!ok)
		return GET_FAILED;
	incident_judge(i);
	for (int k = 0; k < TIMER_COUNT; k++)
		i->kept[k] = i->due[k].s;
	return GOT;
}

/* ---- saving -------------------------------------------------------------------------------------------------------------- */

static bool
save_row(struct store *s, const struct incident *i, enum dirty dirty, struct fault *f)
{
	struct db_query *q = store_query(s, Q_incident_put, f);
	struct buf key = {0}, body = {0};
	const struct stamp at[3] = {i->first, i->last, i->opened};
	bool ok;

	if (q == NULL)
		return false;
	buf_slice_add(&key, key_type_name[i->key]);
	buf_byte(&key, ':');
	buf_slice_add(&key, i->value);
	write_body(i, &body);
	db_bind_text(q, 1, store_id(i->id));
	db_bind_text(q, 2, buf_slice(&key));
	for (int k = 0; k < 3; k++) {
		db_bind_i64(q, 3 + 2 * k, at[k].s);
		db_bind_i64(q, 4 + 2 * k, at[k].ns);
	}
	db_bind_i64(q, 9, (int64_t)i->seq);
	db_bind_i64(q, 10, i->status);
	db_bind_i64(q, 11, i->severity);
	db_bind_i64(q, 12, i->priority);
	db_bind_i64(q, 13, dirty);
	db_bind_text(q, 14, buf_slice(&body));
	if (i->closed)
		db_bind_i64(q, 15, i->closed);
	else
		db_bind_null(q, 15);
	ok = store_do(q, f);
	buf_free(&key);
	buf_free(&body);
	return ok;
}

static bool
save_finding(struct store *s, const struct incident *i, struct finding *x, struct fault *f)
{
	struct db_query *q = store_query(s, Q_finding_put, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(i->id));
	db_bind_text(q, 2, x->rule);
	db_bind_text(q, 3, x->entity);
	db_bind_text(q, 4, x->name);
	db_bind_i64(q, 5, x->level);
	db_bind_i64(q, 6, (int64_t)x->n);
	db_bind_i64(q, 7, x->first.s);
	db_bind_i64(q, 8, x->first.ns);
	db_bind_i64(q, 9, x->last.s);
	db_bind_i64(q, 10, x->last.ns);
	x->changed = false;
	return store_do(q, f);
}

static bool
put_entity(struct store *s, const char id[32], enum entity_type type, struct slice value, bool kept, struct fault *f)
{
	struct db_query *q = store_query(s, Q_entity_put, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(id));
	db_bind_i64(q, 2, type);
	db_bind_text(q, 3, value);
	db_bind_i64(q, 4, kept);
	return store_do(q, f);
}

bool
store_entity(struct store *s, const char id[32], enum entity_type type, struct slice value, bool *fresh, struct fault *f)
{
	if (!put_entity(s, id, type, value, false, f))
		return false;
	*fresh = db_changes(s->db) > 0;
	return true;
}

/* Those that may link it to others have rows of their own; all stand in its body. */
static bool
save_entities(struct store *s, struct incident *i, struct fault *f)
{
	static const enum entity_type linking[] = {ENTITY_USER, ENTITY_IP, ENTITY_HASH};
	struct db_query *q;
	bool any = false;

	for (size_t l = 0; l < sizeof linking / sizeof *linking; l++)
		for (size_t k = 0; k < i->entity[linking[l]].n; k++) {
			struct map_row *row = &i->entity[linking[l]].row[k];

			if (row->v.u)
				continue;
			row->v.u = 1;
			any = true;
			if (!put_entity(s, i->id, linking[l], row->key, true, f))
				return false;
		}
	if (!any)
		return true;
	if ((q = store_query(s, Q_incident_unlink, f)) == NULL)
		return false;
	db_bind_text(q, 1, store_id(i->id));
	return store_do(q, f);
}

static bool
save_timers(struct store *s, struct incident *i, struct fault *f)
{
	for (int k = 0; k < TIMER_COUNT; k++) {
		struct db_query *q;

		if (i->kept[k] == i->due[k].s)
			continue;
		if ((q = store_query(s, Q_timer_put, f)) == NULL)
			return false;
		i->kept[k] = i->due[k].s;
		db_bind_text(q, 1, store_id(i->id));
		db_bind_text(q, 2, timer_name[k]);
		db_bind_i64(q, 3, i->due[k].s);
		if (!store_do(q, f))
			return false;
	}
	return true;
}

bool
store_save(struct store *s, struct incident *i, enum dirty dirty, struct fault *f)
{
	incident_judge(i);
	if (!store_begin(s, f) || !save_row(s, i, dirty, f))
		return false;
	for (size_t k = 0; k < i->findings; k++)
		if (i->finding[k].changed && !save_finding(s, i, &i->finding[k], f))
			return false;
	return save_entities(s, i, f) && save_timers(s, i, f);
}

enum store_get
store_dirty(struct store *s, enum dirty at_least, char id[32], struct fault *f)
{
	struct db_query *q = store_query(s, Q_incident_dirty, f);
	enum store_get got;

	if (q == NULL)
		return GET_FAILED;
	db_bind_i64(q, 1, at_least);
	if ((got = store_row(q, f)) == GOT) {
		memcpy(id, db_text(q, 0).p, 32);
		db_reset(q);
	}
	return got;
}
