#include "lib/incident/store_priv.h"

/* "host:web01" */
static void
key_text(const struct cue *a, struct buf *out)
{
	buf_slice_add(out, key_type_name[a->key]);
	buf_byte(out, ':');
	buf_slice_add(out, a->value);
}

/* An id alone proves nothing: XXH3 is not made against forgers (SECURITY.md section 6). */
static enum store_put
same_or_conflict(struct store *s, const struct cue *a, struct fault *f)
{
	struct db_query *q = store_query(s, Q_alert_print, f);
	enum store_put put = PUT_FAILED;

	if (q == NULL)
		return PUT_FAILED;
	db_bind_text(q, 1, a->id);
	if (store_row(q, f) == GOT) {
		bool same = slice_eq(db_text(q, 0), slice_of((const char *)a->print, sizeof a->print));

		put = same ? PUT_KNOWN : PUT_CONFLICT;
		db_reset(q);
	}
	return put;
}

enum store_put
store_alert(struct store *s, const struct cue *a, struct fault *f)
{
	struct db_query *q;
	struct buf key = {0}, body = {0};
	bool ok;

	if (!store_begin(s, f) || (q = store_query(s, Q_alert_put, f)) == NULL)
		return PUT_FAILED;
	key_text(a, &key);
	cue_write(a, &body);
	db_bind_text(q, 1, a->id);
	db_bind_blob(q, 2, slice_of((const char *)a->print, sizeof a->print));
	db_bind_text(q, 3, buf_slice(&key));
	db_bind_i64(q, 4, a->at.s);
	db_bind_i64(q, 5, a->at.ns);
	db_bind_text(q, 6, a->uri);
	db_bind_i64(q, 7, (int64_t)a->off);
	db_bind_text(q, 8, buf_slice(&body));
	ok = store_do(q, f);
	buf_free(&key);
	buf_free(&body);
	if (!ok)
		return PUT_FAILED;
	if (db_changes(s->db) == 0)
		return same_or_conflict(s, a, f);
	s->pending++;
	return PUT_NEW;
}

static bool
knows(struct store *s, enum query which, struct slice id, bool *yes, struct fault *f)
{
	struct db_query *q = store_query(s, which, f);
	enum store_get got;

	if (q == NULL)
		return false;
	db_bind_text(q, 1, id);
	got = store_row(q, f);
	db_reset(q);
	*yes = got == GOT;
	return got != GET_FAILED;
}

bool
store_knows_alert(struct store *s, struct slice id, bool *yes, struct fault *f)
{
	return knows(s, Q_alert_print, id, yes, f);
}

bool
store_knows_incident(struct store *s, struct slice id, bool *yes, struct fault *f)
{
	return knows(s, Q_incident_known, id, yes, f);
}

bool
store_untold(struct store *s, const char id[32], size_t max, struct arena *mem, struct slice *ids, size_t *n, struct fault *f)
{
	struct db_query *q = store_query(s, Q_alert_untold, f);
	enum store_get got;

	*n = 0;
	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(id));
	db_bind_i64(q, 2, (int64_t)max);
	while ((got = store_row(q, f)) == GOT && *n < max)
		ids[(*n)++] = arena_slice(mem, db_text(q, 0));
	db_reset(q);
	return got != GET_FAILED;
}

bool
store_told(struct store *s, const char id[32], uint64_t seq, const struct slice *ids, size_t n, bool more, struct slice record,
    struct fault *f)
{
	struct db_query *q = NULL;

	for (size_t k = 0; k < n; k++) {
		if ((q = store_query(s, Q_alert_told, f)) == NULL)
			return false;
		db_bind_text(q, 1, ids[k]);
		db_bind_i64(q, 2, (int64_t)seq);
		if (!store_do(q, f))
			return false;
	}
	if ((q = store_query(s, Q_incident_told, f)) == NULL)
		return false;
	db_bind_text(q, 1, store_id(id));
	db_bind_i64(q, 2, (int64_t)seq);
	db_bind_i64(q, 3, more ? SEEN : CLEAN);
	db_bind_text(q, 4, record);
	return store_do(q, f);
}
