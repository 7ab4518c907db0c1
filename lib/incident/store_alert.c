#include "lib/incident/store_priv.h"

#include "lib/base/hash.h"

#include <stdlib.h>

static struct slice
packed(struct slice id, unsigned char room[16])
{
	return cue_id_pack(id, room) ? slice_of((const char *)room, 16) : id;
}

static struct slice
print_of(const struct cue *a)
{
	return slice_of((const char *)a->print, sizeof a->print / 2);
}

/* ---- which alerts are known ---------------------------------------------------------------------------------------------- */

enum { SEEN_MAX = 4 * 1024 * 1024 };

static void
place(struct seen *x, struct seen_alert a)
{
	size_t at = a.id & (x->places - 1);

	while (x->place[at].id)
		at = (at + 1) & (x->places - 1);
	x->place[at] = a;
}

static void
grow(struct seen *x)
{
	struct seen old = *x;

	x->places = old.places ? old.places * 2 : 4096;
	x->place = mem_zero(x->places, sizeof *x->place);
	for (size_t k = 0; k < old.places; k++)
		if (old.place[k].id)
			place(x, old.place[k]);
	free(old.place);
}

/* An id alone proves nothing: XXH3 is not made against forgers (SECURITY.md section 6). */
static enum store_put
in_table(struct store *s, const struct cue *a, struct fault *f)
{
	struct db_query *q = store_query(s, Q_alert_print, f);
	enum store_put put = PUT_FAILED;
	unsigned char room[16];
	enum store_get got;

	if (q == NULL)
		return PUT_FAILED;
	db_bind_blob(q, 1, packed(a->id, room));
	if ((got = store_row(q, f)) == GOT) {
		put = slice_eq(db_text(q, 0), print_of(a)) ? PUT_KNOWN : PUT_CONFLICT;
		db_reset(q);
	}
	return got == NOT_THERE ? PUT_NEW : put;
}

static enum store_put
in_memory(struct seen *x, struct seen_alert a)
{
	for (size_t at = a.id & (x->places - 1); x->place[at].id; at = (at + 1) & (x->places - 1))
		if (x->place[at].id == a.id)
			return x->place[at].print == a.print ? PUT_KNOWN : PUT_CONFLICT;
	return PUT_NEW;
}

static void
fresh(struct seen *x, const struct cue *a)
{
	struct new_alert *r;

	x->fresh = mem_grow(x->fresh, &x->fresh_cap, x->fresh_n, sizeof *x->fresh);
	r = &x->fresh[x->fresh_n++];
	*r = (struct new_alert){.n = 0};
	if (!cue_id_pack(a->id, r->id)) {
		r->n = (uint32_t)a->id.n;
		r->at = x->long_ids.n;
		buf_slice_add(&x->long_ids, a->id);
	}
	memcpy(r->print, a->print, sizeof r->print);
}

