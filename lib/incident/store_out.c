/* What leaves the store: runs of playbooks, the outbox, the audit, positions, lists for people. */
#include "lib/incident/store_priv.h"

#include "lib/port/digest.h"

/* ---- playbook runs ------------------------------------------------------------------------------------------------------- */

static bool
keep_playbook(struct store *s, struct slice id, struct slice sha, struct slice version, struct slice bytes, struct fault *f)
{
	struct db_query *q = store_query(s, Q_playbook_put, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, sha);
	db_bind_text(q, 2, id);
	db_bind_text(q, 3, version);
	db_bind_blob(q, 4, bytes);
	return store_do(q, f);
}

bool
store_run(struct store *s, const char incident[32], struct slice playbook, struct slice sha, struct slice version,
    struct slice bytes,
    struct slice per, bool *fresh, struct fault *f)
{
	struct db_query *q;

	if (!store_begin(s, f) || !keep_playbook(s, playbook, sha, version, bytes, f) || (q = store_query(s, Q_run_put,
	    f)) == NULL)
		return false;
	db_bind_text(q, 1, playbook);
	db_bind_text(q, 2, sha);
	db_bind_text(q, 3, store_id(incident));
	db_bind_text(q, 4, per);
	if (!store_do(q, f))
		return false;
	*fresh = db_changes(s->db) > 0;
	return true;
}

bool
store_step(struct store *s, const char incident[32], struct slice playbook, struct slice per, struct slice step,
    struct slice action, struct slice class, struct fault *f)
{
	struct db_query *q = store_query(s, Q_step_put, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(incident));
	db_bind_text(q, 2, playbook);
	db_bind_text(q, 3, per);
	db_bind_text(q, 4, step);
	db_bind_text(q, 5, action);
	db_bind_text(q, 6, class);
	return store_do(q, f);
}

bool
store_duties(struct store *s, const char incident[32], struct slice duties, struct fault *f)
{
	struct db_query *q = store_query(s, Q_duties_put, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(incident));
	db_bind_text(q, 2, duties);
	return store_do(q, f);
}

/* The first column of a row, copied. */
static enum store_get
one_text(struct db_query *q, struct arena *mem, struct slice *out, struct fault *f)
{
	enum store_get got = store_row(q, f);

	if (got == GOT) {
		*out = arena_slice(mem, db_text(q, 0));
		db_reset(q);
	}
	return got;
}

enum store_get
store_duties_of(struct store *s, const char incident[32], struct arena *mem, struct slice *duties, struct fault *f)
{
	struct db_query *q = store_query(s, Q_duties_get, f);

	if (q == NULL)
		return GET_FAILED;
	db_bind_text(q, 1, store_id(incident));
	return one_text(q, mem, duties, f);
}

/* ---- outbox -------------------------------------------------------------------------------------------------------------- */

/* Rows of earlier batches were written and flushed by now: only actions wait for their results (DECISIONS.md 16). */
static bool
forget_sent(struct store *s, struct fault *f)
{
	struct db_query *q;

	if (s->forgotten == s->sent)
		return true;
	if ((q = store_query(s, Q_out_clear, f)) == NULL)
		return false;
	s->forgotten = s->sent;
	db_bind_i64(q, 1, s->sent);
	db_bind_i64(q, 2, KIND_ACTION);
	return store_do(q, f);
}

bool
store_out(struct store *s, enum ir_kind kind, struct slice id, struct slice incident, struct slice record, struct fault *f)
{
	struct db_query *q;

	if (!store_begin(s, f) || !forget_sent(s, f) || (q = store_query(s, Q_out_put, f)) == NULL)
		return false;
	db_bind_i64(q, 1, kind);
	db_bind_text(q, 2, id);
	db_bind_text(q, 3, incident);
	db_bind_text(q, 4, record);
	return store_do(q, f);
}

enum store_get
store_send(struct store *s, enum ir_kind *kind, struct slice *record, struct fault *f)
{
	struct db_query *q = store_query(s, Q_out_next, f);
	enum store_get got;

	if (q == NULL)
		return GET_FAILED;
	db_bind_i64(q, 1, s->sent);
	if ((got = store_row(q, f)) != GOT)
		return got;
	s->sent = db_i64(q, 0);
	*kind = db_i64(q, 1) >= 0 && db_i64(q, 1) < KIND_COUNT ? (enum ir_kind)db_i64(q, 1) : KIND_UNKNOWN;
	arena_reset(&s->mem);
	*record = arena_slice(&s->mem, db_text(q, 2));
	db_reset(q);
	return GOT;
}

bool
store_answered(struct store *s, struct slice action, struct slice state, struct fault *f)
{
	struct db_query *q;

	/* A dry run changed nothing: the action is still to be done (DECISIONS.md 9). */
	if (slice_eq(state, SLICE("planned")))
		return true;
	if (!store_begin(s, f) || (q = store_query(s, Q_step_state, f)) == NULL)
		return false;
	db_bind_text(q, 1, action);
	db_bind_text(q, 2, state);
	if (!store_do(q, f) || (q = store_query(s, Q_out_answered, f)) == NULL)
		return false;
	db_bind_text(q, 1, action);
	db_bind_i64(q, 2, KIND_ACTION);
	return store_do(q, f);
}

bool
store_settled(struct store *s, struct fault *f)
{
	return store_begin(s, f) && forget_sent(s, f) && store_commit(s, f);
}

