#include "lib/incident/story.h"

#include "lib/incident/store_priv.h"

#include <stdlib.h>

struct story {
	struct store *s;
	struct story_limits limits;
	struct incident now;		/* the story at hand */
	struct incident other;
	enum dirty dirty;		/* of `now`; CLEAN: none is at hand */
	struct buf key;			/* of `now`: host:web01 */
	struct buf text;
	struct buf keep;		/* lines that are too new to be decided */
	char next[32];			/* the stored story behind `now`, if next_at is not INT64_MAX */
	int64_t next_at;
	struct store_members members;	/* of `now` */
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
	return t;
}

void
story_free(struct story *t)
{
	if (t == NULL)
		return;
	incident_free(&t->now);
	incident_free(&t->other);
	buf_free(&t->key);
	buf_free(&t->text);
	buf_free(&t->keep);
	store_member_free(&t->members);
	free(t);
}

static bool
put_down(struct story *t, struct fault *f)
{
	enum dirty dirty = t->dirty;

	t->dirty = CLEAN;
	return dirty == CLEAN || (store_member_save(t->s, t->now.id, &t->members, f) && store_save(t->s, &t->now, dirty, f));
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
	int64_t begin = i->since > i->first.s ? i->since : i->first.s;
	int64_t first = at.s < begin ? at.s : begin, last = at.s > i->last.s ? at.s : i->last.s;

	if (i->status == STATUS_CLOSED || i->status == STATUS_MERGED)
		return false;
	return at.s >= i->first.s - t->limits.gap && at.s <= i->last.s + t->limits.gap && last - first <= t->limits.span;
}

static struct db_query *
ask(struct story *t, enum query which, struct stamp at, int64_t from, int64_t to, struct fault *f)
{
	struct db_query *q = store_query(t->s, which, f);

	if (q == NULL)
		return NULL;
	db_bind_text(q, 1, buf_slice(&t->key));
	db_bind_i64(q, 2, at.s + from);
	db_bind_i64(q, 3, at.s + to);
	return q;
}

/* Ids of stories of this key near the alert; at most two: the second is one that the alert bridges to. */
static bool
near(struct story *t, char id[2][32], int *n, struct fault *f)
{
	struct db_query *q = ask(t, Q_incident_near, t->alert.at, -t->limits.gap, t->limits.gap, f);
	enum store_get got = GET_FAILED;

	*n = 0;
	while (q && *n < 2 && (got = store_row(q, f)) == GOT)
		memcpy(id[(*n)++], db_text(q, 0).p, 32);
	if (q)
		db_reset(q);
	return q && got != GET_FAILED;
}

/* One id or none. */
static enum store_get
one_id(struct db_query *q, char id[32], struct fault *f)
{
	enum store_get got = q ? store_row(q, f) : GET_FAILED;

	if (got == GOT) {
		memcpy(id, db_text(q, 0).p, 32);
		db_reset(q);
	}
	return got;
}

/* The story that ended before, if it ended within a day. */
static bool
before(struct story *t, struct fault *f)
{
	char id[32];
	enum store_get got = one_id(ask(t, Q_incident_before, t->alert.at, -t->limits.near, 0, f), id, f);

	if (got == GOT)
		t->now.continues = arena_slice(&t->now.mem, slice_of(id, sizeof id));
	return got != GET_FAILED;
}

/* The stored story of this key that begins behind `now`. */
static bool
look_ahead(struct story *t, struct fault *f)
{
	struct db_query *q = ask(t, Q_incident_next, t->now.last, 0, 0, f);
	enum store_get got = GET_FAILED;

	if (q) {
		db_bind_i64(q, 3, t->now.first.s);
		db_bind_text(q, 4, store_id(t->now.id));
		got = store_row(q, f);
	}
	t->next_at = INT64_MAX;
	if (got == GOT) {
		memcpy(t->next, db_text(q, 0).p, sizeof t->next);
		t->next_at = db_i64(q, 1);
		db_reset(q);
	}
	return got != GET_FAILED;
}

