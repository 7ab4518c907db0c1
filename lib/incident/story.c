#include "lib/incident/story.h"

#include "lib/incident/store_priv.h"

#include <stdlib.h>

const struct story_limits story_limits = {.gap = 30 * 60, .span = 7 * 86400, .near = 86400, .hub = 50};

enum { BATCH = 256 };

struct waiting {
	int64_t n;
	struct slice id, key, body;
	struct stamp at;
};

struct story {
	struct store *s;
	struct story_limits limits;
	struct json *json;
	struct incident now;		/* the story at hand */
	struct incident other;
	enum dirty dirty;		/* of `now`; CLEAN: none is at hand */
	struct slice key;		/* of `now`, in own */
	struct buf own;
	struct arena mem;		/* of a batch */
	struct waiting wait[BATCH];
	struct cue alert;
	struct fault *f;
	bool failed;
};

struct story *
story_new(struct store *s, const struct story_limits *limits)
{
	struct story *t = mem_zero(1, sizeof *t);

	t->s = s;
	t->limits = *limits;
	t->json = json_new(&json_limits_stream);
	return t;
}

void
story_free(struct story *t)
{
	if (t == NULL)
		return;
	json_free(t->json);
	incident_free(&t->now);
	incident_free(&t->other);
	arena_free(&t->mem);
	buf_free(&t->own);
	free(t);
}

static bool
put_down(struct story *t, struct fault *f)
{
	enum dirty dirty = t->dirty;

	t->dirty = CLEAN;
	return dirty == CLEAN || store_save(t->s, &t->now, dirty, f);
}

static bool
beyond(void *self, enum entity_type type, struct slice value)
{
	struct story *t = self;
	bool fresh = false;

	if (!t->failed && !store_entity(t->s, t->now.id, type, value, &fresh, t->f))
		t->failed = true;
	return fresh;
}

/* Would the story with this alert still have gaps <= 30 min and <= 7 days? */
static bool
fits(const struct story *t, const struct incident *i, struct stamp at)
{
	int64_t first = at.s < i->first.s ? at.s : i->first.s, last = at.s > i->last.s ? at.s : i->last.s;

	return at.s >= i->first.s - t->limits.gap && at.s <= i->last.s + t->limits.gap && last - first <= t->limits.span;
}

/* Ids of stories of this key near the alert; at most two: the second is one that the alert bridges to. */
static bool
near(struct story *t, const struct waiting *w, char id[2][32], int *n, struct fault *f)
{
	struct db_query *q = store_query(t->s, Q_incident_near, f);
	enum store_get got = GET_FAILED;

	*n = 0;
	if (q == NULL)
		return false;
	db_bind_text(q, 1, w->key);
	db_bind_i64(q, 2, w->at.s - t->limits.gap);
	db_bind_i64(q, 3, w->at.s + t->limits.gap);
	while (*n < 2 && (got = store_row(q, f)) == GOT)
		memcpy(id[(*n)++], db_text(q, 0).p, 32);
	db_reset(q);
	return got != GET_FAILED;
}

/* The story that ended before, if it ended within a day. */
static bool
before(struct story *t, const struct waiting *w, struct fault *f)
{
	struct db_query *q = store_query(t->s, Q_incident_before, f);
	enum store_get got;

	if (q == NULL)
		return false;
	db_bind_text(q, 1, w->key);
	db_bind_i64(q, 2, w->at.s - t->limits.near);
	db_bind_i64(q, 3, w->at.s);
	if ((got = store_row(q, f)) == GOT) {
		t->now.continues = arena_slice(&t->now.mem, db_text(q, 0));
		db_reset(q);
	}
	return got != GET_FAILED;
}

static bool
move_alerts(struct story *t, const char from[32], const char to[32], struct fault *f)
{
	struct db_query *q = store_query(t->s, Q_alert_move, f);

	if (q == NULL)
		return false;
	db_bind_text(q, 1, store_id(from));
	db_bind_text(q, 2, store_id(to));
	return store_do(q, f);
}

/* What `other` knew, `now` knows. */
static void
absorb(struct story *t)
{
	struct incident *a = &t->now, *b = &t->other;

	for (int k = 0; k < ENTITY_COUNT; k++) {
		for (size_t n = 0; n < b->entity[k].n; n++)
			if (a->entity[k].n < INCIDENT_ENTITIES)
				(void)map_put(&a->entity[k], b->entity[k].row[n].key, NULL);
			else if (map_get(&a->entity[k], b->entity[k].row[n].key) == NULL
			    && beyond(t, (enum entity_type)k, b->entity[k].row[n].key))
				a->more[k]++;
		a->more[k] += b->more[k];
	}
	for (size_t n = 0; n < b->tactics.n; n++)
		(void)map_put(&a->tactics, b->tactics.row[n].key, NULL);
	for (size_t n = 0; n < b->techniques.n; n++)
		(void)map_put(&a->techniques, b->techniques.row[n].key, NULL);
	for (size_t n = 0; n < b->assets; n++)
		incident_asset(a, &b->asset[n]);
	for (int k = 0; k < SEVERITY_COUNT; k++)
		a->counts[k] += b->counts[k];
	incident_findings(a, b);
	a->total += b->total;
	a->left_out += b->left_out;
	a->tlp = b->tlp > a->tlp ? b->tlp : a->tlp;
	a->pap = b->pap > a->pap ? b->pap : a->pap;
	a->all_blocked = a->all_blocked && b->all_blocked;
	a->vulnerability |= b->vulnerability;
	if (stamp_cmp(b->first, a->first) < 0)
		a->first = b->first;
	if (stamp_cmp(b->last, a->last) > 0)
		a->last = b->last;
}