/* ---- audit --------------------------------------------------------------------------------------------------------------- */

struct audit_row {
	int64_t seq;
	struct slice field[5];		/* at, who, what, incident, body */
	struct slice prev;
};

static void
length(struct buf *b, struct slice s)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (char)(unsigned char)((uint64_t)s.n >> shift));
	buf_slice_add(b, s);
}

static bool
audit_sum(const struct audit_row *r, struct sha256 *sum, struct fault *f)
{
	struct buf b = {0}, seq = {0};
	struct slice whole;
	bool ok;

	buf_i64(&seq, r->seq);
	length(&b, buf_slice(&seq));
	for (int k = 0; k < 5; k++)
		length(&b, r->field[k]);
	length(&b, r->prev);
	whole = buf_slice(&b);
	ok = digest_sha256(&whole, 1, sum) || fault_set(f, "state: SHA-256 failed", 0);
	buf_free(&b);
	buf_free(&seq);
	return ok;
}

static bool
audit_last(struct store *s, int64_t *seq, struct sha256 *prev, struct fault *f)
{
	struct db_query *q = store_query(s, Q_audit_last, f);
	enum store_get got = q ? store_row(q, f) : GET_FAILED;

	*seq = 0;
	memset(prev, 0, sizeof *prev);
	if (got == GOT) {
		struct slice sum = db_text(q, 1);

		*seq = db_i64(q, 0);
		if (sum.n == sizeof prev->b)
			memcpy(prev->b, sum.p, sizeof prev->b);
		db_reset(q);
	}
	return got != GET_FAILED;
}

bool
store_audit(struct store *s, struct stamp at, struct slice who, struct slice what, struct slice incident, struct slice body,
    struct fault *f)
{
	char time[STAMP_LEN];
	struct sha256 prev, sum;
	struct audit_row r = {.field = {slice_of(time, sizeof time), who, what, incident, body},
	    .prev = slice_of((const char *)prev.b, sizeof prev.b)};
	struct db_query *q;

	stamp_put(time, at);
	if (!store_begin(s, f) || !audit_last(s, &r.seq, &prev, f))
		return false;
	r.seq++;
	if (!audit_sum(&r, &sum, f) || (q = store_query(s, Q_audit_put, f)) == NULL)
		return false;
	db_bind_i64(q, 1, r.seq);
	for (int k = 0; k < 5; k++)
		db_bind_text(q, 2 + k, r.field[k]);
	db_bind_blob(q, 7, r.prev);
	db_bind_blob(q, 8, slice_of((const char *)sum.b, sizeof sum.b));
	return store_do(q, f);
}

bool
store_audit_check(struct store *s, uint64_t *rows, uint64_t *bad, struct fault *f)
{
	struct db_query *q = store_query(s, Q_audit_all, f);
	struct sha256 prev = {{0}}, sum;
	enum store_get got = GET_FAILED;

	*rows = *bad = 0;
	while (q && (got = store_row(q, f)) == GOT) {
		struct audit_row r = {.seq = db_i64(q, 0), .prev = slice_of((const char *)prev.b, sizeof prev.b)};

		for (int k = 0; k < 5; k++)
			r.field[k] = db_text(q, 1 + k);
		(*rows)++;
		if (!audit_sum(&r, &sum, f))
			return false;
		if (*bad == 0 && (r.seq != (int64_t)*rows || !slice_eq(db_text(q, 6), r.prev)
		    || !slice_eq(db_text(q, 7), slice_of((const char *)sum.b, sizeof sum.b))))
			*bad = *rows;
		prev = sum;
	}
	return got == NOT_THERE;
}

bool
store_position(struct store *s, uint64_t mark, struct slice uri, uint64_t off, uint64_t rec, struct fault *f)
{
	struct db_query *q;

	if (!store_begin(s, f) || (q = store_query(s, Q_position_put, f)) == NULL)
		return false;
	db_bind_text(q, 1, uri);
	db_bind_i64(q, 2, (int64_t)mark);
	db_bind_i64(q, 3, (int64_t)off);
	db_bind_i64(q, 4, (int64_t)rec);
	return store_do(q, f);
}

/* ---- for people ---------------------------------------------------------------------------------------------------------- */

bool
store_list(struct store *s, bool (*each)(void *self, struct slice record), void *self, struct fault *f)
{
	struct db_query *q = store_query(s, Q_incident_list, f);
	enum store_get got = GET_FAILED;

	while (q && (got = store_row(q, f)) == GOT)
		if (!each(self, db_text(q, 0))) {
			db_reset(q);
			return true;
		}
	return got == NOT_THERE;
}

/* The head of an id is enough if no other begins so. */
enum store_get
store_record(struct store *s, struct slice head, struct arena *mem, struct slice *record, struct fault *f)
{
	struct db_query *q = store_query(s, Q_incident_record, f);
	struct buf above = {0};
	enum store_get got;

	if (q == NULL)
		return GET_FAILED;
	buf_slice_add(&above, head);
	buf_byte(&above, 'g');		/* behind every hexadecimal digit */
	db_bind_text(q, 1, head);
	db_bind_text(q, 2, buf_slice(&above));
	got = store_row(q, f);
	if (got == GOT) {
		*record = arena_slice(mem, db_text(q, 0));
		got = store_row(q, f);
		got = got == NOT_THERE ? GOT : got == GOT ? NOT_THERE : GET_FAILED;
		db_reset(q);
	}
	buf_free(&above);
	return got;
}