static bool
move_alerts(struct story *t, const char from[32], const char to[32], struct fault *f)
{
	struct db_query *q = store_query(t->s, Q_member_move, f);

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

	for (int k = 0; k < ENTITY_COUNT; k++)
		for (size_t n = 0; a->entity[k].n >= INCIDENT_ENTITIES && n < b->entity[k].n; n++)
			if (map_get(&a->entity[k], b->entity[k].row[n].key) == NULL && beyond(t, (enum entity_type)k,
			    b->entity[k].row[n].key))
				a->more[k]++;
	incident_absorb(a, b);
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
	if (last - first > t->limits.span || t->other.status == STATUS_CLOSED)
		return true;
	absorb(t);
	t->other.status = STATUS_MERGED;
	t->other.continues = store_id(t->now.id);
	t->dirty = SEEN;
	if (merged)
		(*merged)++;
	return move_alerts(t, t->other.id, t->now.id, f) && store_save(t->s, &t->other, SEEN, f);
}

/* A closed incident that an alert within 7 days wakes (RESPONSE.md section 1). */
static enum store_get
closed(struct story *t, struct fault *f)
{
	char id[32];
	enum store_get got = one_id(ask(t, Q_incident_closed, t->alert.at, -t->limits.span, t->limits.gap, f), id, f);
	struct buf b = {0};

	if (got != GOT)
		return got;
	if (store_load(t->s, store_id(id), &t->now, f) != GOT)
		return GET_FAILED;
	t->now.status = STATUS_REOPENED;
	t->now.since = t->alert.at.s;
	t->now.closed = 0;
	t->dirty = SEEN;
	buf_lit(&b, "{\"alert\":");
	(void)json_put_text(&b, t->alert.id);
	buf_byte(&b, '}');
	if (!store_audit(t->s, t->alert.at, SLICE("ir-escalate"), SLICE("reopen"), store_id(id), buf_slice(&b), f))
		got = GET_FAILED;
	buf_free(&b);
	return got;
}

static void
key_text(struct story *t)
{
	buf_reset(&t->key);
	buf_slice_add(&t->key, key_type_name[t->alert.key]);
	buf_byte(&t->key, ':');
	buf_slice_add(&t->key, t->alert.value);
}

static bool
find(struct story *t, uint64_t *merged, struct fault *f)
{
	enum store_get woken;
	char id[2][32];
	int n;

	if (!put_down(t, f))
		return false;
	key_text(t);
	if (!near(t, id, &n, f))
		return false;
	for (int k = 0; k < n; k++) {
		if (store_load(t->s, store_id(id[k]), &t->now, f) != GOT)
			return false;
		if (!fits(t, &t->now, t->alert.at))
			continue;
		t->dirty = COUNTS;
		return (k > 0 || n < 2 || merge(t, id[1], merged, f)) && look_ahead(t, f);
	}
	if ((woken = closed(t, f)) != NOT_THERE)
		return woken == GOT && look_ahead(t, f);
	incident_open(&t->now, &t->alert);
	t->dirty = SEEN;
	return before(t, f) && look_ahead(t, f);
}

static bool
same_key(const struct story *t)
{
	return t->now.key == t->alert.key && slice_eq(t->now.value, t->alert.value);
}

static bool
one(struct story *t, uint64_t *merged, struct fault *f)
{
	if (t->dirty == CLEAN || !same_key(t) || !fits(t, &t->now, t->alert.at)) {
		if (!find(t, merged, f))
			return false;
	} else if (t->alert.at.s + t->limits.gap >= t->next_at) {
		if (!merge(t, t->next, merged, f) || !look_ahead(t, f))
			return false;
	}
	t->f = f;
	t->failed = false;
	if (incident_add(&t->now, &t->alert, beyond, t))
		t->dirty = SEEN;
	store_member_add(&t->members, &t->alert);
	return !t->failed && (t->members.n < INCIDENT_ALERTS || store_member_save(t->s, t->now.id, &t->members, f));
}

static void
keep(struct story *t, struct slice line)
{
	uint32_t n = (uint32_t)line.n;

	buf_add(&t->keep, &n, sizeof n);
	buf_slice_add(&t->keep, line);
}

bool
story_settle(struct story *t, const struct stamp *until, uint64_t *merged, struct fault *f)
{
	enum store_get got = GET_FAILED;
	struct slice line;
	bool ok = store_begin(t->s, f) && wait_begin(t->s, f);

	buf_reset(&t->keep);
	while (ok && (got = wait_next(t->s, &line, f)) == GOT) {
		if (until && stamp_cmp(cue_at(line), *until) > 0)
			keep(t, line);
		else
			ok = cue_read(line, &t->alert, f) && one(t, merged, f);
	}
	return ok && got == NOT_THERE && put_down(t, f) && wait_end(t->s, buf_slice(&t->keep), f)
	    && story_link(t->s, &t->limits, f);
}