/* A late alert stands between two stories: the later one goes into the earlier one and says so. */
static bool
merge(struct story *t, const char id[32], uint64_t *merged, struct fault *f)
{
	int64_t first, last;

	if (store_load(t->s, store_id(id), &t->other, f) != GOT)
		return false;
	first = t->now.first.s < t->other.first.s ? t->now.first.s : t->other.first.s;
	last = t->now.last.s > t->other.last.s ? t->now.last.s : t->other.last.s;
	if (last - first > t->limits.span)
		return true;
	absorb(t);
	t->other.status = STATUS_MERGED;
	t->other.continues = store_id(t->now.id);
	t->dirty = SEEN;
	if (merged)
		(*merged)++;
	return move_alerts(t, t->other.id, t->now.id, f) && store_save(t->s, &t->other, SEEN, f);
}

static bool
find(struct story *t, const struct waiting *w, uint64_t *merged, struct fault *f)
{
	char id[2][32];
	int n;

	if (!put_down(t, f) || !near(t, w, id, &n, f))
		return false;
	buf_reset(&t->own);
	buf_slice_add(&t->own, w->key);
	t->key = buf_slice(&t->own);
	for (int k = 0; k < n; k++) {
		if (store_load(t->s, store_id(id[k]), &t->now, f) != GOT)
			return false;
		if (!fits(t, &t->now, w->at))
			continue;
		t->dirty = COUNTS;
		return k > 0 || n < 2 || merge(t, id[1], merged, f);
	}
	incident_open(&t->now, &t->alert);
	t->dirty = SEEN;
	return before(t, w, f);
}

static bool
into(struct story *t, const struct waiting *w, struct fault *f)
{
	struct db_query *q = store_query(t->s, Q_alert_into, f);

	if (q == NULL)
		return false;
	db_bind_i64(q, 1, w->n);
	db_bind_text(q, 2, store_id(t->now.id));
	db_bind_text(q, 3, t->alert.rule);
	return store_do(q, f);
}

static bool
one(struct story *t, const struct waiting *w, uint64_t *merged, struct fault *f)
{
	if (!cue_read(t->json, w->body, &t->mem, &t->alert, f))
		return fault_set(f, "state: damaged: an alert's body", 0);
	t->alert.id = w->id;
	/* Behind `now` nothing else can be nearer: only stories of earlier runs lie there, and those are looked for. */
	if (t->dirty == CLEAN || !slice_eq(t->key, w->key) || !fits(t, &t->now, w->at) || t->now.status == STATUS_CLOSED) {
		if (!find(t, w, merged, f))
			return false;
	} else {
		char id[2][32];
		int n;

		if (!near(t, w, id, &n, f))
			return false;
		for (int k = 0; k < n; k++)
			if (memcmp(id[k], t->now.id, 32) != 0 && !merge(t, id[k], merged, f))
				return false;
	}
	t->f = f;
	t->failed = false;
	if (incident_add(&t->now, &t->alert, beyond, t))
		t->dirty = SEEN;
	return !t->failed && into(t, w, f);
}

static bool
batch(struct story *t, size_t *n, struct fault *f)
{
	struct db_query *q = store_query(t->s, Q_alert_batch, f);
	enum store_get got = GET_FAILED;

	*n = 0;
	arena_reset(&t->mem);
	while (q && *n < BATCH && (got = store_row(q, f)) == GOT)
		t->wait[(*n)++] = (struct waiting){.n = db_i64(q, 0), .id = arena_slice(&t->mem, db_text(q, 1)),
		    .key = arena_slice(&t->mem, db_text(q, 2)), .at = {db_i64(q, 3), (uint32_t)db_i64(q, 4)},
		    .body = arena_slice(&t->mem, db_text(q, 5))};
	if (q)
		db_reset(q);
	return q && got != GET_FAILED;
}

bool
story_settle(struct story *t, uint64_t *merged, struct fault *f)
{
	size_t n;

	if (!store_begin(t->s, f))
		return false;
	do {
		if (!batch(t, &n, f))
			return false;
		for (size_t k = 0; k < n; k++)
			if (!one(t, &t->wait[k], merged, f))
				return false;
	} while (n == BATCH);
	return put_down(t, f) && story_link(t->s, &t->limits, f);
}