static int
by_id(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* Sorted: neighbours go into the same page. */
bool
store_seen_save(struct store *s, struct fault *f)
{
	struct seen *x = &s->seen;

	if (x->fresh_n)
		qsort(x->fresh, x->fresh_n, sizeof *x->fresh, by_id);
	for (size_t k = 0; k < x->fresh_n; k++) {
		const struct new_alert *r = &x->fresh[k];
		struct db_query *q = store_query(s, Q_alert_put, f);

		if (q == NULL)
			return false;
		db_bind_blob(q, 1, r->n ? slice_of(x->long_ids.p + r->at, r->n) : slice_of((const char *)r->id, sizeof r->id));
		db_bind_blob(q, 2, slice_of((const char *)r->print, sizeof r->print));
		if (!store_do(q, f))
			return false;
	}
	x->stored |= x->fresh_n > 0;
	x->fresh_n = x->n = 0;
	buf_reset(&x->long_ids);
	if (x->places > 65536) {
		free(x->place);
		x->place = NULL;
		x->places = 0;
	} else if (x->places) {
		memset(x->place, 0, x->places * sizeof *x->place);
	}
	return true;
}

enum store_put
store_alert(struct store *s, const struct cue *a, struct fault *f)
{
	struct seen *x = &s->seen;
	struct seen_alert me = {hash_slice(a->id) | 1, hash_slice(print_of(a))};
	enum store_put put;

	if (x->n >= SEEN_MAX && (!store_begin(s, f) || !store_seen_save(s, f)))
		return PUT_FAILED;
	if (2 * x->n >= x->places)
		grow(x);
	put = in_memory(x, me);
	if (put == PUT_NEW && x->stored)
		put = in_table(s, a, f);
	if (put != PUT_NEW)
		return put;
	place(x, me);
	x->n++;
	fresh(x, a);
	s->pending++;
	return wait_add(s, a, f) ? PUT_NEW : PUT_FAILED;
}

static bool
knows(struct store *s, enum query which, struct slice id, bool blob, bool *yes, struct fault *f)
{
	struct db_query *q = store_query(s, which, f);
	enum store_get got;

	if (q == NULL)
		return false;
	if (blob)
		db_bind_blob(q, 1, id);
	else
		db_bind_text(q, 1, id);
	got = store_row(q, f);
	db_reset(q);
	*yes = got == GOT;
	return got != GET_FAILED;
}

bool
store_knows_alert(struct store *s, struct slice id, bool *yes, struct fault *f)
{
	struct seen *x = &s->seen;
	unsigned char room[16];

	*yes = x->places && in_memory(x, (struct seen_alert){hash_slice(id) | 1, 0}) != PUT_NEW;
	return *yes || knows(s, Q_alert_print, packed(id, room), true, yes, f);
}

bool
store_knows_incident(struct store *s, struct slice id, bool *yes, struct fault *f)
{
	return knows(s, Q_incident_known, id, false, yes, f);
}

/* ---- members --------------------------------------------------------------------------------------------------------- */

/* {"src":[uri ..],"a":[[id,time,number in src,offset] ..]}: what the view v_member takes apart. */
static void
member_src(struct store_members *m, struct slice uri)
{
	struct json_out o = json_out(&m->src);

	o.depth = 1;
	o.comma = m->srcs > 0;
	jo_text(&o, uri);
	m->srcs++;
	buf_reset(&m->uri);
	buf_slice_add(&m->uri, uri);
}

void
store_member_add(struct store_members *m, const struct cue *a)
{
	char at[STAMP_LEN];

	if (m->srcs == 0 || !slice_eq(buf_slice(&m->uri), a->uri))
		member_src(m, a->uri);
	stamp_put(at, a->at);
	buf_lit(&m->rows, "[");
	(void)json_put_text(&m->rows, a->id);
	buf_lit(&m->rows, ",\"");
	buf_add(&m->rows, at, sizeof at);
	buf_lit(&m->rows, "\",");
	buf_u64(&m->rows, m->srcs - 1);
	buf_byte(&m->rows, ',');
	buf_u64(&m->rows, a->off);
	buf_lit(&m->rows, "],");
	m->n++;
}

bool
store_member_save(struct store *s, const char id[32], struct store_members *m, struct fault *f)
{
	struct buf b = {0};
	struct db_query *q;
	bool ok;

	if (m->n == 0)
		return true;
	if ((q = store_query(s, Q_member_put, f)) == NULL)
		return false;
	buf_lit(&b, "{\"src\":[");
	buf_slice_add(&b, buf_slice(&m->src));
	buf_lit(&b, "],\"a\":[");
	buf_add(&b, m->rows.p, m->rows.n - 1);
	buf_lit(&b, "]}");
	db_bind_text(q, 1, store_id(id));
	db_bind_text(q, 2, buf_slice(&b));
	ok = store_do(q, f);
	buf_free(&b);
	buf_reset(&m->src);
	buf_reset(&m->rows);
	m->n = m->srcs = 0;
	return ok;
}

void
store_member_free(struct store_members *m)
{
	buf_free(&m->src);
	buf_free(&m->rows);
	buf_free(&m->uri);
}

struct told {
	struct slice at, id;
};

static int
by_time(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	int by = slice_cmp(x->at, y->at);

	return by ? by : slice_cmp(x->id, y->id);
}

static bool
take_row(struct store *s, struct slice body, struct arena *mem, struct told **v, size_t *cap, size_t *n, struct fault *f)
{
	uint32_t a;

	if (!json_one(s->json, body, f) || (a = json_get(s->json, 0, SLICE("a"))) == JSON_NONE)
		return fault_set(f, "state: damaged: members of an incident", 0);
	for (uint32_t k = json_first(s->json, a); k != JSON_NONE && *n < INCIDENT_ALERTS; k = json_following(s->json, a, k)) {
		uint32_t id = json_first(s->json, k), at = id == JSON_NONE ? JSON_NONE : json_following(s->json, k, id);

		if (at == JSON_NONE)
			return fault_set(f, "state: damaged: members of an incident", 0);
		*v = mem_grow(*v, cap, *n, sizeof **v);
		(*v)[(*n)++] = (struct told){arena_slice(mem, json_inner(s->json, at)), arena_slice(mem, json_text(s->json,
		    id, &s->text))};
		buf_reset(&s->text);
	}
	return true;
}

/* Whole rows only: a row has at most INCIDENT_ALERTS members. */
bool
store_untold(struct store *s, const char id[32], struct arena *mem, struct slice *ids, struct store_untold *u, struct fault *f)
{
	struct db_query *q = store_query(s, Q_member_untold, f);
	struct told *v = NULL;
	enum store_get got = GET_FAILED;
	bool ok = q != NULL;
	size_t cap = 0, told_cap = 0;

	u->n = u->rows = 0;
	u->more = false;
	if (q)
		db_bind_text(q, 1, store_id(id));
	while (ok && (got = store_row(q, f)) == GOT) {
		struct slice body = db_text(q, 1);

		if (u->rows && u->n + slice_count(body, '[') - 2 > INCIDENT_ALERTS) {
			u->more = true;
			got = NOT_THERE;
			break;
		}
		u->row = mem_grow(u->row, &cap, u->rows, sizeof *u->row);
		u->row[u->rows++] = db_i64(q, 0);
		ok = take_row(s, body, mem, &v, &told_cap, &u->n, f);
	}
	if (q)
		db_reset(q);
	if (u->n)
		qsort(v, u->n, sizeof *v, by_time);
	for (size_t k = 0; k < u->n; k++)
		ids[k] = v[k].id;
	free(v);
	return ok && got == NOT_THERE;
}

bool
store_told(struct store *s, const char id[32], uint64_t seq, struct store_untold *u, struct slice record, struct fault *f)
{
	struct db_query *q = NULL;
	bool ok = true;

	for (size_t k = 0; ok && k < u->rows; k++) {
		if ((q = store_query(s, Q_member_told, f)) == NULL)
			return false;
		db_bind_i64(q, 1, u->row[k]);
		db_bind_i64(q, 2, (int64_t)seq);
		ok = store_do(q, f);
	}
	free(u->row);
	u->row = NULL;
	if (!ok || (q = store_query(s, Q_incident_told, f)) == NULL)
		return false;
	db_bind_text(q, 1, store_id(id));
	db_bind_i64(q, 2, (int64_t)seq);
	db_bind_i64(q, 3, u->more ? SEEN : CLEAN);
	db_bind_text(q, 4, record);
	return store_do(q, f);
}
